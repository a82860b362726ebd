"""Cells as people write them, read, mended and told, or refused with what to do."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.core.tabular import names, phones, values
from cageot.core.tabular.names import FullName, first_names_first, parse_civility, split_full_name
from cageot.core.tabular.people import People, parse_people
from cageot.core.tabular.phones import display_phone, parse_phone, parse_phones
from cageot.core.tabular.places import split_address, split_place
from cageot.core.tabular.table import Cell, text_of
from cageot.core.tabular.values import (
    BadValue,
    Frequency,
    Read,
    Share,
    amount_text,
    is_blank,
    one_of,
    optional,
    parse_cents,
    parse_date,
    parse_email,
    parse_frequency,
    parse_int,
    parse_language,
    parse_name,
    parse_part,
    parse_postcode,
    parse_text,
    parse_weekday,
    parse_yes_no,
    says_nothing,
)
from cageot.core.typography import french


@pytest.mark.parametrize(
    "text",
    [
        "31/12/2016", "31-12-2016", "31.12.2016", "31 12 2016", "2016-12-31", "2016/12/31", "31/12/2016 00:00:00",
        "2016-12-31T00:00:00", "31 décembre 2016", "samedi 31 Décembre 2016", "31 déc. 2016", "20161231", "31122016",
        " 31/12/2016 ", "٣١/١٢/٢٠١٦", "depuis le 31 décembre 2016",
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert parse_date(text) == Read(date(2016, 12, 31))


@pytest.mark.parametrize(
    ("text", "day", "told"),
    [
        ("31/12/16", date(2016, 12, 31), "deux chiffres"),
        ("1er mars 17", date(2017, 3, 1), "deux chiffres"),
        ("01/01/70", date(1970, 1, 1), "1970"),
        ("01/01/69", date(2069, 1, 1), "2069"),
        ("42735", date(2016, 12, 31), "Excel"),
        ("31/12/2016 14:30", date(2016, 12, 31), "heure"),
        ("payé le 03/01/2017", date(2017, 1, 3), "03/01/2017"),
        ("le 3/1/17", date(2017, 1, 3), "deux chiffres"),
    ],
)
def test_a_day_that_was_guessed_is_told(text: str, day: date, told: str) -> None:
    read = parse_date(text)
    assert read.value == day
    assert told in read.note


@pytest.mark.parametrize(
    ("text", "why", "suggestion"),
    [
        ("31/02/2017", "28 jours", "28/02/2017"),
        ("29/02/2016x", "pas une date", ""),
        ("12/31/2016", "mois 31", "31/12/2016"),
        ("mars 2017", "manque le jour", "01/03/2017"),
        ("03/2017", "manque le jour", "01/03/2017"),
        ("déc-16", "manque le jour", "01/12/2016"),
        ("12 mars", "manque l’année", ""),
        ("1/2", "manque l’année", ""),
        ("01/02/2017 au 31/12/2017", "pas une date", ""),
        ("31/12/216", "pas une date", ""),
        ("01/01/0016", "n’est pas possible", ""),
        ("bientôt", "pas une date", ""),
        ("", "vide", ""),
    ],
)
def test_a_day_that_is_wrong_is_refused_with_why(text: str, why: str, suggestion: str) -> None:
    with pytest.raises(BadValue, match=why) as refused:
        parse_date(text)
    assert refused.value.suggestion == suggestion


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_any_day_comes_back(day: date) -> None:
    assert parse_date(text_of(day)).value == parse_date(day.isoformat()).value == parse_date(day).value == day


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("3,60 €", 360), ("3.60", 360), ("3,6", 360), ("3€60", 360), ("3 € 60", 360), ("12", 1200), ("12 euros", 1200),
        ("1 234,50 €", 123450), ("1\u202f234,50\u00a0€", 123450), ("1.234,50", 123450), ("1,234.50", 123450),
        ("1 234", 123400), ("0", 0), (",50", 50), ("€ 3,60", 360), ("3,60 EUR", 360), ("3,60 € / panier", 360),
        ("3,60 € TTC", 360), ("12,-", 1200), ("3,60 par panier", 360),
    ],
)  # fmt: skip
def test_an_amount_is_read_however_it_is_written(text: str, cents: int) -> None:
    assert parse_cents(text) == Read(cents)


@pytest.mark.parametrize(
    ("text", "why", "suggestion"),
    [
        ("-3,60", "négatif", "3,60"),
        ("(3,60)", "négatif", "3,60"),
        ("3,333", "deux chiffres", "3,33"),
        ("1.234", "deux chiffres", "1,23"),
        ("30 %", "pas un montant", ""),
        ("3,60 par mois", "pas un montant", "3,60"),
        ("1 2", "pas un montant", ""),
        ("99999999", "trop grand", ""),
    ],
)
def test_an_amount_that_is_wrong_is_refused_with_why(text: str, why: str, suggestion: str) -> None:
    with pytest.raises(BadValue, match=why) as refused:
        parse_cents(text)
    assert refused.value.suggestion == suggestion


def test_a_gift_is_an_amount_and_is_told() -> None:
    assert parse_cents("Gratuit") == Read(0, french("« Gratuit » : lu 0 €."))


@given(st.integers(0, values.AMOUNT_LIMIT), st.sampled_from(["{}", "{} €", "\xa0{}\u202f€ "]))
def test_any_amount_comes_back(cents: int, dress: str) -> None:
    assert parse_cents(dress.format(amount_text(cents))).value == cents


@pytest.mark.parametrize(
    "text",
    ["0612345678", "06 12 34 56 78", "06.12.34.56.78", "06-12-34-56-78", "06/12/34/56/78", "+33 6 12 34 56 78",
     "+33 (0)6 12 34 56 78", "0033612345678", "Tél : 06 12 34 56 78", "06\u00a012 34 56 78"],
)  # fmt: skip
def test_a_phone_is_read_however_it_is_written(text: str) -> None:
    read = parse_phone(text)
    assert read.value == "+33612345678"
    assert display_phone(read.value) == "06 12 34 56 78"


def test_a_phone_that_lost_its_zero_is_mended_and_told() -> None:
    for text in ("612345678", "612345678,0", "6 12 34 56 78", "33612345678"):
        assert parse_phone(text) == Read("+33612345678", french("Le zéro du début manquait : lu 06 12 34 56 78."))


@pytest.mark.parametrize(
    ("text", "number"),
    [("0262123456", "+262262123456"), ("+262 692 12 34 56", "+262692123456"), ("0690 12 34 56", "+590690123456"),
     ("0696123456", "+596696123456"), ("0639011234", "+262639011234"), ("06 39 98 12 34", "+33639981234"),
     ("+49 30 1234567", "+49301234567"), ("0041 21 123 45 67", "+41211234567")],
)  # fmt: skip
def test_numbers_overseas_and_abroad_keep_their_country(text: str, number: str) -> None:
    assert parse_phone(text).value == number


def test_two_phones_in_a_cell_are_both_kept_and_a_third_is_told() -> None:
    for text in (
        "0261915078 / 06 39 98 04 71",
        "02 61 91 50 78 ou 06 39 98 04 71",
        "0261915078 0639980471",
        "02.61.91.50.78 - 639980471",
    ):
        assert parse_phones(text).value == ("+33261915078", "+33639980471")
    read = parse_phones("0261915078;0639980471;0639980472")
    assert len(read.value) == 2
    assert "06 39 98 04 72" in read.note
    assert "06 39 98 04 71" in parse_phone("0261915078;0639980471").note


@pytest.mark.parametrize(
    ("text", "why"),
    [("6,12E+08", "abrégé"), ("06 12 34 56", "celui-ci en a 8"), ("061234567890", "celui-ci en a 12"), ("0000000000", "dix chiffres"),
     ("non", "pas un numéro"), ("+3361234567", "celui-ci en a 10"), ("0612345678 / 12", "celui-ci en a 2")],
)  # fmt: skip
def test_a_phone_that_is_wrong_is_refused_with_why(text: str, why: str) -> None:
    with pytest.raises(BadValue, match=why):
        parse_phones(text)


def test_words_around_a_phone_are_left_out_and_told() -> None:
    for text in ("06 12 34 56 78 après 18h", "06 12 34 56 78 (mari)", "Paul 06.12.34.56.78"):
        read = parse_phones(text)
        assert read.value == ("+33612345678",)
        assert "Seul le numéro" in read.note
    assert parse_phones("06 12 34 56 78 Jean, 07 12 34 56 79 Anne").value == ("+33612345678", "+33712345679")


def test_a_postcode_that_lost_its_zero_is_mended_and_told() -> None:
    assert parse_postcode("41000") == parse_postcode("41 000") == parse_postcode("41000,0") == Read("41000")
    assert parse_postcode("1000") == Read(
        "01000", french("Code postal à quatre chiffres : lu 01000, le zéro du début manquait.")
    )
    assert parse_postcode("20137").value == "20137"
    assert parse_postcode("97400").value == "97400"
    assert parse_postcode("41035 CEDEX 9").value == "41035"


@pytest.mark.parametrize("text", ["00123", "96000", "410", "410000", "2A004", "B-1000", "Blois"])
def test_an_impossible_postcode_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        parse_postcode(text)


def test_an_email_is_read_and_of_two_the_first() -> None:
    assert parse_email(" Claire.Dupont@Example.org ") == Read("claire.dupont@example.org")
    assert parse_email("Claire <claire@example.org>;").value == "claire@example.org"
    assert parse_email("claire @example.org (perso)").value == "claire@example.org"
    read = parse_email("a@example.org ; b@example.org")
    assert read.value == "a@example.org"
    assert "b@example.org" in read.note


@pytest.mark.parametrize(
    ("text", "why", "suggestion"),
    [
        ("pas de mail", "laissez la case vide", ""),
        ("-", "laissez la case vide", ""),
        ("claire.example.org", "signe @", ""),
        ("claire@example", "pas complète", ""),
        ("claire@example,org", "pas complète", "claire@example.org"),
        ("hélène@example.org", "pas complète", "helene@example.org"),
        ("claire dupont@example.org", "pas complète", "clairedupont@example.org"),
        ("a@b@c", "pas complète", ""),
    ],
)
def test_what_is_no_email_is_refused_with_what_to_do(text: str, why: str, suggestion: str) -> None:
    with pytest.raises(BadValue, match=why) as refused:
        parse_email(text)
    assert refused.value.suggestion == suggestion


@pytest.mark.parametrize(
    ("text", "frequency"),
    [
        ("Hebdo", "weekly"), ("toutes les semaines", "weekly"), ("toutes", "weekly"), ("chaque semaine", "weekly"),
        ("Quinzaine paire", "even"), ("paires", "even"), ("Semaines Impaires", "odd"), ("1 sem/2 paire", "even"), ("odd", "odd"),
        ("mensuel", "monthly"), ("1 fois par mois", "monthly"), ("une fois / mois", "monthly"), ("Mensuelle", "monthly"), ("tous les mois", "monthly"),
    ],
)  # fmt: skip
def test_a_rhythm_is_read(text: str, frequency: Frequency) -> None:
    assert parse_frequency(text) == Read(frequency)


@pytest.mark.parametrize(
    ("text", "why"),
    [("quinzaine", "lesquelles"), ("1 semaine sur 2", "lesquelles"), ("1 sem/2", "lesquelles"), ("1/2", "lesquelles"),
     ("bimensuel", "lesquelles"), ("toutes les deux semaines", "lesquelles"), ("2 fois par mois", "lesquelles"),
     ("3 fois par mois", "pas compris"), ("toutes les 3 semaines", "pas compris"), ("trimestriel", "pas compris"), ("parfois", "pas compris")],
)  # fmt: skip
def test_a_rhythm_that_says_too_little_is_asked_again(text: str, why: str) -> None:
    with pytest.raises(BadValue, match=why):
        parse_frequency(text)


def test_every_four_weeks_is_read_once_a_month_and_told() -> None:
    read = parse_frequency("toutes les 4 semaines")
    assert read.value == "monthly"
    assert "une fois par mois" in read.note


def test_small_answers_are_read() -> None:
    assert [parse_yes_no(text).value for text in ("Oui", "x", "VRAI", "non", "0", "✓")] == [
        True,
        True,
        True,
        False,
        False,
        True,
    ]
    assert [parse_int(text).value for text in ("2", "2,0", "2 enfants", "0", "deux", "aucun", "3 (2, 5 et 9 ans)")] == [
        2, 2, 2, 0, 2, 0, 3,
    ]  # fmt: skip
    assert [parse_weekday(text).value for text in ("jeudi", "Jeudi soir", "jeu.", "les mercredis", "Friday")] == [
        4,
        4,
        4,
        3,
        5,
    ]
    assert [parse_language(text).value for text in ("Français", "ARABE", "fr", "arabe / français", "Dari")] == [
        "fr",
        "ar",
        "fr",
        "ar",
        "fa",
    ]
    assert "laissé de côté" in parse_civility("Famille").note
    assert [parse_civility(text).value for text in ("MME", "Monsieur", "Mlle", "m", "M. et Mme")] == [
        "Mme",
        "M.",
        "Mme",
        "M.",
        "M. et Mme",
    ]


@pytest.mark.parametrize(
    ("reader", "cell"),
    [(parse_yes_no, "peut-être"), (parse_int, "beaucoup"), (parse_int, "2,5"), (parse_int, "-1"), (parse_int, date(2017, 2, 1)),
     (parse_language, "de là-bas"), (parse_civility, "Comtesse"), (parse_text, "=HYPERLINK(1)"), (parse_text, "x" * 201)],
)  # fmt: skip
def test_small_answers_that_are_wrong_are_refused(reader: Callable[[Cell], Read[Any]], cell: Cell) -> None:
    with pytest.raises(BadValue):
        reader(cell)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("2A+3E", (2, 3, None)), ("2 adultes, 3 enfants", (2, 3, None)), ("1A 2E", (1, 2, None)), ("2 ad. / 1 enf.", (2, 1, None)),
        ("couple + 2 enfants", (2, 2, None)), ("seule", (1, 0, None)), ("5 dont 3 enfants", (2, 3, None)), ("2+3", (2, 3, None)),
        ("deux adultes et un bébé", (2, 1, None)), ("1 parent 2 enfants (3 et 5 ans)", (1, 2, None)), ("4", (None, None, 4)),
        ("4 pers.", (None, None, 4)), ("2 adultes + enfants", (2, None, None)), ("2 adultes", (2, 0, None)),
    ],
)  # fmt: skip
def test_who_lives_there_is_counted(text: str, people: tuple[int | None, ...]) -> None:
    assert parse_people(text).value == People(*people)


def test_who_lives_there_must_be_counted() -> None:
    with pytest.raises(BadValue, match="2 adultes, 1 enfant"):
        parse_people("famille monoparentale")


def test_a_share_of_the_price_is_not_an_amount() -> None:
    assert parse_part("30 %") == Read(Share(3000))
    assert parse_part("3,60 €") == Read(360)


def test_a_name_has_a_letter() -> None:
    assert parse_name("بن علي").value == "بن علي"
    for text in ("+33612345678", "-1", "12", "🥕"):
        with pytest.raises(BadValue, match="pas un nom"):
            parse_name(text)


@pytest.mark.parametrize(
    ("text", "place"),
    [("41000 Blois", ("41000", "Blois")), ("Blois (41000)", ("41000", "Blois")), ("Blois", ("", "Blois"))],
)
def test_a_cell_may_hold_postcode_and_commune(text: str, place: tuple[str, str]) -> None:
    assert split_place(text) == place
    assert split_address(f"3 bis, rue Haute - {text}")[0] == (
        "3 bis, rue Haute" if text[0] == "4" else f"3 bis, rue Haute - {text}"
    )


@pytest.mark.parametrize("text", ["-", " – ", "/", "?", "..."])
def test_a_dash_is_a_way_to_leave_a_cell_empty(text: str) -> None:
    assert is_blank(text)


def test_words_that_say_that_there_is_nothing() -> None:
    assert [says_nothing(text) for text in ("néant", "N/C", "Non renseigné", "x", "pas de mail", "3 rue Haute")] == [
        True, True, True, True, False, False,
    ]  # fmt: skip


def test_a_choice_is_found_by_its_name_and_a_near_one_suggested() -> None:
    sizes = {"Petit": 1, "Grand": 2}
    assert one_of(" PETIT ", sizes) == Read(1)
    with pytest.raises(BadValue, match="Petit, Grand") as refused:
        one_of("Grans", sizes)
    assert refused.value.suggestion == "Grand"


def test_a_blank_cell_is_no_value() -> None:
    assert is_blank(" \u00a0\u200b")
    assert optional(parse_date, " ") is None
    assert not is_blank(date(2017, 1, 1))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("DUPONT Claire", ("", "DUPONT", "Claire")),
        ("Claire DUPONT", ("", "DUPONT", "Claire")),
        ("Mme Dupont Claire", ("Mme", "Dupont", "Claire")),
        ("M. LE GALL Jean-Marie", ("M.", "LE GALL", "Jean-Marie")),
        ("de LA TOUR Anne", ("", "de LA TOUR", "Anne")),
        ("Dupont, Claire", ("", "Dupont", "Claire")),
        ("De Oliveira Dominique", ("", "De Oliveira", "Dominique")),
        ("M. et Mme DURAND Paul et Anne", ("M. et Mme", "DURAND", "Paul et Anne")),
        ("Mme/M. DURAND", ("M. et Mme", "DURAND", "")),
        ("Monsieur O'BRIEN Pat", ("M.", "O'BRIEN", "Pat")),
        ("MARTIN", ("", "MARTIN", "")),
        ("Mendes Rosa", ("", "Mendes", "Rosa")),
        ("Famille Benali", ("", "Benali", "")),
        ("Dr Leroy Marc", ("", "Leroy", "Marc")),
        ("Mme Veuve Lambert", ("Mme", "Lambert", "")),
        ("DUPONT née MARTIN Claire", ("", "DUPONT", "Claire")),
        ("EL AMRANI Samira (Mme)", ("Mme", "EL AMRANI", "Samira")),
    ],
)
def test_a_full_name_is_cut(text: str, name: tuple[str, str, str]) -> None:
    assert split_full_name(text) == Read(FullName(*name))


def test_a_full_name_follows_its_column_and_a_guess_is_told() -> None:
    assert split_full_name("Claire Dupont", first_name_first=True).value == FullName("", "Dupont", "Claire")
    assert "prénom Claire Marie" in split_full_name("Dupont Claire Marie").note
    for text in ("Mme", "=1"):
        with pytest.raises(BadValue):
            split_full_name(text)


def test_in_a_column_of_full_names_the_commonest_first_names_tell_the_order() -> None:
    assert first_names_first(["Marie Dupont", "Jean Petit", "Sylvie Roux", "Abbas Karimi"]) is True
    assert first_names_first(["Dupont Marie", "Petit Jean", "Roux Sylvie"]) is False
    assert first_names_first(["DUPONT Marie", "Petit, Jean", "Marie Roux"]) is None
    assert split_full_name("Jean de la Fontaine").value == FullName("", "de la Fontaine", "Jean")


READERS: list[Callable[[Cell], Read[Any]]] = [
    parse_text, parse_date, parse_cents, parse_int, parse_yes_no, parse_email, parse_postcode, parse_frequency, parse_language,
    phones.parse_phones, phones.parse_phone, names.parse_civility, names.split_full_name,
    parse_people, parse_part, parse_weekday, parse_name,
]  # fmt: skip


@given(st.sampled_from(READERS), st.text(max_size=30) | st.text("0123456789+-.,/€ eE()@<>'", max_size=40) | st.dates())
def test_no_cell_breaks_a_reader(reader: Callable[[Cell], Read[Any]], cell: Cell) -> None:
    try:
        assert reader(cell).value is not None
    except BadValue as refused:
        assert refused.message

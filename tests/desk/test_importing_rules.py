"""Who a line speaks of, and what it may cost: the rules that no database is needed for."""

from __future__ import annotations

from datetime import date

import pytest

from cageot.desk.rules.import_facts import Answers, DepotFact, Draft, GardenFacts, Grid, Known, Offer, SizeFact
from cageot.desk.rules.import_likeness import differences, name_key
from cageot.desk.rules.import_money import kind_of_tariff
from cageot.desk.rules.import_words import days_said
from cageot.desk.rules.importing import Decided, decide
from cageot.funding.rules.tariffs import LineRule

TODAY = date(2017, 3, 20)
START = date(2016, 9, 1)
SIZES = (
    SizeFact(1, "petit", "Petit", ((START, 800),)),
    SizeFact(2, "grand", "Grand", ((START, 1200), (date(2017, 1, 1), 1250))),
)
DEPOTS = (DepotFact(1, "Gare de Blois"), DepotFact(2, "Jardin"))


def an_offer(ref: int = 1, partner: str = "CCAS de Blois", **fields: object) -> Offer:
    lines = tuple(
        (START, LineRule(0, code, price, "fixed", member, cap_bp=3000))
        for code, price, member in (("petit", 800, 240), ("grand", 1200, 360))
    )
    grids = (Grid(ref * 10, "Tarif", lines),)
    return Offer(ref, f"Convention {partner}", partner, START, date(2017, 12, 31), **({"grids": grids} | fields))  # type: ignore[arg-type]


def a_draft(line: int = 2, **fields: object) -> Draft:
    said = {"last_name": "Durand", "first_name": "Paul", "number": str(line)} | fields
    return Draft(line, **said)  # type: ignore[arg-type]


def judge(
    *drafts: Draft,
    known: tuple[Draft, ...] = (),
    answers: Answers | None = None,
    offers: tuple[Offer, ...] | None = None,
) -> list[Decided]:
    households = tuple(Known(100 + index, one) for index, one in enumerate(known))
    garden = GardenFacts(SIZES, DEPOTS, (an_offer(),) if offers is None else offers, households)
    return list(decide(drafts, garden, answers or Answers(), TODAY).rows)


def codes(row: Decided) -> list[str]:
    return [problem.code for problem in row.problems]


# --- Who --------------------------------------------------------------------------------------------

THERE = Draft(
    0,
    "12",
    last_name="Durand",
    first_name="Paul",
    email="paul@example.org",
    mobile="+33612345678",
    address="3 rue Haute",
    commune="Blois",
)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({"number": "12"}, "already"),
        ({"number": "12", "first_name": "PAUL ", "last_name": "DURAND"}, "already"),
        ({"number": "12", "last_name": "Paul", "first_name": "Durand"}, "already"),
        ({"number": "12", "last_name": "Petit"}, "problem"),
        ({"number": "", "email": "Paul@example.org"}, "already"),
        ({"number": "", "phone": "+33612345678"}, "already"),
        ({"number": "", "address": "3, rue HAUTE", "commune": "blois"}, "already"),
        ({"number": ""}, "duplicate"),
        ({"number": "", "email": "autre@example.org"}, "duplicate"),
        ({"number": "", "email": "autre@example.org", "mobile": "+33600000000"}, "good"),
        ({"number": "", "last_name": "Petit", "email": "paul@example.org"}, "duplicate"),
        ({"number": "", "last_name": "Petit", "mobile": "+33612345678"}, "duplicate"),
        ({"number": "", "last_name": "Petit", "address": "3 rue Haute", "commune": "Blois"}, "good"),
        ({"number": "13", "email": "paul@example.org"}, "duplicate"),
        ({"number": "13"}, "good"),
    ],
)
def test_who_is_already_there_and_who_only_looks_like_it(said: dict[str, str], state: str) -> None:
    [row] = judge(a_draft(**said), known=(THERE,))
    assert row.state == state


def test_two_people_without_any_address_are_the_same_when_brought_again() -> None:
    assert (
        judge(a_draft(number=""), known=(Draft(0, "12", last_name="Durand", first_name="Paul"),))[0].state == "already"
    )


def test_a_look_alike_is_written_only_when_somebody_says_it_is_another() -> None:
    line = a_draft(5, number="")
    assert [judge(line, known=(THERE,), answers=Answers(kept=kept))[0].state for kept in (frozenset(), frozenset({5}), None)] == [
        "duplicate", "good", "good",
    ]  # fmt: skip


def test_one_number_for_two_lines_is_told_on_both() -> None:
    rows = judge(a_draft(2, number="7"), a_draft(3, number="7", last_name="Petit"))
    assert [codes(row) for row in rows] == [["number_twice"], ["number_twice"]]


def test_a_whole_line_twice_leaves_the_first_good() -> None:
    rows = judge(a_draft(2, number="7"), a_draft(3, number="7"))
    assert [codes(row) for row in rows] == [[], ["line_twice"]]


def test_two_lines_without_numbers_that_look_alike_wait_but_two_numbers_are_two_households() -> None:
    email = "paul@example.org"
    assert [row.state for row in judge(a_draft(2, number="", email=email), a_draft(3, number="", email=email))] == [
        "good",
        "duplicate",
    ]
    rows = judge(a_draft(2, email=email), a_draft(3, email=email))
    assert [row.state for row in rows] == ["good", "good"]
    assert [note.code for note in rows[1].notes] == ["twin_line"]


def test_what_differs_is_told_and_a_blank_says_nothing() -> None:
    line = a_draft(number="12", address="5 rue Basse", mobile="06 12 34 56 78")
    assert differences(line, THERE) == ["address"]


def test_a_garden_that_writes_its_own_phone_everywhere_does_not_make_the_reading_slow() -> None:
    lines = [a_draft(line, last_name=f"N{line}", phone="+33254000000") for line in range(2, 3000)]
    assert {row.state for row in judge(*lines)} == {"good"}


def test_a_name_is_known_whatever_its_order_case_and_accents() -> None:
    assert name_key("LÉVY Jean-Marc") == name_key("jean marc Levy")


# --- How much ---------------------------------------------------------------------------------------


def a_basket(
    size: str = "Grand",
    tariff: str = "Solidaire",
    part: int | None = 360,
    day: date = date(2016, 11, 7),
    **fields: object,
) -> Draft:
    partner = "CCAS de Blois" if tariff == "Solidaire" else ""
    said = {
        "size": size,
        "depot": "Jardin",
        "tariff": tariff,
        "partner": partner,
        "member_part": part,
        "support_from": day,
    }
    return a_draft(**(said | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (a_basket(), []),
        (a_basket(part=None), []),
        (a_basket("Petit", part=240), []),
        (a_basket("Petit", part=241), ["above_cap"]),
        (a_basket("Petit", part=360), ["above_cap"]),
        (a_basket(part=361), ["above_cap"]),
        (a_basket(part=300), ["agreement_says"]),
        (a_basket(day=date(2016, 8, 1), until=date(2016, 8, 31)), ["agreement_not_running"]),
        (a_basket(day=date(2018, 1, 1)), ["agreement_not_running"]),
        (a_basket(partner="aucun"), ["no_partner"]),
        (a_basket(partner="CAF 99"), ["unknown_partner"]),
        (a_basket("Petit", partner="CAF 99", part=360), ["above_cap", "unknown_partner"]),
        (a_basket("Moyen"), ["unknown_size"]),
        (a_basket("Grand", "Plein", 1200), []),
        (a_basket("Grand", "Plein", 1250), []),  # the price of today
        (a_basket("Grand", "Plein", None), []),
        (a_basket("Grand", "Plein", 1450), ["above_price"]),
        (a_basket("Grand", "Plein", 360), ["below_price"]),
        (a_basket("Grand", "Plein", 1200, depot="Gare"), ["unknown_depot"]),
        (a_basket("Grand", "Plein", 1200, depot=""), ["no_depot"]),
        (a_basket("Grand", "QF 3", 360), ["unknown_tariff"]),
        (a_basket(until=date(2016, 11, 6)), ["ends_before_start"]),
        (a_basket(frequency="Quinzaine"), ["unknown_frequency"]),
    ],
)
def test_what_a_line_may_ask(draft: Draft, expected: list[str]) -> None:
    assert codes(judge(draft)[0]) == expected


def notes(row: Decided) -> list[str]:
    return [note.code for note in row.notes]


def test_the_only_agreement_of_a_garden_need_not_be_written_and_is_told() -> None:
    [row] = judge(a_basket(partner=""))
    assert row.cover is not None and row.state == "good"
    assert notes(row) == ["only_agreement"]


def test_with_several_agreements_which_one_pays_is_asked_once_for_all_lines_without_partner() -> None:
    offers = (an_offer(1), an_offer(2, "CAF 41"))
    drafts = [a_basket(partner="", line=2), a_basket(partner="", line=3)]
    garden = GardenFacts(SIZES, DEPOTS, offers)
    [asked] = decide(drafts, garden, Answers(), TODAY).unknown
    assert (asked.kind, asked.words, asked.lines) == ("partner", "", (2, 3))
    answered = decide(drafts, garden, Answers({"partner": {"": "CAF 41"}}), TODAY)
    assert [row.cover and row.cover.agreement for row in answered.rows] == [2, 2]


def test_a_file_without_depots_is_asked_for_one_once() -> None:
    drafts = [a_basket("Grand", "Plein", 1200, depot="", line=line) for line in (2, 3)]
    garden = GardenFacts(SIZES, DEPOTS, ())
    [asked] = decide(drafts, garden, Answers(), TODAY).unknown
    assert (asked.kind, asked.words, asked.lines) == ("depot", "", (2, 3))
    assert decide(drafts, garden, Answers({"depot": {"": "Jardin"}}), TODAY).whole


def test_a_garden_of_one_size_need_not_write_it() -> None:
    garden = GardenFacts(SIZES[:1], DEPOTS, ())
    rows = decide([a_draft(2, depot="Jardin"), a_draft(3)], garden, Answers(), TODAY).rows
    assert [row.basket and row.basket.size for row in rows] == [1, None]
    assert notes(rows[0]) == ["only_size"]


def test_a_household_that_was_there_before_the_agreement_is_supported_from_its_first_day() -> None:
    [row] = judge(a_basket(day=date(2014, 5, 5)))
    assert row.cover is not None and row.basket is not None
    assert (row.cover.from_day, row.basket.from_day) == (START, date(2014, 5, 5))
    assert notes(row) == ["supported_later"]


@pytest.mark.parametrize(("share", "tariff", "expected"), [(3000, "Solidaire", []), (3100, "Solidaire", ["above_cap"]),
                                                           (10_000, "Plein", []), (5000, "Plein", ["below_price"])])  # fmt: skip
def test_a_part_may_be_said_as_a_share_of_the_price(share: int, tariff: str, expected: list[str]) -> None:
    assert codes(judge(a_basket(tariff=tariff, part=None, member_share=share))[0]) == expected


def test_a_line_without_a_size_has_no_basket_and_differs_in_nothing_when_it_comes_back() -> None:
    line = a_draft(number="12", depot="Jardin", support_from=date(2016, 9, 10))
    assert differences(line, THERE) == []


def test_the_start_of_the_basket_is_no_difference_when_the_support_began_later() -> None:
    there = Draft(0, "12", last_name="Durand", first_name="Paul", size="Grand", partner="CCAS", support_from=START)
    line = a_draft(number="12", size="Grand", support_from=date(2014, 5, 5))
    assert differences(line, there, date(2014, 5, 5)) == []
    assert differences(line, there, date(2014, 5, 6)) == ["support_from"]


def test_the_people_of_one_household_on_several_lines_are_told_to_be_one() -> None:
    same, other = judge(a_draft(2, number="7"), a_draft(3, number="7", first_name="Anna"))[0].problems, judge(
        a_draft(2, number="7"), a_draft(3, number="7", last_name="Petit"))[0].problems  # fmt: skip
    assert (same[0].about["family"], other[0].about["family"]) == (True, False)


def test_the_highest_allowed_amount_is_told() -> None:
    [problem] = judge(a_basket("Petit", part=360))[0].problems
    assert (problem.about["highest"], problem.about["price"], problem.about["cap_bp"]) == (240, 800, 3000)


def test_a_granted_exemption_raises_what_may_be_asked() -> None:
    line = (START, LineRule(0, "petit", 800, "fixed", 360, cap_bp=5000))
    offer = an_offer(grids=(Grid(10, "Tarif", (line,)),), exemptions=((START, date(2017, 12, 31), 5000),))
    assert codes(judge(a_basket("Petit", part=360), offers=(offer,))[0]) == []


def test_two_agreements_that_fit_are_not_chosen_by_the_machine() -> None:
    offers = (an_offer(1), an_offer(2))
    assert codes(judge(a_basket(), offers=offers)[0]) == ["which_agreement"]
    named = (an_offer(1), an_offer(2, "CCAS de Blois bis"))
    [row] = judge(a_basket(partner="Convention CCAS de Blois bis"), offers=named)
    assert row.cover is not None and row.cover.agreement == 2


def test_brackets_are_told_apart_by_the_amount_or_by_the_name() -> None:
    grids = tuple(
        Grid(ref, name, ((START, LineRule(0, "", 1200, "fixed", member, cap_bp=3000)),))
        for ref, name, member in ((10, "QF 1", 150), (11, "QF 2", 300))
    )
    offers = (an_offer(grids=grids),)
    by_amount, by_name, in_doubt = judge(
        a_basket(part=300, line=2),
        a_basket(tariff="QF 1", part=None, partner="CCAS de Blois", line=3),
        a_basket(part=None, line=4),
        offers=offers,
    )
    assert by_amount.cover is not None and by_amount.cover.grid == 11
    assert by_name.cover is not None and by_name.cover.grid == 10
    assert codes(in_doubt) == ["which_tariff"]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Solidaire", "solidarity"),
        ("tarif réduit", "solidarity"),
        ("PLEIN", "ordinary"),
        ("Plein tarif", "ordinary"),
        ("normal", "ordinary"),
        ("Paniers solidaires", "solidarity"),
        ("S", "solidarity"),
        ("30 %", "solidarity"),
        ("100 %", "ordinary"),
        ("N", "ordinary"),
        ("full price", "ordinary"),
        ("QF 1", ""),
        ("tarif", ""),
    ],
)
def test_words_of_a_tariff(words: str, kind: str) -> None:
    assert kind_of_tariff(words) == kind


# --- Words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "found"), [("GARE DE BLOIS", True), ("gare blois", True), ("la Gare de Blois", True), ("Gare", False)]
)
def test_a_depot_is_known_by_its_name_without_little_words(words: str, found: bool) -> None:
    row = judge(a_basket("Petit panier", "Plein", None, depot=words))[0]
    assert (codes(row) == []) is found


@pytest.mark.parametrize(
    ("words", "size"),
    [("P", 1), ("g", 2), ("Grd", 2), ("Pt", 1), ("1 grand", 2), ("Grand panier à 12 €", 2), ("Petit (8,00 €)", 1), ("Petit (9 €)", None),
     ("2 petits", None), ("Petit + œufs", None), ("M", None), ("GP", None), ("Grand (familial)", None)],
)  # fmt: skip
def test_a_size_is_known_by_its_initial_and_by_its_price_beside_it(words: str, size: int | None) -> None:
    row = judge(a_basket(words, "Plein", None))[0]
    assert (row.basket and row.basket.size) == size


@pytest.mark.parametrize(
    ("words", "depot"),
    [
        ("Jardin (mercredi)", 1),
        ("Jardin - mercredi 17h30", 1),
        ("jardin le mercredi soir", 1),
        ("Jardin (jeudi)", None),
        ("Jardin bis", None),
    ],
)
def test_a_depot_is_known_with_its_day_beside_it_but_not_with_another(words: str, depot: int | None) -> None:
    garden = GardenFacts(SIZES, (DepotFact(1, "Jardin", weekday=3), DepotFact(2, "Gare")))
    row = decide([a_basket("Grand", "Plein", None, depot=words)], garden, Answers(), TODAY).rows[0]
    assert (row.basket and row.basket.depot) == depot


def test_the_day_that_the_file_says_is_proposed_for_a_depot_to_create() -> None:
    drafts = [
        a_draft(2, depot="École", weekday=5),
        a_draft(3, depot="ecole", weekday=5),
        a_draft(4, depot="Mairie (mardi)"),
    ]
    assert days_said(drafts) == {"ecole": 5, "mairie mardi": 2}


def test_another_day_than_that_of_the_depot_is_told() -> None:
    garden = GardenFacts(SIZES, (DepotFact(1, "Jardin", weekday=3),))
    row = decide([a_basket("Grand", "Plein", None, weekday=4)], garden, Answers(), TODAY).rows[0]
    assert (row.state, notes(row)) == ("good", ["another_day"])


def test_words_matched_by_hand_count_for_every_line_and_stay_listed() -> None:
    drafts = [a_basket("Grand", "Plein", 1200, depot="Gare", line=line) for line in (2, 3)]
    garden = GardenFacts(SIZES, DEPOTS, (), ())
    before = decide(drafts, garden, Answers(), TODAY)
    after = decide(drafts, garden, Answers({"depot": {"GARE": "Gare de Blois"}}), TODAY)
    assert [(one.kind, one.words, one.lines, one.answered) for one in before.unknown] == [
        ("depot", "Gare", (2, 3), False)
    ]
    assert [one.answered for one in after.unknown] == [True]
    assert after.whole and not before.whole


def test_an_agreement_opened_from_the_file_leaves_amounts_above_the_cap_out() -> None:
    drafts = [a_basket("Grand", part=360, line=2, partner="CIAS"), a_basket("Petit", part=360, line=3, partner="CIAS"),
              a_basket("Petit", part=200, line=4, partner="CIAS", until=date(2017, 5, 1))]  # fmt: skip
    decision = decide(drafts, GardenFacts(SIZES, DEPOTS), Answers(new_agreements=frozenset({"cias"})), TODAY)
    assert [codes(row) for row in decision.rows] == [[], ["above_cap"], []]
    [agreement] = decision.agreements.values()
    assert {line.size.code: line.member_cents for line in agreement.grids["Tarif"]} == {"grand": 360, "petit": 200}
    assert (agreement.from_day, agreement.until_day) == (date(2016, 11, 7), None)


def test_a_home_stop_is_known_to_the_lines_of_its_household_alone() -> None:
    home = DepotFact(9, "Chez Benali", weekday=4, home="100")
    garden = GardenFacts(SIZES, (*DEPOTS, home))
    hers = a_basket("Grand", "Plein", 1200, depot="Chez Benali", number="100", line=2)
    his = a_basket("Grand", "Plein", 1200, depot="Chez Benali", number="101", line=3)
    decision = decide([hers, his], garden, Answers(), TODAY)
    assert [row.basket and row.basket.depot for row in decision.rows] == [9, None]
    [problem] = [one for one in decision.rows[1].problems if one.code == "unknown_depot"]
    assert "Chez Benali" not in problem.about["choices"]
    [asked] = decision.unknown
    assert (asked.words, asked.lines) == ("Chez Benali", (3,))


def test_a_garden_with_one_depot_and_home_stops_need_not_name_it() -> None:
    garden = GardenFacts(SIZES, (DEPOTS[0], DepotFact(9, "Chez Benali", home="100")))
    row = decide([a_basket("Grand", "Plein", 1200, depot="")], garden, Answers(), TODAY).rows[0]
    assert (row.basket and row.basket.depot) == DEPOTS[0].ref

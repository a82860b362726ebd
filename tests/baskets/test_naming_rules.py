"""Names on lists: short, never the full one, no two alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.baskets.rules.naming import LONGEST, Known, folded, list_names


def people(*names):
    """Households in the order in which they came, "First|Last" or "First|Last|nickname"."""
    rows = [(name.split("|") + ["", ""])[:3] for name in names]
    return [Known(10 + place, str(100 + place), *row) for place, row in enumerate(rows)]


def shown(*names, rule="short"):
    return list(list_names(rule, people(*names)).values())


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Amina|Benali", "Amina B."),
        ("Amina|benali", "Amina B."),
        ("  Jean-Marie |  de la Tour", "Jean-Marie T."),
        ("Léa|d’Amboise", "Léa A."),
        ("Zoé|Éluard", "Zoé É."),
        ("أمينة|بن علي", "أمينة ب."),
        ("Оксана|Шевченко", "Оксана Ш."),
        ("美玲|李", "美玲 李."),
        ("Ngọc|Nguyễn", "Ngọc N."),
        ("Amina|", "Amina"),
        ("|Martin", "n°\u00a0100"),
        ("🥕|Martin", "n°\u00a0100"),
        ("", "n°\u00a0100"),
        ("Ami\u202ena\nB|Benali", "Amina B B."),
    ],
)
def test_a_name_is_a_first_name_and_an_initial_in_any_script(written, read):
    assert shown(written) == [read]


def test_a_contact_without_a_first_name_is_called_by_civility():
    assert list_names("short", [Known(1, "12", "", "Benali", civility="Mme")]) == {1: "Mme B."}


def test_two_who_would_read_alike_get_a_letter_more():
    assert shown("Amina|Benali", "Amina|Bouzid", "Paul|Durand") == ["Amina Be.", "Amina Bo.", "Paul D."]
    assert shown("Amina|Benali", "amina|Benoît", "Amina|Bouzid") == ["Amina Ben.", "amina Ben. (2)", "Amina Bo."]


def test_letters_never_spell_the_whole_last_name():
    assert shown("Mei|Li", "Mei|Liu") == ["Mei L.", "Mei Li."]
    assert shown("Mei|Li", "Mei|Li") == ["Mei L.", "Mei L. (2)"]


def test_the_garden_may_go_by_numbers_or_by_the_names_that_households_chose():
    assert shown("Amina|Benali", "Paul|Durand", rule="number") == ["n°\u00a0100", "n°\u00a0101"]
    assert shown("Amina|Benali|Les Tilleuls", "Paul|Durand", rule="nickname") == ["Les Tilleuls", "Paul D."]
    assert shown("Amina|Benali|Paul D.", "Paul|Durand", rule="nickname") == ["Paul D.", "Paul D. (2)"]
    assert shown("Amina|Benali|Les Tilleuls", rule="short") == ["Amina B."]


def test_a_very_long_name_is_cut_where_a_list_can_hold_it():
    [name] = shown("Marie-Antoinette Joséphine Bénédicte Philippine|Durand")
    assert name.startswith("Marie-Antoinette Joséphine")
    assert name.endswith("… D.")
    assert len(name) <= LONGEST + 3


TEXT = st.text(st.sampled_from("aAbBéÉ ن李-'’(2).🥕\u0301\u200f"), max_size=8)
KNOWN = st.builds(Known, st.integers(1, 50), st.just(""), TEXT, TEXT, TEXT, st.sampled_from(["", "Mme"]))
SOME = st.lists(KNOWN, unique_by=lambda one: one.household, max_size=12).map(
    lambda some: [Known(o.household, str(o.household), o.first, o.last, o.nickname, o.civility) for o in some]
)


@given(SOME, st.sampled_from(["short", "number", "nickname"]), st.randoms())
def test_everybody_has_a_name_of_their_own_whatever_the_order(some, rule, luck):
    names = list_names(rule, some)
    assert names.keys() == {one.household for one in some}
    assert len({folded(name) for name in names.values()}) == len(some)
    assert all(name.strip() for name in names.values())
    mixed = list(some)
    luck.shuffle(mixed)
    assert list_names(rule, mixed) == names


@given(st.lists(st.tuples(st.sampled_from(["Ana", "Bo"]), st.text("xyz", min_size=2, max_size=6)), max_size=8))
def test_no_list_shows_a_whole_last_name(pairs):
    some = [Known(place, str(place), first, last) for place, (first, last) in enumerate(pairs)]
    for one in some:
        assert (
            one.last
            not in list_names("short", some)[one.household]
            .lower()
            .removeprefix(one.first.lower())
            .split("(")[0]
            .split(".")[0]
            .split()
        )

"""How much for how many, said as in a kitchen; which recipes to suggest: properties and examples."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.baskets.content import catalogue
from cageot.core.templatetags.cageot import WIDE
from cageot.workshops.rules import shipped_recipes
from cageot.workshops.rules.quantities import UNITS, said, singular
from cageot.workshops.rules.suggesting import Known, Suggestion, Wish, kin, suggest
from cageot.workshops.rules.typing_recipes import ingredient, lines, near, typed, vegetable

ALL = [
    Known(one.code, one.produce, frozenset(one.fields["months"]), one.fields["minutes"], frozenset(one.fields["equipment"]), frozenset(one.fields["diet"]))
    for one in shipped_recipes.recipes()
]  # fmt: skip
NAMES = {line.code: line.name for line in catalogue()}
BY_CODE = {one.code: one for one in ALL}
CODES = sorted({code for one in ALL for code in one.produce} | {"carotte-nouvelle", "fraise"})


# --- Quantities -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("qty", "unit", "name", "times", "text"),
    [
        (3, "pièce", "poireaux", "1", "3 poireaux"),
        (3, "pièce", "poireaux", "1/3", "1 poireau"),
        (1, "pièce", "chou vert", "1/2", "½ chou vert"),
        (1, "", "chou vert", "2", "2 choux verts"),
        (4, "pièce", "pommes de terre", "1/4", "1 pomme de terre"),
        (1, "pièce", "oignon", "3/2", f"1{WIDE}½ oignon"),
        (2, "pièce", "œufs", "1/4", "1 œuf"),
        (1, "botte", "radis", "1/2", "une demi-botte de radis"),
        (1, "verre", "lait", "3/2", "1 verre et demi de lait"),
        (1, "verre", "lait", "1/4", "un quart de verre de lait"),
        (3, "cuillère à soupe", "huile", "5/6", "2 cuillères à soupe et demie d’huile"),
        (1, "cuillère à soupe", "huile", "1/3", "1 cuillère à café d’huile"),
        (1, "gousse", "ail", "1/4", "1 gousse d’ail"),
        (1, "l", "eau", "1/2", "un demi-litre d’eau"),
        (1, "l", "eau", "3/2", f"1{WIDE}litre et demi d’eau"),
        (250, "g", "riz", "2", f"500{WIDE}g de riz"),
        (250, "g", "haricots verts", "6", f"1{WIDE}kg et demi de haricots verts"),
        (1.2, "kg", "courge", "1", f"1,2{WIDE}kg de courge"),
        ("", "", "sel", "5", "sel"),
    ],
)
def test_quantities_are_said_as_in_a_kitchen(qty: Any, unit: str, name: str, times: str, text: str) -> None:
    assert said({"qty": qty, "unit": unit, "name": name}, Fraction(times)) == text


@given(
    qty=st.one_of(st.integers(1, 2000), st.sampled_from([0.25, 0.5, 1.5, 2.5])),
    unit=st.sampled_from(UNITS),
    people=st.integers(1, 100),
    servings=st.integers(1, 8),
)
def test_any_quantity_for_any_number_of_people_can_be_said(qty: float, unit: str, people: int, servings: int) -> None:
    text = said({"qty": qty, "unit": unit, "name": "carottes"}, Fraction(people, servings))
    assert "carotte" in text
    assert not text.startswith("0")
    assert "/" not in text
    assert "." not in text


@pytest.mark.parametrize("one", shipped_recipes.recipes(), ids=lambda one: one.code)
def test_for_the_people_of_the_recipe_quantities_are_those_written(one: Any) -> None:
    for written in one.fields["ingredients"]:
        text = said(written)
        if (
            written["unit"] in ("g", "pièce", "")
            and written["qty"]
            and written["qty"] % 1 == 0
            and written["qty"] < 1000
        ):
            assert text.startswith(str(written["qty"]))
            if written["unit"] != "g":
                assert text.endswith(written["name"]) == (
                    written["qty"] > 1 or singular(written["name"]) == written["name"]
                )


# --- Suggestions ----------------------------------------------------------------------------------

baskets = st.dictionaries(st.sampled_from(CODES), st.integers(0, 3000), max_size=12)
WINTER = {"poireau": 800, "pomme-de-terre": 2000, "carotte": 500, "chou-vert": 900}


def codes(found: list[Suggestion]) -> list[str]:
    return [one.code for one in found]


@given(held=baskets, month=st.integers(1, 12), turn=st.text("0123456789W", max_size=7), most=st.integers(0, 10))
def test_what_is_suggested_uses_what_is_there_and_is_each_time_the_same(
    held: Mapping[str, int], month: int, turn: str, most: int
) -> None:
    found = suggest(ALL, Wish(held, month, turn), most)
    assert found == suggest(reversed(ALL), Wish(dict(reversed(held.items())), month, turn), most)
    assert len(set(codes(found))) == len(found) <= most
    for one in found:
        assert one.used
        assert set(one.used) <= set(held)
        asked = BY_CODE[one.code].produce
        assert all(code in asked or kin(code) in asked for code in one.used)
        assert any(asked[0] in (code, kin(code)) for code in one.used) or len(one.used) > 1


@given(
    held=baskets, there=st.sets(st.sampled_from(["pan", "pot", "oven", "grater"])), minutes=st.integers(5, 120),
    no_oven=st.booleans(), no_cooking=st.booleans(), diets=st.sets(st.sampled_from(["vegan", "gluten_free"])),
)  # fmt: skip
def test_nothing_is_suggested_that_cannot_be_made(
    held: Mapping[str, int], there: set[str], minutes: int, no_oven: bool, no_cooking: bool, diets: set[str]
) -> None:
    wish = Wish(
        held, 3, there=frozenset(there), minutes=minutes, no_oven=no_oven, no_cooking=no_cooking, diets=frozenset(diets)
    )
    for code in codes(suggest(ALL, wish, 5)):
        one = BY_CODE[code]
        assert one.equipment <= there | {"none", "knife", "salad_bowl"}
        assert one.minutes <= minutes
        assert not (no_oven and "oven" in one.equipment)
        assert not (no_cooking and one.equipment & {"pan", "pot", "oven", "microwave"})
        assert diets <= one.diet


@given(held=baskets, month=st.integers(1, 12))
def test_more_suggestions_begin_with_the_same(held: Mapping[str, int], month: int) -> None:
    wish = Wish(held, month, "2018-W10")
    assert codes(suggest(ALL, wish, 3)) == codes(suggest(ALL, wish, 6))[:3]


def test_the_recipe_that_uses_most_of_the_basket_comes_first() -> None:
    [first, *_others] = suggest(ALL, Wish(WINTER, 3))
    assert len(first.used) >= 2


def test_the_first_three_are_made_for_different_vegetables() -> None:
    found = suggest(ALL, Wish(WINTER, 3, "2018-W10"))
    assert len({BY_CODE[one.code].produce[0] for one in found}) == 3


def test_from_one_week_to_the_next_suggestions_change() -> None:
    told: dict[str, int] = {}
    firsts = []
    for week in range(6):
        [first, *_others] = suggest(ALL, Wish(WINTER, 3, f"2018-W{week:02}", told=told))
        firsts.append(first.code)
        told = {first.code: 1} | {code: ago + 1 for code, ago in told.items() if code != first.code}
    assert all(one != other for one, other in zip(firsts, firsts[1:], strict=False)), firsts
    assert len(set(firsts)) >= 4, firsts


def test_new_carrots_are_carrots_and_a_white_cabbage_is_no_other_cabbage() -> None:
    [found] = suggest([BY_CODE["carottes-rapees-citron"]], Wish({"carotte-nouvelle": 500}, 5))
    assert found.used == ("carotte-nouvelle",)
    assert suggest([BY_CODE["pesto-fanes-carottes"]], Wish({"carotte": 500}, 5)) == [], "its leaves are what one needs"
    assert kin("chou-blanc") == "chou-blanc"
    assert kin("pomme-de-terre") == "pomme-de-terre"


def test_an_empty_basket_has_no_suggestion() -> None:
    assert suggest(ALL, Wish({}, 3)) == []


# --- Typing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "qty", "unit", "name"),
    [
        ("3 poireaux", 3, "pièce", "poireaux"),
        ("250g de riz", 250, "g", "riz"),
        ("1/2 botte de radis", 0.5, "botte", "radis"),
        ("½ chou vert", 0.5, "pièce", "chou vert"),
        ("1 1/2 kg de courge", 1.5, "kg", "courge"),
        ("1 ½ verre de lait", 1.5, "verre", "lait"),
        ("1 verre et demi de lait", 1.5, "verre", "lait"),
        ("2 cuillères à soupe d'huile", 2, "cuillère à soupe", "huile"),
        ("3 c. à s. d’huile", 3, "cuillère à soupe", "huile"),
        ("1,5 l d’eau", 1.5, "l", "eau"),
        ("4 épices", 4, "pièce", "épices"),
        ("12 gousses", 12, "pièce", "gousses"),
        ("sel, poivre", "", "", "sel, poivre"),
        ("3/0 œufs", "", "", "3/0 œufs"),
        ("0 œuf", "", "", "0 œuf"),
    ],
)
def test_an_ingredient_is_read_as_people_write_it(line: str, qty: Any, unit: str, name: str) -> None:
    assert ingredient(line) == {"qty": qty, "unit": unit, "name": name}


@pytest.mark.parametrize("one", shipped_recipes.recipes(), ids=lambda one: one.code)
def test_what_is_typed_again_is_what_was_read(one: Any) -> None:
    for part in one.fields["ingredients"]:
        assert ingredient(typed(part)) == part | ({"unit": part["unit"] or "pièce"} if part["qty"] else {})


@given(st.text(max_size=60))
def test_any_line_becomes_an_ingredient_that_can_be_said(line: str) -> None:
    one = ingredient(line)
    assert one["unit"] in UNITS
    said(one, Fraction(7, 3))


@pytest.mark.parametrize(
    ("word", "code"),
    [("Poireaux", "poireau"), ("pommes de terre", "pomme-de-terre"), ("epinards", "epinard"), ("Choux de Bruxelles", "chou-bruxelles"), ("céleri rave", "celeri-rave"), ("licorne", None)],
)  # fmt: skip
def test_a_vegetable_is_known_by_its_name_however_it_is_written(word: str, code: str | None) -> None:
    assert vegetable(word, NAMES) == code


def test_a_mistyped_vegetable_has_a_name_near_it() -> None:
    assert near("poirau", NAMES) == "Poireau"
    assert near("zzzz", NAMES) == ""


def test_lists_typed_with_dashes_and_numbers_lose_them() -> None:
    assert lines("- sel\n\n2. Cuire.\n• poivre\n3 poireaux\n") == ["sel", "Cuire.", "poivre", "3 poireaux"]

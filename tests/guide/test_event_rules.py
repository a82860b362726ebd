"""A programme's bands, what excludes what, and who may ride with whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from hypothesis import given
from hypothesis import strategies as st

from cageot.guide.rules.events import bands, clash, detour, drivers_for, one_only, overlap

DAY = date(2018, 5, 17)
PARIS, ORLEANS, BLOIS, LILLE = (2.35, 48.86), (1.9, 47.9), (1.33, 47.59), (3.06, 50.63)


@dataclass(frozen=True)
class Slot:
    title: str
    from_time: time
    until_time: time
    day: date = DAY


def at(title: str, start: int, end: int) -> Slot:
    return Slot(title, time(start), time(end))


MORNING, COOKING, MONEY, LONG = at("Accueil", 9, 10), at("Cuisine", 10, 12), at("Argent", 10, 12), at("Visite", 10, 16)
AFTERNOON = at("Bilan", 14, 16)
SLOTS = st.lists(
    st.tuples(st.integers(8, 17), st.integers(1, 4), st.integers(1, 2)).map(
        lambda made: Slot("x", time(made[0]), time(made[0] + made[1]), date(2018, 5, made[2]))
    ),
    max_size=10,
)


def test_sessions_of_one_time_stand_side_by_side_and_one_that_follows_does_not() -> None:
    found = bands([COOKING, MORNING, MONEY, AFTERNOON])
    assert [[slot.title for slot in band.slots] for band in found] == [["Accueil"], ["Cuisine", "Argent"], ["Bilan"]]


def test_a_long_session_ties_those_it_covers() -> None:
    [first, second] = bands([MORNING, COOKING, LONG, AFTERNOON])
    assert first.slots == (MORNING,) and set(second.slots) == {COOKING, LONG, AFTERNOON}
    assert not one_only(second.slots) and one_only([COOKING, MONEY])
    assert clash([COOKING, AFTERNOON]) is None and clash([LONG, AFTERNOON]) == (LONG, AFTERNOON)


def test_who_drives_past_is_found_and_who_comes_from_elsewhere_is_not() -> None:
    found = drivers_for(ORLEANS, [(1, BLOIS), (2, LILLE)], PARIS)
    assert [one.who for one in found] == [1]
    assert found[0].apart == 55 and found[0].detour < 10


@given(SLOTS)
def test_bands_hold_every_session_once_and_never_run_into_each_other(slots: list[Slot]) -> None:
    found = bands(slots)
    assert sorted((one.day, one.from_time, one.until_time) for band in found for one in band.slots) == sorted(
        (one.day, one.from_time, one.until_time) for one in slots
    )
    assert not any(overlap(one, other) for n, one in enumerate(found) for other in found[n + 1 :])


@given(SLOTS)
def test_what_does_not_clash_can_all_be_reached(slots: list[Slot]) -> None:
    pairs = [(one, other) for n, one in enumerate(slots) for other in slots[n + 1 :]]
    assert (clash(slots) is None) == (not any(overlap(one, other) for one, other in pairs))


@given(*[st.tuples(st.floats(-5, 9), st.floats(41, 51))] * 3)
def test_a_detour_is_never_negative(
    driver: tuple[float, float], rider: tuple[float, float], to: tuple[float, float]
) -> None:
    assert detour(driver, rider, to) >= 0

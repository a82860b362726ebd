"""Two phones and a desk speak of the same baskets: whatever the order in which it comes in, the same stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from cageot.baskets.rules import handover as rules
from cageot.baskets.rules.handover import DESK, Said, follow, root

BASKET = 12
FIVE = datetime(2017, 3, 23, 16, 0, tzinfo=UTC)
ANNE, BEN = 7, 8
STATES = ["planned", "unclaimed", "given_on", "collected"]


def after(before: Said | None, state: str, voice: int, minutes: int = 0) -> Said:
    key = before.key if before else root(BASKET)
    return Said(follow(key, state, voice), state, voice, FIVE + timedelta(minutes=minutes))


def stands(*said: Said) -> str | None:
    found = rules.standing(BASKET, said)
    return found.state if found else None


# --- The table of docs/rules/handover.md ------------------------------------------------------------


def test_nothing_stands_before_somebody_spoke() -> None:
    assert stands() is None


def test_one_volunteer_says_it_and_takes_it_back() -> None:
    ticked = after(None, "collected", ANNE)
    undone = after(ticked, "planned", ANNE, 1)
    assert stands(ticked) == "collected"
    assert stands(ticked, undone) == "planned"
    assert stands(ticked, undone, after(undone, "collected", ANNE, 2)) == "collected"


def test_taking_back_does_not_depend_on_the_clock() -> None:
    """Anne's phone was set back an hour between the two."""
    ticked = after(None, "collected", ANNE, 60)
    assert stands(ticked, after(ticked, "planned", ANNE, 0)) == "planned"


def test_somebody_who_came_wins_over_nobody_came() -> None:
    """Ben's phone had no network when he said "all the others did not come"."""
    assert stands(after(None, "collected", ANNE), after(None, "unclaimed", BEN, 90)) == "collected"
    assert stands(after(None, "given_on", ANNE), after(None, "unclaimed", BEN, 90)) == "given_on"


def test_who_knew_what_stood_may_correct_it() -> None:
    ticked = after(None, "collected", ANNE)
    assert stands(ticked, after(ticked, "unclaimed", BEN, 5)) == "unclaimed"


def test_a_mistake_taken_back_leaves_what_another_saw() -> None:
    """Anne ticked the wrong name and took it back; Ben really gave that basket, without network."""
    wrong = after(None, "collected", ANNE)
    assert stands(wrong, after(wrong, "planned", ANNE, 1), after(None, "collected", BEN, 3)) == "collected"


def test_what_the_depot_saw_wins_over_what_the_desk_thought() -> None:
    assert stands(after(None, "cancelled", DESK), after(None, "collected", ANNE)) == "collected"
    assert stands(after(None, "cancelled", DESK), after(None, "unclaimed", ANNE)) == "cancelled"


def test_what_is_overruled_is_told() -> None:
    came, nobody = after(None, "collected", ANNE), after(None, "unclaimed", BEN)
    assert rules.contradicted(BASKET, [came, nobody]) == [nobody]
    assert rules.contradicted(BASKET, [came, after(None, "collected", BEN)]) == []


# --- Any order, any number of times -----------------------------------------------------------------


@some.composite
def sessions(draw: some.DrawFn) -> list[Said]:
    """Phones that speak, each of what stands on its own screen, and now and then hear all the others."""
    heard: dict[int, list[Said]] = {ANNE: [], BEN: [], DESK: []}
    for minute in range(draw(some.integers(1, 9))):
        voice = draw(some.sampled_from([ANNE, BEN, DESK]))
        if draw(some.booleans()):
            heard[voice] = list({one.key: one for each in heard.values() for one in each}.values())
        state = draw(some.sampled_from(STATES if voice else [*STATES, "cancelled", "moved"]))
        clock = minute + draw(some.integers(-300, 300))
        heard[voice].append(after(rules.standing(BASKET, heard[voice]), state, voice, clock))
    return list({one.key: one for each in heard.values() for one in each}.values())


@settings(suppress_health_check=[HealthCheck.too_slow])  # the first example pays for a busy machine
@given(sessions(), some.data())
def test_any_order_and_any_number_of_times_gives_the_same(said: list[Said], data: some.DataObject) -> None:
    shuffled = data.draw(some.permutations(said + data.draw(some.lists(some.sampled_from(said)))))
    assert rules.standing(BASKET, shuffled) == rules.standing(BASKET, said)


@given(sessions(), some.sampled_from([ANNE, BEN]), some.sampled_from(STATES))
def test_who_speaks_last_knowing_everything_is_heard_or_somebody_took_it(
    said: list[Said], voice: int, state: str
) -> None:
    """What one says of what stands replaces it: only another statement, made apart, may then stand instead."""
    before = rules.standing(BASKET, said)
    last = after(before, state, voice, 900)
    now = rules.standing(BASKET, [*said, last])
    assert now is not None and now != before
    assert now == last or (
        now in rules.leaves(BASKET, said) and rules.FORCE.index(now.state) >= rules.FORCE.index(state)
    )


@given(sessions())
def test_a_basket_that_one_phone_alone_followed_says_what_it_said_last(said: list[Said]) -> None:
    alone: list[Said] = []
    for minute, one in enumerate(said):
        alone.append(after(rules.standing(BASKET, alone), one.state, ANNE, -minute))
        assert stands(*alone) == one.state


# --- Clocks -----------------------------------------------------------------------------------------

MIDNIGHT = datetime(2017, 3, 23, tzinfo=UTC)


@given(some.integers(-10_000, 10_000), some.integers(0, 600), some.integers(0, 600))
def test_a_time_is_never_to_come_nor_before_the_day(off: int, spoken: int, travel: int) -> None:
    received = FIVE + timedelta(minutes=spoken + travel)
    said, sent = (one + timedelta(minutes=off) for one in (FIVE + timedelta(minutes=spoken), received))
    found = rules.corrected(said, sent=sent, received=received, earliest=MIDNIGHT)
    assert MIDNIGHT <= found <= received


def test_a_clock_that_went_ahead_is_put_right_by_what_it_says_at_sending() -> None:
    ahead = timedelta(hours=3)
    received = FIVE + timedelta(minutes=30)
    assert rules.corrected(FIVE + ahead, sent=received + ahead, received=received, earliest=MIDNIGHT) == FIVE


def test_a_good_clock_is_believed() -> None:
    later = FIVE + timedelta(hours=2)
    assert rules.corrected(FIVE, sent=later, received=later, earliest=MIDNIGHT) == FIVE

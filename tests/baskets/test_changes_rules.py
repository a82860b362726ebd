"""What changed on a round since it last went."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from cageot.baskets.rules.changes import KINDS, Change, Key, Life, Place, Week, applied, compare

AMINA, PAUL = Key(1, 1, 0), Key(2, 1, 0)
GARE, MAIRIE, ELSEWHERE = Place(7, 70, 1), Place(7, 71, 1), Place(8, 80, 1)
WENT, BEFORE, AFTER = date(2017, 3, 16), date(2017, 1, 2), date(2017, 3, 17)
WEEKLY, EVERY_OTHER = Life(BEFORE, running=True), Life(BEFORE, running=True, rhythm=True)


def told(before, now, *, absent_before=(), absent_now=(), life=None, round=7):
    weeks = Week(before, frozenset(absent_before)), Week(now, frozenset(absent_now))
    return [(one.what, one.usual) for one in compare(round, WENT, *weeks, {(1, 1): life} if life else {})]


def test_nothing_changed_says_nothing():
    assert told({AMINA: GARE}, {AMINA: GARE}) == []


def test_a_household_that_comes_for_the_first_time_is_new():
    assert told({}, {AMINA: GARE}, life=Life(AFTER, running=True)) == [("new", False)]


def test_one_that_was_away_is_back():
    assert told({}, {AMINA: GARE}, absent_before=[AMINA]) == [("back", False)]
    assert told({}, {AMINA: GARE}, life=WEEKLY) == [("back", False)]


def test_one_that_cancelled_or_postponed_is_absent_and_one_whose_subscription_ended_is_gone():
    assert told({AMINA: GARE}, {}, absent_now=[AMINA]) == [("absent", False)]
    assert told({AMINA: GARE}, {}, life=WEEKLY) == [("absent", False)]
    assert told({AMINA: GARE}, {}, life=Life(BEFORE)) == [("gone", False)]


def test_even_and_odd_weeks_come_and_go_as_usual():
    assert told({AMINA: GARE}, {}, life=EVERY_OTHER) == [("absent", True)]
    assert told({}, {AMINA: GARE}, life=EVERY_OTHER) == [("back", True)]
    assert told({AMINA: GARE}, {}, absent_now=[AMINA], life=EVERY_OTHER) == [("absent", False)]


def test_another_depot_is_a_move_and_another_size_a_resize():
    assert told({AMINA: GARE}, {AMINA: MAIRIE}) == [("moved", False)]
    assert told({AMINA: GARE}, {AMINA: GARE._replace(size=2)}) == [("resized", False)]
    assert told({AMINA: GARE}, {AMINA: MAIRIE._replace(size=2)}) == [("moved", False), ("resized", False)]


def test_a_move_to_another_round_is_told_on_both():
    for round in (7, 8):
        assert told({AMINA: GARE}, {AMINA: ELSEWHERE}, round=round) == [("moved", False)]


def test_other_rounds_are_left_out():
    assert told({AMINA: ELSEWHERE}, {AMINA: ELSEWHERE._replace(size=2), PAUL: ELSEWHERE}) == []


def test_two_baskets_of_a_household_are_told_apart():
    again = Key(1, 1, 1)
    assert compare(7, WENT, Week({AMINA: GARE}), Week({AMINA: GARE, again: GARE}), {}) == [
        Change(again, "new", None, GARE)
    ]


KEYS = st.builds(Key, st.integers(1, 4), st.integers(1, 2), st.integers(0, 1))
PLACES = st.builds(Place, st.integers(7, 8), st.integers(70, 72), st.integers(1, 2))
WEEKS = st.builds(Week, st.dictionaries(KEYS, PLACES, max_size=8), st.frozensets(KEYS, max_size=4))
LIVES = st.dictionaries(
    st.tuples(st.integers(1, 4), st.integers(1, 2)),
    st.builds(Life, st.sampled_from([None, BEFORE, AFTER]), st.booleans(), st.booleans()),
)


@given(WEEKS, WEEKS, LIVES, st.integers(7, 8))
def test_the_changes_applied_to_the_old_list_give_the_new_one(before, now, lives, round):
    def of_round(week):
        return {key: place for key, place in week.there.items() if place.round == round}

    changes = compare(round, WENT, before, now, lives)
    assert applied(round, of_round(before), changes) == of_round(now)
    assert {one.what for one in changes} <= set(KINDS)
    assert all(one.before != one.now for one in changes)

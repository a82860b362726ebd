"""Whom a fund may help, the most it pays of a basket, and what is wrong before anything is saved."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.funding.rules.conditions import Basket, Conditions, Wrong, contradictions, excluded, reached, spread_out

MAP = {
    ("commune", "1"): {"1"}, ("commune", "2"): {"2"}, ("commune", "3"): {"3"},
    ("department", "a"): {"1", "2"}, ("department", "b"): {"3"}, ("region", "r"): {"1", "2", "3"},
}  # fmt: skip


def known(word: str, code: str) -> set[str] | None:
    return MAP.get((word, code))


places = st.frozensets(st.sampled_from([":".join(place) for place in MAP]), max_size=3)
baskets = st.builds(
    Basket, st.integers(1, 3), st.sampled_from(["", "1", "2", "3"]), st.sampled_from(["", "rsa", "étudiants"]),
    st.sampled_from(["any", "caf", "msa"]), st.integers(0, 2_000), st.integers(0, 1_000), st.integers(1, 9),
)  # fmt: skip
amounts = st.none() | st.integers(1, 3_000)
conditions = st.builds(
    Conditions, st.frozensets(st.integers(1, 3), max_size=2), places, st.frozensets(st.sampled_from(["rsa", "étudiants"])),
    st.frozensets(st.sampled_from(["caf", "msa"])), amounts, st.none() | st.integers(1, 10_000), st.none() | st.integers(1, 20_000),
).map(lambda one: spread_out(one, known))  # fmt: skip


@given(conditions, baskets)
def test_a_fund_never_pays_past_its_cap_its_share_or_what_local_partners_allow(
    ours: Conditions, basket: Basket
) -> None:
    most = ours.most(basket)
    assert 0 <= most <= basket.price_cents
    assert ours.cap_cents is None or most <= ours.cap_cents
    assert ours.share_bp is None or most * 10_000 <= basket.price_cents * ours.share_bp
    assert not ours.match_bp or most * ours.match_bp <= basket.local_cents * 10_000
    assert not most or ours.admits(basket)


@given(conditions, baskets)
def test_a_condition_that_is_taken_away_never_excludes_anybody(ours: Conditions, basket: Basket) -> None:
    for name in ("gardens", "audiences", "affiliations"):
        wider = replace(ours, **{name: frozenset()})
        assert wider.most(basket) >= ours.most(basket)
    assert replace(ours, territories=frozenset(), communes=None).most(basket) >= ours.most(basket)
    assert Conditions().most(basket) == basket.price_cents


@given(conditions, st.lists(baskets, min_size=1, max_size=8))
def test_somebody_is_told_to_be_excluded_only_when_nobody_is_helped(ours: Conditions, seen: list[Basket]) -> None:
    wrong = excluded(ours, seen)
    if reached(ours, seen):
        assert wrong is None
    elif any(basket.price_cents for basket in seen):
        assert wrong is not None


def test_nothing_can_be_said_before_anybody_came() -> None:
    assert excluded(Conditions(audiences=frozenset({"personne"})), []) is None


COMES = [Basket(1, "1", "rsa", "caf", 1_000, 200), Basket(2, "3", "étudiants", "msa", 1_000, 0)]


@pytest.mark.parametrize(
    ("ours", "wrong"),
    [
        (Conditions(audiences=frozenset({"retraités"})), Wrong("nobody", "audiences")),
        (Conditions(territories=frozenset({"commune:2"})), Wrong("nobody", "territories")),
        (Conditions(gardens=frozenset({3})), Wrong("nobody", "gardens")),
        (Conditions(affiliations=frozenset({"other"})), Wrong("nobody", "affiliations")),
        (
            Conditions(audiences=frozenset({"rsa"}), affiliations=frozenset({"msa"})),
            Wrong("nobody_together", "affiliations", ("audiences", "affiliations")),
        ),
        (Conditions(affiliations=frozenset({"msa"}), match_bp=10_000), Wrong("match_never", "match_bp")),
        (Conditions(affiliations=frozenset({"caf"}), match_bp=10_000), None),
        (Conditions(territories=frozenset({"department:a"})), None),
    ],
)
def test_the_condition_that_excludes_everybody_is_named(ours: Conditions, wrong: Wrong | None) -> None:
    assert excluded(spread_out(ours, known), COMES) == wrong


@pytest.mark.parametrize(
    ("ours", "whys"),
    [
        (Conditions(territories=frozenset({"commune:9", "commune:1"})), ["unknown_place"]),
        (Conditions(territories=frozenset({"commune:1", "department:a", "region:r"})), ["place_twice", "place_twice"]),
        (Conditions(territories=frozenset({"commune:1", "department:b"})), []),
        (Conditions(cap_cents=0), ["cap_nothing"]),
        (Conditions(share_bp=0), ["share_out_of_range"]),
        (Conditions(share_bp=10_001), ["share_out_of_range"]),
        (Conditions(match_bp=0), ["match_nothing"]),
        (Conditions(cap_cents=1, share_bp=10_000, match_bp=1), []),
    ],
)
def test_what_cannot_be_meant_is_found_before_anything_is_saved(ours: Conditions, whys: list[str]) -> None:
    assert [one.why for one in contradictions(ours, known)] == whys


def test_a_household_whose_commune_nobody_knows_is_in_no_territory() -> None:
    ours = spread_out(Conditions(territories=frozenset({"region:r"})), known)
    assert not ours.admits(Basket(1, "", "rsa", "caf"))
    assert Conditions().admits(Basket(1, "", "rsa", "caf"))


def test_a_match_is_a_part_of_what_the_fund_pays() -> None:
    basket = Basket(1, "1", "rsa", "caf", 1_200, 150)
    assert Conditions(match_bp=10_000).most(basket) == 150
    assert Conditions(match_bp=5_000).most(basket) == 300
    assert Conditions(match_bp=20_000).most(basket) == 75

"""A small season, played in a base: the stories are there, the books are square, the same seed plays the same."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import accumulate
from typing import Any, ClassVar

import pytest
from django.db import transaction
from django.db.models import Sum
from django.test import TestCase, TransactionTestCase

from cageot.baskets.actions import reopen_week
from cageot.baskets.models import Basket, Delivery, DepotLink, DepotPause, RoundShift, SignUp, WeekClose
from cageot.baskets.signups import places_left
from cageot.core.week import Week
from cageot.demo import cast, plan
from cageot.demo.build import Recipe, Summary, build
from cageot.demo.season import moment
from cageot.desk.queries.programme import edition_figures
from cageot.funding import audit, journal
from cageot.funding.actions import settling
from cageot.funding.models import (
    Agreement,
    BookLine,
    CapExemption,
    Claim,
    Entry,
    FiscalYear,
    Posting,
    Settlement,
    SettlementLine,
    Share,
)
from cageot.members.models import EndWarning, Household, Member, Onward, RenewalAsk, Support
from cageot.network.models import BudgetLine, Edition, Garden, Installation, Login, Partner, Role

ON = date(2018, 3, 14)


def of_blois(number: int) -> Household:
    return Household.objects.get(garden__code="blois", number=str(number))


def shares(number: int, week: str) -> dict[str, int]:
    """Who paid the basket of that household that week, in cents: by class, and by partner's name."""
    basket = Basket.objects.get(household=of_blois(number), delivery__week=Week.parse(week))
    rows = Share.objects.filter(charge__key=basket.pk, charge__sign=1).order_by("-charge__revision", "rank")
    return {row.payer.partner.name if row.payer and row.payer.partner else row.by: row.cents for row in rows}


class TwoGardens(TestCase):
    summary: ClassVar[Summary]
    told: ClassVar[list[float]]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.told = []
        cls.summary = build(Recipe(on=ON, gardens=2), say=lambda done, _step: cls.told.append(done))

    def test_progress_is_told_from_nothing_to_everything(self) -> None:
        assert self.told[0] == 0.0
        assert self.told[-1] == 1.0
        assert self.told == sorted(self.told)

    def test_people_sign_up_wait_and_are_welcomed(self) -> None:
        rows = SignUp.objects.filter(garden__code="blois", referral=None)
        assert Counter(rows.values_list("state", flat=True)) == {
            "asked": 2, "waiting": 3, "offered": 1, "dropped": 1, "welcomed": 1,
        }  # fmt: skip
        first = rows.filter(state="waiting").select_related("depot").order_by("asked_at")[0]
        assert places_left(first.depot, ON) == 0, "whoever waits, waits for a depot that is full"
        assert rows.get(state="welcomed").household.baskets.exists()

    def test_the_base_says_that_it_is_a_demonstration_and_of_what(self) -> None:
        row = Installation.objects.get()
        assert row.kind == "demo"
        assert row.recipe == {"on": "2018-03-14", "seed": 2018, "scale": 1}

    def test_the_weeks_to_come_have_their_small_things(self) -> None:
        here = Basket.objects.filter(garden__code="blois")
        assert here.filter(product__code="oeufs", delivery__day__gt=ON).count() > 100
        assert DepotPause.objects.filter(from_day__gt=ON).count() == 1
        assert RoundShift.objects.get().reason == "Fête du Travail"
        assert (
            here.filter(kind="taken_back").count()
            == here.filter(kind="extra").count()
            == here.filter(pot=True).count()
            == 1
        )
        assert here.filter(state="moved").count() == 3
        assert DepotLink.objects.filter(depot__garden__code="blois").exists()

    def test_what_was_closed_is_what_was_planned(self) -> None:
        gardens = cast.gardens(2)
        targets = plan.targets(gardens)
        assert self.summary.households == sum(target.households for target in targets)
        assert self.summary.solidarity_baskets == sum(target.baskets for target in targets)
        assert sum(self.summary.paid_by.values()) + self.summary.uncovered_cents == self._price_of_solidarity()

    def _price_of_solidarity(self) -> int:
        closes = WeekClose.objects.filter(reopened_at=None, edition__code="2017").values_list("entry", flat=True)
        rows = Share.objects.filter(charge__entry__in=list(closes), charge__in_programme=True)
        return sum(rows.values_list("cents", flat=True))

    def test_the_budget_of_the_edition_is_335_000_euros(self) -> None:
        assert sum(BudgetLine.objects.filter(edition__code="2017").values_list("cents", flat=True)) == 335_000_00

    def test_there_is_a_past_a_week_under_way_and_weeks_to_come(self) -> None:
        week = Week.of(ON)
        assert not Delivery.objects.filter(week__lt=Week(2018, 1), close=None).exists()
        assert WeekClose.objects.filter(garden__code="blois", week=week - 1, reopened_at=None).exists()
        states = dict(
            Basket.objects.filter(delivery__week=week, garden__code="blois")
            .values_list("delivery__day", "state")
            .distinct()
        )
        assert states[date(2018, 3, 13)] != "planned"
        assert Basket.objects.filter(delivery__day=date(2018, 3, 15), state="planned").exists()
        assert Basket.objects.filter(delivery__day__gt=date(2018, 12, 1), state="planned").exists()

    def test_no_member_ever_pays_more_than_the_cap(self) -> None:
        assert WeekClose.objects.order_by("-max_member_bp").values_list("max_member_bp", flat=True)[0] <= 3_000

    def test_each_settlement_knew_what_had_been_asked_before_it(self) -> None:
        for settlement in Settlement.objects.all():
            asked = Claim.objects.filter(at__lt=settlement.at).order_by("pk").last()
            assert settlement.certificate["last_claim"] == (asked.pk if asked else 0)
        assert Claim.objects.filter(tranche__isnull=False, issued_on__year=2017).exists()

    def test_money_holds_together_and_still_does_after_one_more_settlement(self) -> None:
        assert list(audit.audit()) == []
        line = SettlementLine.objects.order_by("day", "pk").last()
        assert line is not None
        close = WeekClose.objects.get(garden=line.garden, week=Week.of(line.day), reopened_at=None)
        before = settling.decide(ON, on=ON)
        assert before.covered_cents >= before.stood_cents, "settling once more takes nothing away"
        reopen_week(close, reason="Un panier oublié.", today=ON, by=None, at=moment(ON, 8))
        before = settling.decide(ON, on=ON)
        assert settling.settle_period(ON, seen=before.fingerprint, day=ON, by=None, at=moment(ON, 9))
        assert list(audit.audit()) == []
        assert settling.decide(ON, on=ON).lines == {}

    def test_every_entry_balances(self) -> None:
        from django.db.models import Sum

        assert not Posting.objects.values("entry").annotate(sum=Sum("cents")).exclude(sum=0).exists()
        assert Entry.objects.filter(seal=None).count() == 0

    def test_the_treasurer_of_blois_keeps_books_that_hold_together(self) -> None:
        blois = journal.entity_of(Garden.objects.get(code="blois"))
        [past, _now] = FiscalYear.objects.filter(entity=blois).order_by("first")
        assert past.closed_at
        lines = BookLine.objects.filter(entry__entity=blois).exclude(entry__source="opening")
        members = lines.filter(account="4111")
        owed = members.filter(cents__gt=0).aggregate(n=Sum("cents"))["n"]
        assert 0 < members.aggregate(n=Sum("cents"))["n"] < owed * 0.2  # the last weeks, and a few who are late
        bank = lines.filter(account="512").order_by("entry__day", "pk").values_list("cents", flat=True)
        assert min(accumulate(bank)) >= 0
        result = lines.filter(entry__day__year=2017, account__regex="^[67]").aggregate(n=-Sum("cents"))["n"]
        assert 0 < result < 1_500_000

    def test_everybody_has_a_door_and_no_password(self) -> None:
        assert {login.email for login in Login.objects.all()} == {door.email for door in cast.DOORS}
        assert not any(login.has_usable_password() for login in Login.objects.all())
        kinds = set(Role.objects.filter(person__login__isnull=False).values_list("kind", flat=True))
        assert kinds == {"coordinator", "helper", "treasurer", "network", "referrer"}

    def test_blois_is_as_the_sample_files_know_it(self) -> None:
        garden = Garden.objects.get(code="blois")
        assert garden.commune_code == "41018"
        assert set(garden.depots.filter(household=None).values_list("name", flat=True)) == {
            "Gare de Blois",
            "Maison des Provinces",
            "Biocoop Blois",
            "Jardin",
        }
        prices = set(garden.sizes.filter(product__code="panier").values_list("name", "prices__cents"))
        assert prices == {("Petit", 800), ("Grand", 1200)}
        names = set(Agreement.objects.filter(gardens=garden).values_list("name", flat=True))
        assert {"CCAS de Blois", "CAF 41", "MSA Berry-Touraine"} <= names
        assert not Household.objects.filter(garden=garden, number__in=[str(n) for n in range(1000, 1120)]).exists()

    def test_partners_are_marked_as_invented(self) -> None:
        assert Partner.objects.filter(level="national").count() == 6
        assert all(partner.name.endswith("(démo)") for partner in Partner.objects.all())

    def test_mail_and_telephone_reach_nobody_real(self) -> None:
        for member in Member.objects.all():
            assert member.email.endswith("@example.org") or not member.email
            assert member.phone.startswith("02 61 91 ") or not member.phone
            assert member.mobile.startswith("06 39 98 ") or not member.mobile

    # The stories of README.md

    def test_a_support_ends_and_the_household_stays_as_an_ordinary_member(self) -> None:
        household = of_blois(2001)
        assert [support.renews is not None for support in household.supports.order_by("from_day")] == [False, True]
        assert household.supports.order_by("-until_day")[0].until_day == date(2017, 12, 31)
        assert shares(2001, "2017-W49")["member"] == 360
        assert shares(2001, "2018-W05") == {"member": 1200}

    def test_two_affiliations_the_same_basket_two_payers(self) -> None:
        one, other = shares(2002, "2017-W10"), shares(2003, "2017-W10")
        assert one == {"member": 360, "CAF 41 (démo)": 420, "Naturalia (démo)": 420}
        assert other == {"member": 360, "Caisse centrale de la MSA (démo)": 420, "MSA Berry-Touraine (démo)": 420}

    def test_a_support_ends_and_the_household_leaves(self) -> None:
        household = of_blois(2004)
        assert household.left_on == date(2017, 4, 30)
        assert not household.baskets.filter(delivery__day__gt=household.left_on).exists()

    def test_an_unclaimed_basket_and_one_given_on(self) -> None:
        assert self._state(2005, 12) == "unclaimed"
        assert self._state(2006, 23) == "given_on"

    def _state(self, number: int, week: int) -> str:
        state: str = Basket.objects.values_list("state", flat=True).get(
            household=of_blois(number), delivery__week=Week(2017, week)
        )
        return state

    def test_a_depot_changed_once_and_then_for_good(self) -> None:
        def depot(week: int) -> str:
            return Basket.objects.get(household=of_blois(2007), delivery__week=Week(2017, week)).depot.name

        assert [depot(15), depot(16), depot(17)] == ["Gare de Blois", "Jardin", "Gare de Blois"]
        assert [depot(35), depot(36), depot(50)] == ["Gare de Blois", "Biocoop Blois", "Biocoop Blois"]

    def test_cancelled_in_time_costs_nothing(self) -> None:
        household = of_blois(2008)
        assert household.reach_through == "Par courrier"
        for week in (30, 31):
            assert self._state(2008, week) == "cancelled"
            basket = Basket.objects.get(household=household, delivery__week=Week(2017, week))
            assert not Share.objects.filter(charge__key=basket.pk).exists()

    def test_a_week_reopened_and_closed_again(self) -> None:
        closes = list(WeekClose.objects.filter(garden__code="blois", week=Week(2017, 20)).order_by("revision"))
        assert [close.reopened_at is None for close in closes] == [False, True]
        assert closes[0].entry
        assert closes[0].entry.reversed_by.reason
        assert self._state(2009, 20) == "collected"

    def test_a_payer_leaves_and_another_takes_over(self) -> None:
        before, gap, after = (shares(2010, week) for week in ("2017-W20", "2017-W24", "2017-W28"))
        assert "Secours Catholique, équipe de Blois (démo)" in before
        assert gap == {"member": 360, "uncovered": 840}
        assert "Fondation du Val (démo)" in after
        assert [str(one.agreement) for one in of_blois(2010).supports.order_by("from_day")][:2] == [
            "Secours Catholique, équipe de Blois", "Fondation du Val"]  # fmt: skip
        left = Agreement.objects.get(name="Secours Catholique, équipe de Blois")
        assert left.status == "terminated"
        assert left.ended_because

    def test_a_quota_runs_out_in_the_middle_of_a_week(self) -> None:
        partly = Share.objects.filter(payer__partner__name="CAF 41 (démo)", why="quota", charge__sign=1).get()
        whys = set(
            Share.objects.filter(
                payer=partly.payer, charge__garden=partly.charge.garden_id, charge__week=partly.charge.week
            ).values_list("why", flat=True)
        )
        assert "quota_out" in whys
        assert Share.objects.filter(charge=partly.charge, by="uncovered").exists()

    def test_an_exemption_was_asked_and_refused(self) -> None:
        asked = CapExemption.objects.get()
        assert (asked.agreement.name, asked.status, asked.max_member_bp) == ("CCAS de Blois", "refused", 3_334)
        assert "30 %" in asked.answer

    def test_supports_that_end_were_told_asked_about_and_answered(self) -> None:
        assert set(RenewalAsk.objects.values_list("answer", flat=True)) == {"", "granted", "refused"}
        assert EndWarning.objects.exists() and Onward.objects.exists()
        assert Support.objects.filter(step_after__isnull=False, agreement__in_programme=False).count() == 3

    def test_some_supports_end_soon_and_are_not_renewed_yet(self) -> None:
        assert Support.objects.filter(
            household__garden__code="blois", until_day=date(2018, 3, 31), renewed_by=None
        ).exists()


@pytest.mark.django_db
def test_the_same_seed_plays_the_same_season() -> None:
    first, again, other = (_played(seed) for seed in (7, 7, 8))
    assert first == again
    assert first != other


def _played(seed: int) -> list[Any]:
    """A few weeks of a small season, as names, states and cents; then nothing is left of it."""
    with transaction.atomic():
        build(Recipe(on=date(2017, 2, 8), seed=seed, gardens=1))
        people = list(
            Member.objects.order_by("household__garden", "household__number").values_list(
                "household__number", "first_name", "last_name", "email"
            )
        )
        states = list(
            Basket.objects.order_by("garden", "household__number", "delivery__day", "size__code").values_list(
                "household__number", "delivery__day", "size__code", "depot__name", "state"
            )
        )
        cents = list(
            Posting.objects.order_by("entry", "cents", "account__kind").values_list(
                "entry__garden__code", "account__kind", "cents"
            )
        )
        transaction.set_rollback(True)
    return [people, states, cents]


def test_a_day_outside_the_two_seasons_is_refused() -> None:
    for day in (date(2016, 12, 31), date(2019, 1, 7)):
        with pytest.raises(ValueError, match="joue du"):
            Recipe(on=day)


@pytest.mark.slow
class WholeProgramme(TransactionTestCase):
    """The programme as it was told, at scale 1. Its transactions are real: inside one around the test, SQLite takes four
    times as long to write a season."""

    def test_the_season_2017_is_whole(self) -> None:
        summary = build(Recipe(on=date(2018, 1, 2)))
        assert (summary.gardens, summary.households, summary.solidarity_baskets) == (38, 1_100, 25_500)
        figures = edition_figures(Edition.objects.get(code="2017"))
        assert (figures["local_partners"], figures["national_funders"]) == (100, 6)
        assert (figures["workshops"], figures["budget_cents"]) == (957, 33_500_000)
        assert 5_500 <= figures["participations"] <= 7_000
        total = sum(summary.paid_by.values()) + summary.uncovered_cents
        assert 0.01 <= summary.uncovered_cents / total <= 0.03
        assert all(summary.paid_by.values())
        assert summary.paid_by["members"] <= total * 30 // 100

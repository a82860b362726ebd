"""Where a garden that starts stands: every step, ticked by what the garden holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import NoReverseMatch, reverse

from cageot.baskets.models import (
    AbsencePolicy,
    Basket,
    Content,
    Delivery,
    Depot,
    Product,
    SizePrice,
    Subscription,
    WeekClose,
)
from cageot.core.week import Week
from cageot.funding.models import Agreement, AgreementPayer, TariffLine
from cageot.guide.models import Chapter, Meeting, StartTick
from cageot.guide.rules.starting import Standing, next_step, standing
from cageot.members.models import ReferralLink, Support
from cageot.network.models import Edition, Garden, Partner, Role
from cageot.workshops.models import Session

HERE = OuterRef("pk")


def _count(rows: QuerySet[Any], *, what: str = "pk") -> Coalesce:
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(n=Count(what, distinct=True)).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def facts(garden: Garden, today: date) -> dict[str, bool]:
    """Which facts of `guide/data/start.toml` are true of the garden. One query."""
    roles = Role.objects.on(today).filter(garden=HERE, kind__in=["coordinator", "treasurer"])
    depots = Depot.objects.filter(garden=HERE, closed_on=None, household=None).exclude(hours="")
    roles_of_partners = Q(funds=True) | Q(refers=True) | Q(hosts=True) | Q(steers=True) | Q(runs_workshops=True)
    in_force = Agreement.objects.on(today).filter(gardens=HERE, status=Agreement.Status.ACTIVE)
    two_payers = AgreementPayer.objects.filter(agreement=OuterRef("pk")).order_by().values("agreement").annotate(n=Count("pk")).filter(n__gt=1)  # fmt: skip
    subscribed = Subscription.objects.on(today).filter(household__garden=HERE)
    supported = Support.objects.on(today).filter(household=OuterRef("household"))
    solidarity = Subscription.objects.on(today).filter(Exists(supported), depot=OuterRef("pk"))
    ordinary = Subscription.objects.on(today).filter(~Exists(supported), depot=OuterRef("pk"))
    marked = Basket.objects.filter(delivery=OuterRef("pk")).exclude(state="planned")
    waiting = Basket.objects.filter(delivery=OuterRef("pk"), state="planned")
    exists = {
        "sizes": SizePrice.objects.filter(size__garden=HERE, from_day__lte=today),
        "absences": AbsencePolicy.objects.filter(product__garden=HERE),
        "edition": Edition.objects.on(today),
        "agreement_active": in_force.filter(Exists(TariffLine.objects.filter(tariff__agreement=OuterRef("pk")))),
        "second_payer": in_force.filter(Exists(two_payers)),
        "referral_link": ReferralLink.objects.on(today).filter(garden=HERE, revoked_at=None),
        "household": subscribed,
        "mixed": Depot.objects.filter(Exists(solidarity), Exists(ordinary), garden=HERE),
        "content": Content.objects.filter(round__garden=HERE),
        "marking": Delivery.objects.filter(Exists(marked), ~Exists(waiting), garden=HERE),
        "close": WeekClose.objects.filter(garden=HERE, reopened_at=None),
        "workshop": Session.objects.filter(garden=HERE, workshop__public=True).exclude(state="cancelled"),
        "committee": Meeting.objects.filter(garden=HERE).exclude(agenda=""),
    }
    row = (
        Garden.objects.filter(pk=garden.pk)
        .annotate(
            people=_count(roles, what="person"), open_depots=_count(depots),
            known=_count(Partner.objects.filter(roles_of_partners, gardens=HERE)),
            **{f"has_{name}": Exists(rows) for name, rows in exists.items()},
        )
        .values("address", "phone", "people", "open_depots", "known", *(f"has_{name}" for name in exists))
        .get()
    )  # fmt: skip
    return {
        "garden.address": bool(row["address"] and row["phone"]), "team.second": row["people"] > 1, "sizes": row["has_sizes"],
        "depots": row["open_depots"] > 1, "absences": row["has_absences"], "edition": row["has_edition"], "partners": row["known"] > 1,
        "agreement.active": row["has_agreement_active"], "agreement.second_payer": row["has_second_payer"],
        "referral.link": row["has_referral_link"], "household.first": row["has_household"],
        "household.ordinary_and_solidarity": row["has_mixed"], "delivery.first": row["has_content"], "marking.first": row["has_marking"],
        "close.first": row["has_close"], "workshop.first": row["has_workshop"], "committee.first": row["has_committee"],
    }  # fmt: skip


@dataclass(frozen=True)
class StepLine:
    """A step as the page shows it: where it is done (`url`, "" when nowhere), what to read, whether one may tick it by hand."""

    standing: Standing
    number: int
    url: str
    chapter: str
    by_hand: bool


@dataclass(frozen=True)
class StartPage:
    """A garden's start."""

    garden: Garden
    lines: Sequence[StepLine]
    done: int
    next: StepLine | None


PAGES = {
    "season": "settings", "edition": "charter", "payers": "agreements", "referral": "referral_links", "welcome": "household_new",
    "content": "content", "marking": "marking", "close": "closing", "statement": "statements", "workshop": "workshops",
    "ends": "ends", "committee": "steering",
}  # fmt: skip
"""Where a step is done, when it is not a form of the assistant itself (`views.guide_start.FORMS`)."""
OF_A_WEEK = {"content", "marking", "closing"}


def start_page(garden: Garden, forms: Sequence[str], today: date) -> StartPage:
    """Every step of the start. Three queries, whatever the garden holds."""
    ticked = set(StartTick.objects.filter(garden=garden).values_list("step", flat=True))
    chapters = set(Chapter.objects.filter(archived_on=None).values_list("slug", flat=True))
    steps = standing(facts(garden, today), ticked)
    lines = [
        StepLine(
            one, number, _page(one.step.code, garden, forms, today), one.step.chapter if one.step.chapter in chapters else "",
            not one.by_itself,
        )
        for number, one in enumerate(steps, 1)
    ]  # fmt: skip
    following = next_step(steps)
    return StartPage(
        garden,
        lines,
        sum(one.done for one in steps),
        next((line for line in lines if line.standing is following), None),
    )


def _page(code: str, garden: Garden, forms: Sequence[str], today: date) -> str:
    if code in forms:
        return reverse("desk:start_step", args=[garden.code, code])
    name = PAGES.get(code)
    if name is None:
        return ""
    try:
        return reverse(f"desk:{name}", args=[garden.code, Week.of(today)] if name in OF_A_WEEK else [garden.code])
    except NoReverseMatch:
        return ""


def main_product(garden: Garden) -> Product | None:
    """The product whose rules of absence come first."""
    return Product.objects.filter(garden=garden, archived_on=None).order_by("rank", "pk").first()

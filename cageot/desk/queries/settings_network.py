"""What the network head keeps: the editions of the programme, the gardens and where they stand."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cageot.baskets.models import WeekClose
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros, number
from cageot.core.week import Week
from cageot.desk.queries.agreements import EXEMPTION_TONES, STANDINGS, dates_of, percent, until_words
from cageot.desk.queries.settings import identity, team_of
from cageot.desk.rules.agreements import standing
from cageot.desk.rules.households import renewal_end
from cageot.funding.actions import DEFAULT_CAP_BP
from cageot.funding.models import Agreement, CapExemption
from cageot.funding.queries import edition_on
from cageot.network import territory
from cageot.network.models import Edition, Garden, GardenStatus, Partner, Role

STATUS_TONES = {"candidate": "sky", "preparing": "squash", "active": "leaf", "suspended": "carrot", "left": ""}
EXAMPLE_CENTS = 12_00
AGREEMENTS_SHOWN = 12


# --- The hub --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class EditionRow:
    """One edition of the list."""

    name: str
    url: str
    dates: str
    goal: int
    cap: str
    word: str
    tone: str


@dataclass(frozen=True)
class NetworkPage:
    """What the network head keeps, at a glance."""

    editions: list[EditionRow]
    statuses: list[tuple[str, str, int]]
    gardens: int
    partners: list[tuple[Any, int]]
    people: list[tuple[Any, int]]


def network_page(today: date) -> NetworkPage:
    """The hub. Five queries."""
    editions = [edition_row(one, today) for one in Edition.objects.order_by("-from_day")]
    counts = Counter(GardenStatus.objects.on(today).values_list("status", flat=True))
    statuses = [
        (str(GardenStatus.Status(one).label), STATUS_TONES[one], counts[one])
        for one in GardenStatus.Status.values
        if counts[one]
    ]
    levels = dict(Partner.objects.order_by().values_list("level").annotate(Count("pk")))
    roles = dict(Role.objects.on(today).order_by().values_list("kind").annotate(Count("person", distinct=True)))
    return NetworkPage(
        editions, statuses, Garden.objects.count(),
        [(label, levels.get(level, 0)) for level, label in ((Partner.Level.LOCAL, gettext_lazy("partenaires locaux")), (Partner.Level.NATIONAL, gettext_lazy("financeurs et partenaires nationaux")))],
        [(kind.label, roles.get(kind.value, 0)) for kind in Role.Kind],
    )  # fmt: skip


def edition_row(one: Edition, today: date) -> EditionRow:
    word, tone = edition_word(one, today)
    return EditionRow(
        one.name, reverse("desk:settings_edition", args=[one.code]), edition_dates(one), one.goal_baskets,
        percent(one.member_cap_bp), word, tone,
    )  # fmt: skip


def edition_word(one: Edition, today: date) -> tuple[str, str]:
    if one.until_day < today:
        return _("terminée"), ""
    return (_("à venir"), "sky") if one.from_day > today else (_("en cours"), "leaf")


def edition_dates(one: Edition) -> str:
    return _("du %(first)s au %(last)s") % {"first": said(one.from_day, "plain"), "last": said(one.until_day, "plain")}


# --- An edition -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ExemptionLine:
    """A request to go past the cap in an edition, with its agreement."""

    agreement: str
    url: str
    asked: str
    reason: str
    word: str
    tone: str


@dataclass(frozen=True)
class EditionPage:
    """An edition: its rules, its charter, its budget, and who asked to go past the cap."""

    edition: Edition
    word: str
    tone: str
    facts: list[tuple[str, str]]
    charter: list[str]
    budget: list[Any]
    total: int
    exemptions: list[ExemptionLine]


def edition_page(one: Edition, today: date) -> EditionPage:
    """The page of an edition. Three queries."""
    word, tone = edition_word(one, today)
    budget = list(one.budget.all())
    held = closed_in(one)
    return EditionPage(
        one, word, tone, _edition_facts(one, held), paragraphs(one.charter), budget, sum(line.cents for line in budget), _exemptions(one),
    )  # fmt: skip


def _edition_facts(one: Edition, held: Held) -> list[tuple[str, str]]:
    highest = euros(EXAMPLE_CENTS * one.member_cap_bp // 10_000)
    cap = _("%(cap)s du prix : %(most)s au plus d’un panier à %(price)s") % {
        "cap": percent(one.member_cap_bp), "most": highest, "price": euros(EXAMPLE_CENTS),
    }  # fmt: skip
    found = [
        (_("Dates"), edition_dates(one)),
        (_("Objectif"), _("%(n)s paniers") % {"n": number(one.goal_baskets)}),
        (_("Plafond"), cap),
    ]
    if held.last:
        found.append((_("Semaines closes"), _("jusqu’au %(day)s") % {"day": said(held.last.sunday, "plain")}))
    return found


def paragraphs(text: str) -> list[str]:
    """A text as it was typed: a paragraph a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


@dataclass(frozen=True)
class Held:
    """The first and last weeks that gardens closed in an edition; None when there is none."""

    first: Week | None
    last: Week | None


def closed_in(one: Edition) -> Held:
    """What is closed in an edition holds its first day, its cap, and the earliest day it may end. One query."""
    found = WeekClose.objects.filter(edition=one, reopened_at=None).aggregate(first=Min("week"), last=Max("week"))
    return Held(*(Week.parse(value) if isinstance(value, str) else value for value in (found["first"], found["last"])))


def _exemptions(one: Edition) -> list[ExemptionLine]:
    rows = CapExemption.objects.filter(edition=one).select_related("agreement").order_by("-pk")
    return [
        ExemptionLine(
            row.agreement.name, reverse("desk:agreement", args=[row.agreement_id]),
            _("jusqu’à %(most)s du prix, du %(first)s au %(last)s")
            % {"most": percent(row.max_member_bp), "first": said(row.from_day, "plain"), "last": said(row.until_day, "plain")},
            row.reason, row.get_status_display(), EXEMPTION_TONES[row.status],
        )
        for row in rows
    ]  # fmt: skip


def next_edition(today: date) -> dict[str, Any]:
    """What the form of a new edition starts from: the year after the last, with the same goal, cap and charter."""
    last = Edition.objects.order_by("-from_day").first()
    if last is None:
        return {"from_day": date(today.year, 1, 1), "until_day": date(today.year, 12, 31), "cap": DEFAULT_CAP_BP}
    start, end = last.until_day + timedelta(days=1), renewal_end(last.from_day, last.until_day, None)
    return {
        "from_day": start, "until_day": end, "goal_baskets": last.goal_baskets, "cap": last.member_cap_bp, "charter": last.charter,
    }  # fmt: skip


def charter_on(today: date) -> list[str]:
    """What the charter of that day's edition says, a paragraph a line."""
    edition = edition_on(today)
    return paragraphs(edition.charter) if edition else []


# --- A garden, as the network keeps it ------------------------------------------------------------


@dataclass(frozen=True)
class StatusLine:
    """One status of a garden, with its days in words. `pk` addresses it."""

    pk: int
    word: str
    tone: str
    dates: str
    state: str  # past, now or future


@dataclass(frozen=True)
class AgreementLine:
    name: str
    url: str
    dates: str
    word: str
    tone: str


@dataclass(frozen=True)
class GardenCard:
    """A garden: where it stands, who it is, its agreements, who works with it. Nobody's household."""

    garden: Garden
    place: str
    word: str
    tone: str
    statuses: list[StatusLine]
    facts: list[tuple[str, str]]
    agreements: list[AgreementLine]
    more: int
    partners: list[Partner]
    roles: list[Role]


def garden_card(garden: Garden, today: date) -> GardenCard:
    """The page of a garden for the network head. A constant number of queries."""
    statuses = [status_line(one, today) for one in garden.statuses.order_by("-from_day")]
    now = next((one for one in statuses if one.state == "now"), None)
    bound = Agreement.objects.filter(gardens=garden)
    agreements = [agreement_line(one, today) for one in bound.order_by("status", "-from_day")[:AGREEMENTS_SHOWN]]
    return GardenCard(
        garden, town(garden.commune_code), now.word if now else _("hors programme"), now.tone if now else "", statuses,
        identity(garden, bank=False), agreements, max(bound.count() - AGREEMENTS_SHOWN, 0),
        list(garden.partners.order_by("name")), team_of(garden, today),
    )  # fmt: skip


def status_line(one: GardenStatus, today: date) -> StatusLine:
    state = "future" if one.from_day > today else "past" if one.until_day and one.until_day < today else "now"
    return StatusLine(
        one.pk, one.get_status_display(), STATUS_TONES[one.status], _period(one.from_day, one.until_day, today), state
    )


def _period(first: date, last: date | None, today: date) -> str:
    if last:
        return _("du %(first)s au %(last)s") % {"first": said(first, "plain"), "last": said(last, "plain")}
    return (_("depuis le %(first)s") if first <= today else _("à partir du %(first)s")) % {
        "first": said(first, "plain")
    }


def agreement_line(one: Agreement, today: date) -> AgreementLine:
    word, tone = STANDINGS[standing(dates_of(one), [], today)]
    return AgreementLine(one.name, reverse("desk:agreement", args=[one.pk]), until_words(one), str(word), tone)


def town(code: str) -> str:
    """ "Blois (41)"; the code itself when it is not known."""
    try:
        found = territory.commune(code)
    except KeyError:
        return code
    return f"{found.name} ({found.department})"

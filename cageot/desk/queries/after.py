"""Supports that end: the garden's board, what may follow one of them, what a referrer is asked, and moves together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cageot.baskets.models import Basket, Subscription
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import number
from cageot.desk.queries.chips import Chip
from cageot.desk.queries.household import Grid, Offer, grid_of, offers, tariff_name
from cageot.desk.queries.places_left import places_left
from cageot.funding.models import Agreement, Tariff
from cageot.funding.queries import agreement_facts
from cageot.members import after
from cageot.members.models import Household, Member, Onward, RenewalAsk, Support, SupportMove
from cageot.members.rules.after import (
    ONE_DAY,
    TERMS,
    WARN_WEEKS,
    Moved,
    Part,
    Running,
    Span,
    Step,
    Target,
    months_later,
    moves,
    renewal,
    standing,
    taper,
)
from cageot.network.models import Garden
from cageot.network.rules.reach import Reach

PER_PAGE = 50
BACK = timedelta(days=60)
"""How long a support that ended without a word stays on the board."""
AHEAD = timedelta(weeks=max(WARN_WEEKS))
MONTHS_AHEAD = 5

WORDS = {
    "renewed": (gettext_lazy("renouvelée"), "leaf"),
    "steps": (gettext_lazy("paliers"), "sky"),
    "onward": (gettext_lazy("suite choisie"), "leaf"),
    "granted": (gettext_lazy("accordée, à placer"), "carrot"),
    "refused": (gettext_lazy("non renouvelée"), "squash"),
    "asked": (gettext_lazy("réponse attendue"), "sky"),
    "over": (gettext_lazy("finie"), "carrot"),
    "warned": (gettext_lazy("finit bientôt"), "squash"),
    "quiet": (gettext_lazy("plus tard"), ""),
}
"""What the board says of each standing, and its colour."""

GROUPS = {
    "": (gettext_lazy("Tout"), frozenset(WORDS)),
    "a-faire": (gettext_lazy("À faire"), frozenset({"granted", "refused", "over", "warned"})),
    "attente": (gettext_lazy("Réponse attendue"), frozenset({"asked"})),
    "regle": (gettext_lazy("Réglé"), frozenset({"renewed", "steps", "onward"})),
}

CHOICES = {
    Onward.Choice.ORDINARY: gettext_lazy("Le foyer paie le prix ordinaire."),
    Onward.Choice.CHOSEN: gettext_lazy("Il choisit ce qu’il peut payer, le jardin ajoute le reste."),
    Onward.Choice.VOLUNTEER: gettext_lazy("Il donne du temps au jardin."),
    Onward.Choice.OTHER: gettext_lazy("Une autre aide prend la suite."),
    Onward.Choice.LEFT: gettext_lazy("Il ne prend plus de panier."),
}
"""What each choice means, in a sentence."""


# --- The board ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class EndLine:
    """One support on the board. `told`: what was said of it; `then`: what to do next, and where."""

    pk: int
    household: int
    name: str
    agreement: str
    until: date
    standing: str
    word: str
    tone: str
    told: str
    then: str
    url: str
    askable: bool


@dataclass(frozen=True)
class Board:
    garden: Garden
    months: list[Chip]
    groups: list[Chip]
    page: Page[EndLine]
    askable: bool
    onward: list[tuple[str, int]]
    year: int
    total: int
    moves: list[tuple[int, str]]


def board(garden: Garden, month: str, group: str, page: str, today: date, *, may_edit: bool) -> Board:
    """The garden's supports that end: soon and lately, or in one month. A constant number of queries."""
    group = group if group in GROUPS else ""
    rows = _named([_line(one, today, garden, may_edit) for one in _of_month(garden, month, today)])
    counts = Counter(one.standing for one in rows)
    shown = [one for one in rows if one.standing in GROUPS[group][1]]
    found: Page[EndLine] = Paginator(shown, PER_PAGE).get_page(page)
    return Board(
        garden, _months(garden, month, today),
        [
            Chip(str(label), _address(month, key), sum(counts[one] for one in states), key == group)
            for key, (label, states) in GROUPS.items()
        ],
        found, any(one.askable for one in found), onward_counts(Q(support__household__garden=garden), today), today.year,
        len(rows), recent_moves(garden, today) if may_edit else [],
    )  # fmt: skip


def _address(month: str, group: str) -> str:
    return "?" + urlencode({name: value for name, value in (("mois", month), ("etat", group)) if value})


def _of_month(garden: Garden, month: str, today: date) -> list[Support]:
    first = _parse(month)
    span = (first, months_later(first, 1) - ONE_DAY) if first else (today - BACK, today + AHEAD)
    rows = _ends(Support.objects.filter(household__garden=garden, until_day__range=span, step_after=None))
    found = list(rows.order_by("until_day", "pk"))
    if first:
        return found
    return [one for one in found if _end(one) >= today or stands(one, today) not in GROUPS["regle"][1]]


def _ends(rows: QuerySet[Support]) -> QuerySet[Support]:
    """Supports with all that says where they stand. A support that another one follows the next day is only a step of it."""
    return rows.annotate(follows=after.followed()).select_related(
        "agreement", "tariff", "household__referral", "renewal_ask", "onward", "renewed_by"
    ).prefetch_related("warnings", "steps")  # fmt: skip


def _end(one: Support) -> date:
    """The last day of a support that has one."""
    assert one.until_day is not None
    return one.until_day


def _follows(one: Support) -> bool:
    """Whether another support begins after this one, fetched by `_ends`."""
    return bool(one.follows)  # type: ignore[attr-defined]


def _onward(one: Support) -> str:
    chosen: Onward | None = getattr(one, "onward", None)
    return chosen.choice if chosen else ""


def _parse(month: str) -> date | None:
    """The first day of a month of the address ("2018-04")."""
    try:
        found = date.fromisoformat(f"{month}-01") if len(month) == 7 else None
    except ValueError:
        return None
    return found if found and found.year < 9999 else None


def _months(garden: Garden, month: str, today: date) -> list[Chip]:
    first = months_later(today.replace(day=1), -1)
    last = months_later(today.replace(day=1), MONTHS_AHEAD + 1)
    rows = Support.objects.filter(household__garden=garden, until_day__gte=first, until_day__lt=last, step_after=None)
    counted = dict(rows.annotate(m=TruncMonth("until_day")).order_by().values_list("m").annotate(Count("pk")))
    chosen = _parse(month)
    found = [Chip(_("En ce moment"), "?", 0, chosen is None)]
    for n in range(MONTHS_AHEAD + 2):
        one = months_later(first, n)
        found.append(Chip(_month_words(one, today), f"?mois={one:%Y-%m}", counted.get(one, 0), chosen == one))
    return found


def _month_words(one: date, today: date) -> str:
    name = str(MONTHS[one.month])
    return name if one.year == today.year else f"{name} {one.year}"


def stands(one: Support, today: date) -> str:
    """Where a support fetched by `_ends` stands, in a word."""
    assert one.until_day is not None
    ask = getattr(one, "renewal_ask", None)
    steps = bool(one.steps.all()) or one.step_after_id is not None
    return standing(
        until=one.until_day, today=today, followed=_follows(one) and not one.steps.all(),
        onward=_onward(one), steps=steps,
        answer=ask.answer if ask else "", asked=ask is not None, warned=bool(one.warnings.all()) or one.until_day <= today + AHEAD,
    )  # fmt: skip


def _line(one: Support, today: date, garden: Garden, may_edit: bool) -> EndLine:
    assert one.until_day is not None
    state = stands(one, today)
    word, tone = WORDS[state]
    then, url = _then(one, state, garden) if may_edit else ("", "")
    return EndLine(
        one.pk, one.household_id, "", tariff_name(one.agreement, one.tariff), one.until_day, state,
        str(one.onward.get_choice_display()) if state == "onward" else str(word), tone, _told(one, state), then, url,
        may_edit and state in ("warned", "quiet") and one.agreement.in_programme and bool(after.asked_of(one)),
    )  # fmt: skip


def _told(one: Support, state: str) -> str:
    """The last thing said of it, with its day."""
    ask = getattr(one, "renewal_ask", None)
    if state == "renewed" and (next_ := getattr(one, "renewed_by", None)):
        return (
            _("jusqu’au %(day)s") % {"day": said(next_.until_day, "plain")}
            if next_.until_day
            else _("sans date de fin")
        )
    if ask and ask.answer:
        return _("répondu le %(day)s") % {"day": said(ask.answered_at.date(), "plain")}
    if ask:
        return _("demandé le %(day)s") % {"day": said(ask.asked_at.date(), "plain")}
    last = max((warning.on for warning in one.warnings.all()), default=None)
    return _("annoncé le %(day)s") % {"day": said(last, "plain")} if last else ""


def _then(one: Support, state: str, garden: Garden) -> tuple[str, str]:
    here = reverse("desk:household_after", args=[garden.code, one.household_id, one.pk])
    if state == "granted":
        return _("Choisir une convention"), reverse("desk:household_support", args=[garden.code, one.household_id])
    if state in ("refused", "over"):
        return _("Et après ?"), here
    if state == "steps":
        return _("Voir les paliers"), here
    if state == "asked":
        return _("Redemander"), here
    return ("", "") if state in ("renewed", "onward") else (_("Décider"), here)


def _named(lines: list[EndLine]) -> list[EndLine]:
    """Each line with its household's contact. One query."""
    rows = Member.objects.filter(contact=True, household__in={one.household for one in lines})
    names = {one.household_id: str(one) for one in rows}
    return [replace(one, name=names.get(one.household, "") or _("Foyer sans nom")) for one in lines]


def onward_counts(of: Q, today: date) -> list[tuple[str, int]]:
    """How many households chose each way since the year began, the most frequent first. No name, no reason."""
    rows = (
        Onward.objects.filter(of, on__gte=date(today.year, 1, 1))
        .order_by()
        .values_list("choice")
        .annotate(n=Count("pk"))
    )
    return [(str(Onward.Choice(choice).label), n) for choice, n in sorted(rows, key=lambda row: -row[1])]


# --- The network ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class GardenEnds:
    """A garden's ends to come, counted, and what was chosen there this year."""

    name: str
    soon: int
    later: int
    silent: int
    chosen: str


@dataclass(frozen=True)
class NetworkEnds:
    page: Page[Any]
    rows: list[GardenEnds]
    soon: int
    later: int
    silent: int
    chosen: list[tuple[str, int]]
    year: int


def network_ends(page: str, today: date) -> NetworkEnds:
    """Ends to come and choices made, garden by garden: figures, no names. A constant number of queries."""
    gardens: Page[Any] = Paginator(Garden.objects.all(), 40).get_page(page)
    ends = _counted(today)
    chosen: dict[int, dict[str, int]] = {}
    rows = Onward.objects.filter(on__gte=date(today.year, 1, 1)).order_by()
    for garden, choice, n in rows.values_list("support__household__garden", "choice").annotate(Count("pk")):
        chosen.setdefault(garden, {})[choice] = n
    lines = [
        GardenEnds(one.name, *ends.get(one.pk, (0, 0, 0)), _chosen_words(chosen.get(one.pk, {})))
        for one in gardens.object_list
    ]
    soon, later, silent = (sum(one[n] for one in ends.values()) for n in range(3))
    return NetworkEnds(gardens, lines, soon, later, silent, onward_counts(Q(), today), today.year)


def _chosen_words(counts: Mapping[str, int]) -> str:
    """ "prix ordinaire 2, bénévolat 1"."""
    return ", ".join(
        f"{Onward.Choice(choice).label} {n}" for choice, n in sorted(counts.items(), key=lambda one: -one[1])
    )


def _counted(today: date) -> dict[int, tuple[int, int, int]]:
    """Garden → supports that end in six weeks, in the six weeks after, and that ended lately without a word."""
    near, far = today + AHEAD, today + 2 * AHEAD
    rows = Support.objects.filter(~after.followed(), until_day__range=(today - BACK, far), onward=None, step_after=None)
    rows = rows.filter(Q(household__left_on=None) | Q(household__left_on__gt=today))
    found = rows.order_by().values("household__garden").annotate(
        soon=Count("pk", filter=Q(until_day__gte=today, until_day__lte=near)), later=Count("pk", filter=Q(until_day__gt=near)),
        silent=Count("pk", filter=Q(until_day__lt=today)),
    )  # fmt: skip
    return {one["household__garden"]: (one["soon"], one["later"], one["silent"]) for one in found}


# --- One support ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class After:
    """What may follow one support, on its page."""

    support: Support
    name: str
    agreement: str
    standing: str
    word: str
    tone: str
    told: str
    to: str
    may_ask: bool
    renewals: list[tuple[int, date]]
    steps: list[StepLine]
    steps_back: bool
    may_step: bool
    choices: list[tuple[str, str, str, bool]]
    offers: list[Offer]


@dataclass(frozen=True)
class StepLine:
    """One step: its days, what the household pays of its basket, what others pay, and who."""

    from_day: date
    until_day: date
    member: int
    rest: int
    who: str


def support_of(household: Household, pk: int) -> Support | None:
    """One support of a household with all that says where it stands."""
    rows = Support.objects.filter(pk=pk, household=household)
    return _ends(rows.select_related("household__garden")).select_related("household__garden").first()


def after_page(one: Support, name: str, today: date) -> After:
    """What may follow a support that has an end."""
    assert one.until_day is not None
    state = stands(one, today)
    word, tone = WORDS[state]
    ask = getattr(one, "renewal_ask", None)
    chosen, open_ = _onward(one), not _follows(one)
    fresh = [step for step in one.steps.all() if step.from_day > today]
    terms = _renewals(one) if open_ else []
    return After(
        one, name, tariff_name(one.agreement, one.tariff), state, str(one.onward.get_choice_display()) if state == "onward" else str(word),
        tone, _told(one, state), after.asked_of(one), open_ and one.agreement.in_programme and not (ask and ask.answer),
        terms, written_steps(one, today), bool(fresh) and len(fresh) == len(one.steps.all()),
        open_ and one.step_after_id is None,
        [(str(value), str(label), str(CHOICES[Onward.Choice(value)]), value == chosen) for value, label in Onward.Choice.choices],
        _elsewhere(one, today) if open_ and not terms else [],
    )  # fmt: skip


def _renewals(one: Support) -> list[tuple[int, date]]:
    """The usual terms and the last day each would have; none when the agreement is over or full."""
    assert one.until_day is not None
    first = one.until_day + ONE_DAY
    if one.agreement.status != Agreement.Status.ACTIVE:
        return []
    free = places_left([one.agreement], first)[one.agreement_id].free
    found = [(months, renewal(first, months, agreement_until=one.agreement.until_day, free=free)) for months in TERMS]
    spans = [(months, span.last) for months, span in found if isinstance(span, Span)]
    return spans[:1] if len({last for _months, last in spans}) == 1 else spans


def _elsewhere(one: Support, today: date) -> list[Offer]:
    """The other agreements of the garden that run after this support and have places."""
    assert one.until_day is not None
    first = max(one.until_day + ONE_DAY, today)
    found, _grid = offers(one.household.garden, first)
    found = [
        offer
        for offer in found
        if offer.tariff.agreement_id != one.agreement_id and offer.tariff.agreement.in_programme
    ]
    free = places_left([offer.tariff.agreement for offer in found], first)
    return [offer for offer in found if not free[offer.tariff.agreement_id].full]


def parts_now(one: Support, day: date) -> list[Part]:
    """What the member pays of each size under a support on a day, and its price."""
    grid = grid_of(one.household.garden, {one.agreement_id}, day)
    return [Part(size.code, cents, price) for size, cents, price in grid.parts(one.agreement_id, one.tariff_id, day)]


def prices_now(garden: Garden, day: date) -> list[Part]:
    """The garden's sizes that agreements may pay, each at its full price on a day."""
    grid = grid_of(garden, (), day)
    found = ((size.code, grid.prices.on(size.pk, day)) for size in grid.sizes)
    return [Part(code, price, price) for code, price in found if price]


def size_of(household: Household, day: date) -> str:
    """The code of the size that the household takes on a day or later; "" when it takes none."""
    rows = Subscription.objects.filter(
        Q(until_day=None) | Q(until_day__gte=day), household=household, size__product__in_agreements=True
    )
    return rows.order_by("size__product__rank", "-from_day").values_list("size__code", flat=True).first() or ""


def first_step(one: Support, today: date) -> date:
    """The first day of steps that would follow a support."""
    assert one.until_day is not None
    return max(one.until_day + ONE_DAY, today)


def planned_steps(one: Support, *, steps: int, months: int, today: date) -> list[Step]:
    """The steps proposed from what the member pays at the end of a support to the price of that day."""
    first = first_step(one, today)
    return taper(parts_now(one, min(one.until_day or today, first)), steps=steps, months=months, first=first)


def step_lines(one: Support, steps: Sequence[Step], *, with_agreement: bool, today: date) -> list[StepLine]:
    """The proposed steps as the page tells them, for the household's own size."""
    if not steps:
        return []
    code = size_of(one.household, steps[0].from_day)
    fact = agreement_facts([one.agreement_id])[one.agreement_id] if with_agreement else None
    found = []
    for step in steps:
        part = _mine(step.parts, code)
        stays = fact is not None and after.shares_under(one.agreement, fact, one.tariff_id, step) is not None
        who = one.agreement.name if stays else _("le jardin")
        found.append(StepLine(step.from_day, step.until_day, part.member, part.price - part.member, who))
    return found


def may_stay(one: Support, steps: Sequence[Step]) -> bool:
    """Whether a step at least could stay in the agreement."""
    fact = agreement_facts([one.agreement_id])[one.agreement_id]
    return any(after.shares_under(one.agreement, fact, one.tariff_id, step) is not None for step in steps)


def written_steps(one: Support, today: date) -> list[StepLine]:
    """The steps that stand after a support."""
    rows = sorted(one.steps.all(), key=lambda row: row.from_day)
    if not rows:
        return []
    grid = grid_of(one.household.garden, {row.agreement_id for row in rows}, rows[0].from_day)
    code = size_of(one.household, rows[0].from_day)
    found = []
    for row in rows:
        parts = [
            Part(size.code, cents, price)
            for size, cents, price in grid.parts(row.agreement_id, row.tariff_id, row.from_day)
        ]
        part = _mine(parts, code)
        who = one.agreement.name if row.agreement_id == one.agreement_id else _("le jardin")
        found.append(StepLine(row.from_day, row.until_day or row.from_day, part.member, part.price - part.member, who))
    return found


def _mine(parts: Sequence[Part], code: str) -> Part:
    return next((part for part in parts if part.size_code == code), parts[0] if parts else Part("", 0, 0))


def first_free_day(one: Support) -> date:
    """The day after a support, or after the last of the household's settled baskets when the answer comes late."""
    assert one.until_day is not None
    last = Basket.objects.filter(household=one.household_id, delivery__close__isnull=False).aggregate(
        d=Max("delivery__day")
    )["d"]
    return max(one.until_day, last or one.until_day) + ONE_DAY


# --- What a referrer is asked ---------------------------------------------------------------------


@dataclass(frozen=True)
class RenewalPage:
    """A request for renewal as its referrer reads it: a first name, a garden, days; no amount, no other name."""

    ask: RenewalAsk
    who: str
    garden: Garden
    until: date
    terms: list[tuple[int, date]]
    why: str  # why the agreement cannot go on: "ends", "full" or ""
    others: list[tuple[int, str, list[tuple[int, date]]]]


def renewal_page(ask: RenewalAsk) -> RenewalPage:
    """What the referrer is shown: the terms that the agreement allows, else the same organisation's that have places."""
    support = ask.support
    assert support.until_day is not None
    first = first_free_day(support)
    free = places_left([support.agreement], first)[support.agreement_id].free
    spans, why = _terms(support.agreement, first, free)
    others = []
    if why:
        tariffs = list(_same_organisation(ask, first))
        left = places_left([one.agreement for one in tariffs], first)
        for tariff in tariffs:
            theirs, wrong = _terms(tariff.agreement, first, left[tariff.agreement_id].free)
            if not wrong:
                others.append((tariff.pk, tariff_name(tariff.agreement, tariff), theirs))
    return RenewalPage(ask, first_name(ask), support.household.garden, support.until_day, spans, why, others)


def _terms(agreement: Agreement, first: date, free: int | None) -> tuple[list[tuple[int, date]], str]:
    """The terms offered with the last day of each, or why there is none."""
    until = agreement.until_day
    if agreement.status != Agreement.Status.ACTIVE and (until is None or first > until):
        return [], "ends"
    found = [(months, renewal(first, months, agreement_until=until, free=free)) for months in (*TERMS, 12)]
    spans: dict[date, int] = {}
    for months, span in found:
        if isinstance(span, str):
            return [], span
        spans.setdefault(span.last, months)
    return [(months, last) for last, months in spans.items()], ""


def _same_organisation(ask: RenewalAsk, first: date) -> QuerySet[Tariff]:
    """Tariffs of the other agreements of whoever oriented the household, and of the agreement's own partner."""
    support = ask.support
    referral = getattr(support.household, "referral", None)
    partners = {support.agreement.partner_id, *([referral.partner_id] if referral else [])}
    running = Agreement.objects.filter(
        Q(until_day=None) | Q(until_day__gte=first), from_day__lte=first, gardens=support.household.garden, partner__in=partners,
        status=Agreement.Status.ACTIVE, in_programme=True,
    ).exclude(pk=support.agreement_id)  # fmt: skip
    return Tariff.objects.filter(agreement__in=running).select_related("agreement").order_by("agreement__name", "pk")


def may_take(ask: RenewalAsk, tariff: int) -> Tariff | None:
    """The support's own tariff, or one that the referrer may choose instead."""
    own = ask.support.tariff
    return own if tariff == own.pk else _same_organisation(ask, first_free_day(ask.support)).filter(pk=tariff).first()


def first_name(ask: RenewalAsk) -> str:
    """Who it is about, as the referrer knows them: a first name, and an initial when there is none other."""
    referral = getattr(ask.support.household, "referral", None)
    if referral and referral.first_name:
        return str(referral.first_name)
    contact = Member.objects.filter(household=ask.support.household_id, contact=True).first()
    if contact is None:
        return _("cette personne")
    initial = f"{contact.last_name[:1]}." if contact.last_name else ""
    return f"{contact.first_name} {initial}".strip()


def asks_for(reach: Reach, today: date) -> QuerySet[RenewalAsk]:
    """What the organisations for which somebody refers people are asked and have not answered."""
    mine = Q(support__household__referral__partner__in=reach.refers) | Q(support__agreement__partner__in=reach.refers)
    rows = RenewalAsk.objects.filter(mine, answer="", support__until_day__gte=today - timedelta(days=14))
    return rows.select_related(*after.ASK_PARTS).order_by("support__until_day", "pk")


# --- Moving together ------------------------------------------------------------------------------


@dataclass(frozen=True)
class MoveLine:
    """One support of a move: who, from when until when, what the household pays before and after (None: not told)."""

    pk: int
    household: int
    name: str
    from_day: date
    until_day: date | None
    before: int | None
    after: int | None
    why: str = ""


@dataclass(frozen=True)
class MovePlan:
    """What a move would do: those that move, those that stay and why, and the target's places."""

    moved: list[Moved]
    lines: list[MoveLine]
    stays: list[MoveLine]
    left: int | None  # places still free after; None: no limit
    cut_days: int

    @property
    def left_words(self) -> str:
        return _("sans limite") if self.left is None else number(self.left)


STAYS = {
    "settled": gettext_lazy("Des paniers sont déjà réglés ce jour-là ou après : choisissez un jour plus tard."),
    "early": gettext_lazy("La nouvelle convention n’a pas commencé ce jour-là : choisissez un jour plus tard."),
    "short": gettext_lazy("La nouvelle convention finit avant cette prise en charge : choisissez-en une autre, ou cochez « s’arrêter avec la nouvelle convention »."),
    "size": gettext_lazy("La nouvelle convention ne connaît pas la taille de son panier : complétez son tarif."),
    "full": gettext_lazy("La nouvelle convention n’a plus de place : augmentez son quota, ou choisissez-en une autre."),
}  # fmt: skip
"""Why a support stays where it is, and what to do."""


def sources(garden: Garden, today: date) -> list[tuple[Agreement, int]]:
    """The agreements that support households of the garden, today or later, with how many."""
    running = Support.objects.filter(Q(until_day=None) | Q(until_day__gte=today), household__garden=garden)
    counts = dict(running.order_by().values_list("agreement").annotate(Count("household", distinct=True)))
    return [(one, counts[one.pk]) for one in Agreement.objects.filter(pk__in=counts, own_offer_of=None)]


def move_plan(garden: Garden, source: Agreement, tariff: Tariff, day: date, *, shorten: bool) -> MovePlan:
    """Decide a move of a garden's supports from one agreement to a tariff of another. A constant number of queries."""
    rows = list(
        Support.objects.filter(Q(until_day=None) | Q(until_day__gte=day), household__garden=garden, agreement=source)
        .select_related("household").order_by("household__number", "from_day")
    )  # fmt: skip
    homes = {one.household_id for one in rows}
    settled = dict(
        Basket.objects.filter(household__in=homes, delivery__close__isnull=False).order_by().values_list("household").annotate(Max("delivery__day"))
    )  # fmt: skip
    target, grid = tariff.agreement, grid_of(garden, {source.pk, tariff.agreement_id}, day)
    sizes = _sizes(homes, day)
    after_parts = _by_size(grid, target.pk, tariff.pk, max(day, target.from_day))
    running = [
        Running(
            one.pk, one.from_day, one.until_day, settled.get(one.household_id),
            sizes.get(one.household_id, "") in after_parts or one.household_id not in sizes,
        )
        for one in rows
    ]  # fmt: skip
    free = places_left([target], max(day, target.from_day))[target.pk].free
    moved, stays = moves(running, Target(target.from_day, target.until_day, free), day, shorten=shorten)
    before_parts = {one.tariff_id: _by_size(grid, source.pk, one.tariff_id, day) for one in rows}
    names = {one.household_id: str(one) for one in Member.objects.filter(contact=True, household__in=homes)}
    by_pk = {one.pk: one for one in rows}

    def line(pk: int, first: date, last: date | None, why: str = "") -> MoveLine:
        one = by_pk[pk]
        size = sizes.get(one.household_id) or next(iter(after_parts), "")
        return MoveLine(
            pk, one.household_id, names.get(one.household_id, one.household.number), first, last,
            before_parts[one.tariff_id].get(size), after_parts.get(size), why,
        )  # fmt: skip

    cut = sum(
        (old - one.until_day).days
        for one in moved
        if one.until_day and (old := by_pk[one.pk].until_day) and old > one.until_day
    )
    return MovePlan(
        moved, [line(one.pk, one.from_day, one.until_day) for one in moved],
        [line(one.pk, max(by_pk[one.pk].from_day, day), by_pk[one.pk].until_day, str(STAYS[one.why])) for one in stays],
        None if free is None else free - len(moved), cut,
    )  # fmt: skip


def _sizes(homes: Iterable[int], day: date) -> dict[int, str]:
    """Household → the code of the size that it takes on that day or later."""
    rows = Subscription.objects.filter(
        Q(until_day=None) | Q(until_day__gte=day), household__in=list(homes), size__product__in_agreements=True
    )
    return dict(rows.order_by("-size__product__rank", "from_day").values_list("household", "size__code"))


def _by_size(grid: Grid, agreement: int, tariff: int, day: date) -> Mapping[str, int]:
    return {size.code: cents for size, cents, _price in grid.parts(agreement, tariff, day)}


def settled_since(move: SupportMove) -> bool:
    """Whether a basket of the days of a move is settled for one of its households."""
    homes = move.rows.values("support__household")
    return Basket.objects.filter(
        household__in=homes, delivery__day__gte=move.day, delivery__close__isnull=False
    ).exists()


def recent_moves(garden: Garden, today: date) -> list[tuple[int, str]]:
    """The moves of the last sixty days that stand, in words."""
    rows = SupportMove.objects.filter(garden=garden, undone_at=None, at__date__gte=today - BACK)
    rows = rows.select_related("source", "tariff__agreement").annotate(n=Count("rows")).order_by("-at")[:3]
    return [
        (
            one.pk,
            ngettext(
                "%(n)s prise en charge passée de « %(from)s » à « %(to)s » le %(day)s",
                "%(n)s prises en charge passées de « %(from)s » à « %(to)s » le %(day)s", one.n,
            ) % {"n": one.n, "from": one.source.name, "to": tariff_name(one.tariff.agreement, one.tariff), "day": said(one.day, "plain")},
        )
        for one in rows
    ]  # fmt: skip

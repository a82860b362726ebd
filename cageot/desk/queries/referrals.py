"""Referrals on screen: the garden's list and one of them, what a referring organisation sent, links, and counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import hypot

from django.db.models import Count, Q
from django.utils.dates import WEEKDAYS
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from cageot.baskets.models import Depot
from cageot.core.tabular.phones import display_phone
from cageot.core.templatetags.cageot import day as said
from cageot.desk import words_referrals as words
from cageot.desk.queries.cards import came_back
from cageot.desk.queries.depots import public_depots
from cageot.desk.queries.places_left import Left, places_left
from cageot.funding.models import Agreement
from cageot.members.models import Member, Referral, ReferralLink, ReferralStep, ReferralWays
from cageot.members.referrals import clocks_of, main_of, standing
from cageot.members.rules import referral as rules
from cageot.network import territory
from cageot.network.models import Garden, Partner, Role
from cageot.network.rules.geo import project
from cageot.network.rules.reach import Reach

SHOWN = 100
"""Answered referrals shown at once, the newest first."""
LIKE_DAYS = 180
"""How long after its answer a referral is still compared with new ones."""


# --- The garden's list ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One referral of the list."""

    pk: int
    name: str
    who: str
    town: str
    partner: str
    agreement: str
    since: str
    state: str
    tone: str
    next: str
    alike: bool
    late: bool


@dataclass(frozen=True)
class Tab:
    """A part of the list: its key, words, how many, and whether it is the one shown."""

    key: str
    label: str
    count: int
    current: bool


@dataclass(frozen=True)
class Inbox:
    garden: Garden
    tabs: list[Tab]
    lines: list[Line]
    links: int
    usual: str


TABS = {"": rules.OPEN - {"waiting"}, "attente": frozenset({"waiting"}), "finies": rules.CLOSED}


def inbox(garden: Garden, tab: str, today: date) -> Inbox:
    """The referrals of a garden: those to answer, the waiting list, or those that had their answer. Six queries."""
    tab = tab if tab in TABS else ""
    mine = Referral.objects.filter(garden=garden)
    counts: Counter[str] = Counter(
        dict(mine.filter(merged_into=None).order_by().values_list("state").annotate(Count("pk")))
    )
    rows = mine.filter(state__in=TABS[tab], merged_into=None).select_related("partner", "agreement")
    rows = rows.order_by("-state_at", "-pk")[:SHOWN] if tab == "finies" else rows.order_by("state_at", "pk")
    alike = rules.pairs(_open_faces(garden)) if tab != "finies" else {}
    clocks = clocks_of(ReferralWays.objects.filter(garden=garden).first())
    labels = {"": _("À répondre"), "attente": _("Liste d’attente"), "finies": _("Terminées")}
    return Inbox(
        garden,
        [Tab(key, labels[key], sum(counts[state] for state in states), key == tab) for key, states in TABS.items()],
        [_line(one, clocks, today, one.pk in alike) for one in rows],
        ReferralLink.objects.on(today).filter(garden=garden, revoked_at=None).count(),
        words.usual(usual_days([garden.pk], today).get(garden.pk)),
    )


def _line(one: Referral, clocks: rules.Clocks, today: date, alike: bool) -> Line:
    coming = rules.next_clock(standing(one), clocks)
    sent = localtime(one.sent_at).date()
    return Line(
        one.pk, name_of(one), words.household(one.adults, one.children), town(one.commune_code), one.partner.name,
        one.agreement.name if one.agreement else "", words.ago((today - sent).days), str(words.STATES[one.state]),
        words.TONES[one.state], _next(coming), alike, bool(coming and coming.what == "expire" and coming.day - today <= timedelta(days=5)),
    )  # fmt: skip


def _next(coming: rules.Next | None) -> str:
    return str(words.NEXT[coming.what]) % {"day": said(coming.day, "plain")} if coming else ""


def name_of(one: Referral) -> str:
    """The person's name, or what stands for it once it is erased."""
    return f"{one.first_name} {one.last_name}".strip() or _("(nom effacé)")


def town(code: str) -> str:
    try:
        return territory.commune(code).name
    except KeyError:
        return ""


def face(one: Referral) -> rules.Face:
    own = one.reach_at if one.reach_by != Referral.ReachBy.REFERRER else ""
    return rules.Face(one.first_name, own, one.commune_code, one.adults, one.children)


def _open_faces(garden: Garden) -> list[tuple[int, rules.Face]]:
    rows = Referral.objects.filter(garden=garden, state__in=rules.OPEN, merged_into=None)
    return [(one.pk, face(one)) for one in rows.only("pk", "first_name", "reach_by", "reach_at", "commune_code", "adults", "children")]  # fmt: skip


# --- One referral, at the garden ------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One step, as told to the garden."""

    at: datetime
    what: str
    who: str
    reason: str
    words: str


@dataclass(frozen=True)
class Like:
    """Somebody who may be the same person: another referral (it can be merged), or a household that is here."""

    pk: int
    name: str
    why: str
    about: str
    household: bool
    open: bool


@dataclass(frozen=True)
class Page:
    """One referral as those who welcome people read it."""

    one: Referral
    name: str
    household: str
    town: str
    months: str
    depot: str
    reach: str
    reach_href: str
    referrer: str
    lost: tuple[str, datetime] | None  # why and when what was sent to the referrer came back
    state: str
    tone: str
    next: str
    may: list[str]
    steps: list[Step]
    question: str
    answer: str
    alike: list[Like]
    merged: list[Referral]
    left: Left | None
    left_words: tuple[str, str]
    others: list[tuple[int, str]]


def page(one: Referral, today: date) -> Page:
    """Everything of one referral that the garden reads. A constant number of queries."""
    steps = list(one.steps.select_related("by"))
    agreements = running_agreements(one.garden, today)
    left = places_left(agreements, today)
    mine = left.get(one.agreement_id) if one.agreement_id else None
    clocks = clocks_of(ReferralWays.objects.filter(garden=one.garden).first())
    is_open = one.state in rules.OPEN
    return Page(
        one, name_of(one), words.household(one.adults, one.children), town(one.commune_code), words.months(one.months),
        _depot(one), _reach(one), _href(one), _referrer(one), _lost(one), str(words.STATES[one.state]), words.TONES[one.state],
        _next(rules.next_clock(standing(one), clocks)),
        [] if one.merged_into_id else rules.moves(one.state, ReferralStep.Side.GARDEN),
        [_step(step) for step in steps],
        _last_words(steps, "asked"), _last_words(steps, "sent"),
        like(one, today) if is_open and not one.merged_into_id else [],
        list(Referral.objects.filter(merged_into=one).select_related("partner").order_by("pk")),
        mine, words.places(mine.free) if mine else ("", ""),
        [(each.pk, f"{each.name} · {words.places(left[each.pk].free)[0]}") for each in agreements if each.pk != one.agreement_id],
    )  # fmt: skip


def running_agreements(garden: Garden, today: date) -> list[Agreement]:
    """The agreements of a garden in force on that day."""
    return list(Agreement.objects.on(today).filter(gardens=garden, status=Agreement.Status.ACTIVE, own_offer_of=None))


def _step(step: ReferralStep) -> Step:
    who = str(step.by) if step.by else str(step.get_side_display())
    reason = str(step.get_reason_display()) if step.reason else ""
    return Step(step.at, words.step(step.before, step.after), who, reason, step.words)


def _last_words(steps: Sequence[ReferralStep], after: str) -> str:
    """The last question, or its answer."""
    return next((step.words for step in reversed(steps) if step.after == after and step.before), "")


def depot_label(depot: Depot) -> str:
    """ "Gare · jeudi 17 h – 19 h"."""
    return f"{depot.name} · {WEEKDAYS[depot.round.weekday - 1]} {depot.hours}".strip()


def _depot(one: Referral) -> str:
    found = Depot.objects.filter(pk=one.depot_key, garden=one.garden_id).select_related("round").first() if one.depot_key else None  # fmt: skip
    return depot_label(found) if found else ""


def _reach(one: Referral) -> str:
    if one.reach_by == Referral.ReachBy.REFERRER:
        return _("par %(name)s") % {"name": one.referrer_name}
    return display_phone(one.reach_at)


def _href(one: Referral) -> str:
    if not one.reach_at or one.reach_by == Referral.ReachBy.REFERRER:
        return ""
    return f"mailto:{one.reach_at}" if one.reach_by == Referral.ReachBy.MAIL else f"tel:{one.reach_at}"


def _referrer(one: Referral) -> str:
    return " · ".join(part for part in (one.referrer_name, display_phone(one.referrer_reach)) if part)


def _lost(one: Referral) -> tuple[str, datetime] | None:
    """Whether the referrer's own address or number came back. One query."""
    way = ("mail" if "@" in one.referrer_reach else "sms", one.referrer_reach.lower())
    return came_back([way]).get(way)


def like(one: Referral, today: date) -> list[Like]:
    """Referrals and households of the garden that may be this person. Three queries."""
    mine = face(one)
    home = Q(commune_code=one.commune_code, adults=one.adults, children=one.children)
    known = Q(state__in=rules.OPEN) | Q(state_at__date__gte=today - timedelta(days=LIKE_DAYS))
    alike = home | (Q(reach_at=mine.reach) if mine.reach else Q(pk__in=[]))
    others = (
        Referral.objects.filter(known, alike, garden=one.garden, merged_into=None)
        .exclude(pk=one.pk)
        .select_related("partner")
    )
    found = [
        Like(
            other.pk, name_of(other), str(words.ALIKE[why]), f"{other.partner.name} · {words.STATES[other.state]}", False,
            other.state in rules.OPEN,
        )
        for other in others.order_by("pk")[:20]
        if (why := rules.likeness(mine, face(other)))
    ]  # fmt: skip
    return found + [
        Like(member.household_id, str(member), str(words.ALIKE[why]), _("foyer n° %(n)s") % {"n": member.household.number}, True, False)
        for member in _members_like(one, mine)
        if (why := _household_like(mine, member))
    ]  # fmt: skip


def _members_like(one: Referral, mine: rules.Face) -> Iterable[Member]:
    home = Q(household__commune_code=one.commune_code, household__adults=one.adults, household__children=one.children)
    way = Q(mobile=mine.reach) | Q(phone=mine.reach) | Q(email__iexact=mine.reach) if mine.reach else Q(pk__in=[])
    rows = Member.objects.filter(home | way, household__garden=one.garden, household__left_on=None, contact=True)
    return rows.select_related("household").order_by("pk")[:200]


def _household_like(mine: rules.Face, member: Member) -> str:
    home = member.household
    ways = [way for way in (member.mobile, member.phone, member.email) if way] or [""]
    said = (
        rules.likeness(mine, rules.Face(member.first_name, way, home.commune_code, home.adults, home.children))
        for way in ways
    )
    return next((why for why in said if why), "")


# --- For who refers -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """An agreement of a garden on which an organisation may refer somebody, and the places left."""

    partner: Partner
    garden: Garden
    agreement: Agreement
    left: Left
    places: tuple[str, str]
    usual: str


def offers(partners: Sequence[Partner], today: date) -> list[Offer]:
    """What these organisations may refer to: agreements that they signed, pay or have a link for. A constant number of
    queries."""
    ids = [one.pk for one in partners]
    linked = ReferralLink.objects.on(today).filter(partner__in=ids, revoked_at=None, agreement__isnull=False)
    by_link = set(linked.values_list("partner", "garden", "agreement"))
    rows = Agreement.objects.on(today).filter(
        Q(partner__in=ids) | Q(payers__partner__in=ids) | Q(pk__in={key for _p, _g, key in by_link}), status=Agreement.Status.ACTIVE
    )  # fmt: skip
    found = list(rows.distinct().prefetch_related("gardens", "payers"))
    left, usual = (
        places_left(found, today),
        usual_days({place.pk for one in found for place in one.gardens.all()}, today),
    )
    return [
        Offer(
            partner, garden, one, left[one.pk], words.places(left[one.pk].free), words.usual(usual.get(garden.pk))
        )
        for partner in partners
        for one in found
        for garden in one.gardens.all()
        if (partner.pk, garden.pk, one.pk) in by_link
        or partner.pk in {one.partner_id, *(payer.partner_id for payer in one.payers.all())}
    ]  # fmt: skip


def partners_of(reach: Reach) -> list[Partner]:
    """The organisations for which this person refers people."""
    return list(Partner.objects.filter(pk__in=reach.refers, refers=True))


@dataclass(frozen=True)
class Sent:
    """What an organisation reads of a referral that it sent: no more than who, when and where it stands."""

    pk: int
    name: str
    garden: str
    by: str
    at: date
    state: str
    tone: str
    todo: bool


def sent_by(partners: Sequence[Partner], limit: int = 200) -> list[Sent]:
    """What these organisations sent, the newest first: by whoever was there then. One query."""
    rows = (
        Referral.objects.filter(partner__in=partners)
        .select_related("garden", "merged_into")
        .order_by("-sent_at", "-pk")
    )
    return [
        Sent(
            one.pk, rules.masked(one.first_name, one.last_name) or _("(nom effacé)"), one.garden.name, one.referrer_name,
            localtime(one.sent_at).date(), *told_state(one), shown_state(one) == "asked",
        )
        for one in rows[:limit]
    ]  # fmt: skip


def shown_state(one: Referral) -> str:
    """Where a referral stands for who sent it: as the one that it follows, while it is open."""
    return main_of(one).state if one.state in rules.OPEN else one.state


def told_state(one: Referral) -> tuple[str, str]:
    """The state in words and its tone, for who refers; an outcome is told only when the person agreed."""
    state = shown_state(one)
    if state in ("accepted", "declined", "waiting") and not one.tells_outcome:
        return _("le jardin a répondu"), ""
    told = {"sent": _("reçue"), "asked": _("question du jardin")}
    return told.get(state, str(words.STATES[state])), words.TONES[state]


@dataclass(frozen=True)
class Follow:
    """One referral, as who sent it or the person reads it. `may`: answer, withdraw, quiet."""

    one: Referral
    name: str
    sentence: str
    reason: str
    words: str
    question: str
    state: str
    tone: str
    sent: date
    may: list[str]
    usual: str


def follow(one: Referral, side: str, today: date) -> Follow:
    """The page of one's own way back: other words for who refers and for the person. Three queries."""
    main = main_of(one)
    state = shown_state(one)
    steps = list(ReferralStep.objects.filter(referral__in={one.pk, main.pk}))
    last = next((step for step in reversed(steps) if step.after == "declined"), None)
    quiet = side == "referrer" and not one.tells_outcome and state in ("accepted", "declined", "waiting")
    if side == "person":
        sentence, reason, free = words.to_person(state, last.reason if last else ""), "", ""
    else:
        sentence = str(words.QUIET if quiet else words.TO_REFERRER[state])
        declined = last if state == "declined" and not quiet else None
        reason, free = (str(declined.get_reason_display()), declined.words) if declined else ("", "")
    may = [move for move in ("answer", "withdraw") if rules.after(state, move, side)]
    quiet_too = ["quiet"] if side == "person" and one.tells_outcome and state in rules.OPEN else []
    usual = words.usual(usual_days([one.garden_id], today).get(one.garden_id)) if state == "sent" else ""
    return Follow(
        one, rules.masked(one.first_name, one.last_name), sentence, reason, free,
        _last_words(steps, "asked") if state == "asked" else "", *told_state(one), localtime(one.sent_at).date(), may + quiet_too, usual,
    )  # fmt: skip


# --- The form -------------------------------------------------------------------------------------

NEAR_KM, NEAR_COUNT = 30, 40


@lru_cache(maxsize=256)
def near_communes(code: str) -> tuple[str, ...]:
    """Communes around this one, the largest first, as they are chosen in a list: "41000 Blois"."""
    home = territory.commune(code)
    near = [one for one in territory.largest(home.department, 200) if one.postcodes and _close(home, one)]
    return tuple(dict.fromkeys(f"{one.postcodes[0]} {one.name}" for one in [home, *near] if one.postcodes))[:NEAR_COUNT]


def _close(one: territory.Commune, other: territory.Commune) -> bool:
    here, there = project(one.longitude, one.latitude), project(other.longitude, other.latitude)
    return bool(here and there and hypot(there.x - here.x, there.y - here.y) <= NEAR_KM)


def depot_choices(garden: Garden, today: date) -> list[tuple[int, str]]:
    """The depots that somebody may prefer. One query."""
    rows = public_depots(garden, today).filter(kind=Depot.Kind.OPEN).select_related("round")
    return [(one.pk, depot_label(one)) for one in rows.order_by("round__weekday", "rank", "pk")]


@dataclass(frozen=True)
class FormPage:
    """What stands before the form: who it is for, the places left, the usual time, the garden's words."""

    garden: Garden
    partner: str
    agreement: str
    places: tuple[str, str]
    full: bool
    usual: str
    welcome: str
    communes: list[str]


def form_page(garden: Garden, partner: Partner, agreement: Agreement | None, today: date) -> FormPage:
    """A constant number of queries."""
    left = places_left([agreement], today)[agreement.pk] if agreement else None
    ways = ReferralWays.objects.filter(garden=garden).first()
    return FormPage(
        garden, partner.name, agreement.name if agreement else "", words.places(left.free) if left else ("", ""),
        bool(left and left.full), words.usual(usual_days([garden.pk], today).get(garden.pk)), ways.welcome_text if ways else "",
        list(near_communes(garden.commune_code)),
    )  # fmt: skip


# --- Links ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LinkLine:
    """A link in the coordinator's list."""

    pk: int
    label: str
    partner: str
    agreement: str
    reach: str
    sent: int
    used_at: datetime | None
    state: str
    tone: str
    live: bool


def link_lines(garden: Garden, today: date) -> list[LinkLine]:
    """The links of a garden, those that open first. One query."""
    rows = (
        ReferralLink.objects.filter(garden=garden)
        .select_related("partner", "agreement")
        .annotate(sent=Count("referrals"))
    )
    lines = [_link_line(one, today) for one in rows.order_by("label", "pk")]
    return sorted(lines, key=lambda line: not line.live)


def _link_line(one: ReferralLink, today: date) -> LinkLine:
    state, tone = _link_state(one, today)
    return LinkLine(
        one.pk, one.label, one.partner.name, one.agreement.name if one.agreement else "", display_phone(one.reach),
        one.sent, one.used_at, state, tone, one.revoked_at is None and tone != "",  # type: ignore[attr-defined]
    )  # fmt: skip


def _link_state(one: ReferralLink, today: date) -> tuple[str, str]:
    if one.revoked_at:
        return _("arrêté"), ""
    if one.until_day and one.until_day < today:
        return _("fini"), ""
    if not one.partner.refers:
        return _("cette organisation n’oriente plus"), ""
    return (_("ouvert"), "leaf") if one.from_day <= today else (_("à venir"), "sky")


def accounts(garden: Garden, today: date) -> list[Role]:
    """Who refers signed in, for the organisations of this garden. One query."""
    partners = Partner.objects.filter(refers=True, gardens=garden)
    rows = Role.objects.filter(kind=Role.Kind.REFERRER, partner__in=partners).on(today)
    return list(rows.select_related("person__login", "partner").order_by("partner__name", "person__first_name", "pk"))


# --- Figures without names ------------------------------------------------------------------------


def usual_days(gardens: Iterable[int], today: date) -> dict[int, int]:
    """In how many days each garden usually answers, over a year; gardens with too few answers are left out. One query."""
    first = ReferralStep.objects.filter(
        side=ReferralStep.Side.GARDEN, before=Referral.State.SENT, at__date__gte=today - timedelta(days=365), referral__garden__in=list(gardens)
    )  # fmt: skip
    seen: set[int] = set()
    answers: defaultdict[int, list[int]] = defaultdict(list)
    for garden, referral, at, sent in first.order_by("at", "pk").values_list("referral__garden", "referral", "at", "referral__sent_at"):  # fmt: skip
        if referral not in seen:
            seen.add(referral)
            answers[garden].append((localtime(at).date() - localtime(sent).date()).days)
    told = {garden: rules.usual_days(days) for garden, days in answers.items()}
    return {garden: days for garden, days in told.items() if days is not None}


@dataclass(frozen=True)
class Counts:
    """How many referrals, by state and by reason: no name, no organisation."""

    total: int
    states: list[tuple[str, int]]
    reasons: list[tuple[str, int]]


def counts(garden: Garden, first: date, last: date) -> Counts:
    """What was sent to a garden between two days, and what became of it. Two queries."""
    rows = Referral.objects.filter(garden=garden, sent_at__date__range=(first, last), merged_into=None)
    by_state = Counter(dict(rows.order_by().values_list("state").annotate(Count("pk"))))
    latest = ReferralStep.objects.filter(referral__in=rows, after=Referral.State.DECLINED)
    by_reason = Counter(dict(latest.order_by().values_list("reason").annotate(Count("pk"))))
    return Counts(
        sum(by_state.values()),
        [(str(words.STATES[state]), by_state[state]) for state in words.STATES if by_state[state]],
        [(str(label), by_reason[reason]) for reason, label in ReferralStep.Reason.choices if by_reason[reason]],
    )

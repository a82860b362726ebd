"""The season played, week by week, through the same actions as everybody's.

A garden on stage (`Stage`) is its rows by the names that the plan gives them. What has no action yet
(partners, depots, sizes) is written directly, once, when the garden is set.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cageot.baskets import actions as baskets
from cageot.baskets.bulk import mark_all, subscribe_many
from cageot.baskets.models import Basket, BasketSize, Depot, SizePrice, Subscription, WeekClose
from cageot.baskets.places import round_on
from cageot.core import sql
from cageot.core.week import Week
from cageot.demo import cast, names
from cageot.demo.cast import GardenCast
from cageot.demo.events import EVE, Tasks, tasks_of
from cageot.demo.plan import NEXT_SEASON, ORIGIN, WEEKS, YEAR, GardenPlan, Quota, Span, Term, first_of
from cageot.demo.plan import Household as HouseholdPlan
from cageot.demo.schemes import AgreementCast, LineCast
from cageot.funding import actions as funding
from cageot.funding.models import Agreement, AgreementPayer
from cageot.members import bulk as members
from cageot.members.actions import end_support
from cageot.members.models import Household, Member, Membership, Support
from cageot.network import territory
from cageot.network.actions import give_access, open_garden
from cageot.network.models import Edition, Garden, GardenStatus, Partner, Person, Role

PARIS = ZoneInfo("Europe/Paris")
EVE_DAY = date(2016, 12, 15)
SPRING = first_of(12)
"""1 January 2018, when some prices rise."""


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), PARIS)


def monday(week: int) -> date:
    return EVE_DAY if week == EVE else ORIGIN + timedelta(weeks=week)


@dataclass(slots=True)
class Stage:
    """A garden's rows, by the names of its plan. `tasks` are what is left to play; past weeks are let go."""

    cast: GardenCast
    garden: Garden
    by: Person
    seed: int
    sizes: dict[str, int]
    depots: list[Depot]
    partners: dict[str, Partner]
    towns: list[territory.Commune]
    drafts: tuple[AgreementCast, ...]
    weeks: frozenset[int]
    tasks: dict[int, Tasks]
    quotas: list[Quota]
    agreements: dict[int, int] = field(default_factory=dict)
    tariffs: dict[int, int] = field(default_factory=dict)
    households: dict[int, int] = field(default_factory=dict)
    supports: dict[int, int] = field(default_factory=dict)  # each household's last support
    subscriptions: dict[int, int] = field(default_factory=dict)


# --- Setting a garden ---------------------------------------------------------------------------


def set_garden(
    plan: GardenPlan, *, seed: int, officer: Person, funders: Mapping[str, Partner], coordinator: str
) -> Stage:
    """Open the garden with its sizes, depots, partners and the deliveries of 2017. Nobody eats there yet."""
    one = plan.garden
    garden = _open(one, officer)
    for someone in cast.people():
        if someone.garden == one.code:
            let_in(someone, garden)
    person = _coordinator(garden, coordinator, one.since)
    partners = {**funders, **_partners(one, garden)}
    stage = Stage(
        one, garden, person, seed, _sizes(plan, garden), _depots(one, garden, partners), partners, _towns(one),
        plan.scheme.agreements, frozenset(plan.weeks), tasks_of(plan), plan.quotas,
    )  # fmt: skip
    _open_season(stage, 0)
    return stage


def let_in(person: cast.PersonCast, garden: Garden | None) -> Person:
    """Give somebody of the cast their account and their role."""
    login, _new = give_access(
        email=person.door.email, name=f"{person.door.first_name} {person.last_name}", role=person.role, garden=garden,
        on=date(2016, 1, 1), by=None, at=moment(date(2016, 1, 1), 9),
    )  # fmt: skip
    return login.person


def _open(one: GardenCast, officer: Person) -> Garden:
    """Candidate, then in preparation, then active: a garden joins in about half a year."""
    steps = [
        (one.since - timedelta(days=days), status)
        for days, status in ((200, "candidate"), (90, "preparing"), (0, "active"))
    ]
    garden = open_garden(
        code=one.code, name=one.name, commune_code=one.commune_code, on=steps[0][0], status=steps[0][1], by=officer,
        at=moment(steps[0][0], 11),
    )  # fmt: skip
    GardenStatus.objects.filter(garden=garden).update(until_day=steps[1][0] - timedelta(days=1))
    for (day, status), (after, _next) in zip(steps[1:], [*steps[2:], (None, "")], strict=True):
        until = after - timedelta(days=1) if after else None
        GardenStatus.objects.create(garden=garden, status=status, from_day=day, until_day=until)
    garden.legal_name = f"Association {one.name.removeprefix('Jardin ')}{cast.MARK}"
    garden.address, garden.postcode = "Chemin des Prés", territory.commune(one.commune_code).postcodes[0]
    garden.email, garden.phone = f"{one.code}@example.org", names.phone("02 61 91", random.Random(one.code))
    garden.save()
    return garden


def _coordinator(garden: Garden, name: str, since: date) -> Person:
    """Whoever holds a door here, or somebody who has no account."""
    if found := Person.objects.filter(roles__garden=garden, roles__kind=Role.Kind.COORDINATOR).first():
        return found
    first, _space, last = name.partition(" ")
    person = Person.objects.create(first_name=first, last_name=last)
    Role.objects.create(person=person, kind=Role.Kind.COORDINATOR, garden=garden, from_day=since)
    return person


def _partners(one: GardenCast, garden: Garden) -> dict[str, Partner]:
    found = {}
    for partner in cast.partners(one):
        does = dict.fromkeys(partner.does, True)
        row = Partner(
            name=partner.name, kind=partner.kind, public=partner.public, commune_code=one.commune_code, **does
        )
        row.save()
        row.gardens.add(garden)
        found[partner.key] = row
    return found


def _sizes(plan: GardenPlan, garden: Garden) -> dict[str, int]:
    product = baskets.main_product(garden)
    rows = BasketSize.objects.bulk_create(
        BasketSize(garden=garden, product=product, code=code, name=name, rank=rank)
        for rank, (code, name, _price) in enumerate(plan.scheme.sizes)
    )
    since = date(2016, 1, 1)
    SizePrice.objects.bulk_create(
        SizePrice(size=row, from_day=since, cents=price)
        for row, (_code, _name, price) in zip(rows, plan.scheme.sizes, strict=True)
    )
    return {row.code: row.pk for row in rows}


def _depots(one: GardenCast, garden: Garden, partners: Mapping[str, Partner]) -> list[Depot]:
    """A round for each day that the garden delivers, and its depots in order."""
    places = cast.depots(one)
    rounds = {day: round_on(garden, day) for day in sorted({depot.weekday for depot in places})}
    return Depot.objects.bulk_create(
        Depot(
            garden=garden, name=depot.name, round=rounds[depot.weekday], rank=rank, hours=depot.hours, address=depot.address,
            capacity=depot.capacity, host=partners.get(depot.host), commune_code=one.commune_code,
        )
        for rank, depot in enumerate(places)
    )  # fmt: skip


def _towns(one: GardenCast) -> list[territory.Commune]:
    """The garden's commune, three times out of four, and those around that share its post office."""
    home = territory.commune(one.commune_code)
    around = [town for town in territory.by_postcode(home.postcodes[0]) if town.code != home.code][:3]
    return [home] * (9 if around else 1) + around


# --- One week -----------------------------------------------------------------------------------


def play_week(stage: Stage, week: int) -> None:
    """What the garden's people do on the Monday of that week, before the deliveries."""
    tasks = stage.tasks.get(week) or Tasks()
    at = moment(monday(week), 14)
    _open_agreements(stage, tasks, at)
    _welcome(stage, tasks.arrivals, at)
    if week == YEAR:
        _new_year(stage, at)
    for number, last_day in tasks.ended:
        end_support(
            Support.objects.select_related("household__garden").get(pk=stage.supports[number]),
            last_day=last_day,
            by=stage.by,
            at=at,
        )
    _support(stage, tasks.supports, at)
    _subscribe(stage, tasks.spans, at)
    for number, span in tasks.changes:
        _change(stage, number, span, at)
    for number, last_day in tasks.stops:
        subscription = Subscription.objects.select_related("household__garden").get(pk=stage.subscriptions[number])
        baskets.stop_subscription(subscription, last_day=last_day, by=stage.by, at=at)
    for last_day, numbers in tasks.gone.items():
        members.leave_many(
            stage.garden, [stage.households[number] for number in numbers], last_day=last_day, by=stage.by, at=at
        )
    if week == NEXT_SEASON:
        _raise_prices(stage, at)
        _open_season(stage, 1)
        baskets.lay_baskets(stage.garden, from_day=monday(YEAR))
    for number, depot in tasks.once:
        [basket] = Basket.objects.filter(household=stage.households[number], delivery__week=WEEKS[week]).select_related(
            "garden", "delivery"
        )
        baskets.change_basket(basket, depot=stage.depots[depot], by=stage.by, at=at)


def _open_season(stage: Stage, year: int) -> None:
    """Lay the delivery days of an edition: weeks 0 to 51, or 52 to 103."""
    year_weeks = range(year * YEAR, year * YEAR + YEAR)
    baskets.open_deliveries(
        stage.garden, first=monday(year_weeks[0]), last=WEEKS[year_weeks[-1]].sunday, weekdays=stage.cast.weekdays,
        without=[WEEKS[week] for week in year_weeks if week not in stage.weeks],
    )  # fmt: skip


def _open_agreements(stage: Stage, tasks: Tasks, at: datetime) -> None:
    for number in tasks.openings:
        draft = stage.drafts[number]
        agreement = funding.open_agreement(
            Agreement(
                name=draft.name, partner=stage.partners[draft.partner], audience=draft.audience, affiliation=draft.affiliation,
                from_day=draft.from_day, until_day=draft.until_day, classification=draft.classification, given_on=draft.given_on,
                in_programme=draft.in_programme, status=Agreement.Status.ACTIVE,
            ),
            gardens=[stage.garden], payers=list(_payers(stage, number)),
            grids={"Tarif": [_line(line) for line in draft.lines]}, by=stage.by, at=at,
        )  # fmt: skip
        stage.agreements[number] = agreement.pk
        stage.tariffs[number] = agreement.tariffs.get().pk
    for number in tasks.endings:
        ended_on = stage.drafts[number].ended_on
        assert ended_on is not None
        agreement = Agreement.objects.get(pk=stage.agreements[number])
        funding.terminate(agreement, last_day=ended_on, reason=stage.drafts[number].ended_because, by=stage.by, at=at)


def _payers(stage: Stage, number: int) -> Iterator[funding.PayerDraft]:
    quotas = {quota.payer: quota for quota in stage.quotas if quota.agreement == number}
    for rank, payer in enumerate(stage.drafts[number].payers):
        kind = payer.who if payer.who in ("network", "garden") else "partner"
        in_baskets, in_cents = _of_quota(quotas.get(rank), "first_year")
        yield funding.PayerDraft(kind, stage.partners.get(payer.who), in_baskets, in_cents)


def _of_quota(quota: Quota | None, when: str) -> tuple[int | None, int | None]:
    """A quota in baskets and in cents, one of them None."""
    if quota is None:
        return None, None
    amount: int = getattr(quota, when)
    return (None, amount) if quota.in_euros else (amount, None)


def _line(line: LineCast, rise: int = 0) -> funding.LineDraft:
    """A tariff line; when the price rises by `rise`, the last payer takes it and the member pays the same."""
    if line.percent:
        shares = tuple(funding.ShareDraft(n, "percent", bp=bp or 0) for n, bp in enumerate(line.shares))
        return funding.LineDraft(line.price, shares, line.size, member_bp=line.member)
    amounts = [
        cents if n + 1 < len(line.shares) or cents is None else cents + rise for n, cents in enumerate(line.shares)
    ]
    shares = tuple(
        funding.ShareDraft(n, "rest") if cents is None else funding.ShareDraft(n, "fixed", cents=cents)
        for n, cents in enumerate(amounts)
    )
    return funding.LineDraft(
        line.price + rise, shares, line.size, member_cents=line.member, from_day=SPRING if rise else None
    )


def _raise_prices(stage: Stage, at: datetime) -> None:
    """The prices of 2018, and the tariffs that follow them (percentages follow by themselves)."""
    rise = stage.cast.rise
    if not rise:
        return
    for size in stage.sizes.values():
        newest = SizePrice.objects.filter(size=size).latest("from_day")
        SizePrice.objects.create(size_id=size, from_day=SPRING, cents=newest.cents + rise)
    for number, agreement in stage.agreements.items():
        row = Agreement.objects.get(pk=agreement)
        for line in stage.drafts[number].lines:
            if not line.percent:
                funding.write_line(row.tariffs.get(), _line(line, rise))


def _welcome(stage: Stage, arrivals: Iterable[HouseholdPlan], at: datetime) -> None:
    plans = list(arrivals)
    if not plans:
        return
    rows = members.welcome_many(stage.garden, [_identity(stage, plan) for plan in plans], by=stage.by, at=at)
    stage.households |= {plan.number: row.pk for plan, row in zip(plans, rows, strict=True)}
    fees = [
        _membership(row.pk, plan.number, plan.kind, max(plan.joined_on, first_of(0)), at)
        for plan, row in zip(plans, rows, strict=True)
    ]
    members.join_many(stage.garden, fees, by=stage.by, at=at)


def _identity(stage: Stage, plan: HouseholdPlan) -> members.Welcome:
    """Who lives there: the same people for the same seed, garden and number."""
    rng = random.Random(f"{stage.seed}/{stage.cast.code}/{plan.number}")
    who = names.identity(rng)
    town = rng.choice(stage.towns)
    first, last, mail, phone, mobile, through = (
        who.first_name,
        who.last_name,
        who.email,
        who.phone,
        who.mobile,
        who.through,
    )
    if plan.story:
        first, last, through = plan.story.first_name, plan.story.last_name, plan.story.through
        mail, phone = ("", "") if through else (names.mail(first, last), phone)
        mobile = "" if through else names.phone("06 39 98", rng)
    household = Household(
        number=str(plan.number), joined_on=plan.joined_on, adults=who.adults, children=who.children, language=who.language,
        address=who.address, postcode=town.postcodes[0], town=town.name, commune_code=town.code, reach_through=through,
    )  # fmt: skip
    civility = "" if plan.story else who.civility
    contact = Member(civility=civility, first_name=first, last_name=last, email=mail, phone=phone, mobile=mobile)
    return members.Welcome(household, contact)


FEES = {"ordinary": 2000, "supported": 500, "student": 500}


def _membership(household: int, number: int, kind: str, from_day: date, at: datetime) -> Membership:
    """The fee of the year, in cents: most pay it at once."""
    paid = (number * 7 + from_day.year) % 11 > 1
    return Membership(
        household_id=household, kind=Membership.Kind.SOLIDARITY if kind == "supported" else Membership.Kind.ORDINARY,
        fee_cents=FEES[kind], from_day=from_day, until_day=date(from_day.year, 12, 31), paid_on=at.date() if paid else None,
    )  # fmt: skip


def _new_year(stage: Stage, at: datetime) -> None:
    """Those who are still there renew their membership, as they stand today."""
    supported = set(
        Support.objects.filter(household__garden=stage.garden, agreement__in_programme=True)
        .on(SPRING)
        .values_list("household", flat=True)
    )
    there = (
        Household.objects.filter(garden=stage.garden, left_on=None)
        .exclude(memberships__from_day__gte=SPRING)
        .order_by("pk")
    )
    fees = [
        _membership(household, int(number), "supported" if household in supported else "ordinary", SPRING, at)
        for household, number in there.values_list("pk", "number")
    ]
    members.join_many(stage.garden, fees, by=stage.by, at=at)
    for quota in stage.quotas:
        payer = AgreementPayer.objects.select_related("agreement").get(
            agreement=stage.agreements[quota.agreement], rank=quota.payer
        )
        in_baskets, in_cents = _of_quota(quota, "both_years")
        funding.change_quota(payer, quota_baskets=in_baskets, quota_cents=in_cents, by=stage.by, at=at)


def _support(stage: Stage, terms: list[tuple[int, Term]], at: datetime) -> None:
    """A household whose two terms are written the same day gets them in turn: the second renews the first."""
    if not terms:
        return
    first = dict(reversed(terms))
    later = [(number, term) for number, term in terms if first[number] is not term]
    terms = list(first.items())
    made = members.support_many(
        stage.garden,
        [
            Support(
                household_id=stage.households[number], agreement_id=stage.agreements[term.agreement],
                tariff_id=stage.tariffs[term.agreement], from_day=term.from_day, until_day=term.promised,
                renews_id=stage.supports[number] if term.renews else None,
            )
            for number, term in terms
        ],
        by=stage.by, at=at,
    )  # fmt: skip
    stage.supports |= {number: row.pk for (number, _term), row in zip(terms, made, strict=True)}
    _support(stage, later, at)


def _subscribe(stage: Stage, spans: list[tuple[int, Span]], at: datetime) -> None:
    made = subscribe_many(
        stage.garden,
        [
            Subscription(
                household_id=stage.households[number], size_id=stage.sizes[span.size], depot=stage.depots[span.depot],
                frequency=span.frequency, from_day=span.from_day, until_day=span.until_day,
            )
            for number, span in spans
        ],
        by=stage.by, at=at,
    )  # fmt: skip
    stage.subscriptions |= {number: row.pk for (number, _span), row in zip(spans, made, strict=True)}


def _change(stage: Stage, number: int, span: Span, at: datetime) -> None:
    subscription = Subscription.objects.select_related("household__garden", "size", "depot").get(
        pk=stage.subscriptions[number]
    )
    changed = baskets.change_subscription(
        subscription,
        from_day=span.from_day,
        depot=stage.depots[span.depot],
        until_day=span.until_day,
        by=stage.by,
        at=at,
    )
    stage.subscriptions[number] = changed.pk


# --- Marks and closes ---------------------------------------------------------------------------


def mark_week(stage: Stage, week: int, *, until: date) -> None:
    """Say what happened to the baskets delivered up to `until`; cancellations of the whole week are known."""
    if week not in stage.weeks:
        return
    wrong = _wrong(stage.tasks.get(week) or Tasks())
    states = {stage.households[number]: state for number, state in wrong.items() if number in stage.households}
    found = sql.rows(_BASKETS, stage.garden.pk, str(WEEKS[week]), list(states)) if states else []
    marks = {
        basket: states[household]
        for basket, household, day in found
        if sql.day(day) <= until or states[household] == "cancelled"
    }
    at = moment(min(until, WEEKS[week].sunday), 20)
    mark_all(stage.garden, WEEKS[week], until=until, except_=marks, by=stage.by, at=at)


_BASKETS = (
    "SELECT b.id, b.household_id, d.day FROM baskets_delivery d JOIN baskets_basket b ON b.delivery_id = d.id"
    " WHERE d.garden_id = %s AND d.week = %s AND b.household_id IN %s"
)


def _wrong(tasks: Tasks) -> dict[int, str]:
    """The marks as they are first written, mistakes included."""
    return tasks.marks | dict.fromkeys(tasks.mistakes, "unclaimed")


def close(stage: Stage, week: int, *, minute: int) -> None:
    """Close a week on the Monday after; a mistake in it is found on the Tuesday, reopened and closed again."""
    tasks = stage.tasks.pop(week, None) or Tasks()
    if week not in stage.weeks:
        return
    today = monday(week + 1)
    closed = baskets.close_week(
        stage.garden, WEEKS[week], today=today, by=stage.by, at=moment(today, 10) + timedelta(minutes=minute)
    )
    for number in tasks.mistakes:
        _correct(stage, closed, stage.households[number], WEEKS[week], today + timedelta(days=1))


REOPENED = "Un panier noté non retiré avait bien été retiré : la feuille du dépôt avait été mal lue."


def _correct(stage: Stage, closed: WeekClose, household: int, week: Week, day: date) -> None:
    baskets.reopen_week(closed, reason=REOPENED, today=day, by=stage.by, at=moment(day, 11))
    [basket] = Basket.objects.filter(household=household, delivery__week=week).values_list("pk", flat=True)
    baskets.mark(stage.garden, {basket: "collected"}, by=stage.by, at=moment(day, 11, 5))
    baskets.close_week(stage.garden, week, today=day, by=stage.by, at=moment(day, 11, 10))


# --- The exemption ------------------------------------------------------------------------------


def ask_exemption(stage: Stage, *, edition: Edition, officer: Person) -> None:
    """February 2017: the garden asks the officer to go past the cap, 4,00 € for 12,00 €."""
    agreement = Agreement.objects.get(pk=stage.agreements[0])
    funding.ask_exemption(
        agreement, edition=edition, max_member_bp=3_334, reason=cast.EXEMPTION["reason"], from_day=date(2017, 3, 1),
        until_day=date(2017, 12, 31), by=stage.by, at=moment(date(2017, 2, 14), 15),
    )  # fmt: skip


def refuse_exemption(stage: Stage, *, edition: Edition, officer: Person) -> None:
    """March 2017: the network refuses, and says why."""
    asked = Agreement.objects.get(pk=stage.agreements[0]).exemptions.get(edition=edition)
    on = date(2017, 3, 7)
    funding.answer_exemption(
        asked, granted=False, answer=cast.EXEMPTION["answer"], on=on, by=officer, at=moment(on, 16)
    )


def figures() -> Counter[str]:
    """What the closed weeks of 2017 come to, as frozen with them."""
    total: Counter[str] = Counter()
    columns = ["ordinary_baskets", "solidarity_baskets", *baskets.FIGURE_OF.values()]
    for row in WeekClose.objects.filter(reopened_at=None, edition__code="2017").values(*columns).iterator():
        total.update(row)
    return total


def households() -> int:
    """Households with a support of the programme on some day of 2017."""
    rows = Support.objects.filter(agreement__in_programme=True).between(date(2017, 1, 1), date(2017, 12, 31))
    return rows.values("household").distinct().count()

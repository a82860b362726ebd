"""A household's baskets to come, as its member reads them: when, where, what is inside, and what may still be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, time, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractYear
from django.utils.formats import time_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cageot.baskets.absences import ABSENT
from cageot.baskets.models import (
    AbsencePolicy,
    Basket,
    ContentLine,
    Delivery,
    Depot,
    Slip,
    Subscription,
    SwapOffer,
    Ways,
)
from cageot.baskets.queries import Swapped, ask, roads, swaps_of
from cageot.baskets.rules import absences
from cageot.baskets.rules.swaps import why_not as why_not_swapped
from cageot.baskets.said import quantity
from cageot.core.week import Week
from cageot.members.models import Household
from cageot.network.models import Garden
from cageot.space.rules.away import May, may, may_undo
from cageot.space.rules.hours import times
from cageot.space.words import why_not
from cageot.workshops.queries.recipes import grams

AHEAD = timedelta(weeks=10)
"""How far a member sees."""
PLANNED = Basket.State.PLANNED


@dataclass(frozen=True)
class Place:
    """Where baskets are collected."""

    name: str
    hours: str
    address: str
    map_url: str
    about: str
    phone: str
    at_home: bool


@dataclass(frozen=True)
class Item:
    """A vegetable of a basket and how much of it; "" when the garden shows no quantity. `instead`: what it was swapped
    for, or "". `code`, `grams`: what recipes know it by; 0 when its weight is not known."""

    name: str
    amount: str
    allergens: str
    instead: str = ""
    code: str = ""
    grams: int = 0


@dataclass(frozen=True)
class Mine:
    """One basket of the household. `state`: planned, cancelled, moved, given, received."""

    pk: int
    day: date
    product: str
    name: str
    depot: str
    state: str
    may: May
    why: str
    undo: bool
    extra: bool
    content: list[Item] = field(default_factory=list)
    swaps: str = ""  # "open": a vegetable may be swapped; "made": one was, or fits no more; "" there is nothing to see

    @property
    def coming(self) -> bool:
        """Whether the household takes it."""
        return self.state in ("planned", "received")


@dataclass(frozen=True)
class Visit:
    """One time the household goes to collect: a day, a place, and the baskets that wait there."""

    day: date
    place: Place
    baskets: list[Mine]
    other_day: bool  # not the round's usual day
    other_place: bool  # not the household's usual depot
    closed: bool

    @property
    def movable(self) -> bool:
        return any(one.may.change for one in self.baskets)

    @property
    def filled(self) -> bool:
        """Whether the garden has told what is inside."""
        return any(one.content for one in self.baskets)


def of_household(household: Household, today: date) -> QuerySet[Basket]:
    """The baskets to come of a household, those that it receives from others among them, by day."""
    rows = Basket.objects.filter(Q(household=household) | Q(given_to=household))
    rows = rows.filter(delivery__day__gte=today, delivery__day__lte=today + AHEAD)
    return rows.select_related("delivery", "product", "size", "depot__round", "subscription").order_by(
        "delivery__day", "product__rank", "copy", "pk"
    )


def policies(garden: Garden) -> dict[int, absences.Policy]:
    """Product → its absence policy. One query."""
    names = [one.name for one in fields(absences.Policy)]
    return {
        row.product_id: absences.Policy(**{name: getattr(row, name) for name in names})
        for row in AbsencePolicy.objects.filter(product__garden=garden)
    }


def used(household: Household, found: Mapping[int, absences.Policy]) -> dict[tuple[int, int], int]:
    """(product, year) → absences of the household, for the products that have a quota. One query, or none."""
    limited = [product for product, policy in found.items() if policy.quota is not None]
    if not limited:
        return {}
    gone = Q(state__in=ABSENT) | Q(given_to__isnull=False)
    rows = Basket.objects.filter(gone, household=household, product__in=limited, copy=0)
    counted = rows.annotate(year=ExtractYear("delivery__day")).values_list("product", "year").annotate(n=Count("pk"))
    return {(product, year): count for product, year, count in counted.order_by()}


@dataclass(frozen=True)
class Coming:
    """All that a member reads of their baskets to come."""

    next: Visit | None
    later: list[Mine]
    slip: Slip | None


def coming(household: Household, today: date, rules: Mapping[int, absences.Policy]) -> Coming:
    """The next visit with what is inside, and the baskets after it. Five queries at most."""
    rows = list(of_household(household, today))
    count = used(household, rules)
    mine = {one.pk: _mine(one, household, rules, count, today) for one in rows}
    first = next((one for one in rows if mine[one.pk].coming), None)
    if first is None:
        return Coming(None, list(mine.values()), None)
    together = [
        one for one in rows if one.delivery_id == first.delivery_id and one.depot_id == first.depot_id and mine[one.pk].coming
    ]  # fmt: skip
    inside, slip = _inside(household.garden, together, today)
    shown = [replace(mine[one.pk], content=inside[one.pk].items, swaps=inside[one.pk].swaps) for one in together]
    later = [mine[one.pk] for one in rows if one not in together]
    return Coming(_visit(first, household, shown), later, slip)


def listed(household: Household, today: date, rules: Mapping[int, absences.Policy]) -> list[Mine]:
    """Every basket to come, by day. Two queries at most."""
    count = used(household, rules)
    return [_mine(one, household, rules, count, today) for one in of_household(household, today)]


def _mine(
    one: Basket, household: Household, rules: Mapping[int, absences.Policy], count: Mapping[tuple[int, int], int], today: date
) -> Mine:  # fmt: skip
    policy = rules.get(one.product_id, absences.Policy())
    received = one.household_id != household.pk
    state = "received" if received else "given" if one.given_to_id or one.pot else str(one.state)
    day = one.delivery.day
    can = may(
        policy, day=day, today=today, used=count.get((one.product_id, day.year), 0), closed=one.delivery.close_id is not None,
        state=str(one.state), given=bool(one.given_to_id),
    )  # fmt: skip
    undo = state in ("cancelled", "moved", "given") and may_undo(
        policy, day=day, today=today, closed=one.delivery.close_id is not None
    )
    extra = one.kind != Basket.Kind.REGULAR
    return Mine(
        one.pk,
        day,
        one.product.name,
        basket_name(one),
        _depot_name(one.depot),
        state,
        can,
        why_not(can, policy),
        undo,
        extra,
    )


def _depot_name(depot: Depot) -> str:
    return _("Chez vous") if depot.household_id else depot.name


def basket_name(one: Basket) -> str:
    """ "Grand", "Œufs, boîte de six": the product is said where the size does not say it."""
    product, size = one.product.name, one.size.name
    return size if size.casefold().startswith(product.casefold()[:4]) else f"{product}, {size[:1].lower()}{size[1:]}"


def _visit(first: Basket, household: Household, shown: list[Mine]) -> Visit:
    usual = first.subscription
    return Visit(
        first.delivery.day, place_of(first.depot, household), shown,
        other_day=first.delivery.day.isoweekday() != first.depot.round.weekday,
        other_place=usual is not None and usual.household_id == household.pk and usual.depot_id != first.depot_id,
        closed=first.delivery.close_id is not None,
    )  # fmt: skip


def place_of(depot: Depot, household: Household) -> Place:
    """A depot as a member reads it. A home stop is one's own address."""
    at_home = depot.household_id is not None
    address = ", ".join(part for part in (household.address, household.town) if part) if at_home else depot.address
    looked_for = "https://www.openstreetmap.org/search?" + urlencode({"query": address}) if address else ""
    return Place(
        depot.name,
        hours_words(depot.hours),
        address,
        "" if at_home else looked_for,
        depot.description,
        depot.phone,
        at_home,
    )


def hours_words(hours: str) -> str:
    """Pick-up hours: as the garden says them in French, as two times in other languages when they can be read so."""
    read = times(hours)
    if read is None or (get_language() or "fr").startswith("fr"):
        return hours
    return " – ".join(_clock(one) for one in read)


def _clock(one: time) -> str:
    return time_format(one, "H:i")


@dataclass(frozen=True)
class Inside:
    """What one basket holds, once its swaps are made, and whether something may be swapped."""

    items: list[Item]
    swaps: str


def _inside(garden: Garden, together: Iterable[Basket], today: date) -> tuple[dict[int, Inside], Slip | None]:
    """Basket → what the garden shows of it, for these baskets of one delivery, and its slip if it shows any. Three queries."""
    baskets = list(together)
    week, round = baskets[0].delivery.week, baskets[0].depot.round_id
    sizes = {one.size_id for one in baskets}
    rows = ContentLine.objects.filter(content__round=round, content__week=week, content__size__in=sizes)
    rows = rows.exclude(content__published_at=None).order_by("rank", "pk")
    offered = SwapOffer.objects.filter(content=OuterRef("content"))
    lines = list(rows.select_related("content__round__garden__ways", "produce").annotate(offered=Exists(offered)))
    ways = _ways(lines[0].content.round.garden) if lines else Ways(garden=garden)
    if ways.content_shown == Ways.Shown.NOWHERE:
        lines = []
    made = swaps_of([one.pk for one in baskets])
    found = {
        one.pk: _of_basket(one, [line for line in lines if line.content.size_id == one.size_id],
                           [swap for swap in made if swap.basket == one.pk], ways, today)
        for one in baskets
    }  # fmt: skip
    return found, Slip.objects.filter(garden=garden, week=week).first() if lines else None


def _ways(garden: Garden) -> Ways:
    try:
        return garden.ways
    except Ways.DoesNotExist:
        return Ways(garden=garden)


def amount_of(swap: Swapped, ways: Ways) -> str:
    """How much one takes; "" when the garden shows no quantity."""
    return quantity(swap.milli or 0, swap.unit) if ways.content_weights else ""


def _of_basket(basket: Basket, lines: list[ContentLine], made: list[Swapped], ways: Ways, today: date) -> Inside:
    """One basket's vegetables: what was taken stands where what was given back stood."""
    stands = {swap.away: swap for swap in made if swap.milli is not None}
    items = []
    for line in lines:
        swap = stands.get(line.produce_id)
        milli = line.milli if line.packed_milli is None else line.packed_milli
        if swap:
            weight = grams(swap.milli or 0, swap.unit, swap.taken_grams)
            items.append(
                Item(swap.taken_name, amount_of(swap, ways), swap.allergens, swap.away_name, swap.taken_code, weight)
            )
        elif milli:
            amount = quantity(milli, line.unit) if ways.content_weights else ""
            weight = grams(milli, line.unit, line.produce.grams)
            items.append(Item(line.produce.name, amount, line.produce.allergens, "", line.produce.code, weight))
    packed = any(line.content.packed_at for line in lines)
    limits = ask(basket, ways, told=bool(lines), packed=packed, used=len(stands), today=today)
    possible = any(line.swappable and line.offered and line.produce_id not in stands for line in lines)  # type: ignore[attr-defined]  # a column of the query
    if possible and not why_not_swapped(limits):
        return Inside(items, "open")
    return Inside(items, "made" if made else "")


# --- What is left to take back -----------------------------------------------------------------------


@dataclass(frozen=True)
class Left:
    """A postponed basket that has no new day yet."""

    pk: int
    name: str
    day: date
    until: date | None  # the last day of its year, None when it is kept


def left(household: Household, today: date, rules: Mapping[int, absences.Policy]) -> list[Left]:
    """What the household has to take back, the oldest first. One query."""
    moved = Basket.objects.filter(household=household, state=Basket.State.MOVED, pot=False)
    taken = moved.annotate(taken=Exists(Basket.objects.filter(origin=OuterRef("pk"))))
    rows = {one.pk: one for one in taken.select_related("delivery", "product", "size")}
    shown = []
    for one in rows.values():
        policy = rules.get(one.product_id, absences.Policy())
        right = absences.Right(one.pk, one.delivery.day, getattr(one, "taken"), one.pot)  # noqa: B009 (a column of the query)
        if absences.to_take_back(policy, [right], today):
            until = None if policy.unused == "kept" else date(one.delivery.day.year, 12, 31)
            shown.append(Left(one.pk, basket_name(one), one.delivery.day, until))
    return sorted(shown, key=lambda one: one.day)


# --- Why there is nothing ----------------------------------------------------------------------------


def nothing_because(household: Household, today: date) -> tuple[str, str]:
    """A title and a sentence for a household that has no basket to come. One query at most."""
    if household.left_on and household.left_on < today:
        return _("Vous n’avez plus de panier"), _("Merci, et à bientôt. Pour revenir, appelez le jardin.")
    running = Subscription.objects.filter(Q(until_day=None) | Q(until_day__gte=today), household=household)
    found = running.order_by("from_day").first()
    if found is None:
        return _("Pas encore de panier"), _("Le jardin vous dira quand il commence.")
    if found.waits_for != Subscription.WaitsFor.NOTHING and found.ready_on is None:
        return _("Votre panier est presque prêt"), _("Le jardin attend encore une réponse de vous. Appelez-le.")
    return _("Pas de panier en ce moment"), _("Le jardin fait une pause. Le prochain panier s’affichera ici.")


# --- Where else ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Elsewhere:
    """Another depot where a basket of a week may go. `left`: places, None when there is no limit. `word`: the print of the
    word that opens a reserved one, "" when none is asked; `audience`: whom that one is for."""

    pk: int
    name: str
    hours: str
    address: str
    day: date
    left: int | None
    audience: str = ""
    word: str = ""

    @property
    def full(self) -> bool:
        return self.left is not None and self.left <= 0


def elsewhere(basket: Basket, household: Household) -> list[Elsewhere]:
    """The depots open to this household where this basket may go that week, its own first; reserved ones too, when a word
    opens them. A constant number of queries."""
    week, day = basket.delivery.week, basket.delivery.day
    rows = Depot.objects.open_to(household).filter(
        Q(kind=Depot.Kind.OPEN) | Q(pk=basket.depot_id) | (Q(kind=Depot.Kind.RESERVED) & ~Q(password="")),
        garden=basket.garden_id,
    )
    depots = list(rows.filter(Q(closed_on=None) | Q(closed_on__gt=day)).select_related("round"))
    ways = roads(basket.garden, week.monday)
    open_days = set(
        Delivery.objects.filter(garden=basket.garden_id, week=week, close=None).values_list("day", flat=True)
    )
    taken = households_at([one.pk for one in depots], week, without=household.pk)
    found = []
    for one in depots:
        goes_on, goes_to = ways.place(one.pk, week)
        if goes_on in open_days and goes_on is not None and (goes_to == one.pk or one.pk == basket.depot_id):
            left = None if one.capacity is None else one.capacity - taken.get(one.pk, 0)
            asked = one.kind == Depot.Kind.RESERVED and one.pk != basket.depot_id
            reserved = (one.audience, one.password) if asked else ()
            found.append(Elsewhere(one.pk, one.name, hours_words(one.hours), one.address, goes_on, left, *reserved))
    return sorted(found, key=lambda one: (one.pk != basket.depot_id, one.day, one.name))


def households_at(depots: Iterable[int], week: Week, *, without: int) -> Counter[int]:
    """Depot → other households that collect there in a week: by their subscription, or once. Two queries."""
    some = list(depots)
    regular = Subscription.objects.filter(Q(until_day=None) | Q(until_day__gte=week.monday), depot__in=some)
    once = Basket.objects.filter(delivery__week=week, depot__in=some, depot_kept=True).exclude(state__in=ABSENT)
    there = set(regular.exclude(household=without).values_list("depot", "household"))
    there |= set(once.exclude(household=without).values_list("depot", "household"))
    return Counter(depot for depot, _household in there)

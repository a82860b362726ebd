"""Signing up: what the public page offers, what a choice comes to, and the board of those who asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, QuerySet
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.baskets.models import BasketSize, Depot, Door, Product, SignUp
from cageot.baskets.queries import Prices, delivery_weeks, open_days, prices, roads
from cageot.baskets.rules import signing_up, subscribing
from cageot.baskets.rules.laying import Wish
from cageot.baskets.signups import door_of
from cageot.core.tabular.phones import display_phone
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros
from cageot.desk.queries import depots
from cageot.desk.queries.household import composition
from cageot.members.models import Membership, MembershipFee
from cageot.network.models import Garden

Kind = Membership.Kind

# --- What is offered ------------------------------------------------------------------------------


@dataclass(frozen=True)
class SizeChoice:
    """A size to choose: its price today in cents, and how full its picture is, 1 to 4."""

    pk: int
    name: str
    people: int | None
    cents: int | None
    fill: int


@dataclass(frozen=True)
class Offered:
    """What somebody who signs up may choose from. `staff`: somebody of the garden signs them up."""

    garden: Garden
    door: Door
    product: Product | None
    sizes: Sequence[SizeChoice]
    rhythms: Sequence[str]
    map: depots.PublicPage
    places: Mapping[int, Depot]
    left: Mapping[int, int | None]
    queues: Mapping[int, int]
    fees: Sequence[tuple[str, date, int]]
    first_day: date
    staff: bool

    @property
    def open(self) -> bool:
        return bool((self.door.open or self.staff) and self.sizes and self.places)

    def kinds(self, day: date) -> list[tuple[str, int]]:
        """The kinds of membership to choose from, with their fee in cents: what staff may give, and what anybody may take."""
        shown = Kind.values if self.staff else [Kind.ORDINARY, Kind.SUPPORTER]
        found = [(str(kind), signing_up.fee_on(self.fees, kind, day)) for kind in shown]
        return [(kind, cents) for kind, cents in found if cents is not None]

    def advised(self, people: int) -> SizeChoice | None:
        """The size that suits so many people."""
        wanted = subscribing.advised_size([(one.pk, one.people) for one in self.sizes], people)
        return next((one for one in self.sizes if one.pk == wanted), None)

    @property
    def phone(self) -> str:
        return display_phone(self.garden.phone) if self.garden.phone else ""


def offered(garden: Garden, today: date, *, staff: bool) -> Offered:
    """What the page of a garden offers today. A constant number of queries."""
    product = Product.objects.filter(garden=garden, archived_on=None).first()
    rows = list(BasketSize.objects.filter(product=product)) if product else []
    known, door = prices(garden), door_of(garden)
    page = depots.public_page(garden, today, professional=staff)
    slots = {slot.depot: slot.left for place in page.places for slot in place.slots}
    places = {one.pk: one for one in Depot.objects.filter(pk__in=slots).select_related("round")}
    return Offered(
        garden, door, product, _sizes(rows, known, today), subscribing.rhythms_of(product.rhythms) if product else [], page, places,
        slots, queues(garden), fees_of(garden), today if staff else signing_up.first_day(today, door.lead_days), staff,
    )  # fmt: skip


def _sizes(rows: Sequence[BasketSize], known: Prices, today: date) -> list[SizeChoice]:
    """The sizes from the smallest to the largest, as far as their people and their price tell."""
    ordered = sorted(rows, key=lambda one: (one.people or 0, known.on(one.pk, today) or 0, one.rank))
    last = max(1, len(ordered) - 1)
    return [
        SizeChoice(
            one.pk, one.name, one.people, known.on(one.pk, today), 2 if len(ordered) == 1 else 1 + round(3 * n / last)
        )
        for n, one in enumerate(ordered)
    ]


def open_door(garden: Garden) -> bool:
    """Whether people may sign up by themselves: a public page then leads there. One query."""
    return Door.objects.filter(garden=garden, open=True).exists()


def queues(garden: Garden) -> Counter[int]:
    """Depot → how many wait for a place there. One query."""
    rows = SignUp.objects.filter(garden=garden, state=SignUp.State.WAITING)
    return Counter(dict(rows.order_by().values_list("depot").annotate(Count("pk"))))


def fees_of(garden: Garden) -> list[tuple[str, date, int]]:
    """The dated fees of a garden's memberships: kind, from day, cents."""
    return list(MembershipFee.objects.filter(garden=garden).values_list("kind", "from_day", "cents"))


# --- What it comes to -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What a choice comes to, line by line: a label and an answer. `advice`: the size that suits. `missing`: why there is
    no price."""

    lines: list[tuple[str, str]]
    advice: str
    first: date | None
    missing: str
    total: str


def told(offer: Offered, data: Mapping[str, object]) -> Told:
    """What the choices of the form come to, as it stands; some lines only while it does not say enough. Six queries."""
    people = max(1, _number(data.get("adults"), 1)) + _number(data.get("children"), 0)
    size = offer.advised(people)
    words = ngettext("Pour %(n)s personne : %(size)s.", "Pour %(n)s personnes : %(size)s.", people)
    advice = words % {"n": people, "size": size.name} if size else ""
    asked = _asked(offer, data)
    if asked is None:
        return Told(
            [],
            advice,
            None,
            _("Choisissez une taille, un rythme, un dépôt et un premier jour : le prix s’affiche ici."),
            "",
        )
    wish, depot = asked
    first_day, kind = wish.from_day, str(data.get("membership") or "")
    fee = dict(offer.kinds(first_day)).get(kind)
    until = subscribing.end_of_period(first_day, None)
    quote = _quote(offer.garden, wish, depot, until, fee or 0)
    if quote is None:
        missing = _(
            "Aucune livraison n’est encore posée sur ces jours. Le jardin vous dira le premier jour et le prix."
        )
        return Told([], advice, None, missing, "")
    return Told(_lines(quote, depot, until, fee), advice, quote.first, "", euros(quote.total_cents))


def _number(value: object, otherwise: int) -> int:
    text = str(value or "")
    return min(int(text), 30) if text.isascii() and text.isdecimal() and len(text) < 4 else otherwise


def _asked(offer: Offered, data: Mapping[str, object]) -> tuple[Wish, Depot] | None:
    sizes = {str(one.pk): one for one in offer.sizes}
    depots = {str(pk): one for pk, one in offer.places.items()}
    size, depot = sizes.get(str(data.get("size") or "")), depots.get(str(data.get("depot") or ""))
    rhythm, first = str(data.get("frequency") or ""), day_of(data.get("from_day"))
    if not (size and depot and first and offer.product and rhythm in offer.rhythms) or first.year > 9000:
        return None
    product = offer.product
    wish = Wish(0, 0, product.pk, size.pk, depot.pk, rhythm, first, None, product.first_week, product.last_week, 1)
    return wish, depot


def day_of(value: object) -> date | None:
    """A day as a form says it; None for anything else."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value or ""))
    except ValueError:
        return None


def days_of(garden: Garden, wish: Wish, until: date) -> list[date]:
    """The days of the baskets that a subscription would have, up to a day. Five queries."""
    days = open_days(garden, wish.from_day)
    weeks = delivery_weeks(garden, wish.from_day) if wish.frequency == "monthly" else ()
    return subscribing.days_asked(wish, days, roads(garden, wish.from_day), weeks, until)


def _quote(garden: Garden, wish: Wish, depot: Depot, until: date, fee: int) -> signing_up.Quote | None:
    known = prices(garden)
    costs = {day: known.on(wish.size, day) for day in days_of(garden, wish, until)}
    if None in costs.values():
        return None
    return signing_up.quote({day: (cents or 0) + depot.fee_cents for day, cents in costs.items()}, until, fee)


def _lines(quote: signing_up.Quote, depot: Depot, until: date, fee: int | None) -> list[tuple[str, str]]:
    basket = euros(quote.basket_cents)
    if depot.fee_cents:
        basket = _("%(price)s, dont %(fee)s de livraison") % {"price": basket, "fee": euros(depot.fee_cents)}
    lines = [(_("Un panier"), basket), (_("Premier panier"), said(quote.first))]
    count, cents = quote.first_month
    lines.append((_("En %(month)s") % {"month": MONTHS[quote.first.month]}, _counted(count, cents)))
    if quote.whole_months:
        lines.append((_("Ensuite, par mois"), _each_month(*quote.whole_months)))
    until_words = said(until).partition(" ")[2]
    lines.append((_("Jusqu’au %(day)s") % {"day": until_words}, _counted(quote.baskets, quote.season_cents)))
    if fee is not None:
        lines.append((_("Adhésion, une fois"), euros(fee)))
    return lines


def _each_month(least: tuple[int, int], most: tuple[int, int]) -> str:
    """What whole months come to: one answer when they are alike, else between which two."""
    if least == most:
        return _counted(*least)
    cents = (
        euros(least[1])
        if least[1] == most[1]
        else _("de %(low)s à %(high)s") % {"low": euros(least[1]), "high": euros(most[1])}
    )
    if least[0] == most[0]:
        words = ngettext("%(n)s panier, %(sum)s", "%(n)s paniers, %(sum)s", most[0])
        return words % {"n": most[0], "sum": cents}
    low, high = sorted((least[0], most[0]))
    return _("%(low)s à %(high)s paniers, %(sum)s") % {"low": low, "high": high, "sum": cents}


def _counted(count: int, cents: int) -> str:
    words = ngettext("%(n)s panier, %(sum)s", "%(n)s paniers, %(sum)s", count)
    return words % {"n": count, "sum": euros(cents)}


# --- The personal page ----------------------------------------------------------------------------


@dataclass(frozen=True)
class MyPlace:
    """What somebody who signed up reads on their own page: no name, no address."""

    sign_up: SignUp
    garden: Garden
    phone: str
    rank: int
    facts: list[tuple[str, str]]


def facts_of(one: SignUp, *, day: bool = True) -> list[tuple[str, str]]:
    """What was asked for, as label and answer. Fetch its size and its depot's round with it."""
    when = slot_words(one.depot)
    return [
        (_("Panier"), f"{one.size.name}, {one.get_frequency_display()}"),
        (_("Dépôt"), f"{one.depot.name}, {when}"),
        *([(_("À partir du"), said(one.from_day))] if day else []),
    ]


def slot_words(depot: Depot) -> str:
    """ "jeudi 16 h – 19 h"."""
    return f"{WEEKDAYS[depot.weekday - 1]} {depot.hours}".strip()


def sign_ups() -> QuerySet[SignUp]:
    """Sign-ups with all that is told of them."""
    return SignUp.objects.select_related("garden", "size", "depot__round", "depot__garden", "referral")


# --- The board ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One sign-up on the board."""

    sign_up: SignUp
    name: str
    people: str
    reach: list[tuple[str, str]]
    what: str
    since: date
    rank: int = 0
    late: bool = False


@dataclass(frozen=True)
class Queue:
    """Those who wait for one depot, in order, and the places it has left (None: no limit)."""

    depot: Depot
    when: str
    left: int | None
    lines: list[Line]

    @property
    def free(self) -> bool:
        return self.left is None or self.left > 0


@dataclass(frozen=True)
class Board:
    """All who asked for a basket and are no household yet. `ended`: those of the last weeks of whom nothing came."""

    garden: Garden
    door: Door
    asked: list[Line]
    offered: list[Line]
    queues: list[Queue]
    ended: list[Line]

    @property
    def empty(self) -> bool:
        return not (self.asked or self.offered or self.queues or self.ended)


ENDED_SHOWN = timedelta(days=30)


def board(garden: Garden, today: date) -> Board:
    """The board of a garden. A constant number of queries."""
    rows = sign_ups().filter(garden=garden).order_by("asked_at", "pk")
    standing = list(rows.filter(state__in=["asked", "waiting", "offered"]))
    gone = rows.filter(state=SignUp.State.DROPPED, state_at__date__gte=today - ENDED_SHOWN).order_by("-state_at")[:50]
    of = {state: [_line(one, today) for one in standing if one.state == state] for state in ("asked", "offered")}
    waiting: dict[int, list[SignUp]] = {}
    for one in standing:
        if one.state == SignUp.State.WAITING:
            waiting.setdefault(one.depot_id, []).append(one)
    left = {line.depot.pk: line for line in depots.depot_lines(garden, today)} if waiting else {}
    found = [_queue(some, left[pk], today) for pk, some in waiting.items()]
    found.sort(key=lambda queue: (queue.depot.weekday, queue.depot.name))
    return Board(garden, door_of(garden), of["asked"], of["offered"], found, [_line(one, today) for one in gone])


def _queue(some: list[SignUp], line: depots.DepotLine, today: date) -> Queue:
    places = signing_up.left(line.depot.capacity, line.households, line.kept)
    return Queue(line.depot, slot_words(line.depot), places, [_line(one, today, n) for n, one in enumerate(some, 1)])


def _line(one: SignUp, today: date, rank: int = 0) -> Line:
    reach = [("mailto:" + one.email, one.email)] if one.email else []
    if one.mobile:
        reach.append(("tel:" + one.mobile, display_phone(one.mobile)))
    late = bool(one.offered_until and one.state == "offered" and one.offered_until < today)
    return Line(
        one, name_of(one), composition(one.adults, one.children), reach,
        f"{one.size.name}, {one.get_frequency_display()}, {one.depot.name}", one.asked_at.date(), rank, late,
    )  # fmt: skip


def name_of(one: SignUp) -> str:
    """What the garden calls somebody who signed up."""
    return f"{one.last_name} {one.first_name}".strip()


def to_welcome(garden: Garden) -> int:
    """How many people are to be welcomed. One query."""
    return SignUp.objects.filter(garden=garden, state=SignUp.State.ASKED).count()

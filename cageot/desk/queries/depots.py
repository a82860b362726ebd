"""The rounds of a garden and their depots, the places that are left, and what the public may read of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from cageot.baskets.actions import places_kept, places_taken
from cageot.baskets.models import Basket, Depot, DepotPause, DepotPhoto, Round, Subscription
from cageot.baskets.rules import signing_up
from cageot.core.tabular.phones import display_phone
from cageot.core.tabular.write import Value
from cageot.core.templatetags.cageot import day as said
from cageot.network import territory
from cageot.network.models import Garden, Partner
from cageot.network.rules.geo import project


def running(day: date) -> Q:
    """Depots that are open on that day or to come."""
    return Q(closed_on=None) | Q(closed_on__gt=day)


@dataclass(frozen=True)
class DepotLine:
    """A depot on its round: how many households collect there, how many it takes, and what is said of it today."""

    depot: Depot
    households: int
    pause: DepotPause | None  # the one that runs or comes next
    today: date
    kept: int = 0  # places kept for people who signed up

    @property
    def full(self) -> bool:
        return self.depot.capacity is not None and self.households + self.kept >= self.depot.capacity

    @property
    def places(self) -> str:
        return str(self.households) if self.depot.capacity is None else f"{self.households} / {self.depot.capacity}"

    @property
    def state(self) -> tuple[str, str]:
        """A word and its tone."""
        if self.depot.closed_on:
            gone = self.depot.closed_on <= self.today
            words = _("fermé depuis le %(day)s") if gone else _("ferme le %(day)s")
            return words % {"day": said(self.depot.closed_on, "plain")}, "" if gone else "squash"
        if self.pause:
            words = _("fermé jusqu’au %(day)s") if self.pause.from_day <= self.today else _("fermé à partir du %(day)s")
            day = self.pause.until_day if self.pause.from_day <= self.today else self.pause.from_day
            return words % {"day": said(day, "plain")}, "squash"
        return (_("complet"), "squash") if self.full else (_("ouvert"), "leaf")


@dataclass(frozen=True)
class RoundCard:
    """A round with its depots in order."""

    round: Round
    depots: list[DepotLine]

    @property
    def weekday(self) -> str:
        return str(WEEKDAYS[self.round.weekday - 1])

    @property
    def packed(self) -> str:
        before = self.round.packed_before
        if before == 0:
            return _("préparée le jour même")
        return _("préparée le %(day)s") % {"day": WEEKDAYS[(self.round.weekday - 1 - before) % 7]}

    @property
    def households(self) -> int:
        return sum(line.households for line in self.depots)


@dataclass(frozen=True)
class RoundsPage:
    garden: Garden
    rounds: list[RoundCard]
    closed: list[DepotLine]
    year: int


def rounds_page(garden: Garden, today: date) -> RoundsPage:
    """Every round with its depots, and the depots that are closed for good. Four queries."""
    rounds = list(Round.objects.filter(garden=garden, archived_on=None))
    lines = depot_lines(garden, today)
    gone = [line for line in lines if line.depot.closed_on and line.depot.closed_on <= today]
    cards = [
        RoundCard(one, [line for line in lines if line.depot.round_id == one.pk and line not in gone]) for one in rounds
    ]
    return RoundsPage(garden, cards, gone, today.year)


def depot_lines(garden: Garden, today: date) -> list[DepotLine]:
    """The garden's depots, round by round, in order. Four queries."""
    depots = list(
        Depot.objects.filter(garden=garden)
        .select_related("round", "host", "household")
        .order_by("round__weekday", "round__rank", "round", "rank", "pk")
    )
    taken, kept = places_taken([one.pk for one in depots], today), places_kept([one.pk for one in depots])
    pauses: dict[int, DepotPause] = {}
    for pause in DepotPause.objects.filter(depot__garden=garden, until_day__gte=today).select_related("replacement"):
        pauses.setdefault(pause.depot_id, pause)
    return [DepotLine(one, taken[one.pk], pauses.get(one.pk), today, kept[one.pk]) for one in depots]


def hosts(garden: Garden) -> list[Partner]:
    """The partners of the garden that host a depot."""
    return list(Partner.objects.filter(gardens=garden, hosts=True))


def rounds_of(garden: Garden) -> QuerySet[Round]:
    """The garden's rounds in use."""
    return Round.objects.filter(garden=garden, archived_on=None)


def replacements(depot: Depot, day: date) -> list[Depot]:
    """The other depots still open on that day; nobody's home."""
    rows = Depot.objects.open_to(None).filter(running(day), garden=depot.garden_id).exclude(pk=depot.pk)
    return list(rows.select_related("round"))


def households_at(depot: Depot, day: date) -> int:
    """How many households have a subscription there from that day on."""
    return places_taken([depot.pk], day)[depot.pk]


def households_gone_from(depot: Depot) -> int:
    """How many households had their subscription there until the depot closed, and have one elsewhere since."""
    if depot.closed_on is None:
        return 0
    last = depot.closed_on - timedelta(days=1)
    left = Subscription.objects.filter(depot=depot, until_day=last).values("household")
    since = Subscription.objects.filter(household__in=left, from_day=depot.closed_on).exclude(depot=depot)
    return since.values("household").distinct().count()


def baskets_between(depot: Depot, first: date, last: date) -> int:
    """How many baskets are planned there between two days."""
    rows = Basket.objects.filter(depot=depot, delivery__day__range=(first, last), state=Basket.State.PLANNED)
    return rows.count()


def pauses_of(depot: Depot, today: date) -> list[DepotPause]:
    """The closures of a depot that run or are to come."""
    return list(depot.pauses.filter(until_day__gte=today).select_related("replacement"))


def other_slots(depot: Depot) -> list[Depot]:
    """The same place on other rounds."""
    rows = Depot.objects.filter(garden=depot.garden_id, name=depot.name).exclude(pk=depot.pk)
    return list(rows.select_related("round"))


# --- What the public may read ---------------------------------------------------------------------


@dataclass(frozen=True)
class Slot:
    """One day and its hours at a place, and how many places are left (None: no limit)."""

    depot: int
    day: str
    hours: str
    left: int | None

    @property
    def full(self) -> bool:
        return self.left == 0


@dataclass(frozen=True)
class Picture:
    """The picture of a place: the depot whose address shows it, the beginning of its hash, what it shows."""

    depot: int
    digest: str
    alt: str


def picture(depot: Depot) -> Picture | None:
    """A depot's picture, without its bytes. Fetch the photo with the depot (`select_related`)."""
    return Picture(depot.pk, depot.photo.digest, depot.photo.alt or depot.name) if depot.photo else None


def public_depots(garden: Garden, today: date) -> QuerySet[Depot]:
    """The depots of a garden that are shown to the public: neither professional ones nor somebody's home."""
    rows = Depot.objects.open_to(None).filter(running(today), garden=garden)
    return rows.exclude(kind=Depot.Kind.PROFESSIONAL)


def public_photo(garden: Garden, depot: int, today: date) -> DepotPhoto | None:
    """The picture of a depot that is shown to the public."""
    return DepotPhoto.objects.filter(depots__in=public_depots(garden, today).filter(pk=depot)).first()


@dataclass(frozen=True)
class PublicPlace:
    """A place as anybody may read it."""

    number: int
    name: str
    kind: str
    audience: str
    address: str
    town: str
    description: str
    website: str
    slots: list[Slot]
    photo: Picture | None


@dataclass(frozen=True)
class Mark:
    """Something written on the map, at a point in map units as an SVG reads them."""

    text: str
    kind: str
    title: str
    x: str
    y: str
    text_y: str


@dataclass(frozen=True)
class PublicPage:
    """The places of a garden for anybody, and the part of the map that shows them all."""

    garden: Garden
    phone: str
    places: list[PublicPlace]
    marks: list[Mark]
    towns: list[Mark]
    view_box: str
    radius: str
    dot: str
    figure: str
    small: str


def public_page(garden: Garden, today: date, *, professional: bool = False) -> PublicPage:
    """The places of a garden for anybody; the professional ones too, for its people. Four queries."""
    found = Depot.objects.open_to(None).filter(running(today), garden=garden)
    rows = (found if professional else public_depots(garden, today)).select_related("round", "photo")
    depots = list(rows.defer("photo__content").order_by("round__weekday", "round__rank", "rank", "pk"))
    limited = [one.pk for one in depots if one.capacity is not None]
    taken = places_taken(limited, today) + places_kept(limited)
    by_name: dict[str, list[Depot]] = {}
    for one in depots:
        by_name.setdefault(one.name, []).append(one)
    places = [_place(number, some, taken) for number, some in enumerate(by_name.values(), 1)]
    spots = _spread([_spot(garden, some[0]) for some in by_name.values()])
    box = frame([spot for spot in spots if spot])
    unit = box[2] / 1000
    marks = [
        Mark(str(place.number), place.kind, place.name, _svg(spot[0]), _svg(spot[1]), _svg(spot[1] + 11 * unit))
        for place, spot in zip(places, spots, strict=True)
        if spot
    ]
    return PublicPage(
        garden, display_phone(garden.phone) if garden.phone else "", places, marks, _towns(garden, box, [spot for spot in spots if spot]),
        " ".join(map(_svg, box)), _svg(28 * unit), _svg(5 * unit), _svg(32 * unit), _svg(26 * unit),
    )  # fmt: skip


def _svg(value: float) -> str:
    """A number as an SVG reads it, whatever the language of the page."""
    return f"{value:.2f}"


def _place(number: int, some: list[Depot], taken: Counter[int]) -> PublicPlace:
    first = some[0]
    slots = [
        Slot(one.pk, str(WEEKDAYS[one.weekday - 1]), one.hours, signing_up.left(one.capacity, taken[one.pk], 0))
        for one in some
    ]
    commune = _commune(first.commune_code)
    return PublicPlace(
        number, first.name, first.kind, first.audience if first.kind == Depot.Kind.RESERVED else "", first.address,
        commune.name if commune else "", first.description, first.website, slots, picture(first),
    )  # fmt: skip


def _commune(code: str) -> territory.Commune | None:
    try:
        return territory.commune(code) if code else None
    except KeyError:
        return None


Spot = tuple[float, float]


def _spot(garden: Garden, depot: Depot) -> Spot | None:
    commune = _commune(depot.commune_code) or _commune(garden.commune_code)
    point = project(commune.longitude, commune.latitude) if commune else None
    return (point.x, point.y) if point else None


def _spread(spots: list[Spot | None]) -> list[Spot | None]:
    """Places of one commune stand side by side rather than on top of one another."""
    count: Counter[Spot] = Counter()
    found: list[Spot | None] = []
    for spot in spots:
        if spot is None:
            found.append(None)
            continue
        n = count[spot]
        count[spot] += 1
        found.append((spot[0] + STEP * (n % 4), spot[1] + STEP * (n // 4)))
    return found


STEP = 3.6
"""Kilometres between the marks of places that share a commune: the data know the town hall, not the street."""


def frame(spots: Iterable[Spot]) -> tuple[float, float, float, float]:
    """The part of the map that shows all these spots with room around them, at least 60 km wide: x, y, width, height."""
    points = list(spots) or [(575.0, 536.0)]
    left, right = min(x for x, _y in points), max(x for x, _y in points)
    top, bottom = min(y for _x, y in points), max(y for _x, y in points)
    width = max(60.0, (right - left) * 1.4, (bottom - top) * 1.4 * 4 / 3)
    height = width * 3 / 4
    return (left + right - width) / 2, (top + bottom - height) / 2, width, height


def _towns(garden: Garden, box: tuple[float, float, float, float], taken: list[Spot]) -> list[Mark]:
    """The largest communes of the garden's département that are in the frame, to find one's way by; none so near to
    another name or to a place that it could not be read."""
    unit, found, there = box[2] / 1000, [], list(taken)
    for commune in territory.largest(garden.commune_code[: 3 if garden.commune_code.startswith("97") else 2], 12):
        point = project(commune.longitude, commune.latitude)
        if point is None or not (box[0] < point.x < box[0] + box[2] and box[1] < point.y < box[1] + box[3]):
            continue
        if all(abs(point.x - x) > 190 * unit or abs(point.y - y) > 60 * unit for x, y in there):
            there.append((point.x, point.y))
            found.append(
                Mark(commune.name, "town", commune.name, _svg(point.x), _svg(point.y), _svg(point.y - 12 * unit))
            )
    return found


def depot_rows(garden: Garden, today: date) -> tuple[list[str], list[list[Value]]]:
    """The depots as a sheet: headers, then a line each. Three queries."""
    head = [
        _("Tournée"), _("Rang"), _("Numéro"), _("Dépôt"), _("Genre"), _("Réservé à"), _("Jour"), _("Heures de retrait"),
        _("Heure de livraison"), _("Adresse"), _("Commune"), _("Téléphone"), _("Adresse électronique"), _("Site"), _("Contact"),
        _("Téléphone du contact"), _("Places"), _("Foyers"), _("Frais par panier"), _("État"),
    ]  # fmt: skip
    rows: list[list[Value]] = []
    for line in depot_lines(garden, today):
        one, home = line.depot, line.depot.household
        commune = None if home else _commune(one.commune_code)
        rows.append(
            [one.round.name, one.rank + 1, one.number, one.name, one.get_kind_display(), one.audience,
             str(WEEKDAYS[one.weekday - 1]), one.hours, one.slot, home.address if home else one.address,
             home.town if home else commune.name if commune else "", one.phone,
             one.email, one.website, one.contact_name, one.contact_phone, one.capacity, line.households,
             Decimal(one.fee_cents) / 100, line.state[0]]
        )  # fmt: skip
    return head, rows

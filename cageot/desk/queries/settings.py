"""The settings of a garden: its sizes and prices, its depots, the deliveries of its year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from cageot.baskets.models import BasketSize, Delivery, Depot, SizePrice, WeekClose
from cageot.core.tabular.phones import display_phone
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros
from cageot.core.week import Week
from cageot.desk.queries.depots import DepotLine, depot_lines
from cageot.desk.queries.household import basket_words
from cageot.desk.rules import season
from cageot.funding.models import Agreement, TariffLine
from cageot.network import territory
from cageot.network.models import Garden, GardenLogo, Role

# --- Sizes and prices ----------------------------------------------------------------------------


@dataclass(frozen=True)
class PriceLine:
    """One dated price of a size; one to come may be taken back."""

    pk: int
    from_day: date
    cents: int
    now: bool
    to_come: bool


@dataclass(frozen=True)
class Mismatch:
    """An agreement signed for another price, in a sentence; `url` is where to write its new line, when one garden may."""

    text: str
    url: str


@dataclass(frozen=True)
class SizeLine:
    """A size with its prices, newest first, and what agreements were signed for other than its price."""

    pk: int
    code: str
    name: str
    cents: int | None
    prices: list[PriceLine]
    warnings: list[Mismatch]
    product: str = ""

    @property
    def coming(self) -> PriceLine | None:
        """The next price, when one is planned."""
        return next((one for one in reversed(self.prices) if not one.now and self._later(one)), None)

    def _later(self, one: PriceLine) -> bool:
        current = next((other for other in self.prices if other.now), None)
        return current is None or one.from_day > current.from_day


def size_lines(garden: Garden, today: date) -> list[SizeLine]:
    """The garden's sizes. Three queries."""
    sizes = list(BasketSize.objects.filter(garden=garden).select_related("product").prefetch_related("prices"))
    signed = _signed(garden, today)
    return [_size(one, signed, today) for one in sizes]


def _size(size: BasketSize, signed: list[TariffLine], today: date) -> SizeLine:
    prices = sorted(size.prices.all(), key=lambda one: one.from_day, reverse=True)
    now = next((one for one in prices if one.from_day <= today), None)
    lines = [PriceLine(one.pk, one.from_day, one.cents, one is now, one.from_day > today) for one in prices]
    ahead = [one for one in prices if now is None or one.from_day >= now.from_day]
    return SizeLine(
        size.pk, size.code, size.name, now.cents if now else None, lines, mismatches(size, ahead, signed, today),
        size.product.name,
    )  # fmt: skip


def _signed(garden: Garden, today: date) -> list[TariffLine]:
    """The tariff lines of the garden's agreements that still run, oldest first."""
    running = Agreement.objects.filter(
        Q(until_day=None) | Q(until_day__gte=today), gardens=garden, status=Agreement.Status.ACTIVE
    )
    rows = TariffLine.objects.filter(tariff__agreement__in=running).exclude(size_code="")
    rows = rows.annotate(gardens=Count("tariff__agreement__gardens", distinct=True))
    return list(rows.select_related("tariff__agreement").order_by("from_day"))


def mismatches(size: BasketSize, prices: Iterable[SizePrice], signed: list[TariffLine], today: date) -> list[Mismatch]:
    """Agreements signed for another price than the one the size has, or is to have. One sentence each."""
    found: dict[int, Mismatch] = {}
    for price in sorted(prices, key=lambda one: one.from_day):
        for line in _lines_on(size, max(price.from_day, today), signed):
            if line.price_cents != price.cents:
                found[line.tariff.agreement_id] = _mismatch(size, price, line)
    return list(found.values())


def _mismatch(size: BasketSize, price: SizePrice, line: TariffLine) -> Mismatch:
    told = _("La convention « %(agreement)s » a été signée pour un %(basket)s à %(signed)s ; il est à %(price)s à partir du %(day)s.") % {
        "agreement": line.tariff.agreement.name, "basket": basket_words(size), "signed": euros(line.price_cents),
        "price": euros(price.cents), "day": said(price.from_day, "plain"),
    }  # fmt: skip
    edit = reverse("desk:agreement_edit", args=[line.tariff.agreement_id])
    alone = line.gardens == 1  # type: ignore[attr-defined]
    return Mismatch(told, f"{edit}?tarif={line.tariff_id}&du={price.from_day}" if alone else "")


def _lines_on(size: BasketSize, day: date, signed: list[TariffLine]) -> list[TariffLine]:
    """The line of each tariff that holds for that size on that day, if its agreement runs then."""
    last = {
        line.tariff_id: line
        for line in signed
        if line.size_code == size.code and line.from_day <= day and (line.tariff.agreement.until_day or date.max) >= day
    }
    return list(last.values())


def warnings_for(size: BasketSize, price: SizePrice, today: date) -> list[Mismatch]:
    """What a new price changes for agreements. Two queries."""
    return mismatches(size, [price], _signed(size.garden, today), today)


def prices_of(size: BasketSize, today: date) -> SizeLine:
    return _size(size, _signed(size.garden, today), today)


# --- The year ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Box:
    """A week to tick: its number, its first day in words, and whether it may change."""

    week: Week
    ticked: bool
    fixed: bool
    closed: bool
    current: bool

    @property
    def monday(self) -> str:
        return said(self.week.monday, "short").partition(" ")[2]


@dataclass(frozen=True)
class YearPage:
    """The weeks of a year, month by month; `between` which days ticks decide, None when nothing in it may change."""

    garden: Garden
    year: int
    months: list[tuple[date, list[Box]]]
    days: str
    between: tuple[date, date] | None

    @property
    def previous(self) -> int:
        return self.year - 1

    @property
    def following(self) -> int:
        return self.year + 1

    @property
    def free(self) -> list[Week]:
        return [box.week for _month, boxes in self.months for box in boxes if not box.fixed]


def year_page(garden: Garden, year: int, today: date) -> YearPage:
    """The grid of a year. Three queries."""
    rows = list(Delivery.objects.filter(garden=garden, week__startswith=f"{year}-").values_list("week", "close"))
    laid, closed = {week for week, _close in rows}, {week for week, close in rows if close}
    found = season.cells(year, laid, closed, today)
    current = Week.of(today)
    months = [
        (month, [Box(one.week, one.ticked, one.fixed, one.week in closed, one.week == current) for one in boxes])
        for month, boxes in season.by_month(found)
    ]
    return YearPage(garden, year, months, delivery_days(garden, today), season.span(found, today))


def delivery_days(garden: Garden, today: date) -> str:
    """The days of the week on which depots open: "jeudi et vendredi"."""
    rows = Depot.objects.filter(Q(closed_on=None) | Q(closed_on__gt=today), garden=garden).values_list(
        "round__weekday", flat=True
    )
    names = [str(WEEKDAYS[weekday - 1]) for weekday in sorted(set(rows))]
    return _(" et ").join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def weeks_unticked(page: YearPage, labels: Iterable[str]) -> set[Week]:
    """The weeks of the page that were left unticked: those without delivery."""
    kept = set(labels)
    return {week for week in page.free if str(week) not in kept}


# --- The page ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SettingsPage:
    """What a garden has set, at a glance."""

    garden: Garden
    identity: list[tuple[str, str]]
    sizes: list[SizeLine]
    depots: list[DepotLine]
    year: int
    weeks_laid: int
    last_delivery: date | None
    last_closed: Week | None
    team: list[Role]
    logo: str  # begins the hash of its content; empty without one

    @property
    def several(self) -> bool:
        """Whether sizes are those of several products, which are then named."""
        return len({one.product for one in self.sizes}) > 1


def settings_page(garden: Garden, today: date) -> SettingsPage:
    """The settings of a garden. A constant number of queries."""
    ahead = Delivery.objects.filter(garden=garden, day__gte=today).aggregate(
        weeks=Count("week", distinct=True), last=Max("day")
    )
    closed = (
        WeekClose.objects.filter(garden=garden, reopened_at=None)
        .order_by("-week")
        .values_list("week", flat=True)
        .first()
    )
    return SettingsPage(
        garden, identity(garden), size_lines(garden, today), depot_lines(garden, today), Week.of(today).year,
        ahead["weeks"], ahead["last"], closed, team_of(garden, today),
        GardenLogo.objects.filter(garden=garden).values_list("digest", flat=True).first() or "",
    )  # fmt: skip


def team_of(garden: Garden, today: date) -> list[Role]:
    """Who works at the garden today, with what role. One query."""
    rows = Role.objects.filter(garden=garden).on(today).select_related("person")
    return list(rows.order_by("kind", "person__first_name", "pk"))


def identity(garden: Garden, *, bank: bool = True) -> list[tuple[str, str]]:
    """Who the garden is, as far as it said; its bank is its own affair."""
    found = [
        (_("Raison sociale"), garden.legal_name),
        (_("Siège"), ", ".join(part for part in (garden.address, place_of(garden)) if part)),
        (_("Gestion"), garden.management_address),
        (_("Téléphone"), display_phone(garden.phone)),
        (_("Adresse électronique"), garden.email),
        (_("Site"), garden.website),
        (_("SIRET"), _spaced(garden.siret, 3, 3, 3, 5)),
        *(
            [
                (_("IBAN"), _spaced(garden.iban, *[4] * 9)),
                (_("BIC"), garden.bic),
                (_("ICS"), garden.ics),
            ]
            if bank
            else []
        ),
        (_("TVA"), _("assujetti") if garden.vat_subject else _("non assujetti")),
    ]
    return [(label, value) for label, value in found if value]


def _spaced(text: str, *groups: int) -> str:
    """Digits by groups, as they are printed."""
    parts, start = [], 0
    for size in groups:
        parts.append(text[start : start + size])
        start += size
    return " ".join(part for part in parts if part)


def place_of(garden: Garden) -> str:
    """ "41000 Blois"."""
    try:
        commune = garden.commune
    except KeyError:
        return garden.postcode
    return f"{garden.postcode or commune.postcodes[0]} {commune.name}"


def communes(text: str) -> list[str]:
    """What a person may mean by the beginning of a name or of a postcode: "41350 Vineuil"."""
    words = text.split()
    code = words[0] if words and words[0].isdigit() and len(words[0]) == 5 else ""
    if code:
        name = " ".join(words[1:])
        found = [one for one in territory.by_postcode(code) if not name or one in territory.find(name, 50)]
        return [f"{code} {one.name}" for one in found[:12]]
    return (
        [f"{one.postcodes[0]} {one.name}" for one in territory.find(text, 8) if one.postcodes] if len(text) > 1 else []
    )

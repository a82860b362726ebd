"""The content of a week's baskets as its pages show it: composing, the harvest, what was packed, what members read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from django.db.models import BigIntegerField, F, Q, Sum
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.baskets import queries as baskets
from cageot.baskets.models import BasketSize, Content, ContentLine, Harvest, Produce, Product, Round, Ways
from cageot.baskets.queries import Swapped
from cageot.baskets.rules import content
from cageot.baskets.rules.content import Place, Portion, Row
from cageot.core.templatetags.cageot import euros
from cageot.core.week import Week
from cageot.desk import words_content as words
from cageot.desk.queries.produce import plain
from cageot.desk.queries.week import span
from cageot.network.models import Garden
from cageot.network.rules.reach import Can, Reach


class Tab(NamedTuple):
    """A round, or a product, to choose."""

    label: str
    url: str
    current: bool


Key = tuple[int, str]
"""A vegetable, and the unit in which it is counted."""


class Stored(NamedTuple):
    """One line of the week as it is kept."""

    round: int
    size: int
    produce: int
    unit: str
    unit_cents: int
    milli: int
    packed_milli: int | None

    @property
    def put_in(self) -> int:
        """What was really put in, or else what is planned."""
        return self.milli if self.packed_milli is None else self.packed_milli


@dataclass(frozen=True)
class SheetRow:
    """One vegetable of the sheet, as kept or as just typed. `texts` and `held` are by size; `errors` by field."""

    produce: int
    unit: str
    price: str
    unit_cents: int
    texts: Mapping[int, str]
    held: Mapping[int, int]
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def row(self) -> Row:
        return Row(
            self.produce, self.unit, self.unit_cents, {size: milli for size, milli in self.held.items() if milli}
        )


@dataclass(frozen=True)
class Facts:
    """A garden's week as far as content goes, for one round and one product."""

    garden: Garden
    week: Week
    rounds: list[Round]
    round: Round | None
    products: list[Product]
    product: Product | None
    sizes: list[BasketSize]
    all_sizes: list[BasketSize]  # of every product
    lines: list[Stored]
    marks: dict[int, Content]  # size → the content of this round
    counts: dict[Place, int]
    produce: dict[int, Produce]
    harvests: dict[tuple[int, str], int]
    swaps: list[Swapped]

    def keep(self, produce: int) -> dict[Place, int]:
        """The baskets of each place that keep a vegetable."""
        return content.keeping(self.counts, produce, ((one.place, one.away) for one in self.swaps))

    def rows(self, round: int, sizes: Iterable[int]) -> list[Row]:
        """What is planned on a round, a row per vegetable, in order."""
        wanted = set(sizes)
        held: dict[int, dict[int, int]] = defaultdict(dict)
        told: dict[int, Stored] = {}
        for line in self.lines:
            if line.round == round and line.size in wanted:
                told.setdefault(line.produce, line)
                held[line.produce][line.size] = line.milli
        return [Row(pk, line.unit, line.unit_cents, held[pk]) for pk, line in told.items()]

    @property
    def here(self) -> list[Row]:
        """The rows of the round that is shown."""
        return self.rows(self.round.pk, [size.pk for size in self.sizes]) if self.round else []

    @property
    def packed(self) -> bool:
        return any(one.packed_at for one in self.marks.values())

    @property
    def published(self) -> bool:
        return any(one.published_at for one in self.marks.values())


class Asked(NamedTuple):
    """What the address asks to see; what is wrong or missing falls back."""

    round: str = ""
    product: str = ""
    added: str = ""


def facts(garden: Garden, week: Week, asked: Asked = Asked()) -> Facts:  # noqa: B008 — it never changes
    """Everything about the week's content. A constant number of queries."""
    counts = baskets.baskets_to_make(garden, week)
    lines = _lines(garden, week)
    rounds = _rounds(garden, {round for round, _size in counts} | {line.round for line in lines})
    round = next((one for one in rounds if str(one.pk) == asked.round), rounds[0] if rounds else None)
    sizes = list(BasketSize.objects.filter(garden=garden, product__archived_on=None).select_related("product"))
    products = list({size.product_id: size.product for size in sizes}.values())
    product = next((one for one in products if str(one.pk) == asked.product), products[0] if products else None)
    shown = [size for size in sizes if product and size.product_id == product.pk]
    contents = Content.objects.filter(round=round, week=week, size__in=[one.pk for one in shown])
    return Facts(
        garden, week, rounds, round, products, product, shown, sizes, lines, {one.size_id: one for one in contents}, counts,
        {one.pk: one for one in Produce.objects.filter(garden=garden)}, _harvests(garden, week),
        baskets.swaps_of_week(garden, week),
    )  # fmt: skip


def _lines(garden: Garden, week: Week) -> list[Stored]:
    rows = ContentLine.objects.filter(content__round__garden=garden, content__week=week).order_by("rank", "pk")
    columns = ("content__round", "content__size", "produce", "unit", "unit_cents", "milli", "packed_milli")
    return [Stored(*row) for row in rows.values_list(*columns)]


def _rounds(garden: Garden, at_work: set[int]) -> list[Round]:
    """The rounds that bring something this week; when nothing is known yet, all those of the garden."""
    rows = list(Round.objects.filter(Q(archived_on=None) | Q(pk__in=at_work), garden=garden))
    return [one for one in rows if one.pk in at_work] or rows


def _harvests(garden: Garden, week: Week) -> dict[tuple[int, str], int]:
    rows = Harvest.objects.filter(garden=garden, week=week)
    return {(produce, unit): milli for produce, unit, milli in rows.values_list("produce", "unit", "milli")}


# --- Composing --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Head:
    """A column: a size, its baskets to make on this round, its price of the week in cents (None: no price)."""

    pk: int
    name: str
    baskets: int
    price: int | None


@dataclass(frozen=True)
class Cell:
    """One quantity to type."""

    name: str
    label: str
    text: str
    error: str
    size: str
    shown: str


@dataclass(frozen=True)
class Line:
    """One vegetable of the table."""

    produce: int
    name: str
    unit: str
    unit_word: str
    price: str
    price_shown: str
    price_error: str
    cells: list[Cell]
    need: Need
    note: str


@dataclass(frozen=True)
class Value:
    """What the basket of one size is worth, this week and over the year, against its price. Cents."""

    size: int
    name: str
    worth: int
    price: int | None
    tone: str
    word: str
    year_worth: int
    year_price: int
    weeks: int


@dataclass(frozen=True)
class Need:
    """What the week needs of a vegetable, all rounds together, and what was harvested."""

    name: str
    need: str
    url: str
    word: str
    tone: str


@dataclass(frozen=True)
class Copy:
    """A content that may be taken over: another round's, or an earlier week's."""

    label: str
    round: int
    week: Week

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.round}_{self.week}"


@dataclass(frozen=True)
class Shortage:
    """Too little was harvested: what is missing, and what it touches."""

    text: str
    url: str


@dataclass(frozen=True)
class ComposePage:
    """What a garden puts in the baskets of one round."""

    garden: Garden
    week: Week
    span: str
    round: Round | None
    round_tabs: list[Tab]
    product_tabs: list[Tab]
    product: Product | None
    sizes: list[Head]
    lines: list[Line]
    values: list[Value]
    other_needs: list[Need]  # of vegetables that only other rounds hold
    shortages: list[Shortage]
    in_season: list[Produce]
    others: list[Produce]
    copies: list[Copy]
    seen: str
    shown_to: str
    swaps: int | None  # swaps asked of these baskets, None where the garden allows none
    published: bool
    packed: bool
    composed: bool
    may_write: bool
    may_set: bool
    wrong: int

    @property
    def writable(self) -> bool:
        return self.may_write and not self.packed

    @property
    def units(self) -> list[tuple[str, str]]:
        return words.units()

    @property
    def before(self) -> Week:
        return self.week - 1

    @property
    def after(self) -> Week:
        return self.week + 1


def compose_page(
    garden: Garden, week: Week, today: date, reach: Reach, asked: Asked, sheet: Sequence[SheetRow] | None = None,
    seen: str | None = None,
) -> ComposePage:  # fmt: skip
    """The page to compose a round. `sheet`: what was typed, when it stands instead of what is kept; `seen` likewise the
    print of what the person had been shown. A constant number of queries."""
    here = facts(garden, week, asked)
    kept, ways = here.here, ways_of(garden)
    if sheet is not None and not here.packed:
        rows = list(sheet)
    else:
        rows = packed_rows(here) if here.packed else [_sheet_row(row) for row in kept]
    rows += [_empty_row(one) for one in _added(here, asked.added, {row.produce for row in rows})]
    heads = _heads(here)
    needs = _needs(here, [row.row for row in rows])
    lines = [_line(here, row, heads, needs) for row in rows]
    shown = {(row.produce, row.unit) for row in rows}
    there = {row.produce for row in rows}
    free = [one for pk, one in here.produce.items() if not one.archived_on and pk not in there]
    free.sort(key=lambda one: plain(one.name))
    in_season = [one for one in free if _season(one, week)]
    return ComposePage(
        garden=garden,
        week=week,
        span=span(week, today),
        round=here.round,
        round_tabs=round_tabs(here),
        product_tabs=_product_tabs(here),
        product=here.product,
        sizes=heads,
        lines=lines,
        values=_values(here, heads, [row.row for row in rows]),
        other_needs=[_need(here, key, some) for key, some in needs.items() if key not in shown],
        shortages=_shortages(here, needs),
        in_season=in_season,
        others=[one for one in free if one not in in_season],
        copies=copies(here),
        seen=content.print_of(kept) if seen is None else seen,
        shown_to=ways.content_shown,
        swaps=_swaps_here(here) if ways.swaps else None,
        published=here.published,
        packed=here.packed,
        composed=bool(kept),
        may_write=reach.can(Can.RUN_WEEK, garden.pk),
        may_set=reach.can(Can.EDIT_GARDEN, garden.pk),
        wrong=sum(bool(row.errors) for row in rows),
    )


def _swaps_here(here: Facts) -> int:
    sizes = {size.pk for size in here.sizes}
    return sum(here.round is not None and one.place[0] == here.round.pk and one.place[1] in sizes for one in here.swaps)


def address(here: Facts, name: str, *more: object) -> str:
    return reverse(f"desk:{name}", args=[here.garden.code, here.week, *more])


def query(round: int | None, product: int | None = None, added: Iterable[int] = ()) -> str:
    """The part of the address that keeps the round, the product and the rows just added."""
    told = ",".join(map(str, added))
    parts = [("tournee", round), ("produit", product), ("ajoute", told)]
    return "?" + "&".join(f"{name}={value}" for name, value in parts if value)


def round_tabs(here: Facts) -> list[Tab]:
    if len(here.rounds) < 2:
        return []
    product = here.product.pk if here.product and len(here.products) > 1 else None
    return [Tab(one.name, query(one.pk, product), one == here.round) for one in here.rounds]


def _product_tabs(here: Facts) -> list[Tab]:
    if len(here.products) < 2:
        return []
    round = here.round.pk if here.round else None
    return [Tab(one.name, query(round, one.pk), one == here.product) for one in here.products]


def _heads(here: Facts) -> list[Head]:
    if here.round is None:
        return []
    prices = baskets.prices(here.garden)
    day = here.week.day(here.round.weekday)
    return [
        Head(size.pk, size.name, here.counts.get((here.round.pk, size.pk), 0), prices.on(size.pk, day))
        for size in here.sizes
    ]


def _sheet_row(row: Row) -> SheetRow:
    texts = {size: words.typed(milli, row.unit) for size, milli in row.held.items()}
    return SheetRow(row.produce, row.unit, price_text(row.unit_cents), row.unit_cents, texts, row.held)


def _empty_row(produce: Produce) -> SheetRow:
    return SheetRow(produce.pk, produce.unit, price_text(produce.unit_cents), produce.unit_cents, {}, {})


def price_text(cents: int) -> str:
    """An amount as one types it: "2,50"; nothing for 0."""
    return f"{cents // 100},{cents % 100:02}" if cents else ""


def added_in(text: str) -> list[int]:
    """The vegetables that the address asks to add."""
    return [int(one) for one in text.split(",")[:200] if one.isascii() and one.isdigit() and len(one) < 19]


def _added(here: Facts, text: str, there: set[int]) -> list[Produce]:
    wanted = [pk for pk in dict.fromkeys(added_in(text)) if pk in here.produce and pk not in there]
    return [here.produce[pk] for pk in wanted]


def _season(produce: Produce, week: Week) -> bool:
    return not produce.months or week.day(4).month in words.months_in(produce.months)


def _line(here: Facts, row: SheetRow, heads: list[Head], needs: Mapping[Key, list[Portion]]) -> Line:
    produce = here.produce[row.produce]
    cells = [_cell(row, head, produce.name) for head in heads]
    key = (row.produce, row.unit)
    note = ""
    if row.unit != produce.unit:
        note = _("compté en %(here)s ici, en %(there)s dans vos légumes") % {
            "here": words.unit_word(row.unit), "there": words.unit_word(produce.unit),
        }  # fmt: skip
    return Line(
        row.produce, produce.name, row.unit, words.unit_word(row.unit), row.price,
        euros(row.unit_cents or None), row.errors.get("price", ""), cells,
        _need(here, key, needs.get(key, [])),
        note,
    )  # fmt: skip


def _cell(row: SheetRow, head: Head, name: str) -> Cell:
    milli = row.held.get(head.pk, 0)
    return Cell(
        f"q{row.produce}_{head.pk}", f"{name}, {head.name}", row.texts.get(head.pk, ""), row.errors.get(str(head.pk), ""),
        head.name, words.quantity(milli, row.unit) if milli else "—",
    )  # fmt: skip


# --- Value ------------------------------------------------------------------------------------------


def _values(here: Facts, heads: list[Head], rows: list[Row]) -> list[Value]:
    before = _year(here, heads)
    found = []
    for head in heads:
        worth = content.value((row.held.get(head.pk, 0), row.unit_cents) for row in rows)
        stands = content.against_price(worth, head.price)
        year_worth, year_price, weeks = before[head.pk]
        if worth:
            year_worth, year_price, weeks = year_worth + worth, year_price + (head.price or 0), weeks + 1
        found.append(
            Value(head.pk, head.name, worth, head.price, words.TONES[stands], str(words.STANDS[stands]), year_worth, year_price, weeks)
        )  # fmt: skip
    return found


def _year(here: Facts, heads: list[Head]) -> dict[int, tuple[int, int, int]]:
    """Size → its value, its price and the number of weeks, on this round since the first week of the year. Two queries."""
    found = {head.pk: (0, 0, 0) for head in heads}
    if here.round is None:
        return found
    prices = baskets.prices(here.garden)
    rows = ContentLine.objects.filter(
        content__round=here.round, content__size__in=list(found), content__week__gte=Week(here.week.year, 1),
        content__week__lt=here.week,
    )  # fmt: skip
    put_in = Cast(Coalesce("packed_milli", "milli"), BigIntegerField())
    weekly = rows.values_list("content__size", "content__week").annotate(worth=Sum(put_in * F("unit_cents"))).order_by()
    for size, week, worth in weekly:
        value, price, weeks = found[size]
        of_week = prices.on(size, week.day(here.round.weekday)) or 0
        found[size] = (value + (worth + 500) // 1000, price + of_week, weeks + 1)
    return found


# --- Needs and harvest --------------------------------------------------------------------------------


def _needs(here: Facts, rows: list[Row]) -> dict[Key, list[Portion]]:
    """The week's need of each vegetable, in portions: this round as it stands on the page, the others as kept; baskets
    that swap it away do without, those that take it instead of another are portions of their own."""
    found: dict[Key, list[Portion]] = {}
    away = Counter((one.place, one.away) for one in here.swaps)

    def add(key: Key, place: Place, milli: int) -> None:
        keep = here.counts.get(place, 0) - away[place, key[0]]
        found.setdefault(key, []).append(Portion(place, keep, milli))

    shown = {size.pk for size in here.sizes}
    this = here.round.pk if here.round else 0
    for row in rows:
        for size, milli in row.held.items():
            if milli:
                add((row.produce, row.unit), (this, size), milli)
    for line in here.lines:
        if line.round != this or line.size not in shown:
            add((line.produce, line.unit), (line.round, line.size), line.milli)
    held = {(row.produce, size) for row in rows for size, milli in row.held.items() if milli}
    for one in here.swaps:
        if one.place[0] != this or one.place[1] not in shown or (one.away, one.place[1]) in held:
            found.setdefault((one.taken, one.unit), []).append(Portion(one.place, 1, one.milli or 0))
    for key in here.harvests:
        found.setdefault(key, [])
    return found


def _need(here: Facts, key: Key, portions: list[Portion]) -> Need:
    produce, unit = key
    need = content.needed(portions)
    word, tone = _rest(here.harvests.get(key), need, unit)
    url = f"{address(here, 'content_harvest', produce)}?unite={unit}"
    return Need(here.produce[produce].name, words.quantity(need, unit) if need else "—", url, word, tone)


def _rest(harvest: int | None, need: int, unit: str) -> tuple[str, str]:
    if harvest is None:
        return "", ""
    if harvest < need:
        return f"−{words.quantity(need - harvest, unit)}", "squash"
    if not need and harvest:
        return _("à répartir"), "carrot"
    return _("ok"), "leaf"


def _shortages(here: Facts, needs: Mapping[Key, list[Portion]]) -> list[Shortage]:
    found = []
    for key, portions in needs.items():
        harvest = here.harvests.get(key)
        if harvest is not None and (missing := content.needed(portions) - harvest) > 0:
            text = _("%(produce)s : il manque %(missing)s. %(touched)s") % {
                "produce": here.produce[key[0]].name,
                "missing": words.quantity(missing, key[1]),
                "touched": touched(here, portions),
            }
            found.append(Shortage(text, f"{address(here, 'content_harvest', key[0])}?unite={key[1]}"))
    return found


def touched(here: Facts, portions: Iterable[Portion]) -> str:
    """What a shortage touches: how many baskets, which sizes, which rounds."""
    hit = [portion for portion in portions if portion.total]
    count = sum(portion.baskets for portion in hit)
    sizes = {portion.place[1] for portion in hit}
    rounds = {portion.place[0] for portion in hit}
    names = ", ".join(size.name for size in here.all_sizes if size.pk in sizes)
    days = ", ".join(one.name for one in here.rounds if one.pk in rounds)
    return ngettext(
        "Cela touche %(count)s panier (%(sizes)s) : %(rounds)s.", "Cela touche %(count)s paniers (%(sizes)s) : %(rounds)s.", count
    ) % {"count": count, "sizes": names, "rounds": days}  # fmt: skip


def copies(here: Facts) -> list[Copy]:
    """Where this round's content may come from: last time, then the other rounds of the week. One query."""
    if here.round is None:
        return []
    sizes = [size.pk for size in here.sizes]
    before = Content.objects.filter(round=here.round, size__in=sizes, week__lt=here.week).order_by("-week")
    last = before.values_list("week", flat=True).first()
    found = []
    if last:
        label = (
            _("Reprendre la semaine dernière")
            if last == here.week - 1
            else _("Reprendre la semaine %(n)s") % {"n": last.number}
        )
        found.append(Copy(label, here.round.pk, last))
    composed = {line.round for line in here.lines if line.size in set(sizes)}
    others = [one for one in here.rounds if one != here.round and one.pk in composed]
    return found + [Copy(_("Comme « %(round)s »") % {"round": one.name}, one.pk, here.week) for one in others]


def ways_of(garden: Garden) -> Ways:
    """The garden's ways, or those that suit most when it has not chosen. One query."""
    return Ways.objects.filter(garden=garden).first() or Ways(garden=garden)


# --- The harvest of one vegetable ---------------------------------------------------------------------


@dataclass(frozen=True)
class PlaceLine:
    """One line of the harvest page: a size (on every round, or on one), its baskets, what each should get."""

    name: str
    label: str
    baskets: int
    before: str
    text: str
    milli: int
    most: int
    total: str
    error: str = ""


@dataclass(frozen=True)
class Way:
    """A way to hand out, with its address."""

    label: str
    detail: str
    url: str
    current: bool


@dataclass(frozen=True)
class HarvestPage:
    """What was harvested of a vegetable, what the baskets need of it, and what to do with the difference."""

    garden: Garden
    week: Week
    produce: Produce
    unit: str
    unit_word: str
    step: int
    harvest: str
    milli: int | None
    error: str
    need: str
    outcome: str
    detail: str
    tone: str
    ways: list[Way]
    ratios: list[tuple[str, str, str]]
    by_ratio: bool
    places: list[PlaceLine]
    left: str
    short: bool
    way: str
    gone: str  # already packed, on rounds that do not change any more
    asked: str  # what members take of it instead of another
    may_write: bool


@dataclass(frozen=True)
class HarvestFacts:
    """A vegetable in a week: the places that may hold it, and what each holds now."""

    facts: Facts
    produce: Produce
    unit: str
    portions: list[Portion]
    prices: dict[Place, int]
    kept: int | None  # what was noted before
    gone: int  # what is already packed, on the rounds that are
    asked: int  # what members take of it instead of another, on the others

    def free(self, harvest: int) -> int:
        """What of a harvest is still to hand out."""
        return max(harvest - self.gone - self.asked, 0)

    @property
    def step(self) -> int:
        return content.step_of(self.unit)

    def sizes(self) -> list[BasketSize]:
        here = {portion.place[1] for portion in self.portions}
        return [size for size in self.facts.all_sizes if size.pk in here]


def harvest_facts(garden: Garden, week: Week, produce: Produce, unit: str = "") -> HarvestFacts:
    """The places of the week where this vegetable may go: rounds not packed yet, sizes that hold vegetables. A constant
    number of queries."""
    here = facts(garden, week)
    mine = [line for line in here.lines if line.produce == produce.pk]
    known = [line.unit for line in mine] + [one for pk, one in here.harvests if pk == produce.pk] + [produce.unit]
    unit = unit if unit in known or unit in dict(words.units()) else known[0]
    packed = set(
        Content.objects.filter(round__garden=garden, week=week).exclude(packed_at=None).values_list("round", flat=True)
    )
    held = {(line.round, line.size): line for line in mine if line.unit == unit}
    keep = here.keep(produce.pk)
    taken = [one for one in here.swaps if (one.taken, one.unit) == (produce.pk, unit)]
    gone = sum(one.milli or 0 for one in taken if one.place[0] in packed)
    asked = sum(one.milli or 0 for one in taken) - gone
    gone += sum(keep.get(place, 0) * line.put_in for place, line in held.items() if place[0] in packed)
    prices = baskets.prices(garden)
    offered = {size.pk for size in here.sizes}
    portions, priced = [], {}
    for round in here.rounds:
        for size in here.all_sizes:
            place = (round.pk, size.pk)
            to_fill = size.pk in offered and here.counts.get(place)
            if round.pk in packed or not (to_fill or place in held):
                continue
            portions.append(Portion(place, keep.get(place, 0), held[place].milli if place in held else 0))
            priced[place] = prices.on(size.pk, week.day(round.weekday)) or 0
    return HarvestFacts(here, produce, unit, portions, priced, here.harvests.get((produce.pk, unit)), gone, asked)


def propose(found: HarvestFacts, harvest: int, way: str, ratios: Mapping[int, int]) -> tuple[str, list[Portion]]:
    """The way that is followed, and what each place gets. An unknown way falls back on what the harvest calls for."""
    portions, step = found.portions, found.step
    need = content.needed(portions)
    if way == "garder" and need <= harvest:
        return way, portions
    if way == "prix":
        return way, content.split(harvest, portions, found.prices, step)
    if way == "parts":
        return way, content.split(harvest, portions, {one.place: ratios.get(one.place[1], 0) for one in portions}, step)
    if way == "retirer":
        return way, [replace(one, milli=0) for one in portions]
    if way == "tous" and harvest < need:
        return way, content.reduce_all(harvest, portions, step)
    if way.startswith("taille-"):
        size = next((one.pk for one in found.sizes() if way == f"taille-{one.pk}"), None)
        reduced = content.reduce_size(harvest, portions, size, step) if size else None
        if reduced is not None:
            return way, reduced
    return propose(found, harvest, _default_way(found, harvest, need), ratios)


def _default_way(found: HarvestFacts, harvest: int, need: int) -> str:
    if not harvest:
        return "retirer"
    if not need:
        return "prix"
    if need <= harvest:
        return "garder"
    return next((way for way, _label in _reductions(found, harvest)), "retirer")


@dataclass(frozen=True)
class TypedHarvest:
    """What was typed on the harvest page: the amount, the way, the parts by size, and what each place should get."""

    text: str = ""
    milli: int | None = None
    error: str = ""
    way: str = ""
    ratios: Mapping[int, str] = field(default_factory=dict)
    weights: Mapping[int, int] = field(default_factory=dict)
    given: Mapping[str, str] | None = None
    wrong: Mapping[str, str] = field(default_factory=dict)
    portions: Sequence[Portion] | None = None


def harvest_page(found: HarvestFacts, typed: TypedHarvest, may_write: bool) -> HarvestPage:
    """The page of one vegetable's harvest, with a proposal once an amount is known."""
    here, unit = found.facts, found.unit
    milli = typed.milli if typed.milli is not None or typed.error else found.kept
    free = None if milli is None else found.free(milli)
    way, proposed = propose(found, free, typed.way, typed.weights) if free is not None else ("", [])
    if typed.portions is not None:
        proposed = list(typed.portions)
    left = (free or 0) - content.needed(proposed)
    outcome, detail, tone = _outcome(found, free)
    return HarvestPage(
        garden=here.garden,
        week=here.week,
        produce=found.produce,
        unit=unit,
        unit_word=words.unit_word(unit, 2000),
        step=found.step,
        harvest=typed.text or (words.typed(found.kept, unit, grams=False) or "0" if found.kept is not None else ""),
        milli=milli,
        error=typed.error,
        need=words.quantity(content.needed(found.portions) + found.asked, unit),
        outcome=outcome,
        detail=detail,
        tone=tone,
        ways=_ways(found, milli, free, way) if milli is not None and free is not None else [],
        gone=words.quantity(found.gone, unit) if found.gone else "",
        asked=words.quantity(found.asked, unit) if found.asked else "",
        ratios=[(f"r{size.pk}", size.name, typed.ratios.get(size.pk, "1")) for size in found.sizes()],
        by_ratio=way == "parts",
        places=_places(found, proposed, typed),
        left=left_words(left, unit),
        short=left < 0,
        way=way,
        may_write=may_write,
    )


def left_words(left: int, unit: str) -> str:
    """What stays over once handed out, or what is missing, as a sentence."""
    if left < 0:
        return _("C’est %(more)s de plus que récolté.") % {"more": words.quantity(-left, unit)}
    return _("Il reste %(left)s.") % {"left": words.quantity(left, unit)} if left else _("Tout est réparti.")


def _outcome(found: HarvestFacts, milli: int | None) -> tuple[str, str, str]:
    """What the harvest means for the baskets: a title, a sentence, a tone."""
    if milli is None:
        return "", "", ""
    need, unit = content.needed(found.portions), found.unit
    if not milli and need:
        return _("Rien n’a été récolté"), _("Ce légume sort des paniers. %(touched)s") % {"touched": touched(found.facts, found.portions)}, "warning"  # fmt: skip
    if milli < need:
        title = _("Il manque %(missing)s sur %(need)s") % {
            "missing": words.quantity(need - milli, unit),
            "need": words.quantity(need, unit),
        }
        return title, touched(found.facts, found.portions), "warning"
    if need:
        rest = milli - need
        detail = (
            _("Il reste %(rest)s une fois les paniers faits.") % {"rest": words.quantity(rest, unit)}
            if rest
            else _("Il ne reste rien.")
        )
        return _("Il y a assez pour tous les paniers"), detail, "success"
    if not milli:
        return _("Rien n’a été récolté"), _("Ce légume n’est dans aucun panier : il n’y a rien à changer."), "info"
    return (
        _("Voici un partage"),
        _("Chaque quantité est arrondie vers le bas. Changez ce que vous voulez, puis enregistrez."),
        "info",
    )


def _ways(found: HarvestFacts, harvest: int, milli: int, current: str) -> list[Way]:
    """The choices that make sense: keep or reduce what is planned, share anew, do without. `harvest`: what was typed;
    `milli`: what of it is still to hand out."""
    need = content.needed(found.portions)
    offered: list[tuple[str, str]] = []
    if need and milli >= need:
        offered.append(("garder", _("Garder ce qui est prévu")))
    if need and 0 < milli < need:
        offered += _reductions(found, milli)
    if any(one.milli for one in content.split(milli, found.portions, found.prices, found.step)):
        offered += [("prix", _("Partager selon le prix des paniers")), ("parts", _("Partager selon des parts"))]
    if need:
        offered.append(("retirer", _("S’en passer cette semaine")))
    base = f"?unite={found.unit}&recolte={words.typed(harvest, found.unit, grams=False) or 0}&selon="
    return [Way(label, _way_detail(found, milli, way), base + way, way == current) for way, label in offered]


def _reductions(found: HarvestFacts, milli: int) -> list[tuple[str, str]]:
    """The ways to give less that leave something in a basket: everybody the same, or one size alone."""
    offered = []
    if any(one.milli for one in content.reduce_all(milli, found.portions, found.step)):
        offered.append(("tous", _("Réduire partout pareil")))
    for size in found.sizes():
        reduced = content.reduce_size(milli, found.portions, size.pk, found.step)
        if reduced is None or not any(one.milli for one in reduced):
            continue
        kept = any(one.milli for one in reduced if one.place[1] == size.pk)
        label = _("Réduire seulement « %(size)s »") if kept else _("Rien pour « %(size)s », le reste comme prévu")
        offered.append((f"taille-{size.pk}", label % {"size": size.name}))
    return offered


def _way_detail(found: HarvestFacts, milli: int, way: str) -> str:
    """What each size would get that way, in short."""
    if way in ("parts", "retirer"):
        return ""
    _followed, portions = propose(found, milli, way, {})
    told: dict[str, list[int]] = {}
    for portion in portions:
        name = next(size.name for size in found.facts.all_sizes if size.pk == portion.place[1])
        told.setdefault(name, []).append(portion.milli)
    return " · ".join(
        f"{name} {words.quantity(min(each), found.unit)}"
        + ("" if min(each) == max(each) else f" – {words.quantity(max(each), found.unit)}")
        for name, each in told.items()
    )


def together(portions: Sequence[Portion]) -> bool:
    """Whether each size gets the same on every round, so that one line a size is enough."""
    by_size: dict[int, set[int]] = defaultdict(set)
    for portion in portions:
        by_size[portion.place[1]].add(portion.milli)
    return all(len(each) == 1 for each in by_size.values())


def field_name(place: Place, one_line: bool) -> str:
    return f"q0_{place[1]}" if one_line else f"q{place[0]}_{place[1]}"


def _places(found: HarvestFacts, proposed: Sequence[Portion], typed: TypedHarvest) -> list[PlaceLine]:
    one_line = together(found.portions) and together(proposed)
    if typed.given is not None:
        one_line = any(name.startswith("q0_") for name in typed.given)
    grouped: dict[str, list[Portion]] = defaultdict(list)
    for portion in proposed:
        grouped[field_name(portion.place, one_line)].append(portion)
    return [_place(found, name, some, typed, one_line) for name, some in grouped.items()]


def _place(found: HarvestFacts, name: str, some: list[Portion], typed: TypedHarvest, one_line: bool) -> PlaceLine:
    unit, first = found.unit, some[0]
    size = next(one.name for one in found.facts.all_sizes if one.pk == first.place[1])
    round = next(one.name for one in found.facts.rounds if one.pk == first.place[0])
    label = size if one_line or len(found.facts.rounds) == 1 else f"{size}, {round}"
    before = next(one.milli for one in found.portions if one.place == first.place)
    count = sum(one.baskets for one in some)
    text = (typed.given or {}).get(name, words.typed(first.milli, unit, grams=False) or "0")
    most = max(2 * max(before, first.milli), found.step * 20)
    return PlaceLine(
        name, label, count, words.quantity(before, unit) if before else "—", text, first.milli, -(-most // found.step) * found.step,
        words.quantity(first.milli * count, unit), typed.wrong.get(name, ""),
    )  # fmt: skip


def harvest_told(found: HarvestFacts, typed: TypedHarvest) -> str:
    """What was just written, as a sentence."""
    name, milli = found.produce.name, typed.milli or 0
    if typed.portions is None:
        return _("%(name)s : récolte notée, %(harvest)s.") % {
            "name": name,
            "harvest": words.quantity(milli, found.unit),
        }
    given = content.needed(typed.portions)
    if not any(portion.milli for portion in typed.portions):
        return _("%(name)s : retiré des paniers de la semaine.") % {"name": name}
    return _("%(name)s : %(given)s dans les paniers. %(left)s") % {
        "name": name, "given": words.quantity(given, found.unit),
        "left": left_words(found.free(milli) - given, found.unit),
    }  # fmt: skip


# --- What was packed ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class PackedLine:
    """One vegetable: what was planned and what was put in, by size."""

    name: str
    unit_word: str
    cells: list[tuple[Cell, str]]  # with what was planned


@dataclass(frozen=True)
class PackedPage:
    """What was really put in the baskets of one round."""

    garden: Garden
    week: Week
    round: Round
    tabs: list[Tab]
    sizes: list[BasketSize]
    lines: list[PackedLine]
    packed: bool
    may_write: bool
    wrong: int


def packed_rows(here: Facts) -> list[SheetRow]:
    """The rows of every size that the round holds, with what was put in each; as planned until somebody says otherwise."""
    if here.round is None:
        return []
    found = []
    for row in here.here:
        put_in = {
            line.size: line.put_in
            for line in here.lines
            if (line.round, line.produce) == (here.round.pk, row.produce) and line.size in row.held
        }
        texts = {size: words.typed(milli, row.unit) or "0" for size, milli in put_in.items()}
        found.append(SheetRow(row.produce, row.unit, price_text(row.unit_cents), row.unit_cents, texts, put_in))
    return found


def packed_page(here: Facts, rows: Sequence[SheetRow], reach: Reach) -> PackedPage:
    """The page where it is noted what was really packed."""
    assert here.round is not None
    planned = {(line.size, line.produce): line.milli for line in here.lines if line.round == here.round.pk}
    lines = []
    for row in rows:
        name = here.produce[row.produce].name
        cells = [
            (
                _cell(row, Head(size.pk, size.name, 0, None), name),
                words.quantity(planned[size.pk, row.produce], row.unit),
            )
            if size.pk in row.held
            else (Cell("", "", "", "", size.name, "—"), "")
            for size in here.sizes
        ]
        lines.append(PackedLine(name, words.unit_word(row.unit), cells))
    return PackedPage(
        here.garden, here.week, here.round, round_tabs(here), here.sizes, lines, here.packed,
        reach.can(Can.RUN_WEEK, here.garden.pk), sum(bool(row.errors) for row in rows),
    )  # fmt: skip

"""What is done about the content of baskets: the garden's vegetables, composing, harvest, packing, publishing, the slip."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from cageot.baskets import queries
from cageot.baskets.actions import Refused, one_at_a_time
from cageot.baskets.models import Content, ContentLine, Harvest, Produce, Round, Slip, SwapOffer
from cageot.baskets.rules import content as content_rules
from cageot.baskets.rules.content import Place, Portion, Row, needed, print_of
from cageot.baskets.swaps import drop_what_fits_no_more
from cageot.core.week import Week
from cageot.network.actions import record
from cageot.network.models import Garden, Person

# --- Refusals -------------------------------------------------------------------------------------


class AlreadyNamed(Refused):
    """The garden has a vegetable of that name already: `there`."""

    def __init__(self, there: Produce) -> None:
        self.there = there


class AlreadyPacked(Refused):
    """What was really packed has been noted: the plan does not change any more."""


class NotComposed(Refused):
    """There is no content there: nothing to copy, to publish or to pack."""


class ContentChanged(Refused):
    """Somebody changed this content since it was shown."""


class HandedOutMore(Refused):
    """More would be put in the baskets than was harvested: `milli` too much, in thousandths."""

    def __init__(self, milli: int) -> None:
        self.milli = milli


# --- The garden's vegetables ------------------------------------------------------------------------


@dataclass(frozen=True)
class CatalogueLine:
    """A vegetable or fruit of the shared catalogue. `grams`: usual weight of a unit; `cents`: a price to start from."""

    code: str
    name: str
    unit: str
    grams: int | None
    cents: int
    months: str
    allergens: str


@cache
def catalogue() -> tuple[CatalogueLine, ...]:
    """The shared catalogue, in French (source and licence in docs/data-sources.md)."""
    text = resources.files("cageot.baskets").joinpath("data/produce.tsv").read_text(encoding="utf-8")
    return tuple(
        CatalogueLine(code, name, unit, int(grams) if grams else None, int(cents), months, allergens)
        for code, name, unit, grams, cents, months, allergens in (line.split("\t") for line in text.splitlines()[1:])
    )


def open_catalogue(garden: Garden, *, by: Person | None, at: datetime) -> int:
    """Give the garden its own copy of the catalogue, if it has no vegetable yet. Returns how many were copied."""
    if Produce.objects.filter(garden=garden).exists():
        return 0
    with transaction.atomic():
        made = Produce.objects.bulk_create(
            (
                Produce(
                    garden=garden, code=line.code, name=line.name, unit=line.unit, grams=line.grams, unit_cents=line.cents,
                    months=line.months, allergens=line.allergens,
                )
                for line in catalogue()
            ),
            ignore_conflicts=True,
        )  # fmt: skip
        record("baskets.catalogue_opened", by=by, at=at, garden=garden, count=len(made))
    return len(made)


def add_produce(garden: Garden, *, name: str, by: Person | None, at: datetime, **details: Any) -> Produce:
    """A vegetable of the garden's own. `details` are its columns. Refusal: AlreadyNamed."""
    code = slugify(name)[:40] or "legume"
    with transaction.atomic():
        one_at_a_time(garden)
        if there := _named(garden, name):
            raise AlreadyNamed(there)
        taken = set(Produce.objects.filter(garden=garden, code__startswith=code[:36]).values_list("code", flat=True))
        free = next(one for one in [code, *(f"{code[:36]}-{n}" for n in range(2, 1000))] if one not in taken)
        produce = Produce.objects.create(garden=garden, code=free, name=name, **details)
        record("baskets.produce_added", by=by, at=at, garden=garden, about=produce)
    return produce


def change_produce(produce: Produce, *, by: Person | None, at: datetime, **details: Any) -> list[str]:
    """Change what is known of a vegetable; contents already composed keep their unit and price. Refusal: AlreadyNamed.

    Returns the names of the columns that changed.
    """
    changed = sorted(name for name, value in details.items() if getattr(produce, name) != value)
    with transaction.atomic():
        one_at_a_time(produce.garden)
        there = _named(produce.garden, str(details.get("name", produce.name)))
        if there and there.pk != produce.pk:
            raise AlreadyNamed(there)
        if changed:
            Produce.objects.filter(pk=produce.pk).update(**{name: details[name] for name in changed})
            record("baskets.produce_changed", by=by, at=at, garden=produce.garden, about=produce, fields=changed)
    return changed


def _named(garden: Garden, name: str) -> Produce | None:
    wanted = name.strip().casefold()
    rows = Produce.objects.filter(garden=garden)
    return next((one for one in rows if one.name.casefold() == wanted), None)


def set_aside(produce: Produce, *, on: date | None, by: Person | None, at: datetime) -> None:
    """No longer offer a vegetable from a day on; None offers it again. Contents that hold it keep it."""
    with transaction.atomic():
        Produce.objects.filter(pk=produce.pk).update(archived_on=on)
        verb = "baskets.produce_set_aside" if on else "baskets.produce_taken_back"
        record(verb, by=by, at=at, garden=produce.garden, about=produce)


# --- Composing --------------------------------------------------------------------------------------


def compose(
    round: Round, week: Week, *, sizes: Iterable[int], rows: Sequence[Row], seen: str | None, by: Person | None, at: datetime
) -> None:  # fmt: skip
    """Write what these sizes hold on a round of a week, in the order of `rows`; what is not in them is taken out.

    `seen` is the print of the content that the person was shown; None does not mind.
    Refusals: AlreadyPacked, ContentChanged.
    """
    sizes = list(sizes)
    with transaction.atomic():
        one_at_a_time(round.garden)
        if seen is not None and seen != print_of(queries.content_rows(round, week, sizes)):
            raise ContentChanged
        _write(round, week, sizes, rows)
        drop_what_fits_no_more(round, week, at=at)
        lines = sum(bool(milli) for row in rows for milli in row.held.values())
        record("baskets.composed", by=by, at=at, garden=round.garden, about=round, week=str(week), lines=lines)


def _write(round: Round, week: Week, sizes: list[int], rows: Sequence[Row]) -> None:
    """The lines of a round as they shall be; what could be swapped still can. A content that holds nothing any more goes
    away."""
    contents = {one.size_id: one for one in Content.objects.filter(round=round, week=week, size__in=sizes)}
    if any(one.packed_at for one in contents.values()):
        raise AlreadyPacked
    held = [size for size in sizes if any(row.held.get(size) for row in rows)]
    published = max((one.published_at for one in contents.values() if one.published_at), default=None)
    Content.objects.bulk_create(
        Content(round=round, week=week, size_id=size, published_at=published) for size in held if size not in contents
    )
    Content.objects.filter(round=round, week=week, size__in=set(sizes) - set(held)).delete()
    before = ContentLine.objects.filter(content__round=round, content__week=week, content__size__in=held)
    swappable = set(before.filter(swappable=True).values_list("content__size", "produce"))
    before.delete()
    of_size = dict(Content.objects.filter(round=round, week=week, size__in=held).values_list("size", "pk"))
    ContentLine.objects.bulk_create(
        ContentLine(
            content_id=of_size[size], produce_id=row.produce, rank=rank, milli=milli, unit=row.unit, unit_cents=row.unit_cents,
            swappable=(size, row.produce) in swappable,
        )
        for rank, row in enumerate(rows)
        for size, milli in row.held.items()
        if milli and size in of_size
    )  # fmt: skip


def copy_content(
    round: Round,
    week: Week,
    *,
    from_round: Round,
    from_week: Week,
    sizes: Iterable[int],
    by: Person | None,
    at: datetime,
) -> int:
    """Put in a round's baskets what another round, or another week, was planned to hold, with what may be swapped there.
    Returns how many vegetables.

    Refusals: NotComposed when there is nothing to copy; AlreadyPacked.
    """
    sizes = list(sizes)
    with transaction.atomic():
        one_at_a_time(round.garden)
        rows = queries.content_rows(from_round, from_week, sizes)
        if not rows:
            raise NotComposed
        _write(round, week, sizes, rows)
        _copy_swaps(round, week, from_round, from_week, sizes)
        drop_what_fits_no_more(round, week, at=at)
        record("baskets.content_copied", by=by, at=at, garden=round.garden, about=round, week=str(week),
               from_week=str(from_week), from_round=from_round.pk)  # fmt: skip
    return len(rows)


def _copy_swaps(round: Round, week: Week, from_round: Round, from_week: Week, sizes: list[int]) -> None:
    """What may go and what is offered instead, as it was there."""
    here = dict(Content.objects.filter(round=round, week=week, size__in=sizes).values_list("size", "pk"))
    source = Content.objects.filter(round=from_round, week=from_week, size__in=sizes)
    going = ContentLine.objects.filter(content__in=source, swappable=True).values_list("content__size", "produce")
    _set_swaps(
        here, {size: {pk for of, pk in going if of == size} for size in here},
        [
            SwapOffer(content_id=here[one.content.size_id], produce_id=one.produce_id, rank=one.rank, milli=one.milli, unit=one.unit)
            for one in SwapOffer.objects.filter(content__in=source).select_related("content")
            if one.content.size_id in here
        ],
    )  # fmt: skip


def _set_swaps(contents: Mapping[int, int], going: Mapping[int, Iterable[int]], offers: list[SwapOffer]) -> None:
    """Size → content, and size → the vegetables that may go; those that are offered."""
    lines = list(ContentLine.objects.filter(content__in=contents.values()).select_related("content"))
    for line in lines:
        line.swappable = line.produce_id in going.get(line.content.size_id, ())
    ContentLine.objects.bulk_update(lines, ["swappable"], batch_size=500)
    SwapOffer.objects.filter(content__in=contents.values()).delete()
    SwapOffer.objects.bulk_create(offers)


# --- Swaps ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """A vegetable that may be taken instead of another, and how much of it."""

    produce: int
    milli: int
    unit: str


def offer_swaps(
    round: Round, week: Week, *, going: Mapping[int, Iterable[int]], offers: Mapping[int, Sequence[Offer]], by: Person | None, at: datetime
) -> int:  # fmt: skip
    """Say, size by size, which vegetables members may give back and which they may take instead. Returns how many swaps,
    made before, are dropped for it. Refusals: NotComposed, AlreadyPacked."""
    with transaction.atomic():
        one_at_a_time(round.garden)
        contents = {one.size_id: one for one in Content.objects.filter(round=round, week=week, size__in=[*offers])}
        if not contents:
            raise NotComposed
        if any(one.packed_at for one in contents.values()):
            raise AlreadyPacked
        rows = [
            SwapOffer(content=content, produce_id=one.produce, rank=rank, milli=one.milli, unit=one.unit)
            for size, content in contents.items()
            for rank, one in enumerate(offers[size])
        ]
        _set_swaps({size: content.pk for size, content in contents.items()}, going, rows)
        dropped = drop_what_fits_no_more(round, week, at=at)
        record(
            "baskets.swaps_offered", by=by, at=at, garden=round.garden, about=round, week=str(week), offers=len(rows)
        )
    return dropped


# --- The harvest ------------------------------------------------------------------------------------


def note_harvest(
    produce: Produce, week: Week, *, milli: int, unit: str, portions: Sequence[Portion] | None = None, by: Person | None, at: datetime
) -> None:  # fmt: skip
    """Keep what was harvested of a vegetable for a week, in thousandths of `unit`; and, with `portions`, put that much
    of it in the baskets of those rounds and sizes. A quantity of 0 takes it out.

    Refusals: HandedOutMore than was harvested, counting the rounds that `portions` leave alone; AlreadyPacked.
    """
    garden = produce.garden
    with transaction.atomic():
        one_at_a_time(garden)
        Harvest.objects.update_or_create(
            garden=garden, week=week, produce=produce, unit=unit, defaults={"milli": milli, "by": by, "at": at}
        )
        if portions is not None:
            _hand_out(produce, week, milli, unit, portions)
            for round in Round.objects.filter(pk__in={portion.place[0] for portion in portions}):
                drop_what_fits_no_more(round, week, at=at)
        record("baskets.harvest_noted", by=by, at=at, garden=garden, about=produce, week=str(week))


def _hand_out(produce: Produce, week: Week, harvest: int, unit: str, portions: Sequence[Portion]) -> None:
    counts, swaps = queries.baskets_to_make(produce.garden, week), queries.swaps_of_week(produce.garden, week)
    keep = content_rules.keeping(counts, produce.pk, ((one.place, one.away) for one in swaps))
    asked = sum(one.milli or 0 for one in swaps if (one.taken, one.unit) == (produce.pk, unit))
    wanted = {portion.place: portion.milli for portion in portions}
    there = {portion.place: portion for portion in queries.portions_of(produce, week, unit)}
    all_of_it = [
        Portion(place, keep.get(place, 0), wanted.get(place, there[place].milli if place in there else 0))
        for place in {*wanted, *there}
    ]
    if (too_much := needed(all_of_it) + asked - harvest) > 0:
        raise HandedOutMore(too_much)
    by_round: dict[int, dict[int, int]] = defaultdict(dict)
    for (pk, size), milli in wanted.items():
        by_round[pk][size] = milli
    for round in Round.objects.filter(garden=produce.garden, pk__in=by_round):
        held = by_round[round.pk]
        before = queries.content_rows(round, week, None)
        rows = [row for row in before if row.produce != produce.pk]
        mine = next((row for row in before if row.produce == produce.pk), None)
        new = Row(produce.pk, unit, mine.unit_cents if mine and mine.unit == unit else produce.unit_cents,
                  (dict(mine.held) if mine and mine.unit == unit else {}) | held)  # fmt: skip
        rows.insert(before.index(mine) if mine else len(rows), new)
        _write(round, week, sorted({*held, *(size for row in rows for size in row.held)}), rows)


# --- Packed, published ------------------------------------------------------------------------------


def note_packed(round: Round, week: Week, *, packed: Mapping[Place, int], by: Person | None, at: datetime) -> None:
    """Note what was really put in the baskets of a round: (size, vegetable) → thousandths. What is not told was as
    planned. Refusal: NotComposed."""
    with transaction.atomic():
        one_at_a_time(round.garden)
        if not Content.objects.filter(round=round, week=week).update(packed_at=at):
            raise NotComposed
        lines = list(ContentLine.objects.filter(content__round=round, content__week=week).select_related("content"))
        for line in lines:
            told = packed.get((line.content.size_id, line.produce_id), line.milli)
            line.packed_milli = None if told == line.milli else told
        ContentLine.objects.bulk_update(lines, ["packed_milli"], batch_size=500)
        differ = sum(line.packed_milli is not None for line in lines)
        record("baskets.packed", by=by, at=at, garden=round.garden, about=round, week=str(week), differ=differ)


def forget_packed(round: Round, week: Week, *, by: Person | None, at: datetime) -> None:
    """Nothing was packed yet after all: the plan may change again."""
    with transaction.atomic():
        one_at_a_time(round.garden)
        Content.objects.filter(round=round, week=week).update(packed_at=None)
        ContentLine.objects.filter(content__round=round, content__week=week).update(packed_milli=None)
        record("baskets.packing_forgotten", by=by, at=at, garden=round.garden, about=round, week=str(week))


def publish(round: Round, week: Week, *, by: Person | None, at: datetime) -> bool:
    """Let the content of a round be read where the garden chose. Publishing again keeps the first moment.
    Returns whether something was not published before. Refusal: NotComposed."""
    with transaction.atomic():
        rows = Content.objects.filter(round=round, week=week)
        if not rows.exists():
            raise NotComposed
        published = rows.filter(published_at=None).update(published_at=at)
        if published:
            record("baskets.content_published", by=by, at=at, garden=round.garden, about=round, week=str(week))
    return bool(published)


def withdraw(round: Round, week: Week, *, by: Person | None, at: datetime) -> None:
    """Show the content of a round to nobody any more."""
    with transaction.atomic():
        if Content.objects.filter(round=round, week=week).exclude(published_at=None).update(published_at=None):
            record("baskets.content_withdrawn", by=by, at=at, garden=round.garden, about=round, week=str(week))


def unpublish(round: Round, week: Week, *, since: datetime, by: Person | None, at: datetime) -> None:
    """Take back the publication of a round's content that began at `since`, and no other. Refusal: NotComposed."""
    with transaction.atomic():
        if not Content.objects.filter(round=round, week=week, published_at=since).update(published_at=None):
            raise NotComposed
        record("baskets.content_withdrawn", by=by, at=at, garden=round.garden, about=round, week=str(week))


# --- The slip ---------------------------------------------------------------------------------------


def write_slip(garden: Garden, week: Week, *, by: Person | None, at: datetime, **texts: str) -> Slip:
    """The texts of the week's slip: news, recipe_title, recipe, workshop."""
    with transaction.atomic():
        slip, _made = Slip.objects.update_or_create(garden=garden, week=week, defaults={**texts, "by": by, "at": at})
        record("baskets.slip_written", by=by, at=at, garden=garden, about=slip, week=str(week))
    return slip

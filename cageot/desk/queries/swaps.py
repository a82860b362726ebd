"""The page where a garden says what members may give back of a basket, and what they may take instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from cageot.baskets.content import Offer
from cageot.baskets.models import ContentLine, Produce, Round, SwapOffer
from cageot.baskets.rules.swaps import last_day
from cageot.core.week import Week
from cageot.desk import words_content as words
from cageot.desk.queries import content
from cageot.desk.queries.produce import plain
from cageot.network.models import Garden
from cageot.network.rules.reach import Can, Reach


@dataclass(frozen=True)
class Going:
    """A vegetable of the basket that may be given back, when it is ticked."""

    name: str
    label: str
    ticked: bool


@dataclass(frozen=True)
class Taking:
    """A vegetable that may be taken, with its quantity as typed; empty: it is not offered."""

    produce: int
    name: str
    label: str
    unit: str
    unit_word: str
    text: str
    error: str = ""


@dataclass(frozen=True)
class OfSize:
    """What is said of one size. `said`: the garden has said it already, otherwise this is only a proposal."""

    pk: int
    name: str
    said: bool
    going: list[Going]
    taking: list[Taking]
    more: int  # one vegetable more, as typed: which, how much, and what is wrong with it
    more_text: str
    more_error: str


@dataclass(frozen=True)
class Typed:
    """What was read from the form: what may go and what is offered, by size; the texts, and what is wrong, by field."""

    going: Mapping[int, list[int]]
    offers: Mapping[int, list[Offer]]
    ticked: frozenset[str] = frozenset()
    texts: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SwapsPage:
    """The swaps of one round's baskets. `asked`: what members asked for, as words and how many times."""

    garden: Garden
    week: Week
    round: Round
    product: int
    tabs: list[content.Tab]
    sizes: list[OfSize]
    more: list[Produce]
    asked: list[tuple[str, int]]
    allowed: int
    until: date
    packed: bool
    published: bool
    shown: bool
    may_write: bool
    wrong: int

    @property
    def writable(self) -> bool:
        return self.may_write and not self.packed


def taken_words(away: str, taken: str, milli: int, unit: str) -> str:
    """ "Carotte (0,8 kg) au lieu de Betterave": what whoever packs reads, on screen and on paper, which has no arrows."""
    said_of = {"away": away, "taken": taken, "amount": words.quantity(milli, unit)}
    return _("%(taken)s (%(amount)s) au lieu de %(away)s") % said_of


def offered(here: content.Facts) -> tuple[dict[int, set[int]], dict[int, list[SwapOffer]]]:
    """By size: the vegetables that may go, and what is offered, on the round that is shown. Two queries."""
    pks = [one.pk for one in here.marks.values()]
    going: dict[int, set[int]] = {}
    lines = ContentLine.objects.filter(content__in=pks, swappable=True)
    for size, produce in lines.values_list("content__size", "produce"):
        going.setdefault(size, set()).add(produce)
    found: dict[int, list[SwapOffer]] = {}
    for one in SwapOffer.objects.filter(content__in=pks).select_related("content"):
        found.setdefault(one.content.size_id, []).append(one)
    return going, found


def candidates(here: content.Facts, size: int, offers: Iterable[SwapOffer]) -> dict[int, tuple[str, int]]:
    """Vegetable → unit and quantity in which it would be offered: as it is offered, else as in this size, else as in another."""
    found = {one.produce_id: (one.unit, one.milli) for one in offers}
    lines = [line for line in here.lines if here.round and line.round == here.round.pk]
    shown = {one.pk for one in here.sizes}
    for line in sorted(lines, key=lambda line: line.size != size):
        if line.size in shown:
            found.setdefault(line.produce, (line.unit, line.milli))
    return found


def swaps_page(here: content.Facts, today: date, reach: Reach, typed: Typed | None = None) -> SwapsPage:
    """The page of the round that is shown, as kept, or as just typed. A constant number of queries."""
    assert here.round is not None
    assert here.product is not None
    ways = content.ways_of(here.garden)
    going, offers = offered(here)
    sizes = [
        _size(here, size.pk, size.name, going.get(size.pk, set()), offers.get(size.pk, []), typed)
        for size in here.sizes
        if size.pk in here.marks
    ]
    asked = Counter(
        taken_words(one.away_name, one.taken_name, one.milli or 0, one.unit)
        for one in here.swaps
        if one.place[0] == here.round.pk and one.place[1] in here.marks
    )
    more = sorted((one for one in here.produce.values() if not one.archived_on), key=lambda one: plain(one.name))
    return SwapsPage(
        here.garden, here.week, here.round, here.product.pk, content.round_tabs(here), sizes, more, asked.most_common(), ways.swaps,
        last_day(here.week.day(here.round.weekday), ways.swap_days), here.packed, here.published,
        ways.content_shown != ways.Shown.NOWHERE, reach.can(Can.RUN_WEEK, here.garden.pk), len(typed.errors) if typed else 0,
    )  # fmt: skip


def _size(
    here: content.Facts, size: int, name: str, going: set[int], offers: list[SwapOffer], typed: Typed | None
) -> OfSize:  # fmt: skip
    """What is kept of a size; when nothing is and the baskets are not packed, all may go, for any other of the round."""
    said = bool(going or offers) or here.packed
    known = candidates(here, size, offers)
    mine = [line for line in here.lines if here.round and (line.round, line.size) == (here.round.pk, size)]
    kept = {one.produce_id for one in offers}
    goes, takes = [], []
    for line in mine:
        field_name = f"g{size}_{line.produce}"
        ticked = field_name in typed.ticked if typed else not said or line.produce in going
        label = f"{here.produce[line.produce].name} {words.quantity(line.milli, line.unit)}"
        goes.append(Going(field_name, label, ticked))
    for pk, (unit, milli) in known.items():
        field_name = f"o{size}_{pk}"
        text = words.typed(milli, unit, grams=False) if not said or pk in kept else ""
        if typed:
            text = typed.texts.get(field_name, "")
        error = typed.errors.get(field_name, "") if typed else ""
        takes.append(Taking(pk, field_name, here.produce[pk].name, unit, words.unit_word(unit), text, error))
    texts, errors = (typed.texts, typed.errors) if typed else ({}, {})
    return OfSize(
        size, name, said, goes, takes, int(texts.get(f"plus{size}") or 0), texts.get(f"q{size}", ""), errors.get(f"q{size}", "")
    )  # fmt: skip

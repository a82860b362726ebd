"""What a line of a file says of money: the price of a basket, the member's part, and the agreement that pays the rest."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from cageot.core.cents import part_down
from cageot.core.tabular.words import plain
from cageot.desk.rules.import_facts import Draft, GardenFacts, Grid, Offer, Ref, Remark, SizeFact
from cageot.funding.rules.tariffs import LineRule

SOLIDARITY = frozenset(
    """solidaire solidarite social sociale reduit reduite aide aidee subventionne conventionne oui o s ps beneficiaire
    solidarity reduced low income yes""".split()
)
ORDINARY = frozenset(
    """plein pleine normal normale ordinaire complet standard classique entier non n p tp full ordinary regular no
    """.split()
)
_SHARE = re.compile(r"(\d{1,3})(?:[.,]\d+)? ?%")
_TARIFF_WORDS = frozenset("tarif tariff prix price rate panier adherent adherente a au le en".split())
NOBODY = frozenset(
    ("", "aucun", "aucune", "neant", "sans", "rien", "non", "lui meme", "elle meme", "adherent", "personne")
)


@dataclass(frozen=True, slots=True)
class Cover:
    """A support to open: which agreement at which tariff, from a day until another."""

    agreement: Ref
    grid: Ref
    from_day: date
    until_day: date | None


@dataclass(frozen=True, slots=True)
class Wished:
    """The basket that a line speaks of, as far as money goes: its size and the day it starts."""

    size: SizeFact | None
    from_day: date
    until_day: date | None
    today: date

    @property
    def price(self) -> int | None:
        return self.size.price_on(self.from_day) if self.size else None

    def within(self, offers: Iterable[Offer]) -> Wished:
        """From the first day of the agreement that runs today, for a household that was there before it."""
        began = [
            offer.from_day
            for offer in offers
            if self.from_day < offer.from_day <= self.today and offer.runs_on(self.today)
        ]
        if not began or any(offer.runs_on(self.from_day) for offer in offers):
            return self
        first = min(began)
        return self if self.until_day and self.until_day < first else replace(self, from_day=first)


def kind_of_tariff(words: str) -> str:
    """ "solidarity", "ordinary", or nothing when the words are of another kind: the name of a tariff, or a mystery."""
    if found := _SHARE.fullmatch(words.strip()):
        return "ordinary" if int(found[1]) == 100 else "solidarity" if int(found[1]) < 100 else ""
    kept = {word.removesuffix("s") if len(word) > 3 else word for word in plain(words).split()} - _TARIFF_WORDS
    if kept and kept <= SOLIDARITY:
        return "solidarity"
    return "ordinary" if kept and kept <= ORDINARY else ""


def price_remarks(draft: Draft, wished: Wished) -> list[Remark]:
    """An ordinary member pays the price of the basket: of the day they began, or of today."""
    if draft.member_part is None or wished.size is None:
        return []
    price = wished.price
    if price is None or draft.member_part in (price, wished.size.price_on(wished.today)):
        return []
    code = "above_price" if draft.member_part > price else "below_price"
    return [Remark(code, "member_part", {"size": wished.size.name, "price": price})]


def cap_remarks(draft: Draft, wished: Wished, caps: Iterable[int | None]) -> list[Remark]:
    """A member part above the cap (the highest of `caps`, None is none) is told with the highest allowed amount."""
    found = list(caps)
    if draft.member_part is None or wished.size is None or None in found:
        return []
    if wished.price is None:
        return [Remark("no_price", "size", {"size": wished.size.name})]
    cap = max(bp for bp in found if bp is not None)
    highest = part_down(wished.price, cap)
    if draft.member_part <= highest:
        return []
    about = {
        "asked": draft.member_part,
        "price": wished.price,
        "cap_bp": cap,
        "highest": highest,
        "size": wished.size.name,
    }
    return [Remark("above_cap", "member_part", about)]


def cover_of(draft: Draft, wished: Wished, offers: list[Offer], edition_cap: int) -> tuple[Cover | None, list[Remark]]:
    """The one tariff of these agreements that the line means, or what to write so that it can be told."""
    wished = wished.within(offers)
    if over := cap_remarks(draft, wished, [offer.cap_on(wished.from_day, edition_cap) for offer in offers]):
        return None, over
    running = [offer for offer in offers if offer.runs_on(wished.from_day)]
    if not running:
        return None, [_not_running(offers, wished.from_day)]
    fitting = [(offer, grid, part) for offer in running for grid, part in _parts(offer, wished, edition_cap)]
    if not fitting:
        return None, [
            Remark(
                "agreement_without_size",
                "size",
                {"agreement": running[0].name, "size": wished.size.name if wished.size else ""},
            )
        ]
    named = [one for one in fitting if plain(one[1].name) == plain(draft.tariff)] or fitting
    if draft.member_part is not None and wished.size:
        same = [one for one in named if one[2] == draft.member_part]
        if not same:
            parts = sorted({part for _offer, _grid, part in named})
            return None, [
                Remark(
                    "agreement_says",
                    "member_part",
                    {"agreement": named[0][0].name, "size": wished.size.name, "parts": parts},
                )
            ]
        named = same
    if doubt := _doubt([(offer, grid) for offer, grid, _part in named]):
        return None, [doubt]
    offer, grid, _part = named[0]
    return Cover(offer.ref, grid.ref, wished.from_day, wished.until_day), []


def _parts(offer: Offer, wished: Wished, edition_cap: int) -> list[tuple[Grid, int]]:
    """The tariffs of an agreement that speak of the size, each with what the member would pay."""
    if wished.size is None or wished.price is None:
        return [(grid, 0) for grid in offer.grids]
    code, price, day = wished.size.code, wished.price, wished.from_day
    parts = [(grid, offer.member_part(grid, code, price, day, edition_cap)) for grid in offer.grids]
    return [(grid, part) for grid, part in parts if part is not None]


def _not_running(offers: list[Offer], day: date) -> Remark:
    nearest = min(offers, key=lambda offer: abs((offer.from_day - day).days))
    about = {"agreement": nearest.name, "first": nearest.from_day, "last": nearest.until_day, "day": day}
    return Remark("agreement_not_running", "support_from", about)


def _doubt(fitting: list[tuple[Offer, Grid]]) -> Remark | None:
    """Several agreements, or several tariffs of one, would do: it is not ours to choose who pays."""
    agreements = {offer.ref: offer.name for offer, _grid in fitting}
    if len(agreements) > 1:
        return Remark("which_agreement", "partner", {"names": sorted(agreements.values())})
    if len(fitting) > 1:
        return Remark("which_tariff", "tariff", {"names": sorted({grid.name for _offer, grid in fitting})})
    return None


# --- An agreement opened from what the file says ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewLine:
    size: SizeFact
    price_cents: int
    member_cents: int


@dataclass(frozen=True, slots=True)
class NewAgreement:
    """An agreement to open with a partner: the member part comes from the file, the partner pays the rest."""

    partner: str
    from_day: date
    until_day: date | None
    cap_bp: int
    grids: Mapping[str, tuple[NewLine, ...]]

    @property
    def offer(self) -> Offer:
        grids = (
            Grid(name, name, tuple((self.from_day, self._rule(line)) for line in lines))
            for name, lines in self.grids.items()
        )
        return Offer(self.partner, self.partner, self.partner, self.from_day, self.until_day, tuple(grids))

    def _rule(self, line: NewLine) -> LineRule:
        return LineRule(0, line.size.code, line.price_cents, "fixed", line.member_cents, cap_bp=self.cap_bp)


def new_agreement(partner: str, lines: Iterable[tuple[Draft, Wished]], garden: GardenFacts) -> NewAgreement:
    """The agreement that these lines of the file describe, amounts above the cap left out."""
    lines = list(lines)
    from_day = min(wished.from_day for _draft, wished in lines)
    ends = [wished.until_day for _draft, wished in lines]
    until_day = None if None in ends else max(end for end in ends if end)
    cap = min([garden.cap_on(from_day), *(garden.cap_on(wished.from_day) for _draft, wished in lines)])
    asked: defaultdict[int, dict[Ref, NewLine]] = defaultdict(dict)
    for draft, wished in lines:
        price = wished.size.price_on(from_day) if wished.size else None
        if wished.size and price and draft.member_part is not None and draft.member_part <= part_down(price, cap):
            asked[draft.member_part][wished.size.ref] = NewLine(wished.size, price, draft.member_part)
    return NewAgreement(partner, from_day, until_day, cap, _grids(asked))


def _grids(asked: Mapping[int, Mapping[Ref, NewLine]]) -> dict[str, tuple[NewLine, ...]]:
    """One tariff when each size has one amount; else one for each amount, named after it."""
    every = [line for lines in asked.values() for line in lines.values()]
    if len({line.size.ref for line in every}) == len(every):
        return {"Tarif": tuple(every)} if every else {}
    return {f"{part // 100},{part % 100:02} €": tuple(asked[part].values()) for part in sorted(asked)}

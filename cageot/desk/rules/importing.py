"""Bringing a garden's spreadsheet: what each line would write, decided before anything is written.

Every line ends in one state: `good` (it will be written), `already` (the household is there: left as it is),
`duplicate` (it looks like another household: held until a person says that it is not), or `problem` (something to
correct, each told by a `Remark`). docs/rules/importing.md tells the policy to those who bring a file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from cageot.core.cents import part_down
from cageot.core.tabular.words import plain
from cageot.desk.rules.import_facts import Answers, DepotFact, Draft, GardenFacts, Known, Offer, Ref, Remark, SizeFact
from cageot.desk.rules.import_likeness import HELD, Face, Faces, Likeness, differences, face_of, faces_of
from cageot.desk.rules.import_money import (
    NOBODY,
    Cover,
    NewAgreement,
    Wished,
    cap_remarks,
    cover_of,
    kind_of_tariff,
    new_agreement,
    price_remarks,
)
from cageot.desk.rules.import_words import Named, abbreviated, by_names, meant

FREQUENCIES = ("weekly", "even", "odd", "monthly")
KINDS = ("size", "depot", "frequency", "tariff", "partner")
"""What a garden may have to match by hand, in the order it is asked."""


@dataclass(frozen=True, slots=True)
class Basket:
    """A regular basket to open. One that has an end stops then, and the garden is told before."""

    size: Ref
    depot: Ref
    frequency: str
    from_day: date
    until_day: date | None

    @property
    def renewal(self) -> str:
        return "alert" if self.until_day else "tacit"


@dataclass(frozen=True, slots=True)
class Decided:
    """What becomes of one line. `household` is the one that is already there."""

    draft: Draft
    state: str
    problems: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()
    likely: tuple[Likeness, ...] = ()
    household: int | None = None
    solidarity: bool = False
    basket: Basket | None = None
    cover: Cover | None = None


@dataclass(slots=True)
class Wish:
    """What a line wants of the garden, and what prevents it."""

    problems: list[Remark]
    notes: list[Remark]
    solidarity: bool
    basket: Basket | None
    cover: Cover | None


@dataclass(frozen=True)
class Unknown:
    """Words of the file that the garden has not, and the lines that use them. `answered`: somebody said what they mean."""

    kind: str
    words: str
    lines: tuple[int, ...]
    answered: bool = False


@dataclass(frozen=True)
class Decision:
    """All the lines, in the order of the file, and what would be created for them, by the words of the file."""

    rows: tuple[Decided, ...]
    unknown: tuple[Unknown, ...] = ()
    agreements: Mapping[str, NewAgreement] = field(default_factory=dict)
    sizes: Mapping[str, SizeFact] = field(default_factory=dict)
    depots: Mapping[str, int] = field(default_factory=dict)

    def of(self, state: str) -> list[Decided]:
        return [row for row in self.rows if row.state == state]

    @property
    def counts(self) -> dict[str, int]:
        found = dict.fromkeys(("good", "already", "duplicate", "problem"), 0)
        for row in self.rows:
            found[row.state] += 1
        return found

    @property
    def whole(self) -> bool:
        """Whether every line is good, or there already."""
        return all(row.state in ("good", "already") for row in self.rows)


def decide(drafts: Sequence[Draft], garden: GardenFacts, answers: Answers, today: date) -> Decision:
    """What a file would write in a garden, on a day."""
    sifting = _Sifting(drafts, faces_of(garden.households))
    meaning = _Meaning(garden, answers, today)
    new = [draft for draft in drafts if sifting.known(draft) is None]
    meaning.open_agreements(new)
    rows = tuple(_decide(draft, sifting, meaning) for draft in drafts)
    opened = {agreement.partner: agreement for agreement in meaning.agreements.values()}
    return Decision(
        rows, meaning.unknown(), opened, {size.name: size for size in meaning.new_sizes}, answers.new_depots
    )


def _decide(draft: Draft, sifting: _Sifting, meaning: _Meaning) -> Decided:
    if known := sifting.known(draft):
        told = tuple(
            Remark("differs", column)
            for column in differences(meaning.translated(draft), known.told, known.basket_from)
        )
        state = "problem" if draft.problems else "already"
        return Decided(draft, state, draft.problems, told, household=known.id)
    wish = meaning.of(draft)
    likely, beside = sifting.likely(draft)
    problems = (*draft.problems, *sifting.clashes(draft), *wish.problems)
    held = bool(likely) and not meaning.answers.keeps(draft.line)
    state = "problem" if problems else "duplicate" if held else "good"
    notes = (*draft.notes, *beside, *wish.notes)
    return Decided(draft, state, problems, notes, likely, None, wish.solidarity, wish.basket, wish.cover)


class _Sifting:
    """Lines of the file set beside the garden's households, and beside one another."""

    def __init__(self, drafts: Sequence[Draft], households: Faces[Known]) -> None:
        self._households = households
        self._faces = {draft.line: face_of(draft) for draft in drafts}
        self._known = {draft.line: self._find(draft) for draft in drafts}
        self._numbered: defaultdict[str, list[Draft]] = defaultdict(list)
        self._met = Faces[Draft]()
        for draft in drafts:
            if draft.number and self._known[draft.line] is None:
                self._numbered[draft.number].append(draft)
        self._here = {draft.number for draft in drafts if draft.number}

    def known(self, draft: Draft) -> Known | None:
        """The household that this line speaks of, if the garden has it."""
        return self._known[draft.line]

    def _find(self, draft: Draft) -> Known | None:
        face = self._faces[draft.line]
        if draft.number:
            there, who = self._households.by_number.get(draft.number, (None, None))
            return who if there and there.names & face.names else None
        return next((who for how, who in self._households.like(face) if how == "same"), None)

    def clashes(self, draft: Draft) -> Iterable[Remark]:
        """The number of the line is that of another household, or of another line."""
        if not draft.number:
            return
        if draft.number in self._households.by_number:
            other = self._households.by_number[draft.number][1]
            yield Remark("number_taken", "number", {"number": draft.number, "name": other.told.name})
        others = [other for other in self._numbered[draft.number] if other.line != draft.line]
        if not others:
            return
        same = [other.line for other in others if _same_line(draft, other)]
        if any(line < draft.line for line in same):
            yield Remark("line_twice", "", {"line": min(same)})
        elif len(same) < len(others):
            lines = [other.line for other in others if other.line not in same]
            family = any(plain(other.last_name) == plain(draft.last_name) for other in others)
            yield Remark("number_twice", "number", {"number": draft.number, "lines": lines, "family": family})

    def likely(self, draft: Draft) -> tuple[tuple[Likeness, ...], tuple[Remark, ...]]:
        """What the line looks like: to be decided by a person, or only told."""
        face = self._faces[draft.line]
        there, here = self._in_garden(face), self._met.like(face)
        self._met.add(face, draft)
        told = [Remark("namesake", "", {"number": one.draft.number}) for one in there if one.how == "namesake"]
        held = [one for one in there if one.how in HELD]
        for how, other in here:
            if not (draft.number and other.number):
                held += [Likeness(how, other)] if how != "namesake" else []
            elif how == "twin" and other.number != draft.number:
                told.append(Remark("twin_line", "", {"line": other.line}))
        return tuple(held), tuple(told)

    def _in_garden(self, face: Face) -> list[Likeness]:
        """Two numbers of this file are two households: the garden tells them apart itself."""
        return [
            Likeness(how, known.told, known.id)
            for how, known in self._households.like(face)
            if known.told.number != face.number and not (face.number and known.told.number in self._here)
        ]


def _same_line(one: Draft, other: Draft) -> bool:
    return replace(one, line=0, problems=(), notes=()) == replace(other, line=0, problems=(), notes=())


class _Meaning:
    """What the words of the file mean in this garden, with what a person answered."""

    def __init__(self, garden: GardenFacts, answers: Answers, today: date) -> None:
        self.garden, self.answers, self.today = garden, answers, today
        self.agreements: dict[str, NewAgreement] = {}
        self.new_sizes = _new_sizes(answers.new_sizes, {size.code for size in garden.sizes})
        self._said = {
            kind: {plain(words): target for words, target in found.items()} for kind, found in answers.same_as.items()
        }
        self._asked: dict[tuple[str, str], tuple[str, list[int], bool]] = {}
        self._sizes = by_names([(name, size) for size in self._all_sizes() for name in (size.name, size.code)])
        self._depots = by_names([(depot.name, depot) for depot in self._all_depots()])
        self._homes = {one.home: by_names([(one.name, one)]) for one in garden.depots if one.home}
        self._offers = by_names([(name, offer) for offer in garden.offers for name in (offer.partner, offer.name)])
        self._grids = {plain(grid.name) for offer in garden.offers for grid in offer.grids}

    def _all_sizes(self) -> list[SizeFact]:
        return [*self.garden.sizes, *self.new_sizes]

    def _all_depots(self) -> list[DepotFact]:
        """Those where anybody may collect: a home stop is known to the lines of its household alone."""
        known = [depot for depot in self.garden.depots if not depot.home]
        return [*known, *(DepotFact(words, words) for words in self.answers.new_depots)]

    def _depots_of(self, draft: Draft) -> Mapping[str, list[Named]]:
        """What the line may name: the depots, and the home stop of its household."""
        return {**self._depots, **self._homes.get(draft.number, {})}

    # Words

    def _find(self, kind: str, words: str, named: Mapping[str, list[Named]], line: int) -> list[Named]:
        """What these words mean, after what the garden has, then after what a person answered."""
        natural = meant(words, named)
        created = any(isinstance(one.ref, str) for one in natural)
        target = self._said.get(kind, {}).get(plain(words))
        found = (named.get(plain(target)) or []) if target else natural
        if target or created or not natural:
            self._ask(kind, words, line, bool(found))
        return found

    def _ask(self, kind: str, words: str, line: int, answered: bool) -> None:
        self._asked.setdefault((kind, plain(words)), (words, [], answered))[1].append(line)

    def unknown(self) -> tuple[Unknown, ...]:
        found = [
            Unknown(kind, words, tuple(lines), answered)
            for (kind, _plain), (words, lines, answered) in self._asked.items()
        ]
        return tuple(sorted(found, key=lambda one: (KINDS.index(one.kind), -len(one.lines), one.words)))

    def translated(self, draft: Draft) -> Draft:
        """The line in the garden's own words; what is not understood is left out."""
        offers = self._quietly("partner", draft.partner, self._offers)
        kind = self._kind(draft)[0]
        return replace(
            draft, size=_name_of(self._quietly("size", draft.size, self._sizes)),
            depot=_name_of(self._quietly("depot", draft.depot, self._depots_of(draft))),
            frequency=draft.frequency if draft.frequency in FREQUENCIES else "",
            tariff={"solidarity": "Solidaire", "ordinary": "Plein"}.get(kind, "") if draft.tariff else "",
            partner=offers[0].partner if kind == "solidarity" and offers and isinstance(offers[0], Offer) else "",
        )  # fmt: skip

    def _quietly(self, kind: str, words: str, named: Mapping[str, list[Named]]) -> list[Named]:
        target = self._said.get(kind, {}).get(plain(words), words)
        found = meant(target, named) if plain(words) else []
        short = self._abbreviated(words) if kind == "size" and not found else None
        return [short] if short else found

    # A line

    def of(self, draft: Draft) -> Wish:
        """The basket and the support that a line wants; its own problems apart."""
        problems: list[Remark] = []
        notes: list[Remark] = []
        wished = self._wished(draft, problems, notes)
        depot = self._depot(draft, wished, problems, notes)
        frequency = self._frequency(draft, problems)
        kind = self.kind(draft, problems)
        draft = _in_cents(draft, wished)
        cover = self._cover(draft, wished, problems, notes) if kind == "solidarity" else None
        if kind == "ordinary":
            problems += price_remarks(draft, wished)
            notes += (
                [Remark("partner_unused", "partner", {"partner": draft.partner})] if not _nobody(draft.partner) else []
            )
        basket = None
        if wished.size and depot and frequency:
            basket = Basket(wished.size.ref, depot.ref, frequency, wished.from_day, wished.until_day)
        return Wish(problems, notes, kind == "solidarity", basket, cover)

    def _wished(self, draft: Draft, problems: list[Remark], notes: list[Remark]) -> Wished:
        from_day = draft.support_from or self.today
        if draft.until and draft.until < from_day:
            code = "ends_before_start" if draft.support_from else "ended_without_start"
            problems.append(Remark(code, "until", {"first": from_day, "last": draft.until}))
        return Wished(self._size(draft, problems, notes), from_day, draft.until, self.today)

    def _size(self, draft: Draft, problems: list[Remark], notes: list[Remark]) -> SizeFact | None:
        if not plain(draft.size):
            return self._only_size(draft, notes)
        if short := self._abbreviated(draft.size):
            notes.append(Remark("read_as", "size", {"words": draft.size, "name": short.name}))
            return short
        found = self._find("size", draft.size, self._sizes, draft.line)
        if not found:
            problems.append(
                Remark(
                    "unknown_size", "size", {"words": draft.size, "choices": [one.name for one in self._all_sizes()]}
                )
            )
        return found[0] if found else None  # type: ignore[return-value]

    def _abbreviated(self, words: str) -> SizeFact | None:
        """The size that "P" stands for, unless somebody said what it means."""
        said = plain(words) in self._said.get("size", {}) or meant(words, self._sizes)
        return None if said else abbreviated(words, self._all_sizes())

    def _only_size(self, draft: Draft, notes: list[Remark]) -> SizeFact | None:
        """A garden with a single size need not write it: a depot or a rhythm says that there is a basket."""
        sizes = self._all_sizes()
        if len(sizes) != 1 or not (plain(draft.depot) or draft.frequency):
            return None
        notes.append(Remark("only_size", "size", {"size": sizes[0].name}))
        return sizes[0]

    def _depot(self, draft: Draft, wished: Wished, problems: list[Remark], notes: list[Remark]) -> DepotFact | None:
        if wished.size is None and not plain(draft.size):
            if plain(draft.depot):
                notes.append(Remark("no_size", "size"))
            return None
        if not plain(draft.depot):
            return self._depot_unsaid(draft, problems, notes)
        found = self._find("depot", draft.depot, self._depots_of(draft), draft.line)
        if not found:
            problems.append(
                Remark(
                    "unknown_depot",
                    "depot",
                    {"words": draft.depot, "choices": [one.name for one in self._all_depots()]},
                )
            )
            return None
        depot: DepotFact = found[0]  # type: ignore[assignment]
        if (
            depot.closed_on
            and (wished.until_day is None or wished.until_day >= depot.closed_on)
            and self.today >= depot.closed_on
        ):
            problems.append(Remark("closed_depot", "depot", {"depot": depot.name, "day": depot.closed_on}))
        if draft.weekday and depot.weekday and draft.weekday != depot.weekday:
            about = {"depot": depot.name, "day": depot.weekday, "said": draft.weekday}
            notes.append(Remark("another_day", "weekday", about))
        return depot

    def _depot_unsaid(self, draft: Draft, problems: list[Remark], notes: list[Remark]) -> DepotFact | None:
        """A garden with a single depot need not name it; with several, which one is asked once for all such lines."""
        opened = [one for one in self._all_depots() if not one.closed_on]
        if len(opened) == 1:
            notes.append(Remark("only_depot", "depot", {"depot": opened[0].name}))
            return opened[0]
        found = self._find("depot", "", self._depots, draft.line)
        if not found:
            problems.append(Remark("no_depot", "depot", {"choices": [one.name for one in opened]}))
        return found[0] if found else None  # type: ignore[return-value]

    def _frequency(self, draft: Draft, problems: list[Remark]) -> str:
        words = draft.frequency
        if not words or words in FREQUENCIES:
            return words or "weekly"
        target = self._said.get("frequency", {}).get(plain(words), "")
        self._ask("frequency", words, draft.line, target in FREQUENCIES)
        if target in FREQUENCIES:
            return target
        problems.append(Remark("unknown_frequency", "frequency", {"words": words}))
        return ""

    def kind(self, draft: Draft, problems: list[Remark]) -> str:
        """Whether a line is of a solidarity member or of an ordinary one; "" when that is not understood, and told."""
        kind, by_hand = self._kind(draft)
        if by_hand or not kind:
            self._ask("tariff", draft.tariff, draft.line, bool(kind))
        if not kind:
            problems.append(Remark("unknown_tariff", "tariff", {"words": draft.tariff}))
        return kind

    def _kind(self, draft: Draft) -> tuple[str, bool]:
        """The kind of member, and whether a person had to say it."""
        words = plain(draft.tariff)
        if not words:
            return ("ordinary" if _nobody(draft.partner) else "solidarity"), False
        if target := self._said.get("tariff", {}).get(words):
            return self._kind_named(target), True
        return self._kind_named(draft.tariff), False

    def _kind_named(self, words: str) -> str:
        return "solidarity" if plain(words) in self._grids else kind_of_tariff(words)

    def _cover(self, draft: Draft, wished: Wished, problems: list[Remark], notes: list[Remark]) -> Cover | None:
        cap = self.garden.cap_on(wished.from_day)
        offers = self._offers_unsaid(draft, wished, notes) if _nobody(draft.partner) else self.offers(draft)
        if not offers:
            choices = sorted({offer.partner for offer in self.garden.offers})
            code = "no_partner" if _nobody(draft.partner) else "unknown_partner"
            problems += cap_remarks(draft, wished, [cap])
            problems.append(Remark(code, "partner", {"words": draft.partner, "choices": choices}))
            return None
        target = self._said.get("tariff", {}).get(plain(draft.tariff))
        if plain(draft.size) and wished.size is None:
            return None  # the size is told already: no tariff to look for
        cover, found = cover_of(replace(draft, tariff=target) if target else draft, wished, offers, cap)
        problems += found
        if cover and cover.from_day > wished.from_day:
            about = {"agreement": offers[0].name, "first": cover.from_day, "day": wished.from_day}
            notes.append(Remark("supported_later", "support_from", about))
        return cover

    def _offers_unsaid(self, draft: Draft, wished: Wished, notes: list[Remark]) -> list[Offer]:
        """A garden with a single agreement need not name it; with several, which one is asked once for all such lines."""
        running = [offer for offer in self.garden.offers if offer.runs_on(max(wished.from_day, self.today))]
        if plain(draft.partner):  # "aucun" is an answer
            return []
        if len(running) == 1:
            notes.append(Remark("only_agreement", "partner", {"agreement": running[0].name}))
            return running
        return self._find("partner", "", self._offers, draft.line)  # type: ignore[return-value]

    def offers(self, draft: Draft) -> list[Offer]:
        """The agreements that the line's partner names."""
        opened = self.agreements.get(plain(draft.partner))
        if opened:
            self._ask("partner", draft.partner, draft.line, True)
            return [opened.offer]
        return self._find("partner", draft.partner, self._offers, draft.line)  # type: ignore[return-value]

    def open_agreements(self, drafts: Iterable[Draft]) -> None:
        """Make up the agreements that a person asked to open from the file; not with a partner that has one."""
        asked = {plain(partner) for partner in self.answers.new_agreements}
        wanted = {partner for partner in asked if not self._quietly("partner", partner, self._offers)}
        lines: defaultdict[str, list[tuple[Draft, Wished]]] = defaultdict(list)
        for draft in drafts if wanted else ():
            if plain(draft.partner) in wanted and not draft.problems and self.kind(draft, []) == "solidarity":
                wished = self._wished(draft, [], [])
                lines[plain(draft.partner)].append((_in_cents(draft, wished), wished))
        self.agreements = {key: new_agreement(some[0][0].partner, some, self.garden) for key, some in lines.items()}
        self._asked.clear()


def _name_of(found: Sequence[Named]) -> str:
    return found[0].name if found else ""


def _in_cents(draft: Draft, wished: Wished) -> Draft:
    """A part said as a share of the price, in cents: "30 %" of 12,00 € is 3,60 €."""
    if draft.member_share is None or wished.price is None:
        return draft
    return replace(draft, member_part=part_down(wished.price, draft.member_share))


def _nobody(partner: str) -> bool:
    return plain(partner) in NOBODY


def _new_sizes(prices: Mapping[str, int], taken: set[str]) -> tuple[SizeFact, ...]:
    """Sizes to create, each with a code of its own."""
    found = []
    for words, cents in prices.items():
        start = plain(words).replace(" ", "-")[:17].strip("-") or "taille"
        code = next(code for code in (start, *(f"{start}-{number}" for number in range(2, 99))) if code not in taken)
        taken = taken | {code}
        found.append(SizeFact(words, code, words, ((date.min, cents),)))
    return tuple(found)

"""What words of a file mean among the garden's own: the same name however it is written, and what may stand around it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cageot.core.tabular.words import gist, plain
from cageot.desk.rules.import_facts import DepotFact, Draft, Offer, SizeFact

Named = SizeFact | DepotFact | Offer
_DAYS = "lundi mardi mercredi jeudi vendredi samedi dimanche".split()
_PRICE = re.compile(r"(?:\bà\s*)?(\d{1,3})(?:[.,](\d{1,2}))?\s*(?:€|euros?\b|eur\b)", re.IGNORECASE)
_HOUR = re.compile(r"(?:\bde\s+|\bà\s+)?\b\d{1,2}\s*h(?:eures?|\s*\d{2})?\b", re.IGNORECASE)
_DAY = re.compile(rf"\b(?:le\s+)?({'|'.join(_DAYS)})s?(?:\s+(?:matin|midi|soir|après-midi))?\b", re.IGNORECASE)
_ONE = re.compile(r"^\s*(?:1|un|une)\s*x?\s+(?=\D)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Said:
    """Words without the price, the day and the hour that stood beside them."""

    name: str
    cents: int | None
    weekday: int | None


def by_names(named: Sequence[tuple[str, Named]]) -> dict[str, list[Named]]:
    """Things by their plain name; by what is left of it without little words, where that means one thing only."""
    exact: defaultdict[str, list[Named]] = defaultdict(list)
    loose: defaultdict[str, list[Named]] = defaultdict(list)
    for name, thing in named:
        _once(exact[plain(name)], thing)
        _once(loose[_bare(name)], thing)
    offers = {key for key, things in loose.items() if len(things) == 1 or isinstance(things[0], Offer)}
    return {key: loose[key] for key in offers} | dict(exact)


def meant(words: str, named: Mapping[str, list[Named]]) -> list[Named]:
    """What these words name: "Grand", "le grand panier", "1 grand (12 €)", "Gare (jeudi)". A price or a day that is
    not the thing's own makes them unknown, as a garden may have two of that name."""
    if found := named.get(plain(words)) or named.get(_bare(words)):
        return found
    said = _said(words)
    if not said.name or said.name == words:
        return []
    found = named.get(plain(said.name)) or named.get(_bare(said.name)) or []
    return [thing for thing in found if _agrees(thing, said)]


def abbreviated(words: str, sizes: Iterable[SizeFact]) -> SizeFact | None:
    """The one size that "P" or "Grd" can stand for."""
    short = plain(words).replace(" ", "")
    if not 0 < len(short) <= 4 or short[0].isdigit():
        return None
    found = [size for size in sizes if any(_stands_for(short, name) for name in (size.name, size.code))]
    return found[0] if len(found) == 1 else None


def _stands_for(short: str, name: str) -> bool:
    """The first letter, then others in their order."""
    letters = iter(_bare(name).replace(" ", ""))
    return _bare(name).startswith(short[0]) and all(letter in letters for letter in short)


def days_said(drafts: Iterable[Draft]) -> dict[str, int]:
    """The day on which the file says that each depot delivers, by the depot's plain name: the commonest."""
    days: defaultdict[str, list[int]] = defaultdict(list)
    for draft in drafts:
        if draft.depot and (day := draft.weekday or _said(draft.depot).weekday):
            days[plain(draft.depot)].append(day)
    return {depot: max(sorted(set(some)), key=some.count) for depot, some in days.items()}


def _said(words: str) -> _Said:
    price, day = _PRICE.search(words), _DAY.search(words)
    name = _DAY.sub(" ", _HOUR.sub(" ", _PRICE.sub(" ", _ONE.sub("", words))))
    name = re.sub(r"\(\W*(?:a|à|et|pers|personnes?)?\W*\)", " ", name)
    cents = int(price[1]) * 100 + int((price[2] or "").ljust(2, "0")) if price else None
    weekday = _DAYS.index(day[1].casefold()) + 1 if day else None
    return _Said(" ".join(name.split()).strip(" -–,;:/"), cents, weekday)


def _agrees(thing: Named, said: _Said) -> bool:
    if isinstance(thing, SizeFact):
        return said.cents is None or said.cents in {cents for _day, cents in thing.prices}
    if isinstance(thing, DepotFact):
        return said.weekday is None or thing.weekday in (None, said.weekday)
    return False


def _once(things: list[Named], thing: Named) -> None:
    if all(one.ref != thing.ref for one in things):
        things.append(thing)


def _bare(words: str) -> str:
    """ "Le petit panier" and "Panier petit" are the petit."""
    kept = [word for word in gist(words).split() if word != "panier"]
    return " ".join(sorted(kept)) or plain(words)

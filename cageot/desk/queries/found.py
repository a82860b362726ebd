"""The page of search: what was asked, what answers, by kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cageot.desk.words_found import KINDS, FoundKind
from cageot.network import finding
from cageot.network.models import Garden
from cageot.network.rules.reach import Reach

PER_PAGE = 20


@dataclass(frozen=True)
class Hit:
    """One text that answers, with the page it leads to and the garden it is of."""

    found: finding.Found
    kind: FoundKind
    url: str
    garden: str


@dataclass(frozen=True)
class SearchPage:
    """What a question found. `more`: the number of the next page, 0 when there is none."""

    words: str
    kind: str
    hits: Sequence[Hit]
    total: int
    instead: str
    all_words: bool
    more: int
    before: int


def search_page(words: str, kind: str, page: int, reach: Reach) -> SearchPage:
    """The answer to a question, a page at a time. At most seven queries."""
    kinds = [kind] if kind in KINDS else list(KINDS)
    answer = finding.find(words, reach, kinds=kinds, page=page, per_page=PER_PAGE)
    gardens = Garden.objects.in_bulk({one.garden for one in answer.found if one.garden})
    hits = []
    for one in answer.found:
        garden = gardens.get(one.garden or 0)
        said = KINDS[one.kind]
        hits.append(Hit(one, said, said.page(one, garden.code if garden else ""), garden.name if garden else ""))
    more = page + 1 if page * PER_PAGE < answer.total else 0
    return SearchPage(words, kind, hits, answer.total, answer.instead, answer.all_words, more, page - 1)

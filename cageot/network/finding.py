"""Search: texts put in the index by whoever writes them, and found again by who may read them (decision 0037).

Stems are ours, so that both engines find the same: SQLite keeps them in an FTS5 table beside `Findable`, PostgreSQL in a
computed column; `migrations/0001_first.py` makes both, and the database itself keeps them true.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from cageot.core import sql
from cageot.network.models import Findable, FindableWord
from cageot.network.rules import reading
from cageot.network.rules.reach import Reach

LONGEST_TEXT = 100_000
"""Signs of a text that are read; what follows cannot be found."""


@dataclass(frozen=True)
class Text:
    """A text to be found: its kind and its key (together its name), its words, who may read it, its day."""

    kind: str
    key: str
    title: str
    text: str
    reach: str = Findable.Reach.ALL
    garden: int | None = None
    day: date | None = None


def put(*texts: Text) -> None:
    """Put texts in the index, or again when they are there, some hundreds in each statement."""
    if not texts:
        return
    last = list({(one.kind, one.key): one for one in texts}.values())
    with transaction.atomic():
        Findable.objects.bulk_create(
            [_row(one) for one in last], update_conflicts=True, unique_fields=["kind", "key"], batch_size=500,
            update_fields=["title", "text", "words", "title_words", "reach", "garden", "day"],
        )  # fmt: skip
        met = sorted({word for one in last for word in reading.words(f"{one.title} {one.text[:LONGEST_TEXT]}")})
        FindableWord.objects.bulk_create(
            [FindableWord(word=word, first=word[0], length=len(word)) for word in met], ignore_conflicts=True, batch_size=1000
        )  # fmt: skip


def _row(one: Text) -> Findable:
    text = one.text[:LONGEST_TEXT]
    return Findable(
        kind=one.kind, key=one.key, title=one.title[:200], text=text, words=reading.stems(text),
        title_words=reading.stems(one.title), reach=one.reach, garden_id=one.garden, day=one.day,
    )  # fmt: skip


def take_away(kind: str, *keys: str) -> None:
    """Take texts out of the index; those that are not there are no matter."""
    Findable.objects.filter(kind=kind, key__in=keys).delete()


@dataclass(frozen=True)
class Found:
    """One text that answers, best first. `excerpt`: parts of its text, and whether each was asked for."""

    kind: str
    key: str
    title: str
    excerpt: Sequence[tuple[str, bool]]
    garden: int | None
    day: date | None


@dataclass(frozen=True)
class Answer:
    """What a question found. `instead`: the words that were looked for when some were mistyped, "" otherwise.

    `all_words`: whether each text has all the words; when no text had, those that have some of them.
    """

    found: Sequence[Found]
    total: int
    instead: str = ""
    all_words: bool = True


NOTHING = Answer((), 0)


def find(
    text: str, reach: Reach, *, kinds: Iterable[str] = (), page: int = 1, per_page: int = 20, most: int = 200
) -> Answer:
    """The texts that this person may read and that answer a question, best first; at most `most` are counted.

    Words are compared by their stems, the last ones by what they begin with too; a word that nobody used is taken for the
    nearest one that is. At most five queries.
    """
    wanted = reading.question(text)
    if not wanted:
        return NOTHING
    meant = _as_meant(wanted)
    instead = " ".join(one.word for one in meant) if meant != wanted else ""
    for together in (True, False) if len(meant) > 1 else (True,):
        rows = _rows(meant, reach, list(kinds), most, together=together)
        if rows:
            some = rows[(page - 1) * per_page : page * per_page]
            texts = Findable.objects.in_bulk([pk for (pk,) in some])
            found = [_found(texts[pk], meant) for (pk,) in some if pk in texts]
            return Answer(found, len(rows), instead, together)
    return NOTHING


def _found(row: Findable, wanted: list[reading.Wanted]) -> Found:
    return Found(row.kind, row.key, row.title, reading.excerpt(row.text, wanted), row.garden_id, row.day)


def _as_meant(wanted: list[reading.Wanted]) -> list[reading.Wanted]:
    """Each word as it stands when somebody used it (or a word that begins with it), else the nearest one that is used."""
    known = {
        word
        for (word,) in sql.rows("SELECT word FROM network_findableword WHERE word IN %s", [one.word for one in wanted])
    }
    return [one if one.word in known else _nearest(one) for one in wanted]


def _nearest(one: reading.Wanted) -> reading.Wanted:
    if sql.rows("SELECT 1 FROM network_findableword WHERE word >= %s AND word < %s LIMIT 1", one.word, one.word + "{"):
        return one  # a word that is not finished
    slips = reading.slips(one.word)
    if not slips:
        return one
    near = "SELECT word FROM network_findableword WHERE length BETWEEN %s AND %s"
    size = (len(one.word) - slips, len(one.word) + slips)

    def among(question: str, *values: object) -> str | None:
        return reading.nearest(one.word, [word for (word,) in sql.rows(question, *size, *values)])

    # Most slips spare the first letter: those words first, then all.
    word = among(near + " AND first = %s", one.word[0]) or among(near)
    return reading.Wanted(word, reading.stem(word)) if word else one


def _rows(
    wanted: list[reading.Wanted], reach: Reach, kinds: list[str], most: int, *, together: bool
) -> list[tuple[int]]:
    """Ids of the texts that answer, best first: a word of the title weighs ten of the text."""
    # People of the network head read everything.
    may = "TRUE" if reach.network else "(f.reach = 'all' OR (f.reach = 'garden' AND f.garden_id IN %s))"
    rights: list[object] = [] if reach.network else [reach.gardens or [0]]
    only = " AND f.kind IN %s" if kinds else ""
    asked: list[object] = [*rights, *([kinds] if kinds else [])]
    if connection.vendor == "postgresql":
        query = (" & " if together else " | ").join(f"({one.stem} | {one.word}:*)" for one in wanted)
        ask = _ON_POSTGRESQL
    else:
        query = (" AND " if together else " OR ").join(f'("{one.stem}" OR {one.word}*)' for one in wanted)
        ask = _ON_SQLITE
    return sql.rows(ask.format(only=may + only), query, *asked, most)


# 'A' weighs ten times 'D'; `found` is a column that the database computes (the first migration).
_ON_POSTGRESQL = """
    SELECT f.id FROM network_findable f, to_tsquery('simple', %s) AS q WHERE f.found @@ q AND {only}
    ORDER BY ts_rank(f.found, q) DESC, f.day DESC NULLS LAST, f.id LIMIT %s
"""
_ON_SQLITE = """
    SELECT f.id FROM network_found w JOIN network_findable f ON f.id = w.rowid
    WHERE network_found MATCH %s AND {only}
    ORDER BY bm25(network_found, 10.0, 1.0), f.day DESC NULLS LAST, f.id LIMIT %s
"""

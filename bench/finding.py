"""Search over many texts: milliseconds of a question. Asked: at most 50 ms of server time over 20,000 texts.

    uv run python bench/finding.py              20,000 texts, SQLite
    uv run python bench/finding.py --postgres   on PostgreSQL
    uv run python bench/finding.py 2000 20000   other numbers

Texts of 120 words drawn from 8,000 invented ones (few are frequent, as in a language); questions of one to four words, a
third of them mistyped. The whole of `finding.find` is timed, excerpts included.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from contextlib import ExitStack

from _base import django_with, postgres

SERVER = ExitStack()
django_with(SERVER.enter_context(postgres()) if "--postgres" in sys.argv else None, CAGEOT_SQLITE_SYNCHRONOUS="OFF")

from django.db import connection

from cageot.network import finding
from cageot.network.models import Findable, FindableWord
from cageot.network.rules.reach import Reach

SOUNDS = "ba be bi bo cha cou da dé di fa fe gra gou ju la lé li ma mé mi na nou pa pé poi ra ré ri sa sou ta té ti va ver vi".split()
QUESTIONS = 300


def lexicon(draw: random.Random) -> list[str]:
    return sorted({"".join(draw.choices(SOUNDS, k=draw.randint(2, 4))) for _n in range(9_000)})[:8_000]


def texts(count: int, words: list[str], draw: random.Random) -> list[finding.Text]:
    weights = [1 / (n + 3) for n in range(len(words))]
    order = draw.sample(words, len(words))
    return [
        finding.Text(
            "sheet", str(n), " ".join(draw.choices(order, weights, k=5)), " ".join(draw.choices(order, weights, k=120))
        )
        for n in range(count)
    ]


def mistyped(word: str, draw: random.Random) -> str:
    at = draw.randrange(1, len(word))
    return word[:at] + draw.choice("aeioulrst") + word[at:]


def measure(count: int) -> None:
    draw = random.Random(7)
    Findable.objects.all().delete()
    FindableWord.objects.all().delete()
    words = lexicon(draw)
    start = time.perf_counter()
    made = texts(count, words, draw)
    for first in range(0, count, 1000):
        finding.put(*made[first : first + 1000])
    laid = time.perf_counter() - start
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    spent, found = [], 0
    for n in range(QUESTIONS):
        asked = draw.sample(draw.choice(made).text.split(), draw.randint(1, 4))
        if n % 3 == 0:
            asked[0] = mistyped(asked[0], draw)
        start = time.perf_counter()
        found += bool(finding.find(" ".join(asked), Reach(network=True)).found)
        spent.append((time.perf_counter() - start) * 1000)
    spent.sort()
    print(
        f"{connection.vendor}, {count:,} texts put in {laid:.1f} s: middle {statistics.median(spent):.1f} ms, "
        f"95 % under {spent[int(QUESTIONS * 0.95)]:.1f} ms, longest {spent[-1]:.1f} ms; {found} of {QUESTIONS} found something"
    )


with SERVER:
    for number in [int(one) for one in sys.argv[1:] if one.isdigit()] or [20_000]:
        measure(number)
    connection.close()

"""The committee's brief as PDF: milliseconds, from the request to the bytes. Asked: at most 1.5 s.

    uv run python bench/brief.py [FILE]      a demonstration's base (CAGEOT_HOME's newest one when it is not named)

Blois, fifteen months; the first time (fonts and template read) and the median of nine.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from datetime import date
from pathlib import Path

from _base import django_with

home = Path(os.environ.get("CAGEOT_HOME", "~/.local/share/cageot")).expanduser()
base = Path(sys.argv[1]) if len(sys.argv) > 1 else max(home.glob("demo-*.sqlite3"), key=lambda one: one.stat().st_mtime)
django_with(f"sqlite:///{base}")

from cageot.desk import steering_papers
from cageot.desk.pdf import write_pdf
from cageot.desk.queries import steering_brief
from cageot.funding.queries import Period
from cageot.guide.models import Meeting
from cageot.network.models import Garden

TODAY = date(2018, 3, 14)
PERIOD = Period(date(2017, 1, 1), TODAY)


def once(garden: Garden, meeting: Meeting | None) -> tuple[float, int]:
    started = time.perf_counter()
    found = steering_brief.brief(garden, PERIOD, TODAY, meeting)
    paper = write_pdf("brief.typ", steering_papers.brief(found, TODAY), at=None)
    return (time.perf_counter() - started) * 1000, len(paper)


garden = Garden.objects.get(code="blois")
meeting = Meeting.objects.filter(garden=garden).order_by("-at").first()
first, size = once(garden, meeting)
times = sorted(once(garden, meeting)[0] for _n in range(9))
print(
    f"first {first:.0f} ms, then median {statistics.median(times):.0f} ms, worst {times[-1]:.0f} ms ({size // 1024} KB)"
)

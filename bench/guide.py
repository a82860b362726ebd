"""How long papers and the guide take to be made: `uv run python bench/guide.py`. Medians of eleven, in milliseconds."""

from __future__ import annotations

from datetime import UTC, date, datetime
from statistics import median
from time import perf_counter

import _base

_base.django_with()

from cageot.desk.pdf import write_pdf
from cageot.desk.queries import guide_leaving
from cageot.desk.queries.guide_papers import on_paper
from cageot.guide.actions import book
from cageot.guide.rules import fields, shipped, word_file

AT, TODAY = datetime(2018, 3, 14, 9, 0, tzinfo=UTC), date(2018, 3, 14)


def timed(name, act, times=11):
    took = []
    for _time in range(times):
        start = perf_counter()
        made = act()
        took.append(1000 * (perf_counter() - start))
    print(f"{name:<44}{median(took):8.0f} ms" + (f"{len(made) / 1000:10.0f} KB" if isinstance(made, bytes) else ""))


timed("lay the guide on an empty base", lambda: book.ship(at=AT), 1)
timed("lay it again", lambda: book.ship(at=AT))
[paper] = [one for one in shipped.papers() if one.code == "agreement"]
mark = word_file.Mark("agreement", "reseau", 1)
docx = word_file.write(paper.title, paper.blocks, None, mark=mark, about="R", at=AT)
timed(
    "agreement, DOCX written",
    lambda: word_file.write(paper.title, paper.blocks, fields.examples(), mark=mark, about="R", at=AT),
)
timed("agreement, DOCX read back", lambda: word_file.read(docx))
data = {
    "title": "x",
    "garden": "x",
    "date": [2018, 3, 14],
    "lang": "fr",
    "printed": "",
    "blocks": on_paper(paper.blocks, fields.examples()),
}
timed("agreement, PDF", lambda: write_pdf("template.typ", data, at=AT))
timed("whole guide, PDF", lambda: write_pdf("guide.typ", guide_leaving.for_paper(TODAY), at=AT), 5)
timed("whole guide, folder of pages", lambda: guide_leaving.site(TODAY, AT), 3)
timed("whole guide, file for another network", lambda: guide_leaving.exchange_file(TODAY))

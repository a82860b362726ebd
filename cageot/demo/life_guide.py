"""The guide in the demonstration: laid, one chapter edited by the network, one paper adapted by a garden, its start ticked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils.timezone import get_current_timezone

from cageot.guide.actions import book, starting
from cageot.guide.models import Chapter
from cageot.guide.queries.book import last_papers
from cageot.network.models import Garden, Person

TRAM = """
## Dans notre réseau

Trois jardins ont posé un dépôt à un arrêt de tram ou de car. Les paniers non retirés y ont baissé de moitié. Demandez la
place à la collectivité six semaines avant, avec une photo de l’armoire.
"""

OURS = "Le jardin et le partenaire se retrouvent une fois par an au jardin, en juin, avec les adhérents qui le veulent."


def play(garden: Garden, *, by: Person, officer: Person, on: date) -> None:
    """Lay the guide, then what the network and this garden made of it in the year before `on`."""
    before = datetime.combine(on - timedelta(days=400), time(9), get_current_timezone())
    book.ship(at=before)
    _the_network_writes(officer, before + timedelta(days=200))
    _the_garden_adapts(garden, by, before + timedelta(days=250))
    for step in ("season", "statement", "ends"):
        day = before + timedelta(days=300)
        starting.tick(garden, step, done=True, on=day.date(), by=by, at=day)


def _the_network_writes(officer: Person, at: datetime) -> None:
    chapter = Chapter.objects.get(slug="semaine")
    last = chapter.versions.get()
    head, mark, rest = last.text.partition("\n### À faire")
    text = head.rstrip("\n") + "\n" + TRAM + mark + rest
    draft = book.Draft(chapter.title, chapter.summary, chapter.tags, text, "l’expérience de trois jardins")
    book.write_chapter(chapter, draft, seen=last.number, by=officer, at=at)


def _the_garden_adapts(garden: Garden, by: Person, at: datetime) -> None:
    [paper] = [one for one in last_papers() if one.code == "agreement"]
    place = next(n for n, block in enumerate(paper.blocks) if block.get("text", "").startswith("Article 10"))
    blocks = [*paper.blocks[:place], {"kind": "paragraph", "text": OURS}, *paper.blocks[place:]]
    book.save_edition(paper, garden, blocks, seen=paper.version, note="notre rendez-vous de juin", by=by, at=at)

"""The guide: it comes with Cageot, the network writes it, nothing that was written is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from cageot.guide.actions import book
from cageot.guide.actions.book import ChangedMeanwhile, Draft, TooLong
from cageot.guide.models import Chapter, ChapterVersion, Template
from cageot.guide.queries.book import last_papers, offered, offered_papers, papers_of, said_now
from cageot.guide.rules import exchange, shipped
from cageot.network.models import Findable
from tests.factories import make_garden

pytestmark = pytest.mark.django_db
AT = datetime(2018, 3, 14, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def guide() -> None:
    book.ship(at=AT)


def a_newer(monkeypatch: Any, slug: str, text: str) -> None:
    """A later Cageot, with another text of one chapter."""
    there = shipped.chapters()
    monkeypatch.setattr(
        shipped, "chapters", lambda: tuple(replace(one, text=text) if one.slug == slug else one for one in there)
    )


def write(slug: str, text: str) -> Chapter:
    chapter = Chapter.objects.get(slug=slug)
    last = chapter.versions.first()
    assert last is not None
    draft = Draft(chapter.title, chapter.summary, chapter.tags, text)
    book.write_chapter(chapter, draft, seen=last.number, by=None, at=AT)
    return chapter


def said(slug: str) -> str:
    return next(one.text for one in said_now() if one.chapter.slug == slug)


def test_the_guide_is_there_and_laying_it_again_does_nothing() -> None:
    assert [one.chapter.slug for one in said_now()][:2] == ["pourquoi", "par-ou-commencer"]
    assert len(said_now()) == 15
    assert len(last_papers()) == 10
    assert book.ship(at=AT) == book.Shipped(0, 0)


def test_chapters_and_papers_are_found() -> None:
    assert Findable.objects.filter(kind="chapter").count() == 15
    assert Findable.objects.filter(kind="template").count() == 10


def test_a_newer_text_replaces_one_that_nobody_changed(monkeypatch: Any) -> None:
    a_newer(monkeypatch, "tarifs", "Plus récent.\n")
    assert book.ship(at=AT) == book.Shipped(1, 0)
    assert said("tarifs") == "Plus récent.\n"
    assert ChapterVersion.objects.filter(chapter__slug="tarifs").count() == 2


def test_a_newer_text_never_replaces_what_the_network_wrote(monkeypatch: Any) -> None:
    chapter = write("tarifs", "À nous.")
    assert offered() == []
    a_newer(monkeypatch, "tarifs", "Plus récent.\n")
    assert book.ship(at=AT) == book.Shipped(0, 0)
    assert said("tarifs") == "À nous.\n"
    assert [(one.slug, new.text) for one, new in offered()] == [("tarifs", "Plus récent.\n")]
    book.leave_offered(chapter, by=None, at=AT)
    assert offered() == []
    a_newer(monkeypatch, "tarifs", "Encore plus récent.\n")
    assert len(offered()) == 1
    book.take_offered(chapter, by=None, at=AT)
    assert said("tarifs") == "Encore plus récent.\n"
    assert [one.text for one in chapter.versions.all()][1] == "À nous.\n"
    assert book.ship(at=AT) == book.Shipped(0, 0)


def test_two_people_who_edit_at_once_lose_nothing() -> None:
    chapter = write("tarifs", "De Nadia.")
    with pytest.raises(ChangedMeanwhile) as refused:
        book.write_chapter(chapter, Draft("x", "", [], "De Paul."), seen=1, by=None, at=AT)
    assert refused.value.version == 2
    assert said("tarifs") == "De Nadia.\n"


def test_five_megabytes_are_refused_and_nothing_is_written() -> None:
    with pytest.raises(TooLong):
        write("tarifs", "x" * 5_000_000)
    assert ChapterVersion.objects.filter(chapter__slug="tarifs").count() == 1


def test_an_earlier_version_comes_back_as_a_new_one() -> None:
    first = said("tarifs")
    chapter = write("tarifs", "Autre.")
    book.restore(chapter, 1, note="", by=None, at=AT)
    assert said("tarifs") == first
    assert chapter.versions.count() == 3


def test_chapters_are_added_moved_archived_and_brought_back() -> None:
    chapter = book.add_chapter(Draft("Modèles", "", [], "Un texte sur le compost."), by=None, at=AT)
    assert chapter.slug == "modeles-2"  # "modeles" is an address already
    book.move(chapter, up=True, by=None, at=AT)
    assert [one.chapter.slug for one in said_now()][-2] == "modeles-2"
    book.archive(chapter, today=date(2018, 3, 14), by=None, at=AT)
    assert len(said_now()) == 15
    assert not Findable.objects.filter(kind="chapter", key="modeles-2").exists()
    book.bring_back(chapter, by=None, at=AT)
    assert Findable.objects.filter(kind="chapter", key="modeles-2").exists()


# --- Papers -------------------------------------------------------------------------------------


def paper(code: str) -> Template:
    return next(one for one in last_papers() if one.code == code)


def test_a_garden_has_its_own_edition_and_may_give_it_up() -> None:
    garden, other = make_garden(), make_garden("loire", "Jardin de Loire")
    own = [*paper("charter").blocks, {"kind": "paragraph", "text": "Chez nous, on se tutoie."}]
    made = book.save_edition(paper("charter"), garden, own, seen=1, note="", by=None, at=AT)
    assert made is not None
    assert (made.version, made.base) == (1, 1)
    assert [one.garden for one in papers_of(garden) if one.code == "charter"] == [garden]
    assert [one.garden for one in papers_of(other) if one.code == "charter"] == [None]
    book.back_to_network(made, by=None, at=AT)
    assert [one.garden for one in papers_of(garden) if one.code == "charter"] == [None]


def test_an_edition_of_an_older_version_is_refused() -> None:
    book.save_edition(
        paper("charter"), None, [{"kind": "paragraph", "text": "Autre."}], seen=1, note="", by=None, at=AT
    )
    with pytest.raises(ChangedMeanwhile):
        book.save_edition(paper("charter"), None, [{"kind": "paragraph", "text": "x"}], seen=1, note="", by=None, at=AT)
    assert paper("charter").version == 2


def test_a_newer_paper_is_proposed_where_the_network_changed_it(monkeypatch: Any) -> None:
    book.save_edition(
        paper("charter"), None, [{"kind": "paragraph", "text": "Autre."}], seen=1, note="", by=None, at=AT
    )
    there = shipped.papers()
    newer = ({"kind": "paragraph", "text": "Plus récent."},)
    monkeypatch.setattr(shipped, "papers", lambda: tuple(replace(one, blocks=newer) for one in there))
    assert book.ship(at=AT) == book.Shipped(0, 9)
    assert [one.code for one, _new in offered_papers()] == ["charter"]
    book.leave_offered_paper(paper("charter"), by=None, at=AT)
    assert offered_papers() == []


# --- Another network's --------------------------------------------------------------------------


def test_another_networks_guide_is_taken_chapter_by_chapter() -> None:
    theirs = exchange.Book(
        "Réseau d’à côté", "2018-03-01",
        (exchange.Chapter("tarifs", "Nos tarifs", "", (), "Les leurs.\n"), exchange.Chapter("verger", "Le verger", "", (), "Des pommes.\n"),
         exchange.Chapter("comite", "Comité", "", (), "Non.\n")),
        (exchange.Paper("charter", "Charte", "", ({"kind": "paragraph", "text": "La leur."},)),),
    )  # fmt: skip
    before = said("comite")
    assert book.take_in(theirs, chapters={"tarifs", "verger"}, papers={"charter"}, by=None, at=AT) == book.Taken(2, 1)
    assert (said("tarifs"), said("verger"), said("comite")) == ("Les leurs.\n", "Des pommes.\n", before)
    assert ChapterVersion.objects.get(chapter__slug="verger").origin == "Réseau d’à côté"
    assert paper("charter").version == 2

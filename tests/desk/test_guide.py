"""The pages of the guide: read by everybody on the staff, written by the network; papers filled, edited, brought back; the start."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from docx import Document
from pypdf import PdfReader

from cageot.baskets.models import BasketSize, Round
from cageot.funding.models import Agreement, Tariff, TariffLine, TariffShare
from cageot.guide.actions import book
from cageot.guide.actions.book import Draft
from cageot.guide.models import Chapter, ChapterVersion, StartTick, Template
from cageot.guide.queries.book import last_papers
from cageot.guide.rules import shipped
from cageot.members.models import Support
from cageot.network.models import Edition, Garden, Person, Role
from tests.desk.a_week import MONDAY_AFTER, Place, a_place, a_stranger, signed_in, text_of
from tests.factories import make_garden, make_person, make_size
from tests.factories import signed_in as come_in

pytestmark = pytest.mark.django_db
AT = datetime(2017, 3, 27, 9, 0, tzinfo=UTC)


@pytest.fixture
def place(settings: Any) -> Place:
    settings.TODAY = MONDAY_AFTER
    book.ship(at=AT)
    return a_place()


def text(answer: Any) -> str:
    return str(answer.content.decode())


def file(content: bytes, name: str = "x.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def whole(answer: Any) -> bytes:
    assert answer.status_code == 200
    return bytes(answer.content)


# --- Reading ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["coordinator", "helper", "treasurer", "network"])
def test_everybody_on_the_staff_reads_the_guide(place: Place, role: str) -> None:
    client = signed_in(place, role)
    assert "Les tarifs et la règle" in text(client.get("/guide/"))
    page = text(client.get("/guide/tarifs/"))
    assert '<a class="to-chapter" href="/guide/argent/">' in page
    assert "Chapitre 5 sur 15" in page
    assert client.get("/guide/modeles/agreement/").status_code == 200


def test_the_guide_is_laid_when_it_is_first_read(settings: Any) -> None:
    settings.TODAY = MONDAY_AFTER
    client = signed_in(a_place(), "helper")
    assert "par-ou-commencer" in text(client.get("/guide/"))
    assert Chapter.objects.count() == 15


def test_who_has_no_role_finds_no_guide(place: Place) -> None:
    assert Client().get("/guide/").status_code == 302
    assert signed_in(place, "referrer").get("/guide/").status_code == 404
    assert signed_in(place, "funder").get("/guide/").status_code == 404
    assert signed_in(place, "coordinator").get("/guide/rien-de-tel/").status_code == 404


@pytest.mark.parametrize("role", ["coordinator", "helper", "treasurer"])
def test_only_the_network_writes_it(place: Place, role: str) -> None:
    client = signed_in(place, role)
    for page in ("nouveau/", "tarifs/modifier/", "fichier/", "importer/", "modeles/charter/modifier/"):
        assert client.get(f"/guide/{page}").status_code == 404, page
    for page in ("tarifs/archiver/", "tarifs/deplacer/", "tarifs/historique/1/reprendre/", "apercu/"):
        assert client.post(f"/guide/{page}").status_code == 404, page
    assert ChapterVersion.objects.count() == 15


def test_a_longer_guide_asks_no_more_questions(place: Place) -> None:
    client = signed_in(place, "network")

    def asked(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    pages = ("/guide/", "/guide/tarifs/", "/guide/tarifs/historique/", "/guide/modeles/")
    before = {page: asked(page) for page in pages}
    for number in range(20):
        chapter = book.add_chapter(Draft(f"Chapitre {number}", "", [], "Texte."), by=None, at=AT)
        tariffs = Chapter.objects.get(slug="tarifs")
        book.write_chapter(tariffs, Draft("Tarifs", "", [], f"Texte {number}."), seen=number + 1, by=None, at=AT)
        assert chapter.pk
    assert {page: asked(page) for page in pages} == before


# --- Writing ------------------------------------------------------------------------------------


def test_the_network_writes_looks_and_keeps(place: Place) -> None:
    nadia = signed_in(place, "network")
    written = {
        "title": "Les tarifs",
        "summary": "",
        "tags": "argent, tarifs",
        "text": "## Neuf\n\nUn **mot**.",
        "note": "plus court",
        "seen": "1",
    }
    seen = text(nadia.post("/guide/tarifs/modifier/", written | {"preview": "1"}))
    assert "<strong>mot</strong>" in seen
    assert ChapterVersion.objects.filter(chapter__slug="tarifs").count() == 1
    assert "<strong>mot</strong>" in text(nadia.post("/guide/apercu/", written))
    assert nadia.post("/guide/tarifs/modifier/", written).status_code == 302
    assert "Neuf" in text(nadia.get("/guide/tarifs/"))
    page = text(nadia.get("/guide/tarifs/historique/"))
    assert "plus court" in page
    assert "<ins>## Neuf</ins>" in page
    nadia.post("/guide/tarifs/historique/1/reprendre/")
    assert "prix juste" in text(nadia.get("/guide/tarifs/"))


def test_who_saves_second_is_told_and_loses_nothing(place: Place) -> None:
    nadia = signed_in(place, "network")
    written = {"title": "Les tarifs", "text": "De Nadia.", "seen": "1"}
    nadia.post("/guide/tarifs/modifier/", written)
    page = nadia.post("/guide/tarifs/modifier/", written | {"text": "De quelqu’un d’autre."})
    assert page.status_code == 422
    assert "la version 2 pendant que vous écriviez" in text(page)
    assert "De quelqu’un d’autre." in text(page)


def test_five_megabytes_come_back_cut_with_a_sentence(place: Place) -> None:
    nadia = signed_in(place, "network")
    page = nadia.post("/guide/tarifs/modifier/", {"title": "Tarifs", "text": "mot " * 1_250_000, "seen": "1"})
    assert page.status_code == 422
    assert "faites-en deux chapitres" in text(page)
    assert "mot mot mot" in text(page)
    assert len(page.content) < 200_000
    assert ChapterVersion.objects.filter(chapter__slug="tarifs").count() == 1
    assert "faites-en deux" in text(nadia.post("/guide/apercu/", {"text": "x" * 5_000_000}))


def test_what_somebody_types_never_runs(place: Place) -> None:
    nadia = signed_in(place, "network")
    nadia.post(
        "/guide/nouveau/", {"title": "<script>x</script>", "text": "<script>alert(1)</script> [a](javascript:alert(1))"}
    )
    slug = Chapter.objects.latest("pk").slug
    page = text(nadia.get(f"/guide/{slug}/"))
    assert "<script>alert" not in page
    assert "<script>x" not in page
    assert 'href="javascript' not in page


def test_a_newer_text_is_compared_then_taken_or_left(place: Place, monkeypatch: Any) -> None:
    nadia = signed_in(place, "network")
    nadia.post("/guide/tarifs/modifier/", {"title": "Tarifs", "text": "À nous.", "seen": "1"})
    assert nadia.get("/guide/tarifs/proposee/").status_code == 404
    there = shipped.chapters()
    newer = [
        shipped.Chapter(one.slug, one.rank, one.title, one.summary, one.tags, "Plus neuf.\n")
        for one in there
        if one.slug == "tarifs"
    ]
    monkeypatch.setattr(shipped, "chapters", lambda: tuple(one for one in there if one.slug != "tarifs") + tuple(newer))
    assert "est proposée" in text(nadia.get("/guide/tarifs/"))
    assert "est proposée" not in text(signed_in(place, "helper").get("/guide/tarifs/"))
    assert "<ins>Plus neuf.</ins>" in text(nadia.get("/guide/tarifs/proposee/"))
    nadia.post("/guide/tarifs/proposee/", {"garder": "1"})
    assert "À nous." in text(nadia.get("/guide/tarifs/"))
    assert nadia.get("/guide/tarifs/proposee/").status_code == 404


# --- Papers -------------------------------------------------------------------------------------


def test_a_paper_is_filled_with_what_the_garden_holds(place: Place) -> None:
    theo = signed_in(place, "treasurer")
    Garden.objects.filter(pk=place.garden.pk).update(address="12 chemin des Prés", phone="0254000000")
    page = text(theo.get("/jardins/val-de-loire/modeles/agreement/"))
    for said in ("Jardin du Val de Loire", "12 chemin des Prés", "CCAS", "3,60\u00a0€", "12,00\u00a0€"):
        assert said in page, said
    assert '<span class="blank">Numéro SIRET du jardin</span>' in page
    filled = Document(BytesIO(whole(theo.get("/jardins/val-de-loire/modeles/agreement/docx/"))))
    said = "\n".join(one.text for one in filled.paragraphs)
    assert "Jardin du Val de Loire, 12 chemin des Prés" in said
    assert "SIRET ________________" in said
    assert [cell.text for cell in filled.tables[0].rows[1].cells][1:3] == ["12,00\u00a0€", "3,60\u00a0€"]
    pdf = PdfReader(BytesIO(whole(theo.get("/jardins/val-de-loire/modeles/agreement/pdf/"))))
    assert "12 chemin des Prés" in "".join(one.extract_text() for one in pdf.pages)


def a_second_size(place: Place) -> None:
    """A small basket at 8,00 €, of which the household pays 2,40 €."""
    make_size(place.garden, "petit", 800)
    tariff = Tariff.objects.get(agreement__gardens=place.garden)
    line = TariffLine.objects.create(tariff=tariff, size_code="petit", from_day=date(2017, 1, 1), price_cents=800, member_cents=240, cap_bp=3000)  # fmt: skip
    TariffShare.objects.create(line=line, payer=place.payer, kind="rest")


def prices(document: Any) -> list[tuple[str, ...]]:
    [table] = [one for one in document.tables if one.rows[0].cells[0].text == "Taille"]
    return [tuple(cell.text.replace("\u00a0", " ") for cell in row.cells)[1:4] for row in table.rows[1:]]


BOTH = [("12,00 €", "3,60 €", "8,40 €"), ("8,00 €", "2,40 €", "5,60 €")]


def test_an_agreement_lists_each_size_also_when_the_garden_has_edited_it(place: Place) -> None:
    a_second_size(place)
    lea = signed_in(place, "coordinator")
    here = "/jardins/val-de-loire/modeles/agreement/"
    assert prices(Document(BytesIO(whole(lea.get(f"{here}docx/"))))) == BOTH
    for price in ("8,00 €", "12,00 €"):
        assert price in text_of(lea.get(here))
        said = "".join(one.extract_text() for one in PdfReader(BytesIO(whole(lea.get(f"{here}pdf/")))).pages)
        assert price in said.replace("\u00a0", " ")
    document = the_model(lea, f"{here}modele/")
    document.add_paragraph("Relu ensemble.")
    lea.post(f"{here}modifier/", kept(lea.post(f"{here}modifier/", {"file": file(bytes_of(document))})))
    assert "Relu ensemble." in text_of(lea.get(here))
    assert prices(Document(BytesIO(whole(lea.get(f"{here}docx/"))))) == BOTH


def test_a_size_that_another_garden_has_is_not_in_our_agreement(place: Place) -> None:
    a_second_size(place)
    BasketSize.objects.filter(garden=place.garden, code="petit").delete()
    lea = signed_in(place, "coordinator")
    assert prices(Document(BytesIO(whole(lea.get("/jardins/val-de-loire/modeles/agreement/docx/"))))) == BOTH[:1]


def budget_of(place: Place) -> str:
    return text_of(signed_in(place, "treasurer").get("/jardins/val-de-loire/modeles/budget/"))


def a_year_closed(settings: Any, households: int) -> Place:
    """Looked at a year after its one closed week; the supports of one household in two go on."""
    book.ship(at=AT)
    place = a_place(households)
    place.mark_all()
    settings.TODAY = MONDAY_AFTER
    place.close()
    Support.objects.update(until_day=None)
    Agreement.objects.update(until_day=None)
    Edition.objects.update(until_day=date(2018, 12, 31))
    settings.TODAY = date(2018, 3, 27)
    return place


def test_a_budget_is_filled_with_what_the_garden_knows_and_leaves_the_rest_to_write(settings: Any) -> None:
    said = budget_of(a_year_closed(settings, 12))
    assert "Places 6 Semaines de livraison 1 Paniers 6 " in said
    assert "6 paniers, toutes tailles 72,00 €" in said
    assert "Foyers par panier 21,60 €" in said and "Partenaires locaux par panier 50,40 €" in said
    assert "12,00 €, dont 3,60 € pour le foyer" in said
    assert "heures × coût de l’heure Coordination" in said, "nobody knows it: a line to write on"


def test_a_budget_tells_nothing_of_fewer_than_five_households(settings: Any) -> None:
    said = budget_of(a_year_closed(settings, 8))
    assert "Places Nombre de places" in said
    assert "48,00 €" not in said and "14,40 €" not in said


def test_before_a_year_is_closed_a_budget_counts_on_the_quotas_of_agreements(settings: Any) -> None:
    settings.TODAY = MONDAY_AFTER
    book.ship(at=AT)
    said = budget_of(a_place(12, quota_baskets=440))
    assert "Paniers 440 " in said and "440 paniers, toutes tailles Prix de tous les paniers" in said


@pytest.mark.parametrize("code", [one.code for one in shipped.papers()])
def test_every_paper_can_be_seen_and_printed(place: Place, code: str) -> None:
    theo = signed_in(place, "treasurer")
    assert theo.get(f"/jardins/val-de-loire/modeles/{code}/").status_code == 200
    assert whole(theo.get(f"/jardins/val-de-loire/modeles/{code}/pdf/")).startswith(b"%PDF")
    assert whole(theo.get(f"/jardins/val-de-loire/modeles/{code}/docx/")).startswith(b"PK")
    assert whole(theo.get(f"/guide/modeles/{code}/modele.docx")).startswith(b"PK")


def test_who_sees_no_money_fills_no_paper_and_a_stranger_finds_none(place: Place) -> None:
    assert signed_in(place, "helper").get("/jardins/val-de-loire/modeles/agreement/").status_code == 404
    sam = a_stranger()
    for page in ("", "agreement/", "agreement/docx/", "agreement/modifier/"):
        assert sam.get(f"/jardins/val-de-loire/modeles/{page}").status_code == 404
    assert sam.post("/jardins/val-de-loire/modeles/agreement/reprendre/").status_code == 404


def the_model(client: Client, address: str = "/jardins/val-de-loire/modeles/charter/modele/") -> Any:
    return Document(BytesIO(whole(client.get(address))))


def bytes_of(document: Any) -> bytes:
    made = BytesIO()
    document.save(made)
    return made.getvalue()


EDIT = "/jardins/val-de-loire/modeles/charter/modifier/"


def kept(page: Any) -> dict[str, str]:
    return {"kept": text(page).split('name="kept" value="')[1].split('"')[0]}


def test_a_garden_edits_a_paper_in_its_word_processor_and_keeps_it(place: Place) -> None:
    lea = signed_in(place, "coordinator")
    document = the_model(lea)
    document.add_paragraph("À {{jardin.nom}}, on se tutoie.")
    page = lea.post(EDIT, {"file": file(bytes_of(document))})
    assert "<ins>À {{jardin.nom}}, on se tutoie.</ins>" in text(page)
    assert not Template.objects.filter(garden=place.garden).exists()
    assert lea.post(EDIT, kept(page)).status_code == 302
    shown = text(lea.get("/jardins/val-de-loire/modeles/charter/"))
    assert "À Jardin du Val de Loire, on se tutoie." in shown
    assert "votre édition" in shown
    lea.post("/jardins/val-de-loire/modeles/charter/reprendre/")
    assert "on se tutoie" not in text(lea.get("/jardins/val-de-loire/modeles/charter/"))


def refused(client: Client, content: bytes, address: str = EDIT) -> str:
    page = client.post(address, {"file": file(content)})
    assert page.status_code == 422
    assert not Template.objects.exclude(garden=None).exists()
    return text(page)


def test_files_that_cannot_be_kept_are_refused_with_a_sentence(place: Place) -> None:
    lea = signed_in(place, "coordinator")
    assert "n’est pas un document DOCX" in refused(lea, b"%PDF-1.7")
    assert "n’est pas un document DOCX" in refused(lea, b"")
    unknown = the_model(lea)
    unknown.add_paragraph("{{jardin.nomm}}")
    page = refused(lea, bytes_of(unknown))
    assert "jardin.nomm" in page
    assert "« jardin.nom »" in page
    assert "est rempli" in refused(lea, whole(lea.get("/jardins/val-de-loire/modeles/charter/docx/")))
    assert "d’un autre modèle" in refused(lea, whole(lea.get("/jardins/val-de-loire/modeles/budget/modele/")))
    old = bytes_of(the_model(lea))
    [paper] = [one for one in last_papers() if one.code == "charter"]
    book.save_edition(paper, None, [{"kind": "paragraph", "text": "Plus court."}], seen=1, note="", by=None, at=AT)
    assert "version plus ancienne" in refused(lea, old)
    empty = the_model(lea)
    for one in list(empty.element.body):
        if one.tag.endswith("}p"):
            empty.element.body.remove(one)
    assert "est vide" in refused(lea, bytes_of(empty))


def test_a_file_that_waited_too_long_or_was_changed_writes_nothing(place: Place) -> None:
    lea = signed_in(place, "coordinator")
    page = lea.post(EDIT, {"kept": "someone:elses:words"}, follow=True)
    assert "rien n’a été enregistré" in text(page)
    document = the_model(lea)
    document.add_paragraph("Ajout.")
    signed = kept(lea.post(EDIT, {"file": file(bytes_of(document))}))
    [paper] = [one for one in last_papers() if one.code == "charter"]
    book.save_edition(paper, None, [{"kind": "paragraph", "text": "Plus court."}], seen=1, note="", by=None, at=AT)
    assert "a changé pendant ce temps" in text(lea.post(EDIT, signed, follow=True))
    assert not Template.objects.filter(garden=place.garden).exists()


def test_a_paper_without_its_version_is_compared_with_a_warning(place: Place) -> None:
    lea = signed_in(place, "coordinator")
    document = Document()
    document.add_heading("Notre charte", 0)
    page = lea.post(EDIT, {"file": file(bytes_of(document))})
    assert "ne dit pas de quelle version" in text(page)


def test_the_network_edits_its_own_paper(place: Place) -> None:
    nadia = signed_in(place, "network")
    document = the_model(nadia, "/guide/modeles/charter/modele.docx")
    document.add_paragraph("Du réseau.")
    page = nadia.post("/guide/modeles/charter/modifier/", {"file": file(bytes_of(document))})
    nadia.post("/guide/modeles/charter/modifier/", kept(page))
    assert "Du réseau." in text(nadia.get("/guide/modeles/charter/"))
    assert "Du réseau." in text(signed_in(place, "coordinator").get("/jardins/val-de-loire/modeles/charter/"))


# --- Leaving, coming in -------------------------------------------------------------------------


def test_the_whole_guide_is_one_tagged_pdf(place: Place) -> None:
    read = PdfReader(BytesIO(whole(signed_in(place, "helper").get("/guide/pdf/"))))
    said = "".join(one.extract_text() for one in read.pages)
    for chapter in shipped.chapters():
        assert chapter.title.split("\u00a0")[0] in said.replace("\n", " "), chapter.title
    assert "Convention de partenariat" in said
    assert len(read.pages) > 30
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]


def test_the_site_leads_only_to_its_own_files(place: Place) -> None:
    with ZipFile(BytesIO(whole(signed_in(place, "helper").get("/guide/site/")))) as archive:
        names = {name.removeprefix("guide/") for name in archive.namelist()}
        pages = {name: archive.read(f"guide/{name}").decode() for name in names if name.endswith((".html", ".css"))}
    assert {"index.html", "tarifs.html", "modele-charter.html", "modeles/charter.docx", "guide.css"} <= names
    for name, page in pages.items():
        leads = re.findall(r'(?:href|src)="([^"]+)"', page) + re.findall(r'url\("([^"]+)"\)', page)
        outside = [one for one in leads if one.split("#")[0] not in names | {""}]
        assert outside == [], name
        assert "http" not in " ".join(leads)


def test_another_networks_guide_is_compared_then_taken(place: Place) -> None:
    nadia = signed_in(place, "network")
    made = whole(nadia.get("/guide/fichier/"))
    page = text(nadia.post("/guide/importer/", {"file": file(made)}))
    assert "Tout est déjà pareil ici" in page
    nadia.post("/guide/tarifs/modifier/", {"title": "Tarifs d’ici", "text": "À nous.", "seen": "1"})
    Chapter.objects.get(slug="comite").delete()
    page = nadia.post("/guide/importer/", {"file": file(made)})
    assert "différent du nôtre" in text(page)
    assert "<del>À nous.</del>" in text(page)
    assert "nouveau" in text(page)
    assert not Chapter.objects.filter(slug="comite").exists()
    nadia.post("/guide/importer/", kept(page) | {"chapter": ["comite"]})
    assert Chapter.objects.filter(slug="comite").exists()
    assert "À nous." in text(nadia.get("/guide/tarifs/"))
    nadia.post("/guide/importer/", kept(page) | {"chapter": ["tarifs"]})
    assert "prix juste" in text(nadia.get("/guide/tarifs/"))


def test_a_damaged_a_newer_and_another_file_are_refused(place: Place) -> None:
    nadia = signed_in(place, "network")
    made = whole(nadia.get("/guide/fichier/"))

    def said(content: bytes) -> str:
        page = nadia.post("/guide/importer/", {"file": file(content)})
        assert page.status_code == 422
        return text(page)

    assert "abîmé en chemin" in said(made[:-300])
    assert "abîmé en chemin" in said(made.replace(b"panier", b"pamier", 1))
    assert "mettez à jour Cageot" in said(json.dumps(json.loads(made) | {"version": 99}).encode())
    assert "n’est pas un guide" in said(b"{}")
    assert "rien n’a été importé" in text(nadia.post("/guide/importer/", {"kept": "x"}, follow=True))
    assert ChapterVersion.objects.count() == 15


# --- The start ----------------------------------------------------------------------------------


@pytest.fixture
def brand_new(settings: Any) -> tuple[Garden, Client]:
    settings.TODAY = MONDAY_AFTER
    garden = make_garden("neuf", "Jardin neuf")
    return garden, come_in(make_person("coordinator", garden))


def done(client: Client, code: str) -> list[str]:
    page = text(client.get(f"/jardins/{code}/demarrer/"))
    return [part.split('"')[0] for part in page.split('<li id="')[1:] if 'class="done"' in part.split(">")[0]]


def test_a_brand_new_garden_starts_with_nothing_done_and_a_first_step(brand_new: tuple[Garden, Client]) -> None:
    _garden, client = brand_new
    page = text(client.get("/jardins/neuf/demarrer/"))
    assert done(client, "neuf") == []
    assert "Dire où est le jardin" in page
    assert "Démarrer" in text(client.get("/guide/"))


def test_steps_set_the_garden_up_and_tick_themselves(brand_new: tuple[Garden, Client]) -> None:
    garden, client = brand_new
    start = "/jardins/neuf/demarrer/"
    assert client.get(f"{start}sizes/").status_code == 200
    answer = client.post(f"{start}sizes/", {"name": "petit", "price": "9,00", "from_day": "2017-01-01"})
    assert answer.status_code == 302
    assert answer.url == f"{start}#sizes"
    assert "sizes" in done(client, "neuf")
    assert (
        client.post(f"{start}sizes/", {"name": "", "price": "x"}).status_code == 200
    )  # the form again, with what is wrong
    for step in ("address", "team", "depots", "absences", "partners", "agreement"):
        assert client.get(f"{start}{step}/").status_code == 200, step
    assert garden.sizes.count() == 1


@pytest.mark.parametrize("field", ["name", "description", "notes", "phone", "capacity"])
def test_a_huge_text_pasted_into_the_step_of_depots_comes_back_cut(
    brand_new: tuple[Garden, Client], settings: Any, field: str
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 20_000_000
    garden, client = brand_new
    url = "/jardins/neuf/demarrer/depots/"
    if field == "name":  # the first step is a round: it comes back cut too
        answer = client.post(url, {"name": "x" * 5_242_880, "weekday": "4", "packed_before": "0", "colour": "s1"})
        assert answer.status_code == 422 and len(answer.content) < 200_000
    Round.objects.create(garden=garden, name="Jeudi", weekday=4)
    answer = client.post(url, {"name": "Gare", "kind": "open", field: "x" * 5_242_880})
    assert answer.status_code == 422
    assert len(answer.content) < 200_000
    assert "5 242 880 signes" in text(answer).replace("\u202f", " ").replace("\u00a0", " ")


def test_a_step_without_facts_is_ticked_by_hand_and_unticked(brand_new: tuple[Garden, Client]) -> None:
    _garden, client = brand_new
    client.post("/jardins/neuf/demarrer/season/cocher/", {"fait": "1"})
    client.post("/jardins/neuf/demarrer/season/cocher/", {"fait": "1"})
    assert done(client, "neuf") == ["season"]
    assert StartTick.objects.count() == 1
    client.post("/jardins/neuf/demarrer/season/cocher/", {"defait": "1"})
    assert done(client, "neuf") == []
    assert client.post("/jardins/neuf/demarrer/rien/cocher/", {"fait": "1"}).status_code == 404
    assert client.get("/jardins/neuf/demarrer/rien/").status_code == 404


def test_a_garden_that_runs_finds_its_steps_done(place: Place) -> None:
    lea = signed_in(place, "coordinator")
    place.mark_all()
    place.close()
    assert {"sizes", "edition", "agreement", "welcome", "dignity", "marking", "close"} <= set(done(lea, "val-de-loire"))


def test_the_start_asks_the_same_questions_for_a_new_garden_and_a_full_one(place: Place) -> None:
    lea = signed_in(place, "coordinator")
    other = make_garden("neuf", "Jardin neuf")
    person = Person.objects.get(login__email="lea@exemple.fr")
    make_person("coordinator", other)
    Role.objects.create(person=person, kind="coordinator", garden=other, from_day=MONDAY_AFTER)

    def asked(code: str) -> int:
        lea.get(f"/jardins/{code}/demarrer/")
        with CaptureQueriesContext(connection) as queries:
            assert lea.get(f"/jardins/{code}/demarrer/").status_code == 200
        return len(queries)

    assert asked("neuf") == asked("val-de-loire")


def test_the_start_is_for_who_runs_the_garden(place: Place) -> None:
    for role in ("helper", "treasurer", "network"):
        assert signed_in(place, role).get("/jardins/val-de-loire/demarrer/").status_code == 404
    sam = a_stranger()
    assert sam.get("/jardins/val-de-loire/demarrer/").status_code == 404
    assert sam.get("/jardins/val-de-loire/demarrer/sizes/").status_code == 404
    assert sam.post("/jardins/val-de-loire/demarrer/season/cocher/", {"fait": "1"}).status_code == 404

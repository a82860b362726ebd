"""Papers of the toolbox: as many pages as the guide says, one row for each size of basket, faces that are drawn."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader

from cageot.desk.pdf import write_pdf
from cageot.desk.queries.guide_papers import on_paper
from cageot.guide.rules import blocks, fields, shipped, word_file
from cageot.guide.rules.word_file import Mark

AT = datetime(2018, 3, 14, 9, 0, tzinfo=UTC)
PAPERS = {one.code: one for one in shipped.papers()}
CHAPTERS = {one.slug: one.text for one in shipped.chapters()}
PETIT = {"tarif.taille": "Petit", "tarif.prix": "8,00 €", "tarif.adherent": "2,40 €", "tarif.partenaire": "2,80 €", "tarif.autres": "2,80 €", "tarif.mois": "9,60 €"}  # fmt: skip
GRAND = {f"{name} 2": fields.FIELDS[name].example for name in PETIT}
BLOIS = PETIT | GRAND | {
    "jardin.nom": "Jardin du Clos-Joli", "jardin.adresse": "Chemin des Prés", "jardin.commune": "41000 Blois", "jardin.telephone": "02 61 91 37 41",
    "jardin.courriel": "blois@example.org", "jardin.contact": "Léa Aubrun", "reseau.nom": "Réseau des jardins (démo)",
    "edition.nom": "30 000 paniers solidaires 2018", "edition.plafond": "30 %", "partenaire.nom": "CCAS de Blois (démo)", "partenaire.adresse": "Blois",
    "convention.debut": "jeudi 1er septembre 2016", "convention.fin": "lundi 31 décembre 2018", "convention.preavis": "90 jours",
    "depot.nom": "Maison des Provinces", "depot.adresse": "4, rue des Lilas, Blois", "depot.jour": "le mardi", "depot.heures": "16 h – 18 h 30",
    "absence.delai": "2 jours", "donnees.mois": "24 mois", "date.jour": "mercredi 14 mars 2018",
    "atelier.titre": "Bien manger sans se ruiner", "atelier.jour": "mardi 20 mars 2018", "atelier.heures": "de 9 h 30 à 11 h 30",
    "atelier.lieu": "Cuisine de la maison de quartier, rue du Marché", "atelier.places": "15", "atelier.animation": "Une diététicienne de la MSA",
    "comite.jour": "jeudi 12 avril 2018", "comite.heures": "14 h 30", "comite.lieu": "Mairie, salle Lavoisier",
}  # fmt: skip
EVERYTHING = fields.examples() | GRAND


def pdf(code: str, values: dict[str, str]) -> PdfReader:
    data: dict[str, Any] = {
        "title": PAPERS[code].title, "garden": "Jardin du Clos-Joli", "date": [2018, 3, 14], "lang": "fr", "printed": "",
        "blocks": on_paper(PAPERS[code].blocks, values),
    }  # fmt: skip
    return PdfReader(BytesIO(write_pdf("template.typ", data, at=AT)))


def said(read: PdfReader) -> str:
    return " ".join("".join(one.extract_text() for one in read.pages).split())


@pytest.mark.parametrize("values", [BLOIS, EVERYTHING], ids=["as Blois has it", "all filled"])
@pytest.mark.parametrize(
    ("code", "pages"),
    [
        ("agreement", 2), ("referral", 1), ("workshop", 1), ("questionnaire", 1), ("charter", 1), ("flyer", 1), ("committee", 1),
        ("welcome", 1), ("consent", 1), ("budget", 2),
    ],
)  # fmt: skip
def test_a_paper_has_no_more_pages_than_the_guide_says(code: str, pages: int, values: dict[str, str]) -> None:
    assert len(pdf(code, values).pages) <= pages


def test_the_guide_says_of_its_papers_what_they_are() -> None:
    assert "trois visages" in CHAPTERS["evaluer"] and "pictogrammes" not in CHAPTERS["evaluer"]
    assert all(face in str(PAPERS["questionnaire"].blocks) for face in fields.FACES)
    assert "tient sur un recto" in CHAPTERS["ateliers"] and "une page" in CHAPTERS["orienter"]


def test_numbers_of_the_example_leave_nobody_to_be_found_by_subtraction() -> None:
    """Chapter 12 publishes no number of people under 11: its own example neither, nor what is left of it."""
    part = CHAPTERS["evaluer"].split("## Un exemple")[1].split("### À faire")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("|")][2:]  # fmt: skip
    numbers = [int(cell) for row in rows for cell in row[1:] if cell.isdigit()]
    assert len(numbers) >= 5 and all(11 <= n <= 130 - 11 for n in numbers)
    for row in rows:
        before, after = (int(cell) if cell.isdigit() else None for cell in row[1:])
        assert before is None or after is None or abs(after - before) >= 11
    assert 200 - 130 >= 11


def test_the_questionnaire_and_the_charter_are_the_same_for_everybody() -> None:
    questionnaire = " ".join(blocks.texts(PAPERS["questionnaire"].blocks))
    assert "prise en charge" not in questionnaire and "ni à votre prix" in questionnaire.replace("\u00a0", " ")
    for code in ("charter", "welcome"):
        names = blocks.field_names(PAPERS[code].blocks)
        assert not [name for name in names if name.startswith("depot.")], "each has their own depot"
        assert "heures de votre dépôt" in " ".join(blocks.texts(PAPERS[code].blocks))


# --- One row for each size ------------------------------------------------------------------------


def table(content: bytes) -> list[list[str]]:
    return [
        [cell.text.replace("\u00a0", " ") for cell in row.cells] for row in Document(BytesIO(content)).tables[0].rows
    ]


def docx(code: str, made: Any, values: dict[str, str] | None) -> bytes:
    return word_file.write(PAPERS[code].title, made, values, mark=Mark(code, "reseau", 1), about="Réseau", at=AT)


@pytest.mark.parametrize("code", ["agreement", "flyer", "budget", "welcome", "referral"])
def test_a_paper_tells_the_price_of_each_size(code: str) -> None:
    words = said(pdf(code, BLOIS)).replace("\u00a0", " ")
    assert "Petit" in words and "Grand" in words
    assert "2,40 €" in words and "3,60 €" in words


def test_the_row_of_a_size_is_repeated_when_it_is_filled_and_stands_once_to_be_edited() -> None:
    made = PAPERS["agreement"].blocks
    assert [row[:3] for row in table(docx("agreement", made, BLOIS))[1:]] == [["Petit", "8,00 €", "2,40 €"], ["Grand", "12,00 €", "3,60 €"]]  # fmt: skip
    model = docx("agreement", made, None)
    assert [row[0] for row in table(model)[1:]] == ["{{tarif.taille}}"]
    back = blocks.clean(word_file.read(model).blocks)
    assert back == list(made)
    assert [row[0] for row in table(docx("agreement", back, BLOIS))[1:]] == ["Petit", "Grand"]


def test_one_size_is_one_row_and_what_is_not_known_of_another_is_a_line_to_fill() -> None:
    assert len(table(docx("agreement", PAPERS["agreement"].blocks, PETIT))) == 2
    some = {name: value for name, value in BLOIS.items() if name != "tarif.autres 2"}
    assert table(docx("agreement", PAPERS["agreement"].blocks, some))[2][-1] == fields.BLANK
    [bit] = fields.fill(fields.of_size("{{tarif.autres}}", 2), some)
    assert (bit.kind, bit.label) == ("blank", "Part des autres payeurs")


# --- Faces, and the spaces of French --------------------------------------------------------------


def test_faces_are_drawn_on_paper_and_stay_signs_in_a_file_to_edit() -> None:
    made = PAPERS["questionnaire"].blocks
    kinds = [bit for one in on_paper(made, BLOIS) for item in one["items"] for bit in item if bit[1] == "face"]
    assert [bit[0] for bit in kinds] == ["3", "2", "1"] * 3
    words = said(pdf("questionnaire", BLOIS))
    assert "pas bien" in words and not any(face in words for face in fields.FACES)
    assert blocks.clean(word_file.read(docx("questionnaire", made, None)).blocks) == list(made)


def test_a_paper_shown_has_the_spaces_of_french_and_a_file_to_edit_those_that_were_typed() -> None:
    made = blocks.clean([{"kind": "paragraph", "text": "Qui ? {{jardin.nom}} : « moi »"}])
    [one] = on_paper(made, {"jardin.nom": "Val : clair"})
    assert "".join(words for words, _kind in one["text"]) == "Qui\u00a0? Val\u00a0: clair\u00a0: «\u00a0moi\u00a0»"
    assert blocks.clean(word_file.read(docx("charter", made, None)).blocks) == made

"""Papers as DOCX: written, read back the same, through LibreOffice too; and files that are refused."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from cageot.guide.rules import blocks, fields, shipped, word_file
from cageot.guide.rules.word_file import Mark, NotReadable, read, write

AT = datetime(2018, 3, 14, 9, 0, tzinfo=UTC)
MARK = Mark("agreement", "reseau", 3)
PAPERS = {one.code: one for one in shipped.papers()}


def written(made: Any, values: dict[str, str] | None = None) -> bytes:
    return write("Un papier", made, values, mark=MARK, about="Réseau", at=AT)


@pytest.mark.parametrize("code", PAPERS)
def test_each_paper_that_ships_comes_back_as_it_was(code: str) -> None:
    back = read(written(PAPERS[code].blocks))
    assert blocks.clean(back.blocks) == list(PAPERS[code].blocks)
    assert back.mark == MARK


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30) | st.sampled_from(
    [
        "{{jardin.nom}}",
        "Réseau {{ reseau.nom }}",
        "« à » : 30 %",
        "- x",
        "1. y",
        "☐ z",
        "<w:p/>",
        "a&b",
        "\u00a0x\u00a0",
    ]
)
some = st.lists(words, max_size=4)
one_block = st.one_of(
    st.builds(lambda kind, text: {"kind": kind, "text": text}, st.sampled_from(blocks.TEXTS), words),
    st.builds(
        lambda kind, items: {"kind": kind, "items": items}, st.sampled_from(["list", "numbered", "signature"]), some
    ),
    st.builds(lambda text, items: {"kind": "checkbox", "text": text, "items": items}, words, some),
    st.builds(lambda text, count: {"kind": "lines", "text": text, "count": count}, words, st.integers(1, 5)),
    st.builds(lambda rows: {"kind": "table", "rows": rows}, st.lists(st.lists(words, max_size=4), max_size=4)),
)


def in_normal_form(made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    try:
        return blocks.clean(made)
    except (blocks.BadBlocks, fields.UnknownField):
        return []


@settings(max_examples=40, deadline=None)
@given(st.lists(one_block, max_size=8).map(in_normal_form).filter(bool))
def test_any_paper_comes_back_as_it_was(made: list[dict[str, Any]]) -> None:
    assert blocks.clean(made) == made
    assert blocks.clean(read(written(made)).blocks) == made


def test_the_same_moment_gives_the_same_bytes() -> None:
    assert written(PAPERS["charter"].blocks) == written(PAPERS["charter"].blocks)


def test_values_stand_in_the_file_and_what_is_missing_is_a_line_to_fill() -> None:
    file = Document(BytesIO(written(PAPERS["agreement"].blocks, {"jardin.nom": "Jardin & <Val>"})))
    text = "\n".join(paragraph.text for paragraph in file.paragraphs)
    assert "Jardin & <Val>, ________________" in text
    assert "{{" not in text


def test_the_file_has_real_styles_lists_a_table_and_well_formed_parts() -> None:
    content = written(PAPERS["agreement"].blocks)
    file = Document(BytesIO(content))
    assert {"Title", "Heading 1", "List Bullet", "Encadré", "Normal"} <= {
        one.style.name for one in file.paragraphs if one.style
    }
    assert [cell.text for cell in file.tables[0].rows[0].cells][0] == "Taille"
    with ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))
        numbering = etree.fromstring(archive.read("word/numbering.xml"))
    # The schema wants every form before every list that uses it.
    order = [etree.QName(one).localname for one in numbering]
    assert order == sorted(order)


# --- LibreOffice --------------------------------------------------------------------------------

OFFICE = os.environ.get("CAGEOT_SOFFICE") or shutil.which("soffice")


@pytest.mark.slow
@pytest.mark.skipif(not OFFICE, reason="LibreOffice is not on this machine (soffice, or its path in CAGEOT_SOFFICE)")
def test_libreoffice_opens_every_paper_and_saves_it_unchanged(tmp_path: Path) -> None:
    for code, paper in PAPERS.items():
        (tmp_path / f"{code}.docx").write_bytes(written(paper.blocks))
    out = tmp_path / "saved"
    files = [str(path) for path in sorted(tmp_path.glob("*.docx"))]
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        str(OFFICE),
        profile,
        "--headless",
        "--convert-to",
        "docx:MS Word 2007 XML",
        "--outdir",
        str(out),
        *files,
    ]
    subprocess.run(command, check=True, timeout=300, capture_output=True)
    for code, paper in PAPERS.items():
        back = read((out / f"{code}.docx").read_bytes())
        assert blocks.clean(back.blocks) == list(paper.blocks), code
        assert back.mark == MARK


# --- An edited file -----------------------------------------------------------------------------


def edited(change: Any) -> bytes:
    file = Document(BytesIO(written(PAPERS["charter"].blocks)))
    change(file)
    made = BytesIO()
    file.save(made)
    return made.getvalue()


def test_what_a_garden_types_in_word_comes_back() -> None:
    def change(file: Any) -> None:
        file.paragraphs[0].text = "Notre charte"
        file.add_heading("Chez nous", 2)
        file.add_paragraph("Un paragraphe tapé.").add_run(" En gras.").bold = True
        file.add_paragraph("un point", style="List Bullet")
        file.add_paragraph("   ")
        file.add_table(1, 2).rows[0].cells[0].text = "une case"

    back = blocks.clean(read(edited(change)).blocks)
    assert back[0] == {"kind": "title", "text": "Notre charte"}
    assert back[-4:] == [
        {"kind": "heading", "text": "Chez nous"},
        {"kind": "paragraph", "text": "Un paragraphe tapé. En gras."},
        {"kind": "list", "items": ["un point"]},
        {"kind": "table", "rows": [["une case", ""]]},
    ]


def test_a_field_cut_in_pieces_by_word_is_still_a_field() -> None:
    def change(file: Any) -> None:
        paragraph = file.add_paragraph("De {{jar")
        paragraph.add_run("din.").bold = True
        paragraph.add_run("nom}}")

    assert blocks.clean(read(edited(change)).blocks)[-1]["text"] == "De {{jardin.nom}}"


def test_an_unknown_field_is_named_with_those_that_look_like_it() -> None:
    back = read(edited(lambda file: file.add_paragraph("De {{jardin.nomm}}")))
    with pytest.raises(fields.UnknownField) as refused:
        blocks.clean(back.blocks)
    assert refused.value.name == "jardin.nomm"
    assert "jardin.nom" in refused.value.near


# --- Files that are refused ---------------------------------------------------------------------


def rezipped(**parts: bytes) -> bytes:
    made = BytesIO()
    with ZipFile(BytesIO(written(PAPERS["charter"].blocks))) as before, ZipFile(made, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            if name not in parts:
                after.writestr(name, before.read(name))
        for name, content in parts.items():
            after.writestr(name, content)
    return made.getvalue()


def zipped(**parts: bytes) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


BILLION = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">]><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">&a;</w:document>'
TRACKED = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:ins w:id="1" w:author="x"><w:r><w:t>x</w:t></w:r></w:ins></w:p></w:body></w:document>'  # fmt: skip


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not_docx"),
        (b"%PDF-1.7", "not_docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_word"),
        (zipped(**{"readme.txt": b"x"}), "not_docx"),
        (rezipped(**{"word/vbaProject.bin": b"x"}), "macros"),
        (rezipped(**{"word/document.xml": b" " * (word_file.BIGGEST_TEXT + 1)}), "bomb"),
        (rezipped(**{f"word/media/{n}.bin": bytes(9_000_000) for n in range(5)}), "bomb"),
        (rezipped(**{"word/document.xml": BILLION}), "damaged"),
        (rezipped(**{"word/document.xml": b"<not xml"}), "damaged"),
        (rezipped(**{"word/document.xml": TRACKED}), "tracked"),
        (written(PAPERS["charter"].blocks)[:-2000], "not_docx"),
        (bytes(word_file.BIGGEST_FILE + 1), "big"),
    ],
    ids=[
        "empty",
        "pdf",
        "old_word",
        "some_zip",
        "macros",
        "big_text",
        "big_inside",
        "entities",
        "not_xml",
        "tracked",
        "cut",
        "big",
    ],
)
def test_a_file_that_is_not_a_paper_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(NotReadable) as refused:
        read(content)
    assert refused.value.why == why


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 37_000), st.binary(min_size=1, max_size=40))
def test_a_damaged_file_is_refused_or_read_and_nothing_else_happens(at: int, other: bytes) -> None:
    content = bytearray(WHOLE)
    content[at : at + len(other)] = other
    try:
        blocks.clean(read(bytes(content)).blocks)
    except (NotReadable, blocks.BadBlocks, fields.UnknownField):
        pass


WHOLE = written(PAPERS["charter"].blocks)

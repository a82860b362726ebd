"""Papers as DOCX: blocks written with real styles, lists and tables, and read back from the file that a garden edited.

A paper to edit keeps its fields ({{jardin.nom}}); one filled with values is for signing, and is not read back. Styles say
what a block is; which paper, which edition and version it was stands among the file's keywords, which Word and
LibreOffice keep.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo, is_zipfile
from zlib import error as DeflateError

from docx import Document
from docx.document import Document as DocumentFile
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from cageot.guide.rules import blocks as rules
from cageot.guide.rules import fields
from cageot.guide.rules.blocks import Block

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BIGGEST_FILE = 5 * 1024 * 1024
BIGGEST_INSIDE = 40 * 1024 * 1024
BIGGEST_TEXT = 8 * 1024 * 1024
MOST_PARTS = 300

BOX, QUESTION, BOXES, LINE, SIGNED = "Encadré", "Question", "Cases à cocher", "Ligne à remplir", "Qui signe"
STYLES = {"title": "Title", "heading": "Heading 1", "paragraph": "Normal", "box": BOX, "list": "List Bullet",
          "numbered": "List Number", "checkbox": BOXES}  # fmt: skip
READ = {"Title": "title", "Subtitle": "paragraph", BOX: "box", "List Bullet": "list", "List Number": "numbered", BOXES: "checkbox",
        LINE: "lines", QUESTION: "question"}  # fmt: skip
WIDTH = Cm(17)


@dataclass(frozen=True)
class Mark:
    """Which paper a file was made from. `edition`: "reseau", or the code of a garden; `filled`: with values, not to be read back."""

    code: str
    edition: str
    version: int
    filled: bool = False

    def __str__(self) -> str:
        kind = "rempli" if self.filled else "modele"
        return f"cageot-{kind} {self.code} {self.edition} {self.version}"


_MARK = re.compile(r"cageot-(rempli|modele) ([a-z0-9_-]{1,60}) ([A-Za-z0-9_-]{1,60}) (\d{1,6})\b")


# --- Written ------------------------------------------------------------------------------------


def write(
    title: str,
    blocks: Iterable[Mapping[str, Any]],
    values: Mapping[str, str] | None,
    *,
    mark: Mark,
    about: str,
    at: datetime,
) -> bytes:
    """The paper as a DOCX. Without values, with its fields, to be edited. `about`: who it is of; the same moment gives the same bytes."""
    file = Document()
    _set(file)
    said = file.core_properties
    said.title, said.author, said.subject, said.keywords, said.comments = title, about, title, str(mark), ""
    said.language, said.last_modified_by, said.revision = "fr-FR", about, 1
    said.created = said.modified = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    writer = _Writer(file, values)
    for block in rules.by_size(blocks, values):
        writer.put(block)
    made = BytesIO()
    file.save(made)
    return _dated(made.getvalue(), at)


def _dated(content: bytes, at: datetime) -> bytes:
    """The same archive, each part dated `at`: else it would tell when this machine wrote it, and never be the same twice."""
    made = BytesIO()
    when = at.astimezone(UTC)
    with ZipFile(BytesIO(content)) as before, ZipFile(made, "w") as after:
        for name in before.namelist():
            part = ZipInfo(name, (max(when.year, 1980), when.month, when.day, when.hour, when.minute, when.second))
            part.compress_type = 8
            after.writestr(part, before.read(name))
    return made.getvalue()


def _set(file: DocumentFile) -> None:
    """A4, readable letters, our few styles."""
    page = file.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    page.top_margin = page.bottom_margin = Cm(2)
    ink = RGBColor(0x1C, 0x3D, 0x2A)
    for name, size, before, after in (("Normal", 11, 0, 6), ("Title", 22, 0, 12), ("Heading 1", 14, 14, 4)):
        style: Any = file.styles[name]
        style.font.name, style.font.size = "Calibri", Pt(size)
        style.font.bold = name != "Normal"
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        letters = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in [key for key in letters.attrib if "Theme" in str(key)]:
            del letters.attrib[theme]
        if name != "Normal":
            style.font.color.rgb = ink
    for border in file.styles["Title"].element.findall(f".//{qn('w:pBdr')}"):
        border.getparent().remove(border)
    language = file.styles.element.find(f".//{qn('w:lang')}")
    if language is not None:
        language.set(qn("w:val"), "fr-FR")
    for name in (BOX, QUESTION, BOXES, LINE, SIGNED):
        made: Any = file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        made.base_style = file.styles["Normal"]
        made.quick_style = True
    sign: Any = file.styles.add_style("Champ", WD_STYLE_TYPE.CHARACTER)
    sign.font.color.rgb = RGBColor(0x8A, 0x3B, 0x00)
    question: Any = file.styles[QUESTION]
    question.font.bold, question.paragraph_format.keep_with_next = True, True
    _border(file.styles[BOX].element.get_or_add_pPr(), "top", "left", "bottom", "right")
    _border(file.styles[LINE].element.get_or_add_pPr(), "bottom", "between")
    line: Any = file.styles[LINE]
    line.paragraph_format.line_spacing = Pt(22)
    signed: Any = file.styles[SIGNED]
    signed.font.bold = True


def _border(properties: Any, *sides: str) -> None:
    drawn = "".join(
        f'<w:{side} w:val="single" w:sz="6" w:space="{4 if len(sides) > 2 else 1}" w:color="5A6B5E"/>' for side in sides
    )
    border = parse_xml(f"<w:pBdr {nsdecls('w')}>{drawn}</w:pBdr>")
    properties.insert_element_before(
        border, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct", "w:topLinePunct",
        "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing",
        "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment", "w:textboxTightWrap",
        "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange",
    )  # fmt: skip


class _Writer:
    """Puts blocks in a file, one after the other."""

    _SIGNS = {"list": ("bullet", "•"), "numbered": ("decimal", "%1."), "checkbox": ("bullet", "☐")}

    def __init__(self, file: DocumentFile, values: Mapping[str, str] | None) -> None:
        self.file, self.values = file, values
        self.numbering = file.part.numbering_part.element
        self.lists = 0
        self.after_table = False

    def put(self, block: Mapping[str, Any]) -> None:
        kind = block["kind"]
        if kind in ("table", "signature"):
            if self.after_table:
                self.file.add_paragraph()
            if kind == "table":
                self._table(block["rows"])
            else:
                self._signature(block["items"])
            self.after_table = True
            return
        if kind in rules.TEXTS:
            paragraph = self.file.add_paragraph(style=STYLES[kind])
            if self.after_table and kind != "heading":
                paragraph.paragraph_format.space_before = Pt(8)
            self._say(paragraph, block["text"])
        else:
            if block.get("text"):
                self._say(self.file.add_paragraph(style=QUESTION), block["text"])
            if kind == "lines":
                for _number in range(block["count"]):
                    self.file.add_paragraph(style=LINE)
            else:
                number = self._list(kind)
                for item in block["items"]:
                    paragraph = self.file.add_paragraph(style=STYLES[kind])
                    self._number(paragraph, number)
                    self._say(paragraph, item)
        self.after_table = False

    def _say(self, paragraph: Paragraph, text: str) -> None:
        for bit in fields.fill(text, self.values):
            run = paragraph.add_run(bit.text)
            if bit.kind == "field":
                run.style = self.file.styles["Champ"]  # type: ignore[assignment]

    def _list(self, kind: str) -> int:
        """A list of its own, form and all: numbers begin at 1 again, and LibreOffice keeps its items together."""
        self.lists += 1
        number = 1000 + self.lists
        form, sign = self._SIGNS[kind]
        abstract = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}"><w:nsid w:val="{0x1CA60000 + number:08X}"/>'
            '<w:multiLevelType w:val="singleLevel"/>'
            f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{sign}"/><w:lvlJc w:val="left"/>'
            '<w:pPr><w:ind w:left="567" w:hanging="397"/></w:pPr></w:lvl></w:abstractNum>'
        )
        first = self.numbering.find(qn("w:num"))
        self.numbering.insert(len(self.numbering) if first is None else self.numbering.index(first), abstract)
        self.numbering.append(
            parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>')
        )
        return number

    @staticmethod
    def _number(paragraph: Paragraph, number: int) -> None:
        numbered = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        numbered.get_or_add_ilvl().val = 0
        numbered.get_or_add_numId().val = number

    def _table(self, rows: Sequence[Sequence[str]]) -> None:
        table = self._grid(len(rows), len(rows[0]), "Table Grid")
        head = rules.has_head(rows)
        for index, (cells, row) in enumerate(zip(rows, table.rows, strict=True)):
            for text, cell in zip(cells, row.cells, strict=True):
                self._say(cell.paragraphs[0], text)
                cell.paragraphs[0].paragraph_format.space_after = Pt(2)
                if head and index == 0:
                    for run in cell.paragraphs[0].runs:
                        run.bold = True
            properties = row._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if head and index == 0:
                properties.append(OxmlElement("w:tblHeader"))

    def _grid(self, rows: int, columns: int, style: str) -> Table:
        table: Table = self.file.add_table(rows, columns)
        table.style = self.file.styles[style]  # type: ignore[assignment]
        for column in table.columns:
            column.width = int(WIDTH / columns)  # type: ignore[assignment]
        return table

    def _signature(self, items: Sequence[str]) -> None:
        """Two signatures a row, with room to sign."""
        table = self._grid(-(-len(items) // 2), min(2, len(items)), "Normal Table")
        cells: Iterator[_Cell] = (cell for row in table.rows for cell in row.cells)
        for item, cell in zip(items, cells, strict=False):
            cell.paragraphs[0].style = self.file.styles[SIGNED]  # type: ignore[assignment]
            self._say(cell.paragraphs[0], item)
            for _line in range(3):
                cell.add_paragraph()


# --- Read ---------------------------------------------------------------------------------------


class NotReadable(ValueError):
    """This file is not a paper that can be read. `why` is one of: "big", "not_docx", "old_word", "bomb", "macros", "damaged", "tracked"."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


@dataclass(frozen=True)
class Read:
    """What a file says: its blocks, not yet checked, and what it was made from (None when it does not say)."""

    blocks: list[Block]
    mark: Mark | None


def read(content: bytes) -> Read:
    """The blocks of a DOCX. Refusal: NotReadable. Colours, sizes and pictures are not kept; words are."""
    _check(content)
    try:
        file = Document(BytesIO(content))
        body = file.element.body
        if any(True for _ in body.iter(qn("w:ins"), qn("w:del"), qn("w:moveFrom"), qn("w:moveTo"))):
            raise NotReadable("tracked")
        found = _MARK.search(file.core_properties.keywords or "")
        mark = Mark(found[2], found[3], int(found[4]), found[1] == "rempli") if found else None
        return Read(_blocks(file), mark)
    except NotReadable:
        raise
    except Exception as error:  # whatever python-docx meets in a file that somebody made up
        raise NotReadable("damaged") from error


def _check(content: bytes) -> None:
    if len(content) > BIGGEST_FILE:
        raise NotReadable("big")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotReadable("old_word")  # .doc, or a file under a password
    if not is_zipfile(BytesIO(content)):
        raise NotReadable("not_docx")
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            names = [part.filename for part in parts]
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > BIGGEST_INSIDE:
                raise NotReadable("bomb")
            if "[Content_Types].xml" not in names or "word/document.xml" not in names or len(set(names)) < len(names):
                raise NotReadable("not_docx")
            if any(part.flag_bits & 1 for part in parts):
                raise NotReadable("old_word")
            if any("vbaproject" in name.lower() for name in names) or b"macroEnabled" in archive.read(
                "[Content_Types].xml"
            ):
                raise NotReadable("macros")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    if part.file_size > BIGGEST_TEXT:
                        raise NotReadable("bomb")
                    text = archive.read(part)  # never more than the size that it says
                    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                        raise NotReadable("damaged")
    except (BadZipFile, DeflateError, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        if isinstance(error, NotReadable):
            raise
        raise NotReadable("damaged") from error


def _blocks(file: DocumentFile) -> list[Block]:
    made: list[Block] = []
    forms = _list_forms(file)
    question = ""  # what stands above boxes or lines, until we see what follows
    last = ""  # the kind of what came just before, when more of it may follow
    for part in file.iter_inner_content():
        if isinstance(part, Table):
            question = _told(made, question)
            made.append(_read_table(part))
            last = ""
            continue
        kind = _kind(part, forms)
        text = rules.one_line(part.text)
        if kind == "lines" and text:
            kind = "paragraph"
        if kind == "lines":
            if question or last != "lines":
                made.append({"kind": "lines"} | ({"text": question} if question else {}) | {"count": 0})
            made[-1]["count"] += 1
            question, last = "", "lines"
        elif not text:
            continue
        elif kind == "question":
            question = _told(made, question) or text
            last = ""
        elif kind in ("list", "numbered", "checkbox"):
            if kind != "checkbox":
                question = _told(made, question)
            if question or last != kind:
                made.append({"kind": kind} | ({"text": question} if question else {}) | {"items": []})
            made[-1]["items"].append(text)
            question, last = "", kind
        else:
            question = _told(made, question)
            made.append({"kind": kind, "text": text})
            last = ""
    _told(made, question)
    return made


def _told(made: list[Block], question: str) -> str:
    """A question that nothing answers is a paragraph."""
    if question:
        made.append({"kind": "paragraph", "text": question})
    return ""


def _kind(paragraph: Paragraph, forms: Mapping[int, str]) -> str:
    name = paragraph.style.name if paragraph.style is not None else "Normal"
    if name in READ:
        return READ[name]
    if name and name.startswith("Heading"):
        return "heading"
    form = forms.get(_list_of(paragraph) or -1)
    if form:
        return form
    return "paragraph"


def _list_of(paragraph: Paragraph) -> int | None:
    """The number of the list that a paragraph is an item of."""
    properties = paragraph._p.pPr
    numbered: Any = properties.numPr if properties is not None else None
    return numbered.numId.val if numbered is not None and numbered.numId is not None else None


def _list_forms(file: DocumentFile) -> dict[int, str]:
    """What each list of the file looks like: by its number, "list", "numbered" or "checkbox"."""
    try:
        numbering = file.part.numbering_part.element
    except (KeyError, NotImplementedError):
        return {}
    abstract = {}
    for one in numbering.findall(qn("w:abstractNum")):
        form, sign = one.find(f".//{qn('w:numFmt')}"), one.find(f".//{qn('w:lvlText')}")
        drawn = sign.get(qn("w:val")) if sign is not None else ""
        bullet = form is None or form.get(qn("w:val")) in ("bullet", "none")
        abstract[one.get(qn("w:abstractNumId"))] = (
            ("checkbox" if drawn in ("☐", "□", "❏") else "list") if bullet else "numbered"
        )
    made = {}
    for one in numbering.findall(qn("w:num")):
        leads = one.find(qn("w:abstractNumId"))
        if leads is not None and one.get(qn("w:numId"), "").isdigit():
            made[int(one.get(qn("w:numId")))] = abstract.get(leads.get(qn("w:val")), "list")
    return made


def _read_table(table: Table) -> Block:
    if len(table.rows) > rules.MOST_ROWS or len(table.columns) > rules.MOST_COLUMNS:
        raise rules.BadBlocks("many")
    signed = [
        rules.one_line(paragraph.text)
        for row in table.rows
        for cell in row.cells
        for paragraph in cell.paragraphs
        if paragraph.style is not None and paragraph.style.name == SIGNED
    ]
    if any(signed):
        return {"kind": "signature", "items": signed}
    return {"kind": "table", "rows": [[rules.one_line(cell.text) for cell in row.cells] for row in table.rows]}

"""Files joined to a sheet: what they are is read from their content, never from their name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from cageot.core.pictures import picture_of

BIGGEST = 3 * 1024 * 1024
MOST = 6
"""Files of one sheet, and bytes of one of them."""

OPENED = 20 * 1024 * 1024
"""Bytes that a packed file may hold once it is open."""
READ = 400_000
"""Signs of a document that are read."""

OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."
KINDS = {
    "application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp",
    f"{OFFICE}wordprocessingml.document": "docx", f"{OFFICE}spreadsheetml.sheet": "xlsx",
    f"{OPEN}text": "odt", f"{OPEN}spreadsheet": "ods",
}  # fmt: skip
"""What is taken: each type with the ending of its name."""

TEXTS = {"docx": "word/", "xlsx": "xl/", "odt": "", "ods": ""}
"""Where the words of a document are: its body, and what stands around it (headers, notes, comments)."""
BREAKS = re.compile(r"</(?:w:p|text:p|text:h|si|c|table:table-cell)>")
TAGS = re.compile(r"<[^<>]*>")


class NotTaken(ValueError):
    """A file that cannot be joined. `why`: "big", "empty", "kind", "damaged", "bomb", "macros", "name"."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


def media_type(content: bytes) -> str:
    """What a file is. Refusal: NotTaken."""
    if not content:
        raise NotTaken("empty")
    if len(content) > BIGGEST:
        raise NotTaken("big")
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if picture := picture_of(content):
        return picture
    if content.startswith(b"PK\x03\x04"):
        return _packed(content)
    raise NotTaken("kind")


def _packed(content: bytes) -> str:
    try:
        with ZipFile(BytesIO(content)) as box:
            parts = {part.filename: part for part in box.infolist()}
            if len(parts) > 2_000 or sum(part.file_size for part in parts.values()) > OPENED:
                raise NotTaken("bomb")
            if any(
                name.lower().endswith(("vbaproject.bin", ".js", ".exe")) or name.startswith("Basic/") for name in parts
            ):
                raise NotTaken("macros")
            return _named(box, parts)
    except NotTaken:
        raise
    except (BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as broken:
        raise NotTaken("damaged") from broken


def _named(box: ZipFile, parts: dict[str, ZipInfo]) -> str:
    if "mimetype" in parts and parts["mimetype"].file_size < 100:
        said = box.read("mimetype").decode("ascii", "replace").strip()
        if said in KINDS and "content.xml" in parts:
            return said
    if "[Content_Types].xml" in parts:
        if "word/document.xml" in parts:
            return f"{OFFICE}wordprocessingml.document"
        if "xl/workbook.xml" in parts:
            return f"{OFFICE}spreadsheetml.sheet"
    raise NotTaken("kind")


def text_of(content: bytes, kind: str) -> str:
    """The words of a document, to be checked like what is typed; "" for pictures and PDF, which are not read. Refusal: NotTaken."""
    ending = KINDS[kind]
    if ending not in TEXTS:
        return ""
    try:
        with ZipFile(BytesIO(content)) as box:
            return "\n".join(_plain(box, TEXTS[ending]))[:READ]
    except (BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as broken:
        raise NotTaken("damaged") from broken


def _plain(box: ZipFile, under: str) -> Iterator[str]:
    for name in sorted(name for name in box.namelist() if name.startswith(under) and name.endswith(".xml")):
        with box.open(name) as part:  # read no further than what it may hold, whatever its header says
            xml = part.read(OPENED).decode("utf-8", "replace")
        yield unescape(TAGS.sub("", BREAKS.sub("\n", xml)))


def shown_name(name: str, kind: str) -> str:
    """A name for a file: without a path, signs that an address or a header cannot hold, nor an ending that lies."""
    ending = KINDS[kind]
    stem = re.split(r"[\\/]", name)[-1].rsplit(".", 1)[0]
    plain = re.sub(r"\s+", " ", re.sub(r"[^\w \-’'().,]", " ", stem)).strip(" .")[:100]
    return f"{plain or 'document'}.{ending}"

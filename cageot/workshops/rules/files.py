"""What a file is, from its own bytes: its name, and what the browser said of it, prove nothing."""

from __future__ import annotations

import io
import re
import zipfile

from cageot.core.pictures import picture_of

PICTURES = ("image/png", "image/jpeg", "image/webp")
SHEETS = ("application/pdf", *PICTURES, *(f"application/vnd.{one}" for one in (
    "openxmlformats-officedocument.wordprocessingml.document", "openxmlformats-officedocument.spreadsheetml.sheet",
    "oasis.opendocument.text", "oasis.opendocument.spreadsheet",
)))  # fmt: skip
MOST_BYTES = 3 * 1024 * 1024
ENDINGS = dict(zip(SHEETS, ("pdf", "png", "jpg", "webp", "docx", "xlsx", "odt", "ods"), strict=True))


def media_of(content: bytes) -> str | None:
    """The media type of a file that may be kept; None for anything else, programs and pages included."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if picture := picture_of(content):
        return picture
    return _office(content) if content.startswith(b"PK\x03\x04") else None


def _office(content: bytes) -> str | None:
    """A text or a workbook without macros, by what its archive holds. Nothing of it is unpacked but a short line."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {one.filename: one.file_size for one in archive.infolist()}
            if any("vbaproject" in name.lower() or name.lower().startswith("basic/") for name in names):
                return None
            if "[Content_Types].xml" in names:
                kinds = {"word/document.xml": SHEETS[4], "xl/workbook.xml": SHEETS[5]}
                return next((kind for name, kind in kinds.items() if name in names), None)
            if names.get("mimetype", 200) < 100:
                told = archive.read("mimetype").decode("ascii", "replace").strip()
                return told if told in SHEETS else None
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError):
        return None
    return None


def words_of(name: str) -> str:
    """A file's name as one reads it: "on_coupe-les_poireaux.jpg" says "on coupe les poireaux"."""
    stem, _dot, ending = name.rpartition(".")
    bare = stem if stem and ending.lower() in {*ENDINGS.values(), "jpeg"} else name
    return " ".join(re.sub(r"[_\-]+", " ", bare).split()) or name


def safe_name(name: str, media: str) -> str:
    """A name for who downloads it: plain letters, and the ending of what it is."""
    stem = re.sub(r"[^\w\- ]", "", name.rsplit(".", 1)[0]).strip()[:60] or "document"
    return f"{stem}.{ENDINGS[media]}"

"""What kind of file was brought, told by its first bytes and not by its name; and what to do when it is no table."""

import io
import re
import zipfile
from typing import Literal

from django.utils.translation import gettext as _

from .table import UnreadableFile
from .workbook import refusal

Kind = Literal["text", "workbook"]

UNPACKED = 1 << 30
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"RIFF")
_ARCHIVES = (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh")
_WEB_PAGE = re.compile(rb"\s*(?:<\?xml|<!doctype|<html|<table|<meta|<head)", re.IGNORECASE)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WORD = "WordDocument".encode("utf-16-le")


def kind_of(data: bytes) -> Kind:
    """Text to be read as CSV, or a workbook. Refuses (UnreadableFile) the rest, saying what to bring instead."""
    if not data.strip(b"\0\t\r\n \xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile(
            _("Ce fichier est vide. Vérifiez que vous avez enregistré votre tableau, puis apportez-le de nouveau.")
        )
    if data.startswith(b"PK"):
        return _packed(data)
    if data.startswith(_OLE):
        return _ole(data)
    if why := _not_a_table(data):
        raise UnreadableFile(why)
    return "text"


def _packed(data: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names, unpacked = (set(archive.namelist()), sum(part.file_size for part in archive.infolist()))
            mimetype = archive.open("mimetype").read(80) if "mimetype" in names else b""
    except Exception:  # noqa: BLE001  zipfile raises many kinds on broken archives
        raise UnreadableFile(refusal("broken")) from None
    if unpacked > UNPACKED:
        raise UnreadableFile(
            _("Ce classeur est trop grand une fois ouvert. Gardez seulement le tableau utile, puis enregistrez.")
        )
    if any(name.startswith("xl/") for name in names) or b"spreadsheet" in mimetype:
        return "workbook"
    raise UnreadableFile(_other_package(names, mimetype))


def _other_package(names: set[str], mimetype: bytes) -> str:
    if any(name.startswith("word/") for name in names) or b"opendocument" in mimetype:
        return _text_document()
    if any(name.endswith(".iwa") for name in names):
        return _("C’est un document Numbers. Dans Numbers, exportez-le en Excel, puis apportez ce fichier.")
    return _archive()


def _ole(data: bytes) -> Kind:
    if _ENCRYPTED in data:
        raise UnreadableFile(refusal("password"))
    if _WORD in data:
        raise UnreadableFile(_text_document())
    return "workbook"


def _not_a_table(data: bytes) -> str:
    if data.lstrip()[:4] == b"%PDF":
        return _(
            "C’est un PDF : on n’y lit pas les cases d’un tableau. "
            "Apportez le tableau lui-même, enregistré en Excel (.xlsx), en ODS ou en CSV."
        )
    if data.startswith(_IMAGES) or data[4:12] in (b"ftypheic", b"ftypmif1"):
        return _("C’est une image. Apportez le tableau lui-même, enregistré en Excel (.xlsx), en ODS ou en CSV.")
    if data[4:16] in (b"Standard Jet", b"Standard ACE"):
        return _(
            "C’est la base Access entière. Dans Access, ouvrez la table des adhérents, choisissez Données externes, "
            "puis Excel ou Fichier texte, et apportez le fichier obtenu."
        )
    if data.startswith(b"{\\rtf"):
        return _text_document()
    if data.startswith(_ARCHIVES):
        return _archive()
    return _web_page() if _WEB_PAGE.match(data.removeprefix(b"\xef\xbb\xbf")) else ""


def _web_page() -> str:
    return _(
        "Ce fichier est une page web, même si son nom finit par .xls. "
        "Ouvrez-le dans votre tableur, choisissez Enregistrer sous, Classeur Excel (.xlsx), puis apportez ce fichier."
    )


def _text_document() -> str:
    return _("C’est un document de texte. Copiez son tableau dans un tableur, puis apportez ce nouveau fichier.")


def _archive() -> str:
    return _("C’est une archive compressée. Ouvrez-la, puis apportez le tableau qu’elle contient.")

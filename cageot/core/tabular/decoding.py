"""From bytes to text: which encoding a file was saved in, told by its mark or by its French."""

import codecs
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .table import UnreadableFile

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OLD = ("cp1252", "mac_roman", "cp850")
_LOWER, _UPPER = "éèêëàâçùûüîïôöœ", "ÉÈÊËÀÂÇÙÛÜÎÏÔÖŒ"
_FRENCH = re.compile(f"[{_LOWER}’«»€°]")
_CAPITAL = re.compile(f"(?<![a-z{_LOWER}])[{_UPPER}]")
_ODD = re.compile(f"(?<=[a-z{_LOWER}])[{_UPPER}]|[^\x00-\x7f{_LOWER}{_UPPER}’«»€°·–—…œ“”ñáíóúäåøãõ\xa0\u202f]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f]")
_TWICE = re.compile("Ã[©¨ª«§´®¯¢\xa0‰ˆ]")
_RUN = re.compile("[^\x00-\x7f]+")
_SURROGATE = re.compile("[\udc80-\udcff]")
_FREE = {0xDC00 + byte: byte for byte in range(0x80, 0xA0)}
_FEW = 20
"""One wrong byte for so many accents: still UTF-8, to which another tool added a line."""


@dataclass(frozen=True, slots=True)
class Decoded:
    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def decode(data: bytes) -> Decoded:
    """The text of a file. Refuses (UnreadableFile) what is not text in any encoding."""
    found = _marked(data) or _unicode(data) or _nearly_unicode(data) or _old(data)
    if len(_CONTROL.findall(found.text[:100_000])) * 200 > min(len(found.text), 100_000):
        raise UnreadableFile(
            _("Ce fichier n’est pas un tableau que l’on sait lire. Apportez un fichier Excel (.xlsx), ODS ou CSV.")
        )
    return _encoded_twice(found) or found


def _marked(data: bytes) -> Decoded | None:
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    return _try(data, encoding) if encoding else None


def _unicode(data: bytes) -> Decoded | None:
    if b"\0" in data[:200] and len(data) % 2 == 0:  # UTF-16 saved without its mark
        return _try(data, "utf-16-le" if data[1:200:2].count(0) > data[:200:2].count(0) else "utf-16-be")
    return _try(data, "utf-8")


def _try(data: bytes, encoding: str) -> Decoded | None:
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        return None


def _nearly_unicode(data: bytes) -> Decoded | None:
    """UTF-8 to which something was added in another encoding: wrong bytes are read as Windows writes them."""
    text = data.decode("utf-8", errors="surrogateescape")
    wrong = len(_SURROGATE.findall(text))
    if wrong * _FEW > sum(map(len, _RUN.findall(text))):
        return None
    mended = _SURROGATE.sub(lambda found: _windows(bytes([ord(found[0]) - 0xDC00])), text)
    return Decoded(mended, "utf-8", (_("Certains accents semblent abîmés dans ce fichier : relisez les noms."),))


def _windows(data: bytes) -> str:
    """As Windows reads it: the five bytes that cp1252 leaves free are controls."""
    return data.decode("cp1252", errors="surrogateescape").translate(_FREE)


def _old(data: bytes) -> Decoded:
    """The first of Windows, Mac and DOS under which the accents make the best French."""
    readings = [Decoded(data.decode(encoding, errors="replace"), encoding) for encoding in _OLD]
    return max(readings, key=lambda reading: _frenchness(reading.text[:200_000]))


def _frenchness(text: str) -> int:
    return 3 * len(_FRENCH.findall(text)) + len(_CAPITAL.findall(text)) - 2 * len(_ODD.findall(text))


def _encoded_twice(found: Decoded) -> Decoded | None:
    """ "PrÃ©nom" is "Prénom" that some tool encoded twice; mended run by run, so that one bad name spoils no other."""
    if not _TWICE.search(found.text):
        return None
    text = _RUN.sub(_once, found.text)
    if _TWICE.search(text):
        told = _("Certains accents semblent abîmés dans ce fichier : relisez les noms.")
    else:
        told = _("Les accents étaient abîmés dans ce fichier : ils ont été réparés.")
    return Decoded(text, found.encoding, (told,))


def _once(run: re.Match[str]) -> str:
    """These letters as they were before the second encoding, if it can be undone."""
    try:
        raw = b"".join(
            bytes([ord(letter)]) if "\x80" <= letter <= "\x9f" else letter.encode("cp1252") for letter in run[0]
        )
        return raw.decode("utf-8")
    except UnicodeError:
        return run[0]

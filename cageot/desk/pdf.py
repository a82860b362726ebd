"""Paper from data: a Typst template of `typst/` and a dictionary, never a source put together from text.

PDF/UA-1, tagged, with our own fonts only. The same data and moment give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from struct import unpack_from
from typing import Any

import typst

import cageot.core

TEMPLATES = Path(__file__).parent / "typst"
FONTS = Path(cageot.core.__file__).parent / "fonts"
EPOCH = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Our fonts, read once: neither the system's nor Typst's own, so that every machine draws the same page."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def write_pdf(
    template: str, data: Mapping[str, Any], *, at: datetime | None, standards: Sequence[str] = ("ua-1",)
) -> bytes:
    """The template filled with `data`. `at` is the moment that the file says it was made, `standards` what it obeys.

    A sign that our fonts cannot draw (an emoji in a name) would make the whole document fail: it is left out.
    """
    try:
        return _compile(template, data, at or EPOCH, standards)
    except typst.TypstError:
        return _compile(template, _drawable(dict(data)), at or EPOCH, standards)


def write_png(template: str, data: Mapping[str, Any], *, ppi: int) -> bytes:
    """The first page of the same, as a picture to look at before printing; signs that our fonts lack are left out."""
    made = typst.compile(
        TEMPLATES / template, font_paths=_fonts(), ignore_system_fonts=True, root=TEMPLATES, format="png", ppi=ppi,
        sys_inputs={"data": json.dumps(_drawable(dict(data)), ensure_ascii=False)},
    )  # fmt: skip
    pages = [made] if isinstance(made, bytes) else made
    assert pages[0]
    return pages[0]


def _compile(template: str, data: Mapping[str, Any], at: datetime, standards: Sequence[str]) -> bytes:
    made = typst.compile(
        TEMPLATES / template, font_paths=_fonts(), ignore_system_fonts=True, root=TEMPLATES,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, pdf_standards=list(standards),  # type: ignore[arg-type]
        timestamp=at.astimezone(UTC).replace(microsecond=0),
    )  # fmt: skip
    assert isinstance(made, bytes)
    return made


def _drawable(value: Any) -> Any:
    """The same data, a question mark for each sign that our fonts do not hold."""
    if isinstance(value, str):
        return value if drawable(value) else "".join(sign if drawable(sign) else "?" for sign in value)
    if isinstance(value, dict):
        return {key: _drawable(each) for key, each in value.items()}
    return [_drawable(each) for each in value] if isinstance(value, list | tuple) else value


def drawable(text: str) -> bool:
    """Whether our fonts can draw every sign of it."""
    return text.isascii() or all(ord(sign) in _held() for sign in text)


@lru_cache(maxsize=1)
def _held() -> frozenset[int]:
    """The code points that the fonts of the text hold, as the files themselves say."""
    return frozenset().union(*(_code_points(path.read_bytes()) for path in FONTS.glob("*-Regular.ttf")))


def _code_points(font: bytes) -> set[int]:
    """What a TrueType file maps to a glyph: its table "cmap", formats 4 and 12 (OpenType, chapter cmap)."""
    tables = (unpack_from(">4s4xII", font, 12 + 16 * number) for number in range(unpack_from(">H", font, 4)[0]))
    [start] = [offset for tag, offset, _length in tables if tag == b"cmap"]
    found: set[int] = set()
    for number in range(unpack_from(">H", font, start + 2)[0]):
        at = start + unpack_from(">I", font, start + 4 + 8 * number + 4)[0]
        kind = unpack_from(">H", font, at)[0]
        if kind == 4:
            half = unpack_from(">H", font, at + 6)[0]
            ends = unpack_from(f">{half // 2}H", font, at + 14)
            starts = unpack_from(f">{half // 2}H", font, at + 16 + half)
            found.update(code for first, last in zip(starts, ends, strict=True) for code in range(first, last + 1))
        elif kind == 12:
            for group in range(unpack_from(">I", font, at + 12)[0]):
                first, last = unpack_from(">II", font, at + 16 + 12 * group)
                found.update(range(first, last + 1))
    return found - {0xFFFF}

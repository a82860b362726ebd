"""Paper from data: a Typst template of `typst/` and a dictionary, never a source put together from text.

PDF/UA-1, tagged, with our own fonts only. The same data and moment give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
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


def write_pdf(template: str, data: Mapping[str, Any], *, at: datetime | None) -> bytes:
    """The template filled with `data`. `at` is the moment that the file says it was made.

    A sign that our fonts cannot draw (an emoji in a name) would make the whole document fail: it is left out.
    """
    try:
        return _compile(template, data, at or EPOCH)
    except typst.TypstError:
        return _compile(template, _drawable(dict(data)), at or EPOCH)


def _compile(template: str, data: Mapping[str, Any], at: datetime) -> bytes:
    made = typst.compile(
        TEMPLATES / template, font_paths=_fonts(), ignore_system_fonts=True, root=TEMPLATES,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, pdf_standards=["ua-1"], timestamp=at,
    )  # fmt: skip
    assert isinstance(made, bytes)
    return made


def _drawable(value: Any) -> Any:
    """The same data with only letters, digits and signs of the scripts that our fonts hold."""
    if isinstance(value, str):
        return "".join(sign if _held(sign) else "?" for sign in value)
    if isinstance(value, dict):
        return {key: _drawable(each) for key, each in value.items()}
    return [_drawable(each) for each in value] if isinstance(value, list | tuple) else value


def _held(sign: str) -> bool:
    code = ord(sign)
    return code < 0x250 or 0x2010 <= code <= 0x203A or sign in "€−\u202f" or 0x600 <= code <= 0x6FF

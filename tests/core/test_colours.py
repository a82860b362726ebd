"""Every pair of colours that carries words can be read (WCAG 2.2 AA), by day and by night.

Ratios are computed from the sheet itself; `pytest tests/core/test_colours.py -s -k table` prints them all.
"""

import re
from pathlib import Path

import pytest

import cageot.core

SHEET = (Path(cageot.core.__file__).parent / "static/core/cageot.css").read_text()
TONES = ["leaf", "carrot", "beet", "squash", "sky"]
GROUNDS = ["paper", "card", "rail", "sunk"]

WORDS = [
    *((ink, ground) for ink in ("ink", "soft", "leaf-ink") for ground in GROUNDS),
    *((ink, f"{tone}-light") for tone in TONES for ink in ("ink", "soft", f"{tone}-ink")),
    ("beet-ink", "card"),
    ("beet-ink", "paper"),
    ("on-leaf", "leaf"),
    ("on-leaf", "leaf-hover"),
    ("on-beet", "beet"),
    ("on-carrot", "carrot-deep"),
    ("on-now", "now"),
]
SHAPES = [
    (shape, ground) for shape in ("edge", "focus", "leaf", "carrot", "sky", "beet") for ground in ("paper", "card")
]
"""Borders of fields, focus rings and marks of charts: 3 to 1. Squash stands beside its label and a cut, never alone."""


def tokens() -> dict[str, tuple[str, str]]:
    found = re.findall(r"--([a-z-]+): light-dark\((#\w{6}), (#\w{6})\)", SHEET)
    return {name: (light, dark) for name, light, dark in found}


def ratio(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("pair", "least"), [(p, 4.5) for p in WORDS] + [(p, 3.0) for p in SHAPES])
def test_can_be_read(pair: tuple[str, str], least: float, scheme: int) -> None:
    known = tokens()
    assert ratio(known[pair[0]][scheme], known[pair[1]][scheme]) >= least


def test_browsers_without_light_dark_get_the_same_light_colours() -> None:
    plain = dict(re.findall(r"--([a-z-]+): (#\w{6})[;\s]", SHEET.split("@supports")[0]))
    assert plain == {name: light for name, (light, _) in tokens().items()}


def test_table_of_ratios() -> None:
    known = tokens()
    for words, ground in WORDS + SHAPES:
        light, dark = (ratio(known[words][scheme], known[ground][scheme]) for scheme in (0, 1))
        print(f"{words:>12} on {ground:13} {light:5.1f} {dark:5.1f}")


def test_the_sheet_stays_small_and_turns_with_the_line_of_text() -> None:
    rules = re.sub(r"/\*.*?\*/", "", SHEET, flags=re.S)
    physical = r"[{;]\s*(?:(?:margin|padding|border)-(?:left|right|top|bottom)|left|right|width|height|float)\s*:"
    assert re.findall(physical, rules) == []
    assert "gradient" not in rules

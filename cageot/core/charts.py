"""Geometry of the charts: plain numbers in, percentages of the drawing out.

Marks are placed in percent of a drawing without a viewBox, so that bars stretch with the page while
text keeps its size at 390 px. `x` grows with the line of time, `y` is measured from the top.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

GAP = 0.22
"""Part of each bar's place left empty."""
MAX_TICKS = 6
"""More labels than this touch each other on a phone."""


@dataclass(frozen=True)
class Point:
    """One bar or one point: `value` in the chart's unit; `muted` when it is planned rather than done.

    `tick` is the short word under the axis; left empty, ticks are chosen among the labels.
    """

    label: str
    value: float
    tick: str = ""
    muted: bool = False


@dataclass(frozen=True)
class Part:
    """One part of a whole. `tone` is the number of its colour, 1 to 6; 0 follows the order."""

    label: str
    value: float
    tone: int = 0


@dataclass(frozen=True)
class Line:
    """One line of a line chart; None where nothing was measured."""

    label: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Mark:
    """A rectangle, or a dot at (x, y): all in percent."""

    x: float
    y: float = 0
    width: float = 0
    height: float = 0
    muted: bool = False


@dataclass(frozen=True)
class Level:
    """A horizontal line of the grid: its value and its place in percent from the top."""

    value: float
    y: float


@dataclass(frozen=True)
class Tick:
    """A word under the axis, in percent, and how it hangs there: start, middle or end."""

    label: str
    x: float
    anchor: str = "middle"


@dataclass(frozen=True)
class Segment:
    """A part drawn on a bar, with its share of the whole (0 to 1) and its colour (1 to 6)."""

    part: Part
    x: float
    width: float
    share: float
    tone: int


def nice_top(highest: float) -> float:
    """The round number at or above `highest` (1, 2, 2.5, 4, 5 or 10 times a power of ten); 1 for nothing."""
    if highest <= 0:
        return 1
    power = 10.0 ** floor(log10(highest))
    step = next(step for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * power >= highest * (1 - 1e-9))
    return step * power


def levels(top: float, count: int = 2) -> list[Level]:
    """`count` equal steps from the axis (left out) up to `top`."""
    return [Level(top * step / count, _percent(count - step, count)) for step in range(1, count + 1)]


def bars(points: Sequence[Point], top: float) -> list[Mark]:
    """One upright bar a point, on equal places, `top` filling the height. Negative values stay on the axis."""
    place = 100 / len(points) if points else 0
    return [
        Mark(
            x=_round(index * place + place * GAP / 2),
            width=_round(place * (1 - GAP)),
            y=_round(100 - _height(point.value, top)),
            height=_height(point.value, top),
            muted=point.muted,
        )
        for index, point in enumerate(points)
    ]


def bar_ticks(points: Sequence[Point]) -> list[Tick]:
    """The words under the bars: those that the points ask for, else at most six, evenly spread."""
    place = 100 / len(points) if points else 0
    return [_tick(label, (index + 0.5) * place) for index, label in _chosen([(p.label, p.tick) for p in points])]


def line_ticks(labels: Sequence[str]) -> list[Tick]:
    """The words under a line chart, its first and last point standing on the borders."""
    return [_tick(label, _step(index, len(labels))) for index, label in _chosen([(label, "") for label in labels])]


def dots(values: Sequence[float | None], top: float, bottom: float = 0) -> list[Mark]:
    """The measured points of a line."""
    return [
        Mark(x=_step(index, len(values)), y=_round(100 - _height(value - bottom, top - bottom)))
        for index, value in enumerate(values)
        if value is not None
    ]


def path(values: Sequence[float | None], top: float, bottom: float = 0) -> str:
    """The `d` of a line in a 100 × 100 drawing, lifted where nothing was measured."""
    drawn, pen = [], "M"
    for index, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        drawn.append(f"{pen}{_step(index, len(values)):g} {_round(100 - _height(value - bottom, top - bottom)):g}")
        pen = "L"
    return "".join(drawn)


def segments(parts: Sequence[Part]) -> list[Segment]:
    """The parts side by side, filling the width; those worth nothing are kept, with no width."""
    total = sum(part.value for part in parts)
    drawn, x = [], 0.0
    for index, part in enumerate(parts):
        share = part.value / total if total else 0.0
        drawn.append(Segment(part, _round(x), _round(share * 100), share, part.tone or index % 6 + 1))
        x += share * 100
    return drawn


def _chosen(labels: Sequence[tuple[str, str]]) -> list[tuple[int, str]]:
    if any(tick for _, tick in labels):
        return [(index, tick) for index, (_, tick) in enumerate(labels) if tick]
    every = -(-len(labels) // MAX_TICKS)
    return [(index, label) for index, (label, _) in enumerate(labels) if index % max(every, 1) == 0]


def _tick(label: str, x: float) -> Tick:
    anchor = "start" if x < 4 else "end" if x > 96 else "middle"
    return Tick(label, {"start": 0, "end": 100}.get(anchor, _round(x)), anchor)


def _step(index: int, count: int) -> float:
    return _percent(index, count - 1) if count > 1 else 50


def _height(value: float, top: float) -> float:
    return _round(min(max(value, 0) / top * 100, 100)) if top else 0


def _percent(part: float, whole: float) -> float:
    return _round(part / whole * 100)


def _round(number: float) -> float:
    return round(number, 3)

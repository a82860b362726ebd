"""Geometry of a flow drawing: who gives, through what, to whom. Plain numbers in, percentages and whole lines out.

Columns stand from left to right; the nodes of a column from top to bottom, as tall as what flows through them, but never
less than one line of text, so that no two labels ever touch. `x` and widths are in percent of the drawing, `y` and heights in
lines of text: the page gives a line its height.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

BAR = 1.4
"""Width of a node, in percent."""
LINE = 1.0
"""The least height of a node's place, in lines: its label takes one."""
PAD = 0.8
"""Between a bar and its label, in percent."""
GAP = 0.35
"""Between two nodes of a column, in lines."""


@dataclass(frozen=True)
class Node:
    """Something that money goes through: `key` names it once, `column` counts from the left; `tone` is its colour, 1 to 6."""

    key: str
    label: str
    column: int
    tone: int = 1


@dataclass(frozen=True)
class Flow:
    """So much from a node to another of a later column. `value` in the drawing's unit, above zero."""

    source: str
    target: str
    value: int


@dataclass(frozen=True)
class Box:
    """A node drawn: its bar (`x`, `y`, `height`), and its label, in a room of its own (`label_x`, `label_width`) at `middle`.
    `side`: on which side of the bar the label is."""

    node: Node
    value: int
    x: float
    y: float
    height: float
    middle: float
    side: str
    label_x: float
    label_width: float


@dataclass(frozen=True)
class Ribbon:
    """A flow drawn as a band from one bar to another: its path, in a drawing 100 wide and `Drawing.lines` tall."""

    flow: Flow
    path: str
    tone: int


@dataclass(frozen=True)
class Drawing:
    """All of it. `lines`: how tall the drawing is, in lines of text."""

    boxes: Sequence[Box]
    ribbons: Sequence[Ribbon]
    lines: float


def draw(nodes: Sequence[Node], flows: Sequence[Flow], *, at_least: float = 8) -> Drawing:
    """Place the nodes in the order given and the flows between them. Nodes that nothing flows through are left out."""
    flows = [flow for flow in flows if flow.value > 0]
    into: dict[str, int] = defaultdict(int)
    out: dict[str, int] = defaultdict(int)
    for flow in flows:
        out[flow.source] += flow.value
        into[flow.target] += flow.value
    value = {node.key: max(into[node.key], out[node.key]) for node in nodes}
    kept = [node for node in nodes if value[node.key] > 0]
    if not kept:
        return Drawing([], [], 0)
    columns: dict[int, list[Node]] = defaultdict(list)
    for node in kept:
        columns[node.column].append(node)
    last = max(columns)
    tallest = max(len(column) for column in columns.values())
    room = max(at_least, tallest * (LINE + GAP) * 1.25)
    scale = min(_scale([value[node.key] for node in column], room) for column in columns.values())
    boxes: dict[str, Box] = {}
    bottoms = []
    for number, column in sorted(columns.items()):
        x = _place(number, last)
        # The last column's labels stand before it: they share the room of the one before.
        room_end = _place(number + 1, last) if number < last - 1 else (x + BAR + 100) / 2
        side = "end" if number == last and last else "start"
        label_x = x + BAR + PAD if side == "start" else (_place(last - 1, last) + BAR + 100) / 2 + PAD
        label_width = (room_end if side == "start" else x) - PAD - label_x
        y = 0.0
        for node in column:
            height = value[node.key] * scale
            place = max(height, LINE)
            top = y + (place - height) / 2
            boxes[node.key] = Box(
                node,
                value[node.key],
                _round(x),
                _round(top),
                _round(height),
                _round(y + place / 2),
                side,
                _round(label_x),
                _round(label_width),
            )
            y += place + GAP
        bottoms.append(y - GAP)
    return Drawing(list(boxes.values()), _ribbons(kept, flows, boxes, scale), _round(max(bottoms)))


def _place(number: int, last: int) -> float:
    """Where a column stands, in percent. The room before the last column holds two labels, so it is twice as wide."""
    if number >= last:
        return 100 - BAR if last else 0
    return 100 * number / (last + 1)


def _scale(values: Sequence[int], room: float) -> float:
    """The most lines per unit with which a column fits in the room: small nodes take a line whatever the scale."""
    room -= GAP * (len(values) - 1)
    small: set[int] = set()
    while True:
        tall = [value for index, value in enumerate(values) if index not in small]
        left = room - LINE * len(small)
        if not tall:
            return LINE / max(values)
        scale = left / sum(tall)
        more = {index for index, value in enumerate(values) if index not in small and value * scale < LINE}
        if not more:
            return scale
        small |= more


def _ribbons(nodes: Sequence[Node], flows: Sequence[Flow], boxes: dict[str, Box], scale: float) -> list[Ribbon]:
    """Bands leave and arrive in the order of the nodes at their other end, so that they cross as little as may be."""
    order = {node.key: index for index, node in enumerate(nodes)}
    flows = [flow for flow in flows if flow.source in boxes and flow.target in boxes]
    leave, arrive = {key: box.y for key, box in boxes.items()}, {key: box.y for key, box in boxes.items()}
    start: dict[tuple[str, str], float] = {}
    for flow in sorted(flows, key=lambda one: (order[one.source], order[one.target])):
        start[(flow.source, flow.target)] = leave[flow.source]
        leave[flow.source] += flow.value * scale
    drawn = []
    for flow in sorted(flows, key=lambda one: (order[one.target], order[one.source])):
        source, target = boxes[flow.source], boxes[flow.target]
        end = arrive[flow.target]
        arrive[flow.target] += flow.value * scale
        path = _band(source.x + BAR, start[(flow.source, flow.target)], target.x, end, flow.value * scale)
        drawn.append(Ribbon(flow, path, source.node.tone))
    return drawn


def _band(x1: float, y1: float, x2: float, y2: float, height: float) -> str:
    middle = _round((x1 + x2) / 2)
    x1, y1, x2, y2, height = map(_round, (x1, y1, x2, y2, height))
    return (
        f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}V{_round(y2 + height)}"
        f"C{middle} {_round(y2 + height)} {middle} {_round(y1 + height)} {x1} {_round(y1 + height)}Z"
    )


def _round(number: float) -> float:
    return round(number, 3)

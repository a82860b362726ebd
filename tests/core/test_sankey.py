"""A flow drawing: everything given arrives, bars never overlap, and every label has a line of its own."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.core.sankey import GAP, LINE, Box, Drawing, Flow, Node, draw


@st.composite
def money(draw_one: st.DrawFn) -> tuple[list[Node], list[Flow]]:
    """Some funders, funds and gardens, and money between neighbouring columns."""
    counts = [draw_one(st.integers(1, 8)) for _ in range(draw_one(st.integers(2, 4)))]
    nodes = [
        Node(f"{column}.{row}", f"Nom {row}", column) for column, count in enumerate(counts) for row in range(count)
    ]
    amounts = st.one_of(st.integers(0, 20), st.integers(0, 10**9))
    flows = [
        Flow(f"{column}.{source}", f"{column + 1}.{target}", draw_one(amounts))
        for column, (left, right) in enumerate(pairwise(counts))
        for source in range(left)
        for target in range(right)
    ]
    return nodes, flows


def columns(drawing: Drawing) -> list[list[Box]]:
    found: dict[int, list[Box]] = defaultdict(list)
    for box in drawing.boxes:
        found[box.node.column].append(box)
    return list(found.values())


@given(money())
def test_labels_of_a_column_never_touch(given_money: tuple[list[Node], list[Flow]]) -> None:
    drawing = draw(*given_money)
    for column in columns(drawing):
        for above, below in pairwise(column):
            assert below.middle - above.middle >= LINE + GAP - 0.01
            assert above.y + above.height <= below.y + 0.01
        assert all(box.label_x >= 0 and box.label_x + box.label_width <= 100 for box in column)
        assert all(box.y + box.height <= drawing.lines + 0.01 for box in column)


@given(money())
def test_labels_of_two_columns_never_share_a_room(given_money: tuple[list[Node], list[Flow]]) -> None:
    rooms = {(box.label_x, box.label_x + box.label_width) for box in draw(*given_money).boxes}
    for (_, end), (start, _) in pairwise(sorted(rooms)):
        assert end <= start


@given(money())
def test_bars_are_as_tall_as_what_flows_through_them(given_money: tuple[list[Node], list[Flow]]) -> None:
    nodes, flows = given_money
    drawing = draw(nodes, flows)
    into, out = defaultdict(int), defaultdict(int)
    for flow in flows:
        out[flow.source] += flow.value
        into[flow.target] += flow.value
    assert {box.node.key: box.value for box in drawing.boxes} == {
        node.key: max(into[node.key], out[node.key]) for node in nodes if into[node.key] or out[node.key]
    }
    assert len(drawing.ribbons) == sum(flow.value > 0 for flow in flows)
    tallest = max(drawing.boxes, key=lambda box: box.value, default=None)
    for box in drawing.boxes:
        assert tallest
        assert box.height == pytest.approx(tallest.height * box.value / tallest.value, abs=0.01)


@given(money())
def test_bands_stay_within_the_bars_they_join(given_money: tuple[list[Node], list[Flow]]) -> None:
    drawing = draw(*given_money)
    boxes = {box.node.key: box for box in drawing.boxes}
    for ribbon in drawing.ribbons:
        numbers = [float(one) for one in re.findall(r"-?[\d.]+(?:e-?\d+)?", ribbon.path)]
        top_left, top_right = numbers[1], numbers[7]
        bottom_right, bottom_left = numbers[8], numbers[14]
        source, target = boxes[ribbon.flow.source], boxes[ribbon.flow.target]
        assert source.y - 0.01 <= top_left <= bottom_left <= source.y + source.height + 0.05
        assert target.y - 0.01 <= top_right <= bottom_right <= target.y + target.height + 0.05


def test_nothing_flows_and_nothing_is_drawn() -> None:
    assert draw([Node("a", "A", 0), Node("b", "B", 1)], [Flow("a", "b", 0)]) == Drawing([], [], 0)
    assert draw([], []) == Drawing([], [], 0)

"""Settlements in real processes: killed in the middle, and two at once."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import ENGINES, World, a_base

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("endurance")]
NOTHING = {"settlements": 0, "settled": 0, "used": 0, "entries": 0, "logged": 0, "wrong": []}
ONCE = {"settlements": 1, "settled": 9_000, "used": 9_000, "entries": 3, "logged": 1, "wrong": []}
"""The head's entry, and one for each of the two gardens."""


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with a_base(request.param, tmp_path) as url:
        made = World("tests.funding.settling_world", url, tmp_path)
        made.run("lay")
        yield made


def test_a_settlement_killed_on_its_way_leaves_nothing_and_can_be_made_again(world: World) -> None:
    for step in ("funding_settlement", "funding_tranche", "network_logevent"):
        process = world.start("settle")
        assert process.stdout is not None
        reached = any(step in line for line in process.stdout)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert reached, f"it never wrote {step}"
        assert process.returncode == -signal.SIGKILL, f"it was over before it could be killed at {step}"
    assert world.tell() == NOTHING
    world.run("settle")
    assert world.tell() == ONCE


def test_two_settlements_at_once_settle_once(world: World) -> None:
    moment = str(time.time() + 4)
    both = [world.start("settle", moment) for _ in range(2)]
    outputs = [process.communicate(timeout=240)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(json.loads(output.splitlines()[-1])["settled"] for output in outputs) == [False, True]
    assert world.tell() == ONCE

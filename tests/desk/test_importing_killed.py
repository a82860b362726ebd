"""Imports in real processes: killed in the middle, and two at once."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.an_import import ACCESS
from tests.processes import ENGINES, World, a_base

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("endurance")]
NOTHING = dict.fromkeys(("Household", "Member", "Membership", "Support", "Subscription", "Basket", "imports"), 0)
ALL = {
    "Household": 108,
    "Member": 108,
    "Membership": 70,
    "Support": 25,
    "Subscription": 108,
    "Basket": 2902,
    "imports": 1,
}


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with a_base(request.param, tmp_path) as url:
        made = World("tests.desk.import_world", url, tmp_path)
        made.run("lay")
        yield made


def test_an_import_killed_on_its_way_leaves_nothing_and_can_be_brought_again(world: World) -> None:
    for step in ("memberships", "subscriptions"):
        process = world.start("bring", str(ACCESS))
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == step:
                break
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert process.returncode == -signal.SIGKILL, f"it was over before it could be killed at {step}"
    assert world.tell() == NOTHING
    world.run("bring", str(ACCESS))
    assert world.tell() == ALL


def test_the_same_file_brought_by_two_at_once_comes_in_once(world: World) -> None:
    moment = str(time.time() + 4)
    both = [world.start("bring", str(ACCESS), moment) for _ in range(2)]
    outputs = [process.communicate(timeout=240)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    written = sorted(json.loads(output.splitlines()[-1])["households"] for output in outputs)
    assert written == [0, 108]
    assert world.tell() == ALL

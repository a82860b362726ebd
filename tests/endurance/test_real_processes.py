"""Two closes at once, and processes killed in the middle: what was promised stays true."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.endurance.garden_world import GARDENS, QUOTA
from tests.processes import ENGINES, ROOT, World, a_base

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("endurance")]


class Gardens(World):
    """Six gardens that share one quota."""

    def check(self) -> dict[str, Any]:
        """What `cageot check` finds."""
        environment = {**self.environment, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        command = [sys.executable, "-m", "cageot.config.cli", "check", "--format", "json"]
        done = subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240
        )
        return json.loads(done.stdout)


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Gardens]:
    with a_base(request.param, tmp_path) as url:
        made = Gardens("tests.endurance.garden_world", url, tmp_path)
        made.run("lay")
        yield made


def test_gardens_that_close_at_the_same_moment_never_spend_one_euro_twice(world: Gardens) -> None:
    start = time.time() + 6
    closing = [world.start("close", f"g{number}", "2017-W12", str(start)) for number in range(GARDENS)]
    assert [process.wait(120) for process in closing] == [0] * GARDENS
    told = world.tell()
    assert told["used"] == told["paid"] == QUOTA  # six gardens asked for 201,60 €
    assert len(told["closes"]) == GARDENS
    assert world.check() | {"entries": 0, "closes": 0, "baskets": 0} == {
        "clean": True, "entries": 0, "closes": 0, "baskets": 0, "findings": [],
    }  # fmt: skip


def test_the_same_week_closed_by_four_hands_is_closed_once(world: Gardens) -> None:
    start = time.time() + 6
    closing = [world.start("close", "g0", "2017-W12", str(start)) for _ in range(4)]
    said = "".join(process.communicate(timeout=120)[0] for process in closing)
    assert said == "closed g0 2017-W12\n"
    assert world.tell()["closes"] == ["g0 2017-W12"]
    assert world.check()["clean"]


def test_a_process_killed_while_closing_loses_nothing_that_it_said(world: Gardens) -> None:
    chance = random.Random(2017)
    acknowledged: set[str] = set()
    for _ in range(4):
        process = world.start("close-all")
        assert process.stdout
        said = process.stdout.readline()  # it is at work
        time.sleep(chance.uniform(0.02, 0.4))
        process.kill()
        said += process.communicate()[0]
        # A last line cut by the kill was not said.
        acknowledged |= {line.removeprefix("closed ") for line in said.split("\n")[:-1] if line.count("-W") == 1}
    assert acknowledged
    told = world.tell()
    assert acknowledged <= set(told["closes"])
    assert told["used"] == told["paid"]
    assert world.check()["clean"]

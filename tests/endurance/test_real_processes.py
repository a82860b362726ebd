"""Two closes at once, and processes killed in the middle: what was promised stays true."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests import postgres
from tests.endurance.garden_world import GARDENS, QUOTA

ROOT = Path(__file__).resolve().parents[2]
needs_postgres = pytest.mark.skipif(postgres.binaries() is None, reason="no PostgreSQL server on this machine")
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("endurance")]


class World:
    """One base and the processes that work on it."""

    def __init__(self, url: str, home: Path) -> None:
        self.environment = {**os.environ, "DATABASE_URL": url, "CAGEOT_HOME": str(home), "PYTHONPATH": str(ROOT)}
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.run("lay")

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.endurance.garden_world", *words]
        return subprocess.Popen(command, env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def run(self, *words: str) -> str:
        process = self.start(*words)
        output, _ = process.communicate(timeout=240)
        assert process.returncode == 0, output
        return output

    def tell(self) -> dict[str, Any]:
        return json.loads(self.run("tell"))

    def check(self) -> dict[str, Any]:
        """What `cageot check` finds."""
        environment = {**self.environment, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        command = [sys.executable, "-m", "cageot.config.cli", "check", "--format", "json"]
        done = subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240
        )
        return json.loads(done.stdout)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs_postgres)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'base.sqlite3'}"
        if request.param == "postgresql":
            url = stack.enter_context(postgres.throw_away())
        yield World(url, tmp_path)


def test_gardens_that_close_at_the_same_moment_never_spend_one_euro_twice(world: World) -> None:
    start = time.time() + 6
    closing = [world.start("close", f"g{number}", "2017-W12", str(start)) for number in range(GARDENS)]
    assert [process.wait(120) for process in closing] == [0] * GARDENS
    told = world.tell()
    assert told["used"] == told["paid"] == QUOTA  # six gardens asked for 201,60 €
    assert len(told["closes"]) == GARDENS
    assert world.check() | {"entries": 0, "closes": 0, "baskets": 0} == {
        "clean": True, "entries": 0, "closes": 0, "baskets": 0, "findings": [],
    }  # fmt: skip


def test_the_same_week_closed_by_four_hands_is_closed_once(world: World) -> None:
    start = time.time() + 6
    closing = [world.start("close", "g0", "2017-W12", str(start)) for _ in range(4)]
    said = "".join(process.communicate(timeout=120)[0] for process in closing)
    assert said == "closed g0 2017-W12\n"
    assert world.tell()["closes"] == ["g0 2017-W12"]
    assert world.check()["clean"]


def test_a_process_killed_while_closing_loses_nothing_that_it_said(world: World) -> None:
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

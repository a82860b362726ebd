"""Settlements in real processes: killed in the middle, and two at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests import postgres

ROOT = Path(__file__).resolve().parents[2]
needs_postgres = pytest.mark.skipif(postgres.binaries() is None, reason="no PostgreSQL server on this machine")
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("endurance")]
NOTHING = {"settlements": 0, "settled": 0, "used": 0, "entries": 0, "logged": 0, "wrong": []}
ONCE = {"settlements": 1, "settled": 9_000, "used": 9_000, "entries": 3, "logged": 1, "wrong": []}
"""The head's entry, and one for each of the two gardens."""


class World:
    """One base, and the processes that work on it."""

    def __init__(self, url: str, home: Path) -> None:
        self.environment = {**os.environ, "DATABASE_URL": url, "CAGEOT_HOME": str(home), "PYTHONPATH": str(ROOT)}
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.run("lay")

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.funding.settling_world", *words]
        return subprocess.Popen(command, env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def run(self, *words: str) -> str:
        process = self.start(*words)
        output, _ = process.communicate(timeout=240)
        assert process.returncode == 0, output
        return output

    def tell(self) -> dict[str, Any]:
        return dict(json.loads(self.run("tell").splitlines()[-1]))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs_postgres)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'base.sqlite3'}"
        if request.param == "postgresql":
            url = stack.enter_context(postgres.throw_away())
        yield World(url, tmp_path)


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

"""Imports in real processes: killed in the middle, and two at once."""

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

import pytest

from tests import postgres
from tests.desk.an_import import ACCESS

ROOT = Path(__file__).resolve().parents[2]
needs_postgres = pytest.mark.skipif(postgres.binaries() is None, reason="no PostgreSQL server on this machine")
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


class World:
    """One base, and the processes that work on it."""

    def __init__(self, url: str, home: Path) -> None:
        self.environment = {**os.environ, "DATABASE_URL": url, "CAGEOT_HOME": str(home), "PYTHONPATH": str(ROOT)}
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.run("lay")

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.desk.import_world", *words]
        return subprocess.Popen(command, env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def run(self, *words: str) -> str:
        process = self.start(*words)
        output, _ = process.communicate(timeout=240)
        assert process.returncode == 0, output
        return output

    def tell(self) -> dict[str, int]:
        return dict(json.loads(self.run("tell")))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs_postgres)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'base.sqlite3'}"
        if request.param == "postgresql":
            url = stack.enter_context(postgres.throw_away())
        yield World(url, tmp_path)


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

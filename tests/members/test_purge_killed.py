"""A purge in real processes: killed in the middle, taken up, and nothing left in the file itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import postgres
from tests.members.purge_world import MARK

ROOT = Path(__file__).resolve().parents[2]
needs_postgres = pytest.mark.skipif(postgres.binaries() is None, reason="no PostgreSQL server on this machine")
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("endurance")]


class World:
    """One base, and the processes that work on it."""

    def __init__(self, url: str, home: Path) -> None:
        self.environment = {**os.environ, "DATABASE_URL": url, "CAGEOT_HOME": str(home), "PYTHONPATH": str(ROOT)}
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.members.purge_world", *words]
        return subprocess.Popen(command, env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def run(self, *words: str) -> str:
        process = self.start(*words)
        output, _ = process.communicate(timeout=240)
        assert process.returncode == 0, output
        return output


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs_postgres)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'base.sqlite3'}"
        yield World(url if request.param == "sqlite" else stack.enter_context(postgres.throw_away()), tmp_path)


def test_a_purge_that_is_killed_goes_on_and_leaves_nothing_not_even_in_the_file(world: World, tmp_path: Path) -> None:
    world.run("lay", "120", "6")
    file = tmp_path / "base.sqlite3"
    assert not file.exists() or MARK.encode() in file.read_bytes()
    for phase in ("forget", "part"):
        process = world.start("purge", "20")
        assert process.stdout
        seen = 0
        for line in process.stdout:
            seen += line.strip() == phase
            if seen == 3:
                break
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
    world.run("purge", "20")
    told = json.loads(world.run("tell"))
    assert told["runs"] == [told["runs"][0]] and told["open"] == 0
    assert (told["runs"][0]["forgotten"], told["runs"][0]["parted"]) == (120, 120)
    assert (told["marks"], told["households"], told["parted"], told["baskets"], told["orphans"]) == (
        0,
        120,
        120,
        720,
        0,
    )
    if file.exists():
        for path in tmp_path.glob("base.sqlite3*"):
            assert MARK.encode() not in path.read_bytes(), path

"""A purge in real processes: killed in the middle, taken up, and nothing left in the file itself."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.members.purge_world import MARK
from tests.processes import ENGINES, World, a_base

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("endurance")]


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with a_base(request.param, tmp_path) as url:
        yield World("tests.members.purge_world", url, tmp_path)


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

"""The second half: every test that has a database again, on PostgreSQL.

`uv run pytest -m postgresql_half -n0 -s` runs it alone, and shows it as it goes.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import connection

from tests import postgres

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 30 * 60
"""Seconds. It takes two or three minutes on two quiet cores: beyond this it hangs."""

NO_SERVER = "no PostgreSQL server on this machine: its half is not run (install the package postgresql)"
COMMAND = [
    sys.executable, "-m", "pytest", "-q", "-n", os.environ.get("CAGEOT_TEST_PROCESSES", "2"), "-p", "no:cacheprovider",
    "-o", "faulthandler_exit_on_timeout=true",  # a test that hangs is shown where it stands, and fails
    "-m", "not postgresql_half and not journey and not quick", "--ignore=tests/endurance",  # which plays on both engines by itself
]  # fmt: skip


@pytest.mark.postgresql_half
@pytest.mark.skipif(postgres.binaries() is None, reason=NO_SERVER)
@pytest.mark.skipif(connection.vendor == "postgresql", reason="already on PostgreSQL")
def test_everything_also_passes_on_postgresql(record_property: Callable[[str, object], None], tmp_path: Path) -> None:
    """The closing line of this half is told after the tests (see `tests/conftest.py`)."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST_")}
    with postgres.throw_away() as url:
        said, code = run(COMMAND, environment | {"DATABASE_URL": url, "PYTEST_ADDOPTS": ""}, tmp_path / "said", LIMIT)
    lines = said.strip().splitlines() or ["pytest said nothing"]
    record_property(
        "on PostgreSQL", next((line for line in reversed(lines) if " passed" in line or " failed" in line), lines[-1])
    )
    assert code is not None, f"not over after {LIMIT} s; it had said:\n" + "\n".join(lines[-80:])
    assert code == 0, "\n".join(lines[-80:])


def run(command: list[str], environment: dict[str, str], path: Path, limit: float) -> tuple[str, int | None]:
    """What a command says, repeated here as it comes, and its exit code: None if it had to be killed at the limit.

    It speaks into a file, not a pipe, which whatever it leaves behind could hold open for ever; and it is killed
    with all that it started, so that nothing is left behind.
    """
    end = time.monotonic() + limit
    with path.open("w") as out, path.open() as read:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
        try:
            while process.poll() is None and time.monotonic() < end:
                print(read.read(), end="", flush=True)
                time.sleep(0.2)
            code = process.poll()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        print(read.read(), end="", flush=True)
    return path.read_text(), code


@pytest.mark.slow
def test_a_half_that_hangs_is_stopped_with_all_that_it_started(tmp_path: Path) -> None:
    leave = "import subprocess, time; print(subprocess.Popen(['sleep', '60']).pid, flush=True)"
    said, code = run([sys.executable, "-c", f"{leave}; time.sleep(60)"], dict(os.environ), tmp_path / "hangs", 5)
    assert code is None
    assert _is_gone(int(said))
    said, code = run([sys.executable, "-c", leave], dict(os.environ), tmp_path / "ends", 60)
    assert code == 0
    assert _is_gone(int(said))


def _is_gone(pid: int) -> bool:
    """Whether a process runs no more, a moment after it was killed; the dead may wait for somebody to take note."""
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state in {"Z", "X"}:
            return True
        time.sleep(0.1)
    return False

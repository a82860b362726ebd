"""The second half: every test again, on PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from tests import postgres

ROOT = Path(__file__).resolve().parent.parent


NO_SERVER = "no PostgreSQL server on this machine: its half is not run (install the package postgresql)"
COMMAND = [
    sys.executable, "-m", "pytest", "-q", "-n", os.environ.get("CAGEOT_TEST_PROCESSES", "2"), "-p", "no:cacheprovider",
    "-m", "not postgresql_half and not journey", "--ignore=tests/endurance",  # which plays on both engines by itself
]  # fmt: skip


@pytest.mark.postgresql_half
@pytest.mark.skipif(postgres.binaries() is None, reason=NO_SERVER)
@pytest.mark.skipif(connection.vendor == "postgresql", reason="already on PostgreSQL")
def test_everything_also_passes_on_postgresql(record_property: Callable[[str, object], None]) -> None:
    """The closing line of this half is told after the tests (see `tests/conftest.py`)."""
    with postgres.throw_away() as url:
        environment = {
            name: value for name, value in os.environ.items() if name not in {"PYTEST_XDIST_WORKER", "CAGEOT_HOME"}
        }
        environment |= {"DATABASE_URL": url, "PYTEST_ADDOPTS": ""}
        done = subprocess.run(COMMAND, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).strip().splitlines() or ["pytest said nothing"]
    record_property(
        "on PostgreSQL", next((line for line in reversed(lines) if " passed" in line or " failed" in line), lines[-1])
    )
    assert done.returncode == 0, "\n".join(lines[-80:])

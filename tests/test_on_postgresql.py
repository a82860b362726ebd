"""The second half: every test again, on PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests import postgres

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.postgresql_half
@pytest.mark.skipif(postgres.binaries() is None, reason="no PostgreSQL server on this machine: its half is not run (install the package postgresql)")
@pytest.mark.skipif(connection.vendor == "postgresql", reason="already on PostgreSQL")
def test_everything_also_passes_on_postgresql() -> None:
    with postgres.throw_away() as url:
        words = [sys.executable, "-m", "pytest", "-q", "-n", os.environ.get("CAGEOT_TEST_PROCESSES", "2"), "-m", "not postgresql_half and not journey",
                 "-p", "no:cacheprovider"]  # fmt: skip
        environment = {**os.environ, "DATABASE_URL": url, "PYTEST_ADDOPTS": ""}
        environment.pop("PYTEST_XDIST_WORKER", None)
        environment.pop("CAGEOT_HOME", None)
        done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    tail = "\n".join((done.stdout + done.stderr).splitlines()[-60:])
    print(f"on PostgreSQL: {done.stdout.strip().splitlines()[-1] if done.stdout.strip() else tail}")
    assert done.returncode == 0, tail

"""Real processes on a base of their own, for what one process alone cannot see: killed in the middle, several at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import postgres

ROOT = Path(__file__).resolve().parents[1]
needs_postgres = pytest.mark.skipif(postgres.binaries() is None, reason="no PostgreSQL server on this machine")
ENGINES = ["sqlite", pytest.param("postgresql", marks=needs_postgres)]
"""What a fixture of worlds is parametrised by."""


@contextmanager
def a_base(engine: str, folder: Path) -> Iterator[str]:
    """The address of an empty base."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'base.sqlite3'}"
        return
    with postgres.throw_away() as url:
        yield url


class World:
    """One base, and the processes of a module that work on it, each started as `python -m MODULE WORDS…`."""

    def __init__(self, module: str, url: str, home: Path) -> None:
        self.module = module
        self.environment = {**os.environ, "DATABASE_URL": url, "CAGEOT_HOME": str(home), "PYTHONPATH": str(ROOT)}
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", self.module, *words]
        return subprocess.Popen(command, env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def run(self, *words: str) -> str:
        """What a process that ends well says."""
        process = self.start(*words)
        output, _ = process.communicate(timeout=240)
        assert process.returncode == 0, output
        return output

    def tell(self) -> dict[str, Any]:
        """What the base holds, as the module's own `tell` says it: JSON, on its last line."""
        return dict(json.loads(self.run("tell").splitlines()[-1]))

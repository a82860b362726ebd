"""The first words that a garden types on a new machine, as the README gives them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def cageot(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("CAGEOT_", "DATABASE_", "DJANGO_"))
    }
    command = [sys.executable, "-m", "cageot.config.cli", *words]
    return subprocess.run(
        command, cwd=ROOT, env={**kept, "CAGEOT_HOME": str(home)}, capture_output=True, text=True, check=False
    )


def test_the_first_access_lays_the_base(tmp_path: Path) -> None:
    words = ["user", "add", "lea@jardin.example", "--name", "Léa", "--role", "coordinator"]
    garden = ["--garden", "val", "--new-garden", "Jardin du Val", "--commune", "41018"]
    done = cageot(tmp_path, *words, *garden)
    assert (done.returncode, done.stderr) == (0, "")
    assert "lea@jardin.example" in cageot(tmp_path, "user", "list").stdout

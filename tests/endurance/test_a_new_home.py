"""The first words that a garden types on a new machine, as the README gives them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.endurance.terminal import cageot


@pytest.mark.slow
def test_the_first_access_lays_the_base(tmp_path: Path) -> None:
    words = ["user", "add", "lea@jardin.example", "--name", "Léa", "--role", "coordinator"]
    garden = ["--garden", "val", "--new-garden", "Jardin du Val", "--commune", "41018"]
    done = cageot(tmp_path, *words, *garden)
    assert (done.returncode, done.stderr) == (0, "")
    assert "lea@jardin.example" in cageot(tmp_path, "user", "list").stdout


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no such modes")
def test_what_is_written_there_is_for_its_user_alone(tmp_path: Path) -> None:
    """A base holds names and addresses, a mail its code: another user of the machine reads neither."""
    words = ["user", "add", "nadia@reseau.example", "--name", "Nadia", "--role", "network"]
    assert cageot(tmp_path, *words).returncode == 0
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".sqlite3" for path in written)
    assert [path.name for path in written if path.stat().st_mode & 0o077] == []

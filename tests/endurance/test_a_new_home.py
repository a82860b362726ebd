"""The first words that a garden types on a new machine, as the README gives them."""

from __future__ import annotations

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

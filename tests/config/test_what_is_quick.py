"""`pytest -m quick` keeps what needs neither a database nor a browser: a test that does is left out without being told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import pytest
from django.test import SimpleTestCase, TestCase

@pytest.fixture
def basket(db): ...

def test_plain(): ...
def test_asks_for_the_base(db): ...
def test_asks_for_what_asks_for_it(basket): ...
def test_asks_for_a_garden_of_the_house(garden): ...
def test_asks_for_the_site(live_server): ...
@pytest.mark.django_db
def test_marked(): ...
@pytest.mark.slow
def test_slow(): ...
@pytest.mark.journey
def test_journey(): ...
class InABase(TestCase):
    def test_of_django(self): ...
class InNone(SimpleTestCase):
    def test_without_base(self): ...
"""


@pytest.mark.slow
def test_only_what_leans_on_nothing_is_quick(tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(TESTS)
    (tmp_path / "conftest.py").write_text("from tests.conftest import *")
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), f"--rootdir={ROOT}", "-n0",
               "-p", "no:cacheprovider", "-m", "quick", "--collect-only", "-q", str(tmp_path)]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = {line.rpartition("::")[2] for line in done.stdout.splitlines() if "::" in line}
    assert found == {"test_plain", "test_without_base"}, done.stdout + done.stderr


def test_a_quick_test_that_opens_the_base_all_the_same_fails() -> None:
    from cageot.network.models import Garden

    with pytest.raises(RuntimeError, match="Database access not allowed"):
        Garden.objects.exists()

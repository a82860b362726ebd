"""What every test leans on. The cast lives in `tests/desk/a_week.py`; browsers in `tests/journeys/conftest.py`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser's driver runs a loop of its own


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys need a browser: without one they are skipped, and say so."""
    if shutil.which("chromium"):
        return
    missing = pytest.mark.skip(reason="no Chromium on this machine: journeys are not run (install the package chromium)")
    for item in items:
        if "journey" in item.keywords:
            item.add_marker(missing)


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    """Rate limits must not travel from a test to the next."""
    cache.clear()
    yield


@pytest.fixture
def at_demo_day(settings: Any) -> Any:
    from datetime import date

    settings.TODAY = date(2018, 3, 14)
    return settings

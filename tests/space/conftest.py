"""The garden of the member's space, on its Monday."""

from __future__ import annotations

from typing import Any

import pytest

from tests.space.a_member import MONDAY, Here, a_garden


@pytest.fixture
def here(settings: Any, db: None) -> Here:
    settings.TODAY = MONDAY
    return a_garden()

"""What every test leans on. The cast is introduced in `tests/factories.py`; browsers in `tests/journeys/conftest.py`."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Generator
from datetime import date
from typing import Any

import hypothesis
import pytest
from django.core.cache import cache
from django.test import Client, TransactionTestCase
from django.utils import translation

from cageot.network.models import Garden

# A busy machine is not a fault.
hypothesis.settings.register_profile("house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("house")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser's driver runs a loop of its own


LEANS_ON_MORE = {"db", "transactional_db", "django_db_setup", "live_server", "browser"}
"""Fixtures that bring a database or a browser, asked for by a test or by what it asks for."""


TAKES_LONG = {"slow", "journey"}


def is_quick(item: pytest.Item) -> bool:
    """Whether a test needs neither a database, a browser nor a long time: `uv run pytest -m quick`.

    If this is wrong about a test, the test fails: nobody opens a database that was not asked for (pytest-django).
    """
    if any(item.get_closest_marker(name) for name in ("django_db", "journey", "slow", "postgresql_half")):
        return False
    if LEANS_ON_MORE & set(getattr(item, "fixturenames", ())):
        return False
    kind = getattr(item, "cls", None)
    return not (kind and issubclass(kind, TransactionTestCase))


@pytest.hookimpl(wrapper=True, tryfirst=True)  # marks before -m chooses; the order after everybody else's
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Mark what is quick; put what takes long first, so that no processor waits for the last one at the end.

    Journeys need a browser: without one they are skipped, and say so.
    """
    for item in items:
        if is_quick(item):
            item.add_marker(pytest.mark.quick)
    missing = pytest.mark.skip(
        reason="no Chromium on this machine: journeys are not run (install the package chromium)"
    )
    for item in [] if shutil.which("chromium") else items:
        if "journey" in item.keywords:
            item.add_marker(missing)
    yield
    items.sort(key=lambda item: not TAKES_LONG & {mark.name for mark in item.iter_markers()})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how the other half went, which its own test keeps to itself when it passes."""
    for report in [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]:
        for name, line in getattr(report, "user_properties", []):
            if name == "on PostgreSQL" and report.when == "call":
                terminalreporter.write_line(f"on PostgreSQL: {line.strip('= ')}")


@pytest.fixture(autouse=True)
def _fresh() -> None:
    """Neither rate limits nor the language of the last page that was asked for travel from a test to the next."""
    cache.clear()
    translation.deactivate()


REVEALING = re.compile(
    r"€|\beuros?\b|tarif|prix|solidair|prise en charge|convention|\bCCAS\b|\bCAF\b|aide|orient|référent|partenaire|réduit|social",
    re.IGNORECASE,
)
"""What no subject line and no SMS says: they are read over a shoulder, on a telephone that lies on a table."""


@pytest.fixture(autouse=True)
def _every_message_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test has written to somebody, its subject or its SMS is read here."""
    from cageot.network import outbox

    write = outbox.write

    def reading(kind: str, **fields: Any) -> Any:
        seen = fields["body"] if fields["channel"] == "sms" else fields["subject"]
        said = re.sub(r"https?://\S+", "", seen)
        assert not REVEALING.search(said), f"a message of kind {kind} reveals: {seen}"
        return write(kind, **fields)

    monkeypatch.setattr(outbox, "write", reading)


@pytest.fixture
def at_demo_day(settings: Any) -> Any:
    settings.TODAY = date(2018, 3, 14)
    return settings


# --- Somebody at the garden's desk --------------------------------------------------------------


@pytest.fixture
def garden(db: None) -> Garden:
    """The Jardin du Val."""
    from tests import factories

    return factories.make_garden()


def _signed_in(role: str, garden: Garden | None) -> Client:
    from tests import factories

    return factories.signed_in(factories.make_person(role, garden))


@pytest.fixture
def as_coordinator(garden: Garden) -> Client:
    """Léa, who runs the garden."""
    return _signed_in("coordinator", garden)


@pytest.fixture
def as_helper(garden: Garden) -> Client:
    """Hélène, who helps there and sees no money."""
    return _signed_in("helper", garden)


@pytest.fixture
def as_treasurer(garden: Garden) -> Client:
    """Théo, who keeps its accounts."""
    return _signed_in("treasurer", garden)


@pytest.fixture
def as_network(db: None) -> Client:
    """Nadia, at the network head: figures of every garden, nobody's name."""
    return _signed_in("network", None)

"""A real browser, the distribution's Chromium; each page is checked by axe and for sideways scroll.

CAGEOT_LOOK=1 keeps pictures of every page that a journey looks at, in test-results/look (not in git):

    CAGEOT_LOOK=1 uv run pytest -m journey
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
VIEWS = ((1280, "light"), (390, "dark"))
PICTURES = Path(__file__).resolve().parents[2] / "test-results" / "look"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": shutil.which("chromium"), "args": FLAGS}


@pytest.fixture(scope="session")
def browser(django_db_setup: None, live_server: Any, browser: Browser) -> Browser:
    """Opened after the tests' server and closed before it: what it still asks for is not asked of a base given back."""
    return browser


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "fr-FR", "reduced_motion": "reduce"}


@pytest.fixture
def come_in(context: BrowserContext, live_server: Any) -> Callable[[Client], None]:
    """The browser takes the session of somebody signed in (`factories.signed_in(person)`)."""

    def come(client: Client) -> None:
        context.clear_cookies()
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])

    return come


def wait_until(page: Page, condition: str) -> None:
    """Ask the page again and again until it says yes, half a minute at most.

    Playwright's `wait_for_function` asks from inside the page, where our content security policy lets nothing be
    evaluated once its first call is over: it breaks each time the first answer is no.
    """
    for _ in range(600):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"half a minute, and still not: {condition}")


def no_sideways_scroll(page: Page) -> bool:
    wait_until(page, "document.body && document.readyState != 'loading'")  # a link was just followed
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def axe_finds(page: Page) -> list[str]:
    """What stands in somebody's way on this page, a line each."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['target']} ({one['help']})" for one in found for node in one["nodes"]]


def look(page: Page, name: str) -> None:
    """Look at the page as it stands, wide by day and on a phone at night: nothing that axe finds, no sideways scroll.

    Leaves the page as wide as it was.
    """
    before = page.viewport_size
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)
        if os.environ.get("CAGEOT_LOOK"):
            PICTURES.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=PICTURES / f"{name}-{width}-{scheme}.png", full_page=True)
        assert no_sideways_scroll(page), f"{name} scrolls sideways at {width} pixels"
        assert axe_finds(page) == [], f"{name} at {width} pixels, {scheme}"
    page.emulate_media(color_scheme="null")
    if before:
        page.set_viewport_size(before)

"""The guide as a folder of pages: unpacked on a disk, opened without a server, read from page to page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from cageot.desk.queries.guide_leaving import site
from cageot.guide.actions import book
from tests.journeys.conftest import look

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
AT = datetime(2018, 3, 14, 9, 0, tzinfo=UTC)


def test_the_folder_opens_by_itself_and_leads_from_chapter_to_chapter(page: Page, tmp_path: Path) -> None:
    book.ship(at=AT)
    ZipFile(BytesIO(site(date(2018, 3, 14), AT))).extractall(tmp_path)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "guide" / "index.html").as_uri())
    look(page, "guide_site")
    page.get_by_role("link", name="Les tarifs").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Les tarifs")
    look(page, "guide_site_chapter")
    page.locator(".turn .next").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("rienter")
    page.locator("header a").click()
    page.get_by_role("link", name="Convention de partenariat").click()
    look(page, "guide_site_paper")
    assert all(url.startswith("file://") for url in asked)

"""A photo of a depot, taken by a telephone: it is made small before it is sent, and the public sees it."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import pytest
from playwright.sync_api import Page

from cageot.baskets.models import DepotPhoto
from tests.desk.a_week import THURSDAY, a_place, signed_in
from tests.journeys.conftest import axe_finds, look, no_sideways_scroll, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


def a_large_picture(side: int = 1800) -> bytes:
    """A PNG that weighs more than is taken: noise, which nothing packs."""

    def part(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    row = b"\0" + bytes((n * 7919 >> 3) % 251 for n in range(side * 3))
    rows = b"".join(b"\0" + bytes(row[1 + n :]) + bytes(n) for n in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(rows, 0)) + part(b"IEND", b"")


def test_a_heavy_photo_is_made_small_by_the_page_and_shown_to_the_public(
    page: Page, live_server: Any, come_in: Any, settings: Any
) -> None:
    settings.TODAY = THURSDAY
    place = a_place()
    come_in(signed_in(place, "coordinator"))
    depot = place.baskets[0].depot
    picture = a_large_picture()
    assert len(picture) > 5_000_000
    page.goto(f"{live_server.url}/jardins/{place.garden.code}/reglages/depots/{depot.pk}/photo/")
    page.set_input_files("input[type=file]", {"name": "IMG_1.png", "mimeType": "image/png", "buffer": picture})
    wait_until(page, "document.querySelector('input[type=file]').files[0].size < 1000000")
    page.get_by_label("Ce que montre la photo").fill("La porte verte")
    page.get_by_role("button", name="Enregistrer la photo").click()
    page.wait_for_url("**/reglages/depots/*/")
    assert DepotPhoto.objects.get().kind == "image/jpeg"
    page.goto(f"{live_server.url}/jardins/{place.garden.code}/depots/")
    shown = page.get_by_role("img", name="La porte verte")
    shown.scroll_into_view_if_needed()
    wait_until(page, "document.querySelector('img.photo').complete")
    assert shown.evaluate("image => image.naturalWidth") == 1200
    assert axe_finds(page) == []
    assert no_sideways_scroll(page)
    look(page, "depots-public-photo")

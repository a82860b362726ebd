"""Forms sent by hand, by a broken machine, or emptied: an answer that says so, never a fault of the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client

from tests.architecture.test_doors import FOR_ALL, PUBLIC, filled, place, routes  # noqa: F401 (a fixture)
from tests.desk.a_week import Place, signed_in

pytestmark = pytest.mark.slow
NAMES = re.compile(r"""<(?:input|select|textarea|button)\b[^>]*?\bname=["']([^"']+)["']""")
ODD = {"digits": "9" * 25, "nothing": "", "a book with no sign": "é" * 100 + "x" * 20_000 + "\x00²"}


def forms(client: Client, place: Place) -> Iterator[tuple[str, set[str]]]:  # noqa: F811
    """Each address that takes something, with the names that its page, or else any page, asks for."""
    everywhere: set[str] = set()
    found = []
    for route, one in routes():
        if one.name in PUBLIC | FOR_ALL:
            continue
        address = filled(route, place)
        answer = client.get(address)
        names = set()
        if answer.status_code == 200 and not answer.streaming and answer["Content-Type"].startswith("text/html"):
            names = set(NAMES.findall(answer.content.decode())) - {"csrfmiddlewaretoken"}
        everywhere |= names
        found.append((address, names))
    for address, names in found:
        if "POST" in client.options(address).get("Allow", "POST"):
            yield address, names or everywhere


@pytest.mark.parametrize("role", ["coordinator", "network"])
def test_whatever_a_form_brings_is_answered(place: Place, role: str) -> None:  # noqa: F811
    client = signed_in(place, role)
    client.raise_request_exception = False
    faults = []
    for address, names in list(forms(client, place)):
        for what, odd in ODD.items():
            kept, point = client.cookies.copy(), transaction.savepoint()
            answer = client.post(address, urlencode(dict.fromkeys(names, odd)), "application/x-www-form-urlencoded")
            if answer.status_code >= 500:
                faults.append((address, what))
            transaction.savepoint_rollback(point)
            client.cookies = kept
    assert faults == []

"""A request as every view receives it, after the middleware: the day, and what the person may reach."""

from __future__ import annotations

from datetime import date, datetime
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING
from urllib.parse import quote

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse

from cageot.core import clock
from cageot.network.rules.reach import Reach

if TYPE_CHECKING:
    from cageot.network.models import Login, Person


class Request(HttpRequest):
    """Never built: views annotate it to say what they rely on."""

    user: Login  # type: ignore[assignment]
    today: date
    reach: Reach


def acting(request: Request) -> tuple[Person, datetime]:
    """Who does something, and when: the `by` and `at` of actions."""
    return request.user.person, clock.now()


def origin(request: HttpRequest) -> str:
    """Where a request comes from, to count tries: the address, as the machine that brings HTTPS here tells it.

    Whoever has one IPv6 address has all those of its network: they count as one.
    """
    told = str(get_adapter(request).get_client_ip(request))
    try:
        address = ip_address(told.partition("%")[0])
    except ValueError:
        return told
    if not isinstance(address, IPv6Address):
        return told
    return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))


def somebodys_file(content: bytes, media_type: str, name: str, *, shown: bool = False) -> HttpResponse:
    """A file that somebody gave: downloaded, or `shown` where it stands; nothing in it runs as a page of ours."""
    way = "inline" if shown else "attachment"
    headers = {
        "Content-Disposition": f"{way}; filename*=UTF-8''{quote(name)}", "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }  # fmt: skip
    return HttpResponse(content, content_type=media_type, headers=headers)

"""The languages in which members are spoken to, and which of them a page is in.

The desk is in French and in English. The member's space, and what members are told, speak more: short catalogues in
`cageot/space/locale`, gathered by bin/messages from what members read and from nothing else.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

DESK = ("fr", "en")
MEMBERS = tuple(code for code, _name in settings.LANGUAGES)

TO_PROOFREAD = frozenset({"ar", "uk", "fa", "es", "pt", "tr"})
"""Translated by us; nobody whose language it is has read them yet. Their pages say so. Take one off when it was read."""


def offered(path: str) -> tuple[str, ...]:
    """The languages that an address may be read in: everything under /moi/ belongs to members."""
    return MEMBERS if path.startswith("/moi/") else DESK


def chosen(request: HttpRequest) -> str | None:
    """The language that this browser was told to use, if the address may be read in it."""
    code = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return code if code in offered(request.path_info) else None


def wished(request: HttpRequest) -> str:
    """The first language of this browser's wishes that the address may be read in; French when there is none."""
    possible = offered(request.path_info)
    for wish, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        for code in (wish, wish.partition("-")[0]):
            if code in possible:
                return code
    return settings.LANGUAGE_CODE


def names(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    """These languages with their own name for themselves."""
    own = dict(settings.LANGUAGES)
    return [(code, str(own[code])) for code in codes]

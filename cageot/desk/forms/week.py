"""What is typed on the week's pages: marks, the seen figures that come back with a close, a reason to reopen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from cageot.core.week import Week
from cageot.network.models import Garden

_BASKET = re.compile(r"b(\d{1,18})")


def baskets_in(data: Mapping[str, Any]) -> list[int]:
    """The baskets that a marking form speaks of."""
    return [int(found[1]) for name in data if (found := _BASKET.fullmatch(name))]


def marks_in(data: Mapping[str, Any], markable: Mapping[int, tuple[str, frozenset[str]]]) -> dict[int, str]:
    """Basket → state for what this person changed.

    `w12` is the state of basket 12 when the page was drawn: a line left as it was is not written again,
    so a page kept open does not undo what somebody else marked meanwhile.
    """
    chosen = {pk: str(data[f"b{pk}"]) for pk in markable if f"b{pk}" in data}
    return {
        pk: state
        for pk, state in chosen.items()
        if state in markable[pk][1] and state not in (data.get(f"w{pk}"), markable[pk][0])
    }


Seen = tuple[str, dict[str, int]]
"""Fingerprint and summary of what was shown before closing."""


def seal_seen(garden: Garden, week: Week, fingerprint: str, summary: Mapping[str, int]) -> str:
    """What the person saw, to travel with the button; nobody can alter it."""
    return signing.dumps([fingerprint, dict(summary)], salt=_salt(garden, week), compress=True)


def read_seen(garden: Garden, week: Week, text: str) -> Seen | None:
    """What the person saw, or None when that is missing, altered, or of another week."""
    try:
        fingerprint, summary = signing.loads(text, salt=_salt(garden, week))
    except signing.BadSignature:
        return None
    return fingerprint, summary


def _salt(garden: Garden, week: Week) -> str:
    return f"cageot.desk.closing.{garden.pk}.{week}"


class ReopeningForm(forms.Form):
    reason = forms.CharField(
        label=_("Pourquoi rouvrir cette semaine ?"),
        help_text=_("Une phrase suffit : elle reste dans les comptes, à côté de l’annulation. Sans nom de personne."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

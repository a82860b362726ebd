"""Sentences of committees and of the network's meetings."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cageot.core.templatetags.cageot import number


def too_long(length: int, most: int) -> str:
    """A text that is too long; it comes back cut at its limit."""
    told = {"length": number(length), "most": number(most)}
    return _("Ce texte a %(length)s signes, %(most)s au plus : il est coupé là où il dépasse. Raccourcissez-le.") % told

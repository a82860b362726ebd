"""Papers of a meeting, as data for Typst: the list, the badges, the certificate, the minutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.core.templatetags.cageot import day as said
from cageot.desk.queries.events import Coming, chosen, commune_name, organisation, programme
from cageot.guide.actions.events import days
from cageot.guide.models import Event, Registration, Slot

Data = dict[str, Any]


def _frame(event: Event, title: str, today: date) -> Data:
    printed = _("Fait le %(day)s") % {"day": said(today, "plain")}
    where = ", ".join(part for part in (event.place, commune_name(event.commune_code)) if part)
    return {
        "lang": "fr", "title": title, "garden": event.title, "date": [today.year, today.month, today.day], "printed": printed,
        "heading": event.title, "when": days(event), "place": where,
    }  # fmt: skip


def people_list(event: Event, found: Coming, today: date) -> Data:
    """Everybody, with a place to sign."""
    count = ngettext("%(n)s personne", "%(n)s personnes", len(found.rows)) % {"n": len(found.rows)}
    return _frame(event, _("Liste des inscrits"), today) | {
        "count": count, "columns": [_("Nom"), _("Organisme"), _("Choix"), _("Signature")],
        "rows": [[f"{one.last_name.upper()} {one.first_name}", organisation(one), chosen(one)] for one in found.rows],
        "empty": _("Personne n’est inscrit."),
    }  # fmt: skip


def badges(event: Event, found: Coming, today: date) -> Data:
    """One badge each, ten on a page, to cut: a name and an organisation, nothing else."""
    return _frame(event, _("Badges"), today) | {
        "badges": [[one.first_name, one.last_name, organisation(one)] for one in found.rows],
        "empty": _("Personne n’est inscrit."),
    }  # fmt: skip


def certificate(one: Registration, today: date) -> Data:
    """That somebody came, and for how many hours. `one` has its event."""
    event = one.event
    told = {
        "name": f"{one.first_name} {one.last_name}", "organisation": organisation(one), "title": event.title, "when": days(event),
        "place": event.place,
    }  # fmt: skip
    lines = [_("%(name)s a participé à « %(title)s », %(when)s, %(place)s.") % told]
    if told["organisation"]:
        lines[0] = _("%(name)s (%(organisation)s) a participé à « %(title)s », %(when)s, %(place)s.") % told
    if event.hours:
        lines.append(ngettext("Durée : %(n)s heure.", "Durée : %(n)s heures.", event.hours) % {"n": event.hours})
    return _frame(event, _("Attestation de présence"), today) | {
        "lines": lines, "made": _("Fait le %(day)s, pour servir à qui de droit.") % {"day": said(today, "year")},
        "signature": _("Signature et cachet de l’organisateur"),
    }  # fmt: skip


def minutes(event: Event, slots: Sequence[Slot], came: int, today: date) -> Data:
    """What is kept of the day, then of each session."""
    parts = [
        {"title": line.slot.title, "about": " · ".join(part for part in (each.label, line.when, line.about) if part), "text": line.slot.minutes.splitlines()}
        for each in programme(slots)
        for row in each.rows
        for line in row.slots
        if line.slot.minutes
    ]  # fmt: skip
    count = ngettext("%(n)s personne est venue.", "%(n)s personnes sont venues.", came) % {"n": came} if came else ""
    return _frame(event, _("Compte rendu"), today) | {
        "count": count, "text": event.minutes.splitlines(), "parts": parts, "empty": _("Le compte rendu n’est pas encore écrit."),
    }  # fmt: skip

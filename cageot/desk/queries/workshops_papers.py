"""A session on paper, made from the session itself: a poster, a leaflet to tear off, the list of who comes, tickets for opinions.

The same whoever pays what: a poster has no name, the list has the names that all lists show.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import segno
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext as _

from cageot.core.icons import ICONS
from cageot.core.tabular.phones import display_phone
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import hour
from cageot.desk.queries.workshops import guests, names_on
from cageot.workshops.actions import opinions
from cageot.workshops.actions.telling import short
from cageot.workshops.models import Enrolment, Session
from cageot.workshops.queries import announced
from cageot.workshops.rules.series import wall

TABS = 9
EMPTY_LINES, EMPTY_WHEN_FULL = 6, 2
"""Lines for who comes without having enrolled; fewer when the room is full, and people wait."""
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#1f5a3a" stroke-width="1.8" '
    'stroke-linecap="round" stroke-linejoin="round">{}</svg>'
)


def _square(address: str) -> str:
    drawing = BytesIO()
    segno.make(address, error="m").save(drawing, kind="svg", border=2, light="#fff", xmldecl=False)
    return drawing.getvalue().decode()


def _common(session: Session, at: datetime) -> dict[str, Any]:
    on = wall(at).date()
    return {
        "title": session.workshop.title, "garden": session.garden.name, "lang": "fr", "date": [on.year, on.month, on.day],
        "printed": _("imprimé le %(day)s") % {"day": said(on, "plain")}, "when": announced.when(session), "place": session.place.name,
    }  # fmt: skip


def poster(session: Session, address: str, form: str, at: datetime) -> dict[str, Any]:
    """The poster: `form` "a4", "a3", or "tabs" (A4, with strips to tear off). `address`: the page it leads to."""
    first, last, workshop = wall(session.starts_at).date(), session.last_day, session.workshop
    facts = [one for one in announced.facts(session) if one.icon not in ("week",)]
    enrol = _("Entrée libre, sans inscription") if workshop.open_door else _("Inscrivez-vous ici")
    return _common(session, at) | {
        "form": form, "paper": "a3" if form == "a3" else "a4", "kind": workshop.get_kind_display(), "summary": workshop.summary,
        "weekday": str(WEEKDAYS[first.weekday()]), "day": str(first.day), "month": str(MONTHS[first.month]),
        "hours": hour(session.starts_at) if last else f"{hour(session.starts_at)} – {hour(session.ends_at)}",
        "until": _("jusqu’au %(day)s, %(hour)s") % {"day": said(last), "hour": hour(session.ends_at)} if last else "",
        "facts": [{"icon": ICON.format(ICONS[one.icon]), "label": one.label, "text": one.text} for one in facts],
        "square": _square(address), "address": address.split("://", 1)[1], "enrol": enrol,
        "phone": display_phone(session.garden.phone) if session.garden.phone else "", "or_call": _("ou appelez le jardin"),
        "all": _("Ouvert à tous"), "tab": _tab(session), "tabs": TABS if form == "tabs" else 0,
    }  # fmt: skip


def _tab(session: Session) -> list[str]:
    """What a strip says, a line each: the title, when, where, the number to call."""
    days = [said(one, "short") for one in (session.days[0], session.last_day) if one]
    when = f"{days[0]}, {hour(session.starts_at)} – " + (f"{days[1]}, " if days[1:] else "") + hour(session.ends_at)
    phone = display_phone(session.garden.phone) if session.garden.phone else session.garden.name
    return [short(session.workshop.title, 34), when, short(session.place.name, 30), phone]


def attendance(session: Session, at: datetime) -> dict[str, Any]:
    """Who comes, by the names that lists show, with a box to tick; some empty lines."""
    coming = (Enrolment.State.ENROLLED, Enrolment.State.CAME, Enrolment.State.ABSENT, Enrolment.State.WAITING)
    found = [one for one in guests(session, names_on(session), None) if one.state in coming]
    here = sorted((one for one in found if not one.rank), key=lambda one: one.name.casefold())
    return _common(session, at) | {
        "heading": _("Qui vient"), "columns": [_("Venu"), _("Nom"), _("Inscrits"), _("Adultes"), _("Enfants")],
        "rows": [[one.name, one.people] for one in here],
        "waiting": [[f"{one.rank}. {one.name}", one.people] for one in found if one.rank], "waiting_heading": _("En attente, dans cet ordre"),
        "empty": EMPTY_WHEN_FULL if any(one.rank for one in found) else EMPTY_LINES,
        "seats": "" if session.seats is None else _("%(taken)s places prises sur %(seats)s") % {"taken": session.seats_taken, "seats": session.seats},
    }  # fmt: skip


def tickets(session: Session, link: Callable[[str], str], at: datetime) -> dict[str, Any]:
    """A ticket for each place: three faces to tick, a line to write on, a square that is good once."""
    count = max(session.seats or 0, session.seats_taken, 10)
    return _common(session, at) | {
        "ask": _("C’était comment ?"), "faces": [_("Bien"), _("Moyen"), _("Pas bien")], "word": _("Un mot :"), "how": _("Cochez, et rendez ce papier. Ou avec votre téléphone :"),
        "nobody": _("Sans votre nom."), "tickets": [{"code": code, "square": _square(link(code))} for code in opinions.tickets(session, count)],
    }  # fmt: skip

"""A garden's sessions as they are announced, to its members or to anybody: what, when, where, for whom, places left.

Nothing here knows who comes, nor a tariff. The words are read by members, in their language.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros, hour
from cageot.network import territory
from cageot.network.models import Garden
from cageot.workshops.models import Place, Session, Workshop
from cageot.workshops.rules import waiting
from cageot.workshops.rules.series import wall

LANGUAGES = {"fr": "français", "en": "English", "ar": "العربية", "uk": "українська", "fa": "فارسی", "es": "español", "pt": "português", "tr": "Türkçe"}  # fmt: skip
SHOWN = 40


@dataclass(frozen=True)
class Fact:
    """A thing one asks about a session: a sign of `core/icons.py`, a word for it, and the answer. `own`: the answer is the
    garden's own text, in French."""

    icon: str
    label: str
    text: str
    own: bool = False


@dataclass(frozen=True)
class Places:
    """How a session stands, in a word; `full` and `open` (somebody may enrol) besides."""

    word: str
    tone: str
    full: bool
    open: bool


def coming(garden: Garden, now: datetime, *, public: bool = False) -> QuerySet[Session]:
    """The sessions of a garden that are not over, in order; `public`: those that are announced to everybody."""
    rows = Session.objects.filter(garden=garden, ends_at__gt=now).exclude(state=Session.State.HELD)
    rows = rows.filter(workshop__public=True) if public else rows
    return rows.select_related("workshop", "place", "garden").order_by("starts_at", "pk")


def when(session: Session) -> str:
    """ "mardi 11 avril, 14 h – 16 h 30": by the clock on the wall; the day it ends when it is another one."""
    first, last = wall(session.starts_at).date(), wall(session.ends_at).date()
    starts, ends = hour(session.starts_at), hour(session.ends_at)
    if last != first and session.ends_at - session.starts_at > waiting.A_NIGHT:
        return f"{said(first)}, {_apart(starts)} – {said(last)}, {_apart(ends)}"
    return f"{said(first)}, {_apart(f'{starts} – {ends}')}"


def _apart(hours: str) -> str:
    """Hours in their own order where the page runs from right to left."""
    return f"\u2066{hours}\u2069" if get_language_bidi() else hours


def address(place: Place) -> str:
    """The place's address with its commune."""
    try:
        town = territory.commune(place.commune_code).name
    except KeyError:
        town = ""
    return ", ".join(part for part in (place.address, town) if part)


def people(adults: int, children: int) -> str:
    """ "2 adultes, 1 enfant"."""
    told = [ngettext("%(n)s adulte", "%(n)s adultes", adults) % {"n": adults}]
    if children:
        told.append(ngettext("%(n)s enfant", "%(n)s enfants", children) % {"n": children})
    return ", ".join(told)


def places(session: Session, now: datetime) -> Places:
    """How it stands."""
    if session.state == Session.State.CANCELLED:
        return Places(_("annulé"), "beet", False, False)
    if session.ends_at <= now or session.state == Session.State.HELD:
        return Places(_("passé"), "", False, False)
    if session.workshop.open_door:
        return Places(_("entrée libre"), "sky", False, False)
    left = waiting.left(session.seats, session.seats_taken)
    if left is None:
        return Places(_("places libres"), "leaf", False, True)
    if left == 0:
        return Places(_("complet"), "squash", True, True)
    return Places(ngettext("%(n)s place", "%(n)s places", left) % {"n": left}, "leaf", False, True)


def facts(session: Session) -> list[Fact]:
    """All that one asks before coming, in the order in which one asks."""
    workshop, place = session.workshop, session.place
    found = [
        Fact("week", _("Quand"), when(session)),
        Fact("map", _("Où"), ", ".join(part for part in (place.name, address(place)) if part), own=True),
        Fact("next", _("Comment venir"), " ".join(part for part in (place.access, workshop.transport) if part), own=True),
        Fact("check", _("En fauteuil"), _("Oui, on entre en fauteuil.") if place.step_free else ""),
        Fact("people", _("Enfants"), _children(workshop)),
        Fact("basket", _("À apporter"), workshop.bring, own=True),
        Fact("speech", _("On parle"), ", ".join(LANGUAGES.get(code, code) for code in workshop.languages)),
        Fact("money", _("Prix"), _("%(price)s par personne") % {"price": euros(workshop.fee_cents)} if workshop.fee_cents else _("Gratuit")),
    ]  # fmt: skip
    return [one for one in found if one.text]


def _children(workshop: Workshop) -> str:
    told = {
        Workshop.Childcare.NONE: _("Pas de garde d’enfants."), Workshop.Childcare.WITH: _("Les enfants viennent avec vous."),
        Workshop.Childcare.CARE: _("Les enfants sont gardés sur place."),
    }[Workshop.Childcare(workshop.childcare)]  # fmt: skip
    if not workshop.youngest:
        return told
    age = ngettext("À partir de %(n)s an.", "À partir de %(n)s ans.", workshop.youngest) % {"n": workshop.youngest}
    return f"{told} {age}"

"""A garden's sessions as they are announced, to its members or to anybody: what, when, where, for whom, places left.

Nothing here knows who comes, nor a tariff. The words are read by members, in their language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, QuerySet
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros, hour
from cageot.network import territory
from cageot.network.models import Garden
from cageot.workshops.models import Enrolment, Place, Session, Workshop
from cageot.workshops.rules import waiting
from cageot.workshops.rules.series import days_held, wall

LANGUAGES = {"fr": "français", "en": "English", "ar": "العربية", "uk": "українська", "fa": "فارسی", "es": "español", "pt": "português", "tr": "Türkçe"}  # fmt: skip
SHOWN = 40
FEW = 3
"""So many places left are the last ones."""


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
    """How a session stands, in a word; `full` (whoever enrols now waits) and `open` (somebody may enrol) besides. `kept`: places
    are left, for those who wait already. `begun`: nobody enrols any more, who comes may still say that they do not."""

    word: str
    tone: str
    full: bool
    open: bool
    kept: bool = False
    begun: bool = False


@dataclass(frozen=True)
class Waits:
    """Why somebody who asked for places waits for them, in a sentence, and their rank (1 is next)."""

    why: str
    rank: int


def coming(garden: Garden, now: datetime, *, public: bool = False) -> QuerySet[Session]:
    """The sessions of a garden that are not over, in order; `public`: those that are announced to everybody."""
    rows = Session.objects.filter(garden=garden, ends_at__gt=now).exclude(state=Session.State.HELD)
    rows = rows.filter(workshop__public=True) if public else rows
    return rows.select_related("workshop", "place", "garden").order_by("starts_at", "pk")


def when(session: Session) -> str:
    """ "mardi 11 avril, 14 h – 16 h 30": by the clock on the wall; the day it ends when it is another one."""
    return span(session.starts_at, session.ends_at)


def span(starts_at: datetime, ends_at: datetime) -> str:
    """Two moments as `when` says those of a session."""
    days, starts, ends = days_held(starts_at, ends_at), hour(starts_at), hour(ends_at)
    if len(days) > 1:
        return f"{said(days[0])}, {_apart(starts)} – {said(days[-1])}, {_apart(ends)}"
    return f"{said(days[0])}, {_apart(f'{starts} – {ends}')}"


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


def lines(sessions: Iterable[Session]) -> Mapping[int, int]:
    """Session → how many households, or people from outside, wait for a place there. One query, whatever their number."""
    rows = Enrolment.objects.filter(session__in=[one.pk for one in sessions], state=Enrolment.State.WAITING).order_by()
    return Counter(dict(rows.values_list("session").annotate(n=Count("pk"))))


def places(session: Session, now: datetime, waits: int) -> Places:
    """How it stands for a member, when so many wait (`lines`). Enrolling closes when it begins."""
    if session.state == Session.State.CANCELLED:
        return Places(_("annulé"), "beet", False, False)
    if session.ends_at <= now or session.state == Session.State.HELD:
        return Places(_("passé"), "", False, False)
    if session.workshop.open_door:
        return Places(_("entrée libre"), "sky", False, False)
    if session.starts_at <= now:
        return Places(_("commencé"), "", False, False, begun=True)
    return room(session, now, waits)


def room(session: Session, now: datetime, waits: int) -> Places:
    """The places of a session for which people enrol, when so many wait. While somebody waits, the places left are theirs, until
    three days before."""
    left = waiting.left(session.seats, session.seats_taken)
    if left is None:
        return Places(_("places libres"), "leaf", False, True)
    if left == 0:
        return Places(_("complet"), "squash", True, True)
    near = waiting.passing(wall(now).date(), wall(session.starts_at).date())
    if waits and not near:
        return Places(_("liste d’attente"), "squash", True, True, kept=True)
    return Places(ngettext("%(n)s place", "%(n)s places", left) % {"n": left}, "leaf", False, True)


def places_for_all(session: Session, now: datetime, waits: int) -> Places:
    """How it stands for anybody. Never how many places: a number that stays the same when one asks for somebody would tell
    that they come already."""
    found, left = places(session, now, waits), waiting.left(session.seats, session.seats_taken)
    if not found.open or found.full or left is None:
        return found
    return replace(found, word=_("dernières places") if left <= FEW else _("places libres"))


def why_waits(people: int, left: int | None) -> str:
    """Why so many people wait, where so many places are left: none is, others are first, or too few are."""
    if not left:
        return _("C’est complet.")
    if people <= left:
        return _("D’autres personnes attendent déjà.")
    return ngettext(
        "Il reste %(n)s place pour %(people)s personnes.", "Il reste %(n)s places pour %(people)s personnes.", left
    ) % {"n": left, "people": people}


def facts(session: Session) -> list[Fact]:
    """All that one asks before coming, in the order in which one asks. One query."""
    workshop, place = session.workshop, session.place
    found = [
        Fact("week", _("Quand"), when(session)),
        Fact("map", _("Où"), ", ".join(part for part in (place.name, address(place)) if part), own=True),
        Fact("next", _("Comment venir"), " ".join(part for part in (place.access, workshop.transport) if part), own=True),
        Fact("check", _("En fauteuil"), _("Oui, on entre en fauteuil.") if place.step_free else ""),
        Fact("hand", _("Qui anime"), workshop.facilitators, own=True),
        Fact("partners", _("Avec"), ", ".join(partner.name for partner in workshop.partners.all()), own=True),
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

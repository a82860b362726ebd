"""What people are told of the sessions they come to, or wait for: a place is free, it moves, it is cancelled.

One message for one change, whatever the number of sessions it touches, by each household's own channel. Somebody from
outside is told at the address or the number they gave; who gave none is counted, and called by the garden.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from cageot.core.tabular.phones import display_phone
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import hour
from cageot.members.models import Member
from cageot.members.telling import LONGEST_SMS, Words, in_language, tell_household, tell_person
from cageot.network.models import Garden
from cageot.workshops.models import Enrolment, EnrolmentDetails, Session
from cageot.workshops.queries.announced import Waits, span
from cageot.workshops.queries.announced import people as people_in_words
from cageot.workshops.rules.series import wall

LONGEST_TITLE = 32
"""Signs of a title in an SMS, so that the whole stays within 160."""


def when(at: datetime) -> str:
    """A moment as people say it: "mardi 10 avril à 14 h 30", in the language of the moment."""
    return _("%(day)s à %(hour)s") % {"day": said(wall(at).date()), "hour": hour(at)}


def during(session: Session) -> str:
    """When it begins; until when besides, when it lasts several days."""
    if not session.last_day:
        return when(session.starts_at)
    return _("du %(first)s au %(last)s") % {"first": when(session.starts_at), "last": when(session.ends_at)}


def _sms(text: str, told: dict[str, object], session: Session) -> str:
    """An SMS that says when: its last day too, if that holds."""
    whole = text % (told | {"when": during(session)})
    return whole if len(whole) <= LONGEST_SMS else short(text % (told | {"when": when(session.starts_at)}), LONGEST_SMS)


def short(text: str, most: int = LONGEST_TITLE) -> str:
    """A text cut to so many signs, at its end."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


# --- A place --------------------------------------------------------------------------------------


def tell_place_freed(session: Session, enrolment: Enrolment, *, at: datetime) -> None:
    """They waited, and have a place. Once for each time that they waited."""
    once = f"session_place:{enrolment.pk}:{enrolment.at.isoformat()}"
    _tell([enrolment], "session_place", lambda: _place_words(session), session.garden, once, at)


def _place_words(session: Session) -> Words:
    told: dict[str, object] = {"title": session.workshop.title, "when": during(session), "place": session.place.name}
    body = [
        _("Bonjour,"),
        _("Une place est libre : vous êtes inscrit à « %(title)s ».") % told,
        _("C’est %(when)s, %(place)s.") % told,
        _("Vous ne pouvez pas venir ? Dites-le au jardin : quelqu’un d’autre attend."),
        session.garden.name,
    ]
    brief = {"title": short(session.workshop.title)}
    sms = _sms(_("« %(title)s », %(when)s : une place est libre, vous êtes inscrit."), told | brief, session)
    return Words(_("Une place pour vous : %(title)s") % told, "\n\n".join(body), sms)


def tell_enrolled(
    session: Session, enrolment: Enrolment, to: str, waits: Waits | None, link: str, *, at: datetime
) -> None:
    """Somebody from outside has enrolled by themselves: where and when, and the address where they say that they do not come,
    or that they are more or fewer. `waits`: why, and their rank, when they have no place."""
    told = {
        "title": session.workshop.title, "when": during(session), "place": session.place.name, "link": link,
        "rank": waits.rank if waits else None, "people": people_in_words(enrolment.adults, enrolment.children),
    }  # fmt: skip
    body = [
        _("Bonjour,"),
        *([waits.why, _("Vous attendez une place à « %(title)s », numéro %(rank)s.") % told] if waits else [_("Vous êtes inscrit à « %(title)s ».") % told]),
        f"{told['people']}.",
        _("C’est %(when)s, %(place)s.") % told,
        _("Vous ne pouvez pas venir, ou pas aussi nombreux ? Dites-le ici : %(link)s") % told,
        session.garden.name,
    ]  # fmt: skip
    brief = told | {"title": short(session.workshop.title, 24), "when": when(session.starts_at)}
    sms = _("« %(title)s », %(when)s : vous attendez, numéro %(rank)s. %(link)s") if waits else _("« %(title)s », %(when)s : c’est noté. %(link)s")  # fmt: skip
    words = sms % brief
    if len(words) > LONGEST_SMS:
        words = link
    subject = (_("Vous attendez une place : %(title)s") if waits else _("Vous êtes inscrit : %(title)s")) % told
    tell_person(
        to, "session_enrolled", Words(subject, "\n\n".join(body), words), about=f"workshops.enrolment:{enrolment.pk}",
        garden=session.garden, once=f"session_enrolled:{enrolment.pk}", at=at,
    )  # fmt: skip


def tell_asked_again(session: Session, enrolment: Enrolment, to: str, *, at: datetime) -> None:
    """Somebody asked again with an address that is known at this session: what was asked first stays, and this is how to change
    it: by the link that was sent to who enrolled by themselves, or by the garden. Once a day at most, whoever asks."""
    contact = display_phone(session.garden.phone) if session.garden.phone else session.garden.email
    told = {
        "title": session.workshop.title, "when": during(session), "place": session.place.name,
        "people": people_in_words(enrolment.adults, enrolment.children),
    }  # fmt: skip
    how = _("Vous ne pouvez pas venir ? Dites-le au jardin.")
    if enrolment.source == Enrolment.By.PUBLIC:
        how = _("Pour changer : le lien de notre premier message, ou le jardin.")
    waits = enrolment.state == Enrolment.State.WAITING
    body = [
        _("Bonjour,"),
        (_("Vous attendiez déjà une place à « %(title)s » : %(people)s.") if waits else _("Vous étiez déjà inscrit à « %(title)s » : %(people)s.")) % told,
        _("Rien n’a changé. C’est %(when)s, %(place)s.") % told,
        how,
        "\n".join([session.garden.name, *([contact] if contact else [])]),
    ]  # fmt: skip
    known = _("Déjà noté : %(title)s") % {"title": short(session.workshop.title, 24)}
    sms = f"{known}, {told['people']}. {how} {short(contact, 30)}".rstrip()
    tell_person(
        to, "session_enrolled", Words(_("Déjà noté : %(title)s") % told, "\n\n".join(body), short(sms, LONGEST_SMS)),
        about=f"workshops.enrolment:{enrolment.pk}", garden=session.garden,
        once=f"session_enrolled_again:{enrolment.pk}:{wall(at).date()}", at=at,
    )  # fmt: skip


def tell_reminders(sessions: Sequence[Session], *, at: datetime) -> Told:
    """All that have a place at these sessions know that they come soon. Once for each moment of each session."""
    count, lost = 0, []
    for session in sessions:
        rows = Enrolment.objects.filter(session=session, state=Enrolment.State.ENROLLED)
        for one in rows.select_related("household__garden", "details").order_by("at", "pk"):
            once = f"session_reminder:{one.pk}:{session.starts_at.isoformat()}"
            if _tell([one], "session_reminder", lambda session=session: _reminder(session), session.garden, once, at):  # type: ignore[misc]
                count += 1
            else:
                lost.append(one)
    return Told(count, lost)


def _reminder(session: Session) -> Words:
    workshop = session.workshop
    told: dict[str, object] = {
        "title": workshop.title,
        "when": during(session),
        "place": session.place.name,
        "bring": workshop.bring,
    }
    body = [
        _("Bonjour,"),
        _("Vous venez bientôt à « %(title)s ».") % told,
        _("C’est %(when)s, %(place)s.") % told,
        *([session.place.access] if session.place.access else []),
        *([_("À apporter : %(bring)s") % told] if workshop.bring else []),
        _("Vous ne pouvez pas venir ? Dites-le au jardin : quelqu’un d’autre attend peut-être."),
        session.garden.name,
    ]
    brief: dict[str, object] = {"title": short(workshop.title), "place": short(session.place.name, 40)}
    sms = _sms(_("Bientôt : « %(title)s », %(when)s, %(place)s."), brief, session)
    return Words(_("Bientôt : %(title)s") % told, "\n\n".join(body), sms)


# --- A change -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moved:
    """A session as it was (`before` – `ended`) and as it is."""

    session: Session
    before: datetime
    ended: datetime
    place_before: str


@dataclass(frozen=True)
class Told:
    """How many were told, and who could not be: from outside, without an address (their enrolments)."""

    count: int
    not_told: list[Enrolment]


def tell_cancelled(sessions: Sequence[Session], reason: str, *, once: str, at: datetime) -> Told:
    """All that come to these sessions of one garden, or wait, know that they are not held."""

    def words(theirs: Sequence[Session]) -> Words:
        one = theirs[0]
        told = {"title": one.workshop.title, "reason": reason, "garden": one.garden.name}
        body = [
            _("Bonjour,"),
            _("Cet atelier est annulé : « %(title)s ».") % told,
            *(during(session) for session in theirs),
            _("Pourquoi : %(reason)s") % told,
            _("Vous n’avez rien à faire."),
            one.garden.name,
        ]
        brief: dict[str, object] = {"title": short(one.workshop.title), "reason": short(reason, 50)}
        if len(theirs) > 1:
            sms = _("Annulé : « %(title)s », %(when)s et les fois suivantes. %(reason)s")
        else:
            sms = _("Annulé : « %(title)s », %(when)s. %(reason)s")
        return Words(_("Annulé : %(title)s") % told, "\n\n".join(body), _sms(sms, brief, one))

    return _tell_all(sessions, "session_cancelled", words, once, at)


def tell_moved(moves: Sequence[Moved], *, once: str, at: datetime) -> Told:
    """All that come to these sessions of one garden, or wait, know when and where they are held now."""
    before = {one.session.pk: one for one in moves}

    def words(theirs: Sequence[Session]) -> Words:
        one = theirs[0]
        told = {"title": one.workshop.title, "place": one.place.name, "garden": one.garden.name}
        lines = [
            _("Avant : %(before)s, %(place_before)s. Maintenant : %(now)s, %(place)s.") % {
                "before": span(before[session.pk].before, before[session.pk].ended), "place_before": before[session.pk].place_before,
                "now": span(session.starts_at, session.ends_at), "place": session.place.name,
            }
            for session in theirs
        ]  # fmt: skip
        body = [
            _("Bonjour,"),
            _("Cet atelier change : « %(title)s ».") % told,
            *lines,
            _("Vous ne pouvez pas venir ? Dites-le au jardin."),
            one.garden.name,
        ]
        brief: dict[str, object] = {"title": short(one.workshop.title), "place": short(one.place.name, 40)}
        if len(theirs) > 1:
            sms = _("« %(title)s » change : %(when)s, %(place)s. Les fois suivantes changent aussi.")
        else:
            sms = _("« %(title)s » change : %(when)s, %(place)s.")
        return Words(_("Nouveau rendez-vous : %(title)s") % told, "\n\n".join(body), _sms(sms, brief, one))

    return _tell_all([one.session for one in moves], "session_moved", words, once, at)


def concerned(sessions: Sequence[Session]) -> list[Enrolment]:
    """Those who come to these sessions or wait, in the order of the sessions. One query."""
    states = (Enrolment.State.ENROLLED, Enrolment.State.WAITING)
    rows = Enrolment.objects.filter(session__in=list(sessions), state__in=states)
    return list(rows.select_related("household__garden", "details").order_by("session__starts_at", "at", "pk"))


def people(enrolments: Iterable[Enrolment]) -> dict[str, list[Enrolment]]:
    """Their enrolments by who is told: one household, or one address from outside, is told once."""
    found: dict[str, list[Enrolment]] = {}
    for one in enrolments:
        found.setdefault(f"household:{one.household_id}" if one.household_id else _address(one) or f"nobody:{one.pk}", []).append(one)  # fmt: skip
    return found


def _tell_all(
    sessions: Sequence[Session], kind: str, words: Callable[[Sequence[Session]], Words], once: str, at: datetime
) -> Told:
    by_pk = {one.pk: one for one in sessions}
    count, lost = 0, []
    for who, theirs in people(concerned(sessions)).items():
        mine = [by_pk[one.session_id] for one in theirs]

        def said_to_them(mine: Sequence[Session] = mine) -> Words:
            return words(mine)

        if _tell(theirs, kind, said_to_them, mine[0].garden, f"{once}:{who}", at):
            count += 1
        else:
            lost += theirs
    return Told(count, lost)


def _tell(
    theirs: Sequence[Enrolment], kind: str, words: Callable[[], Words], garden: Garden, once: str, at: datetime
) -> bool:
    """Tell one household, or one from outside. False when nothing reaches them."""
    one = theirs[0]
    if one.household is not None:
        with in_language(one.household.language):
            return tell_household(one.household, kind, words(), once=once, at=at) is not None
    to = _address(one)
    if not to:
        return False
    tell_person(to, kind, words(), about=f"workshops.enrolment:{one.pk}", garden=garden, once=once, at=at)
    return True


def _address(one: Enrolment) -> str:
    """Where somebody from outside is told; "" when they left nothing."""
    try:
        return one.details.email or one.details.phone
    except EnrolmentDetails.DoesNotExist:
        return ""


def channels(enrolments: Iterable[Enrolment]) -> dict[str, int]:
    """How many will be told by mail, SMS, letter, and how many cannot be ("nobody"), each once. One query more.

    What came back since is not looked at: it is a count to decide with.
    """
    found = dict.fromkeys(("mail", "sms", "letter", "nobody"), 0)
    told = list(people(enrolments).values())
    households = [theirs[0].household_id for theirs in told if theirs[0].household_id]
    contacts = {one.household_id: one for one in Member.objects.filter(household__in=households, contact=True)}
    for theirs in told:
        if theirs[0].household_id:
            contact = contacts.get(theirs[0].household_id)
            found["nobody" if contact is None else "mail" if contact.email else "sms" if contact.mobile else "letter"] += 1  # fmt: skip
        else:
            to = _address(theirs[0])
            found["mail" if "@" in to else "sms" if to else "nobody"] += 1
    return found

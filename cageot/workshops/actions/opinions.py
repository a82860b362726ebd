"""What people thought of a session: a face and perhaps a sentence, once for each ticket, and nobody's name.

A ticket is printed: its code follows from this installation's key, so that none is kept, and is good once. A household says it
from its own space, once for each session that it came to. What is kept of either is a print made with the key: the base alone
tells nobody who said what.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from cageot.members.models import Household
from cageot.network.actions import Refused, record
from cageot.network.models import Person
from cageot.network.secrets import ALPHABET, digest, secret
from cageot.workshops.models import Enrolment, Opinion, Session
from cageot.workshops.rules.series import wall

LONGEST = 200
"""Signs of a sentence."""
UNTIL = timedelta(days=30)
"""How long after a session one may still say what one thought of it."""
MOST_TICKETS = 120
SIGNS = 8


class NotTheirs(Refused):
    """They did not come to this session, or it has not begun, or it is long past."""


class UsedTicket(Refused):
    """This ticket has said what it had to say."""


class WrongTicket(Refused):
    """No ticket of this session has that code."""


def tickets(session: Session, count: int) -> list[str]:
    """The codes of so many tickets of a session ("ABCD-EFGH"): the same each time they are printed."""
    return [_ticket(session, number) for number in range(min(count, MOST_TICKETS))]


def _ticket(session: Session, number: int) -> str:
    drawn = int.from_bytes(
        salted_hmac("cageot.workshops.ticket", f"{session.pk}:{number}", algorithm="sha256").digest()
    )
    letters = ""
    for _sign in range(SIGNS):
        drawn, place = divmod(drawn, len(ALPHABET))
        letters += ALPHABET[place]
    return f"{letters[:4]}-{letters[4:]}"


def is_ticket(session: Session, code: str) -> bool:
    """Whether a ticket of this session has that code. Spaces, dashes and case do not matter."""
    return digest(code) in {digest(one) for one in tickets(session, MOST_TICKETS)}


def _print(session: Session, *parts: object) -> str:
    told = ":".join(str(part) for part in (session.pk, *parts))
    return salted_hmac("cageot.workshops.opinion", told, algorithm="sha256").hexdigest()


def open_for(session: Session, at: datetime) -> bool:
    """Whether one may say now what one thought of it: from its beginning to a month after its end."""
    return session.state != Session.State.CANCELLED and session.starts_at <= at <= session.ends_at + UNTIL


def may_say(session: Session, household: Household, *, at: datetime) -> bool:
    """Whether a household came to this session, may say what it thought, and has not yet. Two queries at most."""
    if not open_for(session, at):
        return False
    came = (Enrolment.State.ENROLLED, Enrolment.State.CAME)
    there = Enrolment.objects.filter(session=session, household=household, state__in=came).exists()
    return there and not said(session, household)


def said(session: Session, household: Household) -> bool:
    """Whether a household has said what it thought. One query."""
    return Opinion.objects.filter(once=_print(session, "household", household.pk)).exists()


def said_of(sessions: Iterable[Session], household: Household) -> set[int]:
    """Those of these sessions of which a household has said what it thought. One query."""
    prints = {_print(one, "household", household.pk): one.pk for one in sessions}
    return {prints[once] for once in Opinion.objects.filter(once__in=list(prints)).values_list("once", flat=True)}


def say(session: Session, household: Household, *, face: int, sentence: str = "", at: datetime) -> None:
    """What a household thought, from its own space. Said twice, the first stays. Refusal: NotTheirs."""
    if said(session, household):
        return
    if not may_say(session, household, at=at):
        raise NotTheirs
    _keep(session, face, sentence, _print(session, "household", household.pk), at)


def say_by_ticket(session: Session, code: str, *, face: int, sentence: str = "", at: datetime) -> None:
    """What somebody thought, by a printed ticket, good once. Refusals: WrongTicket, UsedTicket, NotTheirs (not the time)."""
    if not is_ticket(session, code):
        raise WrongTicket
    if not open_for(session, at):
        raise NotTheirs
    if not _keep(session, face, sentence, _print(session, "ticket", digest(code)), at):
        raise UsedTicket


def note(session: Session, opinions: Iterable[tuple[int, str]], *, by: Person | None, at: datetime) -> int:
    """What people wrote on paper, read by the garden: (face, sentence) each. Returns how many. Refusal: NotTheirs."""
    if not open_for(session, at):
        raise NotTheirs
    with transaction.atomic():
        rows = [
            _row(session, face, sentence, _print(session, "paper", secret()[0]), _day(at))
            for face, sentence in opinions
        ]
        Opinion.objects.bulk_create(rows)
        if rows:
            record("workshops.opinions_noted", by=by, at=at, garden=session.garden, about=session, count=len(rows))
    return len(rows)


def _keep(session: Session, face: int, sentence: str, once: str, at: datetime) -> bool:
    """False when it was said already, be it at the same instant. The log does not say that somebody spoke: it would say who."""
    try:
        with transaction.atomic():
            _row(session, face, sentence, once, _day(at)).save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _row(session: Session, face: int, sentence: str, once: str, on: date) -> Opinion:
    return Opinion(
        session=session, face=Opinion.Face(face), sentence=" ".join(sentence.split())[:LONGEST], once=once, on=on
    )


def _day(at: datetime) -> date:
    return wall(at).date()

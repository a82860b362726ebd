"""Who must not be named to other gardens: read to compare what is about to be posted, and kept nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.db.models import Q
from django.db.models.functions import Lower

from cageot.core.tabular.phones import parse_phone
from cageot.core.tabular.values import BadValue
from cageot.guide.models import CommitteeMember
from cageot.guide.rules.discreet import Discretion, Seat, discretion, names_of_committee
from cageot.guide.rules.personal import Found, Names, find, names
from cageot.members.models import Member
from cageot.network.models import Garden, Login, Person


def own_ways(by: Person, garden: Garden | None) -> set[str]:
    """The author's and the garden's addresses and numbers: those may be posted."""
    mails = [Login.objects.filter(person=by).values_list("email", flat=True).first(), garden.email if garden else ""]
    numbers = [by.phone, garden.phone if garden else ""]
    return {mail.casefold() for mail in mails if mail} | {_number(one) for one in numbers if one}


def _number(text: str) -> str:
    try:
        return parse_phone(text).value
    except BadValue:
        return text


def names_of(garden: Garden | None, *, but: Iterable[tuple[str, str]] = ()) -> Names:
    """The members of a garden, but those who act for gardens too. Two queries; without a garden, nobody is known.

    `but`: other first and last names that may be told.
    """
    if garden is None:
        return Names()
    members = Member.objects.filter(household__garden=garden, household__erased_on=None)
    staff = Person.objects.filter(roles__garden=garden).values_list("first_name", "last_name")
    return names(members.values_list("first_name", "last_name").iterator(), but=[*staff, *but])


def discretion_of(garden: Garden) -> Discretion:
    """Whom the papers of a garden's committee do not name. Three queries."""
    seats = [Seat(*row) for row in CommitteeMember.objects.filter(garden=garden).values_list("name", "for_members")]
    return discretion(seats, names_of(garden, but=names_of_committee(seats)))


def personal_in(texts: Mapping[str, str], *, by: Person, garden: Garden | None) -> list[tuple[str, Found]]:
    """What is personal in some texts, by their names. An address or a number that is a member's, of any garden, is never posted.

    At most five queries, however long the texts.
    """
    known, own = names_of(garden), own_ways(by, garden)
    found = [(name, one) for name, text in texts.items() for one in find(text, known, own=own)]
    theirs = _of_members(one for _name, one in found)
    return [(name, replace(one, kind="member") if one.key in theirs else one) for name, one in found]


def _of_members(found: Iterable[Found]) -> set[str]:
    """Keys that are a member's. One query."""
    ways: Sequence[Found] = [one for one in found if one.key]
    if not ways:
        return set()
    mails = {one.key for one in ways if one.kind == "email"}
    numbers = {one.key for one in ways if one.kind == "phone"}
    rows = Member.objects.annotate(mail=Lower("email")).filter(
        Q(mail__in=mails) | Q(phone__in=numbers) | Q(mobile__in=numbers)
    )
    return {key for row in rows.values_list("mail", "phone", "mobile") for key in row if key in mails | numbers}

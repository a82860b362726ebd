"""The member's space in the demonstration: households of the first garden that read another language, and the members whose
pages the sign-in page opens with a button, as a card would."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from cageot.members import actions as members
from cageot.members.models import Member
from cageot.network.models import Garden, Installation, Person

LANGUAGES = ("ar", "uk", "fa", "tr", "pt", "es")
READERS = 12
"""How many households are written to in one of these, in turn; the first of each is the one that a button opens."""
BUTTONS = ("fr", "ar", "uk")


def play(garden: Garden, *, by: Person, on: date) -> None:
    """Some households say in which language they read."""
    at = datetime.combine(on, time(10), ZoneInfo("Europe/Paris"))
    there = _here(garden).filter(household__language="fr").exclude(household__subscriptions=None).order_by("-pk")
    for place, member in enumerate(there.distinct()[:READERS]):
        language = LANGUAGES[place % len(LANGUAGES)]
        members.amend(member.household, contact={}, details={"language": language}, by=by, at=at)


def _here(garden: Garden) -> QuerySet[Member]:
    """The contacts of the households that are still there."""
    rows = Member.objects.filter(contact=True, household__garden=garden, household__left_on=None)
    return rows.select_related("household__garden")


def openable() -> list[Member]:
    """One member per language of the buttons, in the first garden of a demonstration; nobody anywhere else."""
    garden = Garden.objects.filter(code="blois").first()
    if garden is None or not Installation.objects.filter(kind=Installation.Kind.DEMO).exists():
        return []
    found = []
    for language in BUTTONS:
        rows = _here(garden).filter(household__language=language).exclude(household__subscriptions=None)
        found += list(rows.order_by("pk").distinct()[:1])
    return found

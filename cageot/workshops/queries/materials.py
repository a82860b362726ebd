"""The sheets and photos of a workshop that people may see: a photo only while who is on it agrees. Without their content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from cageot.network.models import Garden
from cageot.workshops.models import Material, Session
from cageot.workshops.rules import files

AGREED = (Material.Consent.NOBODY, Material.Consent.GIVEN)
MOST_PHOTOS = 12
"""Photos on the page of a session: its own first, then the latest of the workshop."""


def visible(today: date) -> Q:
    """Sheets, and the photos on which nobody is recognised, or all agreed, while the agreement runs."""
    runs = Q(consent_until=None) | Q(consent_until__gte=today)
    return Q(kind=Material.Kind.SHEET) | Q(consent__in=AGREED) & runs


def is_visible(one: Material, today: date) -> bool:
    """What `visible` asks of the rows, of one that is there."""
    return one.kind == Material.Kind.SHEET or (one.consent in AGREED and not agreement_over(one, today))


def agreement_over(one: Material, today: date) -> bool:
    """Whether the agreement of who is on a photo had an end, and it is past."""
    return one.consent_until is not None and one.consent_until < today


def files_of(garden: Garden, today: date, *, public: bool = False) -> QuerySet[Material]:
    """What may be opened of a garden; `public`: by anybody, for workshops that are announced to everybody, and still offered."""
    rows = Material.objects.filter(visible(today), workshop__garden=garden)
    return rows.filter(workshop__public=True, workshop__archived_on=None) if public else rows


@dataclass(frozen=True)
class Photo:
    """A photo: its words stand for it where it is not seen."""

    pk: int
    digest: str
    words: str


@dataclass(frozen=True)
class Sheet:
    """A sheet to read or print: its name, and what it is ("PDF")."""

    pk: int
    name: str
    ending: str


@dataclass(frozen=True)
class Shown:
    """What the page of a session shows besides its facts."""

    photos: list[Photo]
    sheets: list[Sheet]


def shown(session: Session, today: date, *, public: bool = False) -> Shown:
    """What people see of a session: its sheets and those of its workshop, the photos of the workshop. `public`: what anybody
    may open of them, as `files_of` says. One query at most."""
    if public and (session.workshop.archived_on or not session.workshop.public):
        return Shown([], [])
    here = Q(session=None) | Q(session=session.pk) | Q(kind=Material.Kind.PHOTO)
    rows = list(Material.objects.filter(visible(today), here, workshop=session.workshop_id).defer("content"))
    photos = [one for one in rows if one.kind == Material.Kind.PHOTO]
    photos.sort(key=lambda one: (one.session_id == session.pk, one.at), reverse=True)
    return Shown(
        [Photo(one.pk, one.digest, files.words_of(one.name)) for one in photos[:MOST_PHOTOS]],
        [
            Sheet(one.pk, files.words_of(one.name), files.ENDINGS[one.media_type].upper())
            for one in rows
            if one.kind == Material.Kind.SHEET
        ],
    )

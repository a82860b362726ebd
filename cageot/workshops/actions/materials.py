"""Sheets and photos of a workshop. A photo is shown outside the garden only with the agreement of who is on it."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256

from django.db import transaction

from cageot.core.pictures import picture_of
from cageot.network.actions import Refused, record
from cageot.network.models import Person
from cageot.workshops.models import Material, Session, Workshop
from cageot.workshops.rules import files
from cageot.workshops.rules.series import wall

MOST = 30
"""Files of one workshop."""


class NotWhatItSays(Refused):
    """The content is no sheet or picture that may be kept."""


class TooBig(Refused):
    """It is heavier than `files.MOST_BYTES`."""


class TooManyFiles(Refused):
    """The workshop has `MOST` files."""


class AgreementOver(Refused):
    """The agreement that is told had ended before today: the photo would be shown to nobody."""


def add(
    workshop: Workshop, *, name: str, content: bytes, photo: bool, consent: str, consent_until: date | None,
    session: Session | None = None, by: Person | None, at: datetime,
) -> Material:  # fmt: skip
    """Keep a file; the same one twice is kept once. Refusals: TooBig, NotWhatItSays, TooManyFiles, AgreementOver."""
    if len(content) > files.MOST_BYTES:
        raise TooBig
    media = picture_of(content) if photo else files.media_of(content)
    if media is None:
        raise NotWhatItSays
    if photo:
        _not_over(consent_until, at)
    with transaction.atomic():
        Workshop.objects.select_for_update(no_key=True, of=("self",)).get(pk=workshop.pk)
        print_ = sha256(content).hexdigest()[:12]
        if known := Material.objects.filter(workshop=workshop, digest=print_, session=session).first():
            return known
        if Material.objects.filter(workshop=workshop).count() >= MOST:
            raise TooManyFiles
        made = Material.objects.create(
            workshop=workshop, session=session, kind=Material.Kind.PHOTO if photo else Material.Kind.SHEET, name=name[:120],
            media_type=media, content=content, digest=print_, consent=consent if photo else Material.Consent.NOBODY,
            consent_until=consent_until if photo else None, at=at, by=by,
        )  # fmt: skip
        record("workshops.material_added", by=by, at=at, garden=workshop.garden, about=made, photo=photo)
    return made


def say_consent(material: Material, *, consent: str, until: date | None, by: Person | None, at: datetime) -> None:
    """Whether who is on a photo agreed that it is shown, and until when. Refusal: AgreementOver."""
    _not_over(until, at)
    with transaction.atomic():
        rows = Material.objects.filter(pk=material.pk, kind=Material.Kind.PHOTO)
        if rows.update(consent=consent, consent_until=until):
            record("workshops.consent_said", by=by, at=at, garden=material.workshop.garden, about=material, consent=consent)  # fmt: skip


def remove(material: Material, *, by: Person | None, at: datetime) -> None:
    """Take a file away for good."""
    with transaction.atomic():
        record("workshops.material_removed", by=by, at=at, garden=material.workshop.garden, about=material)
        Material.objects.filter(pk=material.pk).delete()


def _not_over(until: date | None, at: datetime) -> None:
    if until is not None and until < wall(at).date():
        raise AgreementOver

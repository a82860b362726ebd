"""National offers: written by the network, taken up by gardens, told at the end. Never more gardens than the offer has places for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from cageot.guide.models import Offer, OfferPlace, Uptake
from cageot.guide.rules import offering
from cageot.network.actions import Refused, record
from cageot.network.models import Garden, Partner, Person


class NoPlaceLeft(Refused):
    """All the places of this offer are taken."""


class Closed(Refused):
    """This offer is closed, or over."""


class TakenAlready(Refused):
    """This garden takes it up already."""


class FewerThanTaken(Refused):
    """More gardens than that take it up already: `taken`."""

    def __init__(self, taken: int) -> None:
        self.taken = taken
        super().__init__(taken)


@dataclass(frozen=True)
class Written:
    """An offer as the network writes it. `spots`: names and INSEE codes of communes."""

    partner: Partner
    kind: str
    title: str
    text: str
    agreement: str
    departments: Sequence[str]
    from_day: date
    until_day: date | None
    places: int | None
    asks: Sequence[offering.Ask]
    contact: str
    spots: Sequence[tuple[str, str]]

    @property
    def fields(self) -> dict[str, object]:
        asked = [{"code": one.code, "label": one.label, "unit": one.unit} for one in self.asks]
        return {
            "partner": self.partner, "kind": self.kind, "title": self.title, "text": self.text, "agreement": self.agreement,
            "departments": list(self.departments), "from_day": self.from_day, "until_day": self.until_day, "places": self.places,
            "asks": asked, "contact": self.contact,
        }  # fmt: skip


def write_offer(written: Written, *, by: Person | None, at: datetime) -> Offer:
    """A new offer, which gardens see at once."""
    with transaction.atomic():
        offer = Offer.objects.create(**written.fields, at=at)
        _spots(offer, written.spots)
        record("guide.offer_written", by=by, at=at, about=offer)
    return offer


def change_offer(offer: Offer, written: Written, *, by: Person, at: datetime) -> None:
    """Write it otherwise. What gardens already agreed stays as it is. Refusal: FewerThanTaken."""
    with transaction.atomic():
        held = Offer.objects.select_for_update().get(pk=offer.pk)
        if written.places is not None and written.places < held.taken:
            raise FewerThanTaken(held.taken)
        Offer.objects.filter(pk=offer.pk).update(**written.fields)
        _spots(offer, written.spots)
        record("guide.offer_changed", by=by, at=at, about=offer)


def _spots(offer: Offer, wanted: Sequence[tuple[str, str]]) -> None:
    """The places of an offer become these; one that is there already stays the same row, for who chose it."""
    there = {(one.name, one.commune_code): one.pk for one in offer.spots.all()}
    OfferPlace.objects.filter(pk__in=[pk for key, pk in there.items() if key not in set(wanted)]).delete()
    new = [key for key in dict.fromkeys(wanted) if key not in there]
    OfferPlace.objects.bulk_create(OfferPlace(offer=offer, name=name, commune_code=code) for name, code in new)


def close_offer(offer: Offer, *, today: date, by: Person, at: datetime) -> None:
    """No garden can take it up any more; those that did go on."""
    with transaction.atomic():
        if Offer.objects.filter(pk=offer.pk, closed_on=None).update(closed_on=today):
            record("guide.offer_closed", by=by, at=at, about=offer)


def open_again(offer: Offer, *, by: Person, at: datetime) -> None:
    """Gardens can take it up again."""
    with transaction.atomic():
        if Offer.objects.filter(pk=offer.pk).exclude(closed_on=None).update(closed_on=None):
            record("guide.offer_opened_again", by=by, at=at, about=offer)


# --- Taken up -------------------------------------------------------------------------------------


def take_up(
    offer: Offer, garden: Garden, *, spot: OfferPlace | None, on_day: date | None, agreement: str, today: date, by: Person | None, at: datetime
) -> Uptake:  # fmt: skip
    """A garden takes an offer up. Refusals: TakenAlready, Closed, NoPlaceLeft; the database itself refuses one garden too many."""
    with transaction.atomic():
        if Uptake.objects.filter(offer=offer, garden=garden).exclude(state=Uptake.State.DROPPED).exists():
            raise TakenAlready
        is_open = Q(closed_on=None) & (Q(until_day=None) | Q(until_day__gte=today))
        if not Offer.objects.filter(Q(places=None) | Q(taken__lt=F("places")), is_open, pk=offer.pk).update(
            taken=F("taken") + 1
        ):
            raise NoPlaceLeft if Offer.objects.filter(is_open, pk=offer.pk).exists() else Closed
        try:
            with transaction.atomic():
                made = Uptake.objects.create(
                    offer=offer, garden=garden, spot=spot, on_day=on_day, agreement=agreement, at=at, by=by
                )
        except IntegrityError as twice:
            raise TakenAlready from twice
        record("guide.taken_up", by=by, at=at, garden=garden, about=made)
    return made


OPEN = (Uptake.State.PREPARING, Uptake.State.AGREED)


def write_agreement(
    uptake: Uptake, *, agreement: str, spot: OfferPlace | None, on_day: date | None, by: Person, at: datetime
) -> bool:
    """Write the local agreement otherwise, the place or the day. Returns whether it was still under way."""
    return _moved(uptake, OPEN, "guide.local_agreement_changed", by, at, agreement=agreement, spot=spot, on_day=on_day)


def agree(uptake: Uptake, *, by: Person, at: datetime) -> bool:
    """The local agreement is signed. Returns whether it was to sign."""
    return _moved(uptake, (Uptake.State.PREPARING,), "guide.local_agreement_signed", by, at, state=Uptake.State.AGREED)


def report(
    uptake: Uptake, *, answers: Mapping[str, int], said: str, today: date, by: Person, at: datetime
) -> bool:  # fmt: skip
    """Tell what came of it, or tell it again. Returns whether it was not dropped."""
    values = {"answers": dict(answers), "report": said, "reported_on": today, "state": Uptake.State.DONE}
    return _moved(uptake, (*OPEN, Uptake.State.DONE), "guide.uptake_reported", by, at, **values)


def drop(uptake: Uptake, *, by: Person, at: datetime) -> bool:
    """The garden gives it up, and its place with it. Returns whether it was under way."""
    with transaction.atomic():
        done = _moved(uptake, OPEN, "guide.uptake_dropped", by, at, state=Uptake.State.DROPPED)
        if done:
            Offer.objects.filter(pk=uptake.offer_id).update(taken=F("taken") - 1)
    return done


def _moved(uptake: Uptake, from_: Sequence[str], verb: str, by: Person, at: datetime, **values: object) -> bool:
    with transaction.atomic():
        changed = Uptake.objects.filter(pk=uptake.pk, state__in=from_).update(**values)
        if changed:
            record(verb, by=by, at=at, garden=uptake.garden, about=uptake)
    return bool(changed)

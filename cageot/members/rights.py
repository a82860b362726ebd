"""What people may ask of their data: a copy, a correction, to be forgotten, to take a consent back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from cageot.core.privacy import Table, register
from cageot.funding.models import Charge
from cageot.members import retention
from cageot.members.actions import Refused
from cageot.members.models import Consent, DataRequest, Household, Referral
from cageot.members.telling import LONGEST_SMS, Words, in_language, tell_household
from cageot.network.actions import record
from cageot.network.models import Person

NOT_TOLD = {"id", "search", "digest", "person_digest", "secret", "by", "key", "link", "copy", "origin", "session_data"}
"""Row numbers and prints of secrets, which are of no use to anybody, and who of the staff typed what."""


# --- A copy -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Section:
    """What one table holds of a household: its name, why it is kept, and rows of (field, value)."""

    name: str
    purpose: str
    rows: list[dict[str, Any]]


def copy_of(household: Household) -> list[Section]:
    """All that the base holds of a household, table by table of the register: a new table comes in by itself."""
    found = [Section("members.Household", register()["members.Household"].purpose, [_told(household)])]
    labels = [f"members.household:{household.pk}"]
    for table in register().values():
        rows = list(_rows(table, household))
        labels += [f"{table.rows._meta.label_lower}:{row.pk}" for row in rows if table.model != "baskets.Basket"]
        if rows:
            found.append(Section(table.model, table.purpose, [_told(row) for row in rows]))
    for name in ("network.Message", "network.NotWanted"):
        told = register()[name].rows._default_manager.filter(about__in=labels).order_by("pk")
        if messages := [_told(row, but={"about", "once"}) for row in told]:
            found.append(Section(name, register()[name].purpose, messages))
    if paid := _paid(household):
        found.append(Section("funding.Charge", "What each basket cost the household, in cents.", paid))
    return found


def _rows(table: Table, household: Household) -> Iterator[models.Model]:
    seen = set()
    related = [one.name for one in table.rows._meta.concrete_fields if one.is_relation]
    for path in table.of:
        rows = table.rows._default_manager.filter(**{path: household.pk}).select_related(*related).order_by("pk")
        for row in rows:
            if row.pk not in seen:
                seen.add(row.pk)
                yield row


def _told(row: models.Model, but: set[str] | None = None) -> dict[str, Any]:
    found = {}
    for column in row._meta.concrete_fields:
        if column.name in NOT_TOLD or column.name in (but or ()) or column.name == "household":
            continue
        shown = f"get_{column.name}_display" if column.choices else ""
        value = str(getattr(row, shown)()) if shown else _said(getattr(row, column.name))
        if value not in (None, "", {}):
            found[column.name] = value
    return found


def _said(value: Any) -> Any:
    if isinstance(value, models.Model):
        if type(value).__str__ is not models.Model.__str__:
            return str(value)
        return _said(getattr(value, "day", None))
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)


def _paid(household: Household) -> list[dict[str, Any]]:
    """The household's own part of its baskets; what others paid of them is not about it."""
    baskets = register()["baskets.Basket"].rows._default_manager.filter(household=household.pk).values("pk")
    rows = Charge.objects.filter(kind="basket", key__in=baskets).order_by("day", "pk")
    return [{"day": day.isoformat(), "cents": cents} for day, cents in rows.values_list("day", "member_cents")]


# --- Asking, and being answered -------------------------------------------------------------------


class AlreadyAsked(Refused):
    """The same is asked already, and waits for an answer."""


class AlreadyAnswered(Refused):
    """Somebody answered it first."""


class StillHere(Refused):
    """The household still comes: its departure is noted first."""


def ask(household: Household, *, kind: str, words: str, by: Person | None, at: datetime) -> DataRequest:
    """A household asks for a correction, or to be forgotten. Refusal: AlreadyAsked."""
    with transaction.atomic():
        Household.objects.select_for_update().get(pk=household.pk)  # asked twice at once: one request
        if DataRequest.objects.filter(household=household, kind=kind, state=DataRequest.State.OPEN).exists():
            raise AlreadyAsked
        made = DataRequest.objects.create(household=household, kind=kind, words=words, asked_at=at, by=by)
        record("members.data_asked", by=by, at=at, garden=household.garden, about=household, kind=kind)
    return made


def answer(request: DataRequest, *, granted: bool, words: str, today: date, by: Person, at: datetime) -> None:
    """Answer a request, and tell the household. An erasure that is granted is done at once: nobody is left to write to.
    Refusals: AlreadyAnswered, StillHere."""
    household = request.household
    erases = granted and request.kind == DataRequest.Kind.ERASURE
    if erases and not may_be_forgotten(household, today):
        raise StillHere
    state = DataRequest.State.DONE if granted else DataRequest.State.REFUSED
    with transaction.atomic():
        open_one = DataRequest.objects.filter(pk=request.pk, state=DataRequest.State.OPEN)
        if not open_one.update(state=state, answer=words, answered_at=at, by=by):
            raise AlreadyAnswered
        record(
            "members.data_answered", by=by, at=at, garden=household.garden, about=household, kind=request.kind, state=str(state)
        )  # fmt: skip
        if erases:
            retention.forget([household.pk], today, at=at, by=by)
        else:
            with in_language(household.language):
                told = answer_words(request, granted=granted, words=words)
            tell_household(household, "data_answered", told, once=f"data_answered:{request.pk}", at=at)


def answer_words(request: DataRequest, *, granted: bool, words: str) -> Words:
    """What is told of an answer, in the language that is spoken now. The garden's own words stand in the mail and the
    letter; not in the subject nor the SMS."""
    link = settings.SITE + reverse("space:data")
    done = _("C’est fait.") if granted else _("Le jardin ne peut pas le faire.")
    brief = _("Le jardin a répondu à votre demande.")
    short = f"{brief} {link}"
    lines = [_("Bonjour,"), brief, done, words, _("Sa réponse est dans votre espace : %(link)s") % {"link": link}]
    return Words(
        _("Une réponse du jardin"), "\n\n".join([*(line for line in lines if line), request.household.garden.name]),
        short if len(short) <= LONGEST_SMS else brief,
    )  # fmt: skip


def may_be_forgotten(household: Household, today: date) -> bool:
    """Whether nothing is to come: the household has left, and no basket is laid for it from today on."""
    basket = register()["baskets.Basket"].rows._default_manager
    coming = basket.filter(household=household.pk, delivery__day__gte=today, delivery__close=None).exclude(
        state__in=["cancelled", "moved"]
    )
    left = household.left_on is not None and household.left_on <= today
    return left and not coming.exists()


# --- Consents -----------------------------------------------------------------------------------


CHOSEN = [Consent.Kind.NEWS, Consent.Kind.PICTURES, Consent.Kind.STUDY]
"""What a household gives and takes back by itself; the others come with a referral, or with somebody who acts for it."""
VERSION = "2026-11"
"""Of the sentences that the page of these consents shows."""


def give(household: Household, kind: str, *, spoken: bool, on: date, by: Person | None, at: datetime) -> None:
    """Note that a household agrees; twice is once."""
    with transaction.atomic():
        Household.objects.select_for_update().get(pk=household.pk)
        if Consent.objects.filter(household=household, kind=kind, withdrawn_on=None).exists():
            return
        Consent.objects.create(household=household, kind=kind, version=VERSION, spoken=spoken, given_on=on, by=by)
        record("members.consent_given", by=by, at=at, garden=household.garden, about=household, kind=kind)


def withdraw(household: Household, kind: str, *, on: date, by: Person | None, at: datetime) -> None:
    """Note that a household no longer agrees: what was agreed stays readable, with its two days."""
    with transaction.atomic():
        rows = Consent.objects.filter(household=household, kind=kind, withdrawn_on=None)
        if rows.update(withdrawn_on=on):
            if kind == Consent.Kind.OUTCOME:
                Referral.objects.filter(household=household).update(tells_outcome=False)
            record("members.consent_withdrawn", by=by, at=at, garden=household.garden, about=household, kind=kind)

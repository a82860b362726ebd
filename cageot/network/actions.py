"""What is done to editions, gardens, partners and people, and the log that says who did what."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Model

from cageot.core import sql
from cageot.network.models import (
    BudgetLine,
    Edition,
    Garden,
    GardenLogo,
    GardenStatus,
    Installation,
    LogEvent,
    Login,
    Partner,
    Person,
    Role,
)
from cageot.network.rules.statuses import Held, Step, with_step, without_step


def record(
    verb: str, *, by: Person | None, at: datetime, garden: Garden | None = None, about: Any = "", **detail: Any
) -> None:
    """Write one line in the log, in the caller's transaction. `detail` holds counts, dates and codes; no names, no amounts owed."""
    label = about if isinstance(about, str) else f"{about._meta.label_lower}:{about.pk}"
    sql.insert_row(
        LogEvent,
        at=at,
        by=by.pk if by else None,
        garden=garden.pk if garden else None,
        verb=verb,
        about=label,
        detail=detail,
    )


class Refused(Exception):
    """An action that may not be done now; nothing was written."""


def installation(kind: str = Installation.Kind.REAL) -> Installation:
    """The row that says what this base is for, made at first need."""
    found, _made = Installation.objects.get_or_create(
        id=1, defaults={"kind": kind, "pseudonym_key": secrets.token_hex(32)}
    )
    return found


def pseudonym_key() -> str:
    """The key of season pseudonyms, 64 hexadecimal digits; made at first need and never changed."""
    found = sql.rows("SELECT pseudonym_key FROM network_installation WHERE id = 1")
    return found[0][0] if found else installation().pseudonym_key


def open_garden(
    *,
    code: str,
    name: str,
    commune_code: str,
    on: date,
    by: Person | None,
    at: datetime,
    status: str = GardenStatus.Status.ACTIVE,
) -> Garden:
    """Create a garden in a commune (INSEE code), with its status in the programme from a day on."""
    with transaction.atomic():
        installation()
        garden = Garden.objects.create(code=code, name=name, commune_code=commune_code)
        GardenStatus.objects.create(garden=garden, status=status, from_day=on)
        record("network.garden_opened", by=by, at=at, garden=garden, about=garden)
    return garden


def change_garden(garden: Garden, values: Mapping[str, object], *, by: Person | None, at: datetime) -> list[str]:
    """Change a garden's own details. Writes only what differs, logs the names of the columns, and returns them."""
    with transaction.atomic():
        changed = _write(garden, values)
        if changed:
            record("network.garden_changed", by=by, at=at, garden=garden, about=garden, fields=changed)
    return changed


def _write(row: Model, values: Mapping[str, object]) -> list[str]:
    """Write narrowly what differs; the names of those columns."""
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
    return changed


def set_logo(garden: Garden, *, kind: str, content: bytes, by: Person | None, at: datetime) -> None:
    """Give a garden its picture, in place of the one it had. `kind` is one of `GardenLogo.Kind`."""
    values = {"kind": kind, "content": content, "digest": sha256(content).hexdigest()[:12]}
    with transaction.atomic():
        GardenLogo.objects.update_or_create(garden=garden, defaults=values)
        record("network.logo_set", by=by, at=at, garden=garden, about=garden)


def remove_logo(garden: Garden, *, by: Person | None, at: datetime) -> None:
    """Take a garden's picture away."""
    with transaction.atomic():
        GardenLogo.objects.filter(garden=garden).delete()
        record("network.logo_removed", by=by, at=at, garden=garden, about=garden)


# --- Where a garden stands ----------------------------------------------------------------------


def set_status(garden: Garden, *, status: str, from_day: date, by: Person | None, at: datetime) -> None:
    """Say where a garden stands in the programme from a day on; the status before it ends the day before."""
    with transaction.atomic():
        _lay_statuses(garden, with_step(_steps(garden), Step(from_day, status)))
        record("network.status_set", by=by, at=at, garden=garden, about=garden, status=status, from_day=str(from_day))


class OnlyStatus(Refused):
    """A garden always has a status: this one is the only one."""


def withdraw_status(garden: Garden, *, from_day: date, by: Person | None, at: datetime) -> None:
    """Take back the status written for that day; the one before it goes on. Refusal: OnlyStatus."""
    with transaction.atomic():
        left = without_step(_steps(garden), from_day)
        if not left:
            raise OnlyStatus
        _lay_statuses(garden, left)
        record("network.status_withdrawn", by=by, at=at, garden=garden, about=garden, from_day=str(from_day))


def _steps(garden: Garden) -> list[Step]:
    Garden.objects.select_for_update(no_key=True).get(pk=garden.pk)  # two hands at once: one history
    return [Step(day, status) for day, status in garden.statuses.values_list("from_day", "status")]


def _lay_statuses(garden: Garden, wanted: Sequence[Held]) -> None:
    """Bring the rows in line: what is no longer asked for goes first, then what shrinks, then what grows or is new."""
    keep = {one.from_day: one for one in wanted}
    standing = {row.from_day: row for row in garden.statuses.all()}
    GardenStatus.objects.filter(pk__in=[row.pk for day, row in standing.items() if day not in keep]).delete()
    changed = [one for one in wanted if (row := standing.get(one.from_day)) and _differs(row, one)]
    for one in sorted(changed, key=lambda one: one.until_day or date.max):
        standing[one.from_day].until_day, standing[one.from_day].status = one.until_day, one.status
        standing[one.from_day].save(update_fields=["until_day", "status"])
    GardenStatus.objects.bulk_create(
        GardenStatus(garden=garden, status=one.status, from_day=one.from_day, until_day=one.until_day)
        for one in wanted
        if one.from_day not in standing
    )


def _differs(row: GardenStatus, one: Held) -> bool:
    return (row.until_day, row.status) != (one.until_day, one.status)


# --- Editions -----------------------------------------------------------------------------------


class EditionsOverlap(Refused):
    """Another edition has some of these days: `existing`."""

    def __init__(self, existing: Edition) -> None:
        self.existing = existing


def open_edition(code: str, values: Mapping[str, Any], *, by: Person | None, at: datetime) -> Edition:
    """Open an edition of the programme: name, from_day, until_day, goal_baskets, member_cap_bp, charter. Refusal: EditionsOverlap."""
    with transaction.atomic():
        _refuse_overlap(values["from_day"], values["until_day"])
        edition = Edition.objects.create(code=code, **values)
        record("network.edition_opened", by=by, at=at, about=edition)
    return edition


def change_edition(edition: Edition, values: Mapping[str, Any], *, by: Person | None, at: datetime) -> list[str]:
    """Change what an edition says; the names of what changed. Refusal: EditionsOverlap."""
    with transaction.atomic():
        first, last = (values.get(name, getattr(edition, name)) for name in ("from_day", "until_day"))
        _refuse_overlap(first, last, but=edition)
        changed = _write(edition, values)
        if changed:
            record("network.edition_changed", by=by, at=at, about=edition, fields=changed)
    return changed


def _refuse_overlap(first: date, last: date, but: Edition | None = None) -> None:
    others = Edition.objects.between(first, last)
    if existing := (others.exclude(pk=but.pk) if but else others).first():
        raise EditionsOverlap(existing)


@dataclass(frozen=True)
class Planned:
    """One line of a budget, in cents; `assumed` says that it is a guess."""

    label: str
    cents: int
    assumed: bool = False


def set_budget(edition: Edition, lines: Sequence[Planned], *, by: Person | None, at: datetime) -> None:
    """Write an edition's budget anew, in this order."""
    with transaction.atomic():
        edition.budget.all().delete()
        BudgetLine.objects.bulk_create(
            BudgetLine(edition=edition, label=one.label, cents=one.cents, assumed=one.assumed) for one in lines
        )
        record("network.budget_set", by=by, at=at, about=edition, lines=len(lines))


# --- Partners -----------------------------------------------------------------------------------


def add_partner(
    values: Mapping[str, Any], gardens: Iterable[Garden], *, by: Person | None, at: datetime
) -> Partner:  # fmt: skip
    """Add an organisation, with the gardens it works with."""
    with transaction.atomic():
        partner = Partner.objects.create(**values)
        partner.gardens.set(gardens)
        record("network.partner_added", by=by, at=at, about=partner)
    return partner


def change_partner(
    partner: Partner, values: Mapping[str, Any], gardens: Iterable[Garden] | None, *, by: Person | None, at: datetime
) -> list[str]:  # fmt: skip
    """Change what is known of an organisation, and its gardens (None: as they are). The names of what changed."""
    with transaction.atomic():
        changed = _write(partner, values)
        if gardens is not None:
            wanted = {garden.pk for garden in gardens}
            if wanted != set(partner.gardens.values_list("pk", flat=True)):
                partner.gardens.set(wanted)
                changed = [*changed, "gardens"]
        if changed:
            record("network.partner_changed", by=by, at=at, about=partner, fields=changed)
    return changed


# --- People -------------------------------------------------------------------------------------


def give_access(
    *,
    email: str,
    name: str,
    role: str,
    garden: Garden | None,
    on: date,
    by: Person | None,
    at: datetime,
    password: str | None = None,
    until: date | None = None,
    partner: Partner | None = None,
) -> tuple[Login, bool]:
    """Let somebody in with a role from a day on, until another or for good: in a garden, or for an organisation
    (`partner`: who refers people, who funds). Returns the login, and whether it is new.

    Somebody known keeps their name. A role held already on the first day stays as it is.
    """
    with transaction.atomic():
        installation()
        login = Login.objects.filter(email__iexact=email).select_related("person").first()
        made = login is None
        if login is None:
            first_name, _, last_name = name.partition(" ")
            login = Login(person=Person.objects.create(first_name=first_name, last_name=last_name), email=email.lower())
            login.set_unusable_password()
        if password:
            login.set_password(password)
        login.save()
        held = {"person": login.person, "kind": role, "garden": garden, "partner": partner}
        if not Role.objects.filter(**held).on(on).exists():
            Role.objects.create(**held, from_day=on, until_day=until)
        record("network.access_given", by=by, at=at, garden=garden, about=login.person, role=role)
    return login, made


class LastOne(Refused):
    """Nobody would be left to run the garden, or the network, after that day."""


def end_role(role: Role, *, last_day: date, by: Person | None, at: datetime) -> None:
    """A person no longer has this role after `last_day`; a role that would end before it began is taken back.

    Refusal: LastOne, for the last coordinator of a garden or the last officer of the network.
    """
    with transaction.atomic():
        if role.kind in (Role.Kind.COORDINATOR, Role.Kind.NETWORK):
            _refuse_the_last(role, last_day)
        if last_day < role.from_day:
            Role.objects.filter(pk=role.pk).delete()
        else:
            Role.objects.filter(pk=role.pk).update(until_day=last_day)
        record(
            "network.role_ended",
            by=by,
            at=at,
            garden=role.garden,
            about=role.person,
            role=role.kind,
            last_day=str(last_day),
        )


def _refuse_the_last(role: Role, last_day: date) -> None:
    """Somebody else must hold the same role in the same place the day after."""
    if role.garden_id:
        Garden.objects.select_for_update(no_key=True).get(pk=role.garden_id)  # two who leave at once: one stays
    same = Role.objects.filter(kind=role.kind, garden=role.garden_id).exclude(person=role.person_id)
    if not same.on(last_day + timedelta(days=1)).exists():
        raise LastOne


def change_person(
    person: Person, values: Mapping[str, object], *, email: str | None, by: Person | None, at: datetime
) -> list[str]:  # fmt: skip
    """Change somebody's name or telephone, and the address that receives their codes (None: as it is).

    The names of what changed. Refusal: AddressTaken.
    """
    with transaction.atomic():
        changed = _write(person, values)
        if email and _give_address(person, email.lower()):
            changed = [*changed, "email"]
        if changed:
            record("network.person_changed", by=by, at=at, about=person, fields=changed)
    return changed


def _give_address(person: Person, email: str) -> bool:
    """The address that somebody comes in with from now on; whether it differs. Somebody without a way in gets one."""
    login = Login.objects.filter(person=person).first()
    if login and login.email == email:
        return False
    if Login.objects.filter(email__iexact=email).exclude(person=person).exists():
        raise AddressTaken
    if login:
        return bool(Login.objects.filter(pk=login.pk).update(email=email))
    login = Login(person=person, email=email)
    login.set_unusable_password()
    login.save()
    return True


class AddressTaken(Refused):
    """Somebody else comes in with this address."""

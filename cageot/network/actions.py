"""What is done to gardens, partners and people, and the log that says who did what."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from cageot.core import sql
from cageot.network.models import Garden, GardenStatus, Installation, LogEvent, Login, Person, Role


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
    changed = sorted(name for name, value in values.items() if getattr(garden, name) != value)
    if changed:
        with transaction.atomic():
            Garden.objects.filter(pk=garden.pk).update(**{name: values[name] for name in changed})
            record("network.garden_changed", by=by, at=at, garden=garden, about=garden, fields=changed)
    return changed


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
) -> tuple[Login, bool]:
    """Let somebody in with a role from a day on. Returns the login, and whether it is new. Giving twice changes nothing."""
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
        if not Role.objects.filter(person=login.person, kind=role, garden=garden).on(on).exists():
            Role.objects.create(person=login.person, kind=role, garden=garden, from_day=on)
        record("network.access_given", by=by, at=at, garden=garden, about=login.person, role=role)
    return login, made

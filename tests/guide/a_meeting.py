"""A meeting of the network to play with: a day in Orléans on 18 May 2017, two sessions side by side, forty places."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from cageot.guide.actions import events as actions
from cageot.guide.models import Event, Registration, Slot
from cageot.network.models import Garden

AT = datetime(2017, 4, 3, 9, 0, tzinfo=UTC)
DAY = date(2017, 5, 18)


def link(one: Registration) -> str:
    return f"https://exemple.fr/{one.pk}"


def make_event(seats: int | None = 40, state: str = "open", **fields: Any) -> Event:
    values: dict[str, Any] = {"title": "Alimentation pour tous", "place": "Maison des associations", "commune_code": "45234", "first_day": DAY, "last_day": DAY, "hours": 6}  # fmt: skip
    return Event.objects.create(seats=seats, state=state, **(values | fields))


def make_slots(event: Event, seats: int | None = 20) -> tuple[Slot, Slot, Slot]:
    """A welcome for all, then cooking or money."""
    welcome = Slot.objects.create(event=event, day=DAY, from_time=time(9), until_time=time(10), title="Accueil")
    both = {"event": event, "day": DAY, "from_time": time(10), "until_time": time(12), "chosen": True, "seats": seats}
    return welcome, Slot.objects.create(title="Cuisine", **both), Slot.objects.create(title="Qui paie quoi", **both)


def who(name: str = "Anne", **fields: Any) -> actions.Who:
    return actions.Who(**({"first_name": name, "last_name": "Roy", "email": f"{name.lower()}@exemple.fr"} | fields))


def come(event: Event, someone: actions.Who, at: datetime = AT, **fields: Any) -> actions.Registered:
    return actions.register(event, someone, link=link, **({"person": None, "garden": None, "today": at.date(), "by": None, "at": at} | fields))  # fmt: skip


def rows_of(garden: Garden) -> dict[str, int]:
    """A meeting, a session and somebody of the garden who comes: ids by the words of the addresses. Made once."""
    event = Event.objects.order_by("pk").first() or make_event()
    slot = event.slots.first() or make_slots(event)[0]
    one = event.registrations.filter(garden=garden).first() or come(event, who(), garden=garden).registration
    return {"event": event.pk, "slot": slot.pk, "registration": one.pk}

"""A request as every view receives it, after the middleware: the day, and what the person may reach."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest

from cageot.core import clock
from cageot.network.rules.reach import Reach

if TYPE_CHECKING:
    from cageot.network.models import Login, Person


class Request(HttpRequest):
    """Never built: views annotate it to say what they rely on."""

    user: Login  # type: ignore[assignment]
    today: date
    reach: Reach


def acting(request: Request) -> tuple[Person, datetime]:
    """Who does something, and when: the `by` and `at` of actions."""
    return request.user.person, clock.now()

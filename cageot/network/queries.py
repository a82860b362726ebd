"""Rows of the network as facts."""

from datetime import date

from cageot.network.models import Role
from cageot.network.rules.reach import Reach, reach_of


def reach_on(person_id: int, day: date) -> Reach:
    """What a person may reach on a day, all their roles together. One query."""
    return reach_of(Role.objects.filter(person=person_id).on(day).values_list("kind", "garden_id"))

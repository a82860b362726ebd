"""Rows of the network as facts."""

from datetime import date

from cageot.network.models import Role
from cageot.network.rules.reach import Reach, reach_of


def reach_on(person_id: int, day: date, *, to_write: bool = False) -> Reach:
    """What a person may reach on a day, all their roles together; what an auditor reads, they reach no more `to_write`.
    One query."""
    roles = Role.objects.filter(person=person_id).on(day)
    if to_write:
        roles = roles.exclude(kind=Role.Kind.AUDITOR)
    return reach_of(roles.values_list("kind", "garden_id", "partner_id"))

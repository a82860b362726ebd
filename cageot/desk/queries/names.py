"""The names that shared lists show: one way in for every sheet, label, page and file that others read."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from cageot.baskets.models import Ways
from cageot.baskets.rules.naming import Known, list_names, numbered
from cageot.core import sql
from cageot.core.week import Week
from cageot.network.models import Garden

REMEMBERED = timedelta(weeks=26)
"""A household that left keeps its name to itself that long, so that "who is gone" can still be told apart."""


class Name(NamedTuple):
    """What a list calls a household; `number` stands for it where its script cannot be printed."""

    shown: str
    number: str


def shown_names(garden: Garden, week: Week) -> dict[int, Name]:
    """Household → its name on the lists of that week, by the garden's rule. Two queries.

    All of the garden's households count, not those of one list alone: the label, the sheet and the page of a day say
    the same name, and so does next week's.
    """
    rule = Ways.objects.filter(garden=garden).values_list("names", flat=True).first() or Ways.Names.SHORT
    rows = sql.rows(_HOUSEHOLDS, garden.pk, week.monday - REMEMBERED, garden.pk, str(week))
    known = [Known(pk, *(text or "" for text in texts)) for pk, *texts in rows]
    names = list_names(rule, known)
    return {one.household: Name(names[one.household], numbered(one.number)) for one in known}


_HOUSEHOLDS = """
    SELECT h.id, h.number, m.first_name, m.last_name, h.nickname, m.civility
    FROM members_household h LEFT JOIN members_member m ON m.household_id = h.id AND m.contact
    WHERE h.garden_id = %s AND (h.left_on IS NULL OR h.left_on >= %s OR h.id IN (
        SELECT COALESCE(b.given_to_id, b.household_id) FROM baskets_delivery d JOIN baskets_basket b ON b.delivery_id = d.id
        WHERE d.garden_id = %s AND d.week = %s))
"""

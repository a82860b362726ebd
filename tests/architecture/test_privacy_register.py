"""Every field that is kept says what it is and how it leaves; what the purge does not know cannot be added unseen."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from cageot.core.privacy import Fate, Kind, Table, Then, register
from cageot.desk.queries import register_page
from cageot.members.rules.retention import CLASSES

DOCS = Path(__file__).resolve().parents[2] / "docs"
PEOPLE = {
    "members.Household",
    "members.Member",
    "members.Referral",
    "members.Support",
    "baskets.SignUp",
    "baskets.Subscription",
}
"""Tables whose rows are somebody: what points to them leaves with them, or is said to stay."""


def kept() -> list[type[models.Model]]:
    return [
        model for model in apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy
    ]


def test_every_table_is_in_the_register() -> None:
    assert {model._meta.label for model in kept()} == set(register())


@pytest.mark.parametrize("table", register().values(), ids=list(register()))
def test_every_field_has_one_class(table: Table) -> None:
    told = " ".join((table.personal, table.indirect, table.free, table.none)).split()
    there = [field.name for field in table.rows._meta.concrete_fields]
    assert [name for name in there if name not in told] == [], "fields without a class"
    assert [name for name in told if name not in there] == [], "fields that are there no more"
    assert [name for name in there if told.count(name) > 1] == []
    for names in (table.blank, table.month, table.random, " ".join(table.keep), table.moves):
        assert set(names.split()) <= set(there)


@pytest.mark.parametrize("table", register().values(), ids=list(register()))
def test_what_tells_of_somebody_leaves_or_says_why_not(table: Table) -> None:
    assert table.clock in {"", *CLASSES}
    if table.fate is Fate.GOES:
        assert table.of or table.due or table.about, "nothing ever deletes these rows"
        return
    telling = [name for name, told in table.fields.items() if told.kind in (Kind.PERSONAL, Kind.FREE)]
    staying = [name for name in telling if table.fields[name].then is Then.KEEP and not table.keep.get(name)]
    assert staying == [], "who leaves with what? say it in privacy.py"
    emptied = set(telling) - set(table.keep)
    assert not emptied or table.due or table.of or table.model == "members.Household", (
        "nothing ever empties these fields"
    )


@pytest.mark.parametrize("label", sorted(PEOPLE))
def test_whatever_points_to_somebody_is_known_to_the_purge(label: str) -> None:
    """A new relation to a household, a member, a referral… fails here until somebody decides what becomes of it."""
    unknown = []
    for one in apps.get_model(label)._meta.related_objects:
        table = register()[one.related_model._meta.label]
        path = one.field.name
        known = any(way == path or way.startswith(f"{path}__") for way in table.of)
        follows = path in table.moves.split()
        lets_go = one.on_delete in (models.SET_NULL,) or (one.on_delete is models.CASCADE and table.fate is Fate.GOES)
        if not (known or follows or lets_go):
            unknown.append(f"{table.model}.{path}")
    assert unknown == []


def test_a_table_that_follows_its_household_names_it() -> None:
    for table in register().values():
        assert bool(table.moves) == (table.fate is Fate.MOVES) or table.model == "baskets.Depot", table.model
        assert set(table.moves.split()) <= set(table.of)


def test_the_printed_register_is_the_register() -> None:
    """`bin/registers` writes it anew."""
    assert (DOCS / "privacy.md").read_text() == register_page.printed()

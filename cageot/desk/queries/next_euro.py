"""Where one more euro counts, as it was last worked out. Read, never solved here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from cageot.core.templatetags.cageot import number
from cageot.desk import words_ahead as words
from cageot.funding.models import Outlook
from cageot.funding.rules.next_euro import Unlocked

SHOWN = 5
"""Kinds of money on the programme's card."""


@dataclass(frozen=True)
class Missing:
    """A kind of money, and what it would unlock."""

    key: str
    name: str
    cents: int
    baskets: int
    per_thousand: int

    @property
    def word(self) -> str:
        return number(self.per_thousand) if self.cents else _("déjà couvert")


@dataclass(frozen=True)
class NextEuro:
    """What each kind of new money would unlock, by family; as worked out on `day`, for baskets from `since` to `until`."""

    day: date
    since: date
    until: date
    gap: int
    families: list[tuple[str, list[Missing]]]

    @property
    def first(self) -> list[Missing]:
        """A few that tell most: without conditions, the best of each family, then one that is covered."""
        rows = dict(self.families)
        best = [found[0] for found in rows.values()]
        more = [one for found in rows.values() for one in found[1:]]
        told = [one for one in best if one.cents][:SHOWN] or best[:1]
        told += sorted((one for one in more if one.cents), key=lambda one: -one.baskets)[
            : max(0, SHOWN - 1 - len(told))
        ]
        covered = [one for one in [*best, *more] if not one.cents and one not in told]
        # The one that people would think of first: where most is otherwise missing, nothing is gained.
        return told + covered[:1]


def next_euro(gardens: Mapping[int, str] | None = None) -> NextEuro | None:
    """As it was last worked out; None when it never was. One query. `gardens`: names, to tell gardens too."""
    row = Outlook.objects.filter(garden=None).values_list("day", "facts").first()
    if row is None:
        return None
    when, facts = row
    found: dict[str, list[Missing]] = defaultdict(list)
    for key, cents, baskets in facts["next_euro"]:
        family = key.partition(":")[0]
        if family != "garden" or gardens is not None:
            one = Unlocked(key, cents, baskets)
            found[family].append(Missing(key, words.kind_name(key, gardens or {}), cents, baskets, one.per_thousand))
    families = [
        (str(label), sorted(found[name], key=lambda one: (-one.baskets, one.name))) for name, label in words.FAMILIES.items() if found[name]
    ]  # fmt: skip
    return NextEuro(
        when, date.fromisoformat(facts["since"]), date.fromisoformat(facts["until"]), facts["need_cents"] - facts["covered_cents"], families
    )  # fmt: skip

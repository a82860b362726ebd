"""Rows of baskets as facts for the rules and the pages."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cageot.baskets.models import Basket, Delivery, SizePrice, WeekClose
from cageot.baskets.rules import closing
from cageot.core.week import Week
from cageot.funding import queries as funding
from cageot.funding.queries import AgreementFact
from cageot.funding.rules import waterfall
from cageot.members.models import Support
from cageot.network.actions import installation
from cageot.network.models import Edition, Garden


@dataclass(frozen=True)
class Prices:
    """The dated prices of a garden's sizes, in cents."""

    by_size: dict[int, tuple[list[date], list[int]]]

    def on(self, size: int, day: date) -> int | None:
        days, cents = self.by_size.get(size, ([], []))
        found = bisect_right(days, day)
        return cents[found - 1] if found else None


def prices(garden: Garden) -> Prices:
    by_size: dict[int, tuple[list[date], list[int]]] = defaultdict(lambda: ([], []))
    for row in SizePrice.objects.filter(size__garden=garden).order_by("from_day"):
        days, cents = by_size[row.size_id]
        days.append(row.from_day)
        cents.append(row.cents)
    return Prices(dict(by_size))


def open_close(garden: Garden, week: Week) -> WeekClose | None:
    """The close that stands for this week, if it is closed."""
    return WeekClose.objects.filter(garden=garden, week=week, reopened_at=None).first()


@dataclass(frozen=True)
class Closing:
    """A week about to close: what it holds, what is still to ask, and what closing would write."""

    edition: Edition | None
    sheet: closing.WeekSheet
    questions: list[closing.Question]
    settled: list[waterfall.Settled]
    facts: dict[int, AgreementFact]
    revision: int

    @property
    def summary(self) -> dict[str, int]:
        """Counts by state and cents by payer: what a person sees, and what must not change unseen."""
        found: Counter[str] = Counter({f"state:{state}": count for state, count in self.sheet.by_state.items()})
        for one in self.settled:
            for part in one.parts:
                found[f"payer:{part.payer}" if part.payer else f"by:{part.by}"] += part.cents
        return dict(found)

    @property
    def fingerprint(self) -> str:
        rows = ((one.charge.key, one.charge.state, one.charge.price_cents, one.parts) for one in self.settled)
        return closing.fingerprint([*((fact.key, fact.state) for fact in self.sheet.baskets), *rows])


def closing_of(garden: Garden, week: Week, today: date) -> Closing:
    """Gather a week and decide what closing it would write. A constant number of queries."""
    edition = funding.edition_on(week.day(4))
    revision = 1 + WeekClose.objects.filter(garden=garden, week=week).count()
    sheet, facts = week_sheet(garden, week, edition, revision)
    questions = closing.open_questions(sheet, today)
    charges = closing.charges(sheet)
    payers = {share.payer for charge in charges if charge.cover for share in charge.cover.line.shares}
    quotas = funding.quotas(payers) if payers else {}
    return Closing(edition, sheet, questions, waterfall.allocate(charges, quotas), facts, revision)


def week_sheet(
    garden: Garden, week: Week, edition: Edition | None, revision: int
) -> tuple[closing.WeekSheet, dict[int, AgreementFact]]:
    """The garden's baskets of a week with their price and what stands behind each, and the agreements seen."""
    rows = list(
        Basket.objects.filter(delivery__garden=garden, delivery__week=week)
        .order_by("delivery__day", "pk")
        .values_list("pk", "delivery__day", "household", "size", "size__code", "size__name", "state", "household__commune_code")
    )
    priced = prices(garden)
    supports = _supports(garden, week)
    facts = funding.agreement_facts({agreement for found in supports.values() for _, _, agreement, _ in found})
    pseudonyms = Pseudonyms(edition)
    cap = edition.member_cap_bp if edition else 0
    baskets = []
    for pk, day, household, size, code, name, state, commune in rows:
        support = next((one for one in supports.get(household, ()) if one[0] <= day and (one[1] is None or day <= one[1])), None)
        cover = facts[support[2]].cover(support[3], code, day, cap) if support else None
        baskets.append(
            closing.BasketFact(
                pk, revision, day, pseudonyms.of(household), code, name, state, priced.on(size, day), bool(support), cover, commune
            )
        )
    last = Delivery.objects.filter(garden=garden, week=week).order_by("-day").values_list("day", flat=True).first()
    return closing.WeekSheet(garden.pk, week, last, tuple(baskets)), facts


def _supports(garden: Garden, week: Week) -> dict[int, list[tuple[date, date | None, int, int]]]:
    """Household → its supports of the week, as (from, until, agreement, tariff)."""
    found = defaultdict(list)
    rows = Support.objects.filter(household__garden=garden).between(week.monday, week.sunday)
    for household, *rest in rows.values_list("household", "from_day", "until_day", "agreement", "tariff"):
        found[household].append(tuple(rest))
    return found  # type: ignore[return-value]


class Pseudonyms:
    """Names that the money side may hold: one per household, good for one edition, opaque without the key."""

    def __init__(self, edition: Edition | None) -> None:
        self._key = bytes.fromhex(installation().pseudonym_key)
        self._edition = edition.code if edition else ""

    def of(self, household: int) -> str:
        return hashlib.blake2b(f"{self._edition}:{household}".encode(), key=self._key, digest_size=8).hexdigest()


def baskets_of_week(garden: Garden, weeks: Iterable[Week]) -> dict[Week, Counter[str]]:
    """Counts of baskets by state for each of these weeks. One query."""
    from django.db.models import Count

    found: dict[Week, Counter[str]] = {week: Counter() for week in weeks}
    rows = Basket.objects.filter(delivery__garden=garden, delivery__week__in=list(found))
    for week, state, count in rows.values_list("delivery__week", "state").annotate(n=Count("pk")):
        found[week][state] = count
    return found

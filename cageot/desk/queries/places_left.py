"""Places left on agreements: shown to who refers before they promise anything, and looked at again when welcoming."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max

from cageot.core import sql
from cageot.desk.rules.places_left import Purse, free_places, weeks_ahead
from cageot.funding.models import Agreement, AgreementPayer, TariffLine
from cageot.members.models import Support


@dataclass(frozen=True)
class Left:
    """`free`: households that can still be taken in, None when nothing limits them; `taken`: supported on that day."""

    free: int | None
    taken: int

    @property
    def full(self) -> bool:
        return self.free == 0


def places_left(agreements: Iterable[Agreement], day: date) -> dict[int, Left]:
    """What is left of each of these agreements on a day, by its key. Four queries, however many."""
    found = {one.pk: one for one in agreements}
    if not found:
        return {}
    taken = dict(
        Support.objects.on(day).filter(agreement__in=found).order_by().values_list("agreement").annotate(Count("household", distinct=True))
    )  # fmt: skip
    promised, purses = _promised(list(found), day), _purses(list(found))
    return {
        pk: Left(
            free_places(purses[pk], promised=promised[pk], weeks=weeks_ahead(day, one.until_day)), taken.get(pk, 0)
        )
        for pk, one in found.items()
    }


def _promised(agreements: list[int], day: date) -> Counter[int]:
    """Baskets that supports of these agreements will still cost: laid, not cancelled, in a week that is not closed."""
    return Counter(dict(sql.rows(_PROMISED, agreements, day, ["cancelled", "moved"])))


_PROMISED = """
    SELECT s.agreement_id, COUNT(*)
    FROM members_support s
    JOIN baskets_basket b ON b.household_id = s.household_id
    JOIN baskets_delivery d ON d.id = b.delivery_id
    WHERE s.agreement_id IN %s AND (s.until_day IS NULL OR s.until_day >= %s)
      AND d.close_id IS NULL AND b.state NOT IN %s
      AND d.day >= s.from_day AND (s.until_day IS NULL OR d.day <= s.until_day)
    GROUP BY s.agreement_id
"""


def _purses(agreements: list[int]) -> defaultdict[int, list[Purse]]:
    """What each payer may still spend. A basket costs what it cost so far, else at most the dearest price signed for."""
    prices = dict(
        TariffLine.objects.filter(tariff__agreement__in=agreements).order_by().values_list("tariff__agreement").annotate(Max("price_cents"))
    )  # fmt: skip
    found: defaultdict[int, list[Purse]] = defaultdict(list)
    for payer in AgreementPayer.objects.filter(agreement__in=agreements):
        if payer.quota_baskets is not None:
            found[payer.agreement_id].append(Purse(payer.quota_baskets - payer.used_baskets))
        if payer.quota_cents is not None:
            mean = -(-payer.used_cents // payer.used_baskets) if payer.used_baskets else 0
            unit = mean or prices.get(payer.agreement_id, 1)
            found[payer.agreement_id].append(Purse(payer.quota_cents - payer.used_cents, unit))
    return found

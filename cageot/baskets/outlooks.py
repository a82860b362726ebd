"""What lies ahead, worked out and kept: one row a garden and one for the network, so that pages only read.

`look_ahead` is run every night, and whenever somebody asks. It writes figures only, and changes nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from cageot.baskets import coming, forecasting
from cageot.baskets.forecasting import Gathered, Payer
from cageot.funding.models import Fund, Outlook
from cageot.funding.queries import funds as of_funds
from cageot.funding.queries.books import edition_on
from cageot.funding.rules import forecast as rules
from cageot.funding.rules.allocating import allocate
from cageot.funding.rules.forecast import Band, Forecast
from cageot.funding.rules.next_euro import kinds, unlocked
from cageot.network import territory

A_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Period:
    """The weeks that a question of money is about: from the first one that may still be paid, to the last one foreseen."""

    since: date
    until: date


def period(today: date) -> Period:
    """From the first day of last year's edition (its weeks may still be settled) to the last day of this year's."""
    last, now = edition_on(today - A_YEAR), edition_on(today)
    since = min((one.from_day for one in (last, now) if one), default=today - A_YEAR)
    return Period(since, now.until_day if now else today + A_YEAR / 2)


def look_ahead(*, today: date, at: datetime) -> list[Outlook]:
    """Work out how long money lasts, garden by garden, and where one more euro would count; keep it in place of what was."""
    gathered = forecasting.gather(today)
    seen = rules.forecast(gathered.facts)
    gardens = sorted({garden for garden, _agreement in gathered.households})
    found = [Outlook(garden_id=garden, day=today, at=at, facts=_garden(garden, gathered, seen)) for garden in gardens]
    found.append(Outlook(garden=None, day=today, at=at, facts=_network(gathered, seen, today)))
    with transaction.atomic():
        Outlook.objects.all().delete()
        return Outlook.objects.bulk_create(found)


# --- A garden -----------------------------------------------------------------------------------


def _garden(garden: int, gathered: Gathered, seen: Forecast) -> dict[str, Any]:
    """`months` of cover and `until` when; the first `funder` and its share; each `payer` that may run out; the `ending`
    agreements that nothing follows."""
    cover = seen.gardens[str(garden)]
    first = rules.first_funder(gathered.funders(garden))
    here = [one for one in gathered.payers.values() if (garden, one.agreement) in gathered.households]
    return {
        "months": cover.months,
        "until": _band(cover.until),
        "funder": list(first) if first else None,
        "uncovered": round(gathered.uncovered(garden), 4),
        "payers": [_payer(one, gathered, seen) for one in here],
        "ending": _ending(garden, here, gathered),
        "funds": [_purse(key, gathered, seen) for key in _tranches(garden, gathered)],
        "seed": seen.seed,
        "draws": seen.draws,
    }


def _payer(one: Payer, gathered: Gathered, seen: Forecast) -> dict[str, Any]:
    quota, left = (
        (one.quota_baskets, one.left_baskets) if one.quota_baskets is not None else (one.quota_cents, one.left_cents)
    )
    return {
        "payer": one.pk,
        "agreement": one.agreement,
        "agreement_name": one.agreement_name,
        "name": one.name,
        "kind": one.kind,
        "until": _day(one.until_day),
        "quota": quota,
        "left": left,
        "in_baskets": one.quota_baskets is not None,
        "band": _band(seen.sources[one.key]),
        "households": sum(
            sum(ends.values())
            for (_garden, agreement), ends in gathered.households.items()
            if agreement == one.agreement
        ),
    }


def _ending(garden: int, payers: Iterable[Payer], gathered: Gathered) -> list[dict[str, Any]]:
    """The agreements of a garden with an end that none of the same partner follows, the first to end first."""
    found: dict[int, dict[str, Any]] = {}
    for one in payers:
        if one.until_day is None or one.agreement in found or gathered.successors(garden, one):
            continue
        count = sum(gathered.households[garden, one.agreement].values())
        found[one.agreement] = {
            "agreement": one.agreement, "name": one.agreement_name, "until": _day(one.until_day), "households": count,
        }  # fmt: skip
    return sorted(found.values(), key=lambda row: (row["until"], row["agreement"]))


def _tranches(garden: int, gathered: Gathered) -> list[str]:
    """The tranches that pay the garden's baskets."""
    return [one.key for one in gathered.purses if gathered.pulled.get((one.fund, garden))]


# --- The network --------------------------------------------------------------------------------


def _network(gathered: Gathered, seen: Forecast, today: date) -> dict[str, Any]:
    """`next_euro`: what each kind of new money would unlock; `funds`: when each tranche is used up; `late` money."""
    about = period(today)
    asked = coming.question(today, since=about.since, until=about.until)
    best = allocate(asked.scenario)
    words = territories(one.commune for one in asked.scenario.groups if one.commune)
    found = unlocked(asked.scenario, kinds(asked.scenario, words))
    return {
        "since": _day(about.since),
        "until": _day(about.until),
        "need_cents": best.need_cents,
        "covered_cents": best.covered_cents,
        "next_euro": [[one.key, one.cents, one.baskets] for one in found],
        "funds": [_purse(one.key, gathered, seen) for one in gathered.purses],
        "late": _late(today),
        "seed": seen.seed,
        "draws": seen.draws,
    }


def territories(communes: Iterable[str]) -> Mapping[str, list[str]]:
    """Commune → the words of the département and the region that hold it. Communes that nobody knows are in none."""
    found: dict[str, list[str]] = defaultdict(list)
    for code in set(communes):
        try:
            department = territory.department(territory.commune(code).department)
        except KeyError:
            continue
        found[code] = [f"department:{department.code}", f"region:{department.region}"]
    return found


def _purse(key: str, gathered: Gathered, seen: Forecast) -> dict[str, Any]:
    one = next(one for one in gathered.purses if one.key == key)
    return {
        "tranche": one.pk,
        "fund": one.fund,
        "name": one.name,
        "label": one.label,
        "left": one.left_cents,
        "total": one.total_cents,
        "from": _day(one.from_day),
        "until": _day(one.until_day),
        "promised": one.promised,
        "band": _band(seen.sources[key]),
    }


def _late(today: date) -> list[dict[str, Any]]:
    """Money notified that did not come on its day, the oldest first."""
    rows = of_funds.fund_facts(Fund.objects.select_related("partner", "entity"), today)
    found = [
        {
            "fund": one.row.pk,
            "name": one.row.name,
            "label": late.row.label,
            "days": late.late.days,
            "cents": late.late.cents,
        }
        for one in rows
        for late in one.late
        if late.late
    ]
    return sorted(found, key=lambda row: (-row["days"], row["name"]))  # type: ignore[operator]


def _band(band: Band) -> list[str | None]:
    return [_day(band.low), _day(band.likely), _day(band.high)]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None

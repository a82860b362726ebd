"""What may be claimed, of whom: the books and the settlements as units, then as claims that could be sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cageot.core import sql
from cageot.funding.models import (
    Agreement,
    Billing,
    Claim,
    ClaimTerms,
    Entity,
    EntityGarden,
    Fund,
    Tranche,
)
from cageot.funding.rules import claiming
from cageot.funding.rules.claiming import Detail, Line, Unit
from cageot.network.models import Garden, Partner

DUE_DAYS = 30
"""How long a payer has, unless its agreement says otherwise."""


@dataclass(frozen=True)
class Draft:
    """A claim as it would be written now: whom it asks, of what. `total_cents` below zero: a credit note of `corrects`."""

    kind: str
    partner: Partner
    agreement: Agreement | None
    tranche: Tranche | None
    corrects: Claim | None
    from_day: date
    until: date
    due_days: int
    engagement: str
    units: tuple[Unit, ...]
    baskets: dict[tuple[int, ...], int]
    lines: tuple[Line, ...]
    total_cents: int
    digest: str

    @property
    def sale(self) -> bool:
        """Whether it is an invoice, or takes off one."""
        return self.agreement is not None and self.agreement.classification == Agreement.Classification.SALE


@dataclass(frozen=True)
class Coming:
    """What a payer owes already, of a period that is not over."""

    partner: Partner
    about: Agreement | Tranche
    cents: int
    asked_on: date  # the day after its period ends


@dataclass(frozen=True)
class ToClaim:
    """What an entity has to ask: ready now, and coming."""

    ready: tuple[Draft, ...]
    coming: tuple[Coming, ...]


def entity_gardens(entity: Entity) -> list[Garden]:
    return list(Garden.objects.filter(in_entity__entity=entity))


def entity_of(garden: Garden) -> Entity | None:
    """The legal person of a garden; None as long as nothing was written for it (a page never writes)."""
    found = EntityGarden.objects.filter(garden=garden).select_related("entity").first()
    return found.entity if found else None


def to_claim(entity: Entity | None, gardens: Sequence[int], today: date, *, until: date | None = None) -> ToClaim:
    """What an entity may ask its payers for. A constant number of queries.

    `until` asks up to another day than the end of the last period (the last claim of an agreement that ends).
    """
    units = {**_of_agreements(gardens), **_of_tranches(entity)}
    abouts, partners, terms = _abouts(units)
    following = merged()
    drafts: list[Draft] = []
    coming: list[Coming] = []
    chosen: dict[tuple[str, int, int], tuple[date, list[Unit]]] = {}
    for key, all_units in units.items():
        about = abouts[key[:2]]
        rhythm, _days, _engagement = terms[key[:2]]
        last = min(until, today) if until else claiming.last_ended(today, rhythm)
        found = claiming.ready(all_units, last)
        later = sum(unit.left for unit in claiming.open_units(all_units)) - sum(unit.left for unit in found)
        if later > 0:
            asked_on = claiming.period_of(today, rhythm)[1] + _ONE_DAY
            coming.append(Coming(_payer(key, partners, following), about, later, asked_on))
        if found and sum(unit.left for unit in found):
            chosen[key] = last, found
    details, baskets = _details(found for (kind, *_), (_last, found) in chosen.items() if kind == "agreement")
    corrected = _last_claims(entity, chosen)
    for key, (last, found) in chosen.items():
        draft = _draft(
            key,
            abouts[key[:2]],
            _payer(key, partners, following),
            terms[key[:2]],
            last,
            found,
            details,
            baskets,
            corrected,
        )
        if draft:
            drafts.append(draft)
    drafts.sort(key=lambda one: (one.partner.name, str(one.agreement or one.tranche), one.digest))
    coming.sort(key=lambda one: (one.partner.name, str(one.about)))
    return ToClaim(tuple(drafts), tuple(coming))


_ONE_DAY = date(2000, 1, 2) - date(2000, 1, 1)
Key = tuple[str, int, int]
"""What a claim is about: "agreement" or "tranche", its row, and the partner that owes."""


def _draft(
    key: Key, about: Agreement | Tranche, partner: Partner, terms: tuple[str, int, str], last: date, units: list[Unit],
    details: dict[tuple[int, ...], list[Detail]], baskets: dict[tuple[int, ...], int], corrected: dict[tuple[str, int], Claim],
) -> Draft | None:  # fmt: skip
    rhythm, due_days, engagement = terms
    total = sum(unit.left for unit in units)
    agreement = about if isinstance(about, Agreement) else None
    tranche = about if isinstance(about, Tranche) else None
    if agreement:
        lines = claiming.summarise(one for unit in units for one in details[unit.key])
        counted = {unit.key: baskets.get(unit.key, 0) for unit in units}
    else:
        lines = claiming.of_tranche(units)
        counted = {unit.key: unit.baskets for unit in units}
    if odd := total - sum(line.cents for line in lines):  # refused in part, credited, and asked again
        lines.append(Line(units[0].garden, last.replace(day=1), "", None, 0, odd))
    sale = agreement is not None and agreement.classification == Agreement.Classification.SALE
    kind = Claim.Kind.INVOICE if sale else Claim.Kind.CALL
    of = corrected.get(key[:2]) if total < 0 else None
    if total < 0:
        if of is None:
            return None
        kind = Claim.Kind.CREDIT
    first = claiming.period_of(min(min(unit.day for unit in units), last), rhythm)[0]
    return Draft(
        kind, partner, agreement, tranche, of, first, last, due_days, engagement, tuple(units), counted, tuple(lines), total,
        claiming.digest(last, units),
    )  # fmt: skip


# --- Units ----------------------------------------------------------------------------------------


def _of_agreements(gardens: Sequence[int]) -> dict[Key, list[Unit]]:
    """What partners owe of the entries of these gardens: one row of the books per payer and entry.

    What takes a week back takes back what its payer had not refused of it.
    """
    found: dict[Key, list[Unit]] = defaultdict(list)
    if gardens:
        refused: dict[tuple[int, int], int] = {}
        for agreement, partner, payer, entry, garden, day, cents, reverses, claimed, lost, times in sql.rows(
            _OWED, gardens, gardens
        ):
            refused[payer, entry] = int(lost)
            back = (payer, reverses) if reverses is not None else None
            owed = cents + refused.get(back, 0) if back else cents
            found["agreement", agreement, partner].append(
                Unit((payer, entry), sql.day(day), garden, owed, int(claimed), int(times), back)
            )
    return found


_OWED = """
    SELECT p.agreement_id, p.partner_id, p.id, e.id, e.garden_id, e.day, po.cents, e.reverses_id,
        COALESCE(asked.cents, 0), COALESCE(asked.refused, 0), COALESCE(asked.times, 0)
    FROM funding_account a
    JOIN funding_agreementpayer p ON p.id = a.payer_id
    JOIN funding_posting po ON po.account_id = a.id
    JOIN funding_entry e ON e.id = po.entry_id
    LEFT JOIN (
        SELECT l.payer_id, l.entry_id, SUM(CASE WHEN l.sign < 0 AND c.refused THEN 0 ELSE l.cents END) AS cents,
            SUM(CASE WHEN l.sign < 0 AND c.refused THEN -l.cents ELSE 0 END) AS refused,
            SUM(CASE WHEN l.sign > 0 THEN 1 ELSE 0 END) AS times
        FROM funding_claimline l JOIN funding_claim c ON c.id = l.claim_id
        WHERE l.payer_id IN (SELECT payer_id FROM funding_account WHERE garden_id IN %s AND payer_id IS NOT NULL)
        GROUP BY l.payer_id, l.entry_id
    ) asked ON asked.payer_id = p.id AND asked.entry_id = e.id
    WHERE a.garden_id IN %s AND a.kind = 'payer' AND p.kind = 'partner'
    ORDER BY p.agreement_id, p.partner_id, e.id
"""


def _of_tranches(entity: Entity | None) -> dict[Key, list[Unit]]:
    """What the funders of an entity owe of what their tranches paid (baskets settled, grants to gardens, sessions), where
    something is left to claim: all that was settled, even what a settlement dated later took back."""
    found: dict[Key, list[Unit]] = defaultdict(list)
    if entity:
        for tranche, partner, line, garden, day, cents, baskets, claimed, times in sql.rows(_SETTLED, entity.pk):
            key, count = (claiming.SETTLED, line), baskets if cents > 0 else -baskets
            unit = Unit(key, sql.day(day), garden, cents, int(claimed), int(times), baskets=count)
            found["tranche", tranche, partner].append(unit)
        for tranche, partner, grant, garden, day, call, cents, claimed, times in sql.rows(_GRANTED, entity.pk):
            key = (claiming.GRANT, grant)
            unit = Unit(key, sql.day(day), garden, int(cents), int(claimed), int(times), name=call)
            found["tranche", tranche, partner].append(unit)
        for tranche, partner, use, garden, day, cents, reverses, claimed, times in sql.rows(_SPENT, entity.pk):
            back = None if reverses is None else (claiming.SESSION, reverses)
            unit = Unit((claiming.SESSION, use), sql.day(day), garden, cents, int(claimed), int(times), back)
            found["tranche", tranche, partner].append(unit)
    return found


def _asked(column: str, of: str) -> str:
    """What claims ask of each thing that this column of their lines names, and how many times, joined to `of`."""
    return f"""LEFT JOIN (
        SELECT {column}, SUM(cents) AS cents, SUM(CASE WHEN sign > 0 THEN 1 ELSE 0 END) AS times
        FROM funding_claimline WHERE {column} IS NOT NULL GROUP BY {column}
    ) asked ON asked.{column} = {of}.id"""  # noqa: S608


_ASKED = "COALESCE(asked.cents, 0), COALESCE(asked.times, 0)"
_LEFT = "f.entity_id = %s AND f.partner_id IS NOT NULL AND t.used_cents <> t.claimed_cents"
"""Tranches of an entity's funders where something is left to claim."""

_SETTLED = f"""
    SELECT t.id, f.partner_id, s.id, s.garden_id, s.day, s.cents, s.baskets, {_ASKED}
    FROM funding_fund f JOIN funding_tranche t ON t.fund_id = f.id JOIN funding_settlementline s ON s.tranche_id = t.id
    {_asked("settled_id", "s")}
    WHERE {_LEFT} AND s.cents <> 0 ORDER BY t.id, s.id
"""  # noqa: S608

# A grant is what it comes to now: what its garden gave back, or is not paid, is asked no more.
_GRANTED = f"""
    SELECT t.id, f.partner_id, a.id, a.garden_id, a.decided_on, c.name, a.granted_cents - COALESCE(back.cents, 0), {_ASKED}
    FROM funding_fund f JOIN funding_tranche t ON t.fund_id = f.id JOIN funding_grantcall c ON c.tranche_id = t.id
    JOIN funding_grantapplication a ON a.call_id = c.id
    LEFT JOIN (
        SELECT application_id, SUM(cents) AS cents FROM funding_grantmove WHERE kind <> 'spent' GROUP BY application_id
    ) back ON back.application_id = a.id
    {_asked("grant_id", "a")}
    WHERE {_LEFT} AND a.granted_cents > 0 ORDER BY t.id, a.id
"""  # noqa: S608

_SPENT = f"""
    SELECT t.id, f.partner_id, u.id, u.garden_id, u.day, u.cents, u.reverses_id, {_ASKED}
    FROM funding_fund f JOIN funding_tranche t ON t.fund_id = f.id JOIN funding_trancheuse u ON u.tranche_id = t.id
    {_asked("use_id", "u")}
    WHERE {_LEFT} ORDER BY t.id, u.id
"""  # noqa: S608


def _details(
    chosen: Iterable[list[Unit]],
) -> tuple[dict[tuple[int, ...], list[Detail]], dict[tuple[int, ...], int]]:
    """The baskets of some units, by size and unit price, and how many each has. One query."""
    keys = {unit.key for units in chosen for unit in units}
    details: dict[tuple[int, ...], list[Detail]] = defaultdict(list)
    baskets: dict[tuple[int, ...], int] = defaultdict(int)
    if keys:
        payers, entries = sorted({key[0] for key in keys}), sorted({key[1] for key in keys})
        for payer, entry, garden, day, size, unit, count in sql.rows(_DETAILS, payers, entries):
            if (payer, entry) in keys:
                details[payer, entry].append(Detail(garden, sql.day(day), size, unit, int(count)))
                baskets[payer, entry] += int(count)
    return details, baskets


_DETAILS = """
    SELECT s.payer_id, c.entry_id, c.garden_id, c.day, c.size_code, s.cents * c.sign, SUM(c.sign)
    FROM funding_share s JOIN funding_charge c ON c.id = s.charge_id
    WHERE s.payer_id IN %s AND c.entry_id IN %s AND s.cents <> 0
    GROUP BY s.payer_id, c.entry_id, c.garden_id, c.day, c.size_code, s.cents * c.sign
    ORDER BY c.entry_id, c.day, c.size_code
"""


# --- What they are about --------------------------------------------------------------------------


def _abouts(
    units: Iterable[Key],
) -> tuple[dict[tuple[str, int], Agreement | Tranche], dict[int, Partner], dict[tuple[str, int], tuple[str, int, str]]]:
    """Agreements and tranches by key, partners by row, and rhythm, days to pay and engagement of each."""
    keys = list(units)
    agreements = Agreement.objects.in_bulk({row for kind, row, _partner in keys if kind == "agreement"})
    tranches = Tranche.objects.select_related("fund").in_bulk(
        {row for kind, row, _partner in keys if kind == "tranche"}
    )
    partners = Partner.objects.in_bulk({partner for _kind, _row, partner in keys})
    set_ = ClaimTerms.objects.in_bulk(list(agreements))
    abouts: dict[tuple[str, int], Agreement | Tranche] = {}
    terms: dict[tuple[str, int], tuple[str, int, str]] = {}
    for pk, agreement in agreements.items():
        abouts["agreement", pk] = agreement
        one = set_.get(pk)
        terms["agreement", pk] = (
            (one.rhythm, one.due_days, one.engagement) if one else (Fund.Rhythm.QUARTER, DUE_DAYS, "")
        )
    for pk, tranche in tranches.items():
        abouts["tranche", pk] = tranche
        terms["tranche", pk] = tranche.fund.rhythm, DUE_DAYS, tranche.fund.reference
    return abouts, partners, terms


def merged() -> dict[int, Partner]:
    """Partner → the one that took it over, to the end of the chain."""
    rows = Billing.objects.filter(merged_into__isnull=False).select_related("merged_into")
    after = {row.partner_id: row.merged_into for row in rows if row.merged_into}
    found = {}
    for start in after:
        seen, one = {start}, after[start]
        while one.pk in after and one.pk not in seen:
            seen.add(one.pk)
            one = after[one.pk]
        found[start] = one
    return found


def took_over(partner: Partner) -> set[int]:
    """A partner, and those that were merged into it."""
    return {partner.pk} | {before for before, after in merged().items() if after.pk == partner.pk}


def _payer(key: Key, partners: dict[int, Partner], merged: dict[int, Partner]) -> Partner:
    return merged.get(key[2]) or partners[key[2]]


def _last_claims(entity: Entity | None, chosen: Iterable[Key]) -> dict[tuple[str, int], Claim]:
    """The last claim of each, for a credit note to take off."""
    found: dict[tuple[str, int], Claim] = {}
    wanted = {key[:2] for key in chosen}
    rows = Claim.objects.filter(entity=entity, corrects__isnull=True).exclude(state=Claim.State.CREDITED)
    rows = rows.filter(agreement__in=[row for kind, row in wanted if kind == "agreement"]) | rows.filter(
        tranche__in=[row for kind, row in wanted if kind == "tranche"]
    )
    for claim in rows.order_by("pk") if wanted and entity else ():
        found["agreement" if claim.agreement_id else "tranche", claim.agreement_id or claim.tranche_id or 0] = claim
    return found

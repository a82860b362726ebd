"""Rows of agreements and books as facts for the rules and the pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, Sum

from cageot.core import sql
from cageot.funding.models import Agreement, AgreementPayer, CapExemption, Share, TariffLine
from cageot.funding.rules.chain import ChargeFact, ShareFact
from cageot.funding.rules.reporting import ReportLine
from cageot.funding.rules.tariffs import LineRule, ShareRule, line_for
from cageot.funding.rules.waterfall import Cover, Quota
from cageot.network.models import Edition


def edition_on(day: date) -> Edition | None:
    """The edition of the programme that holds that day."""
    found = "SELECT * FROM network_edition WHERE from_day <= %s AND until_day >= %s ORDER BY from_day DESC LIMIT 1"
    return next(iter(Edition.objects.raw(found, [day, day])), None)


def payer_class(payer: AgreementPayer) -> str:
    """How a payer is told apart in figures: local, national, network or garden."""
    return payer.partner.level if payer.partner else payer.kind


def _left(quota: int | None, used: int) -> int | None:
    return None if quota is None else quota - used


@dataclass(frozen=True)
class AgreementFact:
    """An agreement as a close sees it: its dates, what it decides, and its tariffs' lines by day."""

    id: int
    from_day: date
    until_day: date | None
    in_force: bool
    in_programme: bool
    given_on: str
    classification: str
    audience: str
    affiliation: str
    lines: dict[int, list[tuple[date, LineRule]]]  # tariff id -> dated lines, oldest first
    exemptions: list[tuple[date, date, int]]  # from, until, highest member part in basis points
    left: dict[int, tuple[int | None, int | None]]  # payer with a quota -> baskets and cents it may still spend

    def cover(self, tariff: int, size_code: str, day: date, edition_cap_bp: int) -> Cover | None:
        """What stands behind a basket of that size under that tariff on that day; None when the tariff is silent."""
        dated = {line.size_code: line for since, line in self.lines.get(tariff, []) if since <= day}
        line = line_for(list(dated.values()), size_code)
        if line is None:
            return None
        in_force = self.in_force and self.from_day <= day and (self.until_day is None or day <= self.until_day)
        return Cover(
            self.id, line, in_force, self.cap_on(day, edition_cap_bp), self.given_on, self.audience, self.affiliation
        )

    def cap_on(self, day: date, edition_cap_bp: int) -> int | None:
        """The cap of a day in basis points, exemptions included; None outside the programme."""
        if not self.in_programme:
            return None
        return max([edition_cap_bp, *(bp for first, last, bp in self.exemptions if first <= day <= last)])


def quotas(facts: Iterable[AgreementFact]) -> dict[int, Quota]:
    """What the payers of these agreements that have a quota may still spend, as it stood when they were read."""
    return {payer: Quota(*left) for fact in facts for payer, left in fact.left.items()}


def agreement_facts(agreements: Iterable[int]) -> dict[int, AgreementFact]:
    """Agreements with their lines, shares and exemptions, in two queries."""
    ids = list(agreements)
    if not ids:
        return {}
    heads: dict[int, tuple[Any, ...]] = {}
    lines: dict[int, tuple[int, int, date, tuple[Any, ...]]] = {}
    shares: dict[int, list[ShareRule]] = defaultdict(list)
    left: dict[int, dict[int, tuple[int | None, int | None]]] = defaultdict(dict)
    for row in sql.rows(_AGREEMENTS, ids):
        agreement, tariff, line, payer = row[0], row[9], row[10], row[18]
        heads.setdefault(agreement, row[1:9])
        if line is not None:
            lines.setdefault(line, (agreement, tariff, sql.day(row[11]), (line, *row[12:18])))
        if payer is not None:
            kind, cents, bp, payer_kind, level, quota_baskets, used_baskets, quota_cents, used_cents = row[19:]
            shares[line].append(ShareRule(payer, level or payer_kind, kind, cents, bp))
            if quota_baskets is not None or quota_cents is not None:
                left[agreement][payer] = _left(quota_baskets, used_baskets), _left(quota_cents, used_cents)
    return _facts(heads, lines, shares, _exemptions(ids), left)


_AGREEMENTS = """
    SELECT a.id, a.from_day, a.until_day, a.status, a.in_programme, a.given_on, a.classification, a.audience, a.affiliation,
        t.id, l.id, l.from_day, l.size_code, l.price_cents, l.member_kind, l.member_cents, l.member_bp, l.cap_bp,
        s.payer_id, s.kind, s.cents, s.bp, p.kind, o.level, p.quota_baskets, p.used_baskets, p.quota_cents, p.used_cents
    FROM funding_agreement a
    LEFT JOIN funding_tariff t ON t.agreement_id = a.id
    LEFT JOIN funding_tariffline l ON l.tariff_id = t.id
    LEFT JOIN funding_tariffshare s ON s.line_id = l.id
    LEFT JOIN funding_agreementpayer p ON p.id = s.payer_id
    LEFT JOIN network_partner o ON o.id = p.partner_id
    WHERE a.id IN %s ORDER BY l.from_day, l.id, p.rank
"""


def _facts(
    heads: dict[int, tuple[Any, ...]],
    lines: dict[int, tuple[int, int, date, tuple[Any, ...]]],
    shares: dict[int, list[ShareRule]],
    exemptions: dict[int, list[tuple[date, date, int]]],
    left: dict[int, dict[int, tuple[int | None, int | None]]],
) -> dict[int, AgreementFact]:
    grids: dict[int, dict[int, list[tuple[date, LineRule]]]] = defaultdict(lambda: defaultdict(list))
    for line, (agreement, tariff, since, values) in lines.items():
        rule = LineRule(*values, shares=tuple(shares[line]))  # type: ignore[misc]
        grids[agreement][tariff].append((since, rule))
    return {
        agreement: AgreementFact(
            agreement, sql.day(first), sql.day(last), status != Agreement.Status.DRAFT, bool(in_programme), given_on,
            classification, audience, affiliation, grids[agreement], exemptions[agreement], left[agreement],
        )
        for agreement, (first, last, status, in_programme, given_on, classification, audience, affiliation) in heads.items()
    }  # fmt: skip


def _exemptions(agreements: list[int]) -> dict[int, list[tuple[date, date, int]]]:
    found: dict[int, list[tuple[date, date, int]]] = defaultdict(list)
    granted = (
        "SELECT agreement_id, from_day, until_day, max_member_bp FROM funding_capexemption"
        " WHERE agreement_id IN %s AND status = 'granted'"
    )
    for agreement, first, last, bp in sql.rows(granted, agreements):
        found[agreement].append((sql.day(first), sql.day(last), bp))
    return found


def line_rule(line: TariffLine, shares: tuple[ShareRule, ...]) -> LineRule:
    return LineRule(
        line.pk,
        line.size_code,
        line.price_cents,
        line.member_kind,
        line.member_cents,
        line.member_bp,
        line.cap_bp,
        shares,
    )


def who_pays(kind: str, key: int) -> list[Share]:
    """The shares of one charge as it stands (last revision not taken back), in order: "qui paie ?"."""
    newest = (
        Share.objects.filter(charge__kind=kind, charge__key=key).order_by("-charge__revision", "-charge__id").first()
    )
    if newest is None or newest.charge.sign < 0:
        return []
    rows = Share.objects.filter(charge=newest.charge_id).select_related("payer__partner", "payer__agreement", "charge")
    return list(rows.order_by("rank"))


def exempted(agreement: int, day: date) -> int | None:
    """The highest member part, in basis points, that a granted exemption allows this agreement on a day."""
    rows = CapExemption.objects.filter(Q(agreement=agreement), status=CapExemption.Status.GRANTED).on(day)
    return max((row.max_member_bp for row in rows), default=None)


def charge_facts(entry: int) -> Iterator[ChargeFact]:
    """The charges of an entry with their shares, as they were sealed. Two queries."""
    shares: dict[int, list[ShareFact]] = defaultdict(list)
    for charge, *values in sql.rows(_SHARES, entry):
        shares[charge].append(ShareFact(*values))
    for row in sql.rows(_CHARGES, entry):
        charge, kind, key, revision, sign, day, household, agreement, line, in_programme, *rest = row
        values = [kind, key, revision, sign, sql.day(day), household, agreement, line, bool(in_programme), *rest]
        yield ChargeFact(*values, tuple(shares[charge]))  # type: ignore[call-arg]


_SHARES = """
    SELECT s.charge_id, s.rank, s.by, s.payer_id, s.cents, s.asked_cents, s.why
    FROM funding_charge c JOIN funding_share s ON s.charge_id = c.id WHERE c.entry_id = %s ORDER BY s.charge_id, s.rank
"""

_CHARGES = """
    SELECT id, kind, key, revision, sign, day, household_key, agreement_id, line_id, in_programme, size_code, state,
        price_cents, member_cents, cap_cents, commune_code, audience, affiliation
    FROM funding_charge WHERE entry_id = %s ORDER BY id
"""


@dataclass(frozen=True)
class Period:
    """From a day to another, both included. Statements are made of what was posted in it."""

    first: date
    last: date


def report_lines(payers: Iterable[int], period: Period, gardens: Iterable[int] | None = None) -> list[ReportLine]:
    """What these agreement payers paid in a period, by garden, commune and household pseudonym. One query.

    A line belongs to the accounting day of its entry, so a correction enters the period where it is made
    and a statement never changes afterwards.
    """
    rows = Share.objects.filter(payer__in=list(payers), charge__entry__day__range=(period.first, period.last)).exclude(
        cents=0
    )
    if gardens is not None:
        rows = rows.filter(charge__garden__in=list(gardens))
    grouped = rows.values_list("charge__garden", "charge__commune_code", "charge__household_key").annotate(
        baskets=Sum("charge__sign"), cents=Sum("cents"), price=Sum("charge__price_cents")
    )
    return [
        ReportLine(*row) for row in grouped.order_by("charge__garden", "charge__commune_code", "charge__household_key")
    ]

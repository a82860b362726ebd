"""Rows of agreements and books as facts for the rules and the pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from cageot.funding.models import Agreement, AgreementPayer, CapExemption, Charge, Share, TariffLine, TariffShare
from cageot.funding.rules.chain import ChargeFact, ShareFact
from cageot.funding.rules.reporting import ReportLine
from cageot.funding.rules.tariffs import LineRule, ShareRule, line_for
from cageot.funding.rules.waterfall import Cover, Quota
from cageot.network.models import Edition


def edition_on(day: date) -> Edition | None:
    """The edition of the programme that holds that day."""
    return Edition.objects.on(day).order_by("-from_day").first()


def payer_class(payer: AgreementPayer) -> str:
    """How a payer is told apart in figures: local, national, network or garden."""
    return payer.partner.level if payer.partner else payer.kind


def quotas(payers: Iterable[int]) -> dict[int, Quota]:
    """What the payers that have a quota may still spend."""
    rows = AgreementPayer.objects.filter(pk__in=list(payers)).exclude(quota_baskets=None, quota_cents=None)
    return {payer.pk: Quota(_left(payer.quota_baskets, payer.used_baskets), _left(payer.quota_cents, payer.used_cents)) for payer in rows}


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

    def cover(self, tariff: int, size_code: str, day: date, edition_cap_bp: int) -> Cover | None:
        """What stands behind a basket of that size under that tariff on that day; None when the tariff is silent."""
        dated = {line.size_code: line for since, line in self.lines.get(tariff, []) if since <= day}
        line = line_for(list(dated.values()), size_code)
        if line is None:
            return None
        in_force = self.in_force and self.from_day <= day and (self.until_day is None or day <= self.until_day)
        return Cover(self.id, line, in_force, self._cap(day, edition_cap_bp), self.given_on, self.audience, self.affiliation)

    def _cap(self, day: date, edition_cap_bp: int) -> int | None:
        if not self.in_programme:
            return None
        return max([edition_cap_bp, *(bp for first, last, bp in self.exemptions if first <= day <= last)])


def agreement_facts(agreements: Iterable[int]) -> dict[int, AgreementFact]:
    """Agreements with their lines, shares and exemptions, in a constant number of queries."""
    ids = list(agreements)
    lines = _lines_by_tariff(ids)
    exemptions = defaultdict(list)
    for row in CapExemption.objects.filter(agreement__in=ids, status=CapExemption.Status.GRANTED):
        exemptions[row.agreement_id].append((row.from_day, row.until_day, row.max_member_bp))
    return {
        row.pk: AgreementFact(
            row.pk, row.from_day, row.until_day, row.status != Agreement.Status.DRAFT, row.in_programme, row.given_on,
            row.classification, row.audience, row.affiliation, lines[row.pk], exemptions[row.pk],
        )
        for row in Agreement.objects.filter(pk__in=ids)
    }  # fmt: skip


def _lines_by_tariff(agreements: list[int]) -> dict[int, dict[int, list[tuple[date, LineRule]]]]:
    shares = defaultdict(list)
    for share in (
        TariffShare.objects.filter(line__tariff__agreement__in=agreements).select_related("payer__partner").order_by("payer__rank")
    ):
        shares[share.line_id].append(ShareRule(share.payer_id, payer_class(share.payer), share.kind, share.cents, share.bp))
    found: dict[int, dict[int, list[tuple[date, LineRule]]]] = defaultdict(lambda: defaultdict(list))
    for line in TariffLine.objects.filter(tariff__agreement__in=agreements).select_related("tariff").order_by("from_day"):
        found[line.tariff.agreement_id][line.tariff_id].append((line.from_day, line_rule(line, tuple(shares[line.pk]))))
    return found


def line_rule(line: TariffLine, shares: tuple[ShareRule, ...]) -> LineRule:
    return LineRule(
        line.pk, line.size_code, line.price_cents, line.member_kind, line.member_cents, line.member_bp, line.cap_bp, shares
    )


def who_pays(kind: str, key: int) -> list[Share]:
    """The shares of one charge as it stands (last revision not taken back), in order: "qui paie ?"."""
    newest = Share.objects.filter(charge__kind=kind, charge__key=key).order_by("-charge__revision", "-charge__id").first()
    if newest is None or newest.charge.sign < 0:
        return []
    rows = Share.objects.filter(charge=newest.charge_id).select_related("payer__partner", "payer__agreement", "charge")
    return list(rows.order_by("rank"))


def exempted(agreement: int, day: date) -> int | None:
    """The highest member part, in basis points, that a granted exemption allows this agreement on a day."""
    rows = CapExemption.objects.filter(Q(agreement=agreement), status=CapExemption.Status.GRANTED).on(day)
    return max((row.max_member_bp for row in rows), default=None)


def charge_facts(entry: int) -> Iterator[ChargeFact]:
    """The charges of an entry with their shares, as they were sealed."""
    shares = defaultdict(list)
    for share in Share.objects.filter(charge__entry=entry).order_by("rank"):
        shares[share.charge_id].append(
            ShareFact(share.rank, share.by, share.payer_id, share.cents, share.asked_cents, share.why)
        )
    for row in Charge.objects.filter(entry=entry).order_by("pk"):
        yield ChargeFact(
            kind=row.kind, key=row.key, revision=row.revision, sign=row.sign, household_key=row.household_key,
            agreement=row.agreement_id, line=row.line_id, in_programme=row.in_programme, size_code=row.size_code,
            state=row.state, price_cents=row.price_cents, member_cents=row.member_cents, cap_cents=row.cap_cents,
            commune_code=row.commune_code, audience=row.audience, affiliation=row.affiliation, day=row.day,
            shares=tuple(shares[row.pk]),
        )  # fmt: skip


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
    rows = Share.objects.filter(
        payer__in=list(payers), charge__entry__day__range=(period.first, period.last)
    ).exclude(cents=0)
    if gardens is not None:
        rows = rows.filter(charge__garden__in=list(gardens))
    grouped = rows.values_list("charge__garden", "charge__commune_code", "charge__household_key").annotate(
        baskets=Sum("charge__sign"), cents=Sum("cents"), price=Sum("charge__price_cents")
    )
    return [ReportLine(*row) for row in grouped.order_by("charge__garden", "charge__commune_code", "charge__household_key")]

"""A funder's statement before it leaves: what one tranche's money did, by garden and commune, and by audience, nobody told apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.core.templatetags.cageot import number
from cageot.desk.queries.statements import Row, rows_of
from cageot.funding.models import Fund, Settlement, Tranche
from cageot.funding.queries.fund_reports import beside, helped
from cageot.funding.rules.reporting import FOLDED, summarise
from cageot.workshops.models import SessionCost


@dataclass(frozen=True)
class FundStatement:
    """What a tranche's money did, as all settlements leave it: baskets by place, then grants and sessions (`beside`: what, how
    many, cents); all of them make what the tranche was used for. Cents. `few`: fewer than five households in all."""

    fund: Fund
    tranche: Tranche
    tranches: list[Tranche]
    rows: tuple[Row, ...]
    audiences: tuple[Row, ...]
    beside: tuple[tuple[str, str, int], ...]
    households: int
    baskets: int
    cents: int
    few: bool
    folded: bool
    settled_at: datetime | None
    through: str

    @property
    def anything(self) -> bool:
        """Whether it paid something."""
        return bool(self.rows or self.beside)

    @property
    def file_name(self) -> str:
        return f"releve-financement-{self.fund.pk}-{self.tranche.pk}"


def statement(fund: Fund, asked: str) -> FundStatement | None:
    """The statement of the tranche asked for (else the last that paid something); None when the fund has no tranche."""
    tranches = list(fund.tranches.order_by("from_day", "pk"))
    if not tranches:
        return None
    usual = next((one for one in reversed(tranches) if one.used_cents), tranches[-1])
    tranche = next((one for one in tranches if str(one.pk) == asked), usual)
    found = helped([tranche.pk])
    report, people = summarise(found.by_place), summarise(found.by_audience)
    last = Settlement.objects.filter(lines__tranche=tranche).order_by("-pk").first()
    audiences = tuple(
        Row(_("Autres publics") if group.garden is None else found.audiences[group.garden] or _("Sans public particulier"), "",
            group.households, group.baskets, group.cents)
        for group in people.groups
    )  # fmt: skip
    others = _beside(tranche)
    folded = any(group.garden is None or group.commune == FOLDED for group in report.groups)
    return FundStatement(
        fund, tranche, tranches, tuple(rows_of(report.groups)), audiences, others, report.households, report.baskets,
        report.cents + sum(cents for _what, _count, cents in others), report.alone, folded, last.at if last else None, str(last.through) if last else "",
    )  # fmt: skip


def _beside(tranche: Tranche) -> tuple[tuple[str, str, int], ...]:
    """What it paid beside baskets, in words."""
    found = beside([tranche.pk])
    sessions = SessionCost.objects.filter(pk__in=found.costs).values("session").distinct().count()
    projects = ngettext("%(n)s projet", "%(n)s projets", found.grants) % {"n": number(found.grants)}
    held = ngettext("%(n)s atelier", "%(n)s ateliers", sessions) % {"n": number(sessions)}
    rows = [(_("Projets des jardins"), projects, found.grants_cents), (_("Ateliers"), held, found.sessions_cents)]
    return tuple(row for row in rows if row[2])


def table_of(one: FundStatement) -> tuple[list[str], list[list[str | int | float]]]:
    """Columns and rows of the spreadsheets, totals last, then by audience. Euros as numbers with two decimals."""
    columns = [_("Jardin ou public"), _("Commune"), _("Foyers"), _("Paniers"), _("Montant en euros")]
    rows: list[list[str | int | float]] = [
        [row.garden, row.place, row.households, row.baskets, row.cents / 100] for row in one.rows
    ]
    rows += [[what, count, "", "", cents / 100] for what, count, cents in one.beside]
    total: list[str | int | float] = [_("Ensemble"), "", one.households, one.baskets, one.cents / 100]
    people: list[list[str | int | float]] = [
        [row.garden, "", row.households, row.baskets, row.cents / 100] for row in one.audiences
    ]
    return columns, [*rows, total, *people]

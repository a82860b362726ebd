"""Writing an agreement as its form gives it: partner, clauses, payers, quotas and tariffs, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from cageot.funding import actions as funding
from cageot.funding.actions import Corrected, LineDraft, PayerDraft
from cageot.funding.models import Agreement, AgreementPayer, Tariff
from cageot.members.models import Support
from cageot.network import actions as network
from cageot.network.actions import record
from cageot.network.models import Garden, Partner, Person


class QuotaBelowUse(Exception):
    """More was paid meanwhile than the quota that is asked for."""


class SupportsBefore(Exception):
    """Households are supported by the agreement before its new first day: `first` is the earliest."""

    def __init__(self, first: date) -> None:
        self.first = first


@dataclass(frozen=True)
class Correction:
    """What may be set right as long as nothing is settled: the main partner, the first day, the payers in order."""

    partner: Partner
    from_day: date
    payers: Sequence[Corrected]


@dataclass(frozen=True)
class Change:
    """What an edit asks for: new words, a correction, new quotas, payers to add, the tariff's name, lines to write."""

    description: dict[str, Any]
    gardens: Sequence[Garden] | None
    correction: Correction | None
    quotas: Sequence[tuple[AgreementPayer, int | None, int | None]]
    payers: Sequence[PayerDraft]
    tariff_name: str
    lines: Sequence[LineDraft]


def new_partner(name: str, kind: str, gardens: Iterable[Garden], *, by: Person, at: datetime) -> Partner:
    """A local funder that works with these gardens."""
    public = kind not in ("association", "foundation", "company", "other")
    values = {"name": name, "kind": kind, "level": Partner.Level.LOCAL, "funds": True, "public": public}
    return network.add_partner(values, gardens, by=by, at=at)


def change(one: Agreement, tariff: Tariff, asked: Change, *, by: Person, at: datetime) -> None:
    """Write what changed of an agreement, all or nothing.

    Refusals: QuotaBelowUse, SupportsBefore; TariffRefused, LineInUse, GardenInUse, AgreementInUse, TariffNameTaken as in
    `funding.actions`.
    """
    with transaction.atomic():
        if asked.description or asked.gardens is not None:
            funding.describe(one, gardens=asked.gardens, by=by, at=at, **asked.description)
            one.refresh_from_db()
        if asked.correction:
            _correct(one, asked.correction, by=by, at=at)
        for payer, baskets, cents in asked.quotas:
            _change_quota(payer, baskets, cents, by=by, at=at)
        for draft in asked.payers:
            funding.add_payer(one, draft, by=by, at=at)
        if asked.tariff_name != tariff.name:
            funding.rename_tariff(tariff, asked.tariff_name, by=by, at=at)
        for line in asked.lines:
            funding.write_line(Tariff.objects.select_related("agreement").get(pk=tariff.pk), line)
        if asked.lines:
            record("funding.tariff_changed", by=by, at=at, about=one, sizes=[line.size_code for line in asked.lines])
        if "in_programme" in asked.description:
            funding.check_lines(Agreement.objects.get(pk=one.pk))


def _correct(one: Agreement, asked: Correction, *, by: Person, at: datetime) -> None:
    before = Support.objects.filter(agreement=one, from_day__lt=asked.from_day).order_by("from_day").first()
    if before:
        raise SupportsBefore(before.from_day)
    funding.correct_agreement(one, partner=asked.partner, from_day=asked.from_day, payers=asked.payers, by=by, at=at)


def _change_quota(payer: AgreementPayer, baskets: int | None, cents: int | None, *, by: Person, at: datetime) -> None:
    try:
        with transaction.atomic():
            funding.change_quota(payer, quota_baskets=baskets, quota_cents=cents, by=by, at=at)
    except IntegrityError:
        raise QuotaBelowUse from None

"""Writing an agreement as its form gives it: partner, clauses, payers, quotas and tariffs, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from cageot.funding import actions as funding
from cageot.funding.actions import LineDraft, PayerDraft
from cageot.funding.models import Agreement, AgreementPayer, Tariff
from cageot.network.actions import record
from cageot.network.models import Garden, Partner, Person


class QuotaBelowUse(Exception):
    """More was paid meanwhile than the quota that is asked for."""


@dataclass(frozen=True)
class Change:
    """What an edit asks for: new words, new quotas, payers to add, lines to write from `since`."""

    description: dict[str, Any]
    gardens: Sequence[Garden] | None
    quotas: Sequence[tuple[AgreementPayer, int | None, int | None]]
    payers: Sequence[PayerDraft]
    lines: Sequence[LineDraft]


def new_partner(name: str, kind: str, gardens: Iterable[Garden], *, by: Person, at: datetime) -> Partner:
    """A local funder that works with these gardens."""
    public = kind not in ("association", "foundation", "company")
    with transaction.atomic():
        partner = Partner.objects.create(name=name, kind=kind, level=Partner.Level.LOCAL, funds=True, public=public)
        partner.gardens.set(gardens)
        record("network.partner_added", by=by, at=at, about=partner)
    return partner


def change(one: Agreement, tariff: Tariff, asked: Change, *, by: Person, at: datetime) -> None:
    """Write what changed of an agreement, all or nothing.

    Refusals: QuotaBelowUse; TariffRefused, LineInUse, GardenInUse as in `funding.actions`.
    """
    with transaction.atomic():
        if asked.description or asked.gardens is not None:
            funding.describe(one, gardens=asked.gardens, by=by, at=at, **asked.description)
            one.refresh_from_db()
        for payer, baskets, cents in asked.quotas:
            _change_quota(payer, baskets, cents, by=by, at=at)
        for draft in asked.payers:
            funding.add_payer(one, draft, by=by, at=at)
        for line in asked.lines:
            funding.write_line(Tariff.objects.select_related("agreement").get(pk=tariff.pk), line)
        if asked.lines:
            record("funding.tariff_changed", by=by, at=at, about=one, sizes=[line.size_code for line in asked.lines])


def _change_quota(payer: AgreementPayer, baskets: int | None, cents: int | None, *, by: Person, at: datetime) -> None:
    try:
        with transaction.atomic():
            funding.change_quota(payer, quota_baskets=baskets, quota_cents=cents, by=by, at=at)
    except IntegrityError:
        raise QuotaBelowUse from None

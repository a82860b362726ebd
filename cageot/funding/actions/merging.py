"""Two payers become one: money to come is the new one's; what was sealed, claimed or paid keeps the name it was made under."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from cageot.funding.actions.books import take_turn
from cageot.funding.actions.funds import FundRefused
from cageot.funding.models import Account, Agreement, AgreementPayer, Billing, Fund
from cageot.network.actions import record
from cageot.network.models import Partner, Person


class MergeRefused(FundRefused):
    """These two cannot become one; nothing was written."""


class SamePartner(MergeRefused):
    """A partner does not merge into itself."""


class AlreadyMerged(MergeRefused):
    """One of them was merged already: `into` says into which."""

    def __init__(self, into: Partner) -> None:
        super().__init__(into)
        self.into = into


class ReferencesMeet(MergeRefused):
    """Both gave a fund the same number: `fund` is the one to correct first."""

    def __init__(self, fund: Fund) -> None:
        super().__init__(fund)
        self.fund = fund


def merge(old: Partner, into: Partner, *, on: date, by: Person | None, at: datetime) -> None:
    """From a day on, what `old` gives and owes is `into`'s: its funds, its agreements, its claims to come, its statements.

    A payer whose weeks are closed keeps its name on them (the books are sealed); the database would refuse otherwise.
    Refusals: SamePartner, AlreadyMerged, ReferencesMeet.
    """
    with transaction.atomic():
        take_turn()
        _refuse(old, into)
        Billing.objects.update_or_create(partner=old, defaults={"merged_into": into, "merged_on": on})
        Billing.objects.filter(merged_into=old).update(merged_into=into)
        Fund.objects.filter(partner=old).update(partner=into)
        Agreement.objects.filter(Q(until_day=None) | Q(until_day__gte=on), partner=old).update(partner=into)
        _payers(old, into)
        record("funding.partners_merged", by=by, at=at, about=old, into=into.pk, on=str(on))


def _refuse(old: Partner, into: Partner) -> None:
    if old.pk == into.pk:
        raise SamePartner
    gone = (
        Billing.objects.filter(partner__in=[old, into], merged_into__isnull=False).select_related("merged_into").first()
    )
    if gone and gone.merged_into:
        raise AlreadyMerged(gone.merged_into)
    taken = {reference.lower() for reference in into.financing.values_list("reference", flat=True)} - {""}
    for fund in old.financing.exclude(reference=""):
        if fund.reference.lower() in taken:
            raise ReferencesMeet(fund)


def _payers(old: Partner, into: Partner) -> None:
    """Payers that nothing was posted on change hands, unless the other already pays in that agreement."""
    posted = Account.objects.filter(payer__partner=old).values("payer")
    pays = AgreementPayer.objects.filter(partner=into).values("agreement")
    AgreementPayer.objects.filter(partner=old).exclude(pk__in=posted).exclude(agreement__in=pays).update(partner=into)

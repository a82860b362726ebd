"""What is done to agreements: opened, ended, priced, exempted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, ProtectedError, Sum

from cageot.funding import queries
from cageot.funding.actions.books import take_turn
from cageot.funding.models import (
    Agreement,
    AgreementPayer,
    CapExemption,
    Charge,
    Tariff,
    TariffLine,
    TariffShare,
)
from cageot.funding.rules import tariffs
from cageot.funding.rules.tariffs import LineRule, ShareRule
from cageot.network.actions import record
from cageot.network.models import Edition, Garden, Partner, Person


class TariffRefused(Exception):
    """A tariff line that may not be written: `refusals` says why, `line` which one."""

    def __init__(self, line: LineRule, refusals: list[tariffs.Refusal]) -> None:
        super().__init__(refusals)
        self.line, self.refusals = line, refusals


@dataclass(frozen=True)
class PayerDraft:
    """One payer of the waterfall, in order: a partner, the network (`kind` network) or the garden's own box."""

    kind: str
    partner: Partner | None = None
    quota_baskets: int | None = None
    quota_cents: int | None = None


@dataclass(frozen=True)
class ShareDraft:
    """What the payer number `payer` (0 is the first) owes: fixed cents, percent (basis points) or rest."""

    payer: int
    kind: str
    cents: int = 0
    bp: int = 0


@dataclass(frozen=True)
class LineDraft:
    """What a size costs the member, and who pays the rest, from a day on. `size_code` "" is every size."""

    price_cents: int
    shares: tuple[ShareDraft, ...]
    size_code: str = ""
    member_cents: int | None = None
    member_bp: int | None = None
    from_day: date | None = None  # None: the agreement's first day


def cap_for(agreement: Agreement, day: date) -> tuple[int | None, CapExemption | None]:
    """The cap in basis points on a day and the exemption that raised it, if one did. None outside the programme."""
    if not agreement.in_programme:
        return None, None
    edition = queries.edition_on(day) or Edition.objects.order_by("-from_day").first()
    cap = edition.member_cap_bp if edition else DEFAULT_CAP_BP
    rows = CapExemption.objects.filter(agreement=agreement, status=CapExemption.Status.GRANTED).on(day)
    exemption = rows.order_by("-max_member_bp").first() if agreement.pk else None
    return (exemption.max_member_bp, exemption) if exemption and exemption.max_member_bp > cap else (cap, None)


DEFAULT_CAP_BP = 3000
"""30 % of the basket price: the programme's rule when no edition says otherwise."""


def open_agreement(
    agreement: Agreement, *, gardens: Iterable[Garden], payers: Sequence[PayerDraft],
    grids: Mapping[str, Sequence[LineDraft]], by: Person | None, at: datetime,
) -> Agreement:  # fmt: skip
    """Write a new agreement with its payers in order and its tariff grids (name → lines), all or nothing.

    Refusal: TariffRefused when a member part is over the cap or payers come to more than the price.
    """
    with transaction.atomic():
        agreement.save(force_insert=True)
        agreement.gardens.set(gardens)
        rows = AgreementPayer.objects.bulk_create(
            AgreementPayer(
                agreement=agreement, rank=rank, kind=payer.kind, partner=payer.partner,
                quota_baskets=payer.quota_baskets, quota_cents=payer.quota_cents,
            )
            for rank, payer in enumerate(payers)
        )  # fmt: skip
        for name, lines in grids.items():
            tariff = Tariff.objects.create(agreement=agreement, name=name)
            for line in lines:
                write_line(tariff, line, payers=rows)
        record("funding.agreement_opened", by=by, at=at, about=agreement)
    return agreement


def write_line(tariff: Tariff, draft: LineDraft, *, payers: Sequence[AgreementPayer] | None = None) -> TariffLine:
    """Write one tariff line. A line of the same size and day is replaced. Once baskets of that day or later are settled
    at this tariff, give a later `from_day` (or reopen their weeks). Refusals: TariffRefused, LineInUse."""
    agreement = tariff.agreement
    payers = list(payers if payers is not None else agreement.payers.order_by("rank"))
    day = draft.from_day or agreement.from_day
    cap, exemption = cap_for(agreement, day)
    rule = _rule_of(draft, payers, cap)
    if found := tariffs.refusals(rule):
        raise TariffRefused(rule, found)
    with transaction.atomic():
        same = TariffLine.objects.filter(tariff=tariff, size_code=draft.size_code, from_day=day)
        if Charge.objects.filter(agreement=agreement, line__in=list(same)).exists() or _settled_since(
            tariff, draft.size_code, day
        ):
            raise LineInUse
        same.delete()
        line = TariffLine.objects.create(
            tariff=tariff, size_code=draft.size_code, from_day=day, price_cents=draft.price_cents, member_kind=rule.member_kind,
            member_cents=rule.member_cents, member_bp=rule.member_bp, cap_bp=cap, exemption=exemption,
        )  # fmt: skip
        TariffShare.objects.bulk_create(
            TariffShare(line=line, payer=payers[share.payer], kind=share.kind, cents=share.cents, bp=share.bp)
            for share in draft.shares
        )
    return line


def _settled_since(tariff: Tariff, size_code: str, day: date) -> bool:
    """Whether baskets that a line of that size from that day would have changed stand settled."""
    rows = Charge.objects.filter(agreement=tariff.agreement_id, line__tariff=tariff, day__gte=day)
    rows = rows.filter(size_code=size_code) if size_code else rows.filter(line__size_code="")
    return rows.values("key").annotate(n=Sum("sign")).filter(n__gt=0).exists()


class LineInUse(Exception):
    """Baskets were settled with this line, or would have been: write the new one from a later day."""


def _rule_of(draft: LineDraft, payers: Sequence[AgreementPayer], cap_bp: int | None) -> LineRule:
    return LineRule(
        0, draft.size_code, draft.price_cents, "fixed" if draft.member_bp is None else "percent",
        draft.member_cents or 0, draft.member_bp or 0, cap_bp,
        tuple(
            ShareRule(payers[share.payer].pk, queries.payer_class(payers[share.payer]), share.kind, share.cents, share.bp)
            for share in sorted(draft.shares, key=lambda share: share.payer)
        ),
    )  # fmt: skip


def terminate(agreement: Agreement, *, last_day: date, reason: str, by: Person | None, at: datetime) -> None:
    """End an agreement after `last_day`. Members keep their part; what nobody pays any more shows as uncovered."""
    with transaction.atomic():
        Agreement.objects.filter(pk=agreement.pk).update(
            until_day=last_day, status=Agreement.Status.TERMINATED, ended_because=reason
        )
        record("funding.agreement_terminated", by=by, at=at, about=agreement, last_day=str(last_day))


DESCRIPTION = frozenset(
    {
        "name",
        "audience",
        "affiliation",
        "until_day",
        "notice_days",
        "classification",
        "given_on",
        "in_programme",
        "status",
    }
)
"""What may be said otherwise of an agreement without touching who pays: its first day and its partner stay."""


def describe(
    agreement: Agreement, *, by: Person | None, at: datetime, gardens: Iterable[Garden] | None = None, **fields: object
) -> None:
    """Change what an agreement says of itself (`DESCRIPTION`), and its gardens. Closed weeks keep what they were paid with.

    Refusal: GardenInUse when a garden that is taken away has baskets settled under this agreement.
    """
    unknown = fields.keys() - DESCRIPTION
    if unknown:
        raise TypeError(f"not part of an agreement's description: {sorted(unknown)}")
    with transaction.atomic():
        Agreement.objects.filter(pk=agreement.pk).update(**fields)
        if gardens is not None:
            kept = list(gardens)
            if Charge.objects.filter(agreement=agreement).exclude(garden__in=kept).exists():
                raise GardenInUse
            agreement.gardens.set(kept)
        record("funding.agreement_described", by=by, at=at, about=agreement, fields=sorted(fields))


class GardenInUse(Exception):
    """Baskets of that garden were settled under this agreement: end it there instead."""


def add_payer(agreement: Agreement, draft: PayerDraft, *, by: Person | None, at: datetime) -> AgreementPayer:
    """Add a payer after the others. It pays nothing until a tariff line says what it owes."""
    with transaction.atomic():
        last = agreement.payers.order_by("rank").last()
        payer = AgreementPayer.objects.create(
            agreement=agreement, rank=last.rank + 1 if last else 0, kind=draft.kind, partner=draft.partner,
            quota_baskets=draft.quota_baskets, quota_cents=draft.quota_cents,
        )  # fmt: skip
        record("funding.payer_added", by=by, at=at, about=agreement)
    return payer


def change_quota(
    payer: AgreementPayer, *, quota_baskets: int | None, quota_cents: int | None, by: Person | None, at: datetime
) -> None:
    """Set what a payer may spend in all, in baskets and in cents. The database refuses less than what is used."""
    with transaction.atomic():
        AgreementPayer.objects.filter(pk=payer.pk).update(quota_baskets=quota_baskets, quota_cents=quota_cents)
        record("funding.quota_changed", by=by, at=at, about=payer.agreement, baskets=quota_baskets)


def ask_exemption(
    agreement: Agreement, *, edition: Edition, max_member_bp: int, reason: str, from_day: date, until_day: date,
    by: Person | None, at: datetime,
) -> CapExemption:  # fmt: skip
    """Ask the network to let members of an agreement pay up to `max_member_bp` of the price, and say why."""
    with transaction.atomic():
        asked = CapExemption.objects.create(
            agreement=agreement,
            edition=edition,
            max_member_bp=max_member_bp,
            reason=reason,
            from_day=from_day,
            until_day=until_day,
        )
        record("funding.exemption_asked", by=by, at=at, about=asked)
    return asked


def answer_exemption(
    exemption: CapExemption, *, granted: bool, answer: str, on: date, by: Person | None, at: datetime
) -> None:
    """Grant or refuse an exemption, with a word of answer. An exemption is answered once."""
    status = CapExemption.Status.GRANTED if granted else CapExemption.Status.REFUSED
    with transaction.atomic():
        asked = CapExemption.objects.filter(pk=exemption.pk, status=CapExemption.Status.ASKED)
        if not asked.update(status=status, answer=answer, decided_by=by, decided_on=on):
            raise AlreadyAnswered
        record(f"funding.exemption_{status}", by=by, at=at, about=exemption)


class AlreadyAnswered(Exception):
    """Somebody answered this request first."""


# --- Correcting an agreement --------------------------------------------------------------------


class AgreementInUse(Exception):
    """Baskets were settled under this agreement, or households are supported by it: it ends, it does not go away."""


class TariffInUse(Exception):
    """Baskets were settled at this tariff, households are supported by it, or it is the only one."""


class TariffNameTaken(Exception):
    """The agreement has a tariff of that name already."""


def is_used(agreement: Agreement) -> bool:
    """Whether baskets were ever settled under it, taken back or not."""
    return Charge.objects.filter(agreement=agreement).exists()


@dataclass(frozen=True)
class Corrected:
    """A payer that stands (None: a new one) and what it becomes (None: it goes, with all that it owes)."""

    payer: AgreementPayer | None
    draft: PayerDraft | None


def correct_agreement(
    agreement: Agreement, *, partner: Partner, from_day: date, payers: Sequence[Corrected], by: Person | None, at: datetime
) -> None:  # fmt: skip
    """While nothing is settled under it: another main partner, first day, or payers, in the order given.

    Lines of the first day follow it. Refusals: AgreementInUse; TariffRefused when a line no longer stands on its day.
    """
    with transaction.atomic():
        take_turn()  # nobody closes a week meanwhile
        if is_used(agreement):
            raise AgreementInUse
        _move_lines(agreement, from_day)
        Agreement.objects.filter(pk=agreement.pk).update(partner=partner, from_day=from_day)
        agreement.refresh_from_db()
        _correct_payers(agreement, payers)
        check_lines(agreement)
        record("funding.agreement_corrected", by=by, at=at, about=agreement, from_day=str(from_day), payers=len(payers))


def _move_lines(agreement: Agreement, day: date) -> None:
    if day == agreement.from_day:
        return
    lines = TariffLine.objects.filter(tariff__agreement=agreement)
    there = set(lines.filter(from_day=day).values_list("tariff", "size_code"))
    for line in lines.filter(from_day=agreement.from_day):
        if (line.tariff_id, line.size_code) in there:
            line.delete()
        else:
            TariffLine.objects.filter(pk=line.pk).update(from_day=day)


def _correct_payers(agreement: Agreement, payers: Sequence[Corrected]) -> None:
    """Ranks are unique: the rows step aside before they take their place."""
    going = [one.payer.pk for one in payers if one.payer and one.draft is None]
    AgreementPayer.objects.filter(agreement=agreement, pk__in=going).delete()
    AgreementPayer.objects.filter(agreement=agreement).update(rank=F("rank") + 100)
    for rank, one in enumerate(one for one in payers if one.draft):
        assert one.draft is not None
        values = {
            "rank": rank, "kind": one.draft.kind, "partner": one.draft.partner,
            "quota_baskets": one.draft.quota_baskets, "quota_cents": one.draft.quota_cents,
        }  # fmt: skip
        if one.payer:
            AgreementPayer.objects.filter(pk=one.payer.pk).update(**values)
        else:
            AgreementPayer.objects.create(agreement=agreement, **values)


def check_lines(agreement: Agreement) -> None:
    """Check every line again, with the cap of its day, and keep that cap. Refusal: TariffRefused."""
    for tariff in agreement.tariffs.prefetch_related("lines__shares__payer__partner"):
        for line in tariff.lines.all():
            cap, exemption = cap_for(agreement, line.from_day)
            shares = (
                ShareRule(share.payer_id, queries.payer_class(share.payer), share.kind, share.cents, share.bp)
                for share in line.shares.all()
            )
            rule = replace(queries.line_rule(line, tuple(shares)), cap_bp=cap)
            if found := tariffs.refusals(rule):
                raise TariffRefused(rule, found)
            TariffLine.objects.filter(pk=line.pk).update(cap_bp=cap, exemption=exemption)


def withdraw_agreement(agreement: Agreement, *, by: Person | None, at: datetime) -> None:
    """Take back an agreement under which nothing was settled and nobody is supported. Refusal: AgreementInUse."""
    try:
        with transaction.atomic():
            take_turn()
            if is_used(agreement):
                raise AgreementInUse
            record("funding.agreement_withdrawn", by=by, at=at, about=agreement)
            agreement.tariffs.all().delete()
            agreement.exemptions.all().delete()
            agreement.delete()
    except ProtectedError:
        raise AgreementInUse from None


def resume(agreement: Agreement, *, until_day: date | None, by: Person | None, at: datetime) -> None:
    """An agreement that was ended goes on after all, until a day or without end."""
    with transaction.atomic():
        ended = Agreement.objects.filter(pk=agreement.pk, status=Agreement.Status.TERMINATED)
        if ended.update(status=Agreement.Status.ACTIVE, until_day=until_day, ended_because=""):
            record("funding.agreement_resumed", by=by, at=at, about=agreement, until_day=str(until_day or ""))


def add_tariff(
    agreement: Agreement, name: str, lines: Sequence[LineDraft], *, by: Person | None, at: datetime
) -> Tariff:  # fmt: skip
    """Write one more grid of an agreement (a bracket…). Refusals: TariffNameTaken, TariffRefused."""
    with transaction.atomic():
        _refuse_name(agreement, name)
        tariff = Tariff.objects.create(agreement=agreement, name=name)
        for line in lines:
            write_line(tariff, line)
        record("funding.tariff_added", by=by, at=at, about=agreement, sizes=[line.size_code for line in lines])
    return tariff


def rename_tariff(tariff: Tariff, name: str, *, by: Person | None, at: datetime) -> None:
    """Another name for a grid. Refusal: TariffNameTaken."""
    with transaction.atomic():
        _refuse_name(tariff.agreement, name, but=tariff)
        Tariff.objects.filter(pk=tariff.pk).update(name=name)
        record("funding.tariff_renamed", by=by, at=at, about=tariff.agreement)


def _refuse_name(agreement: Agreement, name: str, but: Tariff | None = None) -> None:
    same = agreement.tariffs.filter(name__iexact=name)
    if (same.exclude(pk=but.pk) if but else same).exists():
        raise TariffNameTaken


def withdraw_tariff(tariff: Tariff, *, by: Person | None, at: datetime) -> None:
    """Take back a grid that nothing was settled with, nobody is supported by, and that is not the only one. Refusal: TariffInUse."""
    try:
        with transaction.atomic():
            take_turn()
            alone = not tariff.agreement.tariffs.exclude(pk=tariff.pk).exists()
            if alone or Charge.objects.filter(agreement=tariff.agreement_id, line__tariff=tariff).exists():
                raise TariffInUse
            record("funding.tariff_withdrawn", by=by, at=at, about=tariff.agreement)
            tariff.delete()
    except ProtectedError:
        raise TariffInUse from None


def withdraw_line(line: TariffLine, *, today: date, by: Person | None, at: datetime) -> None:
    """Take back a line that was to hold from a later day, if its size or its grid has another. Refusal: LineInUse."""
    with transaction.atomic():
        take_turn()
        settled = Charge.objects.filter(agreement=line.tariff.agreement_id, line=line).exists()
        others = TariffLine.objects.filter(tariff=line.tariff_id).exclude(pk=line.pk)
        if settled or not others.exists() or not TariffLine.objects.filter(pk=line.pk, from_day__gt=today).exists():
            raise LineInUse
        record("funding.line_withdrawn", by=by, at=at, about=line.tariff.agreement, from_day=str(line.from_day))
        TariffLine.objects.filter(pk=line.pk).delete()


def withdraw_exemption(exemption: CapExemption, *, by: Person | None, at: datetime) -> None:
    """Take back a request that was not answered yet. Refusal: AlreadyAnswered."""
    with transaction.atomic():
        if not CapExemption.objects.filter(pk=exemption.pk, status=CapExemption.Status.ASKED).delete()[0]:
            raise AlreadyAnswered
        record("funding.exemption_withdrawn", by=by, at=at, about=exemption.agreement)

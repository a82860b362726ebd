"""What is asked of payers, what they answer, what they send. Everything takes a turn at the books first.

A number is given under that turn, in the transaction that writes its paper: nothing is claimed twice, and no number is lost.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Sum

from cageot.funding import journal
from cageot.funding.actions.books import Turn, take_turn
from cageot.funding.models import (
    Agreement,
    Billing,
    Claim,
    ClaimLine,
    ClaimTerms,
    Entity,
    Payment,
    PaymentPart,
    Tranche,
)
from cageot.funding.queries import claiming as queries
from cageot.funding.queries import granting as of_grants
from cageot.funding.queries.claiming import Draft
from cageot.funding.rules import claiming
from cageot.funding.rules.claiming import Claimed, Unit
from cageot.network.actions import Refused, record
from cageot.network.models import Garden, Partner, Person

Text = Callable[[Claim, Draft | None], dict[str, Any]]
"""All that a paper says, for its claim (numbered, not saved yet); the draft is None for a credit note of `claim.corrects`."""


class Changed(Refused):
    """What was to be claimed is no longer what was read: a week was closed, reopened, or somebody claimed it."""


class AlreadyAnswered(Refused):
    """The payer answered this claim already, or it was credited."""


class NotThatMuch(Refused):
    """More is refused, or paid, than is left. `left_cents`: what is."""

    def __init__(self, left_cents: int) -> None:
        super().__init__(left_cents)
        self.left_cents = left_cents


class TakenOffLater(Refused):
    """A later paper already took off what this claim asked. `least_cents`: what must stay of it."""

    def __init__(self, least_cents: int) -> None:
        super().__init__(least_cents)
        self.least_cents = least_cents


class OfAnother(Refused):
    """A payment goes to claims and tranches of the entity that received it only."""


# --- Asking ---------------------------------------------------------------------------------------


def issue(
    entity: Entity, *, gardens: Sequence[int], asked: Collection[str], today: date, until: date | None = None, text: Text,
    by: Person | None, at: datetime,
) -> list[Claim]:  # fmt: skip
    """Number and freeze the claims whose fingerprints were read (`asked`), all or nothing.

    Asked again for the same, gives the claims that were written then. Refusal: Changed.
    """
    with transaction.atomic():
        turn = take_turn()
        written = list(Claim.objects.filter(entity=entity, digest__in=list(asked)).order_by("pk"))
        left = set(asked) - {claim.digest for claim in written}
        if not left:
            return written
        drafts = [
            draft for draft in queries.to_claim(entity, gardens, today, until=until).ready if draft.digest in left
        ]
        if len(drafts) != len(left):
            raise Changed
        numbers = _numbers(entity, today)
        made = [_write(turn, entity, draft, numbers, today, text, by, at) for draft in drafts]
    return written + made


@dataclass
class _Numbers:
    """The series of an entity and a year, under the turn."""

    year: int
    last: int

    def next(self) -> int:
        self.last += 1
        return self.last


def _numbers(entity: Entity, today: date) -> _Numbers:
    last = Claim.objects.filter(entity=entity, year=today.year).aggregate(last=Max("sequence"))["last"]
    return _Numbers(today.year, last or 0)


def _write(
    turn: Turn, entity: Entity, draft: Draft, numbers: _Numbers, today: date, text: Text, by: Person | None, at: datetime
) -> Claim:  # fmt: skip
    sequence = numbers.next()
    claim = Claim(
        entity=entity, year=numbers.year, sequence=sequence, number=claiming.number_of(numbers.year, sequence), kind=draft.kind,
        partner=draft.partner, agreement=draft.agreement, tranche=draft.tranche, from_day=draft.from_day, until_day=draft.until,
        issued_on=today, due_on=today + timedelta(days=draft.due_days), corrects=draft.corrects, digest=draft.digest,
        reason=(USED_LESS if draft.tranche else TAKEN_BACK) if draft.corrects else "", total_cents=draft.total_cents, at=at, by=by,
    )  # fmt: skip
    if draft.tranche and draft.total_cents > 0:
        claim.advance_cents = claim.paid_cents = min(max(advance_left(draft.tranche), 0), draft.total_cents)
    claim.text = text(claim, draft)
    claim.save(force_insert=True)
    ClaimLine.objects.bulk_create(
        ClaimLine(
            claim=claim, **_is_of(draft, unit), revision=unit.times + 1, sign=1, baskets=draft.baskets.get(unit.key, 0),
            cents=unit.left,
        )
        for unit in draft.units
    )  # fmt: skip
    if draft.corrects:
        _set_off(claim, draft.corrects)
    _keep(draft.tranche)
    journal.of_claim(turn, claim, by=by, at=at)
    record("funding.claim_issued", by=by, at=at, about=claim, number=claim.number, lines=len(draft.units))
    return claim


TAKEN_BACK = "Semaines reprises après avoir été demandées."
"""Why a credit note is made of weeks that were reopened."""
USED_LESS = "Dépenses reprises après avoir été demandées."
"""The same of a fund: baskets, a grant or a session that it pays no more."""

OF = {claiming.SETTLED: "settled_id", claiming.GRANT: "grant_id", claiming.SESSION: "use_id"}
"""Which column of a line names a unit of a tranche."""


def _is_of(draft: Draft, unit: Unit) -> dict[str, int]:
    first, second = unit.key
    return {OF[first]: second} if draft.tranche else {"payer_id": first, "entry_id": second}


def advance_left(tranche: Tranche) -> int:
    """What came in for a tranche before any claim, and that no claim has used up, in cents."""
    came = PaymentPart.objects.filter(tranche=tranche).aggregate(cents=Sum("cents"))["cents"] or 0
    used = Claim.objects.filter(tranche=tranche).aggregate(cents=Sum("advance_cents"))["cents"] or 0
    return int(came - used)


def returnable(tranche: Tranche) -> int:
    """What may go back to a tranche's funder, in cents: it came, no claim has used it up, it was used for nothing, and what is
    notified then still holds what open calls for projects may grant."""
    return returnable_of([tranche])[tranche.pk]


def returnable_of(tranches: Iterable[Tranche]) -> dict[int, int]:
    """The same of several. Four queries."""
    rows = {one.pk: one for one in tranches}
    parts = PaymentPart.objects.filter(tranche__in=rows).values_list("tranche")
    came = dict(parts.annotate(total=Sum("cents")).order_by())
    claims = Claim.objects.filter(tranche__in=rows).values_list("tranche")
    gone = dict(claims.annotate(total=Sum("advance_cents")).order_by())
    kept = of_grants.kept_for_calls(rows)
    ahead = {pk: came.get(pk, 0) - gone.get(pk, 0) for pk in rows}
    return {pk: max(0, min(ahead[pk], _free(one, kept.get(pk, 0)))) for pk, one in rows.items()}


def _free(tranche: Tranche, kept_cents: int) -> int:
    """What of the money that came for a tranche may leave it, in cents: it serves nothing, and of what is notified enough stays
    for what it was used for and keeps. A promise does not change when its money leaves."""
    unused = tranche.received_cents - tranche.used_cents
    if tranche.notified_cents is None:
        return unused
    serves_nothing = tranche.notified_cents - tranche.used_cents - kept_cents
    return min(unused, _beyond(tranche) + max(0, serves_nothing))


def _beyond(tranche: Tranche) -> int:
    """What came for a tranche beyond its notified amount, in cents."""
    return max(0, tranche.received_cents - (tranche.notified_cents or 0))


def _set_off(credit: Claim, claim: Claim) -> None:
    """Take a credit note off what is left to pay of the claim that it corrects; the advance it no longer needs is freed."""
    claim.refresh_from_db()
    amount = -credit.total_cents
    freed = min(claim.advance_cents, max(0, amount - claim.open_cents))
    off = min(amount, claim.open_cents + freed)
    Claim.objects.filter(pk=claim.pk).update(
        advance_cents=F("advance_cents") - freed, paid_cents=F("paid_cents") - freed, credited_cents=F("credited_cents") + off
    )  # fmt: skip
    Claim.objects.filter(pk=credit.pk).update(paid_cents=-off)
    credit.paid_cents = -off
    claim.refresh_from_db()


def _keep(tranche: Tranche | None) -> None:
    """What the tranche says of itself: claimed, justified (accepted, and still claimed), received."""
    if tranche is None:
        return
    claims = Claim.objects.filter(tranche=tranche)
    claimed = claims.aggregate(cents=Sum("total_cents"))["cents"] or 0
    accepted = claims.exclude(state=Claim.State.CREDITED).aggregate(cents=Sum("accepted_cents"))["cents"] or 0
    came = PaymentPart.objects.filter(tranche=tranche) | PaymentPart.objects.filter(claim__tranche=tranche)
    received = came.aggregate(cents=Sum("cents"))["cents"] or 0
    Tranche.objects.filter(pk=tranche.pk).update(
        claimed_cents=max(claimed, 0), justified_cents=max(min(accepted, claimed), 0), received_cents=max(received, 0)
    )


def send(claims: Iterable[Claim], *, on: date, by: Person | None, at: datetime) -> int:
    """Note that papers left (by mail, by hand, on the portal). How many were noted."""
    with transaction.atomic():
        rows = Claim.objects.filter(pk__in=[claim.pk for claim in claims], sent_on=None)
        found = list(rows)
        rows.update(sent_on=on)
        for claim in found:
            record("funding.claim_sent", by=by, at=at, about=claim, number=claim.number)
    return len(found)


# --- Answers, credit notes ------------------------------------------------------------------------


def accept(claim: Claim, *, on: date, by: Person | None, at: datetime) -> None:
    """The payer accepts the whole of it; of a tranche, that justifies it. Refusal: AlreadyAnswered."""
    with transaction.atomic():
        take_turn()
        one = _waiting(claim)
        _answered(one, Claim.State.ACCEPTED, on, "", accepted=asked_of(one))
        _keep(one.tranche)
        record("funding.claim_accepted", by=by, at=at, about=one, number=one.number)


def dispute(claim: Claim, *, answer: str, on: date, by: Person | None, at: datetime) -> None:
    """The payer disputes it: nothing moves until it is accepted, in part or not, or credited. Refusal: AlreadyAnswered."""
    with transaction.atomic():
        take_turn()
        one = _waiting(claim)
        _answered(one, Claim.State.DISPUTED, on, answer, accepted=None)
        record("funding.claim_disputed", by=by, at=at, about=one, number=one.number)


def accept_in_part(
    claim: Claim, *, accepted_cents: int, answer: str, on: date, answered_on: date | None = None, text: Text,
    by: Person | None, at: datetime,
) -> Claim:  # fmt: skip
    """The payer pays that much of it: a credit note of the difference is made, which is given back. `on`: the day of that
    paper; `answered_on`: when the payer answered, if it was another day.

    What an agreement's payer refuses, the garden bears: it is not asked again. What a fund refuses may be settled otherwise.
    Refusals: AlreadyAnswered; NotThatMuch (it accepts nothing, all, or more than all: say so otherwise); TakenOffLater (what
    it refuses was taken off by a later paper).
    """
    with transaction.atomic():
        turn = take_turn()
        one = _waiting(claim)
        total = asked_of(one)
        if not 0 < accepted_cents < total:
            raise NotThatMuch(total)
        left = _standing(one)
        least = total - _within(one, sum(line.cents for line in left if line.cents > 0))
        if accepted_cents < least:
            raise TakenOffLater(least)
        taken = claiming.give_back(left, total - accepted_cents)
        made = _credit(
            turn, one, taken, refused=one.agreement_id is not None, reason=answer, on=on, text=text, by=by, at=at
        )
        _answered(one, Claim.State.PARTLY, answered_on or on, answer, accepted=accepted_cents)
        _keep(one.tranche)
        record("funding.claim_accepted_in_part", by=by, at=at, about=one, number=one.number)
    return made


def credit(claim: Claim, *, reason: str, on: date, text: Text, by: Person | None, at: datetime) -> Claim:
    """Take back the whole of what is left of a claim, by a credit note: what it asked may be claimed again.

    Refusals: AlreadyAnswered, when it was credited already, or is itself a credit note; TakenOffLater, when a later paper took
    off what it asked.
    """
    with transaction.atomic():
        turn = take_turn()
        one = Claim.objects.select_related("entity", "partner", "agreement", "tranche__fund").get(pk=claim.pk)
        if one.corrects_id or one.state == Claim.State.CREDITED:
            raise AlreadyAnswered
        left = [line for line in _standing(one) if line.cents]
        all_of_them = sum(line.cents for line in left)
        cents = min(all_of_them, asked_of(one))
        if cents <= 0 or cents > _within(one, cents):
            raise TakenOffLater(asked_of(one))
        if cents < all_of_them:  # a credit note of weeks or costs taken back came before
            left = claiming.give_back(left, cents)
        made = _credit(turn, one, left, refused=False, reason=reason, on=on, text=text, by=by, at=at)
        Claim.objects.filter(pk=one.pk).update(state=Claim.State.CREDITED)
        _keep(one.tranche)
        record("funding.claim_credited", by=by, at=at, about=one, number=one.number)
    return made


def _waiting(claim: Claim) -> Claim:
    """The claim as it is now, if it may be answered."""
    one = Claim.objects.select_related("entity", "partner", "agreement", "tranche__fund").get(pk=claim.pk)
    if one.corrects_id or one.state not in (Claim.State.SENT, Claim.State.DISPUTED):
        raise AlreadyAnswered
    return one


def _answered(claim: Claim, state: str, on: date, answer: str, *, accepted: int | None) -> None:
    Claim.objects.filter(pk=claim.pk).update(state=state, answered_on=on, answer=answer, accepted_cents=accepted)


def asked_of(claim: Claim) -> int:
    """What a claim still asks, in cents: its total less its credit notes, whatever was paid of it."""
    credited = claim.corrections.aggregate(cents=Sum("total_cents"))["cents"] or 0
    return max(0, claim.total_cents + credited)


def _within(claim: Claim, cents: int) -> int:
    """So many cents, or what stands claimed of a claim's tranche if it is less: the claims of a tranche never come below zero."""
    return cents if claim.tranche is None else min(cents, claim.tranche.claimed_cents)


def _standing(claim: Claim) -> list[Claimed]:
    """The lines of a claim with what its credit notes left of them, in the order of their days; what a later paper took off
    comes first, so that it is the last to be given back. A constant number of queries.

    Of a grant never more than all claims ask for it: one that came to less was asked less, on a line of another claim.
    """
    given: dict[tuple[int | None, ...], int] = defaultdict(int)
    back = ClaimLine.objects.filter(claim__corrects=claim, sign=-1)
    for *what, cents in back.values_list(*IS_OF, "cents"):
        given[tuple(what)] += cents
    rows = claim.lines.select_related("entry", "settled", "grant", "use")
    asked = _asked_for(claim)
    stands = {line.pk for line in rows if line.settled_id or asked[_thing(line)] > 0}
    ordered = sorted(rows, key=lambda line: (line.pk in stands, _day_of(line), line.pk))
    left = {line.pk: line.cents + given[tuple(getattr(line, name) for name in IS_OF)] for line in ordered}
    for line in ordered:
        if line.grant_id and line.cents > 0:
            left[line.pk] = max(0, min(left[line.pk], asked[_thing(line)]))
    return [Claimed(line.pk, line.baskets, left[line.pk]) for line in ordered]


Thing = tuple[int | None, ...]
"""What a line is of, and what takes it back is of too: payer and entry, a grant, or a cost."""


def _asked_for(claim: Claim) -> dict[Thing, int]:
    """What all claims of an agreement or a tranche ask for each thing, less what they took back of it, in cents. What was settled
    is left out: a line of it is never taken back by another. One query."""
    rows = ClaimLine.objects.filter(claim__agreement=claim.agreement_id, claim__tranche=claim.tranche_id, settled=None)
    of = rows.values_list("payer", "entry", "entry__reverses", "grant", "use", "use__reverses")
    found: dict[Thing, int] = defaultdict(int)
    for payer, entry, entry_before, grant, use, use_before, cents in of.annotate(total=Sum("cents")).order_by():
        found[payer, entry_before or entry, grant, use_before or use] += cents
    return found


def _thing(line: ClaimLine) -> Thing:
    entry = line.entry.reverses_id or line.entry.pk if line.entry else None
    use = line.use.reverses_id or line.use.pk if line.use else None
    return line.payer_id, entry, line.grant_id, use


IS_OF = ("payer_id", "entry_id", "settled_id", "grant_id", "use_id")


def _day_of(line: ClaimLine) -> date:
    """The day of what a line is of."""
    if line.grant:
        assert line.grant.decided_on is not None
        return line.grant.decided_on
    found = line.entry or line.settled or line.use
    assert found is not None
    return found.day


def _credit(
    turn: Turn, claim: Claim, taken: Sequence[Claimed], *, refused: bool, reason: str, on: date, text: Text,
    by: Person | None, at: datetime,
) -> Claim:  # fmt: skip
    total = -sum(one.cents for one in taken)
    numbers = _numbers(claim.entity, on)
    sequence = numbers.next()
    made = Claim(
        entity=claim.entity, year=numbers.year, sequence=sequence, number=claiming.number_of(numbers.year, sequence),
        kind=Claim.Kind.CREDIT, partner=claim.partner, agreement=claim.agreement, tranche=claim.tranche, from_day=claim.from_day,
        until_day=claim.until_day, issued_on=on, due_on=on, corrects=claim, reason=reason, refused=refused, total_cents=total,
        digest=_digest_of_credit(claim, total), at=at, by=by,
    )  # fmt: skip
    made.text = text(made, None)
    made.save(force_insert=True)
    rows = claim.lines.in_bulk([one.line for one in taken])
    ClaimLine.objects.bulk_create(
        ClaimLine(
            claim=made, **{name: getattr(rows[one.line], name) for name in IS_OF}, revision=rows[one.line].revision, sign=-1,
            baskets=-one.baskets, cents=-one.cents,
        )
        for one in taken
    )  # fmt: skip
    _set_off(made, claim)
    journal.of_claim(turn, made, by=by, at=at)
    return made


def _digest_of_credit(claim: Claim, total: int) -> str:
    count = claim.corrections.count()
    return hashlib.sha256(f"credit|{claim.pk}|{count}|{total}".encode()).hexdigest()


# --- Payments -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """What of a payment goes where: to a claim, or to a tranche in advance. Cents; below zero on a credit note, or when a tranche's
    money goes back to its funder."""

    cents: int
    claim: Claim | None = None
    tranche: Tranche | None = None


def receive(
    entity: Entity, *, partner: Partner | None, day: date, cents: int, means: str, reference: str, once: str,
    parts: Sequence[Part] = (), by: Person | None, at: datetime,
) -> Payment:  # fmt: skip
    """Note a payment and what it is for; the rest waits. The same form (`once`) sent twice is one payment.

    Refusals: NotThatMuch (more than the payment, or than is left to pay), OfAnother.
    """
    with transaction.atomic():
        turn = take_turn()
        found = Payment.objects.filter(once=once).first()
        if found:
            return found
        made = Payment.objects.create(
            entity=entity, partner=partner, day=day, cents=cents, means=means, reference=reference, once=once, by=by, at=at
        )  # fmt: skip
        _match(turn, made, parts, by, at)
        record("funding.payment_noted", by=by, at=at, about=made, parts=len(parts))
    return made


def match(payment: Payment, parts: Sequence[Part], *, by: Person | None, at: datetime) -> None:
    """Say what the rest of a payment is for. Refusals: NotThatMuch, OfAnother."""
    with transaction.atomic():
        turn = take_turn()
        _match(turn, Payment.objects.get(pk=payment.pk), parts, by, at)
        record("funding.payment_matched", by=by, at=at, about=payment, parts=len(parts))


def _match(turn: Turn, payment: Payment, parts: Sequence[Part], by: Person | None, at: datetime) -> None:
    asked = sum(part.cents for part in parts)
    left = payment.cents - (payment.parts.aggregate(cents=Sum("cents"))["cents"] or 0)
    if asked > left if payment.cents > 0 else asked < left:
        raise NotThatMuch(left)
    for part in parts:
        if part.claim is not None:
            _pay_claim(payment, part.claim, part.cents)
        else:
            assert part.tranche is not None
            _pay_ahead(payment, part.tranche, part.cents)
    journal.of_payment(turn, payment, by=by, at=at)


def _pay_claim(payment: Payment, claim: Claim, cents: int) -> None:
    one = Claim.objects.select_related("tranche").get(pk=claim.pk)
    if one.entity_id != payment.entity_id:
        raise OfAnother
    if not 0 < cents <= one.open_cents and not one.open_cents <= cents < 0:
        raise NotThatMuch(one.open_cents)
    PaymentPart.objects.create(payment=payment, claim=one, cents=cents)
    Claim.objects.filter(pk=one.pk).update(paid_cents=F("paid_cents") + cents)
    _keep(one.tranche)


def _pay_ahead(payment: Payment, tranche: Tranche, cents: int) -> None:
    one = Tranche.objects.select_related("fund").get(pk=tranche.pk)
    if one.fund.entity_id != payment.entity_id:
        raise OfAnother
    if payment.cents < 0:
        return _give_back(payment, one, cents)
    announced = one.promised_cents if one.notified_cents is None else one.notified_cents
    room = max(0, announced - one.received_cents)
    if not 0 < cents <= room:
        raise NotThatMuch(room)
    PaymentPart.objects.create(payment=payment, tranche=one, cents=cents)
    _keep(one)


def _give_back(payment: Payment, tranche: Tranche, cents: int) -> None:
    """Money that was not used goes back to its funder: first what came beyond the notified amount, then so much less is
    notified. What was owed at a closing is paid."""
    room = returnable(tranche)
    if not -room <= cents < 0:
        raise NotThatMuch(room)
    lowered = 0 if tranche.notified_cents is None else max(0, -cents - _beyond(tranche))
    PaymentPart.objects.create(payment=payment, tranche=tranche, cents=cents, lowered_cents=lowered)
    Tranche.objects.filter(pk=tranche.pk).update(notified_cents=F("notified_cents") - lowered)
    _keep(tranche)


def unmatch(payment: Payment, *, by: Person | None, at: datetime) -> None:
    """A payment was matched with what it was not for: all of it waits again. Refusal: NotThatMuch, when its advance is used."""
    with transaction.atomic():
        turn = take_turn()
        _unmatch(turn, payment, by, at)
        record("funding.payment_unmatched", by=by, at=at, about=payment)


def _unmatch(turn: Turn, payment: Payment, by: Person | None, at: datetime) -> None:
    for part in payment.parts.select_related("claim__tranche", "tranche"):
        part.delete()
        if part.tranche and part.lowered_cents:
            Tranche.objects.filter(pk=part.tranche.pk).update(notified_cents=F("notified_cents") + part.lowered_cents)
        if part.claim:
            Claim.objects.filter(pk=part.claim.pk).update(paid_cents=F("paid_cents") - part.cents)
        elif part.tranche and advance_left(part.tranche) < 0:
            raise NotThatMuch(part.cents + advance_left(part.tranche))
        _keep(part.tranche or (part.claim.tranche if part.claim else None))
    journal.of_payment(turn, payment, by=by, at=at)


def withdraw_payment(payment: Payment, *, by: Person | None, at: datetime) -> None:
    """A payment that never was: the books say its contrary, and it goes. Refusal: NotThatMuch."""
    with transaction.atomic():
        turn = take_turn()
        _unmatch(turn, payment, by, at)
        lines, times = journal.told(payment.entity, "payment", payment.pk)
        journal.write(
            payment.entity, journal="BQ", day=payment.day, label="Encaissement noté par erreur", piece=payment.reference or f"ENC-{payment.pk}",
            lines=[journal.Line(line.account, -line.cents, line.partner, line.garden, line.other) for line in lines],
            event=journal.Event(f"payment+{times + 1}", payment.pk), by=by, at=at,
        )  # fmt: skip
        record("funding.payment_withdrawn", by=by, at=at, about=payment)
        Payment.objects.filter(pk=payment.pk).delete()


# --- How payers are asked -------------------------------------------------------------------------


def set_billing(partner: Partner, values: Mapping[str, Any], *, by: Person | None, at: datetime) -> None:
    """How a partner wants to be asked, and its SIRET."""
    values = dict(values)
    with transaction.atomic():
        if "siret" in values:
            Partner.objects.filter(pk=partner.pk).update(siret=values.pop("siret"))
        Billing.objects.update_or_create(partner=partner, defaults=values)
        record("funding.billing_set", by=by, at=at, about=partner)


def set_terms(
    agreement: Agreement, *, rhythm: str, due_days: int, engagement: str, by: Person | None, at: datetime
) -> None:
    """When the payers of an agreement are asked, and how long they have."""
    with transaction.atomic():
        ClaimTerms.objects.update_or_create(
            agreement=agreement, defaults={"rhythm": rhythm, "due_days": due_days, "engagement": engagement}
        )
        record("funding.terms_set", by=by, at=at, about=agreement, rhythm=rhythm, due_days=due_days)


def entity_for(garden: Garden | None) -> Entity:
    """The legal person that claims: a garden's, or the network head's. Made on first need: for who writes."""
    return journal.entity_of(garden) if garden else journal.head()

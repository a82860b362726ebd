"""What is done to households: welcoming them, their membership, their support."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Model, Q

from cageot.funding.models import Agreement, Tariff
from cageot.members.models import Household, Member, Membership, MembershipFee, Support
from cageot.network import outbox
from cageot.network.actions import record
from cageot.network.models import Garden, Partner, Person


class Refused(Exception):
    """An action that may not be done now; nothing was written."""


class SupportOverlaps(Refused):
    """The household already has a support on some of these days: `existing`."""

    def __init__(self, existing: Support) -> None:
        self.existing = existing


class OutsideAgreement(Refused):
    """The agreement does not run on these days, or does not serve this garden."""


def folded(text: str) -> str:
    """Lower case without accents, for searching."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def search_text(member: Member, number: str) -> str:
    """What a member is found by: number, names, e-mail, and phone without spaces."""
    phones = " ".join("".join(filter(str.isdigit, phone)) for phone in (member.phone, member.mobile))
    return folded(f"{number} {member.last_name} {member.first_name} {member.last_name} {member.email} {phones}")[:200]


def welcome(
    garden: Garden, *, number: str, contact: Member, joined_on: date, by: Person | None, at: datetime, **details: object
) -> Household:
    """Create a household and its contact. `details`: adults, children, language, address, postcode, town,
    commune_code, reach_through. No way of being reached is compulsory."""
    with transaction.atomic():
        household = Household.objects.create(garden=garden, number=number, joined_on=joined_on, **details)
        contact.household, contact.contact = household, True
        contact.search = search_text(contact, number)
        contact.save(force_insert=True)
        record("members.welcomed", by=by, at=at, garden=garden, about=household)
    return household


def amend(
    household: Household, *, contact: Mapping[str, object], details: Mapping[str, object], by: Person | None, at: datetime
) -> list[str]:  # fmt: skip
    """Change what is known of a household and of its contact. Writes and logs only what differs; returns those names."""
    with transaction.atomic():
        person = Member.objects.select_for_update().get(household=household, contact=True)
        reached = _reached(person)
        changed = _set(household, details) | _set(person, contact)
        if changed:
            household.save(update_fields=[name for name in details if name in changed])
            person.save(update_fields=[name for name in contact if name in changed])
            _leave_behind(reached - _reached(person))
            _index(household)
            record("members.amended", by=by, at=at, garden=household.garden, about=household, fields=sorted(changed))
    return sorted(changed)


def _reached(one: Member) -> set[tuple[str, str]]:
    """Where somebody is written to: (channel, address or number)."""
    return {(channel, to) for channel, to in (("mail", one.email), ("sms", one.mobile)) if to}


def _leave_behind(ways: Iterable[tuple[str, str]]) -> None:
    """Nobody is reached there any more: that it came back is forgotten."""
    for channel, to in ways:
        others = Q(email__iexact=to) if channel == "mail" else Q(mobile=to)
        if not Member.objects.filter(others).exists():
            outbox.mend(channel, to)


def _index(household: Household) -> None:
    """Everybody of a household is found by their name as it is now, and by the household's number."""
    for one in household.members.all():
        Member.objects.filter(pk=one.pk).update(search=search_text(one, household.number))


# --- The people of a household ------------------------------------------------------------------


class IsTheContact(Refused):
    """The garden speaks to this person: choose somebody else first."""


def add_person(household: Household, values: Mapping[str, object], *, by: Person | None, at: datetime) -> Member:
    """One more person in a household. `values`: civility, first_name, last_name, email, phone, mobile."""
    with transaction.atomic():
        made = Member(household=household, contact=False, **values)
        made.search = search_text(made, household.number)
        made.save(force_insert=True)
        record("members.person_added", by=by, at=at, garden=household.garden, about=household)
    return made


def amend_person(one: Member, values: Mapping[str, object], *, by: Person | None, at: datetime) -> list[str]:
    """Change what is known of somebody; returns the names of what differs."""
    with transaction.atomic():
        reached = _reached(one)
        changed = _set(one, values)
        if changed:
            one.save(update_fields=sorted(changed))
            _leave_behind(reached - _reached(one))
            _index(one.household)
            record(
                "members.person_amended",
                by=by,
                at=at,
                garden=one.household.garden,
                about=one.household,
                fields=sorted(changed),
            )
    return sorted(changed)


def speak_to(one: Member, *, by: Person | None, at: datetime) -> None:
    """From now on the garden speaks to this person of the household."""
    with transaction.atomic():
        Household.objects.select_for_update().get(pk=one.household_id)  # two hands at once: one contact
        Member.objects.filter(household=one.household_id).update(contact=False)
        Member.objects.filter(pk=one.pk).update(contact=True)
        record("members.contact_changed", by=by, at=at, garden=one.household.garden, about=one.household)


def remove_person(one: Member, *, by: Person | None, at: datetime) -> None:
    """Somebody is no longer of the household. Refusal: IsTheContact."""
    with transaction.atomic():
        if not Member.objects.filter(pk=one.pk, contact=False).delete()[0]:
            raise IsTheContact
        record("members.person_removed", by=by, at=at, garden=one.household.garden, about=one.household)


# --- Coming and going ---------------------------------------------------------------------------


def _set(row: Model, values: Mapping[str, object]) -> set[str]:
    changed = {name for name, value in values.items() if getattr(row, name) != value}
    for name in changed:
        setattr(row, name, values[name])
    return changed


def leave(household: Household, *, last_day: date, by: Person | None, at: datetime) -> None:
    """The household leaves the garden after `last_day`. Its subscription and support are ended apart."""
    with transaction.atomic():
        Household.objects.filter(pk=household.pk).update(left_on=last_day)
        record("members.left", by=by, at=at, garden=household.garden, about=household, last_day=str(last_day))


def come_back(household: Household, *, by: Person | None, at: datetime) -> None:
    """The household is of the garden again. What had ended stays so."""
    with transaction.atomic():
        Household.objects.filter(pk=household.pk).update(left_on=None)
        record("members.came_back", by=by, at=at, garden=household.garden, about=household)


def next_number(garden: Garden) -> str:
    """The number after the highest of the garden's."""
    numbers = Household.objects.filter(garden=garden).values_list("number", flat=True)
    return str(max((int(number) for number in numbers if number.isdigit()), default=0) + 1)


def join(
    household: Household, *, kind: str, fee_cents: int, from_day: date, until_day: date | None, paid_on: date | None,
    by: Person | None, at: datetime, paid_by: Partner | None = None,
) -> Membership:  # fmt: skip
    """Take a membership of the association for a period; the fee is in cents. `paid_by`: the partner who pays it."""
    with transaction.atomic():
        membership = Membership.objects.create(
            household=household, kind=kind, fee_cents=fee_cents, from_day=from_day, until_day=until_day, paid_on=paid_on,
            paid_by=paid_by,
        )  # fmt: skip
        record("members.joined", by=by, at=at, garden=household.garden, about=membership)
    return membership


class FeeHolds(Refused):
    """This fee holds already: say another one, from a later day."""


def set_fee(
    garden: Garden, *, kind: str, cents: int, from_day: date, by: Person | None, at: datetime
) -> MembershipFee:  # fmt: skip
    """What a kind of membership costs from a day on, in cents. Memberships taken before keep theirs."""
    with transaction.atomic():
        fee, _made = MembershipFee.objects.update_or_create(
            garden=garden, kind=kind, from_day=from_day, defaults={"cents": cents}
        )
        record("members.fee_set", by=by, at=at, garden=garden, about=garden, kind=kind, from_day=str(from_day))
    return fee


def withdraw_fee(fee: MembershipFee, *, today: date, by: Person | None, at: datetime) -> None:
    """Take back a fee that was to hold from a later day. Refusal: FeeHolds."""
    with transaction.atomic():
        if not MembershipFee.objects.filter(pk=fee.pk, from_day__gt=today).delete()[0]:
            raise FeeHolds
        record("members.fee_withdrawn", by=by, at=at, garden=fee.garden, about=fee.garden, kind=fee.kind)


def note_paid(membership: Membership, *, on: date, by: Person | None, at: datetime) -> None:
    """The fee of a membership was received on that day."""
    with transaction.atomic():
        Membership.objects.filter(pk=membership.pk).update(paid_on=on)
        record("members.membership_paid", by=by, at=at, garden=membership.household.garden, about=membership)


def amend_membership(
    membership: Membership, values: Mapping[str, object], *, by: Person | None, at: datetime
) -> list[str]:  # fmt: skip
    """Correct a membership: kind, fee_cents, from_day, until_day, paid_on. Returns the names of what differs."""
    with transaction.atomic():
        changed = sorted(_set(membership, values))
        if changed:
            membership.save(update_fields=changed)
            record(
                "members.membership_amended",
                by=by,
                at=at,
                garden=membership.household.garden,
                about=membership,
                fields=changed,
            )
    return changed


def withdraw_membership(membership: Membership, *, by: Person | None, at: datetime) -> None:
    """Take back a membership that was noted by mistake."""
    with transaction.atomic():
        record(
            "members.membership_withdrawn", by=by, at=at, garden=membership.household.garden, about=membership.household
        )
        membership.delete()


# --- Support ------------------------------------------------------------------------------------


def support(
    household: Household, *, agreement: Agreement, tariff: Tariff, from_day: date, until_day: date | None,
    by: Person | None, at: datetime, renews: Support | None = None,
) -> Support:  # fmt: skip
    """Open a period of support. Refusals: SupportOverlaps, OutsideAgreement."""
    _refuse_outside(household, agreement, tariff, from_day)
    with transaction.atomic():
        Household.objects.select_for_update().get(pk=household.pk)  # two hands at once: one support
        if existing := Support.objects.filter(household=household).between(from_day, until_day or date.max).first():
            raise SupportOverlaps(existing)
        made = Support.objects.create(
            household=household,
            agreement=agreement,
            tariff=tariff,
            from_day=from_day,
            until_day=until_day,
            renews=renews,
        )
        record(
            "members.support_renewed" if renews else "members.supported",
            by=by,
            at=at,
            garden=household.garden,
            about=made,
        )
    return made


def _refuse_outside(household: Household, agreement: Agreement, tariff: Tariff, from_day: date) -> None:
    ended = agreement.until_day is not None and from_day > agreement.until_day
    if (
        ended
        or from_day < agreement.from_day
        or agreement.status == Agreement.Status.DRAFT
        or tariff.agreement_id != agreement.pk
    ):
        raise OutsideAgreement
    if not agreement.gardens.filter(pk=household.garden_id).exists():
        raise OutsideAgreement


def correct_support(
    existing: Support, *, agreement: Agreement, tariff: Tariff, from_day: date, until_day: date | None, by: Person | None, at: datetime
) -> None:  # fmt: skip
    """Set right the agreement, the tariff or the days of a support. Refusals: SupportOverlaps, OutsideAgreement.

    Whoever calls has seen to it that nothing is settled with what changes.
    """
    household = existing.household
    _refuse_outside(household, agreement, tariff, from_day)
    with transaction.atomic():
        Household.objects.select_for_update().get(pk=household.pk)
        others = Support.objects.filter(household=household).exclude(pk=existing.pk)
        if other := others.between(from_day, until_day or date.max).first():
            raise SupportOverlaps(other)
        Support.objects.filter(pk=existing.pk).update(
            agreement=agreement, tariff=tariff, from_day=from_day, until_day=until_day
        )
        record("members.support_corrected", by=by, at=at, garden=household.garden, about=existing)


def renew(existing: Support, *, until_day: date, by: Person | None, at: datetime) -> Support:
    """Go on with the same agreement and tariff, from the day after, until `until_day`."""
    assert existing.until_day is not None
    return support(
        existing.household, agreement=existing.agreement, tariff=existing.tariff,
        from_day=existing.until_day + timedelta(days=1), until_day=until_day, by=by, at=at, renews=existing,
    )  # fmt: skip


def end_support(existing: Support, *, last_day: date, by: Person | None, at: datetime) -> None:
    """End a support early, after `last_day`. Closed weeks keep what they were paid with."""
    with transaction.atomic():
        Support.objects.filter(pk=existing.pk).update(until_day=max(last_day, existing.from_day))
        record(
            "members.support_ended",
            by=by,
            at=at,
            garden=existing.household.garden,
            about=existing,
            last_day=str(last_day),
        )


def withdraw_support(existing: Support, *, by: Person | None, at: datetime) -> None:
    """Take back a support that has not started."""
    with transaction.atomic():
        record("members.support_withdrawn", by=by, at=at, garden=existing.household.garden, about=existing)
        existing.delete()

"""Referrals: links for those who refer, what they send, and each step of the answer.

What may follow what is decided by `rules/referral.py`. Every step takes the referral as it was read: when somebody was
faster, nothing is written and `Meanwhile` says where it stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.timezone import localtime

from cageot.core.tabular.phones import display_phone
from cageot.funding.models import Agreement
from cageot.members import referral_words as words
from cageot.members.models import Consent, Household, Referral, ReferralLink, ReferralStep, ReferralWays
from cageot.members.rules import referral as rules
from cageot.members.telling import Words, in_language, tell_person
from cageot.network.actions import Refused, record
from cageot.network.models import Garden, Message, Partner, Person, Role, Unreachable
from cageot.network.secrets import derived, digest, secret

Side = ReferralStep.Side
State = Referral.State


class NotNow(Refused):
    """This step does not follow from where the referral stands: `state`."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class Meanwhile(NotNow):
    """Somebody was faster; `state` is where the referral stands now."""


class AgreementFull(Refused):
    """No place is left on the agreement: put the person on the waiting list, or choose another agreement."""


# --- Links ----------------------------------------------------------------------------------------


def open_link(
    garden: Garden,
    *,
    partner: Partner,
    agreement: Agreement | None,
    label: str,
    reach: str,
    from_day: date,
    until_day: date | None,
    by: Person | None,
    at: datetime,
) -> tuple[ReferralLink, str]:
    """A referring organisation's way in, for one agreement (None: the garden will choose). `reach`: where answers go.
    Returns it with its code, which is kept nowhere: shown once, then gone."""
    code, print_ = secret()
    with transaction.atomic():
        link = ReferralLink.objects.create(
            garden=garden, partner=partner, agreement=agreement, label=label, reach=reach, digest=print_,
            from_day=from_day, until_day=until_day, by=by, at=at,
        )  # fmt: skip
        record("members.referral_link_opened", by=by, at=at, garden=garden, about=link, from_day=str(from_day))
    return link, code


def revoke_link(link: ReferralLink, *, by: Person | None, at: datetime) -> bool:
    """The link opens nothing any more; what it sent stays. Returns whether it still did."""
    with transaction.atomic():
        changed = ReferralLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=at)
        if changed:
            record("members.referral_link_revoked", by=by, at=at, garden=link.garden, about=link)
    return bool(changed)


def link_of(code: str, *, today: date) -> ReferralLink | None:
    """The link that a code opens today; None for any other code. Opening it changes nothing: a mail scanner may."""
    rows = ReferralLink.objects.on(today).filter(digest=digest(code), revoked_at=None, partner__refers=True)
    found: ReferralLink | None = rows.select_related("garden", "partner", "agreement").first()
    return found


# --- Sending --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Draft:
    """What is said of somebody: as little as needed. `depot_key` is whatever the sender's page calls a depot."""

    first_name: str
    reach_by: str
    reach_at: str
    adults: int
    children: int
    commune_code: str
    months: int
    depot_key: int | None = None
    note: str = ""
    consent_spoken: bool = True
    tells_outcome: bool = False
    language: str = "fr"


@dataclass(frozen=True)
class Sender:
    """Who refers: by a link, or signed in (`person`); for which organisation, to which garden, on which agreement."""

    garden: Garden
    partner: Partner
    agreement: Agreement | None
    name: str
    reach: str
    link: ReferralLink | None = None
    person: Person | None = None


def send(draft: Draft, sender: Sender, *, once: str, today: date, at: datetime) -> tuple[Referral, str]:
    """Refer somebody. Returns the referral and the code of the referrer's own way back.

    `once` is drawn by the page that is sent, secret and random: sent twice, it gives back the same referral and code.
    """
    code, print_ = derived("referral", once, sender.garden.pk, sender.partner.pk, sender.link.pk if sender.link else "")
    with transaction.atomic():
        made = Referral(
            **{one.name: getattr(draft, one.name) for one in fields(draft)},
            garden=sender.garden, partner=sender.partner, agreement=sender.agreement, link=sender.link,
            sent_by=sender.person, referrer_name=sender.name, referrer_reach=sender.reach, digest=print_,
            person_digest=digest(person_code(code)), consent_version=rules.CONSENT, consent_on=today, sent_at=at, state_at=at,
        )  # fmt: skip
        Referral.objects.bulk_create([made], ignore_conflicts=True)
        referral = Referral.objects.select_related("garden", "partner", "agreement").get(digest=print_)
        if not ReferralStep.objects.filter(referral=referral).exists():
            _arrive(referral, sender, at)
    return referral, code


def _arrive(referral: Referral, sender: Sender, at: datetime) -> None:
    step = ReferralStep.objects.create(
        referral=referral, before="", after=State.SENT, side=Side.REFERRER, by=sender.person, at=at
    )
    if sender.link:
        ReferralLink.objects.filter(pk=sender.link.pk).update(used_at=at)
    record("members.referral_sent", by=sender.person, at=at, garden=sender.garden, about=referral)
    _tell_garden(referral, "new", step.pk, at)
    _tell_referrer(referral, "arrived", step.pk, at)
    _tell_person(referral, "arrived", step.pk, at)


def person_code(code: str) -> str:
    """The code of the person's own way back, that the referrer hands to them; it follows from the referrer's."""
    return derived("referral-person", code)[0]


def by_code(code: str) -> tuple[Referral, str] | None:
    """The referral that a way back opens, and whose way it is ("referrer" or "person"). Opening it changes nothing."""
    print_ = digest(code)
    rows = Referral.objects.filter(Q(digest=print_) | Q(person_digest=print_))
    found = rows.select_related("garden", "partner", "agreement", "merged_into").first()
    if found is None:
        return None
    return found, Side.REFERRER if found.digest == print_ else Side.PERSON


# --- Steps ----------------------------------------------------------------------------------------


def ask(referral: Referral, question: str, *, by: Person | None, at: datetime) -> None:
    """The garden asks who refers for a clarification. Refusals: NotNow, Meanwhile."""
    step = _move(referral, "ask", Side.GARDEN, by=by, at=at, words=question)
    for one in _group(referral):
        _tell_referrer(one, "asked", step, at)


def answer(referral: Referral, words: str, *, side: str, by: Person | None, at: datetime) -> None:
    """What was asked is answered, and the garden's clock runs again. Refusals: NotNow, Meanwhile."""
    main = main_of(referral)
    step = _move(main, "answer", side, by=by, at=at, words=words)
    if side != Side.GARDEN:
        _tell_garden(main, "answered", step, at)


def wait(referral: Referral, *, words: str = "", by: Person | None, at: datetime) -> None:
    """On the waiting list, which has its own clock. Refusals: NotNow, Meanwhile."""
    step = _move(referral, "wait", Side.GARDEN, by=by, at=at, words=words)
    _tell_outcome(referral, "waiting", step, at)


def keep(referral: Referral, *, by: Person | None, at: datetime) -> None:
    """The waiting list was read again, and this one stays on it. Refusals: NotNow, Meanwhile."""
    _move(referral, "keep", Side.GARDEN, by=by, at=at)


def decline(referral: Referral, reason: str, *, words: str = "", by: Person | None, at: datetime) -> None:
    """No, for a coded reason; `words` are for who refers alone. Refusals: NotNow, Meanwhile."""
    step = _move(referral, "decline", Side.GARDEN, by=by, at=at, reason=reason, words=words)
    _tell_outcome(referral, "declined", step, at)


def accept(
    referral: Referral, household: Household, *, by: Person | None, at: datetime, free: int | None = None
) -> None:  # fmt: skip
    """Welcomed as this household, with what the person agreed to. `free`: places left on the agreement, when counted.

    Refusals: NotNow (answered, withdrawn, or merged into another), Meanwhile, AgreementFull.
    """
    if free is not None and free < 1:
        raise AgreementFull
    with transaction.atomic():
        step = _move(referral, "accept", Side.GARDEN, by=by, at=at, household=household)
        _keep_consent(referral, household, by)
        for one in _group(referral):
            if one.tells_outcome:
                _tell_referrer(one, "accepted", step, at)


def withdraw(referral: Referral, *, side: str, by: Person | None, at: datetime) -> None:
    """Taken back, without a reason: what was said of the person is erased at once. The person's word holds for whatever
    was sent of them; a referrer's for what they sent. Refusals: NotNow, Meanwhile."""
    with transaction.atomic():
        whole = _group(main_of(referral)) if side == Side.PERSON else [referral]
        step = _move(referral, "withdraw", side, by=by, at=at, alone=True)
        for one in whole:
            if one.pk != referral.pk and rules.after(one.state, "withdraw", side):
                _move(one, "withdraw", side, by=by, at=at, alone=True)
            if side == Side.PERSON:
                _tell_referrer(one, "withdrawn", step, at)
            _forget(one, at)
        Referral.objects.filter(merged_into=referral.pk).update(merged_into=None)
        _tell_garden(referral, "withdrawn", step, at)


def keep_outcome_quiet(referral: Referral, *, at: datetime) -> None:
    """The person no longer agrees that who refers is told the outcome."""
    with transaction.atomic():
        if Referral.objects.filter(pk=referral.pk, tells_outcome=True).update(tells_outcome=False):
            record("members.referral_quiet", by=None, at=at, garden=referral.garden, about=referral)


def change_agreement(referral: Referral, agreement: Agreement | None, *, by: Person | None, at: datetime) -> None:
    """Another agreement will pay. Refusals: NotNow, Meanwhile."""
    if referral.state not in rules.OPEN:
        raise NotNow(referral.state)
    with transaction.atomic():
        _claim(referral, agreement=agreement)
        record("members.referral_agreement", by=by, at=at, garden=referral.garden, about=referral)


# --- Sent twice -----------------------------------------------------------------------------------


def merge(referral: Referral, into: Referral, *, by: Person | None, at: datetime) -> None:
    """The same person was sent twice: this one follows the other, and both referrers are told of the one answer.
    Refusal: NotNow, when either is answered, or in another garden."""
    for one in (referral, into):
        if one.state not in rules.OPEN or one.merged_into_id or one.garden_id != referral.garden_id:
            raise NotNow(one.state)
    if referral.pk == into.pk:
        raise NotNow(referral.state)
    with transaction.atomic():
        for one in sorted((referral, into), key=lambda each: each.pk):
            _claim(one, reminded_at=one.reminded_at)
        Referral.objects.filter(Q(pk=referral.pk) | Q(merged_into=referral.pk)).update(merged_into=into)
        record("members.referral_merged", by=by, at=at, garden=into.garden, about=referral, into=into.pk)


def unmerge(referral: Referral, *, by: Person | None, at: datetime) -> None:
    """It was somebody else after all: it stands alone again. Refusal: NotNow, when it is answered already."""
    if referral.merged_into_id is None or referral.state not in rules.OPEN:
        raise NotNow(referral.state)
    with transaction.atomic():
        _claim(referral, merged_into=None)
        record("members.referral_unmerged", by=by, at=at, garden=referral.garden, about=referral)


def main_of(referral: Referral) -> Referral:
    """The referral that carries the answer: itself, or the one that it follows."""
    return referral.merged_into or referral


# --- Clocks ---------------------------------------------------------------------------------------


def clocks_of(ways: ReferralWays | None) -> rules.Clocks:
    """A garden's clocks, as it chose them."""
    if ways is None:
        return rules.Clocks()
    return rules.Clocks(ways.remind_days, ways.expire_days, ways.waiting_days, ways.note_days)


def standing(referral: Referral) -> rules.Standing:
    """Where a referral stands, for its clocks."""
    reminded = localtime(referral.reminded_at).date() if referral.reminded_at else None
    return rules.Standing(referral.state, localtime(referral.state_at).date(), reminded, bool(referral.note))


def tick(*, today: date, at: datetime) -> Counter[str]:
    """What the clocks do today, each once: reminders, ends, free words forgotten. Returns how many of each.

    A garden gets one reminder for all that waits. Asked again on the same day, it does nothing more.
    """
    done: Counter[str] = Counter()
    waits: dict[tuple[str, int], Garden] = {}
    worded = ReferralStep.objects.filter(referral=OuterRef("pk")).exclude(words="")
    moving = Q(state__in=rules.OPEN, merged_into=None) | (Q(state__in=rules.CLOSED) & (~Q(note="") | Exists(worded)))
    rows = (
        Referral.objects.filter(moving).select_related("garden__referral_ways", "partner", "agreement").order_by("pk")
    )
    for one in rows:
        clocks = clocks_of(getattr(one.garden, "referral_ways", None))
        stands = standing(one)
        if one.state in rules.CLOSED:
            stands = rules.Standing(one.state, stands.since, noted=True)
        what = rules.due(stands, clocks, today)
        if what and _tick(one, what, today, at):
            done[what] += 1
            if what in ("remind", "review"):
                waits[what, one.garden_id] = one.garden
    for (what, garden), place in waits.items():
        _tell_coordinators(place, what, f"referral:{what}:{garden}:{today}", at)
    return done


def _tick(one: Referral, what: str, today: date, at: datetime) -> bool:
    """Do it, unless somebody moved the referral meanwhile."""
    try:
        with transaction.atomic():
            if what == "expire":
                _expire(one, at)
            elif what == "forget":
                Referral.objects.filter(pk=one.pk).update(note="")
                ReferralStep.objects.filter(referral=one.pk).update(words="")
            else:
                _claim(one, reminded_at=at)
                if what == "ask_again":
                    for each in _group(one):
                        _tell_referrer(each, "ask_again", f"{one.pk}:{today}", at)
    except Meanwhile:
        return False
    return True


def _expire(one: Referral, at: datetime) -> None:
    step = _move(one, "expire", Side.CLOCK, by=None, at=at)
    _tell_garden(one, "expired", step, at)
    _tell_person(one, "expired", step, at)
    for each in _group(one):
        _tell_referrer(each, "expired", step, at)


# --- How a step is written --------------------------------------------------------------------------


def _move(
    referral: Referral,
    move: str,
    side: str,
    *,
    by: Person | None,
    at: datetime,
    reason: str = "",
    words: str = "",
    household: Household | None = None,
    alone: bool = False,
) -> int:
    """One step of a referral, and the same of those that follow it. Gives the step's number."""
    target = rules.after(referral.state, move, side)
    if target is None or (side == Side.GARDEN and referral.merged_into_id):
        raise NotNow(referral.state)
    with transaction.atomic():
        values = {"household": household} if household else {}
        before = referral.state
        _claim(referral, state=target, state_at=at, reminded_at=None, **values)
        steps = [_step(referral, before, target, side, by, at, reason, words)]
        if not alone:
            for one in Referral.objects.filter(merged_into=referral.pk).order_by("pk"):
                follows = rules.after(one.state, move, side)
                if follows:
                    was = one.state
                    _claim(one, state=follows, state_at=at, reminded_at=None)
                    steps.append(_step(one, was, follows, side, by, at, reason, words))
        ReferralStep.objects.bulk_create(steps)
        record(
            f"members.referral_{move}",
            by=by,
            at=at,
            garden=referral.garden,
            about=referral,
            **({"reason": reason} if reason else {}),
        )
        return ReferralStep.objects.filter(referral=referral.pk).order_by("-pk").values_list("pk", flat=True)[0]


def _step(
    one: Referral, before: str, after: str, side: str, by: Person | None, at: datetime, reason: str, words: str
) -> ReferralStep:  # fmt: skip
    return ReferralStep(
        referral=one, before=before, after=after, side=side, by=by, at=at, reason=reason, words=words[:300]
    )


def _claim(referral: Referral, **values: object) -> None:
    """Write on a referral only if it still stands as it was read. Refusal: Meanwhile."""
    stands = Referral.objects.filter(
        pk=referral.pk, state=referral.state, state_at=referral.state_at, merged_into=referral.merged_into_id
    )
    if not stands.update(**values):
        raise Meanwhile(Referral.objects.filter(pk=referral.pk).values_list("state", flat=True).first() or "")
    for name, value in values.items():
        setattr(referral, name, value)


def _group(referral: Referral) -> list[Referral]:
    """A referral and those that follow it."""
    rows = Referral.objects.filter(merged_into=referral.pk).select_related("garden", "partner", "agreement")
    return [referral, *rows.order_by("pk")]


def _forget(referral: Referral, at: datetime) -> None:
    """Nothing that tells who it was stays, nor leaves for them any more."""
    Message.objects.filter(about=_about(referral), kind="referral_person").delete()
    if referral.reach_at:
        Unreachable.objects.filter(to__iexact=referral.reach_at).delete()
    blank = {"first_name": "", "last_name": "", "reach_at": "", "note": ""}
    Referral.objects.filter(pk=referral.pk).update(**blank, erased_on=localtime(at).date())
    ReferralStep.objects.filter(referral=referral.pk).update(words="")


def _keep_consent(referral: Referral, household: Household, by: Person | None) -> None:
    """What the person agreed to is the household's from now on."""
    kinds = [Consent.Kind.REFERRAL, *([Consent.Kind.OUTCOME] if referral.tells_outcome else [])]
    Consent.objects.bulk_create(
        [
            Consent(
                household=household, kind=kind, version=referral.consent_version, spoken=referral.consent_spoken,
                given_on=referral.consent_on, by=by,
            )
            for kind in kinds
        ],
        ignore_conflicts=True,
    )  # fmt: skip


# --- Who is told ------------------------------------------------------------------------------------


def _tell_outcome(referral: Referral, event: str, step: int, at: datetime) -> None:
    """The person, and with their consent who referred them."""
    _tell_person(referral, event, step, at)
    for one in _group(referral):
        if one.tells_outcome:
            _tell_referrer(one, event, step, at)


def _tell_garden(referral: Referral, event: str, step: int, at: datetime) -> None:
    _tell_coordinators(referral.garden, event, f"referral:{referral.pk}:garden:{event}:{step}", at)


def _tell_coordinators(garden: Garden, event: str, once: str, at: datetime) -> None:
    """Those who welcome people, each at their own address; the garden's own when nobody has one."""
    roles = Role.objects.filter(kind=Role.Kind.COORDINATOR, garden=garden).on(localtime(at).date())
    mails = roles.filter(person__login__is_active=True).values_list("person__login__email", flat=True).distinct()
    page = words.to_garden(event, reverse("desk:referrals", args=[garden.code]))
    for number, mail in enumerate(sorted(mails) or [garden.email]):
        if mail:
            _tell(mail, "referral_garden", page, f"network.garden:{garden.pk}", garden, f"{once}:{number}", at)


def _tell_referrer(referral: Referral, event: str, step: int | str, at: datetime) -> None:
    once = f"referral:{referral.pk}:referrer:{event}:{step}"
    said = words.to_referrer(event, referral.garden.name)
    for number, to in enumerate(_referrers(referral, localtime(at).date())):
        _tell(to, "referral_referrer", said, _about(referral), referral.garden, f"{once}:{number}", at)


def _referrers(referral: Referral, day: date) -> Iterable[str]:
    """Where who refers is reached; when they left their organisation, whoever refers for it now."""
    if referral.sent_by_id is None:
        return [referral.referrer_reach] if referral.referrer_reach else []
    there = Role.objects.filter(kind=Role.Kind.REFERRER, partner=referral.partner_id).on(day)
    if there.filter(person=referral.sent_by_id).exists():
        return [referral.referrer_reach]
    mails = there.filter(person__login__is_active=True).values_list("person__login__email", flat=True)
    return sorted(set(mails))


def _tell_person(referral: Referral, event: str, step: int, at: datetime) -> None:
    """The person themselves, when they gave a way to write to them."""
    if referral.reach_by not in (Referral.ReachBy.SMS, Referral.ReachBy.MAIL) or not referral.reach_at:
        return
    with in_language(referral.language) as language:
        said = words.to_person(event, referral.garden.name, display_phone(referral.garden.phone))
    once = f"referral:{referral.pk}:person:{event}:{step}"
    tell_person(
        referral.reach_at, "referral_person", said, about=_about(referral), garden=referral.garden, once=once, at=at,
        language=language,
    )  # fmt: skip


def _tell(to: str, kind: str, said: Words, about: str, garden: Garden, once: str, at: datetime) -> None:
    tell_person(to, kind, said, about=about, garden=garden, once=once, at=at)


def _about(referral: Referral) -> str:
    return f"members.referral:{referral.pk}"


# --- Settings ---------------------------------------------------------------------------------------


def set_ways(garden: Garden, values: dict[str, object], *, by: Person | None, at: datetime) -> None:
    """A garden's clocks and its words of welcome."""
    with transaction.atomic():
        ReferralWays.objects.update_or_create(garden=garden, defaults=values)
        record("members.referral_ways", by=by, at=at, garden=garden, about=garden)

"""What is done to sign-ups: asked, offered a place, answered, put aside, welcomed as a household. And a garden's door.

A place is never promised twice: whoever counts places or promises one takes the garden's turn first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cageot.baskets.actions import DepotFull, Refused, one_at_a_time, places_kept, places_taken, subscribe
from cageot.baskets.models import BasketSize, Delivery, Depot, Door, SignUp, Subscription
from cageot.baskets.rules import signing_up
from cageot.core.templatetags.cageot import day as said
from cageot.funding.models import Agreement, Tariff
from cageot.members import actions as members
from cageot.members import referrals
from cageot.members.models import Household, Member, Referral
from cageot.members.rules.referral import CLOSED
from cageot.members.telling import LONGEST_SMS, Words, in_language, tell_household, tell_person
from cageot.network.actions import record
from cageot.network.models import Garden, Message, Partner, Person
from cageot.network.secrets import digest, secret

Link = Callable[[str], str]
"""The whole address of the personal page of a code."""

# --- The door -------------------------------------------------------------------------------------


def door_of(garden: Garden) -> Door:
    """The garden's door, closed until somebody opens it."""
    return Door.objects.filter(garden=garden).first() or Door(garden=garden)


def set_door(garden: Garden, values: Mapping[str, Any], *, by: Person | None, at: datetime) -> None:
    """Open or close the page where people sign up, and say how (columns of `Door`)."""
    with transaction.atomic():
        Door.objects.update_or_create(garden=garden, defaults=dict(values))
        record("baskets.door_set", by=by, at=at, garden=garden, about=garden, fields=sorted(values))


# --- Who waits ------------------------------------------------------------------------------------


def waiting(garden: Garden, depot: Depot | None = None) -> list[SignUp]:
    """Those who wait for a place in the garden, or at one depot, in order of arrival. One query."""
    rows = SignUp.objects.filter(garden=garden, state=SignUp.State.WAITING)
    if depot:
        rows = rows.filter(depot=depot)
    return list(rows.select_related("size", "depot__round").order_by("asked_at", "pk"))


def rank_of(sign_up: SignUp) -> int:
    """Their rank among those who wait for that depot: 1 is next; 0 when they do not wait."""
    rows = SignUp.objects.filter(depot=sign_up.depot_id, state=SignUp.State.WAITING).order_by("asked_at", "pk")
    return signing_up.rank(list(rows.values_list("pk", flat=True)), sign_up.pk)


def places_left(depot: Depot, day: date) -> int | None:
    """The places left at a depot; None when it has no limit."""
    taken, kept = places_taken([depot.pk], day)[depot.pk], places_kept([depot.pk])[depot.pk]
    return signing_up.left(depot.capacity, taken, kept)


# --- Asking ---------------------------------------------------------------------------------------


def ask(
    garden: Garden, *, code: str, size: BasketSize, depot: Depot, from_day: date, today: date, by: Person | None, at: datetime,
    link: Link, referral: Referral | None = None, **details: Any,
) -> SignUp:  # fmt: skip
    """Somebody asks for a basket: a place is kept for them when one is left, else they wait for one.

    `code`: the secret of their personal page, made before: the same one twice (a double click) asks once.
    `details`: first_name, last_name, email, mobile, address, postcode, town, commune_code, language, adults, children,
    frequency, membership.
    """
    with transaction.atomic():
        one_at_a_time(garden)
        if known := SignUp.objects.filter(digest=digest(code)).select_related("size", "depot__round").first():
            return known
        made = SignUp.objects.create(
            garden=garden, referral=referral, digest=digest(code), size=size, depot=depot, from_day=from_day, by=by,
            state=signing_up.state_on_asking(places_left(depot, today)), asked_at=at, state_at=at, **details,
        )  # fmt: skip
        record("baskets.signed_up", by=by, at=at, garden=garden, about=made, state=made.state)
        if referral is None:  # whoever was referred is told so by their referral
            _tell_received(made, link(code), at)
    return made


# --- What becomes of it ---------------------------------------------------------------------------


class SignUpMoved(Refused):
    """Something else became of this sign-up meanwhile: `state` is where it stands."""

    def __init__(self, state: str) -> None:
        self.state = state


class OfferOver(Refused):
    """The last day to answer is over: the place went to somebody else."""


def offer(sign_up: SignUp, *, today: date, by: Person | None, at: datetime, link: Link) -> str:
    """Offer somebody who waits a place, which is kept for them until the last day to answer. Returns the code of their
    page, new from now on. Refusals: SignUpMoved, DepotFull when no place is left."""
    with transaction.atomic():
        one_at_a_time(sign_up.garden)
        return _offer(sign_up, today, by, at, link)


def _offer(sign_up: SignUp, today: date, by: Person | None, at: datetime, link: Link) -> str:
    code, print_ = secret()
    until = signing_up.last_day_to_answer(today, door_of(sign_up.garden).offer_days)
    if places_left(sign_up.depot, today) == 0:
        raise DepotFull(sign_up.depot)
    _become(sign_up, "offer", at, offered_until=until, digest=print_)
    record("baskets.place_offered", by=by, at=at, garden=sign_up.garden, about=sign_up, until=str(until))
    _tell_offer(sign_up, link(code), at)
    return code


def answer_offer(
    sign_up: SignUp, *, accept: bool, today: date, by: Person | None, at: datetime, link: Link
) -> None:  # fmt: skip
    """Take the place that was offered, or leave it: it is then offered to the next who waits for that depot. `by` is None
    when they answer by themselves. Refusals: SignUpMoved, OfferOver."""
    with transaction.atomic():
        one_at_a_time(sign_up.garden)
        sign_up.refresh_from_db(fields=["state", "offered_until"])
        until = sign_up.offered_until if sign_up.state == SignUp.State.OFFERED else None
        if until and signing_up.expired(until, today):
            raise OfferOver
        if accept:
            _become(sign_up, "accept", at)
        else:
            _become(sign_up, "refuse", at, ended=SignUp.Ended.REFUSED)
        record("baskets.offer_answered", by=by, at=at, garden=sign_up.garden, about=sign_up, accepted=accept)
        if not accept:
            _pass_on(sign_up, today, at, link)


def drop(sign_up: SignUp, *, by: Person | None, at: datetime) -> None:
    """Nothing comes of it: they do not wish it any more. Refusal: SignUpMoved."""
    with transaction.atomic():
        one_at_a_time(sign_up.garden)
        _become(sign_up, "drop", at, ended=SignUp.Ended.DROPPED)
        record("baskets.sign_up_dropped", by=by, at=at, garden=sign_up.garden, about=sign_up)


def wait(sign_up: SignUp, *, by: Person | None, at: datetime) -> None:
    """Let somebody wait, last in the queue: their place is free again. Refusal: SignUpMoved."""
    with transaction.atomic():
        one_at_a_time(sign_up.garden)
        _become(sign_up, "wait", at, asked_at=at, ended="", offered_until=None)
        record("baskets.sign_up_waits", by=by, at=at, garden=sign_up.garden, about=sign_up)


def end_of_referred(garden: Garden, *, by: Person | None, at: datetime) -> None:
    """Those who were referred and have their answer, or took it back, wait for no place any more; of whoever took it back
    nothing stays, nor leaves."""
    with transaction.atomic():
        one_at_a_time(garden)
        rows = SignUp.objects.filter(garden=garden, household=None).select_related("referral", "garden")
        for one in rows.filter(referral__state__in=CLOSED, state__in=signing_up.may("drop")).order_by("pk"):
            drop(one, by=by, at=at)
        erased = list(rows.filter(referral__state=Referral.State.WITHDRAWN).values_list("pk", flat=True))
        Message.objects.filter(about__in=[f"baskets.signup:{pk}" for pk in erased]).delete()
        SignUp.objects.filter(pk__in=erased).delete()


def _become(sign_up: SignUp, what: str, at: datetime, **more: Any) -> None:
    """Write the next state, only from a state that allows it: the count says whether somebody else was first."""
    for state in signing_up.may(what):
        values = {"state": signing_up.BECOMES[state, what], "state_at": at} | more
        if SignUp.objects.filter(pk=sign_up.pk, state=state).update(**values):
            for name, value in values.items():
                setattr(sign_up, name, value)
            return
    raise SignUpMoved(SignUp.objects.values_list("state", flat=True).get(pk=sign_up.pk))


def _pass_on(sign_up: SignUp, today: date, at: datetime, link: Link) -> None:
    """Offer the place that came free to the next who waits for that depot, when it is open and has one."""
    following = next(iter(waiting(sign_up.garden, sign_up.depot)), None)
    closed = sign_up.depot.closed_on is not None and sign_up.depot.closed_on <= today
    if following and not closed and places_left(sign_up.depot, today) != 0:
        following.garden = sign_up.garden
        _offer(following, today, None, at, link)


def tick(*, today: date, at: datetime, link: Link) -> int:
    """End the offers whose last day is over, and offer each place to the next. Run again, it does nothing more.

    Returns how many ended. A garden at a time, so that nobody waits long for its turn.
    """
    due = SignUp.objects.filter(state=SignUp.State.OFFERED, offered_until__lt=today)
    ended = 0
    for garden in Garden.objects.filter(pk__in=due.values("garden")).order_by("pk"):
        with transaction.atomic():
            one_at_a_time(garden)
            over = list(due.filter(garden=garden).select_related("depot", "garden").order_by("offered_until", "pk"))
            for one in over:
                _become(one, "expire", at, ended=SignUp.Ended.EXPIRED)
                record("baskets.offer_expired", by=None, at=at, garden=garden, about=one)
            for one in over:
                _pass_on(one, today, at, link)
            ended += len(over)
    return ended


# --- Welcoming ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Joining:
    """The membership that a household takes as it comes; `fee_cents`, and the partner who pays it, when one does."""

    kind: str
    fee_cents: int
    until_day: date
    paid_on: date | None = None
    paid_by: Partner | None = None


@dataclass(frozen=True)
class Supported:
    """The support that a household comes with."""

    agreement: Agreement
    tariff: Tariff
    until_day: date | None


class NumberTaken(Refused):
    """Another household of the garden has this number."""


def welcome(
    garden: Garden, *, contact: Mapping[str, Any], details: Mapping[str, Any], joining: Joining | None, supported: Supported | None,
    size: BasketSize, depot: Depot, frequency: str, from_day: date, sign_up: SignUp | None, referral: Referral | None,
    today: date, by: Person | None, at: datetime,
) -> Household:  # fmt: skip
    """Somebody who signed up, or was referred, becomes a household: all of it or nothing.

    `contact`: columns of its first member; `details`: of the household. Its support and its membership begin with its
    baskets. Refusals: SignUpMoved, NumberTaken, DepotFull; those of `members.actions` (SupportOverlaps,
    OutsideAgreement) and of `members.referrals.accept`.
    """
    with transaction.atomic():
        one_at_a_time(garden)
        if sign_up:
            _become(sign_up, "welcome", at)
        if Household.objects.filter(garden=garden, number=details["number"]).exists():
            raise NumberTaken
        household = members.welcome(garden, contact=Member(**contact), joined_on=today, by=by, at=at, **details)
        if joining:
            members.join(
                household, kind=joining.kind, fee_cents=joining.fee_cents, from_day=min(today, from_day),
                until_day=joining.until_day, paid_on=joining.paid_on, paid_by=joining.paid_by, by=by, at=at,
            )  # fmt: skip
        if supported:
            members.support(
                household, agreement=supported.agreement, tariff=supported.tariff, from_day=from_day,
                until_day=supported.until_day, by=by, at=at,
            )  # fmt: skip
        subscribe(household, size=size, depot=depot, frequency=frequency, from_day=from_day, by=by, at=at)
        if referral:
            referrals.accept(referral, household, by=by, at=at)
            end_of_referred(garden, by=by, at=at)  # sent twice, and merged: the other waits no more
        if sign_up:
            SignUp.objects.filter(pk=sign_up.pk).update(household=household)
            record("baskets.sign_up_welcomed", by=by, at=at, garden=garden, about=sign_up)
    return household


# --- What they are told ---------------------------------------------------------------------------


def _way(sign_up: SignUp) -> str:
    """The address or the mobile number that a message reaches; "" when the garden has to speak to them otherwise."""
    number = sign_up.mobile
    french = number.removeprefix("+33") if number.startswith("+33") else number.removeprefix("0")
    landline = french != number and french[:1] not in ("6", "7")
    return sign_up.email or ("" if landline else number)


def _tell(sign_up: SignUp, kind: str, words: Words, once: str, at: datetime) -> None:
    if to := _way(sign_up):
        tell_person(
            to, kind, words, about=f"baskets.signup:{sign_up.pk}", garden=sign_up.garden, once=once, at=at,
            language=sign_up.language,
        )  # fmt: skip


def _tell_received(sign_up: SignUp, link: str, at: datetime) -> None:
    with in_language(sign_up.language):
        garden = {"garden": sign_up.garden.name, "link": link}
        if sign_up.state == SignUp.State.WAITING:
            told = _(
                "Il n’y a plus de place à ce dépôt. Vous êtes en liste d’attente. Le jardin vous écrit dès qu’une place est libre."
            )
            brief = _("Vous êtes en liste d’attente pour un panier. Le jardin vous écrit dès qu’une place est libre.")
        else:
            told = _("Votre place est gardée. Le jardin vous appelle ou vous écrit bientôt.")
            brief = _("Votre demande de panier est reçue. Le jardin vous répond bientôt.")
        words = Words(
            _("Votre panier"),
            "\n\n".join([_("Bonjour,"), told, _("Votre page : %(link)s") % garden, sign_up.garden.name]),
            signing_up.fitted([f"{brief} {sign_up.garden.name}", brief], LONGEST_SMS),
        )
    _tell(sign_up, "signup_received", words, f"signup_received:{sign_up.digest}", at)


def _tell_offer(sign_up: SignUp, link: str, at: datetime) -> None:
    with in_language(sign_up.language):
        about = {"depot": sign_up.depot.name, "day": said(sign_up.offered_until), "link": link}
        short = [
            _("Une place est libre pour votre panier, %(depot)s. Répondez avant la fin du %(day)s : %(link)s") % about,
            _("Une place est libre pour votre panier. Répondez avant la fin du %(day)s : %(link)s") % about,
            _("Une place est libre : %(link)s") % about,
        ]
        words = Words(
            _("Votre panier"),
            "\n\n".join(
                [
                    _("Bonjour,"),
                    _("Une place est libre pour votre panier, au dépôt « %(depot)s ».") % about,
                    _("Elle est gardée pour vous jusqu’au %(day)s. Dites oui ou non ici : %(link)s") % about,
                    sign_up.garden.name,
                ]
            ),
            signing_up.fitted(short, LONGEST_SMS),
        )
    _tell(sign_up, "place_offered", words, f"place_offered:{sign_up.digest}", at)


def tell_welcome(household: Household, words: Words, *, at: datetime) -> bool:
    """Write a household the message of welcome, once, by mail, by SMS or on paper. False when it has nobody to write to."""
    return tell_household(household, "welcome", words, once=f"welcome:{household.pk}", at=at) is not None


def first_delivery(household: Household, day: date) -> tuple[Subscription, date | None] | None:
    """What a household collects from that day on, and the day of its first basket; None without a subscription."""
    rows = Subscription.objects.filter(household=household).between(day, date.max)
    found: Subscription | None = (
        rows.select_related("size__product__absences", "depot__round")
        .order_by("size__product__rank", "from_day")
        .first()
    )
    if found is None:
        return None
    days = Delivery.objects.filter(baskets__subscription=found, day__gte=day).order_by("day")
    return found, days.values_list("day", flat=True).first()

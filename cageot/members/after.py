"""What is done when a support nears its end: warnings, renewal asked and answered, steps to the full price, a chosen price,
what comes after, and supports that move together to another agreement.

The rules are in `rules/after.py`. Links are made by whoever knows the site's addresses: `link` gives the absolute address
that a secret code opens.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from cageot.core import sql
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros
from cageot.funding import actions as funding
from cageot.funding.actions import LineDraft, PayerDraft, ShareDraft
from cageot.funding.models import Agreement, AgreementPayer, Tariff
from cageot.funding.queries import AgreementFact, agreement_facts
from cageot.funding.rules.tariffs import line_for
from cageot.members import actions
from cageot.members.actions import Refused
from cageot.members.models import (
    EndWarning,
    Household,
    Onward,
    OwnOffer,
    RenewalAsk,
    Support,
    SupportMove,
    SupportMoved,
)
from cageot.members.rules.after import LATE_DAYS, ONE_DAY, WARN_WEEKS, Moved, Part, Span, Step, warning_due
from cageot.members.telling import Words, tell_person
from cageot.network.actions import record
from cageot.network.models import Garden, Partner, Person, Role
from cageot.network.secrets import digest, secret

Link = Callable[[str], str]


# --- Which supports end ---------------------------------------------------------------------------


def followed() -> Exists:
    """Whether another support of the household begins after this one."""
    later = Support.objects.filter(household=OuterRef("household"), from_day__gt=OuterRef("until_day"))
    return Exists(later)


def asked_of(support: Support) -> str:
    """Whom to ask about a support, and to warn: who was asked already, else who oriented the household; "" for nobody.
    Needs `renewal_ask` and `household__referral` fetched with it."""
    ask = getattr(support, "renewal_ask", None)
    if ask:
        return str(ask.to)
    referral = getattr(support.household, "referral", None)
    return str(referral.referrer_reach) if referral and not referral.erased_on else ""


# --- Warnings -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Due:
    support: Support
    weeks: int


def tick(*, today: date, at: datetime, link: Link, board: Callable[[Garden], str]) -> int:
    """Warn of the supports that end soon, each warning once: one mail for all of them to each coordinator, one message
    without a name to each referrer. Returns how many warnings were new. `board`: the address of a garden's board.
    """
    by_garden: dict[Garden, list[_Due]] = defaultdict(list)
    for support in _ending(today):
        assert support.until_day is not None
        weeks = warning_due(support.until_day, today, [one.weeks for one in support.warnings.all()])
        if weeks:
            by_garden[support.household.garden].append(_Due(support, weeks))
    return sum(_warn(garden, due, today, at, link, board(garden)) for garden, due in by_garden.items())


def _ending(today: date) -> QuerySet[Support]:
    last = today + timedelta(weeks=max(WARN_WEEKS))
    rows = Support.objects.filter(~followed(), until_day__range=(today, last), onward=None, step_after=None)
    rows = rows.filter(Q(household__left_on=None) | Q(household__left_on__gt=F("until_day")))
    return rows.select_related(
        "household__garden", "household__referral", "renewal_ask", "agreement"
    ).prefetch_related("warnings").order_by("until_day", "pk")  # fmt: skip


def _warn(garden: Garden, due: Sequence[_Due], today: date, at: datetime, link: Link, board: str) -> int:
    with transaction.atomic():
        Garden.objects.select_for_update().get(pk=garden.pk)  # two mornings at once: one warning
        there = set(
            EndWarning.objects.filter(support__in=[one.support.pk for one in due]).values_list("support", "weeks")
        )
        new = [one for one in due if (one.support.pk, one.weeks) not in there]
        if not new:
            return 0
        EndWarning.objects.bulk_create(EndWarning(support=one.support, weeks=one.weeks, on=today) for one in new)
        with override("fr"):
            _warn_coordinators(garden, new, today, at, board)
            _warn_referrers(garden, [one.support for one in new], today, at, link)
        record("members.ends_told", by=None, at=at, garden=garden, count=len(new))
    return len(new)


def _warn_coordinators(garden: Garden, due: Sequence[_Due], today: date, at: datetime, board: str) -> None:
    soon = sum(one.weeks == min(WARN_WEEKS) for one in due)
    count = ngettext(
        "%(n)s prise en charge finit dans les six semaines.", "%(n)s prises en charge finissent dans les six semaines.",
        len(due),
    ) % {"n": len(due)}  # fmt: skip
    near = ngettext("Dont %(n)s dans les deux semaines.", "Dont %(n)s dans les deux semaines.", soon) % {"n": soon}
    body = "\n\n".join(
        [_("Bonjour,"), f"{count} {near}" if soon else count, _("Qui, quand, et que faire :"), board, garden.name]
    )
    words = Words(_("Des échéances approchent"), body, _("Cageot : des échéances approchent."))
    roles = Role.objects.on(today).filter(kind=Role.Kind.COORDINATOR, garden=garden, person__login__is_active=True)
    for person, email in set(roles.values_list("person", "person__login__email")):
        tell_person(
            email, "ends_to_come", words, about=f"network.person:{person}", garden=garden, once=f"ends:{garden.pk}:{person}:{today}", at=at
        )  # fmt: skip


def _warn_referrers(garden: Garden, supports: Sequence[Support], today: date, at: datetime, link: Link) -> None:
    """One message to each referrer. Where the answer is awaited, it holds a new link, in place of the former."""
    by_referrer: dict[str, list[Support]] = defaultdict(list)
    for one in supports:
        ask = getattr(one, "renewal_ask", None)
        if one.agreement.in_programme and asked_of(one) and not (ask and ask.answer) and (ask or _may_know(one)):
            by_referrer[asked_of(one)].append(one)
    for to, theirs in by_referrer.items():
        for some in _messages(to, theirs):
            _warn_referrer(garden, to, some, today, at, link)


def _may_know(support: Support) -> bool:
    """Whether who oriented the household may be told by itself that it was welcomed: with the person's consent alone."""
    referral = getattr(support.household, "referral", None)
    return bool(referral and referral.tells_outcome)


def _warn_referrer(garden: Garden, to: str, supports: Sequence[Support], today: date, at: datetime, link: Link) -> None:
    asked = [one for one in supports if getattr(one, "renewal_ask", None)]
    codes = {one.pk: _new_code(one.renewal_ask) for one in asked}
    lines = [
        f"{said(one.until_day, 'year')} : {link(codes[one.pk])}" if one.pk in codes else said(one.until_day, "year")
        for one in supports
    ]
    then = (
        _("Ouvrez le lien, puis choisissez. Ce lien remplace celui d’avant.")
        if asked
        else _("Faut-il continuer ? Parlez-en au jardin.")
    )
    body = "\n\n".join([
        _("Bonjour,"), _("Un panier que vous avez permis au jardin « %(garden)s » finit bientôt :") % {"garden": garden.name},
        "\n".join(lines), then, _reach(garden),
    ])  # fmt: skip
    short = (
        _ask_short(garden, link(codes[supports[0].pk]))
        if asked
        else _("%(garden)s : une échéance approche. Appelez le jardin.") % {"garden": garden.name[:60]}
    )
    words = Words(_("Une échéance approche"), body, short)
    tell_person(
        to, "end_is_near", words, about=f"members.support:{supports[0].pk}", garden=garden,
        once=f"end:{supports[0].pk}:{today}:{_print(to)}", at=at,
    )  # fmt: skip


def _messages(to: str, supports: Sequence[Support]) -> list[Sequence[Support]]:
    """By mail, one message for all; an SMS holds one link."""
    return [supports] if "@" in to else [[one] for one in supports]


def _reach(garden: Garden) -> str:
    return "\n".join(part for part in (garden.name, garden.phone, garden.email) if part)


def _print(text: str) -> str:
    """Tells addressees apart in a key, without writing their address there."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# --- Renewal asked --------------------------------------------------------------------------------


class NobodyToAsk(Refused):
    """Nobody is known who could answer for this household: say whom to ask."""


class AlreadyAnswered(Refused):
    """The referrer has answered: nothing more is asked."""


def ask_renewal(
    supports: Mapping[Support, str], *, link: Link, by: Person | None, at: datetime
) -> list[RenewalAsk]:  # fmt: skip
    """Ask whether these supports go on, each of whoever it says (a mail address or a number). Asked again, a new link
    replaces the former. All of one garden, all or nothing. Refusals: NobodyToAsk, AlreadyAnswered."""
    asks = []
    with transaction.atomic():
        by_referrer: dict[str, list[tuple[Support, str]]] = defaultdict(list)
        for support, to in supports.items():
            if not to:
                raise NobodyToAsk
            ask, code = _ask(support, to, by, at)
            asks.append(ask)
            by_referrer[to].append((support, code))
        with override("fr"):
            for to, some in by_referrer.items():
                for part in [some] if "@" in to else [[one] for one in some]:
                    _tell_ask(to, part, link, at)
    return asks


def _ask(support: Support, to: str, by: Person | None, at: datetime) -> tuple[RenewalAsk, str]:
    code, kept = secret()
    values = {"to": to, "digest": kept, "asked_at": at, "by": by}
    ask, made = RenewalAsk.objects.get_or_create(support=support, defaults=values)
    if not made and not RenewalAsk.objects.filter(pk=ask.pk, answer="").update(**values):
        raise AlreadyAnswered
    record("members.renewal_asked", by=by, at=at, garden=support.household.garden, about=support)
    return ask, code


def _new_code(ask: RenewalAsk) -> str:
    code, kept = secret()
    RenewalAsk.objects.filter(pk=ask.pk, answer="").update(digest=kept)
    return code


def _tell_ask(to: str, asked: Sequence[tuple[Support, str]], link: Link, at: datetime) -> None:
    first = asked[0][0]
    garden = first.household.garden
    lines = [f"{said(support.until_day, 'year')} : {link(code)}" for support, code in asked]
    body = "\n\n".join([
        _("Bonjour,"),
        _("Un panier que vous avez permis au jardin « %(garden)s » finit bientôt. Faut-il continuer ?") % {"garden": garden.name},
        "\n".join(lines),
        _("Ouvrez le lien, puis choisissez : une minute suffit. Le lien est pour vous, il sert une fois."), _reach(garden),
    ])  # fmt: skip
    words = Words(_("Une réponse vous est demandée"), body, _ask_short(garden, link(asked[0][1])))
    tell_person(
        to, "renewal_asked", words, about=f"members.support:{first.pk}", garden=garden,
        once=f"renewal:{first.pk}:{at.isoformat()}:{_print(to)}", at=at,
    )  # fmt: skip


def _ask_short(garden: Garden, link: str) -> str:
    """As much of the garden's name as an SMS leaves beside the link."""
    rest = _(" : une réponse vous est demandée. %(link)s") % {"link": link}
    return garden.name[: max(160 - len(rest), 0)] + rest


# --- Renewal answered -----------------------------------------------------------------------------


def renewal_of(code: str, today: date) -> RenewalAsk | None:
    """What a code opens, answered or not, until two weeks after the support's end; None for any other code."""
    rows = RenewalAsk.objects.filter(digest=digest(code), support__until_day__gte=today - timedelta(days=LATE_DAYS))
    return rows.select_related(*ASK_PARTS).first()


ASK_PARTS = (
    "support__household__garden",
    "support__household__referral",
    "support__agreement__partner",
    "support__tariff",
)
"""What is fetched with a request for renewal."""


def grant(
    ask: RenewalAsk, *, months: int, tariff: Tariff | None, span: Span | None, by: Person | None, at: datetime
) -> Support | None:  # fmt: skip
    """The referrer agrees, for so many months; the renewed support is written with `tariff` on the days of `span`. Without
    them, the garden is left to find another agreement. Refusals: AlreadyAnswered, SupportOverlaps, OutsideAgreement."""
    support = ask.support
    with transaction.atomic():
        _answer(ask, RenewalAsk.Answer.GRANTED, by, at, months=months)
        record("members.renewal_granted", by=by, at=at, garden=support.household.garden, about=support, months=months)
        if tariff is None or span is None:
            return None
        return actions.support(
            support.household, agreement=tariff.agreement, tariff=tariff, from_day=span.first, until_day=span.last, by=by, at=at,
            renews=support,
        )  # fmt: skip


def refuse(ask: RenewalAsk, *, by: Person | None, at: datetime) -> None:
    """The referrer does not renew, without a reason. Refusal: AlreadyAnswered."""
    with transaction.atomic():
        _answer(ask, RenewalAsk.Answer.REFUSED, by, at)
        record("members.renewal_refused", by=by, at=at, garden=ask.support.household.garden, about=ask.support)


def _answer(ask: RenewalAsk, answer: str, by: Person | None, at: datetime, **more: int) -> None:
    open_ = RenewalAsk.objects.filter(pk=ask.pk, answer="")
    if not open_.update(answer=answer, answered_at=at, answered_by=by, **more):
        raise AlreadyAnswered


# --- What comes after -----------------------------------------------------------------------------


def onward(support: Support, choice: str, *, on: date, by: Person | None, at: datetime) -> None:
    """Keep what the household chose when its support ends: one of `Onward.Choice`. Said again, the last word holds."""
    with transaction.atomic():
        Onward.objects.update_or_create(support=support, defaults={"choice": choice, "on": on, "by": by})
        record("members.onward", by=by, at=at, garden=support.household.garden, about=support, choice=choice)


# --- The garden's own offer -----------------------------------------------------------------------


def own_offer(garden: Garden, *, today: date, by: Person | None, at: datetime) -> Agreement:
    """The garden's own agreement, made at first need: beside the programme, so without its cap and its figures, paid by the
    garden's own box (decision 0020)."""
    with transaction.atomic():
        Garden.objects.select_for_update().get(pk=garden.pk)
        known = OwnOffer.objects.filter(garden=garden).select_related("agreement").first()
        if known:
            return known.agreement
        partner = Partner.objects.create(
            name=garden.legal_name or garden.name,
            kind=Partner.Kind.ASSOCIATION,
            funds=True,
            commune_code=garden.commune_code,
        )
        partner.gardens.add(garden)
        agreement = funding.open_agreement(
            Agreement(
                name=OWN_NAME, partner=partner, from_day=date(today.year, 1, 1), in_programme=False, status=Agreement.Status.ACTIVE
            ),
            gardens=[garden], payers=[PayerDraft(AgreementPayer.Kind.GARDEN)], grids={}, by=by, at=at,
        )  # fmt: skip
        OwnOffer.objects.create(garden=garden, agreement=agreement)
    return agreement


OWN_NAME = "Prix choisi et paliers"


def _tariff(
    agreement: Agreement, parts: Sequence[Part], shares: Mapping[str, tuple[ShareDraft, ...]], *, by: Person | None, at: datetime,
    from_day: date | None = None,
) -> Tariff:  # fmt: skip
    """The grid of an agreement that asks exactly these parts, that stands already or is written. Refusal: TariffRefused."""
    with override("fr"):
        name = " · ".join(f"{euros(one.member)} {one.size_code}" for one in parts)[:70]
    wanted = {(one.size_code, one.price, one.member) for one in parts}
    names = set()
    for tariff in agreement.tariffs.prefetch_related("lines"):
        lines = list(tariff.lines.all())
        fixed = {(line.size_code, line.price_cents, line.member_cents) for line in lines if line.member_kind == "fixed"}
        if (
            fixed == wanted
            and len(lines) == len(parts)
            and all(line.from_day <= (from_day or line.from_day) for line in lines)
        ):
            return tariff
        names.add(tariff.name.lower())
    free = next(one for one in (name, *(f"{name} ({n})" for n in range(2, len(names) + 3))) if one.lower() not in names)
    lines_ = [
        LineDraft(one.price, shares[one.size_code], one.size_code, member_cents=one.member, from_day=from_day) for one in parts
    ]  # fmt: skip
    return funding.add_tariff(agreement, free, lines_, by=by, at=at)


def choose_price(
    household: Household, parts: Sequence[Part], *, first: date, last: date | None, renews: Support | None, today: date,
    by: Person | None, at: datetime,
) -> Support:  # fmt: skip
    """From a day the household pays what it chose; the garden's box bears the rest. Refusals: SupportOverlaps,
    OutsideAgreement."""
    with transaction.atomic():
        agreement = own_offer(household.garden, today=today, by=by, at=at)
        tariff = _tariff(agreement, parts, _of_the_garden(parts), by=by, at=at)
        return actions.support(
            household, agreement=agreement, tariff=tariff, from_day=first, until_day=last, by=by, at=at, renews=renews
        )


def _of_the_garden(parts: Iterable[Part]) -> dict[str, tuple[ShareDraft, ...]]:
    return {one.size_code: (ShareDraft(0, "rest"),) for one in parts}


# --- Steps to the full price ----------------------------------------------------------------------


def shares_under(
    agreement: Agreement, fact: AgreementFact, tariff: int, step: Step
) -> dict[str, tuple[ShareDraft, ...]] | None:
    """Who would pay the rest of a step if it stayed in its agreement, by size; None when it may not: it passes the cap of
    its day, outlasts the agreement, or nobody pays "the rest" there."""
    cap, _exemption = funding.cap_for(agreement, step.from_day)
    outlasts = fact.until_day is not None and step.until_day > fact.until_day
    if not fact.in_programme or outlasts or cap is None or not step.under(cap):
        return None
    ranks = {pk: rank for rank, pk in enumerate(agreement.payers.order_by("rank").values_list("pk", flat=True))}
    found = {}
    for part in step.parts:
        dated = {line.size_code: line for since, line in fact.lines[tariff] if since <= step.from_day}
        line = line_for(list(dated.values()), part.size_code)
        if line is None or not any(share.kind == "rest" for share in line.shares):
            return None
        found[part.size_code] = tuple(
            ShareDraft(ranks[share.payer], share.kind, share.cents, share.bp) for share in line.shares
        )
    return found


def step_down(
    existing: Support, steps: Sequence[Step], *, with_agreement: bool, today: date, by: Person | None, at: datetime
) -> list[Support]:  # fmt: skip
    """Write the steps that lead from a support to the full price: one support a step. With `with_agreement` those under
    the cap stay in the agreement; the others, and all of them without it, are borne by the garden. All or nothing.
    Refusals: SupportOverlaps, OutsideAgreement, TariffRefused."""
    household, made, before = existing.household, [], existing
    with transaction.atomic():
        fact = agreement_facts([existing.agreement_id])[existing.agreement_id]
        for step in steps:
            shares = shares_under(existing.agreement, fact, existing.tariff_id, step) if with_agreement else None
            if shares:
                tariff = _tariff(existing.agreement, step.parts, shares, by=by, at=at, from_day=step.from_day)
            else:
                own = own_offer(household.garden, today=today, by=by, at=at)
                tariff = _tariff(own, step.parts, _of_the_garden(step.parts), by=by, at=at)
            row = actions.support(
                household, agreement=tariff.agreement, tariff=tariff, from_day=step.from_day, until_day=step.until_day, by=by, at=at,
                renews=before,
            )  # fmt: skip
            made.append(row)
            before = row
        Support.objects.filter(pk__in=[row.pk for row in made]).update(step_after=existing)
        record("members.stepped_down", by=by, at=at, garden=household.garden, about=existing, steps=len(made))
    return made


class StepsBegun(Refused):
    """The first step has begun: correct or end the supports one by one."""


def take_steps_back(existing: Support, *, today: date, by: Person | None, at: datetime) -> int:
    """Take back the steps that follow a support, before the first begins. Refusal: StepsBegun."""
    with transaction.atomic():
        Household.objects.select_for_update().get(pk=existing.household_id)
        rows = list(existing.steps.select_related("household__garden", "tariff__agreement").order_by("-from_day"))
        if any(one.from_day <= today for one in rows):
            raise StepsBegun
        for one in rows:
            one.delete()
        for tariff in {one.tariff for one in rows}:
            with suppress(funding.TariffInUse):  # another household pays so too
                funding.withdraw_tariff(tariff, by=by, at=at)
        if rows:
            record("members.steps_taken_back", by=by, at=at, garden=existing.household.garden, about=existing)
    return len(rows)


# --- Moving together ------------------------------------------------------------------------------


class MoveChanged(Refused):
    """What may move is not what was shown: look again."""


def move_supports(
    garden: Garden, *, source: Agreement, tariff: Tariff, day: date, moved: Sequence[Moved], by: Person | None, at: datetime
) -> SupportMove:  # fmt: skip
    """Write a move as the rule decided it, all or nothing. What a support carries (its request for renewal, its warnings,
    what comes after) goes on with it. Whoever calls holds the garden's lock and has decided under it.
    """
    with transaction.atomic():
        rows = {one.pk: one for one in Support.objects.select_for_update().filter(pk__in=[one.pk for one in moved])}
        move = SupportMove.objects.create(garden=garden, source=source, tariff=tariff, day=day, at=at, by=by)
        whole = [one for one in moved if one.whole]
        cut = [one for one in moved if not one.whole]
        _cut(rows, cut, tariff, move)
        SupportMoved.objects.bulk_create(
            SupportMoved(
                move=move, support_id=one.pk, tariff_id=rows[one.pk].tariff_id, until_day=rows[one.pk].until_day
            )
            for one in whole
        )
        for one in whole:
            Support.objects.filter(pk=one.pk).update(
                agreement=tariff.agreement_id, tariff=tariff, until_day=one.until_day
            )
        record("members.supports_moved", by=by, at=at, garden=garden, about=move, count=len(moved), day=str(day))
    return move


def _cut(rows: Mapping[int, Support], cut: Sequence[Moved], tariff: Tariff, move: SupportMove) -> None:
    """End each of these the day before, and go on with another; whoever renewed the first renews the second."""
    Support.objects.filter(pk__in=[one.pk for one in cut]).update(until_day=move.day - ONE_DAY)
    later = dict(Support.objects.filter(renews__in=[one.pk for one in cut]).values_list("renews", "pk"))
    Support.objects.filter(pk__in=later.values()).update(renews=None)
    made = sql.insert_all(
        Support,
        [
            Support(
                household_id=rows[one.pk].household_id, agreement_id=tariff.agreement_id, tariff=tariff, from_day=one.from_day,
                until_day=one.until_day, renews_id=one.pk, step_after_id=rows[one.pk].step_after_id,
            )
            for one in cut
        ],
    )  # fmt: skip
    for one, new in zip(cut, made, strict=True):
        if one.pk in later:
            Support.objects.filter(pk=later[one.pk]).update(renews=new)
        _carry(one.pk, new.pk)
    SupportMoved.objects.bulk_create(
        SupportMoved(
            move=move, support_id=one.pk, tariff_id=rows[one.pk].tariff_id, until_day=rows[one.pk].until_day, made=new
        )
        for one, new in zip(cut, made, strict=True)
    )


def _carry(old: int, new: int) -> None:
    for model in (RenewalAsk, Onward, EndWarning):
        model.objects.filter(support=old).update(support=new)
    Support.objects.filter(step_after=old).update(step_after=new)


def undo_move(move: SupportMove, *, by: Person | None, at: datetime) -> None:
    """Put supports back as they were before a move. Whoever calls has seen to it that nothing is settled since.
    Refusal: MoveChanged when one of them was changed otherwise meanwhile."""
    with transaction.atomic():
        if not SupportMove.objects.filter(pk=move.pk, undone_at=None).update(undone_at=at):
            raise MoveChanged
        for row in move.rows.select_related("support", "made", "tariff"):
            _undo(move, row)
        record("members.move_undone", by=by, at=at, garden=move.garden, about=move)


def _undo(move: SupportMove, row: SupportMoved) -> None:
    stands = row.made or row.support
    if stands.tariff_id != move.tariff_id or (row.made and row.support.until_day != move.day - ONE_DAY):
        raise MoveChanged
    if row.made:
        _carry(row.made.pk, row.support_id)
        later = Support.objects.filter(renews=row.made).values_list("pk", flat=True).first()
        SupportMoved.objects.filter(pk=row.pk).update(made=None)
        row.made.delete()
        if later:
            Support.objects.filter(pk=later).update(renews=row.support_id)
    clash = Support.objects.filter(household=row.support.household_id).exclude(pk=row.support_id)
    if clash.between(row.support.from_day, row.until_day or date.max).exists():
        raise MoveChanged
    Support.objects.filter(pk=row.support_id).update(
        agreement=row.tariff.agreement_id, tariff=row.tariff, until_day=row.until_day
    )

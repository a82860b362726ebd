"""Network grants to gardens: calls, applications, decisions, payments, accounts, and what becomes of money not spent.

Whoever decides or pays takes a turn at the books: an envelope and a tranche are never granted past, even by two people
at once. The instalments of a grant, paid, to come and stopped, always make what was granted (`docs/rules/granting.md`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from cageot.funding import journal
from cageot.funding.actions.books import Turn, take_turn
from cageot.funding.journal import Event, Line
from cageot.funding.models import (
    BookEntry,
    GrantApplication,
    GrantCall,
    GrantInstalment,
    GrantLine,
    GrantMove,
    GrantReport,
    Tranche,
)
from cageot.funding.queries import granting as queries
from cageot.funding.rules import chart
from cageot.funding.rules import granting as rules
from cageot.network import outbox
from cageot.network.actions import record
from cageot.network.models import Garden, Message, Person, Role

State, Reported, Left = GrantApplication.State, GrantReport.State, GrantReport.Left

# --- Refusals -------------------------------------------------------------------------------------


class GrantRefused(Exception):
    """What is asked of a call or a grant cannot be; nothing was written."""


class CallInUse(GrantRefused):
    """A garden has sent its application: what it answers to stays. The call may still close later."""


class CallClosed(GrantRefused):
    """The call does not take applications on that day."""


class NotConcerned(GrantRefused):
    """The call is for other gardens, or the garden is not in the network that day."""


class EnvelopeTooBig(GrantRefused):
    """The envelope is more than the tranche may still give: `most`, in cents."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class WrongState(GrantRefused):
    """Somebody else did something in between: it is not in the state that this asks for."""


class Incomplete(GrantRefused):
    """Something is still to write: `missing`, names of fields, in order."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(missing)
        self.missing = missing


class NotNotified(GrantRefused):
    """The money of the call was promised and is not notified yet: nothing may be granted of it."""


class OverTheRoom(GrantRefused):
    """More is granted than what is left: `room` cents of the envelope and of the notified money, `asked` cents decided."""

    def __init__(self, room: int, asked: int) -> None:
        super().__init__(room, asked)
        self.room, self.asked = room, asked


class MoreThanAsked(GrantRefused):
    """A garden cannot be granted more than it asked: `application`."""

    def __init__(self, application: GrantApplication) -> None:
        super().__init__(application)
        self.application = application


class NoReason(GrantRefused):
    """A refusal, a stop or a return must say why."""


class ConditionNotMet(GrantRefused):
    """The instalment has a condition, and nobody said how it was met."""


class MoreThanLeft(GrantRefused):
    """More than what is left of the grant: `left`, in cents."""

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left


# --- Calls ----------------------------------------------------------------------------------------

CALL_FIELDS = (
    "name", "tranche", "opens_on", "closes_on", "from_day", "until_day", "envelope_cents", "purpose", "conditions",
)  # fmt: skip


def open_call(values: Mapping[str, Any], *, by: Person | None, at: datetime) -> GrantCall:
    """Open a call for projects and tell the gardens that it concerns. `values`: those of `CALL_FIELDS`.

    Money that is only promised may be called for: nothing of it is granted before it is notified. Refusal: EnvelopeTooBig.
    """
    with transaction.atomic():
        take_turn()
        call = GrantCall(**{name: values[name] for name in CALL_FIELDS})
        _fits(call)
        call.save(force_insert=True)
        record("funding.call_opened", by=by, at=at, about=call, closes=str(call.closes_on))
        for garden in queries.concerned(call, localtime(at).date()):
            _tell_garden(garden, "opened", f"call:{call.pk}:{garden.pk}", _page_of(garden), at)
    return call


def change_call(call: GrantCall, values: Mapping[str, Any], *, by: Person | None, at: datetime) -> list[str]:
    """Change a call; the names of what changed. Once a garden has sent, it may only close later. Refusals: CallInUse, EnvelopeTooBig."""
    with transaction.atomic():
        take_turn()
        call = GrantCall.objects.select_related("tranche").get(pk=call.pk)
        changed = [name for name in CALL_FIELDS if name in values and getattr(call, name) != values[name]]
        only_later = changed == ["closes_on"] and values["closes_on"] > call.closes_on
        if changed and not only_later and call.applications.exclude(state__in=[State.DRAFT, State.WITHDRAWN]).exists():
            raise CallInUse
        for name in changed:
            setattr(call, name, values[name])
        if {"tranche", "envelope_cents"} & set(changed):
            _fits(call)
        if changed:
            call.save(update_fields=changed)
            record("funding.call_changed", by=by, at=at, about=call, fields=changed)
    return changed


def withdraw_call(call: GrantCall, *, by: Person | None, at: datetime) -> None:
    """Take back a call that no garden has answered: drafts of it go too. Refusal: CallInUse."""
    with transaction.atomic():
        take_turn()
        if call.applications.exclude(state=State.DRAFT).exists():
            raise CallInUse
        record("funding.call_withdrawn", by=by, at=at, about=call, name=call.name)
        call.applications.all().delete()
        GrantCall.objects.filter(pk=call.pk).delete()


def _fits(call: GrantCall) -> None:
    """Hold an envelope to what its tranche may still give: promised money counts until less is notified."""
    tranche = Tranche.objects.get(pk=call.tranche_id)
    announced = tranche.promised_cents if tranche.notified_cents is None else tranche.notified_cents
    own = queries.granted_by(call) if call.pk else 0
    most = max(0, announced - tranche.used_cents + own)
    if call.envelope_cents > most:
        raise EnvelopeTooBig(most)


# --- Applications ---------------------------------------------------------------------------------

DRAFT_FIELDS = ("project", "asked_cents", "baskets", "households", "sessions")


@dataclass(frozen=True)
class BudgetLine:
    """One line of a budget: `side` cost or income, its account in the form, its words, cents planned, and spent in the end."""

    side: str
    account: str
    label: str
    planned: int = 0
    spent: int = 0


def start(call: GrantCall, garden: Garden, *, today: date, by: Person | None, at: datetime) -> GrantApplication:
    """A garden begins its application, or finds the one that it began. Refusals: CallClosed, NotConcerned."""
    with transaction.atomic():
        found = GrantApplication.objects.filter(call=call, garden=garden).first()
        if found:
            return found
        _open(call, today)
        if garden not in queries.concerned(call, today):
            raise NotConcerned
        made, new = GrantApplication.objects.get_or_create(call=call, garden=garden)
        if new:
            record("funding.application_begun", by=by, at=at, garden=garden, about=made)
        return made


def save_draft(
    application: GrantApplication, values: Mapping[str, Any], lines: Iterable[BudgetLine] | None = None, *,
    by: Person | None, at: datetime,
) -> None:  # fmt: skip
    """Keep what is written so far: fields of `DRAFT_FIELDS`, and the whole budget when `lines` are given. Refusal: WrongState."""
    kept = {name: values[name] for name in DRAFT_FIELDS if name in values}
    with transaction.atomic():
        _locked(application, State.DRAFT, **kept)
        if lines is not None:
            application.lines.all().delete()
            GrantLine.objects.bulk_create(
                GrantLine(
                    application=application, side=one.side, account=one.account, label=one.label, planned_cents=one.planned
                )
                for one in lines
                if one.planned
            )  # fmt: skip
        record("funding.application_saved", by=by, at=at, garden=application.garden, about=application)
    application.refresh_from_db()


def missing(application: GrantApplication) -> list[str]:
    """What must still be written before it may be sent: project, asked_cents, baskets, lines, balance."""
    costs, incomes = queries.totals(application)
    found = [] if application.project.strip() else ["project"]
    found += [] if application.asked_cents else ["asked_cents"]
    found += [] if application.baskets else ["baskets"]
    found += [] if costs else ["lines"]
    found += [] if not costs or costs == incomes else ["balance"]
    return found


def send(application: GrantApplication, *, today: date, by: Person | None, at: datetime) -> None:
    """Send an application to the network. Refusals: CallClosed, Incomplete, WrongState."""
    with transaction.atomic():
        application.refresh_from_db()
        if not application.decision:
            _open(application.call, today)
        _locked(application, State.DRAFT, state=State.SENT, sent_on=today, decision="")
        application.refresh_from_db()
        if wanted := missing(application):
            raise Incomplete(wanted)
        record("funding.application_sent", by=by, at=at, garden=application.garden, about=application)
        _tell_network("sent", f"application:{application.pk}:{at.timestamp():.0f}", application, at)


def withdraw(application: GrantApplication, *, by: Person | None, at: datetime) -> None:
    """The garden does not ask any more. Refusal: WrongState once it was decided."""
    with transaction.atomic():
        _locked(application, State.DRAFT, State.SENT, state=State.WITHDRAWN)
        record("funding.application_withdrawn", by=by, at=at, garden=application.garden, about=application)


def reopen(application: GrantApplication, *, today: date, by: Person | None, at: datetime, because: str = "") -> None:
    """A garden writes in its application again, or asks after all. The network gives one back to complete (`because`): that
    garden may then send it again, even after the call is over. Refusals: CallClosed, WrongState."""
    with transaction.atomic():
        if not because:
            _open(application.call, today)
        _locked(application, State.SENT, State.WITHDRAWN, state=State.DRAFT, sent_on=None, decision=because)
        record("funding.application_reopened", by=by, at=at, garden=application.garden, about=application)
        if because:
            _tell_garden(
                application.garden,
                "to_complete",
                f"application:{application.pk}:back:{at.timestamp():.0f}",
                _page(application),
                at,
            )
    application.refresh_from_db()


def _open(call: GrantCall, today: date) -> None:
    if not call.opens_on <= today <= call.closes_on:
        raise CallClosed


def _locked(application: GrantApplication, *states: str, **values: Any) -> None:
    """Change an application that is in one of these states, and nobody else meanwhile. Error: WrongState."""
    values = values or {"state": states[0]}
    if not GrantApplication.objects.filter(pk=application.pk, state__in=states).update(**values):
        raise WrongState


# --- Deciding -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Decision:
    """What is decided of one application: cents granted (0 refuses), the words that the garden reads, conditions."""

    application: GrantApplication
    cents: int
    words: str = ""
    conditions: str = ""


def decide(
    call: GrantCall, decisions: Sequence[Decision], plan: Sequence[rules.Step], *, today: date, by: Person | None, at: datetime
) -> None:  # fmt: skip
    """Decide several applications at once, all or none: each garden is told, its payments are planned, the books know.

    Refusals: WrongState, NotNotified, OverTheRoom, MoreThanAsked, NoReason.
    """
    with transaction.atomic():
        turn = take_turn()
        call = GrantCall.objects.select_related("tranche__fund__entity").get(pk=call.pk)
        _within_the_room(call, decisions)
        for one in decisions:
            _decide(turn, call, one, plan, today, by, at)


def _within_the_room(call: GrantCall, decisions: Sequence[Decision]) -> None:
    for one in decisions:
        if one.cents > one.application.asked_cents:
            raise MoreThanAsked(one.application)
        if not one.cents and not one.words.strip():
            raise NoReason
    total = sum(one.cents for one in decisions)
    if total and call.tranche.notified_cents is None:
        raise NotNotified
    left = queries.room(call)
    if total > left:
        raise OverTheRoom(left, total)
    if total:
        Tranche.objects.filter(pk=call.tranche_id).update(used_cents=F("used_cents") + total)


def _decide(
    turn: Turn, call: GrantCall, one: Decision, plan: Sequence[rules.Step], today: date, by: Person | None, at: datetime
) -> None:  # fmt: skip
    application = one.application
    _locked(
        application, State.SENT, state=State.GRANTED if one.cents else State.REFUSED, granted_cents=one.cents,
        decided_on=today, decided_by=by, decision=one.words.strip(), conditions=one.conditions.strip(),
    )  # fmt: skip
    application.refresh_from_db()
    if one.cents:
        GrantInstalment.objects.bulk_create(
            GrantInstalment(application=application, due_on=step.due_on, cents=step.cents, condition=step.condition)
            for step in rules.payments(one.cents, plan)
        )
        journal.of_grant_decided(turn, application, by=by, at=at)
    record("funding.grant_decided", by=by, at=at, garden=application.garden, about=application, granted=bool(one.cents))
    _tell_garden(application.garden, "decided", f"application:{application.pk}:decided", _page(application), at)


# --- Paying ---------------------------------------------------------------------------------------


def pay(instalment: GrantInstalment, *, on: date, reference: str, met: str, by: Person | None, at: datetime) -> None:
    """Write that an instalment was paid, and how its condition was met. Refusals: WrongState, ConditionNotMet."""
    with transaction.atomic():
        turn = take_turn()
        one = GrantInstalment.objects.select_related("application__garden", "application__call__tranche__fund").get(
            pk=instalment.pk
        )
        if one.paid_on or one.stopped_on:
            raise WrongState
        if one.condition and not met.strip():
            raise ConditionNotMet
        one.paid_on, one.reference, one.met = on, reference.strip(), met.strip()
        one.save(update_fields=["paid_on", "reference", "met"])
        journal.of_grant_paid(turn, one, by=by, at=at)
        record("funding.grant_paid", by=by, at=at, garden=one.application.garden, about=one.application, on=str(on))
        _tell_garden(one.application.garden, "paid", f"instalment:{one.pk}", _page(one.application), at)


# --- Accounts of a grant --------------------------------------------------------------------------

REPORT_FIELDS = (
    "done", "who", "goals", "differences", "rules", "in_kind", "baskets", "households", "sessions", "unspent_cents", "left",
)  # fmt: skip


def save_report(
    application: GrantApplication, values: Mapping[str, Any], lines: Iterable[BudgetLine] | None = None, *,
    by: Person | None, at: datetime,
) -> GrantReport:  # fmt: skip
    """Keep what is written so far of the accounts of a grant. `lines`: what was spent and received in the end; the
    budget keeps what was planned. Refusals: WrongState; MoreThanLeft when more is unspent than was granted."""
    with transaction.atomic():
        report = _report_to_write(application)
        for name in REPORT_FIELDS:
            if name in values:
                setattr(report, name, values[name])
        fate = queries.fate(application)
        if report.unspent_cents > fate.kept:
            raise MoreThanLeft(fate.kept)
        if application.stopped_on:
            report.left = Left.GIVEN_BACK
        report.save()
        if lines is not None:
            _spent(application, lines)
        record("funding.report_saved", by=by, at=at, garden=application.garden, about=application)
    return report


def _report_to_write(application: GrantApplication) -> GrantReport:
    granted = GrantApplication.objects.filter(pk=application.pk, state=State.GRANTED).select_for_update().first()
    if granted is None:
        raise WrongState
    report = GrantReport.objects.filter(application=application).first() or GrantReport(application=application)
    if report.state not in (Reported.DRAFT, Reported.RETURNED):
        raise WrongState
    return report


def _spent(application: GrantApplication, lines: Iterable[BudgetLine]) -> None:
    known = {(one.side, one.account, one.label): one for one in application.lines.all()}
    application.lines.update(spent_cents=0)
    for one in lines:
        row = known.get((one.side, one.account, one.label))
        if row:
            GrantLine.objects.filter(pk=row.pk).update(spent_cents=one.spent)
        elif one.spent:
            GrantLine.objects.create(
                application=application, side=one.side, account=one.account, label=one.label, spent_cents=one.spent
            )
    application.lines.filter(planned_cents=0, spent_cents=0).delete()


def send_report(application: GrantApplication, *, today: date, by: Person | None, at: datetime) -> None:
    """Send the accounts of a grant to the network. Refusals: WrongState, Incomplete."""
    with transaction.atomic():
        report = GrantReport.objects.filter(application=application).first()
        if report is None or not report.done.strip():
            raise Incomplete(["done"])
        changed = GrantReport.objects.filter(pk=report.pk, state__in=[Reported.DRAFT, Reported.RETURNED])
        if not changed.update(state=Reported.SENT, sent_on=today):
            raise WrongState
        record("funding.report_sent", by=by, at=at, garden=application.garden, about=application)
        _tell_network("reported", f"report:{application.pk}:{at.timestamp():.0f}", application, at)


def return_report(application: GrantApplication, *, words: str, today: date, by: Person | None, at: datetime) -> None:
    """Give the accounts back to the garden, with what is missing. Refusals: WrongState, NoReason."""
    if not words.strip():
        raise NoReason
    with transaction.atomic():
        _answered(application, Reported.RETURNED, words, today)
        record("funding.report_returned", by=by, at=at, garden=application.garden, about=application)
        _tell_garden(
            application.garden, "returned", f"report:{application.pk}:back:{at.timestamp():.0f}", _page(application), at
        )


def accept_report(application: GrantApplication, *, words: str, today: date, by: Person | None, at: datetime) -> None:
    """Accept the accounts of a grant: what it spent is written, and what is left is carried over or to give back.

    What is to give back and was not paid yet is not paid any more. Refusal: WrongState.
    """
    with transaction.atomic():
        turn = take_turn()
        _answered(application, Reported.ACCEPTED, words, today)
        report = GrantReport.objects.get(pk=application.pk)
        fate = queries.fate(application)
        spent = max(0, fate.kept - fate.given_back - report.unspent_cents - fate.spent)
        last = application.call.until_day if application.stopped_on is None else application.stopped_on
        if spent:
            _moved(application, GrantMove.Kind.SPENT, _in_an_open_year(application, last), spent, "", by, at)
        if report.left == Left.GIVEN_BACK and report.unspent_cents:
            _pay_no_more(turn, application, report.unspent_cents, today, _("Non dépensé."), by, at)
        record("funding.report_accepted", by=by, at=at, garden=application.garden, about=application)
        _tell_garden(application.garden, "accepted", f"report:{application.pk}:accepted", _page(application), at)


def _answered(application: GrantApplication, state: str, words: str, today: date) -> None:
    sent = GrantReport.objects.filter(pk=application.pk, state=Reported.SENT)
    if not sent.update(state=state, answered_on=today, answer=words.strip()):
        raise WrongState


def _in_an_open_year(application: GrantApplication, day: date) -> date:
    """The day that the garden's books take for it: a closed year is not written in any more."""
    return max(day, journal.year_for(journal.entity_of(application.garden), day).first)


# --- What is not spent ----------------------------------------------------------------------------


def use_carried(
    application: GrantApplication, *, cents: int, on: date, words: str, by: Person | None, at: datetime
) -> None:
    """Spend money that was carried over, once the accounts are accepted. Refusals: WrongState, MoreThanLeft."""
    with transaction.atomic():
        take_turn()
        report = GrantReport.objects.filter(pk=application.pk, state=Reported.ACCEPTED, left=Left.CARRIED).first()
        left = queries.fate(application).unspent
        if report is None or not cents > 0:
            raise WrongState
        if cents > left:
            raise MoreThanLeft(left)
        _moved(application, GrantMove.Kind.SPENT, on, cents, words, by, at)
        record("funding.grant_used", by=by, at=at, garden=application.garden, about=application, on=str(on))


def give_back(
    application: GrantApplication, *, cents: int, on: date, words: str, by: Person | None, at: datetime
) -> None:
    """Money that was paid and not spent comes back to the network, and to its tranche. Refusals: WrongState, MoreThanLeft."""
    with transaction.atomic():
        turn = take_turn()
        left = queries.fate(application).in_hand
        if cents <= 0:
            raise WrongState
        if cents > left:
            raise MoreThanLeft(left)
        move = _moved(application, GrantMove.Kind.GIVEN_BACK, on, cents, words, by, at)
        _back_to_the_tranche(application, cents)
        journal.of_grant_given_back(turn, application, cents, by=by, at=at)
        _repaid(move)
        record("funding.grant_given_back", by=by, at=at, garden=application.garden, about=application, on=str(on))


def stop(application: GrantApplication, *, on: date, because: str, by: Person | None, at: datetime) -> None:
    """A grant ends before its term: what was not paid will not be, and what was not spent is asked back.

    Refusals: NoReason; WrongState when it was not granted, was stopped already, or its accounts were accepted.
    """
    if not because.strip():
        raise NoReason
    with transaction.atomic():
        turn = take_turn()
        _stop(turn, application, on, because.strip(), by, at)


def garden_left(garden: Garden, *, on: date, because: str, by: Person | None, at: datetime) -> int:
    """A garden leaves the network in the middle of a year: every grant under way stops. Returns how many. Refusal: NoReason."""
    if not because.strip():
        raise NoReason
    with transaction.atomic():
        turn = take_turn()
        running = list(queries.running().filter(garden=garden))
        for one in running:
            _stop(turn, one, on, because.strip(), by, at)
        GrantApplication.objects.filter(garden=garden, state__in=[State.DRAFT, State.SENT]).update(
            state=State.WITHDRAWN
        )
        return len(running)


def _stop(turn: Turn, application: GrantApplication, on: date, because: str, by: Person | None, at: datetime) -> None:
    under_way = queries.running().filter(pk=application.pk)
    if not GrantApplication.objects.filter(pk__in=under_way.values("pk")).update(
        stopped_on=on, stopped_because=because
    ):
        raise WrongState
    application.refresh_from_db()
    _pay_no_more(turn, application, queries.fate(application).to_pay, on, because, by, at)
    GrantReport.objects.filter(pk=application.pk).update(left=Left.GIVEN_BACK)
    record("funding.grant_stopped", by=by, at=at, garden=application.garden, about=application, on=str(on))
    _tell_garden(application.garden, "stopped", f"application:{application.pk}:stopped", _page(application), at)


def _pay_no_more(
    turn: Turn, application: GrantApplication, cents: int, on: date, because: str, by: Person | None, at: datetime
) -> None:  # fmt: skip
    """Stop as much of what is not paid yet, the last payments first; one that is only partly stopped becomes two."""
    left = cents
    for one in application.instalments.filter(paid_on=None, stopped_on=None).order_by("-due_on", "-pk"):
        if left <= 0:
            break
        if one.cents > left:
            GrantInstalment.objects.filter(pk=one.pk).update(cents=one.cents - left)
            one = GrantInstalment(application=application, due_on=one.due_on, cents=left, condition=one.condition)
        one.stopped_on = on
        one.save()
        left -= one.cents
    stopped = cents - left
    if stopped:
        _moved(application, GrantMove.Kind.WITHDRAWN, on, stopped, because, by, at)
        _back_to_the_tranche(application, stopped)
        journal.of_grant_given_back(turn, application, stopped, by=by, at=at)


def _repaid(move: GrantMove) -> None:
    """The money that a garden gives back leaves its bank and comes to who granted it. One entity alone writes nothing."""
    application = move.application
    holder, home = application.call.tranche.fund.entity, journal.entity_of(application.garden)
    if holder == home:
        return
    first = None
    for entity, other, cents in ((holder, home, move.cents), (home, holder, -move.cents)):
        who = {"garden": application.garden_id, "other": other.pk}
        first = journal.write(
            entity, journal=BookEntry.Journal.BANK, day=move.day, piece=f"AID-{application.pk}",
            label=f"Aide remboursée : {application.call.name}, {application.garden.name}"[:200],
            lines=[Line(chart.BANK, cents, **who), Line(chart.BETWEEN, -cents, **who)],
            event=Event("grant_repaid", move.pk), by=move.by, at=move.at, mirrors=first,
        )  # fmt: skip


def _back_to_the_tranche(application: GrantApplication, cents: int) -> None:
    Tranche.objects.filter(calls=application.call_id).update(used_cents=F("used_cents") - cents)


def _moved(
    application: GrantApplication, kind: str, on: date, cents: int, reason: str, by: Person | None, at: datetime
) -> GrantMove:  # fmt: skip
    return GrantMove.objects.create(
        application=application, kind=kind, day=on, cents=cents, reason=reason.strip()[:300], by=by, at=at
    )


# --- Who is told ----------------------------------------------------------------------------------


def remind(*, today: date, at: datetime) -> int:
    """Tell gardens whose accounts are due within a month, once for each grant. Returns how many were told now."""
    awaited = [one for one in queries.reports_awaited(today) if 0 <= (one.due - today).days <= REMINDED]
    once = {f"report:{one.application.pk}:due": one.application for one in awaited}
    known = set(Message.objects.filter(once__in=[f"grant:{each}:0" for each in once]).values_list("once", flat=True))
    news = {each: one for each, one in once.items() if f"grant:{each}:0" not in known}
    for each, one in news.items():
        _tell_garden(one.garden, "due", each, _page(one), at)
    return len(news)


REMINDED = 31
"""Days before its end that a delay is recalled."""


def _page_of(garden: Garden) -> str:
    return reverse("desk:grants", args=[garden.code])


def _page(application: GrantApplication) -> str:
    return reverse("desk:grant", args=[application.garden.code, application.pk])


def _tell_garden(garden: Garden, event: str, once: str, path: str, at: datetime) -> None:
    """Those who keep a garden's money, each at their own address; the garden's own when nobody has one."""
    said = {
        "opened": _("Le réseau ouvre un appel à projets. Votre jardin peut y répondre."),
        "to_complete": _("Le réseau vous rend votre demande à compléter."),
        "decided": _("Le réseau a répondu à votre demande."),
        "paid": _("Le réseau a versé une somme à votre jardin."),
        "due": _("Un compte rendu est attendu bientôt."),
        "returned": _("Le réseau vous rend votre compte rendu à compléter."),
        "accepted": _("Le réseau a accepté votre compte rendu."),
        "stopped": _("Un versement du réseau s’arrête. Ouvrez la page pour lire pourquoi, et ce qui reste à faire."),
    }[event]
    roles = Role.objects.filter(garden=garden, kind__in=[Role.Kind.COORDINATOR, Role.Kind.TREASURER])
    own = [garden.email] if garden.email else []
    for number, mail in enumerate(_mails(roles.on(localtime(at).date())) or own):
        _write(mail, "grant_garden", said, path, garden, f"grant:{once}:{number}", at)


def _tell_network(event: str, once: str, application: GrantApplication, at: datetime) -> None:
    said = {
        "sent": _("Un jardin a répondu à un appel à projets."),
        "reported": _("Un jardin a envoyé un compte rendu."),
    }[event]
    path = reverse("desk:call", args=[application.call_id])
    roles = Role.objects.filter(kind=Role.Kind.NETWORK).on(localtime(at).date())
    for number, mail in enumerate(_mails(roles)):
        _write(mail, "grant_network", said, path, None, f"grant:{event}:{once}:{number}", at)


def _mails(roles: Any) -> list[str]:
    found = roles.filter(person__login__is_active=True).values_list("person__login__email", flat=True)
    return sorted({mail for mail in found if mail})


def _write(to: str, kind: str, said: str, path: str, garden: Garden | None, once: str, at: datetime) -> None:
    about = f"network.garden:{garden.pk}" if garden else "network"
    body = f"{said}\n\n{settings.SITE}{path}"
    outbox.write(
        kind,
        channel="mail",
        to=to,
        subject=_("À voir dans Cageot"),
        body=body,
        about=about,
        garden=garden,
        once=once,
        at=at,
    )

"""Writing what a file brings: all in one transaction, or nothing."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction

from cageot.baskets.actions import open_size
from cageot.baskets.bulk import subscribe_many
from cageot.baskets.models import Basket, Subscription
from cageot.baskets.places import open_depot
from cageot.core.tabular.words import plain
from cageot.desk.queries import importing as queries
from cageot.desk.rules.import_facts import Answers, Draft, Ref
from cageot.desk.rules.import_money import NewAgreement
from cageot.desk.rules.importing import Decided, Decision, decide
from cageot.funding.actions import LineDraft, PayerDraft, ShareDraft, open_agreement
from cageot.funding.models import Agreement
from cageot.members.actions import Refused
from cageot.members.bulk import Welcome, join_many, support_many, welcome_many
from cageot.members.models import Household, ImportMap, Member, Membership, Support
from cageot.network.actions import record
from cageot.network.models import Garden, Partner, Person


class NotGood(Refused):
    """Some lines are not good, and nobody chose to leave them out: nothing was written. `decision` says why."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision


@dataclass(frozen=True)
class Written:
    """What an import wrote, and how it judged each line."""

    decision: Decision
    counts: Mapping[str, int]

    @property
    def households(self) -> int:
        return self.counts["households"]


@dataclass(frozen=True)
class Learnt:
    """What a file taught, to be remembered for the garden's next one: header → key, kind → words → meaning."""

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


Tell = Callable[[str], None]
STEPS = {"reading": 2, "households": 8, "memberships": 14, "supports": 20, "subscriptions": 25, "done": 100}
"""What `tell` is given, in order, as the work goes; and how much of it is done by then, in hundredths of its time."""


def bring(
    garden: Garden, drafts: Sequence[Draft], answers: Answers, *, only_good: bool, today: date, by: Person | None, at: datetime,
    learnt: Learnt | None = None, tell: Tell = lambda _step: None,
) -> Written:  # fmt: skip
    """Write the good lines of a file. Decides again, holding the garden: what was shown may have changed since.

    Bringing a file twice writes nothing the second time. Refusal: NotGood, unless `only_good`.
    """
    try:
        return _bring(garden, drafts, answers, only_good, today, by, at, learnt or Learnt(), tell)
    except IntegrityError:
        # Somebody gave one of these numbers to a household meanwhile: decided anew, the line says so.
        return _bring(garden, drafts, answers, only_good, today, by, at, learnt or Learnt(), tell)


def _bring(
    garden: Garden, drafts: Sequence[Draft], answers: Answers, only_good: bool, today: date, by: Person | None, at: datetime,
    learnt: Learnt, tell: Tell,
) -> Written:  # fmt: skip
    with transaction.atomic():
        tell("reading")
        # Two files at once: the second waits here, then sees the households of the first.
        Garden.objects.select_for_update().get(pk=garden.pk)
        decision = decide(drafts, queries.garden_facts(garden), answers, today)
        if not (only_good or decision.whole):
            raise NotGood(decision)
        good = decision.of("good")
        remember(garden, learnt)
        counts = dict.fromkeys(COUNTS, 0)
        if good:
            with _without_savepoints(), _without_collecting():
                counts = _write(garden, decision, good, today, by, at, tell)
            record("desk.imported", by=by, at=at, garden=garden, lines=len(decision.rows), **decision.counts, **counts)
    tell("done")
    return Written(decision, counts)


@contextmanager
def _without_savepoints() -> Iterator[None]:
    """The actions called in here open a savepoint each, to which nobody goes back: all is written, or nothing.

    Once its cache is full, SQLite keeps for a savepoint a copy of the pages that rows touch, and goes through all of
    them at each row: eight thousand households took thirty seconds instead of five.
    """
    connection.savepoint = lambda: None  # type: ignore[method-assign, assignment, return-value]
    try:
        yield
    finally:
        del connection.savepoint


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Hundreds of thousands of baskets are made, none in a circle: looking for circles among them took a fifth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


COUNTS = ("households", "memberships", "supports", "subscriptions", "baskets", "depots", "sizes", "agreements")


def _write(
    garden: Garden,
    decision: Decision,
    good: Sequence[Decided],
    today: date,
    by: Person | None,
    at: datetime,
    tell: Tell,
) -> dict[str, int]:
    made = _Made(garden, decision, by, at)
    made.open_for(good, today)
    tell("households")
    households = welcome_many(garden, list(_welcomes(garden, decision, good, today)), by=by, at=at)
    pairs = list(zip(households, good, strict=True))
    tell("memberships")
    memberships = [_membership(household, row) for household, row in pairs if row.draft.membership_paid_on]
    if memberships:
        join_many(garden, memberships, by=by, at=at)
    tell("supports")
    supports = [made.support(household, row) for household, row in pairs if row.cover]
    if supports:
        support_many(garden, supports, by=by, at=at)
    tell("subscriptions")
    subscriptions = subscribe_many(
        garden,
        [made.subscription(household, row) for household, row in pairs if row.basket],
        by=by,
        at=at,
        lay_from=today,
    )
    laid = 0
    if subscriptions:  # their ids follow one another: an index alone counts
        first, last = subscriptions[0].pk, subscriptions[-1].pk
        laid = Basket.objects.filter(subscription__gte=first, subscription__lte=last).count()
    return {
        "households": len(households), "memberships": len(memberships), "supports": len(supports),
        "subscriptions": len(subscriptions), "baskets": laid, **made.counts,
    }  # fmt: skip


def _welcomes(garden: Garden, decision: Decision, good: Iterable[Decided], today: date) -> Iterable[Welcome]:
    free = queries.next_numbers(garden, (row.draft.number for row in decision.rows))
    for row in good:
        number = row.draft.number
        if not number:
            number, free = str(free), free + 1
        yield Welcome(_household(row.draft, number, today), _contact(row.draft))


def _household(draft: Draft, number: str, today: date) -> Household:
    days = [day for day in (draft.support_from, draft.membership_paid_on, today) if day]
    said: dict[str, Any] = {"adults": draft.adults, "children": draft.children, "language": draft.language or None}
    return Household(
        number=number, joined_on=min(days), address=draft.address, postcode=draft.postcode, town=draft.commune,
        commune_code=draft.commune_code, **{name: value for name, value in said.items() if value is not None},
    )  # fmt: skip


def _contact(draft: Draft) -> Member:
    return Member(**{name: getattr(draft, name) for name in queries.MEMBER_FIELDS})


def _membership(household: Household, row: Decided) -> Membership:
    paid_on = row.draft.membership_paid_on
    assert paid_on
    kind = Membership.Kind.SOLIDARITY if row.solidarity else Membership.Kind.ORDINARY
    return Membership(household=household, kind=kind, from_day=paid_on, until_day=year_from(paid_on), paid_on=paid_on)


def year_from(day: date) -> date:
    """The last day of the year that starts on that day."""
    try:
        return day.replace(year=day.year + 1) - timedelta(days=1)
    except ValueError:  # 29 February
        return date(day.year + 1, 2, 28)


class _Made:
    """What the file brings besides households: depots, sizes, agreements; and the rows that lines refer to."""

    def __init__(self, garden: Garden, decision: Decision, by: Person | None, at: datetime) -> None:
        self.garden, self.decision, self.by, self.at = garden, decision, by, at
        self.depots: dict[Ref, int] = {}
        self.sizes: dict[Ref, int] = {}
        self.agreements: dict[Ref, Agreement] = {}
        self.tariffs: dict[tuple[Ref, Ref], int] = {}

    @property
    def counts(self) -> dict[str, int]:
        return {"depots": len(self.depots), "sizes": len(self.sizes), "agreements": len(self.agreements)}

    def open_for(self, good: Sequence[Decided], today: date) -> None:
        """Create only what the lines to be written use."""
        baskets, covers = [row.basket for row in good if row.basket], [row.cover for row in good if row.cover]
        first = min((basket.from_day for basket in baskets), default=today)
        for name in _new(basket.depot for basket in baskets):
            self.depots[name] = open_depot(
                self.garden, today=today, by=self.by, at=self.at, name=name[:120], weekday=self.decision.depots[name]
            ).pk
        for name in _new(basket.size for basket in baskets):
            size = self.decision.sizes[name]
            self.sizes[name] = open_size(
                self.garden,
                code=size.code,
                name=name[:60],
                cents=size.prices[0][1],
                from_day=min(first, today),
                by=self.by,
                at=self.at,
            ).pk
        for name in _new(cover.agreement for cover in covers):
            self._agreement(self.decision.agreements[name])

    def _agreement(self, new: NewAgreement) -> None:
        partner = partner_named(self.garden, new.partner)
        affiliation = partner.kind if partner.kind in ("caf", "msa") else Agreement.Affiliation.ANY
        agreement = Agreement(
            name=new.partner, partner=partner, affiliation=affiliation, from_day=new.from_day, until_day=new.until_day,
            status=Agreement.Status.ACTIVE,
        )  # fmt: skip
        rest = (ShareDraft(0, "rest"),)
        grids = {
            name: [LineDraft(line.price_cents, rest, line.size.code, member_cents=line.member_cents) for line in lines]
            for name, lines in new.grids.items()
        }
        open_agreement(
            agreement,
            gardens=[self.garden],
            payers=[PayerDraft("partner", partner)],
            grids=grids,
            by=self.by,
            at=self.at,
        )
        self.agreements[new.partner] = agreement
        self.tariffs |= {(new.partner, tariff.name): tariff.pk for tariff in agreement.tariffs.all()}

    def support(self, household: Household, row: Decided) -> Support:
        cover = row.cover
        assert cover
        opened = self.agreements.get(cover.agreement)
        return Support(
            household=household, agreement_id=opened.pk if opened else cover.agreement,
            tariff_id=self.tariffs.get((cover.agreement, cover.grid), cover.grid), from_day=cover.from_day, until_day=cover.until_day,
        )  # fmt: skip

    def subscription(self, household: Household, row: Decided) -> Subscription:
        basket = row.basket
        assert basket
        return Subscription(
            household=household, size_id=self.sizes.get(basket.size, basket.size), depot_id=self.depots.get(basket.depot, basket.depot),
            frequency=basket.frequency, from_day=basket.from_day, until_day=basket.until_day,
            renewal=basket.renewal,
        )  # fmt: skip


def _new(refs: Iterable[Ref]) -> list[str]:
    """The names of what does not exist yet."""
    return sorted({ref for ref in refs if isinstance(ref, str)})


def partner_named(garden: Garden, name: str) -> Partner:
    """The partner of that name that the garden works with, or a new one."""
    known = Partner.objects.filter(gardens=garden) | Partner.objects.filter(level=Partner.Level.NATIONAL)
    found = next((one for one in known.distinct() if plain(one.name) == plain(name)), None)
    if found is None:
        kind = kind_of(name)
        public = kind not in (
            Partner.Kind.ASSOCIATION,
            Partner.Kind.FOUNDATION,
            Partner.Kind.COMPANY,
            Partner.Kind.OTHER,
        )
        found = Partner.objects.create(name=name[:160], kind=kind, public=public, funds=True, refers=True)
        found.gardens.add(garden)
    return found


KIND_WORDS = {
    "ccas": "ccas cias", "caf": "caf", "msa": "msa", "department": "departement departemental", "region": "region regional",
    "municipality": "mairie ville commune communaute agglomeration metropole", "foundation": "fondation",
    "association": "association secours restos croix centre epicerie emmaus", "university": "universite crous", "state": "etat prefecture ddcs dreets",
}  # fmt: skip


def kind_of(name: str) -> str:
    """The kind of partner that a name tells, or "other"."""
    words = set(plain(name).split())
    return next((kind for kind, known in KIND_WORDS.items() if words & set(known.split())), "other")


def remember(garden: Garden, learnt: Learnt) -> None:
    """Keep what a file taught of headers and words, over what was known. What an empty cell meant holds for one file."""
    learnt = Learnt(
        learnt.columns,
        {kind: {word: said for word, said in some.items() if plain(word)} for kind, some in learnt.values.items()},
    )
    if not (learnt.columns or any(learnt.values.values())):
        return
    known = queries.remembered(garden)
    values = {
        kind: {**known.values.get(kind, {}), **learnt.values.get(kind, {})} for kind in {*known.values, *learnt.values}
    }
    ImportMap.objects.update_or_create(
        garden=garden, defaults={"columns": {**known.columns, **learnt.columns}, "values": values}
    )

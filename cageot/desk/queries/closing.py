"""Who pays a week: as it would close, as it closed, and for one basket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count, F, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from cageot.baskets import queries as baskets
from cageot.baskets.models import Basket, WeekClose
from cageot.baskets.rules import closing as rules
from cageot.baskets.rules.closing import Question
from cageot.core.charts import Part
from cageot.core.templatetags.cageot import share as percent
from cageot.core.week import Week
from cageot.desk import words
from cageot.desk.queries.splitting import FundsOfBasket, funds_of
from cageot.desk.rules.paying import GroupSum, Paid, PayerSum, QuotaUse, add_up, paid_by
from cageot.funding import queries as funding
from cageot.funding.models import Agreement, AgreementPayer, Share
from cageot.funding.rules import waterfall
from cageot.network.models import Garden
from cageot.network.rules.reach import Can, Reach


def address(name: str, *args: object) -> str:
    """Where a page of the desk is."""
    return reverse(f"desk:{name}", args=args)


# --- Who pays, in words -------------------------------------------------------------------------


@dataclass(frozen=True)
class PayerRow:
    """One line: who, by which agreement, for how many baskets, cents, and a warning about the quota."""

    label: str
    agreement: str
    baskets: int
    cents: int
    warning: str = ""


@dataclass(frozen=True)
class GapRow:
    """What nobody pays, and why."""

    why: str
    baskets: int
    cents: int


@dataclass(frozen=True)
class GroupTable:
    """The payers of one group of baskets, as a table."""

    key: str
    title: str
    baskets: int
    cents: int
    rows: list[PayerRow]
    gaps: list[GapRow]


@dataclass(frozen=True)
class Card:
    """Who pays the solidarity baskets, in one glance: "100 % des 64 paniers", a bar, and what is not covered."""

    baskets: int
    funded: str
    parts: list[Part]
    gaps: list[GapRow]


Payers = Mapping[int, AgreementPayer]


def payers_of(ids: Iterable[int], known: Payers | None = None) -> Payers:
    """These payers with their partner and agreement, beside those already known. At most one query."""
    known = known or {}
    missing = set(ids) - set(known)
    rows = AgreementPayer.objects.filter(pk__in=missing).select_related("partner", "agreement") if missing else []
    return {**known, **{row.pk: row for row in rows}}


def tables(groups: Sequence[GroupSum], payers: Payers, *, to_spend: bool) -> list[GroupTable]:
    """The groups in words. `to_spend`: the quotas have not paid these baskets yet (the week is open)."""
    return [
        GroupTable(
            group.group, str(words.GROUPS[group.group]), group.baskets, group.cents,
            [_payer_row(one, payers, to_spend) for one in group.payers],
            [GapRow(words.gap(gap.why), gap.baskets, gap.cents) for gap in group.gaps],
        )
        for group in groups
    ]  # fmt: skip


def _payer_row(one: PayerSum, payers: Payers, to_spend: bool) -> PayerRow:
    payer = payers.get(one.payer) if one.payer else None
    agreement = payer.agreement.name if payer else ""
    return PayerRow(_name(one, payers), agreement, one.baskets, one.cents, _warning(one, payer, to_spend))


def _name(one: PayerSum, payers: Payers) -> str:
    payer = payers.get(one.payer or 0)
    return payer_name(payer) if payer else words.payer(one.by)


def payer_name(payer: AgreementPayer) -> str:
    return str(payer.partner) if payer.partner else words.payer(payer.kind)


def quota_use(payer: AgreementPayer) -> QuotaUse:
    return QuotaUse(payer.quota_baskets, payer.quota_cents, payer.used_baskets, payer.used_cents)


def _warning(one: PayerSum, payer: AgreementPayer | None, to_spend: bool) -> str:
    if one.short:
        return _("quota épuisé")
    if payer is None or not to_spend:
        return ""
    use = quota_use(payer).after(one.baskets, one.cents)
    left = use.baskets_left
    return quota_left(left) if use.nearly_out and left is not None else ""


def quota_left(left: int) -> str:
    return _("quota épuisé") if not left else _("encore %(count)s") % {"count": left}


def card(groups: Sequence[GroupSum], payers: Payers) -> Card | None:
    """The solidarity baskets of a week; None when it has none."""
    group = next((one for one in groups if one.group == "solidarity"), None)
    if group is None:
        return None
    gaps = [GapRow(words.gap(gap.why), gap.baskets, gap.cents) for gap in group.gaps]
    return Card(group.baskets, percent(group.funded / group.baskets), _parts(group, payers), gaps)


GREY = 6


def _parts(group: GroupSum, payers: Payers) -> list[Part]:
    """Members, then at most four payers by name, the others together, then what nobody pays."""
    cents: dict[str, int] = {}
    for one in group.payers:
        cents[_name(one, payers)] = cents.get(_name(one, payers), 0) + one.cents
    named = [Part(label, amount) for label, amount in cents.items() if amount]
    shown, rest = (named, []) if len(named) <= 5 else (named[:4], named[4:])
    if rest:
        shown = [*shown, Part(_("Autres payeurs"), sum(part.value for part in rest))]
    gap = group.uncovered_cents
    return [*shown, Part(words.payer("uncovered"), gap, GREY)] if gap else shown


# --- A week as it stands, or as it closed ----------------------------------------------------------


def expected(garden: Garden, week: Week) -> list[waterfall.Settled]:
    """What the week would cost if every planned basket were collected; nothing outside the editions."""
    edition = funding.edition_on(week.day(4))
    return _as_collected(*baskets.week_sheet(garden, week, edition, 1))[1] if edition else []


def forecast(garden: Garden, week: Week) -> list[Paid]:
    """Who would pay what, if every planned basket were collected; nothing outside the editions."""
    edition = funding.edition_on(week.day(4))
    if edition is None:
        return []
    sheet, settled = _as_collected(*baskets.week_sheet(garden, week, edition, 1, by_number=True))
    return paid_by(settled, sheet.alike)


def _as_collected(
    sheet: rules.WeekSheet, facts: Mapping[int, funding.AgreementFact]
) -> tuple[rules.WeekSheet, list[waterfall.Settled]]:
    """The same week with all that is planned collected, and how it is settled."""
    planned, taken = Basket.State.PLANNED, Basket.State.COLLECTED.value
    one_by_one = tuple(replace(one, state=taken) if one.state == planned else one for one in sheet.baskets)
    alike: dict[rules.Kind, rules.Keys] = {}
    for kind, keys in sheet.alike.items():
        then = kind._replace(state=taken) if kind.state == planned else kind
        alike[then] = alike.get(then, rules.Keys()).and_(keys)
    collected = replace(sheet, baskets=one_by_one, alike=alike)
    return collected, waterfall.allocate(rules.charges(collected), funding.quotas(facts.values()))


def posted(entry: int | None) -> list[Paid]:
    """What an entry posted, counted. One query."""
    if entry is None:
        return []
    rows = Share.objects.filter(charge__entry=entry).values_list(
        "charge__in_programme", "charge__agreement", "by", "payer", "why", "rank"
    )
    counted = rows.annotate(parts=Count("pk"), worth=Count("pk", filter=~Q(cents=0)), total=Sum("cents"))
    return [
        Paid(_group_of(inside, agreement), by, payer, why, rank == 0, parts, worth, total)
        for inside, agreement, by, payer, why, rank, parts, worth, total in counted.order_by(
            "by", "payer", "why", "rank"
        )
    ]


def _group_of(in_programme: bool, agreement: int | None) -> str:
    return "solidarity" if in_programme else "ordinary" if agreement is None else "other"


def payer_ids(rows: Iterable[Paid]) -> set[int]:
    return {row.payer for row in rows if row.payer is not None}


@dataclass(frozen=True)
class Told:
    """How many baskets are in a state, with its words, long and short, and its colour."""

    label: str
    short: str
    count: int
    tone: str


def by_state(counts: Mapping[str, int]) -> list[Told]:
    """Counts by state in the order they are told, the empty ones left out."""
    return [
        Told(str(label), words.counted(code, counts[code]), counts[code], words.TONES[code])
        for code, label in words.BASKETS.items()
        if counts.get(code)
    ]


# --- The page of the close ----------------------------------------------------------------------


@dataclass(frozen=True)
class Ask:
    """An open question: the sentence, and where it is answered."""

    text: str
    answer: str
    url: str


@dataclass(frozen=True)
class ClosingPage:
    """What closing a week would write. `fingerprint` and `summary` travel with the button."""

    week: Week
    questions: list[Ask]
    states: list[Told]
    tables: list[GroupTable]
    baskets: int
    cents: int
    uncovered_cents: int
    fingerprint: str
    summary: Mapping[str, int]
    has_delivery: bool

    @property
    def ready(self) -> bool:
        return self.has_delivery and not self.questions


def closing_page(garden: Garden, week: Week, today: date, reach: Reach) -> ClosingPage:
    """Everything the person sees before closing. A constant number of queries."""
    found = baskets.closing_of(garden, week, today, by_number=True)
    rows = paid_by(found.settled, found.sheet.alike)
    groups = add_up(rows)
    questions = found.questions if found.edition else [Question("no_edition", 0), *found.questions]
    return ClosingPage(
        week, [_ask(one, garden, week, reach) for one in questions], by_state(found.sheet.by_state),
        tables(groups, payers_of(payer_ids(rows)), to_spend=True), sum(group.baskets for group in groups),
        sum(group.cents for group in groups), sum(group.uncovered_cents for group in groups),
        found.fingerprint, found.summary, found.sheet.last_day is not None,
    )  # fmt: skip


def _ask(question: Question, garden: Garden, week: Week, reach: Reach) -> Ask:
    """Words and place of an answer; no place for who could not answer there."""
    urls = {
        "not_over": address("marking", garden.code, week),
        "unmarked": address("marking", garden.code, week),
        "no_price": address("settings", garden.code) if reach.can(Can.EDIT_GARDEN, garden.pk) else "",
        "no_line": address("agreements", garden.code),
    }
    text = words.question(question.what, question.count, question.about)
    return Ask(text, words.answer(question.what), urls.get(question.what, ""))


def differences(changed: Mapping[str, tuple[int, int]]) -> list[str]:
    """What moved between what was seen and what stands, in words. At most one query."""
    ids = {int(name.partition(":")[2]) for name in changed if name.startswith("payer:")}
    names = {pk: payer_name(row) for pk, row in payers_of(ids).items()}
    return [words.changed(name, before, now, names) for name, (before, now) in changed.items()]


def close_for(garden: Garden, week: Week) -> WeekClose | None:
    """The close that stands, with who made it."""
    return WeekClose.objects.filter(garden=garden, week=week, reopened_at=None).select_related("by").first()


# --- One basket: who pays? ----------------------------------------------------------------------


@dataclass(frozen=True)
class ShareRow:
    """One part of a basket: who, how much, and why in a sentence."""

    label: str
    cents: int
    why: str
    tone: str = ""


@dataclass(frozen=True)
class WhoPays:
    """The parts of one basket. `forecast`: its week is not closed, they may still change."""

    name: str
    forecast: bool
    price_cents: int
    rows: list[ShareRow]
    funds: FundsOfBasket | None = None


def who_pays(basket: Basket) -> WhoPays:
    """The shares of a basket as posted, or as they would be today. A constant number of queries."""
    if basket.delivery.close_id:
        shares = funding.who_pays("basket", basket.pk)
        agreement = shares[0].charge.agreement if shares else None
        parts = [waterfall.Part(one.by, one.payer_id, one.cents, one.asked_cents, one.why) for one in shares]
        told = _told(basket, False, parts, agreement, {one.payer.pk: one.payer for one in shares if one.payer})
        return replace(told, funds=funds_of(basket))
    one = next((one for one in expected(basket.garden, basket.delivery.week) if one.charge.key == basket.pk), None)
    if one is None:
        return _told(basket, True, [], None, {})
    agreement = Agreement.objects.get(pk=one.charge.cover.agreement) if one.charge.cover else None
    known = payers_of({part.payer for part in one.parts if part.payer})
    return _told(basket, True, list(one.parts), agreement, known)


def _told(
    basket: Basket, forecast: bool, parts: list[waterfall.Part], agreement: Agreement | None, payers: Payers
) -> WhoPays:
    name = agreement.name if agreement else ""
    out = [payer_name(payers[part.payer]) for part in parts if part.payer and part.cents < part.asked]
    rows = [_share_row(part, name, payers, ", ".join(out)) for part in parts]
    contact = basket.household.members.filter(contact=True).first()
    household = str(contact or "") or _("Foyer %(number)s") % {"number": basket.household.number}
    return WhoPays(household, forecast, sum(part.cents for part in parts), rows)


def _share_row(part: waterfall.Part, agreement: str, payers: Payers, out: str) -> ShareRow:
    label = payer_name(payers[part.payer]) if part.payer else _share_label(part.by)
    why = words.because(
        part.why, agreement=agreement, asked=part.asked, given_to_garden=part.by == "garden",
        quota_of=out if part.by == "uncovered" else "",
    )  # fmt: skip
    return ShareRow(
        label, part.cents, why, "beet" if part.by == "uncovered" else "" if part.cents or not part.asked else "squash"
    )


def _share_label(by: str) -> str:
    return _("Adhérent") if by == "member" else words.payer(by)


# --- The story of a week's closes ------------------------------------------------------------------


@dataclass(frozen=True)
class Reopened:
    """A close that was taken back: when it was made, when and why it was undone."""

    close: WeekClose
    reason: str


def closes_of(garden: Garden, week: Week) -> tuple[WeekClose | None, list[Reopened]]:
    """The close that stands, if there is one, and those that were taken back, oldest first. One query."""
    rows = WeekClose.objects.filter(garden=garden, week=week).select_related("by").order_by("revision")
    rows = rows.annotate(why=F("entry__reversed_by__reason"))
    standing = next((row for row in rows if row.reopened_at is None), None)
    return standing, [Reopened(row, row.why or "") for row in rows if row.reopened_at]

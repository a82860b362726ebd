"""Who pays what in a garden, funds included: by payer and by fund, what is not found and why; and the same for one basket."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from cageot.baskets.models import Basket
from cageot.core.charts import Part
from cageot.core.week import Week
from cageot.desk import words, words_settling
from cageot.desk.queries.statements import Preset, period_words, presets
from cageot.funding.actions import settling
from cageot.funding.models import Proposal, ProposalLine, SettlementLine, Share
from cageot.funding.queries import Period, need
from cageot.funding.queries.need import Asked, Key, Purse
from cageot.funding.rules.allocating import Group
from cageot.funding.rules.settling import by_basket
from cageot.funding.rules.why_not import why_not
from cageot.network.models import Garden

Paid = dict[tuple[int, Key], int]
"""Tranche and group → cents."""


@dataclass(frozen=True)
class Row:
    """One line of the page: who pays, for how many baskets, cents. `proposed`: not settled yet; `tone`: of its bar, 0 by order; `fund`: the
    payer is a fund."""

    label: str
    detail: str
    baskets: int
    cents: int
    proposed: bool = False
    tone: int = 0
    part: float = 0
    fund: bool = False


@dataclass(frozen=True)
class Missing:
    """Baskets alike that still lack money: where they go, how many, how much, and why each fund pays no more of them."""

    about: str
    baskets: int
    cents: int
    why: list[str]
    days: list[tuple[Week, str]]


@dataclass(frozen=True)
class Split:
    """Who pays what in a garden over a period. Cents. `garden` and `head`: what stays with each of them, proposals counted."""

    place: Garden
    period: Period
    presets: list[Preset]
    rows: list[Row]
    baskets: int
    cents: int
    settled: int
    proposed: int
    garden: int
    head: int
    missing: list[Missing]
    proposed_on: date | None

    @property
    def words(self) -> str:
        return period_words(self.period)

    @property
    def found(self) -> bool:
        """Whether every basket is wholly paid for."""
        return not self.garden and not self.head

    @property
    def parts(self) -> list[Part]:
        """For the drawn bar: at most five payers by name, then the rest, then what stays with the garden and the head."""
        named = [row for row in self.rows if row.cents > 0 and not row.tone]
        shown, rest = (named, []) if len(named) <= 5 else (named[:4], named[4:])
        found = [Part(row.label, row.cents) for row in shown]
        if rest:
            found.append(Part(_("Autres payeurs"), sum(row.cents for row in rest)))
        if stays := self.garden + self.head:
            found.append(Part(_("à financer"), stays, 6))
        return found


def split(garden: Garden, period: Period, today: date) -> Split:
    """Everything the page says. A constant number of queries.

    A basket counts in the period of its day; weeks reopened count for nothing.
    """
    shares = _shares(garden, period)
    days = {"garden": garden.pk, "day__range": (period.first, period.last)}
    settled = need.paid(SettlementLine, **days)
    proposal = Proposal.objects.order_by("-pk").first()
    wanted = need.paid(ProposalLine, proposal=proposal, **days) if proposal else dict(settled)
    groups = need.groups(period.last, since=period.first, gardens=[garden.pk])
    wanted = {place: cents for place, cents in wanted.items() if place[1] in groups}
    purses = need.funds(promised=True)
    asked = need.ask(groups, purses)
    first = sum(settling.to_garden(asked, wanted).values())
    uncovered = sum(key.uncovered_cents * count for key, count in groups.items())
    total = sum(key.need_cents * count for key, count in groups.items())
    rows = [*_payer_rows(shares), *_fund_rows(purses, groups, settled, wanted)]
    stays = _stays(uncovered - first, total - sum(wanted.values()) - (uncovered - first))
    rows = [replace(row, part=row.cents / shares.cents if shares.cents else 0) for row in [*rows, *stays.rows]]
    return Split(
        garden, period, presets(today, period), rows, shares.baskets, shares.cents,
        sum(settled.values()), sum(wanted.values()) - sum(settled.values()), stays.garden, stays.head,
        list(_missing(garden, asked, wanted)), proposal.day if proposal else None,
    )  # fmt: skip


@dataclass
class _Shares:
    baskets: int = 0
    cents: int = 0
    by: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)
    uncovered: int = 0
    network: int = 0


def _shares(garden: Garden, period: Period) -> _Shares:
    """Solidarity baskets of the period, by payer. Two queries."""
    rows = Share.objects.filter(
        charge__garden=garden, charge__day__range=(period.first, period.last), charge__agreement__isnull=False,
        charge__in_programme=True,
    )  # fmt: skip
    counted = rows.values_list("by", "payer__partner__name", "payer__kind").annotate(
        n=Sum("charge__sign", filter=~Q(cents=0)), total=Sum("cents")
    )
    found = _Shares()
    for by, name, kind, n, cents in counted.order_by("by", "payer__partner__name"):
        found.cents += cents
        if by == Share.By.UNCOVERED:
            found.uncovered += cents
        elif by == Share.By.NETWORK:
            found.network += cents
        elif n or cents:
            place = found.by.setdefault((by, name or "", kind or ""), [0, 0])
            place[0] += n or 0
            place[1] += cents
    found.baskets = rows.filter(rank=0).aggregate(n=Sum("charge__sign"))["n"] or 0
    return found


_LEVELS = ("member", "local", "national", "garden")


def _payer_rows(shares: _Shares) -> list[Row]:
    found = sorted(shares.by.items(), key=lambda one: (_LEVELS.index(one[0][0]), -one[1][1], one[0]))
    return [
        Row(
            name or (_("Adhérents") if by == "member" else words.payer(by)),
            "" if not name else words.payer(by),
            amounts[0],
            amounts[1],
        )
        for (by, name, _kind), amounts in found
        if amounts[1]
    ]


def _fund_rows(purses: Sequence[Purse], groups: Mapping[Key, int], settled: Paid, wanted: Paid) -> list[Row]:
    """Each tranche with what it was settled to pay, then what the proposal adds to it (or takes off it)."""
    known = {purse.tranche: purse for purse in purses}
    before, after = _by_tranche(settled, groups), _by_tranche(wanted, groups)
    order = sorted({*before, *after}, key=lambda one: (-after.get(one, (0, 0))[1], one))
    rows = []
    for tranche in order:
        purse = known.get(tranche)
        name, label = (purse.name, purse.label) if purse else (_("Financement terminé"), "")
        (count, cents), (then, total) = before.get(tranche, (0, 0)), after.get(tranche, (0, 0))
        if cents:
            rows.append(Row(name, _("%(label)s, réglé") % {"label": label}, count, cents, fund=True))
        if total != cents:
            text = _("%(label)s, promis, proposé") if purse and purse.promised else _("%(label)s, proposé")
            rows.append(
                Row(name, text % {"label": label}, then if not cents else 0, total - cents, proposed=True, fund=True)
            )
    return rows


def _by_tranche(paid: Paid, groups: Mapping[Key, int]) -> dict[int, tuple[int, int]]:
    """Tranche → baskets that it helps to pay, and cents."""
    found: dict[int, tuple[int, int]] = {}
    for (tranche, key), cents in paid.items():
        count, total = found.get(tranche, (0, 0))
        found[tranche] = (count + min(groups.get(key, 0), max(cents, 0)), total + cents)
    return found


@dataclass(frozen=True)
class _Stays:
    rows: list[Row]
    garden: int
    head: int


def _stays(garden: int, head: int) -> _Stays:
    rows = []
    if garden:
        rows.append(Row(_("Reste au jardin"), _("ce que personne ne paie"), 0, garden, tone=6))
    if head:
        rows.append(
            Row(_("Reste à la tête de réseau"), _("ce qu’elle a promis et doit encore trouver"), 0, head, tone=6)
        )
    return _Stays(rows, garden, head)


def _missing(garden: Garden, asked: Asked, wanted: Paid) -> Iterable[Missing]:
    """What is not found, by audience and affiliation, largest first, with the reason of each fund."""
    by_key: dict[Key, dict[int, int]] = defaultdict(dict)
    for (tranche, key), cents in wanted.items():
        by_key[key][tranche] = cents
    rows = {one.id: one for one in asked.scenario.groups}
    found: dict[tuple[str, str], list[tuple[Key, int]]] = defaultdict(list)
    for key, count in asked.groups.items():
        lacks = key.need_cents * count - sum(by_key[key].values())
        if lacks > 0:
            found[(key.audience, key.affiliation)].append((key, lacks))
    for (audience, affiliation), lacking in sorted(
        found.items(), key=lambda one: (-sum(x for _k, x in one[1]), one[0])
    ):
        about = audience or _("Sans public particulier")
        if affiliation not in ("", "any"):
            about = f"{about} ({words_settling.affiliation(affiliation)})"
        yield Missing(
            about, sum(asked.groups[key] for key, _lacks in lacking), sum(lacks for _key, lacks in lacking),
            _reasons(asked.purses, [(rows[key.id], by_key[key], lacks) for key, lacks in lacking]),
            _weeks(garden, [key for key, _lacks in lacking]),
        )  # fmt: skip


MOST_WEEKS = 8


def _weeks(garden: Garden, keys: Sequence[Key]) -> list[tuple[Week, str]]:
    """The last weeks with such baskets, and where they are marked: "qui paie ?" is one click from there."""
    weeks = sorted({Week.of(key.day) for key in keys}, reverse=True)[:MOST_WEEKS]
    return [(week, reverse("desk:marking", args=[garden.code, week])) for week in reversed(weeks)]


def _reasons(purses: Sequence[Purse], lacking: Sequence[tuple[Group, Mapping[int, int], int]]) -> list[str]:
    """For each fund, what stands in the way of most of this money."""
    found: dict[str, dict[tuple[str, int], int]] = defaultdict(lambda: defaultdict(int))
    for group, paid, lacks in lacking:
        for index, purse in enumerate(purses):
            word = why_not(purse.fund, group, paid=paid.get(purse.tranche, 0), missing=lacks)
            found[purse.name][(word, index)] += lacks
    told = []
    for name, words_ in found.items():
        # Of several years of a fund, one whose dates hold says more than the others.
        held = {place: cents for place, cents in words_.items() if place[0] not in ("before", "after")} or words_
        word, index = max(held, key=lambda place: (held[place], -place[1]))
        told.append(f"{name} : {words_settling.why_not(word, purses[index].fund)}.")
    return sorted(told)


def table_of(one: Split) -> tuple[list[str], list[list[str | int | float]]]:
    """Columns and rows of the spreadsheets, totals last. Euros as numbers with two decimals."""
    columns = [_("Payeur ou financement"), _("Détail"), _("Paniers"), _("Montant en euros")]
    rows: list[list[str | int | float]] = [
        [row.label, row.detail, row.baskets or "", row.cents / 100] for row in one.rows
    ]
    return columns, [*rows, [_("Ensemble"), "", one.baskets, one.cents / 100]]


# --- One basket -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class FundShare:
    """What a fund pays of one basket, in cents, with what is said of it. `state`: settled, proposed or nothing."""

    name: str
    label: str
    cents: int
    state: str
    why: str


@dataclass(frozen=True)
class FundsOfBasket:
    """What funds pay of one basket of a closed week, and why the others do not. `lacks`: cents still to find."""

    need: int
    lacks: int
    paid: list[FundShare]
    others: list[FundShare]


def funds_of(basket: Basket) -> FundsOfBasket | None:
    """None when the basket lacked nothing, or its week is open. A constant number of queries.

    Cents go back from the group to its baskets by one fixed rule (`by_basket`): the same basket, the same answer.
    """
    if not basket.delivery.close_id:
        return None
    key = need.group_of(basket.pk)
    if key is None:
        return None
    line = need.baskets_of(key)
    purses = {purse.tranche: purse for purse in need.funds(promised=True)}
    days = {"garden": key.garden, "day": key.day}
    settled = _of_key(need.paid(SettlementLine, **days), key)
    proposal = Proposal.objects.order_by("-pk").first()
    wanted = _of_key(need.paid(ProposalLine, proposal=proposal, **days), key) if proposal else settled
    order = sorted(
        {*settled, *wanted}, key=lambda one: purses[one].order if one in purses else (False, key.day, 0, one)
    )
    now = by_basket([(one, max(settled.get(one, 0), 0)) for one in order], line)[basket.pk]
    then = by_basket([(one, max(wanted.get(one, 0), 0)) for one in order], line)[basket.pk]
    lacks = key.need_cents - sum(then.values())
    [group] = need.ask({key: len(line)}, []).scenario.groups
    paid, others = [], []
    for tranche in [*order, *(one for one in purses if one not in order)]:
        purse = purses.get(tranche)
        name, label = (purse.name, purse.label) if purse else (_("Financement terminé"), "")
        if cents := now.get(tranche, 0):
            paid.append(FundShare(name, label, cents, "settled", _("réglé avec la période")))
        if more := then.get(tranche, 0) - now.get(tranche, 0):
            text = (
                _("proposé : cet argent est promis, pas encore notifié")
                if purse and purse.promised
                else _("proposé, pas encore réglé")
            )
            paid.append(FundShare(name, label, more, "proposed", text))
        if purse and not then.get(tranche, 0):
            word = why_not(purse.fund, group, paid=wanted.get(tranche, 0), missing=lacks * len(line))
            others.append(FundShare(name, label, 0, "", words_settling.why_not(word, purse.fund)))
    return FundsOfBasket(key.need_cents, max(lacks, 0), paid, others)


def _of_key(paid: Paid, key: Key) -> dict[int, int]:
    return {tranche: cents for (tranche, one), cents in paid.items() if one == key}

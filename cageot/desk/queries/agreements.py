"""Agreements in words: the list, the page with its live example, and what a form needs to offer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.dates import MONTHS, MONTHS_AP
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cageot.baskets.models import BasketSize
from cageot.core.charts import Part as Drawn
from cageot.core.charts import Point
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros, number, share
from cageot.desk.queries.chips import Chip
from cageot.desk.queries.closing import payer_name, quota_use
from cageot.desk.rules.agreements import SOON, Dates, fullest, standing
from cageot.funding import queries as funding
from cageot.funding.actions import is_used
from cageot.funding.models import Agreement, AgreementPayer, CapExemption, Charge, Tariff
from cageot.funding.rules.tariffs import LineRule, ShareRule
from cageot.funding.rules.waterfall import Charge as Owed
from cageot.funding.rules.waterfall import Cover, settle
from cageot.members.models import Support
from cageot.network.models import Edition, Garden, LogEvent
from cageot.network.rules.reach import Can, Reach

PER_PAGE = 50
GARDENS_NAMED = 3

STANDINGS: dict[str, tuple[Any, str]] = {
    "draft": (gettext_lazy("en projet"), ""),
    "over": (gettext_lazy("terminée"), ""),
    "terminated": (gettext_lazy("résiliée"), "beet"),
    "to_come": (gettext_lazy("à venir"), "sky"),
    "out": (gettext_lazy("quota épuisé"), "beet"),
    "nearly_out": (gettext_lazy("quota bientôt épuisé"), "carrot"),
    "ending": (gettext_lazy("finit bientôt"), "squash"),
    "running": (gettext_lazy("en cours"), "leaf"),
}

FILTERS: dict[str, Any] = {
    "": gettext_lazy("En cours"),
    "bientot": gettext_lazy("Finissent bientôt"),
    "quota": gettext_lazy("Quota presque épuisé"),
    "derogation": gettext_lazy("Dérogation demandée"),
    "projet": gettext_lazy("En projet"),
    "passees": gettext_lazy("Terminées"),
}


# --- The list -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class QuotaBar:
    """How far a payer's quota is used. `done` and `goal` draw the bar; `text` says it; `left` too."""

    done: int
    goal: int
    text: str


@dataclass(frozen=True)
class Row:
    """One agreement of the list."""

    name: str
    url: str
    partner: str
    places: str
    until: str
    audience: str
    households: int
    quota: QuotaBar | None
    word: str
    tone: str


@dataclass(frozen=True)
class ListPage:
    """The list: of a garden, or of the network (`garden` None)."""

    garden: Garden | None
    rows: list[Row]
    page: Page[Agreement]
    chips: list[Chip]
    text: str
    state: str
    new_url: str
    total: int


def list_page(garden: Garden | None, reach: Reach, today: date, *, text: str, state: str, number: str) -> ListPage:
    """The agreements of a garden, or all of them; filtered, searched, fifty a page. A constant number of queries."""
    rows = _of(garden)
    state = state if state in FILTERS else ""
    conditions = _conditions(today)
    counts = rows.aggregate(
        total=Count("pk"), **{f"n_{name}": Count("pk", filter=asked) for name, asked in conditions.items()}
    )
    found = _searched(rows, text).filter(conditions[state]) if not text else _searched(rows, text)
    page = Paginator(found.select_related("partner").order_by("name", "pk"), PER_PAGE).get_page(number)
    return ListPage(
        garden, _rows(list(page.object_list), garden, today), page, _chips(counts, state), text, state,
        _new_url(garden, reach), counts["total"],
    )  # fmt: skip


def _new_url(garden: Garden | None, reach: Reach) -> str:
    """Where an agreement is written: at the garden, or at the network head for those that bind several gardens."""
    if garden is None:
        return reverse("desk:all_agreement_new") if reach.network else ""
    return reverse("desk:agreement_new", args=[garden.code]) if reach.can(Can.EDIT_AGREEMENTS, garden.pk) else ""


def _of(garden: Garden | None) -> QuerySet[Agreement]:
    return Agreement.objects.filter(gardens=garden) if garden else Agreement.objects.all()


def _searched(rows: QuerySet[Agreement], text: str) -> QuerySet[Agreement]:
    return rows.filter(Q(name__icontains=text) | Q(partner__name__icontains=text)) if text else rows


def _conditions(today: date) -> dict[str, Q]:
    """Each filter of the list. They follow the rules of `standing`, in SQL, so that a page reads its rows only."""
    going = Q(status="active", from_day__lte=today) & (Q(until_day=None) | Q(until_day__gte=today))
    payers = AgreementPayer.objects.filter(agreement=OuterRef("pk"))
    scarce = payers.filter(
        Q(quota_baskets__isnull=False, used_baskets__gt=F("quota_baskets") * 85 / 100)
        | Q(quota_cents__isnull=False, used_cents__gt=F("quota_cents") * 85 / 100)
    )
    asked = CapExemption.objects.filter(agreement=OuterRef("pk"), status=CapExemption.Status.ASKED)
    over = Q(until_day__lt=today) & ~Q(status="draft")
    return {
        "": ~Q(status="draft") & (Q(until_day=None) | Q(until_day__gte=today)),
        "bientot": going & Q(until_day__lte=today + SOON),
        "quota": going & Q(Exists(scarce)),
        "derogation": Q(Exists(asked)),
        "projet": Q(status="draft"),
        "passees": over,
    }


def _chips(counts: dict[str, int], state: str) -> list[Chip]:
    kept = [name for name in FILTERS if name in ("", state) or counts[f"n_{name}"]]
    return [
        Chip(str(FILTERS[name]), f"?etat={name}" if name else "?", counts[f"n_{name}"], name == state) for name in kept
    ]


def _rows(agreements: Sequence[Agreement], garden: Garden | None, today: date) -> list[Row]:
    ids = [one.pk for one in agreements]
    payers, places = _payers(ids), _places(ids)
    supported = _supported(ids, today, [garden.pk] if garden else None)
    return [_row(one, payers[one.pk], places[one.pk], supported.get(one.pk, 0), garden, today) for one in agreements]


def _row(
    one: Agreement, payers: list[AgreementPayer], places: list[str], supported: int, garden: Garden | None, today: date
) -> Row:
    word, tone = _pill(one, payers, today)
    return Row(
        one.name, reverse("desk:agreement", args=[one.pk]), "" if str(one.partner) == one.name else str(one.partner),
        "" if garden else named(places), until_words(one), audience_words(one), supported, _fullest_bar(payers), word, tone,
    )  # fmt: skip


def _payers(agreements: list[int]) -> dict[int, list[AgreementPayer]]:
    found: dict[int, list[AgreementPayer]] = defaultdict(list)
    for payer in AgreementPayer.objects.filter(agreement__in=agreements).select_related("partner").order_by("rank"):
        found[payer.agreement_id].append(payer)
    return found


def _places(agreements: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = Agreement.gardens.through.objects.filter(agreement__in=agreements).order_by("garden__name")
    for agreement, name in rows.values_list("agreement", "garden__name"):
        found[agreement].append(name)
    return found


def named(names: Sequence[str]) -> str:
    """A few names, then how many more."""
    if len(names) <= GARDENS_NAMED:
        return ", ".join(names)
    more = len(names) - GARDENS_NAMED + 1
    first = ", ".join(names[: GARDENS_NAMED - 1])
    return ngettext("%(first)s et %(more)s autre", "%(first)s et %(more)s autres", more) % {
        "first": first,
        "more": more,
    }


def _supported(agreements: list[int], today: date, gardens: Iterable[int] | None) -> dict[int, int]:
    """Agreement → households it supports today, in these gardens (all when None)."""
    rows = Support.objects.filter(agreement__in=agreements).on(today)
    if gardens is not None:
        rows = rows.filter(household__garden__in=list(gardens))
    return dict(rows.values_list("agreement").annotate(n=Count("household", distinct=True)))


def _pill(one: Agreement, payers: Iterable[AgreementPayer], today: date) -> tuple[str, str]:
    found = standing(dates_of(one), [quota_use(payer) for payer in payers], today)
    word, tone = STANDINGS[found]
    if found == "ending" and one.until_day:
        return _("finit le %(day)s") % {"day": said(one.until_day, "short").split(" ", 1)[1]}, tone
    return str(word), tone


def dates_of(one: Agreement) -> Dates:
    return Dates(one.status, one.from_day, one.until_day, one.notice_days)


def until_words(one: Agreement) -> str:
    first = said(one.from_day, "plain")
    if one.until_day is None:
        return _("depuis le %(first)s") % {"first": first}
    return _("du %(first)s au %(last)s") % {"first": first, "last": said(one.until_day, "plain")}


def audience_words(one: Agreement) -> str:
    """Who it is for: the audience, and the affiliation when it matters."""
    if one.affiliation == Agreement.Affiliation.ANY:
        return one.audience or _("tous publics")
    known = {"affiliation": one.get_affiliation_display(), "audience": one.audience}
    return (_("%(audience)s · %(affiliation)s") if one.audience else _("affiliés %(affiliation)s")) % known


def _fullest_bar(payers: Iterable[AgreementPayer]) -> QuotaBar | None:
    """The quota that is nearest to its end, with the name of its payer when there are several."""
    bars = [(quota_bar(payer), payer) for payer in payers]
    limited = [(bar, payer) for bar, payer in bars if bar]
    return max(limited, key=lambda pair: pair[0].done / (pair[0].goal or 1))[0] if limited else None


def quota_bar(payer: AgreementPayer) -> QuotaBar | None:
    """How far this payer's quota is used, in the unit that runs out first."""
    found = fullest(quota_use(payer))
    if found is None:
        return None
    done, goal = found
    if (done, goal) == (payer.used_baskets, payer.quota_baskets):
        return QuotaBar(done, goal, _("%(done)s paniers sur %(goal)s") % {"done": number(done), "goal": number(goal)})
    return QuotaBar(
        done, goal, _("%(done)s sur %(goal)s") % {"done": euros(done, "round"), "goal": euros(goal, "round")}
    )


# --- The live example -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Example:
    """One basket at a price, and who pays it: the sentence, then the parts to draw."""

    price: int
    sentence: str
    parts: list[Drawn]
    uncovered: int
    capped: bool
    note: str = ""


def example_of(
    line: LineRule, price: int, names: dict[int, str], cap_bp: int | None, *, quiet: bool = False
) -> Example:
    """A collected basket settled by the very rule that the close uses, quotas aside."""
    cover = Cover(0, line, in_force=True, cap_bp=cap_bp, given_on="as_collected")
    settled = settle(Owed(0, 1, date.min, "", line.size_code, "collected", price, cover), {})
    parts = [(_who(part.by, part.payer, names), part.cents) for part in settled.parts]
    told = ", ".join(_("%(cents)s %(who)s") % {"cents": euros(cents), "who": who} for who, cents in parts)
    return Example(
        price,
        _("Panier à %(price)s : %(parts)s.") % {"price": euros(price), "parts": told},
        [Drawn(who[:1].upper() + who[1:], cents, tone=_tone(part.by, rank)) for rank, ((who, cents), part) in enumerate(zip(parts, settled.parts, strict=True))],
        sum(part.cents for part in settled.parts if part.by == "uncovered"),
        any(part.why == "capped" for part in settled.parts),
    )  # fmt: skip


def _who(by: str, payer: int | None, names: dict[int, str]) -> str:
    if payer is not None:
        return names[payer]
    return _("adhérent") if by == "member" else _("sans payeur")


def _tone(by: str, rank: int) -> int:
    """The member is leaf, payers take the next colours in order, what nobody pays is grey."""
    return 1 if by == "member" else 6 if by == "uncovered" else min(rank + 1, 5)


# --- The page -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PayerLine:
    """One payer in the order of the waterfall, what it owes in words, and its quota."""

    name: str
    kind: str
    owes: list[str]
    quota: QuotaBar | None
    left: str
    paid: int


@dataclass(frozen=True)
class TariffRow:
    """What a size costs under a tariff, from a day on. One to come may be taken back."""

    pk: int
    to_come: bool
    size: str
    price: int
    member: str
    shares: list[tuple[str, str]]
    from_day: date
    word: str
    tone: str


@dataclass(frozen=True)
class TariffGrid:
    """A named grid of an agreement."""

    pk: int
    name: str
    rows: list[TariffRow]


@dataclass(frozen=True)
class Choice:
    """A tariff and size that the example can be made for."""

    value: str
    label: str
    line: LineRule


@dataclass(frozen=True)
class ExemptionRow:
    """A request to go past the cap, in words."""

    pk: int
    asked: str
    reason: str
    answer: str
    word: str
    tone: str
    waiting: bool


@dataclass(frozen=True)
class Happened:
    """One line of the log, in words."""

    at: Any
    who: str
    what: str


@dataclass(frozen=True)
class AgreementPage:
    """All that the page of an agreement says."""

    agreement: Agreement
    garden: Garden | None
    summary: str
    terms: list[tuple[str, str]]
    word: str
    tone: str
    choices: list[Choice]
    chosen: Choice | None
    example: Example | None
    payers: list[PayerLine]
    tariffs: list[TariffGrid]
    households: int
    months: list[Point]
    exemptions: list[ExemptionRow]
    log: list[Happened]
    may_edit: bool
    may_answer: bool
    may_end: bool
    may_resume: bool
    may_withdraw: bool
    warning: str
    back: tuple[str, str]

    @property
    def price_typed(self) -> str:
        """The price of the example, as in its field."""
        return f"{self.example.price // 100},{self.example.price % 100:02}" if self.example else ""


def agreement_page(
    one: Agreement, reach: Reach, today: date, *, choice: str = "", price: int | None = None
) -> AgreementPage:
    """An agreement as a person of its gardens, or of the network, reads it. Nobody's name."""
    gardens = list(one.gardens.all())
    seen = [garden for garden in gardens if reach.network or reach.can(Can.SEE_MONEY, garden.pk)]
    payers = list(one.payers.select_related("partner", "agreement").order_by("rank"))
    names = {payer.pk: payer_name(payer) for payer in payers}
    fact = funding.agreement_facts([one.pk])[one.pk]
    day = min(max(today, one.from_day), one.until_day or today) if one.until_day else max(today, one.from_day)
    tariffs = list(one.tariffs.all())
    sizes = size_names(gardens)
    choices = _choices(tariffs, fact.lines, sizes, day)
    chosen = next((each for each in choices if each.value == choice), choices[0] if choices else None)
    word, tone = _pill(one, payers, today)
    may_edit = may_change(one, reach, gardens)
    return AgreementPage(
        one, seen[0] if seen and not reach.network else None, _summary(one, gardens), _terms(one), word, tone, choices, chosen,
        _example(chosen, fact, day, names, price), [_payer_line(payer, tariffs, fact, sizes, day) for payer in payers],
        [_grid(tariff, fact.lines.get(tariff.pk, []), names, sizes, today) for tariff in tariffs],
        _supported([one.pk], today, None if reach.network else [garden.pk for garden in seen]).get(one.pk, 0),
        _months(one, None if reach.network else [garden.pk for garden in seen], today), _exemptions(one), _log(one),
        may_edit, reach.network, may_edit and one.status == Agreement.Status.ACTIVE and (one.until_day is None or one.until_day >= today),
        may_edit and one.status == Agreement.Status.TERMINATED, may_edit and not (is_used(one) or is_supporting(one)),
        _warning(one, payers, today), _back(seen, reach),
    )  # fmt: skip


def may_change(one: Agreement, reach: Reach, gardens: Iterable[Garden] | None = None) -> bool:
    """Whether this person may change it: in every garden that it binds, not in one of them only.

    The network head changes those that bind several gardens, which no garden could change alone.
    """
    bound = {garden.pk for garden in (gardens if gardens is not None else one.gardens.all())}
    if reach.network and len(bound) > 1:
        return True
    return bool(bound) and bound <= set(reach.gardens_where(Can.EDIT_AGREEMENTS))


def is_supporting(one: Agreement) -> bool:
    """Whether households are, were or will be supported by it."""
    return Support.objects.filter(agreement=one).exists()


def _back(seen: list[Garden], reach: Reach) -> tuple[str, str]:
    if reach.network or not seen:
        return _("Conventions"), reverse("desk:all_agreements")
    return _("Conventions"), reverse("desk:agreements", args=[seen[0].code])


def _summary(one: Agreement, gardens: list[Garden]) -> str:
    """The agreement in a sentence."""
    where = named([garden.name for garden in gardens])
    said_of = {"partner": one.partner, "who": one.audience or _("foyers orientés"), "where": where}
    return _("%(partner)s prend en charge une partie du panier. Pour : %(who)s. Au jardin : %(where)s.") % said_of


def _terms(one: Agreement) -> list[tuple[str, str]]:
    """The clauses, each as a pair of label and words."""
    notice = dates_of(one).notice_by
    terms = [
        (_("Dates"), until_words(one)),
        (_("Public"), audience_words(one)),
        (_("Panier donné à un autre foyer"), one.get_given_on_display()),
        (_("Dans les comptes"), one.get_classification_display()),
    ]
    if notice and one.status == Agreement.Status.ACTIVE:
        terms.insert(1, (_("À reconduire ou dénoncer"), _("avant le %(day)s") % {"day": said(notice, "plain")}))
    if not one.in_programme:
        terms.append((_("Programme"), _("hors programme : le plafond ne s’applique pas")))
    if one.ended_because:
        terms.append((_("Pourquoi elle s’arrête"), one.ended_because))
    return terms


def _warning(one: Agreement, payers: list[AgreementPayer], today: date) -> str:
    found = standing(dates_of(one), [quota_use(payer) for payer in payers], today)
    out = ", ".join(payer_name(payer) for payer in payers if quota_use(payer).nearly_out)
    if found == "out":
        return _("Quota épuisé : %(payers)s. Ce qu’il ne paie plus passe au payeur suivant, puis reste à la charge du jardin. Les adhérents ne paient pas plus.") % {"payers": out}  # fmt: skip
    if found == "nearly_out":
        return _("Quota presque épuisé : %(payers)s. Prévoyez une rallonge, ou un autre payeur.") % {"payers": out}
    if found == "ending" and one.until_day:
        return _("La convention finit le %(day)s. Après, la part des payeurs restera à la charge du jardin.") % {"day": said(one.until_day, "year")}  # fmt: skip
    return ""


def size_names(gardens: Iterable[Garden]) -> dict[str, str]:
    """Code → name of the sizes that these gardens offer."""
    rows = (
        BasketSize.objects.filter(garden__in=list(gardens), product__in_agreements=True)
        .order_by("-rank", "-pk")
        .values_list("code", "name")
    )
    return {"": _("Toutes les tailles"), **dict(rows)}


Dated = list[tuple[date, LineRule]]


def current_lines(dated: Dated, day: date) -> list[LineRule]:
    """The line of each size that holds on that day, else the first one to come."""
    found: dict[str, LineRule] = {}
    for since, line in dated:
        if since <= day or line.size_code not in found:
            found[line.size_code] = line
    return list(found.values())


def _choices(tariffs: list[Tariff], lines: dict[int, Dated], sizes: dict[str, str], day: date) -> list[Choice]:
    several = len(tariffs) > 1
    return [
        Choice(f"{tariff.pk}-{line.size_code}", _choice_label(tariff, line, sizes, several), line)
        for tariff in tariffs
        for line in sorted(current_lines(lines.get(tariff.pk, []), day), key=lambda line: -line.price_cents)
    ]


def _choice_label(tariff: Tariff, line: LineRule, sizes: dict[str, str], several: bool) -> str:
    size = sizes.get(line.size_code, line.size_code)
    return f"{tariff.name} · {size}" if several else size


def _example(
    chosen: Choice | None, fact: funding.AgreementFact, day: date, names: dict[int, str], price: int | None
) -> Example | None:
    if chosen is None:
        return None
    return example_of(
        chosen.line, chosen.line.price_cents if price is None else price, names, fact.cap_on(day, edition_cap(day))
    )


def edition_cap(day: date) -> int:
    """The cap of the edition of that day, else of the last one."""
    edition = funding.edition_on(day) or Edition.objects.order_by("-from_day").first()
    return edition.member_cap_bp if edition else 3000


def _payer_line(
    payer: AgreementPayer, tariffs: list[Tariff], fact: funding.AgreementFact, sizes: dict[str, str], day: date
) -> PayerLine:
    bar, use = quota_bar(payer), quota_use(payer)
    left = use.baskets_left
    words = [
        (owed(each), sizes.get(line.size_code, line.size_code))
        for tariff in tariffs
        for line in sorted(current_lines(fact.lines.get(tariff.pk, []), day), key=lambda line: -line.price_cents)
        for each in line.shares
        if each.payer == payer.pk
    ]
    alike = len({said_of for said_of, _size in words}) == 1
    owes = (
        [words[0][0]]
        if alike
        else [_("%(owed)s (%(size)s)") % {"owed": said_of, "size": size} for said_of, size in words]
    )
    return PayerLine(
        payer_name(payer), payer.partner.get_level_display() if payer.partner else "", owes, bar,
        "" if bar is None or left is None else ngettext("encore %(n)s panier environ", "encore %(n)s paniers environ", left) % {"n": number(left)},
        payer.used_cents,
    )  # fmt: skip


def owed(one: ShareRule) -> str:
    """What a payer owes, in words: "4,20 €", "35 %", "le reste"."""
    if one.kind == "rest":
        return _("le reste")
    return percent(one.bp) if one.kind == "percent" else euros(one.cents)


def percent(points: int) -> str:
    return share(points / 10_000, 0 if points % 100 == 0 else 2)


def member_words(line: LineRule) -> str:
    return percent(line.member_bp) if line.member_kind == "percent" else euros(line.member_cents)


def _grid(tariff: Tariff, dated: Dated, names: dict[int, str], sizes: dict[str, str], today: date) -> TariffGrid:
    current = {line.line for line in current_lines([(since, line) for since, line in dated if since <= today], today)}
    rows = [_tariff_row(since, line, names, sizes, line.line in current, since > today) for since, line in dated]
    return TariffGrid(
        tariff.pk, tariff.name, sorted(rows, key=lambda row: (row.word == _("ancien"), -row.price, row.from_day))
    )


def _tariff_row(
    since: date, line: LineRule, names: dict[int, str], sizes: dict[str, str], current: bool, to_come: bool
) -> TariffRow:
    word, tone = (_("à venir"), "sky") if to_come else (_("en cours"), "leaf") if current else (_("ancien"), "")
    shares = [(names[each.payer], owed(each)) for each in line.shares]
    return TariffRow(
        line.line,
        to_come,
        sizes.get(line.size_code, line.size_code),
        line.price_cents,
        member_words(line),
        shares,
        since,
        word,
        tone,
    )


def _months(one: Agreement, gardens: list[int] | None, today: date) -> list[Point]:
    """Baskets that it paid, by month, over the last twelve months that have any. Closed weeks only."""
    rows = Charge.objects.filter(agreement=one)
    if gardens is not None:
        rows = rows.filter(garden__in=gardens)
    counts = rows.annotate(month=TruncMonth("day")).values_list("month").annotate(n=Sum("sign")).order_by("-month")[:12]
    found = list(counts)[::-1]
    return [
        Point(
            f"{MONTHS[month.month]} {month.year}",
            n,
            tick=str(MONTHS_AP[month.month]) if at % 3 == 0 or len(found) <= 4 else "",
        )
        for at, (month, n) in enumerate(found)
    ]


EXEMPTION_TONES = {"asked": "carrot", "granted": "leaf", "refused": "beet"}


def _exemptions(one: Agreement) -> list[ExemptionRow]:
    return [
        ExemptionRow(
            row.pk,
            _("jusqu’à %(most)s du prix, du %(first)s au %(last)s")
            % {"most": percent(row.max_member_bp), "first": said(row.from_day, "plain"), "last": said(row.until_day, "plain")},
            row.reason, row.answer, row.get_status_display(), EXEMPTION_TONES[row.status], row.status == CapExemption.Status.ASKED,
        )
        for row in one.exemptions.order_by("-pk")[:10]
    ]  # fmt: skip


EVENTS: dict[str, Any] = {
    "funding.agreement_opened": gettext_lazy("Convention écrite"),
    "funding.agreement_described": gettext_lazy("Description changée"),
    "funding.agreement_terminated": gettext_lazy("Fin décidée"),
    "funding.quota_changed": gettext_lazy("Quota changé"),
    "funding.payer_added": gettext_lazy("Payeur ajouté"),
    "funding.tariff_changed": gettext_lazy("Tarif changé"),
    "funding.tariff_added": gettext_lazy("Tarif ajouté"),
    "funding.tariff_renamed": gettext_lazy("Tarif renommé"),
    "funding.tariff_withdrawn": gettext_lazy("Tarif retiré"),
    "funding.line_withdrawn": gettext_lazy("Tarif à venir retiré"),
    "funding.agreement_corrected": gettext_lazy("Premier jour, partenaire ou payeurs corrigés"),
    "funding.agreement_resumed": gettext_lazy("Fin annulée"),
    "funding.terms_set": gettext_lazy("Rythme des factures changé"),
    "funding.exemption_withdrawn": gettext_lazy("Demande de dérogation retirée"),
    "funding.exemption_asked": gettext_lazy("Dérogation demandée"),
    "funding.exemption_granted": gettext_lazy("Dérogation accordée"),
    "funding.exemption_refused": gettext_lazy("Dérogation refusée"),
}


def _log(one: Agreement) -> list[Happened]:
    """What was done to it, last first. Events of agreements carry no garden, which is what the log is indexed by."""
    about = [
        f"funding.agreement:{one.pk}",
        *(f"funding.capexemption:{pk}" for pk in one.exemptions.values_list("pk", flat=True)),
    ]
    rows = LogEvent.objects.filter(garden=None, about__in=about).select_related("by").order_by("-at", "-pk")[:12]
    return [Happened(row.at, str(row.by) if row.by else "", str(EVENTS.get(row.verb, row.verb))) for row in rows]


# --- Ending ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ending:
    """What ending an agreement touches."""

    households: int
    quota_left: list[tuple[str, str]]


def ending(one: Agreement, today: date) -> Ending:
    households = _supported([one.pk], today, None).get(one.pk, 0)
    bars = [(payer_name(payer), quota_bar(payer)) for payer in one.payers.select_related("partner").order_by("rank")]
    return Ending(households, [(name, bar.text) for name, bar in bars if bar])


# --- What a form offers ---------------------------------------------------------------------------


def gardens_to_bind(reach: Reach) -> QuerySet[Garden]:
    """The gardens where this person may write agreements: all of them for the network head."""
    return (
        Garden.objects.all()
        if reach.network
        else Garden.objects.filter(pk__in=reach.gardens_where(Can.EDIT_AGREEMENTS))
    )


def payers_of(one: Agreement) -> list[AgreementPayer]:
    """Its payers in order, with what names them."""
    return list(one.payers.select_related("partner", "agreement").order_by("rank"))


MOST_SIZES = 8


def sizes_of(gardens: Iterable[Garden], day: date) -> list[tuple[str, str, int]]:
    """The sizes that these gardens offer, as (code, name, price in cents that day), the dearest first.

    Gardens name their sizes as they like: of several gardens, the most usual codes, each with the name and the price
    of the first that has it, after a line for every size.
    """
    gardens = list(gardens)
    found: dict[str, tuple[str, str, int]] = {}
    usual: Counter[str] = Counter()
    for size in (
        BasketSize.objects.filter(garden__in=gardens, product__in_agreements=True)
        .order_by("garden__name", "rank")
        .prefetch_related("prices")
    ):
        dated = [price for price in size.prices.all() if price.from_day <= day] or list(size.prices.all())[:1]
        found.setdefault(size.code, (size.code, size.name, dated[-1].cents if dated else 0))
        usual[size.code] += 1
    kept = sorted((found[code] for code, _n in usual.most_common(MOST_SIZES)), key=lambda size: -size[2])
    every = [("", _("Toutes les tailles"), max(size[2] for size in kept))] if len(gardens) > 1 and kept else []
    return every + kept


def size_label(code: str) -> str:
    """A size that this garden does not offer, as it is named in the agreement."""
    return code or _("Toutes les tailles")


def standing_lines(one: Agreement, tariff: Tariff, today: date) -> list[LineRule]:
    """The line of each size that holds today under a tariff, else the next one."""
    dated = funding.agreement_facts([one.pk])[one.pk].lines.get(tariff.pk, [])
    return current_lines(dated, max(today, one.from_day))


def tariff_used_until(tariff: Tariff) -> date | None:
    """The last day of a basket settled with this tariff; None when there is none."""
    row = Charge.objects.filter(agreement=tariff.agreement_id, line__tariff=tariff, sign=1).order_by("-day").first()
    return row.day if row else None


def day_after(day: date | None, *, at_least: date) -> date:
    return max(day + timedelta(days=1), at_least) if day else at_least

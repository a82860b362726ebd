"""Funds as the pages show them: the list of a year, its flow and its calendar, and one fund with its tranches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Min, Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cageot.core import sankey
from cageot.core.charts import Part, Segment, segments
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros, number
from cageot.desk import words_funds as words
from cageot.desk.queries.agreements import Happened
from cageot.desk.queries.chips import Chip
from cageot.desk.rules.funds import Given, Window, flow, tone_of_end
from cageot.funding.models import Agreement, EntityGarden, Fund, Tranche
from cageot.funding.queries import funds as funding
from cageot.funding.queries.funds import FundFact, TrancheFact
from cageot.funding.rules.conditions import Basket, Conditions, reached
from cageot.members.models import Support
from cageot.network.models import Garden, LogEvent, Partner
from cageot.network.rules.reach import Can, Reach

PER_BAR = ("used", "reserved", "left")
KIND_TONES = {"used": 1, "reserved": 3, "left": 6}

# --- Rights -------------------------------------------------------------------------------------


def of_place(garden: Garden | None, reach: Reach) -> QuerySet[Fund]:
    """The funds of a garden's association; all those that this person may know, without a garden."""
    rows = Fund.objects.reachable(reach).select_related("partner", "entity")
    return rows.filter(entity__places__garden=garden) if garden else rows


# --- The list -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """How money is cut: what is drawn, and the same in words."""

    segments: list[Segment]
    text: str


@dataclass(frozen=True)
class LateRow:
    """Money that should have come."""

    name: str
    url: str
    funder: str
    cents: int
    days: int
    due: date


@dataclass(frozen=True)
class Row:
    """A fund of the list."""

    name: str
    url: str
    funder: str
    holder: str
    sentence: str
    amount: int
    bar: Bar
    until: str
    pills: list[tuple[str, str]]
    soon: bool


@dataclass(frozen=True)
class Ending:
    """A tranche on the calendar of ends, in percent of the window."""

    name: str
    url: str
    x: float
    width: float
    tone: str
    last: date
    left: int
    words: str


@dataclass(frozen=True)
class Calendar:
    """The ends to come, month by month."""

    rows: list[Ending]
    months: list[tuple[str, float, bool]]
    today: float
    first: date
    last: date


@dataclass(frozen=True)
class FlowPage:
    """The flow, drawn and as a table."""

    drawing: sankey.Drawing
    rows: list[tuple[str, str, str, int]]


@dataclass(frozen=True)
class Key:
    """A key figure."""

    label: str
    value: str
    caption: str
    done: int
    goal: int


@dataclass(frozen=True)
class ListPage:
    """Everything the list says. `garden` None: of the network."""

    garden: Garden | None
    year: int
    chips: list[Chip]
    keys: list[Key]
    late: list[LateRow]
    rows: list[Row]
    flow: FlowPage
    calendar: Calendar
    new_url: str
    empty: bool


def list_page(garden: Garden | None, reach: Reach, today: date, year: str) -> ListPage:
    """The funds with money for a calendar year (this one, unless another is asked). A constant number of queries."""
    rows = of_place(garden, reach).order_by("name", "pk")
    spans = Tranche.objects.filter(fund__in=rows).aggregate(first=Min("from_day"), last=Max("until_day"))
    chosen, years = _years(spans, today, year)
    facts = funding.fund_facts(rows, today)
    names = funding.garden_names(facts)
    labels = {pk: one.name for pk, one in names.items()}
    shown = [one.between(date(chosen, 1, 1), date(chosen, 12, 31)) for one in facts]
    # A fund without any tranche yet is shown with the years to come: somebody is about to add one.
    shown = [one for one, whole in zip(shown, facts, strict=True)
             if one.tranches or (not whole.tranches and chosen >= today.year)]  # fmt: skip
    shown.sort(key=lambda one: (not one.late, one.over, -one.hoped, one.row.name))
    late = _late(facts)
    return ListPage(
        garden, chosen, [Chip(str(one), f"?annee={one}", sum(_has(fact, one) for fact in facts), one == chosen) for one in years],
        _keys(shown, sum(one.cents for one in late)), late, [_row(one, labels, today) for one in shown], _flow(shown, labels), _calendar(facts, today),
        _new_url(garden, reach), not facts,
    )  # fmt: skip


def _years(spans: dict[str, date | None], today: date, asked: str) -> tuple[int, list[int]]:
    first, last = spans["first"] or today, spans["last"] or today
    years = list(range(min(first.year, today.year), min(max(last.year, today.year), today.year + 4) + 1))
    chosen = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else today.year
    return (chosen if chosen in years else today.year), years[-8:]


def _has(fact: FundFact, year: int) -> bool:
    return bool(fact.between(date(year, 1, 1), date(year, 12, 31)).tranches)


def _new_url(garden: Garden | None, reach: Reach) -> str:
    if garden is None:
        return reverse("desk:all_fund_new") if reach.network else ""
    return reverse("desk:fund_new", args=[garden.code]) if reach.can(Can.EDIT_AGREEMENTS, garden.pk) else ""


def _keys(facts: Sequence[FundFact], late: int) -> list[Key]:
    """The figures of the year. `late`: what should have come, whatever its year, as the list under them says it."""
    promised, notified = sum(one.promised for one in facts), sum(one.notified for one in facts)
    received, used = sum(one.received for one in facts), sum(one.used for one in facts)
    reserved = sum(one.reserved for one in facts)
    of_notified = _("de ce qui est notifié") if notified else ""
    return [
        Key(_("Promis"), euros(promised, "round"), _("annoncé par les financeurs"), promised, promised),
        Key(_("Notifié"), euros(notified, "round"), _("de ce qui est promis") if promised else "", notified, promised),
        Key(
            _("Reçu"), euros(received, "round"),
            _("%(sum)s en retard, toutes années") % {"sum": euros(late, "round")} if late else of_notified, received, notified,
        ),
        Key(
            _("Utilisé"), euros(used, "round"),
            _("et %(sum)s réservés") % {"sum": euros(reserved, "round")} if reserved else of_notified, used, notified,
        ),
    ]  # fmt: skip


def _late(facts: Iterable[FundFact]) -> list[LateRow]:
    """The longest wait first."""
    found = [
        LateRow(
            str(one.row), reverse("desk:fund", args=[fact.row.pk]), str(fact.row.partner or ""), one.late.cents, one.late.days, one.row.due_on
        )
        for fact in facts for one in fact.late if one.late and one.row.due_on
    ]  # fmt: skip
    return sorted(found, key=lambda row: (-row.days, row.name))


def _row(fact: FundFact, labels: dict[int, str], today: date) -> Row:
    fund = fact.row
    last = fact.last
    if fund.ended_on and fund.ended_on <= today:
        until = _("fini le %(day)s") % {"day": said(fund.ended_on, "plain")}
    elif last is None:
        until = _("fini") if fact.tranches else _("aucune tranche")
    else:
        until = _("jusqu’au %(day)s") % {"day": said(last, "plain")}
    return Row(
        fund.name, reverse("desk:fund", args=[fund.pk]), str(fund.partner or fund.get_kind_display()),
        "" if fund.entity.head else str(fund.entity), words.sentence(fact.conditions, labels), fact.hoped, bar_of([fact]), until,
        _pills(fact), bool(last and tone_of_end(last, fact.left, today) == "carrot"),
    )  # fmt: skip


def _pills(fact: FundFact) -> list[tuple[str, str]]:
    """The states of the tranches, each once, late first."""
    pills = [(_("en retard"), "beet")] if fact.late else []
    for state in words.STATES:
        if any(one.state == state for one in fact.tranches):
            word, tone = words.STATES[state]
            pills.append((str(word), tone))
    return pills


def bar_of(facts: Iterable[FundFact | TrancheFact]) -> Bar:
    """Used, reserved and left, side by side."""
    parts = {"used": 0, "reserved": 0, "left": 0}
    for one in facts:
        parts["used"] += one.used if isinstance(one, FundFact) else one.row.used_cents
        parts["reserved"] += one.reserved
        parts["left"] += one.left
    drawn = segments([Part(str(PARTS[name]), cents, KIND_TONES[name]) for name, cents in parts.items()])
    text = " · ".join(
        str(said_as) % {"sum": euros(parts[name], "round")}
        for name, said_as in _BAR_WORDS.items()
        if parts[name] or name == "used"
    )
    return Bar(drawn, text)


PARTS = {"used": gettext_lazy("Utilisé"), "reserved": gettext_lazy("Réservé"), "left": gettext_lazy("Reste")}
_BAR_WORDS = {
    "used": gettext_lazy("%(sum)s utilisés"),
    "reserved": gettext_lazy("%(sum)s réservés"),
    "left": gettext_lazy("%(sum)s restent"),
}


def _flow(facts: Sequence[FundFact], labels: dict[int, str]) -> FlowPage:
    given = [
        Given(
            f"p{one.row.partner_id}" if one.row.partner_id else f"k{one.row.kind}{one.row.entity_id}",
            str(one.row.partner) if one.row.partner else str(one.row.get_source_display()).capitalize(),
            str(one.row.pk), one.row.name, one.by_garden, one.left,
        )
        for one in facts
    ]  # fmt: skip
    nodes, flows = flow(given, labels, others=_("Autres jardins"), unused=_("Pas encore utilisé"), nobody=_("Dons"))
    rows = [
        (one.funder_name, one.fund_name, where, cents)
        for one in sorted(given, key=lambda one: (one.funder_name, one.fund_name))
        for where, cents in [
            *sorted(((labels[garden], cents) for garden, cents in one.by_garden.items()), key=lambda row: (-row[1], row[0])),
            *([(_("pas encore utilisé"), one.left)] if one.left else []),
        ]
    ]  # fmt: skip
    return FlowPage(sankey.draw(nodes, flows), rows)


def _calendar(facts: Iterable[FundFact], today: date) -> Calendar:
    window = Window.after(today)
    rows = []
    for fact in facts:
        for one in fact.tranches:
            if one.running and one.last < window.last and one.row.from_day < window.last:
                rows.append(_ending(one, window, today))
    rows.sort(key=lambda one: (one.last, one.name))
    months = [(date_format(day, "N"), x, day.month == 1) for day, x in window.months()]
    return Calendar(rows, months, window.at(today), window.first, window.last)


def _ending(one: TrancheFact, window: Window, today: date) -> Ending:
    start, end = window.at(max(one.row.from_day, window.first)), window.at(one.last)
    days = (one.last - today).days
    when = ngettext("dans %(n)s jour", "dans %(n)s jours", days) % {"n": days} if days else _("aujourd’hui")
    left = _("reste %(sum)s") % {"sum": euros(one.left, "round")} if one.left else _("tout est pris")
    return Ending(
        str(one.row), reverse("desk:fund", args=[one.row.fund_id]), start, max(round(end - start, 3), 0.6),
        tone_of_end(one.last, one.left, today), one.last, one.left, f"{when}, {left}",
    )  # fmt: skip


# --- One fund -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class TrancheRow:
    """A tranche on its fund's page: the chain of its money, the chain of its use."""

    pk: int
    label: str
    period: str
    word: str
    tone: str
    come: list[tuple[str, int | None, str]]
    gone: list[tuple[str, int]]
    bar: Bar
    notes: list[str]
    late: str
    refused: str
    notified: bool
    open: bool
    removable: bool


@dataclass(frozen=True)
class FundPage:
    """All that the page of a fund says."""

    fund: Fund
    sentence: str
    terms: list[tuple[str, str]]
    tranches: list[TrancheRow]
    bar: Bar
    hoped: int
    gardens: list[tuple[str, int]]
    unused: list[tuple[str, str]]
    log: list[Happened]
    may_write: bool
    ended: str
    home: Garden | None
    back: tuple[str, str]


def fund_page(fund: Fund, reach: Reach, today: date, *, may_write: bool) -> FundPage:
    """One fund, in words. A constant number of queries."""
    [fact] = funding.fund_facts([fund], today)
    names = funding.garden_names([fact])
    labels = {pk: one.name for pk, one in names.items()}
    home = home_of(fund, reach)
    ended = ""
    if fund.ended_on:
        ended = _("Ne paie plus depuis le %(day)s : %(why)s") % {
            "day": said(fund.ended_on, "plain"), "why": fund.ended_because,
        }  # fmt: skip
    paid = sorted(fact.by_garden.items(), key=lambda one: (-one[1], labels[one[0]]))
    return FundPage(
        fund, words.sentence(fact.conditions, labels), _terms(fund, fact), [_tranche(one) for one in reversed(fact.tranches)],
        bar_of([fact]), fact.hoped, [(labels[garden], cents) for garden, cents in paid], _unused(fact, today), _log(fund),
        may_write, ended, home, _back(home),
    )  # fmt: skip


def home_of(fund: Fund, reach: Reach) -> Garden | None:
    """The garden, of one's own, that a fund belongs to; None for the network head's."""
    if fund.entity.head:
        return None
    mine = Garden.objects.filter(in_entity__entity=fund.entity_id, pk__in=reach.gardens_where(Can.SEE_MONEY))
    return mine.order_by("pk").first()


def _back(home: Garden | None) -> tuple[str, str]:
    url = reverse("desk:funds", args=[home.code]) if home else reverse("desk:all_funds")
    return _("Financements"), url


def _terms(fund: Fund, fact: FundFact) -> list[tuple[str, str]]:
    terms = [(_("Financeur"), str(fund.partner or "—")), (_("Genre"), str(fund.get_kind_display()))]
    if fund.reference:
        terms.append((_("Référence"), fund.reference))
    terms += [
        (_("Argent reçu par"), str(fund.entity)),
        (_("Dans les comptes"), str(fund.get_source_display())),
        (_("Versement demandé"), str(fund.get_rhythm_display())),
        (_("Ordre"), _("%(n)s : à fin égale, le plus petit paie d’abord") % {"n": fund.priority}),
    ]
    if fact.conditions.communes is not None:
        count = len(fact.conditions.communes)
        terms.append((_("Territoire"), ngettext("%(n)s commune", "%(n)s communes", count) % {"n": number(count)}))
    return terms


def _tranche(one: TrancheFact) -> TrancheRow:
    row = one.row
    word, tone = words.STATES[one.state]
    waiting = row.due_on if one.state != "received" else None
    come = [
        (_("promis"), row.promised_cents, said(row.promised_on, "plain") if row.promised_on else ""),
        (_("notifié"), row.notified_cents, said(row.notified_on, "plain") if row.notified_on else ""),
        (_("reçu"), one.received, _("attendu le %(day)s") % {"day": said(waiting, "plain")} if waiting else ""),
    ]  # fmt: skip
    gone = [
        (_("réservé"), one.reserved), (_("utilisé"), row.used_cents), (_("réclamé"), row.claimed_cents),
        (_("justifié"), row.justified_cents),
    ]  # fmt: skip
    notes = []
    if row.quota_baskets:
        notes.append(
            ngettext("Au plus %(n)s panier.", "Au plus %(n)s paniers.", row.quota_baskets) % {"n": number(row.quota_baskets)}
        )  # fmt: skip
    if row.carries_over:
        notes.append(_("Le reste peut servir l’année suivante."))
    if row.notified_cents is None and not one.refused:
        notes.append(_("Tant que rien n’est notifié, cet argent se propose, mais ne se règle pas."))
    refused = ""
    if row.refused_on:
        refused = _("Refusé le %(day)s : %(why)s") % {"day": said(row.refused_on, "plain"), "why": row.refused_because}
    return TrancheRow(
        row.pk, row.label, words.period(row.from_day, row.until_day), str(word), tone, come, gone, bar_of([one]), notes,
        words.late(one.late.days, one.late.cents) if one.late else "", refused, row.notified_cents is not None, not one.refused,
        row.notified_cents is None and not row.used_cents and not one.received and not one.refused,
    )  # fmt: skip


def _unused(fact: FundFact, today: date) -> list[tuple[str, str]]:
    """Money that nobody uses, tranche by tranche, and what becomes of it."""
    found = []
    for one in fact.tranches:
        if not one.left or one.refused:
            continue
        if one.last < today and one.row.carries_over:
            what = _("le reste peut servir l’année suivante")
        elif one.last < today:
            what = _("fini le %(day)s : à rendre, ou à demander de prolonger") % {"day": said(one.last, "plain")}
        else:
            what = _("à utiliser avant le %(day)s") % {"day": said(one.last, "plain")}
        found.append((f"{one.row.label} : {euros(one.left)}", what))
    return found


def _log(fund: Fund) -> list[Happened]:
    rows = LogEvent.objects.filter(about=f"funding.fund:{fund.pk}").select_related("by").order_by("-at", "-pk")[:12]
    labels = dict(fund.tranches.values_list("pk", "label"))
    return [
        Happened(
            one.at, str(one.by or ""), _with_label(words.happened(one.verb), labels.get(one.detail.get("tranche")))
        )
        for one in rows
    ]


def _with_label(what: str, label: str | None) -> str:
    return f"{what} ({label})" if label else what


# --- Who meets conditions -----------------------------------------------------------------------


@dataclass(frozen=True)
class Meets:
    """Who meets conditions: households supported today, baskets over twelve months."""

    households: int
    baskets: int

    @property
    def words(self) -> str:
        households = ngettext("%(n)s foyer aujourd’hui", "%(n)s foyers aujourd’hui", self.households)
        baskets = ngettext("%(n)s panier en 12 mois", "%(n)s paniers en 12 mois", self.baskets)
        return _("Qui répond à ces conditions : %(households)s, %(baskets)s.") % {
            "households": households % {"n": number(self.households)}, "baskets": baskets % {"n": number(self.baskets)},
        }  # fmt: skip


def who_meets(conditions: Conditions, gardens: set[int] | None, today: date) -> Meets:
    """Count them, within the gardens that the fund's holder may pay (None: any). Two queries."""
    alike = Support.objects.on(today).filter(agreement__in_programme=True, household__left_on=None)
    if gardens is not None:
        alike = alike.filter(household__garden__in=gardens)
    bands = ("household__garden", "household__commune_code", "agreement__audience", "agreement__affiliation")
    rows = alike.order_by().values_list(*bands).annotate(n=Count("household", distinct=True))
    households = sum(
        n for garden, commune, audience, affiliation, n in rows
        if conditions.admits(Basket(garden, commune, audience, affiliation))
    )  # fmt: skip
    return Meets(households, reached(conditions, funding.seen_baskets(today, gardens)))


# --- What a form offers -------------------------------------------------------------------------


@dataclass(frozen=True)
class Offered:
    """What the form of a fund offers: funders, gardens, publics; `held`: the gardens it may pay (None: any)."""

    partners: list[Partner]
    gardens: list[Garden]
    audiences: list[str]
    held: set[int] | None


def offered(garden: Garden | None, reach: Reach, fund: Fund | None = None) -> Offered:
    """For a garden's own funds, its association's gardens and the partners it knows; for the network, all of them."""
    held = funding.gardens_of(fund.entity) if fund else _held(garden)
    gardens = Garden.objects.all() if held is None else Garden.objects.filter(pk__in=held)
    agreements = Agreement.objects.filter(in_programme=True)
    if held is not None:
        agreements = agreements.filter(gardens__in=held)
    known = set(agreements.exclude(audience="").values_list("audience", flat=True)) | set(
        fund.audiences if fund else ()
    )
    partners = Partner.objects.reachable(reach)
    wanted = Q(funds=True) | Q(pk=fund.partner_id if fund else None)
    return Offered(
        list(partners.filter(wanted).order_by("name", "pk")), list(gardens.order_by("name")), sorted(known), held
    )


def _held(garden: Garden | None) -> set[int] | None:
    """The gardens of a garden's association, which may not keep books yet (a page never writes)."""
    if garden is None:
        return None
    home = EntityGarden.objects.filter(garden=garden).values("entity")
    return {garden.pk, *EntityGarden.objects.filter(entity__in=home).values_list("garden", flat=True)}

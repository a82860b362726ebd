"""What a payer's money did in a period: the same numbers for the screen, the spreadsheets and the paper.

Made of what was posted, hence of closed weeks only; small groups are folded by `funding.rules.reporting`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, Value, When
from django.urls import reverse
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from cageot.core.templatetags.cageot import day as said
from cageot.funding import queries as funding
from cageot.funding.models import Account, AgreementPayer, Billing, Entry, Posting, Share
from cageot.funding.queries import Period
from cageot.funding.rules.reporting import FOLDED, Group, summarise
from cageot.network import territory
from cageot.network.models import Edition, Garden, Partner

NETWORK = "reseau"
"""The word of the network as a payer, in addresses."""
PER_PAGE = 50


# --- Periods --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Preset:
    """A period offered by its name. `query` is its end of the address."""

    label: str
    period: Period
    query: str
    current: bool


def presets(today: date, asked: Period) -> list[Preset]:
    """Last month and this one, last quarter and this one, the edition under way and the one before."""
    month, quarter = today.replace(day=1), date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    editions = list(Edition.objects.filter(from_day__lte=today).order_by("-from_day")[:2])
    found = [
        *(_month(first) for first in (_before(month), month)),
        *(_quarter(first) for first in (_quarter_before(quarter), quarter)),
        *((_("édition %(code)s") % {"code": one.code}, Period(one.from_day, one.until_day)) for one in editions),
    ]
    return [Preset(label, period, query_of(period), period == asked) for label, period in found]


def query_of(period: Period) -> str:
    return f"?du={period.first}&au={period.last}"


def default_period(today: date) -> Period:
    """The last whole month."""
    return _month(_before(today.replace(day=1)))[1]


def _month(first: date) -> tuple[str, Period]:
    return f"{MONTHS[first.month]} {first.year}", Period(first, _before(first, months=-1) - timedelta(days=1))


def _quarter(first: date) -> tuple[str, Period]:
    number = (first.month - 1) // 3 + 1
    label = _("%(n)se trimestre %(year)s") if number > 1 else _("%(n)ser trimestre %(year)s")
    return label % {"n": number, "year": first.year}, Period(first, _before(first, months=-3) - timedelta(days=1))


def _year(first: date) -> Period:
    return Period(date(first.year, 1, 1), date(first.year, 12, 31))


def _quarter_before(first: date) -> date:
    return _before(first, months=3)


def _before(first: date, months: int = 1) -> date:
    """The first of the month so many months before."""
    count = first.year * 12 + first.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def period_words(period: Period) -> str:
    """A month, a quarter or a year by its name, else its days."""
    first = period.first
    if first.day == 1:
        for label, known in (
            _month(first),
            _quarter(first),
            (_("année %(year)s") % {"year": first.year}, _year(first)),
        ):
            if known == period and (first.month % 3 == 1 or known == _month(first)[1]):
                return label
    return _("du %(first)s au %(last)s") % {"first": said(period.first, "plain"), "last": said(period.last, "plain")}


# --- Payers ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Payer:
    """Who pays, across all its agreements: a partner, or the network itself (`partner` None)."""

    slug: str
    name: str
    partner: Partner | None

    def rows(self) -> QuerySet[AgreementPayer]:
        """All the rows it pays, or paid, under: its own, and those of partners that became it."""
        if self.partner is None:
            return AgreementPayer.objects.filter(kind=AgreementPayer.Kind.NETWORK)
        became = Billing.objects.filter(merged_into=self.partner, merged_on__isnull=False)
        return AgreementPayer.objects.filter(Q(partner=self.partner) | Q(partner__in=became.values("partner")))

    def spans(self, period: Period) -> list[tuple[list[int], Period]]:
        """Its rows, and from when to when each was its own: a partner that became another pays until the eve of that day.
        Two queries."""
        rows = list(self.rows().values_list("pk", "partner"))
        partners = {partner for _pk, partner in rows if partner} | ({self.partner.pk} if self.partner else set())
        merged = {row.partner_id: row for row in Billing.objects.filter(partner__in=partners, merged_on__isnull=False)}
        found: dict[Period, list[int]] = defaultdict(list)
        for pk, partner in rows:
            one = merged.get(partner or 0)
            first, last = period.first, period.last
            if one and one.merged_on and self.partner:
                if partner == self.partner.pk:
                    last = min(last, one.merged_on - timedelta(days=1))
                else:
                    first = max(first, one.merged_on)
            if first <= last:
                found[Period(first, last)].append(pk)
        return [(pks, span) for span, pks in found.items()]


def payer_for(slug: str, garden: Garden | None) -> Payer | None:
    """The payer, if it pays in an agreement of that garden (in any, for the network)."""
    partner = Partner.objects.filter(pk=slug).first() if slug != NETWORK else None
    if slug != NETWORK and partner is None:
        return None
    found = Payer(slug, str(partner) if partner else _("Réseau"), partner)
    rows = found.rows().filter(agreement__gardens=garden) if garden else found.rows()
    return found if rows.exists() else None


@dataclass(frozen=True)
class Line:
    """One payer of the list, with its totals of the period: households and baskets in a garden, gardens for the network."""

    name: str
    kind: str
    url: str
    cents: int
    gardens: int
    baskets: int = 0
    households: int = 0


@dataclass(frozen=True)
class ListPage:
    """The payers that paid something in a period, the largest first."""

    garden: Garden | None
    period: Period
    words: str
    presets: list[Preset]
    page: Page[Line]
    cents: int


def list_page(garden: Garden | None, period: Period, today: date, number: str) -> ListPage:
    """Payers with their totals, of a garden or of the whole network, fifty a page. A constant number of queries.

    Euros come from the payers' accounts, which the books keep by garden and week: a whole season of the network is
    added up without reading its baskets.
    """
    paid = _paid(garden, period)
    counted = _counted(garden, period) if garden else {}
    rows = Partner.objects.filter(pk__in=[partner for partner in paid if partner]).values_list("pk", "name", "kind")
    names: dict[int | None, tuple[str, str]] = {pk: (name, str(Partner.Kind(kind).label)) for pk, name, kind in rows}
    names[None] = (_("Réseau"), "")
    page: Page[Any] = Paginator(sorted(paid, key=lambda key: (-paid[key][0], names[key])), PER_PAGE).get_page(number)
    page.object_list = [
        Line(
            *names[key], address(garden, str(key or NETWORK)) + query_of(period), *paid[key], *counted.get(key, (0, 0))
        )
        for key in page.object_list
    ]
    total = sum(cents for cents, _gardens in paid.values())
    return ListPage(garden, period, period_words(period), presets(today, period), page, total)


def _paid(garden: Garden | None, period: Period) -> dict[int | None, tuple[int, int]]:
    """Partner (None: the network) → cents, and in how many gardens."""
    rows = Posting.objects.filter(entry__day__range=(period.first, period.last), account__kind=Account.Kind.PAYER)
    rows = rows.exclude(account__payer__kind=AgreementPayer.Kind.GARDEN)
    if garden:
        rows = rows.filter(entry__garden=garden)
    found = rows.annotate(owner=_owner("account__payer__partner", "entry__day")).values_list("owner").annotate(
        cents=Sum("cents"), n=Count("account__garden", distinct=True)
    )  # fmt: skip
    return {partner: (cents, gardens) for partner, cents, gardens in found.order_by("owner")}


def _owner(partner: str, day: str) -> Case | F:
    """Whose a line is on its day: its payer's, or that of the partner which that payer had become by then. One query."""
    merged = Billing.objects.filter(merged_into__isnull=False, merged_on__isnull=False)
    became = [
        When(**{partner: old, f"{day}__gte": on}, then=Value(into))
        for old, into, on in merged.values_list("partner", "merged_into", "merged_on")
    ]
    return Case(*became, default=F(partner), output_field=IntegerField()) if became else F(partner)


def _counted(garden: Garden, period: Period) -> dict[int | None, tuple[int, int]]:
    """Partner → baskets and households, in a garden."""
    entries = Entry.objects.filter(day__range=(period.first, period.last), garden=garden)
    rows = Share.objects.filter(charge__entry__in=entries, payer__isnull=False).exclude(cents=0)
    found = rows.annotate(owner=_owner("payer__partner", "charge__entry__day")).values_list("owner").annotate(
        baskets=Sum("charge__sign"), households=Count("charge__household_key", distinct=True)
    )  # fmt: skip
    return {partner: (baskets, households) for partner, baskets, households in found.order_by("owner")}


def address(garden: Garden | None, slug: str) -> str:
    if garden:
        return reverse("desk:statement", args=[garden.code, slug])
    return reverse("desk:all_statement", args=[slug])


def file_address(garden: Garden | None, slug: str, form: str) -> str:
    if garden:
        return reverse("desk:statement_file", args=[garden.code, slug, form])
    return reverse("desk:all_statement_file", args=[slug, form])


# --- One statement --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One line of a statement, in words. Euros in cents."""

    garden: str
    place: str
    households: int
    baskets: int
    cents: int


@dataclass(frozen=True)
class Statement:
    """A payer's statement. `posted_at`: when the last entry of the period was written; None when there is none."""

    payer: Payer
    garden: Garden | None
    period: Period
    rows: tuple[Row, ...]
    households: int
    baskets: int
    cents: int
    few: bool
    folded: bool
    posted_at: datetime | None
    weeks: int

    @property
    def words(self) -> str:
        return period_words(self.period)

    @property
    def file_name(self) -> str:
        """Codes and dates only: a file name travels further than its content."""
        place = self.garden.code if self.garden else NETWORK
        return f"releve-{place}-{self.payer.slug}-{self.period.first}-{self.period.last}"


def statement(payer: Payer, garden: Garden | None, period: Period) -> Statement:
    """The statement of a payer: the same for the same rows, for ever."""
    gardens = [garden.pk] if garden else None
    lines = [line for pks, span in payer.spans(period) for line in funding.report_lines(pks, span, gardens)]
    report = summarise(lines)
    last, weeks = _posted(garden, period)
    folded = any(group.garden is None or group.commune == FOLDED for group in report.groups)
    return Statement(
        payer, garden, period, tuple(rows_of(report.groups)), report.households, report.baskets, report.cents, report.alone,
        folded, last, weeks,
    )  # fmt: skip


def _posted(garden: Garden | None, period: Period) -> tuple[datetime | None, int]:
    """When the books last moved in the period, and how many weeks of gardens they hold."""
    rows = Entry.objects.filter(day__range=(period.first, period.last))
    if garden:
        rows = rows.filter(garden=garden)
    last = rows.order_by("-pk").values_list("at", flat=True).first()
    return last, rows.filter(kind=Entry.Kind.CLOSE).count()


def rows_of(groups: Iterable[Group]) -> list[Row]:
    """Groups in words, by garden then commune, those that were folded last. One query."""
    groups = list(groups)
    names = dict(
        Garden.objects.filter(pk__in={group.garden for group in groups if group.garden}).values_list("pk", "name")
    )
    whole = {group.garden for group in groups if sum(other.garden == group.garden for other in groups) == 1}
    rows = [_row(group, names, group.garden in whole) for group in groups]
    known = {row.garden for row in rows}
    ordered = sorted(known - {other_gardens()}) + [other_gardens()]
    return sorted(
        rows, key=lambda row: (ordered.index(row.garden), row.place in (other_communes(), all_communes()), row.place)
    )


def other_gardens() -> str:
    return _("Autres jardins")


def other_communes() -> str:
    return _("Autres communes")


def all_communes() -> str:
    return _("Toutes les communes")


def _row(group: Group, names: dict[int, str], alone: bool) -> Row:
    garden = other_gardens() if group.garden is None else names[group.garden]
    place = (all_communes() if alone else other_communes()) if group.commune == FOLDED else commune_name(group.commune)
    return Row(garden, place, group.households, group.baskets, group.cents)


def commune_name(code: str) -> str:
    try:
        found = territory.commune(code)
    except KeyError:
        return code
    return f"{found.name} ({found.department})"


def table_of(one: Statement) -> tuple[list[str], list[list[str | int | float]]]:
    """Columns and rows of the spreadsheets, totals last. Euros as numbers with two decimals."""
    columns = [_("Jardin"), _("Commune"), _("Foyers"), _("Paniers"), _("Montant en euros")]
    rows: list[list[str | int | float]] = [
        [row.garden, row.place, row.households, row.baskets, row.cents / 100] for row in one.rows
    ]
    return columns, [*rows, [_("Ensemble"), "", one.households, one.baskets, one.cents / 100]]


@dataclass(frozen=True)
class StatementPage:
    """A statement on screen: with its presets and its files."""

    one: Statement
    presets: list[Preset]
    files: list[tuple[str, str]]
    back: str


def page(payer: Payer, garden: Garden | None, period: Period, today: date) -> StatementPage:
    files = [(form, file_address(garden, payer.slug, form) + query_of(period)) for form in ("pdf", "xlsx", "csv")]
    back = reverse("desk:statements", args=[garden.code]) if garden else reverse("desk:all_statements")
    return StatementPage(statement(payer, garden, period), presets(today, period), files, back + query_of(period))

"""A garden's workshops as its people see them: what comes, what was held, who comes to a session. Nothing here knows a tariff."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.baskets.rules.holidays import holidays_of
from cageot.core.tabular.write import Value
from cageot.core.templatetags.cageot import euros, number
from cageot.core.week import Week
from cageot.desk.queries.calendar import zone
from cageot.desk.queries.chips import Chip
from cageot.desk.queries.households import matching
from cageot.desk.queries.names import shown_names
from cageot.members.models import Household, Member
from cageot.network import territory
from cageot.network.models import Garden, Partner
from cageot.network.rules.reach import Can, Reach
from cageot.workshops.actions.costs import Purse
from cageot.workshops.models import Enrolment, EnrolmentDetails, Kind, Material, Place, Session, SessionCost, Workshop
from cageot.workshops.queries import announced, figures, materials
from cageot.workshops.queries.announced import LANGUAGES as LANGUAGES
from cageot.workshops.queries.opinions import Results, results
from cageot.workshops.rules import waiting
from cageot.workshops.rules.files import words_of
from cageot.workshops.rules.series import moment, wall

State = Enrolment.State
PER_PAGE = 40
FOUND = 12
TONES = {"leaf": "leaf", "full": "squash", "cancelled": "beet", "ask": "carrot"}


# --- A line of a list -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A session in a list: when and what, and a word of how it stands."""

    session: Session
    people: int
    waits: int
    word: str
    tone: str

    @property
    def day(self) -> date:
        return wall(self.session.starts_at).date()


def listed(rows: QuerySet[Session]) -> QuerySet[Any]:
    """Sessions with those who wait for a place. One query, whatever their number."""
    here = Enrolment.objects.filter(session=OuterRef("pk")).order_by().values("session")
    waits = here.filter(state=State.WAITING).annotate(n=Count("pk")).values("n")
    return rows.select_related("workshop", "place").annotate(
        waits=Coalesce(Subquery(waits, output_field=IntegerField()), 0),
    )


def line_of(one: Any, now: datetime) -> Line:
    """How a session stands, in a word."""
    session: Session = one
    if session.state == Session.State.CANCELLED:
        return Line(session, 0, one.waits, _("annulé"), TONES["cancelled"])
    if session.state == Session.State.HELD:
        return Line(session, session.participations, one.waits, _people(session.participations), "")
    if session.ends_at <= now:
        return Line(session, session.participations, one.waits, _("à noter"), TONES["ask"])
    if session.workshop.open_door:
        return Line(session, 0, 0, _("entrée libre"), "sky")
    found = announced.room(session, now, one.waits)
    words = _inscribed(session.seats_taken) if session.seats is None else found.word
    if found.kept:
        words = _("liste d’attente : %(n)s") % {"n": number(one.waits)}
    elif found.full:
        words = _full(one.waits)
    return Line(session, session.seats_taken, one.waits, words, found.tone)


def _people(count: int) -> str:
    return ngettext("%(n)s personne", "%(n)s personnes", count) % {"n": number(count)}


def _inscribed(count: int) -> str:
    return ngettext("%(n)s inscrit", "%(n)s inscrits", count) % {"n": number(count)}


def _full(waits: int) -> str:
    if not waits:
        return _("complet")
    return ngettext("complet, %(n)s en attente", "complet, %(n)s en attente", waits) % {"n": number(waits)}


# --- Ateliers -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Month:
    """The sessions of a month."""

    name: str
    lines: list[Line]


@dataclass(frozen=True)
class KindCount:
    """A kind in a year's figures."""

    label: str
    count: figures.Count


@dataclass(frozen=True)
class WorkshopsPage:
    """The workshops of a garden: those to come, or the past ones, its figures of a year."""

    garden: Garden
    may_run: bool
    months: list[Month]
    chips: list[Chip]
    kinds: list[Chip]
    past: bool
    any: bool
    to_note: list[Line]
    page: Page[Any] | None
    year: int
    years: list[int]
    whole: figures.Count
    by_kind: list[KindCount]
    again: int | None
    offered: list[Workshop]


def workshops_page(
    garden: Garden, now: datetime, reach: Reach, *, past: bool, kind: str, page: str, year: str
) -> WorkshopsPage:  # fmt: skip
    """What a garden's people see of its workshops. A constant number of queries."""
    kind = kind if kind in Kind.values else ""
    rows = Session.objects.filter(garden=garden)
    coming = Q(ends_at__gt=now) & ~Q(state="held")
    counts = rows.aggregate(coming=Count("pk", filter=coming), past=Count("pk", filter=~coming))
    shown = (rows.filter(~coming).order_by("-starts_at", "-pk") if past else rows.filter(coming)).filter(*([Q(workshop__kind=kind)] if kind else []))  # fmt: skip
    paged = Paginator(listed(shown), PER_PAGE).get_page(page)
    late = Q(state="planned", ends_at__lte=now, ends_at__gt=now - timedelta(days=60))
    years = figures.years(garden)
    wanted = int(year) if year.isdecimal() and int(year) in years else min([now.year, *years], key=lambda one: abs(one - now.year))  # fmt: skip
    told = figures.figures(garden=garden, year=wanted)
    by_kind = told.by_kind()
    return WorkshopsPage(
        garden=garden, may_run=reach.can(Can.RUN_WORKSHOPS, garden.pk), past=past, any=bool(counts["coming"] or counts["past"]),
        months=_months([line_of(one, now) for one in paged.object_list]),
        chips=[
            Chip(_("À venir"), "?", counts["coming"], not past),
            Chip(_("Passés"), "?voir=passes", counts["past"], past),
        ],
        kinds=_kinds(rows.filter(~coming if past else coming), kind, "voir=passes&" if past else ""), page=paged,
        to_note=[] if past else [line_of(one, now) for one in listed(rows.filter(late))],
        year=wanted, years=years, whole=told.whole,
        by_kind=[KindCount(str(label), by_kind[value]) for value, label in Kind.choices if value in by_kind],
        again=next((one for one in years if one < now.year), None),
        offered=list(Workshop.objects.filter(garden=garden, archived_on=None)),
    )  # fmt: skip


def _months(lines: Iterable[Line]) -> list[Month]:
    return [
        Month(f"{MONTHS[month]} {year}", list(group))
        for (year, month), group in groupby(lines, key=lambda line: (line.day.year, line.day.month))
    ]


def _kinds(rows: QuerySet[Session], chosen: str, before: str) -> list[Chip]:
    """The kinds of these sessions, when there are several."""
    there = dict(rows.order_by().values_list("workshop__kind").annotate(n=Count("pk")))
    if len(there) < 2:
        return []
    chips = [Chip(str(label), f"?{before}genre={value}", there[value], value == chosen) for value, label in Kind.choices if value in there]  # fmt: skip
    return [Chip(_("Tous les genres"), f"?{before}", sum(there.values()), not chosen), *chips]


def export_rows(garden: Garden, year: int) -> tuple[list[str], list[list[Value]]]:
    """The sessions of a year, one a line, as figures: titles and rows, in the words of the file."""
    titles = [
        "Date",
        "Heure",
        "Atelier",
        "Genre",
        "Lieu",
        "État",
        "Places",
        "Inscrits",
        "En attente",
        "Personnes venues",
    ]
    rows = listed(Session.objects.filter(garden=garden, starts_at__gte=_first(year), starts_at__lt=_first(year + 1)))
    return titles, [
        [
            wall(one.starts_at).date(), f"{wall(one.starts_at):%H:%M}", one.workshop.title, one.workshop.get_kind_display(), one.place.name,
            one.get_state_display(), "" if one.seats is None else one.seats, one.seats_taken, one.waits,
            one.participations if one.state == "held" else "",
        ]
        for one in rows
    ]  # fmt: skip


def _first(year: int) -> datetime:
    return moment(date(year, 1, 1), time.min)


# --- Sheets and photos ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """A file of a workshop, and for a photo whether people see it, in a word. `end`: until when its agreement still runs."""

    one: Material
    words: str
    shown: bool
    word: str
    tone: str
    end: date | None

    @property
    def said(self) -> str:
        """What the people on a photo agreed as far as it holds today: an agreement that is over is to be asked again."""
        return self.one.consent if self.shown else Material.Consent.UNKNOWN


def kept(rows: QuerySet[Material], today: date, may_run: bool) -> list[Kept]:
    """Files without their content. Photos that people may not see are for who runs the workshop alone. One query."""
    wanted = rows if may_run else rows.filter(materials.visible(today))
    return [_kept(one, today) for one in wanted.defer("content")]


def _kept(one: Material, today: date) -> Kept:
    words, over = words_of(one.name), materials.agreement_over(one, today)
    shown, end = materials.is_visible(one, today), None if over else one.consent_until
    if one.kind == Material.Kind.SHEET:
        return Kept(one, words, shown, "", "", None)
    if shown:
        return Kept(one, words, shown, _("montrée"), TONES["leaf"], end)
    if one.consent in materials.AGREED:
        return Kept(one, words, shown, _("accord terminé"), TONES["full"], end)
    return Kept(one, words, shown, _("accord à demander"), TONES["ask"], end)


# --- A workshop -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class WorkshopPage:
    """What is offered, with its sessions, sheets and photos."""

    garden: Garden
    workshop: Workshop
    may_run: bool
    facts: list[tuple[str, str]]
    coming: list[Line]
    past: list[Line]
    files: list[Kept]


def workshop_page(workshop: Workshop, now: datetime, reach: Reach) -> WorkshopPage:
    """The page of a workshop. A constant number of queries."""
    rows = Session.objects.filter(workshop=workshop)
    coming = Q(ends_at__gt=now) & ~Q(state="held")
    past = list(listed(rows.filter(~coming)).order_by("-starts_at")[:PER_PAGE])
    return WorkshopPage(
        workshop.garden, workshop, reach.can(Can.RUN_WORKSHOPS, workshop.garden_id), _facts(workshop),
        [line_of(one, now) for one in listed(rows.filter(coming))], [line_of(one, now) for one in past],
        kept(workshop.materials.all(), wall(now).date(), reach.can(Can.RUN_WORKSHOPS, workshop.garden_id)),
    )  # fmt: skip


def _facts(one: Workshop) -> list[tuple[str, str]]:
    """What is known of it, in the order in which one asks."""
    partners = ", ".join(partner.name for partner in one.partners.all())
    seats = _("autant que l’on vient") if one.seats is None else number(one.seats)
    told = [
        (_("Genre"), one.get_kind_display().capitalize()),
        (_("Places"), _("entrée libre, sans inscription") if one.open_door else seats),
        (_("Qui anime"), one.facilitators),
        (_("Partenaires"), partners),
        (_("Recettes"), ", ".join(recipe.title for recipe in one.recipes.all())),
        (_("À apporter"), one.bring),
        (_("Enfants"), one.get_childcare_display() if one.childcare != "none" else ""),
        (_("À partir de"), ngettext("%(n)s an", "%(n)s ans", one.youngest) % {"n": one.youngest} if one.youngest else ""),
        (_("Transport"), one.transport),
        (_("Langues"), ", ".join(LANGUAGES.get(code, code) for code in one.languages)),
        (_("Annoncé"), _("à tout le monde") if one.public else _("aux adhérents seulement")),
    ]  # fmt: skip
    return [(label, str(value)) for label, value in told if value]


# --- A session ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Guest:
    """One enrolment as a list shows it: a shown name, who comes, what to know."""

    pk: int
    name: str
    people: str
    needs: str
    state: str
    label: str
    outside: bool
    adults: int
    children: int
    rank: int = 0
    fits: bool = False


@dataclass(frozen=True)
class SessionPage:
    """A session: who comes, who waits, who said that they do not."""

    garden: Garden
    session: Session
    line: Line
    may_run: bool
    may_edit: bool
    sees_money: bool
    begun: bool
    over: bool
    coming: list[Guest]
    waiting: list[Guest]
    gone: list[Guest]
    left: int | None
    kept: bool
    others: int
    photos: list[Kept]
    opinions: Results


def session_page(session: Session, now: datetime, reach: Reach) -> SessionPage:
    """The page of a session. A constant number of queries."""
    [one] = listed(Session.objects.filter(pk=session.pk).select_related("garden"))
    names = names_on(session)
    left = waiting.left(session.seats, session.seats_taken)
    found = guests(session, names, left)
    others = Session.objects.filter(garden=session.garden_id, series=session.series).exclude(pk=session.pk).count() if session.series else 0  # fmt: skip
    waits = [guest for guest in found if guest.state == State.WAITING]
    open_ = session.state == Session.State.PLANNED
    return SessionPage(
        garden=session.garden, session=session, line=line_of(one, now), may_run=reach.can(Can.RUN_WORKSHOPS, session.garden_id),
        may_edit=open_ and session.ends_at > now, sees_money=reach.can(Can.SEE_MONEY, session.garden_id),
        begun=wall(session.starts_at).date() <= wall(now).date(), over=session.ends_at <= now,
        coming=[guest for guest in found if guest.state in (State.ENROLLED, State.CAME, State.ABSENT)], waiting=waits,
        gone=[guest for guest in found if guest.state == State.CANCELLED], left=left,
        kept=bool(left and waits), others=others,
        photos=kept(
            Material.objects.filter(session=session, kind=Material.Kind.PHOTO), wall(now).date(),
            reach.can(Can.RUN_WORKSHOPS, session.garden_id),
        ),
        opinions=results(session),
    )  # fmt: skip


def names_on(session: Session) -> Mapping[int, str]:
    """Household → the name that the garden's lists show, that week. Two queries."""
    week = Week.of(wall(session.starts_at).date())
    return {household: name.shown for household, name in shown_names(session.garden, week).items()}


def guests(session: Session, names: Mapping[int, str], left: int | None) -> list[Guest]:
    """Who comes, waits or said no, by order of arrival. One query."""
    rows = Enrolment.objects.filter(session=session).select_related("household", "details").order_by("at", "pk")
    found, rank = [], 0
    for one in rows:
        rank += one.state == State.WAITING
        details = _details(one)
        came = one.state == State.CAME and one.came_adults is not None
        adults, children = (one.came_adults or 0, one.came_children or 0) if came else (one.adults, one.children)
        found.append(
            Guest(
                one.pk, _name(one, details, names), people_words(adults, children), details.needs if details else "",
                one.state, one.get_state_display(), one.household_id is None, adults, children,
                rank if one.state == State.WAITING else 0, left is None or one.adults + one.children <= left,
            )
        )  # fmt: skip
    return found


def _details(one: Enrolment) -> EnrolmentDetails | None:
    try:
        return one.details
    except EnrolmentDetails.DoesNotExist:
        return None


def _name(one: Enrolment, details: EnrolmentDetails | None, names: Mapping[int, str]) -> str:
    if one.household is not None:
        return names.get(one.household_id or 0) or _("Foyer %(number)s") % {"number": one.household.number}
    return (details.first_name if details else "") or _("Quelqu’un de l’extérieur")


def people_words(adults: int, children: int) -> str:
    """ "2 adultes, 1 enfant" """
    words = ngettext("%(n)s adulte", "%(n)s adultes", adults) % {"n": adults}
    if not children:
        return words
    return f"{words}, {ngettext('%(n)s enfant', '%(n)s enfants', children) % {'n': children}}"


@dataclass(frozen=True)
class Found:
    """A household that may be enrolled: who it is, and whether it comes already."""

    household: Household
    name: str
    where: str
    there: str


def search(session: Session, typed: str, today: date) -> list[Found]:
    """The first households of the garden with these words, those that left put apart. Three queries."""
    if not typed.strip():
        return []
    here = Q(left_on=None) | Q(left_on__gte=today)
    rows = list(matching(session.garden, typed).filter(here, erased_on=None).order_by("number")[:FOUND])
    contacts = {one.household_id: str(one) for one in Member.objects.filter(household__in=rows, contact=True)}
    there = dict(Enrolment.objects.filter(session=session, household__in=rows).exclude(state=State.CANCELLED).values_list("household", "state"))  # fmt: skip
    labels = dict(State.choices)
    return [
        Found(one, contacts.get(one.pk) or one.number, one.town, str(labels.get(there.get(one.pk, ""), "")))
        for one in rows
    ]


# --- Costs ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CostsPage:
    """What a session costs: each cost, what was taken back, and their sum in cents."""

    session: Session
    costs: Sequence[SessionCost]
    cents: int
    may_write: bool


def costs_page(session: Session, reach: Reach) -> CostsPage:
    """The costs of a session, for who sees money. Two queries."""
    rows = SessionCost.objects.filter(session=session).select_related("tranche__fund", "by").order_by("pk")
    back = set(rows.exclude(reverses=None).values_list("reverses", flat=True))
    found = list(rows)
    for one in found:
        one.is_back = one.pk in back  # type: ignore[attr-defined]  # for the page alone
    cents = sum(-one.cents if one.reverses_id else one.cents for one in found)
    return CostsPage(session, found, cents, reach.can(Can.EDIT_AGREEMENTS, session.garden_id))


# --- Planning -------------------------------------------------------------------------------------


def places(garden: Garden) -> QuerySet[Place]:
    """The places in use."""
    return Place.objects.filter(garden=garden, archived_on=None)


def partners(garden: Garden) -> QuerySet[Partner]:
    """The partners that work with the garden."""
    return Partner.objects.filter(gardens=garden).order_by("name").distinct()


def bank_holidays(garden: Garden, first: date, last: date) -> dict[date, str]:
    """Bank holidays where the garden stands, between two days."""
    there = zone(garden)
    found: dict[date, str] = {}
    for year in range(first.year, min(last.year, first.year + 3) + 1):
        found |= {day: name for day, name in holidays_of(year, there).items() if first <= day <= last}
    return found


def clashes(place: Place | None, moments: Sequence[tuple[datetime, datetime]]) -> dict[datetime, str]:
    """Beginning → the title of another session that holds the same place then. One query."""
    if place is None or not moments:
        return {}
    first, last = min(start for start, _end in moments), max(end for _start, end in moments)
    rows = Session.objects.filter(place=place, starts_at__lt=last, ends_at__gt=first).exclude(state="cancelled")
    there = list(rows.values_list("starts_at", "ends_at", "workshop__title"))
    return {
        start: title for start, end in moments for other, over, title in there if other < end and over > start
    }  # fmt: skip


def place_rows(garden: Garden, now: datetime) -> QuerySet[Any]:
    """Places with the number of sessions to come. One query."""
    coming = Count(Case(When(sessions__state="planned", sessions__ends_at__gt=now, then=1)))
    return places(garden).annotate(coming=coming)


def town(code: str) -> str:
    """A commune as one types it: "41000 Blois"."""
    try:
        commune = territory.commune(code)
    except KeyError:
        return ""
    return f"{commune.postcodes[0]} {commune.name}" if commune.postcodes else commune.name


def purse_words(purse: Purse) -> str:
    """A tranche that may pay, and what it has left."""
    return _("%(fund)s (reste %(left)s)") % {"fund": purse.tranche, "left": euros(purse.left)}

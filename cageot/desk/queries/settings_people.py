"""People who act in the programme, and their roles: of a garden for its coordination, of all for the network head."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cageot.core.tabular.phones import display_phone
from cageot.core.templatetags.cageot import day as said
from cageot.desk.queries.chips import Chip
from cageot.network.models import Garden, Login, Person, Role
from cageot.network.rules.reach import Can, Reach

PER_PAGE = 50

MAY: dict[str, Any] = {
    "coordinator": gettext_lazy("Tout au jardin : semaine, foyers, argent, réglages, équipe."),
    "treasurer": gettext_lazy("L’argent : conventions, clôture, relevés. Lit les foyers."),
    "helper": gettext_lazy("La semaine et les foyers, sans rien voir de l’argent."),
    "auditor": gettext_lazy("Lit la semaine, les foyers et l’argent, jusqu’à un jour. N’écrit rien."),
    "referrer": gettext_lazy("Oriente des personnes pour un partenaire, et suit celles qu’il a envoyées."),
    "funder": gettext_lazy("Lit les chiffres d’un partenaire qui finance. Jamais un nom."),
    "network": gettext_lazy("Tout le programme, sans le nom d’aucun foyer."),
}
FILTERS: dict[str, Any] = {
    "": gettext_lazy("Avec un rôle"),
    "network": gettext_lazy("Réseau"),
    "coordinator": gettext_lazy("Coordination"),
    "helper": gettext_lazy("Aide"),
    "treasurer": gettext_lazy("Trésorerie"),
    "auditor": gettext_lazy("Contrôle"),
    "referrer": gettext_lazy("Orientation"),
    "funder": gettext_lazy("Financement"),
    "anciens": gettext_lazy("Sans rôle aujourd’hui"),
}


@dataclass(frozen=True)
class RoleLine:
    """One role in words. `state`: now, future or past; `may_end`: it may be ended, or taken back."""

    pk: int
    kind: str
    where: str
    dates: str
    state: str
    may_end: bool


@dataclass(frozen=True)
class PersonRow:
    """One person of a list, with the roles that may be seen here."""

    name: str
    url: str
    email: str
    roles: list[RoleLine]


@dataclass(frozen=True)
class PeoplePage:
    """People with their roles: of one garden, or of all."""

    garden: Garden | None
    rows: list[PersonRow]
    page: Page[Person]
    chips: list[Chip]
    text: str
    new_url: str


def people_page(garden: Garden | None, today: date, *, text: str, state: str, number: str) -> PeoplePage:
    """The list, fifty a page. A constant number of queries."""
    state = state if state in FILTERS else ""
    rows = Person.objects.filter(Exists(_roles_of(garden)))
    counts = _counts(garden, rows, today)
    found = _named(rows, text) if text else _with(rows, garden, state, today)
    page = Paginator(found.order_by("first_name", "last_name", "pk"), PER_PAGE).get_page(number)
    roles = Role.objects.select_related("garden", "partner").order_by("-from_day", "pk")
    page.object_list = list(  # type: ignore[assignment]
        page.object_list.select_related("login").prefetch_related(  # type: ignore[attr-defined]
            Prefetch("roles", roles.filter(garden=garden) if garden else roles)
        )
    )
    shown: list[Person] = list(page.object_list)
    chips = [
        Chip(str(label), f"?role={name}" if name else "?", counts[name], name == state)
        for name, label in FILTERS.items()
        if name in ("", state) or counts[name]
    ]
    new_url = reverse("desk:role_new", args=[garden.code]) if garden else reverse("desk:all_role_new")
    return PeoplePage(garden, [_row(one, today) for one in shown], page, chips, text, new_url)


def _roles_of(garden: Garden | None) -> QuerySet[Role]:
    rows = Role.objects.filter(person=OuterRef("pk"))
    return rows.filter(garden=garden) if garden else rows


def _with(rows: QuerySet[Person], garden: Garden | None, state: str, today: date) -> QuerySet[Person]:
    current = _roles_of(garden).filter(Q(until_day=None) | Q(until_day__gte=today))
    if state == "anciens":
        return rows.exclude(Exists(current))
    return rows.filter(Exists(current.filter(kind=state) if state else current))


def _named(rows: QuerySet[Person], text: str) -> QuerySet[Person]:
    for word in text.split()[:5]:
        rows = rows.filter(
            Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(login__email__icontains=word)
        )
    return rows


def _counts(garden: Garden | None, rows: QuerySet[Person], today: date) -> dict[str, int]:
    roles = Role.objects.filter(Q(until_day=None) | Q(until_day__gte=today))
    if garden:
        roles = roles.filter(garden=garden)
    kinds = {kind: Count("person", filter=Q(kind=kind), distinct=True) for kind in Role.Kind.values}
    found = roles.aggregate(all=Count("person", distinct=True), **kinds)
    return {"": found.pop("all"), **found, "anciens": _with(rows, garden, "anciens", today).count()}


def _row(one: Person, today: date) -> PersonRow:
    lines = [role_line(role, today) for role in one.roles.all()]
    kept = [line for line in lines if line.state != "past"] or lines[:1]
    return PersonRow(str(one), reverse("desk:person", args=[one.pk]), email_of(one), kept)


def email_of(one: Person) -> str:
    """The address that receives their codes; nothing for somebody who has no way in."""
    login: Login | None = getattr(one, "login", None)
    return login.email if login else ""


def role_line(role: Role, today: date, *, may_end: bool = False) -> RoleLine:
    state = "future" if role.from_day > today else "past" if role.until_day and role.until_day < today else "now"
    if role.until_day:
        dates = _("du %(first)s au %(last)s") % {
            "first": said(role.from_day, "plain"),
            "last": said(role.until_day, "plain"),
        }
    else:
        dates = (_("depuis le %(first)s") if state == "now" else _("à partir du %(first)s")) % {
            "first": said(role.from_day, "plain")
        }
    where = str(role.garden or role.partner or _("Tête de réseau"))
    return RoleLine(role.pk, role_words(role.kind), where, dates, state, may_end and state != "past")


WORDS: dict[str, Any] = {
    "network": gettext_lazy("Réseau"),
    "coordinator": gettext_lazy("Coordination"),
    "helper": gettext_lazy("Aide"),
    "treasurer": gettext_lazy("Trésorerie"),
    "auditor": gettext_lazy("Contrôle, en lecture seule"),
    "referrer": gettext_lazy("Orientation"),
    "funder": gettext_lazy("Financement, chiffres seuls"),
}


def role_words(kind: str) -> str:
    return str(WORDS[kind])


# --- One person -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class PersonPage:
    """Somebody, and their roles where this person may give some."""

    person: Person
    facts: list[tuple[str, str]]
    roles: list[RoleLine]
    may_edit: bool
    email: str
    give_url: str
    back: tuple[str, str]


def person_page(one: Person, reach: Reach, today: date) -> PersonPage:
    """The page of a person. Three queries."""
    roles = list(visible_roles(one, reach))
    known = [(_("Adresse électronique"), email_of(one)), (_("Téléphone"), display_phone(one.phone))]
    home = next((role.garden for role in roles if role.garden), None)
    email = email_of(one)
    give = reverse("desk:all_role_new") if reach.network else reverse("desk:role_new", args=[home.code]) if home else ""
    back = (
        (_("Personnes"), reverse("desk:all_people"))
        if reach.network or home is None
        else (_("Équipe"), reverse("desk:team", args=[home.code]))
    )
    return PersonPage(
        one, [(label, value) for label, value in known if value], [role_line(role, today, may_end=True) for role in roles],
        may_correct(one, reach), email, f"{give}?personne={one.pk}" if give and email else give, back,
    )  # fmt: skip


def visible_roles(one: Person, reach: Reach) -> QuerySet[Role]:
    """Their roles where this person gives roles: all of them for the network."""
    rows = one.roles.select_related("garden", "partner").order_by("-from_day", "-pk")
    return rows if reach.network else rows.filter(garden__in=reach.gardens_where(Can.EDIT_GARDEN))


def may_correct(one: Person, reach: Reach) -> bool:
    """Whether this person may change that one's name and address: the network, or who gives all of their roles.

    Else a garden could take over the way in of somebody who also works elsewhere.
    """
    if reach.network:
        return True
    mine = set(reach.gardens_where(Can.EDIT_GARDEN))
    return all(garden in mine for garden in one.roles.values_list("garden", flat=True))


def known_by(email: str) -> Person | None:
    """Who comes in with that address."""
    login = Login.objects.filter(email__iexact=email).select_related("person").first()
    return login.person if login else None


def kinds_for(garden: Garden | None) -> Iterable[str]:
    """The roles that may be given: those of a garden, or all."""
    kinds = ["coordinator", "treasurer", "helper", "auditor"]
    return kinds if garden else [*kinds, "referrer", "funder", "network"]

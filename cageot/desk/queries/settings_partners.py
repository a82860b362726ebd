"""Partners: the organisations that fund, refer, host a depot, steer or run workshops. Nobody's name but their contact's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cageot.baskets.models import Depot
from cageot.desk.access import may_change_partner
from cageot.desk.queries.agreements import named
from cageot.desk.queries.chips import Chip
from cageot.desk.queries.settings_network import AgreementLine, agreement_line, town
from cageot.funding.models import Agreement, AgreementPayer, Billing
from cageot.network.models import Garden, Partner
from cageot.network.rules.reach import Can, Reach

PER_PAGE = 50
AGREEMENTS_SHOWN = 20

DOES: dict[str, Any] = {
    "funds": gettext_lazy("finance"),
    "refers": gettext_lazy("oriente des personnes"),
    "hosts": gettext_lazy("accueille un dépôt"),
    "steers": gettext_lazy("participe au pilotage"),
    "runs_workshops": gettext_lazy("anime des ateliers"),
}
FILTERS: dict[str, tuple[Any, Q]] = {
    "": (gettext_lazy("Tous"), Q()),
    "financent": (gettext_lazy("Financent"), Q(funds=True)),
    "orientent": (gettext_lazy("Orientent"), Q(refers=True)),
    "accueillent": (gettext_lazy("Accueillent un dépôt"), Q(hosts=True)),
    "pilotent": (gettext_lazy("Pilotent"), Q(steers=True)),
    "animent": (gettext_lazy("Animent"), Q(runs_workshops=True)),
    "nationaux": (gettext_lazy("Nationaux"), Q(level="national")),
}


@dataclass(frozen=True)
class PartnerRow:
    """One partner of the list."""

    name: str
    url: str
    kind: str
    does: str
    places: str
    agreements: int


@dataclass(frozen=True)
class PartnersPage:
    """The partners of a garden, with the national ones; or all of them, for the network."""

    garden: Garden | None
    rows: list[PartnerRow]
    page: Page[Partner]
    chips: list[Chip]
    text: str
    total: int
    new_url: str


def partners_page(
    garden: Garden | None, reach: Reach, today: date, *, text: str, state: str, number: str
) -> PartnersPage:
    """The list, filtered, searched, fifty a page. A constant number of queries."""
    rows = _of(garden)
    state = state if state in FILTERS else ""
    counts = rows.aggregate(
        **{f"n_{name}": Count("pk", filter=asked, distinct=True) for name, (_label, asked) in FILTERS.items()}
    )
    found = rows.filter(name__icontains=text) if text else rows.filter(FILTERS[state][1])
    page = Paginator(found.distinct().order_by("name", "pk"), PER_PAGE).get_page(number)
    shown = list(page.object_list)
    places, agreements = _places(shown), _running(shown, garden, today)
    chips = [
        Chip(str(label), f"?fait={name}" if name else "?", counts[f"n_{name}"], name == state)
        for name, (label, _asked) in FILTERS.items()
        if name in ("", state) or counts[f"n_{name}"]
    ]
    may_add = reach.network if garden is None else reach.can(Can.EDIT_AGREEMENTS, garden.pk)
    new_url = (
        (reverse("desk:partner_new", args=[garden.code]) if garden else reverse("desk:all_partner_new"))
        if may_add
        else ""
    )
    return PartnersPage(
        garden, [_row(one, places.get(one.pk, []), agreements.get(one.pk, 0), garden) for one in shown], page, chips, text, counts["n_"], new_url,
    )  # fmt: skip


def _of(garden: Garden | None) -> QuerySet[Partner]:
    if garden is None:
        return Partner.objects.all()
    pays = AgreementPayer.objects.filter(partner=OuterRef("pk"), agreement__gardens=garden)
    return Partner.objects.filter(Q(gardens=garden) | Q(Exists(pays)))


def _places(partners: list[Partner]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = Partner.gardens.through.objects.filter(partner__in=partners).order_by("garden__name")
    for partner, name in rows.values_list("partner", "garden__name"):
        found.setdefault(partner, []).append(name)
    return found


def _running(partners: list[Partner], garden: Garden | None, today: date) -> dict[int, int]:
    """Partner → the agreements that it pays for and that run today."""
    rows = AgreementPayer.objects.filter(
        partner__in=partners, agreement__status=Agreement.Status.ACTIVE, agreement__from_day__lte=today
    )
    rows = rows.filter(Q(agreement__until_day=None) | Q(agreement__until_day__gte=today))
    if garden:
        rows = rows.filter(agreement__gardens=garden)
    return dict(rows.values_list("partner").annotate(Count("agreement", distinct=True)))


def _row(one: Partner, places: list[str], agreements: int, garden: Garden | None) -> PartnerRow:
    return PartnerRow(
        one.name,
        reverse("desk:partner", args=[one.pk]),
        kind_words(one),
        does_words(one),
        "" if garden else named(places),
        agreements,
    )


def kind_words(one: Partner) -> str:
    """ "CCAS, public"; "association, privé, national"."""
    known = [str(one.get_kind_display()), _("public") if one.public else _("privé")]
    return ", ".join([*known, *([str(one.get_level_display())] if one.level == Partner.Level.NATIONAL else [])])


def does_words(one: Partner) -> str:
    return ", ".join(str(word) for name, word in DOES.items() if getattr(one, name))


# --- One partner ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class PartnerPage:
    """A partner: what it is, what it does, its agreements and its depots where this person sees money."""

    partner: Partner
    kind: str
    does: list[str]
    facts: list[tuple[str, str]]
    agreements: list[AgreementLine]
    more: int
    depots: list[tuple[str, str]]
    statement: str
    may_edit: bool
    may_merge: bool
    became: str
    back: tuple[str, str]


def partner_page(one: Partner, reach: Reach, today: date) -> PartnerPage:
    """The page of a partner. A constant number of queries."""
    seen = reach.gardens_where(Can.SEE_MONEY)
    gardens = list(one.gardens.all() if reach.network else one.gardens.filter(pk__in=seen))
    agreements = Agreement.objects.reachable(reach).filter(Q(partner=one) | Q(payers__partner=one)).distinct()
    shown = agreements.order_by("-from_day", "name")[:AGREEMENTS_SHOWN]
    depots = Depot.objects.filter(host=one, closed_on=None).select_related("garden").order_by("garden__name", "name")
    if not reach.network:
        depots = depots.filter(garden__in=seen)
    home = (
        None
        if reach.network
        else next((garden for garden in gardens), None) or Garden.objects.filter(pk__in=seen).first()
    )
    told = became(one)
    return PartnerPage(
        one, kind_words(one), [str(word) for name, word in DOES.items() if getattr(one, name)], _facts(one, gardens),
        [agreement_line(agreement, today) for agreement in shown], max(agreements.count() - AGREEMENTS_SHOWN, 0),
        [(depot.name, depot.garden.name) for depot in depots], _statement(one, home, reach), may_change_partner(reach, one),
        reach.network and not told, told, (_("Partenaires"), reverse("desk:partners", args=[home.code]) if home else reverse("desk:all_partners")),
    )  # fmt: skip


def became(one: Partner) -> str:
    """What a partner that merged with another became, in a sentence; nothing for the others. One query."""
    row = Billing.objects.filter(partner=one, merged_into__isnull=False).select_related("merged_into").first()
    if row is None:
        return ""
    if row.merged_on is None:
        return _("Devenu %(name)s.") % {"name": row.merged_into}
    return _("Devenu %(name)s le %(day)s. Ce qui était réglé avant garde son nom.") % {
        "name": row.merged_into, "day": f"{row.merged_on:%d/%m/%Y}",
    }  # fmt: skip


def _facts(one: Partner, gardens: list[Garden]) -> list[tuple[str, str]]:
    found = [
        (_("Genre"), str(one.get_kind_display())),
        (_("Organisme"), _("public") if one.public else _("privé")),
        (_("Échelle"), str(one.get_level_display())),
        (_("Commune"), town(one.commune_code) if one.commune_code else ""),
        (_("SIRET"), " ".join((one.siret[:3], one.siret[3:6], one.siret[6:9], one.siret[9:])).strip()),
        (_("Contact"), one.contact),
        (_("Jardins"), ", ".join(garden.name for garden in gardens)),
    ]
    return [(label, value) for label, value in found if value]


def _statement(one: Partner, home: Garden | None, reach: Reach) -> str:
    """Where its statement is, when it pays somewhere that this person sees."""
    pays = AgreementPayer.objects.filter(partner=one)
    if home is None:
        return reverse("desk:all_statement", args=[one.pk]) if reach.network and pays.exists() else ""
    return reverse("desk:statement", args=[home.code, one.pk]) if pays.filter(agreement__gardens=home).exists() else ""


def same_name(name: str, reach: Reach, but: Partner | None = None) -> Partner | None:
    """A partner that this person knows and that is called the same."""
    rows = Partner.objects.reachable(reach).filter(name__iexact=name)
    return (rows.exclude(pk=but.pk) if but else rows).first()

"""What is kept of a household, who read it, what is asked about it; and how long things are kept in this base."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, QuerySet, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cageot.core.privacy import register
from cageot.core.templatetags.cageot import day as said
from cageot.members import retention, rights
from cageot.members.models import Consent, DataRequest, Household, Purge
from cageot.members.rules.retention import FIXED, Clock
from cageot.network.models import Garden, LogEvent

PER_PAGE = 50

READ: dict[str, Any] = {
    "read.household": gettext_lazy("la fiche du foyer"),
    "read.supports": gettext_lazy("ses prises en charge"),
    "read.data": gettext_lazy("ses données"),
    "read.copy": gettext_lazy("une copie de ses données"),
    "read.referral": gettext_lazy("son orientation"),
    "read.export": gettext_lazy("l’export de tous les foyers"),
    "read.ends": gettext_lazy("le tableau des échéances"),
    "read.who_pays": gettext_lazy("qui paie un panier"),
}
CLASSES: dict[str, Any] = {
    "household": (gettext_lazy("Foyers"), gettext_lazy("après le dernier contact")),
    "referral": (gettext_lazy("Orientations"), gettext_lazy("après la réponse")),
    "sign_up": (gettext_lazy("Demandes d’inscription"), gettext_lazy("après l’accueil ou l’abandon")),
    "note": (gettext_lazy("Mots libres"), gettext_lazy("après avoir été écrits")),
    "link": (gettext_lazy("Noms sur les liens personnels"), gettext_lazy("après leur fin")),
    "message": (gettext_lazy("Messages"), gettext_lazy("après avoir été écrits")),
    "depot": (gettext_lazy("Contacts des dépôts"), gettext_lazy("après la fermeture")),
    "partner": (gettext_lazy("Contacts des partenaires"), gettext_lazy("après la dernière convention")),
    "person": (gettext_lazy("Personnes qui agissent"), gettext_lazy("après leur dernier rôle")),
    "log": (gettext_lazy("Journal"), gettext_lazy("après avoir été écrit")),
    "passing": (gettext_lazy("Entrées, codes, essais"), gettext_lazy("dès que c’est fini")),
}


@dataclass(frozen=True)
class Reading:
    """Who read what of a household, on which day."""

    who: str
    what: str
    on: datetime


@dataclass(frozen=True)
class DataPage:
    """A household's data, for who coordinates the garden."""

    household: Household
    name: str
    consents: list[Consent]
    to_give: list[tuple[str, str]]
    requests: list[DataRequest]
    readings: list[Reading]
    last_contact: date | None
    leaves: str


def data_page(household: Household) -> DataPage:
    """A constant number of queries: one for each way of having been in touch, and five more."""
    last = retention.contact_of(household)
    months = retention.clocks()["household"].months
    told = (
        _("%(months)s mois après le %(day)s, s’il ne se passe plus rien.")
        % {"months": months, "day": said(last, "year")}
        if last
        else _("pas tant que quelque chose est en cours.")
    )
    consents = list(household.consents.all())
    given = {one.kind for one in consents if one.withdrawn_on is None}
    to_give = [(str(kind), str(kind.label)) for kind in rights.CHOSEN if kind not in given]
    return DataPage(
        household, str(household.members.filter(contact=True).first() or household.number), consents, to_give,
        list(household.data_requests.order_by("-asked_at")), readings([f"members.household:{household.pk}"]), last, told,
    )  # fmt: skip


def readings(about: Iterable[str]) -> list[Reading]:
    """The last fifty readings of these rows."""
    rows = (
        LogEvent.objects.filter(about__in=list(about), verb__startswith="read.")
        .select_related("by")
        .order_by("-at")[:PER_PAGE]
    )
    return [Reading(str(row.by) if row.by else "", str(READ.get(row.verb, row.verb)), row.at) for row in rows]


def open_requests(garden: Garden, number: str) -> Page[Any]:
    """What is asked of a garden: what is open first, then what was answered. Two queries a page."""
    rows: QuerySet[DataRequest] = DataRequest.objects.filter(household__garden=garden).select_related("household")
    waits = Case(When(state=DataRequest.State.OPEN, then=0), default=1)
    ordered = rows.annotate(waits=waits).order_by("waits", "-asked_at", "pk")
    return Paginator(ordered, PER_PAGE).get_page(number)


# --- A copy -------------------------------------------------------------------------------------


def copy_json(household: Household, at: datetime) -> bytes:
    """All that is held of a household, for a machine or for whoever looks closely."""
    sections = [{"table": one.name, "why": one.purpose, "rows": one.rows} for one in rights.copy_of(household)]
    told = {"garden": str(household.garden), "made_at": at.isoformat(timespec="minutes"), "data": sections}
    return json.dumps(told, ensure_ascii=False, indent=2).encode()


def copy_paper(household: Household, at: datetime) -> dict[str, object]:
    """The same as a paper: each table with its rows."""
    sections = [
        {"title": str(TITLES.get(one.name, one.name)), "rows": [_in_words(one.name, row) for row in one.rows]}
        for one in rights.copy_of(household)
    ]  # fmt: skip
    return {
        "lang": "fr", "title": _("Vos données"), "garden": str(household.garden), "date": [at.year, at.month, at.day],
        "printed": said(at.date(), "year"), "intro": _("Voici tout ce que le jardin garde sur votre foyer. Vous pouvez demander de corriger, ou d’effacer."),
        "sections": sections,
    }  # fmt: skip


TITLES: dict[str, Any] = {
    "members.Household": gettext_lazy("Le foyer"),
    "members.Member": gettext_lazy("Les personnes"),
    "members.Membership": gettext_lazy("Les adhésions"),
    "members.Support": gettext_lazy("Les prises en charge"),
    "members.Consent": gettext_lazy("Les accords donnés"),
    "members.DataRequest": gettext_lazy("Les demandes"),
    "members.Referral": gettext_lazy("L’orientation"),
    "members.ReferralStep": gettext_lazy("Les réponses à l’orientation"),
    "members.Onward": gettext_lazy("Ce qui a été choisi ensuite"),
    "members.RenewalAsk": gettext_lazy("Les renouvellements demandés"),
    "members.EndWarning": gettext_lazy("Les fins annoncées"),
    "members.SupportMoved": gettext_lazy("Les changements de convention"),
    "members.MemberCard": gettext_lazy("Les cartes"),
    "members.MemberCode": gettext_lazy("Les codes envoyés"),
    "members.CalendarFeed": gettext_lazy("L’agenda"),
    "members.Acting": gettext_lazy("Qui peut agir pour le foyer"),
    "baskets.Subscription": gettext_lazy("Les abonnements"),
    "baskets.Basket": gettext_lazy("Les paniers"),
    "baskets.HandOver": gettext_lazy("Ce qui a été dit au dépôt"),
    "baskets.SignUp": gettext_lazy("L’inscription"),
    "baskets.Depot": gettext_lazy("La livraison à domicile"),
    "network.Message": gettext_lazy("Les messages"),
    "network.NotWanted": gettext_lazy("Les messages refusés"),
    "funding.Charge": gettext_lazy("Ce que le foyer paie"),
}
FIELDS: dict[str, Any] = {
    "garden": gettext_lazy("jardin"), "from_day": gettext_lazy("début"), "until_day": gettext_lazy("fin"), "day": gettext_lazy("jour"),
    "on": gettext_lazy("jour"), "delivery": gettext_lazy("livraison"), "size": gettext_lazy("taille"), "depot": gettext_lazy("dépôt"),
    "product": gettext_lazy("produit"), "state": gettext_lazy("état"), "kind": gettext_lazy("genre"), "note": gettext_lazy("mot"),
    "said_at": gettext_lazy("dit le"), "received_at": gettext_lazy("reçu le"), "made_at": gettext_lazy("fait le"), "asked_at": gettext_lazy("demandé le"),
    "answered_at": gettext_lazy("répondu le"), "answer": gettext_lazy("réponse"), "given_on": gettext_lazy("donné le"),
    "withdrawn_on": gettext_lazy("repris le"), "version": gettext_lazy("texte"), "spoken": gettext_lazy("de vive voix"), "agreement": gettext_lazy("convention"),
    "tariff": gettext_lazy("tarif"), "partner": gettext_lazy("partenaire"), "cents": gettext_lazy("centimes"), "member": gettext_lazy("personne"),
    "contact": gettext_lazy("à qui le jardin s’adresse"), "subscription": gettext_lazy("abonnement"), "channel": gettext_lazy("par"), "to": gettext_lazy("à"),
    "subject": gettext_lazy("objet"), "body": gettext_lazy("texte"), "sent_at": gettext_lazy("envoyé le"), "due_at": gettext_lazy("prévu le"),
    "used_at": gettext_lazy("servi le"), "person": gettext_lazy("personne"), "words": gettext_lazy("mots"), "reason": gettext_lazy("raison"),
    "fee_cents": gettext_lazy("montant, en centimes"), "last_contact_on": gettext_lazy("dernier contact"), "commune_code": gettext_lazy("code de la commune"),
}  # fmt: skip


def _in_words(model: str, row: Mapping[str, Any]) -> list[list[str]]:
    """Each field by its name on our screens: the one that its column bears, or ours."""
    columns = {one.name: one for one in register()[model].rows._meta.concrete_fields}
    found = []
    for name, value in row.items():
        column = columns.get(name)
        bears = str(column.verbose_name) if column is not None else name
        label = str(FIELDS[name]) if name in FIELDS else bears
        word = {True: _("oui"), False: _("non")}[value] if isinstance(value, bool) else str(value)
        found.append([label, word])
    return found


# --- How long -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClassLine:
    """One class of retention, in words."""

    name: str
    label: str
    after: str
    clock: Clock
    fixed: bool
    due: int


@dataclass(frozen=True)
class RetentionPage:
    """How long each class is kept, what a purge would do today, and what the last ones did."""

    lines: list[ClassLine]
    report: retention.Report
    runs: list[Purge]


def retention_page(today: date) -> RetentionPage:
    known, seen = retention.clocks(), retention.report(today)
    due = dict.fromkeys(known, 0) | {"household": seen.households}
    for model, count in seen.tables.items():
        due[register()[model].clock] += count
    lines = [
        ClassLine(name, str(CLASSES[name][0]), str(CLASSES[name][1]), clock, name in FIXED, due[name])
        for name, clock in known.items()
    ]
    return RetentionPage(lines, seen, list(Purge.objects.order_by("-started_at")[:10]))

"""What a garden's papers are filled with: the fields of `guide.rules.fields`, answered from what the garden holds.

What is not known is not there: the paper shows a line to fill by hand.
"""

from __future__ import annotations

from datetime import date

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.baskets.models import AbsencePolicy, BasketSize, Depot
from cageot.core.templatetags.cageot import day, euros, hour, phone, share
from cageot.desk.queries.guide_book import network_name
from cageot.funding.models import Agreement, TariffLine
from cageot.guide.models import Meeting
from cageot.members.retention import clocks
from cageot.network import territory
from cageot.network.models import Edition, Garden, Partner, Role
from cageot.workshops.models import Session

Values = dict[str, str]


def agreements_of(garden: Garden, today: date) -> list[Agreement]:
    """The agreements that a paper may be about: those that are not over, the nearest end first."""
    rows = (
        Agreement.objects.filter(gardens=garden).exclude(status=Agreement.Status.TERMINATED).select_related("partner")
    )
    return [one for one in rows.order_by("name") if one.until_day is None or one.until_day >= today]


def values_of(garden: Garden, agreement: Agreement | None, today: date) -> Values:
    """Every field that the garden can answer, in words. A constant number of queries (a dozen)."""
    edition: Edition | None = Edition.objects.on(today).order_by("-from_day").first()
    found = _garden(garden, today) | _depot(garden) | _ahead(garden, today)
    found |= {"reseau.nom": network_name(), "date.jour": day(today, "year"),
              "donnees.mois": _("%(n)s mois") % {"n": clocks()["household"].months}}  # fmt: skip
    if edition:
        found |= {"edition.nom": edition.name, "edition.plafond": share(edition.member_cap_bp / 10_000)}
    if agreement:
        found |= _agreement(agreement) | _tariff(agreement, garden, today)
    return {name: value for name, value in found.items() if value}


def _garden(garden: Garden, today: date) -> Values:
    place = garden.commune
    roles = Role.objects.on(today).filter(garden=garden, kind=Role.Kind.COORDINATOR).select_related("person")
    who = roles.order_by("from_day", "pk").first()
    policy = AbsencePolicy.objects.filter(product__garden=garden).order_by("product__rank", "pk").first()
    siret = garden.siret
    return {
        "jardin.nom": garden.name, "jardin.adresse": garden.address, "jardin.courriel": garden.email,
        "jardin.commune": f"{garden.postcode} {place.name}".strip(), "jardin.telephone": phone(garden.phone) if garden.phone else "",
        "jardin.siret": f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}" if siret else "",
        "jardin.contact": str(who.person) if who else "",
        "absence.delai": ngettext("%(n)s jour", "%(n)s jours", policy.notice_days) % {"n": policy.notice_days} if policy else "",
    }  # fmt: skip


WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def _depot(garden: Garden) -> Values:
    """The garden's first open depot."""
    rows = Depot.objects.filter(garden=garden, closed_on=None, household=None, kind=Depot.Kind.OPEN)
    depot = rows.select_related("round").order_by("round__weekday", "rank", "pk").first()
    if depot is None:
        return {}
    place = territory.commune(depot.commune_code).name if depot.commune_code else ""
    return {
        "depot.nom": depot.name, "depot.adresse": ", ".join(filter(None, [depot.address, place])), "depot.heures": depot.hours,
        "depot.jour": _("le %(weekday)s") % {"weekday": WEEKDAYS[depot.round.weekday - 1]},
    }  # fmt: skip


def _ahead(garden: Garden, today: date) -> Values:
    """The next workshop, and the next meeting of the committee."""
    found: Values = {}
    session = (
        Session.objects.filter(garden=garden, state=Session.State.PLANNED, starts_at__date__gte=today)
        .select_related("workshop", "place").order_by("starts_at").first()
    )  # fmt: skip
    if session:
        seats = session.seats if session.seats is not None else session.workshop.seats
        found |= {
            "atelier.titre": session.workshop.title, "atelier.jour": day(localtime(session.starts_at).date(), "year"),
            "atelier.heures": _("de %(first)s à %(last)s") % {"first": hour(session.starts_at), "last": hour(session.ends_at)},
            "atelier.lieu": ", ".join(filter(None, [session.place.name, session.place.address])),
            "atelier.places": str(seats) if seats is not None else "", "atelier.animation": session.workshop.facilitators,
        }  # fmt: skip
    meeting = Meeting.objects.filter(garden=garden, at__date__gte=today).order_by("at").first()
    if meeting:
        found |= {"comite.jour": day(localtime(meeting.at).date(), "year"), "comite.heures": hour(meeting.at), "comite.lieu": meeting.place}  # fmt: skip
    return found


def _agreement(agreement: Agreement) -> Values:
    partner: Partner = agreement.partner
    quotas = [payer for payer in agreement.payers.all() if payer.partner_id == partner.pk]
    baskets = quotas[0].quota_baskets if quotas else None
    cents = quotas[0].quota_cents if quotas else None
    return {
        "partenaire.nom": partner.name, "partenaire.contact": partner.contact,
        "partenaire.adresse": territory.commune(partner.commune_code).name if partner.commune_code else "",
        "convention.debut": day(agreement.from_day, "year"),
        "convention.fin": day(agreement.until_day, "year") if agreement.until_day else "",
        "convention.public": agreement.audience, "convention.paniers": str(baskets) if baskets else "",
        "convention.plafond": euros(cents) if cents else "",
        "convention.preavis": _("%(n)s jours") % {"n": agreement.notice_days},
    }  # fmt: skip


def _tariff(agreement: Agreement, garden: Garden, today: date) -> Values:
    """The first line of the tariff that holds, or will: who pays what of one basket."""
    lines = TariffLine.objects.filter(tariff__agreement=agreement).order_by("tariff", "size_code", "-from_day")
    rows = list(lines.prefetch_related("shares__payer"))
    line = next((one for one in rows if one.from_day <= today), rows[-1] if rows else None)
    if line is None:
        return {}
    price = line.price_cents
    member = line.member_cents if line.member_kind == "fixed" else price * line.member_bp // 10_000
    shares = [(one, one.cents if one.kind == "fixed" else price * one.bp // 10_000) for one in line.shares.all()]
    rest = price - member - sum(cents for one, cents in shares if one.kind != "rest")
    several = sum(one.kind == "rest" for one, _cents in shares) > 1
    main = sum(
        rest if one.kind == "rest" else cents for one, cents in shares if one.payer.partner_id == agreement.partner_id
    )
    size = BasketSize.objects.filter(garden=garden, code=line.size_code).first() if line.size_code else None
    found = {"tarif.taille": size.name if size else "", "tarif.prix": euros(price), "tarif.adherent": euros(member), "tarif.mois": euros(4 * member)}  # fmt: skip
    if not several:
        found |= {"tarif.partenaire": euros(main), "tarif.autres": euros(max(0, price - member - main))}
    return found

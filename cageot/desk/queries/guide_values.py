"""What a garden's papers are filled with: the fields of `guide.rules.fields`, answered from what the garden holds.

What is not known is not there: the paper shows a line to fill by hand.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Count, Max, Sum
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.baskets.models import AbsencePolicy, BasketSize, Delivery, Depot
from cageot.core.templatetags.cageot import day, euros, hour, number, phone, share
from cageot.desk.queries.guide_book import network_name
from cageot.desk.queries.steering_brief import Paid, paid_in, usual_period
from cageot.desk.rules import brief
from cageot.funding.models import Agreement, TariffLine
from cageot.guide.models import Meeting
from cageot.members.models import Support
from cageot.members.retention import clocks
from cageot.network import territory
from cageot.network.models import Edition, Garden, Partner, Role
from cageot.workshops.models import Session, SessionCost

Values = dict[str, str]
MOST_SIZES = 12
"""Sizes that a paper lists."""


def agreements_of(garden: Garden, today: date) -> list[Agreement]:
    """The agreements that a paper may be about: those that are not over, the nearest end first."""
    rows = (
        Agreement.objects.filter(gardens=garden).exclude(status=Agreement.Status.TERMINATED).select_related("partner")
    )
    return [one for one in rows.order_by("name") if one.until_day is None or one.until_day >= today]


def values_of(garden: Garden, agreement: Agreement | None, today: date) -> Values:
    """Every field that the garden can answer, in words. A constant number of queries (some twenty)."""
    edition: Edition | None = Edition.objects.on(today).order_by("-from_day").first()
    found = _garden(garden, today) | _depot(garden) | _ahead(garden, today)
    found |= {"reseau.nom": network_name(), "date.jour": day(today, "year"),
              "donnees.mois": _("%(n)s mois") % {"n": clocks()["household"].months}}  # fmt: skip
    if edition:
        found |= {"edition.nom": edition.name, "edition.plafond": share(edition.member_cap_bp / 10_000)}
    found |= _budget(garden, edition, today)
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
            "atelier.titre": session.workshop.title, "atelier.jour": " – ".join(day(one, "year") for one in (session.days[0], session.last_day) if one),
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
    """Who pays what of one basket, for each size, under the lines that hold or will: "tarif.prix" is of the first size,
    "tarif.prix 2" of the second (`fields.of_size`)."""
    rows = TariffLine.objects.filter(tariff__agreement=agreement).order_by("tariff", "size_code", "-from_day")
    lines: dict[tuple[int, str], TariffLine] = {}
    for line in rows.select_related("tariff").prefetch_related("shares__payer"):
        key = (line.tariff_id, line.size_code)
        if key not in lines or lines[key].from_day > today:
            lines[key] = line
    sizes = {one.code: (rank, one.name) for rank, one in enumerate(BasketSize.objects.filter(garden=garden))}
    several = len({tariff for tariff, _code in lines}) > 1
    found: Values = {}
    here = [one for one in lines.values() if not one.size_code or one.size_code in sizes] or list(lines.values())
    order = sorted(here, key=lambda one: (one.tariff_id, sizes.get(one.size_code, (len(sizes), ""))[0]))
    for rank, line in enumerate(order[:MOST_SIZES], 1):
        size = sizes[line.size_code][1] if line.size_code in sizes else line.size_code
        if not size:
            size = _("autres tailles") if len(here) > 1 else _("toutes les tailles")
        said = _parts(line, agreement) | {"tarif.taille": f"{size} ({line.tariff})" if several else size}
        found |= said if rank == 1 else {f"{name} {rank}": value for name, value in said.items()}
    return found


def _parts(line: TariffLine, agreement: Agreement) -> Values:
    """What each pays under one line of a tariff."""
    price = line.price_cents
    member = line.member_cents if line.member_kind == "fixed" else price * line.member_bp // 10_000
    shares = [(one, one.cents if one.kind == "fixed" else price * one.bp // 10_000) for one in line.shares.all()]
    rest = price - member - sum(cents for one, cents in shares if one.kind != "rest")
    several = sum(one.kind == "rest" for one, _cents in shares) > 1
    main = sum(
        rest if one.kind == "rest" else cents for one, cents in shares if one.payer.partner_id == agreement.partner_id
    )
    found = {"tarif.prix": euros(price), "tarif.adherent": euros(member), "tarif.mois": euros(4 * member)}
    if not several:
        found |= {"tarif.partenaire": euros(main), "tarif.autres": euros(max(0, price - member - main))}
    return found


# --- The budget -----------------------------------------------------------------------------------


def _budget(garden: Garden, edition: Edition | None, today: date) -> Values:
    """What a year comes to, as the garden knows it: who is helped today, the weeks of the edition, what closed weeks of the last
    twelve months say; before a whole year is closed, the quotas of its agreements. No number counts one to four households."""
    helped = Support.objects.on(today).filter(household__garden=garden, agreement__in_programme=True)
    places = brief.shown(helped.order_by().aggregate(n=Count("household", distinct=True))["n"])
    deliveries = Delivery.objects.filter(garden=garden)
    found = {"budget.places": number(places) if places else "", "budget.ateliers": _workshops(garden, today)}
    if edition:
        weeks = deliveries.filter(day__range=(edition.from_day, edition.until_day))
        found["budget.semaines"] = str(weeks.aggregate(n=Count("week", distinct=True))["n"] or "")
    year = usual_period(today)
    if deliveries.filter(close__isnull=False, day__lt=year.first + timedelta(days=31)).exists():
        found |= _past(paid_in(garden, year))
    elif baskets := _quotas(garden, today):
        found["budget.paniers"] = number(baskets)
    return found


def _past(paid: Paid) -> Values:
    """Baskets of a year and who paid them; nothing of too few households, and no part when one of them is of too few."""
    if len(paid.households) < brief.FEW:
        return {}
    months = paid.months.values()
    found = {
        "budget.paniers": number(sum(one.baskets for one in months)),
        "budget.total_paniers": euros(sum(one.cents for one in months)),
    }
    parts = {"member": "budget.part_foyers", "local": "budget.part_partenaires", "national": "budget.part_reseau"}
    by = {who: [line for (payer, _name), line in paid.payers.items() if payer == who] for who in parts}
    homes = {who: frozenset().union(*(line.households for line in lines)) for who, lines in by.items()}
    if any(brief.shown(len(one)) is None for one in homes.values()):
        return found
    return found | {parts[who]: euros(sum(line.cents for line in lines)) for who, lines in by.items() if lines}


def _quotas(garden: Garden, today: date) -> int | None:
    """Baskets that its agreements count on together; None when one does not say, or says it for several gardens."""
    rows = Agreement.objects.on(today).filter(gardens=garden, status=Agreement.Status.ACTIVE, in_programme=True)
    planned = rows.annotate(
        shared=Count("gardens", distinct=True), most=Max("payers__quota_baskets")
    ).values_list("shared", "most")  # fmt: skip
    known = [most for shared, most in planned if shared == 1 and most]
    return sum(known) if known and len(known) == len(planned) else None


def _workshops(garden: Garden, today: date) -> str:
    """What workshops of the last twelve months cost, as it is written; "" when nothing is."""
    year = usual_period(today)
    rows = SessionCost.objects.filter(
        session__garden=garden, session__starts_at__date__range=(year.first, year.last), reverses=None, reversed_by=None
    )
    cents = rows.aggregate(sum=Sum("cents"))["sum"]
    return euros(cents) if cents else ""

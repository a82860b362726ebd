"""Pages of national offers: what is near a garden, its local agreement filled, who took what up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from cageot.core.tabular.phones import display_phone
from cageot.core.tabular.write import Value
from cageot.core.templatetags.cageot import day, number
from cageot.core.typography import french
from cageot.desk.queries.guide_book import network_name
from cageot.desk.words_exchange import how_near
from cageot.guide.models import Offer, OfferPlace, Uptake
from cageot.guide.rules import offering
from cageot.network import territory
from cageot.network.models import Edition, Garden, Role
from cageot.network.rules.reach import Can, Reach


def takers(reach: Reach) -> list[int]:
    """The gardens for which this person takes an offer up: who signs agreements there."""
    return reach.gardens_where(Can.EDIT_AGREEMENTS)


def _place(code: str) -> tuple[float, float] | None:
    try:
        commune = territory.commune(code)
    except KeyError:
        return None
    return commune.longitude, commune.latitude


def commune_name(code: str) -> str:
    """The name of a commune; its code when it is not known."""
    try:
        return territory.commune(code).name
    except KeyError:
        return code


@dataclass(frozen=True)
class Spot:
    """A place of an offer, with its distance from the garden that looks (None: from nowhere)."""

    spot: OfferPlace
    commune: str
    km: int | None

    @property
    def words(self) -> str:
        near = f" ({how_near(offering.Reach(True, self.km))})" if self.km is not None else ""
        return f"{self.spot.name}, {self.commune}{near}"


def spots(rows: Sequence[OfferPlace], garden: Garden | None) -> list[Spot]:
    """Places of an offer, the nearest first."""
    here = _place(garden.commune_code) if garden else None
    found = []
    for row in rows:
        there = _place(row.commune_code)
        km = round(offering.kilometres(here, there)) if here and there else None
        found.append(Spot(row, commune_name(row.commune_code), km))
    return sorted(found, key=lambda one: (one.km is None, one.km or 0, one.spot.name))


@dataclass(frozen=True)
class Line:
    """An offer in the list of a garden."""

    offer: Offer
    near: bool
    where: str
    nearest: str
    left: int | None
    open: bool
    mine: Uptake | None


@dataclass(frozen=True)
class Offers:
    """What is near, what is elsewhere, what is over."""

    near: Sequence[Line]
    elsewhere: Sequence[Line]
    over: Sequence[Line]


def is_open(offer: Offer, today: date) -> bool:
    """Whether it may be taken up on that day, places left or not."""
    return offer.closed_on is None and (offer.until_day is None or offer.until_day >= today)


def left(offer: Offer) -> int | None:
    """How many more gardens it has places for; None for any number."""
    return None if offer.places is None else offer.places - offer.taken


def offers(garden: Garden | None, today: date) -> Offers:
    """The offers as a garden sees them; the network sees them all as near. Three queries."""
    rows = list(Offer.objects.select_related("partner").prefetch_related("spots"))
    mine = {one.offer_id: one for one in Uptake.objects.filter(garden=garden).exclude(state="dropped")} if garden else {}  # fmt: skip
    lines = [_line(offer, garden, mine.get(offer.pk), today) for offer in rows]
    going = [line for line in lines if line.open or (line.mine and line.mine.state != "done")]
    near = [line for line in going if line.near or line.mine]
    return Offers(near, [line for line in going if line not in near], [line for line in lines if line not in going])


def _line(offer: Offer, garden: Garden | None, mine: Uptake | None, today: date) -> Line:
    places = spots(list(offer.spots.all()), garden)
    distances = [one.km for one in places if one.km is not None]
    home = territory.commune(garden.commune_code).department if garden else ""
    found = offering.reach(distances, offer.departments, home) if garden else offering.Reach(True)
    where = how_near(found) if garden else (", ".join(offer.departments) or _("partout"))
    nearest = places[0].spot.name if places and garden else ""
    return Line(offer, found.near, where, nearest, left(offer), is_open(offer, today), mine)


@dataclass(frozen=True)
class OfferPage:
    """An offer to read; for the network, who took it up and the totals."""

    line: Line
    spots: Sequence[Spot]
    asks: Sequence[Mapping[str, str]]
    may_take: bool
    uptakes: Sequence[Uptake]
    totals: Sequence[tuple[str, str, int]]
    reported: int
    fields: Mapping[str, str]


def offer_page(offer: Offer, garden: Garden | None, reach: Reach, today: date) -> OfferPage:
    """An offer. A constant number of queries."""
    mine = Uptake.objects.filter(offer=offer, garden=garden).exclude(state="dropped").first() if garden else None
    line = _line(offer, garden, mine, today)
    may_take = bool(garden and garden.pk in takers(reach)) and line.open and not mine and line.left != 0
    taken = list(_uptakes(offer)) if reach.network else []
    told = [one.answers for one in taken if one.state == Uptake.State.DONE]
    return OfferPage(
        line, spots(list(offer.spots.all()), garden), offer.asks, may_take, taken, offering.totals(offer.asks, told), len(told),
        offering.FIELDS if reach.network else {},
    )  # fmt: skip


def _uptakes(offer: Offer) -> Any:
    return Uptake.objects.filter(offer=offer).select_related("garden", "spot").order_by("garden__name", "pk")


def uptake_rows(offer: Offer) -> tuple[list[str], list[list[Value]]]:
    """Titles and rows of who took an offer up, for a file."""
    titles = [_("Jardin"), _("Commune"), _("État"), _("Lieu"), _("Jour"), *(f"{one['label']} ({one['unit']})" if one["unit"] else one["label"] for one in offer.asks), _("En une phrase"), _("Raconté le")]  # fmt: skip
    return titles, [
        [
            one.garden.name, commune_name(one.garden.commune_code), one.get_state_display(), one.spot.name if one.spot else "", one.on_day,
            *(one.answers.get(asked["code"]) for asked in offer.asks), one.report, one.reported_on,
        ]
        for one in _uptakes(offer)
    ]  # fmt: skip


# --- A garden's uptake ----------------------------------------------------------------------------


def first_agreement(offer: Offer, garden: Garden, spot: OfferPlace | None, on_day: date | None, today: date) -> str:
    """The model of local agreement, filled with what the garden holds. Three queries."""
    place, siret = garden.commune, garden.siret
    role = Role.objects.on(today).filter(garden=garden, kind=Role.Kind.COORDINATOR).select_related("person").order_by("from_day", "pk").first()  # fmt: skip
    edition = Edition.objects.on(today).order_by("-from_day").first()
    asked = ", ".join(f"{one['label']} ({one['unit']})" if one["unit"] else one["label"] for one in offer.asks)
    values = {
        "jardin.nom": garden.name, "jardin.adresse": garden.address, "jardin.commune": f"{garden.postcode} {place.name}".strip(),
        "jardin.telephone": display_phone(garden.phone) if garden.phone else "", "jardin.courriel": garden.email,
        "jardin.siret": f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}" if siret else "", "jardin.contact": str(role.person) if role else "",
        "reseau.nom": network_name(), "edition.nom": edition.name if edition else "", "partenaire.nom": offer.partner.name,
        "partenaire.contact": offer.contact, "date.jour": day(today, "year"), "offre.titre": offer.title, "offre.demande": asked,
        "offre.lieu": spot.name if spot else "", "offre.commune": commune_name(spot.commune_code) if spot else "",
        "offre.jour": day(on_day, "year") if on_day else "",
    }  # fmt: skip
    return offering.filled(offer.agreement, values)


@dataclass(frozen=True)
class UptakePage:
    """A garden's uptake of an offer."""

    uptake: Uptake
    answers: Sequence[tuple[str, str]]
    writes: bool
    signs: bool
    blanks: int


def uptake_page(uptake: Uptake, *, writes: bool, signs: bool) -> UptakePage:
    """What was agreed, and what came of it."""
    said = [(one["label"], f"{number(uptake.answers[one['code']])} {one['unit']}".strip()) for one in uptake.offer.asks if one["code"] in uptake.answers]  # fmt: skip
    return UptakePage(uptake, said, writes, signs, len(re.findall("_{4,}", uptake.agreement)))


def on_paper(uptake: Uptake) -> list[dict[str, Any]]:
    """The local agreement as blocks of a paper: its paragraphs, lists and who signs."""

    def block(kind: str, text: str = "", items: Sequence[str] = ()) -> dict[str, Any]:
        return {"kind": kind, "text": [[french(text), "text"]] if text else [], "items": [[[french(one), "text"]] for one in items], "rows": [], "head": False, "count": 0}  # fmt: skip

    found = [block("title", _("Accord local")), block("heading", uptake.offer.title)]
    for part in uptake.agreement.split("\n\n"):
        lines = [line.strip() for line in part.splitlines() if line.strip()]
        if lines and all(line.startswith("- ") for line in lines):
            found.append(block("list", items=[line[2:] for line in lines]))
        else:
            found += [
                block("heading", line[3:]) if line.startswith("## ") else block("paragraph", line) for line in lines
            ]
    signers = [_("Pour %(name)s") % {"name": uptake.garden.name}, _("Pour %(name)s") % {"name": uptake.offer.partner.name}]  # fmt: skip
    return [*found, block("signature", items=signers)]

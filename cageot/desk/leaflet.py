"""The leaflet that welcomes a household, and its message of 160 signs: where, when, and how to say "I do not come".

In the household's language, the same for all members: nothing on it comes from what anybody pays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from cageot.baskets.models import Depot, Subscription
from cageot.baskets.rules.signing_up import fitted
from cageot.baskets.signups import first_delivery
from cageot.core.icons import ICONS
from cageot.core.tabular.phones import display_phone
from cageot.core.templatetags.cageot import day as said
from cageot.desk import pdf
from cageot.members.models import Household
from cageot.members.telling import LONGEST_SMS, Words, in_language
from cageot.network import territory
from cageot.network.models import Garden


def apart(text: str) -> str:
    """Words or figures that are not of the language of the page, kept in their own order where it runs from right to left:
    else a telephone number is read backwards, two figures at a time."""
    return f"\u2068{text}\u2069" if text and get_language_bidi() else text


@dataclass(frozen=True)
class Leaflet:
    """What a household is told when it comes: its garden, what it collects, and the day of its first basket."""

    household: Household
    garden: Garden
    subscription: Subscription
    first: date | None

    @property
    def depot(self) -> Depot:
        return self.subscription.depot


def leaflet_of(household: Household, today: date) -> Leaflet | None:
    """The leaflet of a household; None while it collects nothing. Two queries."""
    found = first_delivery(household, today)
    return Leaflet(household, household.garden, *found) if found else None


def write(leaflet: Leaflet, at: datetime) -> bytes:
    """The leaflet as a PDF, on one A5 page."""
    with in_language(leaflet.household.language) as language:
        return pdf.write_pdf("leaflet.typ", data_of(leaflet, language, at), at=at)


def data_of(leaflet: Leaflet, language: str, at: datetime) -> dict[str, Any]:
    """All the words of the leaflet, in the language of the moment."""
    garden, depot = leaflet.garden, leaflet.depot
    phone = _phone(garden)
    return {
        "lang": language, "rtl": get_language_bidi(), "date": [at.year, at.month, at.day], "author": garden.name,
        "title": _("Bienvenue"), "garden": garden.name,
        "blocks": [
            _block("basket", _("Votre panier"), [f"{apart(leaflet.subscription.size.name)}, {_rhythm(leaflet.subscription)}"]),
            _block("map", _("Où ?"), [apart(depot.name), apart(_address(depot))]),
            _block("week", _("Quand ?"), [_when(depot), _first(leaflet.first), _("Prenez un grand sac.")]),
            _block("error", _("Vous ne venez pas ?"), [_notice(leaflet), phone]),
            _block("help", _("Une question ?"), [_("Appelez le jardin, ou écrivez."), phone, apart(garden.email)]),
        ],
        "bye": _("À bientôt !"),
    }  # fmt: skip


def _block(icon: str, title: str, lines: list[str]) -> dict[str, Any]:
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#1d2a1f" stroke-width="1.8" '
        f'stroke-linecap="round" stroke-linejoin="round">{ICONS[icon]}</svg>'
    )
    return {"icon": drawing, "title": title, "lines": [line for line in lines if line]}


def _rhythm(one: Subscription) -> str:
    return str(one.get_frequency_display())


def _address(depot: Depot) -> str:
    try:
        town = territory.commune(depot.commune_code).name if depot.commune_code else ""
    except KeyError:
        town = ""
    return ", ".join(part for part in (depot.address, town) if part)


def _when(depot: Depot) -> str:
    day = str(WEEKDAYS[depot.weekday - 1]).capitalize()
    return f"{day} {apart(depot.hours)}".strip()


def _phone(garden: Garden) -> str:
    """The garden's number as people write it; "" when it gave none."""
    return apart(display_phone(garden.phone)) if garden.phone else ""


def _first(day: date | None) -> str:
    return _("Premier panier : %(day)s.") % {"day": said(day)} if day else ""


def _notice(leaflet: Leaflet) -> str:
    """Until when it is said that one does not come, as the product's policy asks."""
    policy = getattr(leaflet.subscription.size.product, "absences", None)
    days = policy.notice_days if policy else 0
    if not days:
        return _("Dites-le au jardin.")
    return ngettext("Dites-le au jardin %(n)s jour avant.", "Dites-le au jardin %(n)s jours avant.", days) % {"n": days}


def message(leaflet: Leaflet) -> Words:
    """The same in short, for a mail, an SMS or a letter."""
    with in_language(leaflet.household.language) as language:
        data = data_of(leaflet, language, datetime(2000, 1, 1))  # noqa: DTZ001 (no word of it says the day)
        garden, depot = leaflet.garden, leaflet.depot
        phone = _phone(garden)
        when = said(leaflet.first) if leaflet.first else WEEKDAYS[depot.weekday - 1]
        about = {"day": when, "hours": apart(depot.hours), "depot": apart(depot.name), "phone": phone}
        here = _("Votre panier : %(day)s %(hours)s, %(depot)s.") % about
        call = _("Vous ne venez pas ? %(phone)s.") % about if phone else ""
        short = [" ".join(part for part in parts if part) for parts in (
            (_("Bienvenue !"), here, call, apart(garden.name)), (_("Bienvenue !"), here, call), (here, call), (_("Bienvenue !"), call),
        )]  # fmt: skip
        body = [_("Bonjour,"), _("Bienvenue au jardin.")]
        body += ["\n".join([one["title"], *one["lines"]]) for one in data["blocks"]]
        return Words(
            _("Votre panier"), "\n\n".join([*body, data["bye"], garden.name]), fitted([" ".join(one.split()) for one in short], LONGEST_SMS)
        )  # fmt: skip

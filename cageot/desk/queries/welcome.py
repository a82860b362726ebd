"""The guided page on which somebody becomes a household: what it starts from, what it offers, what it comes to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.baskets.models import BasketSize, Depot, SignUp
from cageot.baskets.queries import prices
from cageot.baskets.rules import signing_up, subscribing
from cageot.baskets.rules.laying import Wish
from cageot.core.tabular.phones import display_phone
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros
from cageot.desk.queries import signups
from cageot.desk.queries.household import Grid, Offer, offers
from cageot.desk.queries.places_left import Left, places_left
from cageot.members.actions import next_number
from cageot.members.models import Membership, Referral
from cageot.network import territory
from cageot.network.models import Garden, Partner

OPEN = frozenset({Referral.State.SENT, Referral.State.ASKED, Referral.State.WAITING})
"""A referral in one of these states may be welcomed."""


@dataclass(frozen=True)
class Newcomer:
    """Who becomes a household: somebody who signed up, or was referred, or both."""

    garden: Garden
    sign_up: SignUp | None
    referral: Referral | None

    @property
    def name(self) -> str:
        one = self.sign_up or self.referral
        return f"{one.first_name} {one.last_name}".strip() if one else ""


@dataclass(frozen=True)
class Tariff:
    """A tariff that a support may rest on, with the places that its agreement has left."""

    offer: Offer
    left: Left

    @property
    def label(self) -> str:
        if self.left.free is None:
            return self.offer.label
        if self.left.full:
            return _("%(agreement)s · complète") % {"agreement": self.offer.label}
        words = ngettext("%(agreement)s · encore %(n)s place", "%(agreement)s · encore %(n)s places", self.left.free)
        return words % {"agreement": self.offer.label, "n": self.left.free}


@dataclass(frozen=True)
class Choices:
    """What the page offers. `tariffs` is empty for whoever was not referred: their page has no such part."""

    newcomer: Newcomer
    offer: signups.Offered
    tariffs: Sequence[Tariff]
    grid: Grid | None
    partners: Sequence[Partner]

    @property
    def kinds(self) -> list[tuple[str, int]]:
        """The kinds of membership with their fee; all of them at 0 where the garden set none."""
        return self.offer.kinds(self.offer.first_day) or [(str(kind), 0) for kind in Membership.Kind.values]

    def fee(self, kind: str) -> int:
        return dict(self.kinds).get(kind, 0)

    def tariff(self, pk: object) -> Tariff | None:
        return next((one for one in self.tariffs if str(one.offer.tariff.pk) == str(pk or "")), None)


def choices(newcomer: Newcomer, today: date) -> Choices:
    """What the page offers for this person. A constant number of queries."""
    garden = newcomer.garden
    offer = signups.offered(garden, today, staff=True)
    partners = list(Partner.objects.filter(gardens=garden))
    if newcomer.referral is None:
        return Choices(newcomer, offer, [], None, partners)
    found, grid = offers(garden, today)
    left = places_left([one.tariff.agreement for one in found], today)
    return Choices(newcomer, offer, [Tariff(one, left[one.tariff.agreement_id]) for one in found], grid, partners)


def start_of(chosen: Choices, today: date) -> dict[str, Any]:
    """What the page starts from: what was said when they signed up, or were referred; a number; the usual day."""
    offer, sign_up, referral = chosen.offer, chosen.newcomer.sign_up, chosen.newcomer.referral
    usual = signing_up.first_day(today, offer.door.lead_days)
    found: dict[str, Any] = {
        "number": next_number(offer.garden), "frequency": offer.rhythms[0] if offer.rhythms else "", "from_day": usual,
        "kind": chosen.kinds[0][0], "tell": True,
    }  # fmt: skip
    if referral:
        found |= _of_referral(chosen, referral)
    if sign_up:
        names = (
            "first_name",
            "last_name",
            "email",
            "mobile",
            "address",
            "postcode",
            "town",
            "language",
            "adults",
            "children",
            "frequency",
        )
        found |= {name: getattr(sign_up, name) for name in names}
        found |= {
            "kind": sign_up.membership,
            "size": sign_up.size_id,
            "depot": sign_up.depot_id,
            "from_day": max(sign_up.from_day, today),
        }
    if "size" not in found and (size := offer.advised(found.get("adults", 1) + found.get("children", 0))):
        found["size"] = size.pk
    return found  # fmt: skip


def _of_referral(chosen: Choices, referral: Referral) -> dict[str, Any]:
    of_mail = referral.reach_by == Referral.ReachBy.MAIL
    of_phone = referral.reach_by in (Referral.ReachBy.SMS, Referral.ReachBy.PHONE)
    mine = [one.offer.tariff for one in chosen.tariffs if one.offer.tariff.agreement_id == referral.agreement_id]
    return {
        "first_name": referral.first_name[:80], "last_name": referral.last_name[:80], "adults": referral.adults,
        "children": referral.children, "language": referral.language, "email": referral.reach_at if of_mail else "",
        "mobile": referral.reach_at if of_phone else "", "reach_through": _through(referral), "town": _town(referral.commune_code), "months": referral.months,
        "tariff": mine[0].pk if mine else None,
        "depot": referral.depot_key if referral.depot_key in chosen.offer.places else None,
    }  # fmt: skip


def _through(referral: Referral) -> str:
    """Who the household is reached by, when that is who referred it: a name and a number. Helpers read it: never the
    organisation, nor a mail address, which ends with its name."""
    if referral.reach_by != Referral.ReachBy.REFERRER:
        return ""
    name = re.sub(re.escape(referral.partner.name), "", referral.referrer_name, flags=re.IGNORECASE)
    number = "" if "@" in referral.referrer_reach else display_phone(referral.referrer_reach)
    return ", ".join(part for part in (name.strip(" ,;:·–-()/"), number[:30]) if part)


def _town(code: str) -> str:
    try:
        return territory.commune(code).name if code else ""
    except KeyError:
        return ""


# --- What it comes to -----------------------------------------------------------------------------


def told(chosen: Choices, data: Mapping[str, object]) -> list[tuple[str, str]]:
    """What the page comes to as it stands: the first basket, what the household pays, until when. Seven queries at most."""
    offer = chosen.offer
    depot = {str(pk): one for pk, one in offer.places.items()}.get(str(data.get("depot") or ""))
    size = next((one for one in offer.sizes if str(one.pk) == str(data.get("size") or "")), None)
    first, rhythm = signups.day_of(data.get("from_day")), str(data.get("frequency") or "")
    if not (depot and size and first and offer.product and rhythm in offer.rhythms) or first.year > 9000:
        return []
    product = offer.product
    wish = Wish(0, 0, product.pk, size.pk, depot.pk, rhythm, first, None, product.first_week, product.last_week, 1)
    days = signups.days_of(offer.garden, wish, subscribing.end_of_period(first, None))
    lines = [(_("Premier panier"), said(days[0]) if days else _("les livraisons ne sont pas posées"))]
    lines.append((_("Où"), f"{depot.name}, {signups.slot_words(depot)}"))
    day = days[0] if days else first
    lines.append((_("Le foyer paie"), _pays(chosen, size.pk, day, data)))
    tariff, months = chosen.tariff(data.get("tariff")), str(data.get("months") or "")
    if tariff and months.isdecimal() and len(months) < 4 and 1 <= int(months) <= 24:
        until = signing_up.support_until(first, int(months), tariff.offer.tariff.agreement.until_day)
        lines.append((_("Pris en charge jusqu’au"), said(until, "plain")))
    if kind := str(data.get("kind") or ""):
        lines.append((_("Adhésion"), euros(chosen.fee(kind))))
    return lines


def _pays(chosen: Choices, size: int, day: date, data: Mapping[str, object]) -> str:
    """What the household pays of one basket, under the tariff that is chosen or at the ordinary price."""
    tariff = chosen.tariff(data.get("tariff"))
    if tariff and chosen.grid:
        parts = chosen.grid.parts(tariff.offer.tariff.agreement_id, tariff.offer.tariff.pk, day)
        mine = next((cents for one, cents, _price in parts if one.pk == size), None)
        if mine is None:
            return _("ce tarif ne dit rien de cette taille : le prix ordinaire")
        return _("%(part)s par panier") % {"part": euros(mine)}
    price = prices(chosen.offer.garden).on(size, day)
    return _("%(part)s par panier") % {"part": euros(price)}


def size_of(pk: int) -> BasketSize:
    return BasketSize.objects.select_related("garden").get(pk=pk)


def full_words(depot: Depot) -> str:
    """Why a depot is refused, and what to do."""
    words = ngettext(
        "« %(depot)s » est complet : sa place est prise ou gardée. Choisissez un autre dépôt, ou mettez en attente.",
        "« %(depot)s » est complet : ses %(n)s places sont prises ou gardées. Choisissez un autre dépôt, ou mettez en attente.",
        depot.capacity or 0,
    )
    return words % {"depot": depot.name, "n": depot.capacity}

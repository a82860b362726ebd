"""A household's subscriptions, product by product: which one to change, what a form offers, what is left until the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.baskets.models import BasketSize, Depot, Product, Subscription
from cageot.baskets.queries import delivery_weeks, monthly_counts, open_days, prices, roads
from cageot.baskets.rules import subscribing
from cageot.baskets.rules.laying import Wish
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros
from cageot.desk.queries.household import Place, places
from cageot.desk.queries.households import household_name
from cageot.members.models import Household
from cageot.network.models import Garden

# --- Which one ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Current:
    """The subscription to change, and what goes on after it asking the same: they are changed as one."""

    subscription: Subscription
    following: Subscription | None

    @property
    def until_day(self) -> date | None:
        """The last day of a trial, or of the whole."""
        one = self.subscription
        return self.following.until_day if self.following and not one.trial else one.until_day


def current_of(household: Household, product: Product, today: date) -> Current | None:
    """The household's subscription to a product: the last of those that run or are to start. One query."""
    rows = list(_running(today).filter(household=household, size__product=product).order_by("from_day", "pk"))
    if not rows:
        return None
    if len(rows) > 1 and _as_one(rows[-2], rows[-1]):
        return Current(rows[-2], rows[-1])
    return Current(rows[-1], None)


def _running(today: date) -> Any:
    rows = Subscription.objects.filter(Q(until_day=None) | Q(until_day__gte=today))
    return rows.select_related("size__product", "depot__round", "household__garden")


def _as_one(one: Subscription, following: Subscription) -> bool:
    if one.trial and following.until_day:
        return False  # two ends: each is changed for itself
    return subscribing.goes_on(_stretch(one), _stretch(following))


def _stretch(one: Subscription) -> subscribing.Stretch:
    same = (one.size_id, one.depot_id, one.frequency, one.monthly_slot)
    return subscribing.Stretch(same, one.from_day, one.until_day, one.trial)


def last_day_of(household: Household, product: Product, day: date) -> date | None:
    """The last day of what the household had of a product on that day or later; None when nothing. One query."""
    rows = Subscription.objects.filter(household=household, size__product=product, until_day__gte=day)
    return rows.order_by("-until_day").values_list("until_day", flat=True).first()


def products_of(garden: Garden) -> list[Product]:
    """The products that the garden offers, its vegetable basket first."""
    return list(Product.objects.filter(garden=garden, archived_on=None))


def subscribed(household: Household, today: date) -> list[Product]:
    """The products that the household subscribes to, now or later."""
    running = _running(today).filter(household=household).values("size__product")
    return list(Product.objects.filter(pk__in=running))


def length_from(subscription: Subscription) -> date:
    """The first day of the stretch that this row is the last of: a change for good does not shorten what is renewed."""
    rows = Subscription.objects.filter(
        household=subscription.household_id, size__product=subscription.size.product_id, trial=subscription.trial
    )
    ends = {one.until_day: one.from_day for one in rows.exclude(until_day=None).filter(renewal=subscription.renewal)}
    first = subscription.from_day
    while (before := ends.get(first - timedelta(days=1))) and before < first:
        first = before
    return first


# --- What the form offers -------------------------------------------------------------------------


@dataclass(frozen=True)
class Offering:
    """What a household may choose from for a product. `sizes`: each with what is said beneath it."""

    household: Household
    product: Product
    sizes: Sequence[tuple[BasketSize, str]]
    advised: int | None
    places: Sequence[Place]
    rhythms: Sequence[str]
    current: Current | None

    @property
    def ready(self) -> bool:
        return bool(self.sizes and self.places)


def offering(household: Household, product: Product, today: date, *, money: bool) -> Offering:
    """What the form of a subscription offers. A constant number of queries."""
    garden = household.garden
    current = current_of(household, product, today)
    sizes = list(BasketSize.objects.filter(product=product))
    people = household.adults + household.children
    advised = subscribing.advised_size([(one.pk, one.people) for one in sizes], people)
    known = prices(garden) if money else None
    said_of = []
    for one in sizes:
        cents = known.on(one.pk, today) if known else None
        advice = _("conseillé pour %(n)s personnes") if people > 1 else _("conseillé pour %(n)s personne")
        parts = [euros(cents) if cents is not None else "", advice % {"n": people} if one.pk == advised else ""]
        said_of.append((one, " · ".join(part for part in parts if part)))
    offered = subscribing.rhythms_of(product.rhythms)
    kept = [current.subscription.frequency] if current and current.subscription.frequency not in offered else []
    return Offering(household, product, said_of, advised, places(garden, today, household), [*offered, *kept], current)


# --- What it comes to -----------------------------------------------------------------------------


def ordinal(slot: int) -> str:
    """ "1re", "2e": of a delivery."""
    return _("1re") if slot == 1 else _("%(n)se") % {"n": slot}


def slot_words(slot: int) -> str:
    """ "2e livraison du mois"."""
    return _("%(which)s livraison du mois") % {"which": ordinal(slot)}


def preview(offered: Offering, data: Mapping[str, Any], today: date, *, money: bool) -> list[str]:
    """What the subscription comes to as the form stands, in sentences; nothing while the form does not say enough.

    The sum is for who sees money, at the ordinary price of each day. A constant number of queries.
    """
    asked = _asked(offered, data)
    if asked is None:
        return []
    size, depot, wish, end = asked
    garden = offered.household.garden
    told = []
    if wish.frequency == "monthly":
        counts = monthly_counts(offered.product.pk, depot.round_id, wish.from_day, offered.household.pk)
        told.append(_slots_sentence(counts))
        slot = wish.monthly_slot or _kept_slot(offered, depot) or subscribing.level_slot(counts)
        wish = replace(wish, monthly_slot=slot)
    days = open_days(garden, wish.from_day)
    found = subscribing.days_asked(
        wish, days, roads(garden, wish.from_day), delivery_weeks(garden, wish.from_day), end
    )  # fmt: skip
    if not found:
        return [
            *told,
            _("Aucun panier ces jours-là : les livraisons ne sont pas posées, ou ce produit n’est pas en saison."),
        ]
    known = prices(garden)
    cents = [known.on(size.pk, day) for day in found]
    sum_cents = sum(one or 0 for one in cents)
    count = ngettext("%(n)s panier d’ici le %(day)s", "%(n)s paniers d’ici le %(day)s", len(found))
    told.insert(
        0,
        count % {"n": len(found), "day": _plain_day(end, today)}
        + (f", {euros(sum_cents)}." if money and None not in cents else "."),
    )
    told.insert(1, _("Premier panier : %(day)s.") % {"day": said(found[0])})
    if money and depot.fee_cents:
        words = _("Livraison : %(fee)s par panier en plus, %(sum)s en tout.")
        told.insert(2, words % {"fee": euros(depot.fee_cents), "sum": euros(depot.fee_cents * len(found))})
    last = max(days)
    if last + timedelta(weeks=3) < end:
        told.append(
            _("Les livraisons ne sont posées que jusqu’au %(day)s : le compte s’arrête là.")
            % {"day": _plain_day(last, today)}
        )
    return told


def _plain_day(day: date, today: date) -> str:
    words = said(day).partition(" ")[2]
    return words if day.year == today.year else f"{words} {day.year}"


def _asked(offered: Offering, data: Mapping[str, Any]) -> tuple[BasketSize, Depot, Wish, date] | None:
    """What the form says, when it says enough: size, depot, rhythm, first day."""
    sizes = {str(one.pk): one for one, _hint in offered.sizes}
    depots = {str(place.depot.pk): place.depot for place in offered.places}
    size, depot = sizes.get(str(data.get("size") or "")), depots.get(str(data.get("depot") or ""))
    first, last = _day(data.get("from_day")), _day(data.get("until_day"))
    rhythm, slot = str(data.get("frequency") or ""), str(data.get("monthly_slot") or "")
    if not (size and depot and first and rhythm in offered.rhythms) or (last and last < first):
        return None
    product = offered.product
    wish = Wish(
        0, offered.household.pk, product.pk, size.pk, depot.pk, rhythm, first, last, product.first_week, product.last_week,
        int(slot) if slot in {"1", "2", "3", "4"} else None,
    )  # fmt: skip
    return size, depot, wish, subscribing.end_of_period(first, last)


def _kept_slot(offered: Offering, depot: Depot) -> int | None:
    """The slot that the household has already on that round."""
    one = offered.current.subscription if offered.current else None
    return one.monthly_slot if one and one.depot.round_id == depot.round_id else None


def _slots_sentence(counts: Mapping[int, int]) -> str:
    """How full each slot is, and which one keeps weeks level."""
    each = ", ".join(f"{ordinal(slot)}\u00a0:\u00a0{counts.get(slot, 0)}" for slot in subscribing.SLOTS)
    level = ordinal(subscribing.level_slot(counts))
    return _("La moins chargée des livraisons du mois est la %(level)s. Déjà là : %(each)s.") % {
        "level": level,
        "each": each,
    }


def _day(value: object) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value or ""))
    except ValueError:
        return None


# --- What ends ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ending:
    """A subscription that ends soon with nothing after it. For who sees money only: its end is often a support's."""

    household: int
    name: str
    product: str
    until_day: date
    trial: bool

    @property
    def text(self) -> str:
        told = (
            _("L’essai de %(name)s finit le %(day)s (%(product)s)") if self.trial
            else _("L’abonnement de %(name)s finit le %(day)s (%(product)s)")
        )  # fmt: skip
        return told % {"name": self.name, "day": said(self.until_day).partition(" ")[2], "product": self.product}


def ending_soon(garden: Garden, today: date) -> list[Ending]:
    """The subscriptions of a garden that stop soon and that the garden asked to be told of, the nearest first: a trial two
    weeks before, another four. Those that go on, and those that somebody stopped, are not told. One query."""
    after = Subscription.objects.filter(
        household=OuterRef("household"), size__product=OuterRef("size__product"), from_day__gt=OuterRef("until_day")
    )
    # Those that end soon are few: they are found first, by their index, and their garden after.
    soon = Subscription.objects.filter(until_day__range=(today, today + subscribing.TOLD_BEFORE))
    rows = Subscription.objects.filter(
        ~Exists(after), pk__in=soon.values("pk"), household__garden=garden, household__left_on=None,
        renewal=Subscription.Renewal.ALERT, household__members__contact=True,
    ).order_by("until_day", "pk")  # fmt: skip
    found = rows.values_list(
        "household", "household__members__first_name", "household__members__last_name", "household__number",
        "size__product__name", "until_day", "trial",
    )  # fmt: skip
    return [
        Ending(pk, household_name(first, last, number), product, until, trial)
        for pk, first, last, number, product, until, trial in found
        if subscribing.to_tell(until, trial, today)
    ]

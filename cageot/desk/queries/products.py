"""The garden's products, for its settings: what each is, its sizes and prices, who subscribes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from cageot.baskets.models import BasketSize, Product, Subscription
from cageot.baskets.queries import prices
from cageot.baskets.rules.subscribing import rhythms_of
from cageot.core.templatetags.cageot import day_range
from cageot.core.week import Week
from cageot.network.models import Garden

LAST_WEEK = 53


@dataclass(frozen=True)
class SizeLine:
    """A size of a product: its price today in cents, and for how many people it is meant."""

    pk: int
    name: str
    cents: int | None
    people: int | None


@dataclass(frozen=True)
class ProductLine:
    """A product as its card shows it. `first`: the garden's first, which always stays."""

    product: Product
    sizes: list[SizeLine]
    households: int
    weeks: str
    rhythms: str
    first: bool

    @property
    def may_archive(self) -> bool:
        return not self.first and not self.households and self.product.archived_on is None


def product_lines(garden: Garden, today: date) -> list[ProductLine]:
    """Every product of the garden, those that it offers first. Four queries."""
    products = list(Product.objects.filter(garden=garden))
    running = Subscription.objects.filter(Q(until_day=None) | Q(until_day__gte=today), household__garden=garden)
    counts = dict(running.values_list("size__product").annotate(n=Count("household", distinct=True)))
    known = prices(garden)
    sizes: dict[int, list[SizeLine]] = defaultdict(list)
    for one in BasketSize.objects.filter(garden=garden):
        sizes[one.product_id].append(SizeLine(one.pk, one.name, known.on(one.pk, today), one.people))
    lines = [
        ProductLine(
            one, sizes[one.pk], counts.get(one.pk, 0), weeks_words(one.first_week, one.last_week, today.year),
            rhythm_words(one.rhythms), place == 0,
        )
        for place, one in enumerate(products)
    ]  # fmt: skip
    return sorted(lines, key=lambda line: line.product.archived_on is not None)


def weeks_words(first: int | None, last: int | None, year: int) -> str:
    """ "toute l’année", "de la semaine 18 à la semaine 40"."""
    if first is None or last is None:
        return _("toute l’année")
    if first > last:
        return _("de la semaine %(first)s à la semaine %(last)s de l’année d’après") % {"first": first, "last": last}
    return _("de la semaine %(first)s à la semaine %(last)s") % {"first": first, "last": last}


def rhythm_words(text: str) -> str:
    names: dict[str, Any] = dict(Subscription.Frequency.choices)
    return ", ".join(str(names[one]) for one in rhythms_of(text))


def week_choices(year: int) -> list[tuple[str, str]]:
    """Each week of the year to choose, with its days that year; the 53rd is there for the years that have one."""
    found = [("", _("toute l’année"))]
    for number in range(1, LAST_WEEK):
        week = Week(year, number)
        found.append(
            (
                str(number),
                _("semaine %(n)s (%(days)s)") % {"n": number, "days": day_range(week.monday, week.sunday)},
            )
        )
    return [*found, (str(LAST_WEEK), _("semaine 53, les années qui en ont une"))]

"""What tests of money lean on: a fund and its tranche, a call for projects. Cents, days of 2017; name what the test is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from cageot.baskets.actions import close_week
from cageot.baskets.models import Basket, WeekClose
from cageot.core.week import Week
from cageot.funding import journal
from cageot.funding.actions import PayerDraft, ShareDraft, granting, settling
from cageot.funding.actions.granting import BudgetLine
from cageot.funding.models import (
    BookEntry,
    BookLine,
    Entity,
    Fund,
    GrantApplication,
    GrantCall,
    Settlement,
    SettlementLine,
    Tranche,
)
from cageot.network.models import Garden, Partner
from tests.factories import (
    AT,
    make_agreement,
    make_basket,
    make_delivery,
    make_depot,
    make_edition,
    make_garden,
    make_household,
    make_partner,
    make_size,
    make_support,
)


def make_fund(name: str = "Crédits de l’État", **fields: Any) -> Fund:
    """A public grant held by the network head, open to all."""
    partner = fields.pop("partner", None)
    if partner is None and fields.get("kind") not in ("campaign", "box"):
        partner = Partner.objects.create(name=f"{name} (service)", kind="state", funds=True, level="national")
    entity = fields.pop("entity", None) or journal.head()
    return Fund.objects.create(**({"name": name, "partner": partner, "entity": entity} | fields))


def make_tranche(fund: Fund | None = None, cents: int = 1_000_000, **fields: Any) -> Tranche:
    """A tranche of 2017, notified in January. `notified_cents=None`: only promised."""
    year = {"label": "2017", "from_day": date(2017, 1, 1), "until_day": date(2017, 12, 31)}
    told = {"promised_cents": cents, "notified_cents": cents, "notified_on": date(2017, 1, 20), "carries_over": True}
    if "notified_cents" in fields and fields["notified_cents"] is None:
        fields["notified_on"] = None
    return Tranche.objects.create(fund=fund or make_fund(), **(year | told | fields))


def make_call(tranche: Tranche | None = None, **fields: Any) -> GrantCall:
    """A call of 6 000,00 €, open in February 2017, for actions of the year."""
    values = {
        "name": "Ateliers de cuisine 2017", "opens_on": date(2017, 2, 1), "closes_on": date(2017, 2, 28),
        "from_day": date(2017, 3, 1), "until_day": date(2017, 12, 31), "envelope_cents": 600_000,
        "purpose": "Cuisiner les légumes du panier.", "conditions": "",
    }  # fmt: skip
    tranche = tranche or make_tranche()
    return granting.open_call(values | {"tranche": tranche} | fields, by=None, at=AT)


IN_FEBRUARY = date(2017, 2, 10)


def make_application(call: GrantCall, garden: Garden, cents: int = 200_000, *, sent: bool = True) -> GrantApplication:
    """What a garden asks for: two cost lines and two resources that balance, a third of it from elsewhere."""
    one = granting.start(call, garden, today=IN_FEBRUARY, by=None, at=AT)
    other = cents // 2
    lines = [
        BudgetLine("cost", "60", "Ingrédients", cents // 4), BudgetLine("cost", "64", "Animation", cents - cents // 4 + other),
        BudgetLine("income", "74", "Réseau", cents), BudgetLine("income", "75", "Participations", other),
    ]  # fmt: skip
    values = {"project": "Un atelier par mois.", "asked_cents": cents, "baskets": 400, "households": 20, "sessions": 10}
    granting.save_draft(one, values, lines, by=None, at=AT)
    if sent:
        granting.send(one, today=IN_FEBRUARY, by=None, at=AT)
        one.refresh_from_db()
    return one


def unbalanced() -> list[int]:
    """Entries of the accountant's books that do not balance; the two sides of what entities owe each other must, too."""
    entries = [pk for pk in BookEntry.objects.values_list("pk", flat=True) if sum(cents_of(pk))]
    between = sum(BookLine.objects.filter(account="467").values_list("cents", flat=True))
    return entries if not between else [*entries, 0]


def cents_of(entry: int) -> list[int]:
    return list(BookLine.objects.filter(entry=entry).values_list("cents", flat=True))


def balance(entity: Entity, account: str) -> int:
    """What an account of an entity comes to: debits less credits."""
    rows = BookLine.objects.filter(entry__entity=entity, account__startswith=account)
    return sum(rows.values_list("cents", flat=True))


# --- Closed weeks that lack money ---------------------------------------------------------------


@dataclass
class Closed:
    """A garden whose weeks are closed; each supported basket at 12,00 € lacks 7,00 €: 3,00 € promised by the network, 4,00 €
    that nobody pays. Its member pays 3,00 €, the CCAS 2,00 €."""

    garden: Garden
    closes: list[WeekClose]

    @property
    def baskets(self) -> list[Basket]:
        return list(Basket.objects.filter(garden=self.garden).order_by("pk"))


def closed_weeks(
    code: str = "val", households: int = 3, weeks: Sequence[int] = (12,), audience: str = "", commune: str = "41018",
    affiliation: str = "any",
) -> Closed:  # fmt: skip
    """A garden with so many supported households, its weeks of 2017 collected and closed."""
    make_edition()
    garden = make_garden(code, f"Jardin {code}", commune)
    size, depot = make_size(garden), make_depot(garden)
    ccas = make_partner(f"CCAS {code}")
    agreement = make_agreement(
        garden, name=f"CCAS {code} 2017", member=300, audience=audience, affiliation=affiliation,
        payers=[PayerDraft("network"), PayerDraft("partner", ccas)],
        shares=[ShareDraft(0, "fixed", 300), ShareDraft(1, "fixed", 200)],
    )  # fmt: skip
    people = [make_household(garden, f"Foyer {number}", commune_code=commune) for number in range(households)]
    for one in people:
        make_support(one, agreement)
    closes = []
    for number in weeks:
        week = Week(2017, number)
        delivery = make_delivery(garden, week.day(4))
        for one in people:
            make_basket(one, delivery, size, depot, "collected")
        closes.append(close_week(garden, week, today=week.sunday + timedelta(days=1), by=None, at=AT))
    return Closed(garden, closes)


def settle(through: date = date(2017, 12, 31), at: datetime = AT) -> Settlement | None:
    """Look, then settle."""
    seen = settling.decide(through, on=through).fingerprint
    return settling.settle_period(through, seen=seen, day=through, by=None, at=at)


def standing() -> dict[tuple[str, str, date], int]:
    """Fund, garden and day → what all settlements pay of it."""
    found: dict[tuple[str, str, date], int] = defaultdict(int)
    for line in SettlementLine.objects.select_related("tranche__fund", "garden"):
        found[(line.tranche.fund.name, line.garden.code, line.day)] += line.cents
    return {place: cents for place, cents in found.items() if cents}

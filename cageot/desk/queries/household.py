"""One household: who they are, what they collect, who pays for it (for who may see that), what was done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.baskets.absences import ABSENT
from cageot.baskets.actions import places_kept
from cageot.baskets.models import Basket, BasketSize, Depot, Product, Subscription
from cageot.baskets.queries import Prices, prices
from cageot.baskets.rules import signing_up
from cageot.baskets.rules.subscribing import to_tell
from cageot.baskets.taking_back import Left, left_of
from cageot.core.tabular.phones import display_phone
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros
from cageot.desk import verbs, words
from cageot.desk.languages import LANGUAGES
from cageot.desk.queries.households import AHEAD
from cageot.desk.rules.households import renewal_end
from cageot.funding import queries as funding
from cageot.funding.actions import DEFAULT_CAP_BP
from cageot.funding.models import Agreement, Tariff
from cageot.funding.queries import AgreementFact
from cageot.funding.rules import waterfall
from cageot.members.models import Household, Member, Membership, Support
from cageot.network.models import Garden, LogEvent
from cageot.network.outbox import came_back
from cageot.network.rules.reach import Can, Reach

NEXT_SHOWN = 8
HISTORY_SHOWN = 10
LOG_SHOWN = 12


# --- What the member pays ------------------------------------------------------------------------


@dataclass(frozen=True)
class Grid:
    """What is needed to say what a tariff asks of a member, size by size."""

    sizes: list[BasketSize]
    prices: Prices
    facts: Mapping[int, AgreementFact]
    cap_bp: int

    def parts(self, agreement: int, tariff: int, day: date) -> list[tuple[BasketSize, int, int]]:
        """Each size that the tariff knows: the size, the member's part and its price, in cents."""
        found = []
        for size in self.sizes:
            price = self.prices.on(size.pk, day)
            cover = self.facts[agreement].cover(tariff, size.code, day, self.cap_bp) if price is not None else None
            if price is not None and cover is not None:
                found.append((size, member_part(cover, price), price))
        return found


def member_part(cover: waterfall.Cover, price_cents: int) -> int:
    """What the member pays of a basket at that price, as the close would settle it."""
    charge = waterfall.Charge(0, 1, date.min, "", "", Basket.State.COLLECTED, price_cents, cover)
    return waterfall.settle(charge, {}).member_cents


def grid_of(garden: Garden, agreements: Iterable[int], day: date) -> Grid:
    """The garden's sizes and prices with these agreements. A constant number of queries."""
    edition = funding.edition_on(day)
    sizes = list(BasketSize.objects.filter(garden=garden, product__in_agreements=True))
    return Grid(
        sizes,
        prices(garden),
        funding.agreement_facts(set(agreements)),
        edition.member_cap_bp if edition else DEFAULT_CAP_BP,
    )


def part_words(size: BasketSize, cents: int) -> str:
    return _("%(amount)s par %(basket)s") % {"amount": euros(cents), "basket": basket_words(size)}


def basket_words(size: BasketSize) -> str:
    """ "panier grand"; a size that the garden already names "Panier famille" is said once."""
    name = size.name[:1].lower() + size.name[1:]
    return name if name.startswith("panier") else _("panier %(size)s") % {"size": name}


# --- The parts of the page -----------------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """One of the facts at the top: a label, its answer, and what stands beneath."""

    label: str
    value: str
    caption: str


@dataclass(frozen=True)
class BasketLine:
    """One basket in a list: when, what, and what was changed once."""

    pk: int
    day: date
    text: str
    once: list[str]
    word: str
    tone: str
    planned: bool
    absent: bool  # cancelled, postponed or given: it may be planned again
    extra: bool
    closed: bool


@dataclass(frozen=True)
class SubscriptionLine:
    """One subscription; `dates` is empty for who sees no money."""

    pk: int
    text: str
    dates: str
    future: bool
    trial: bool = False


@dataclass(frozen=True)
class ProductSubscriptions:
    """What a household has of one product, now and later, and what may be done with one click."""

    product: Product
    lines: list[SubscriptionLine]
    waiting: int | None  # the subscription that waits for something
    waits_for: str  # in words, for who sees money
    go_on: int | None  # the subscription that stops soon


@dataclass(frozen=True)
class SupportLine:
    """One support: its agreement, what the member pays, and what may be done with it."""

    pk: int
    agreement: int
    name: str
    dates: str
    until: str
    parts: str
    mine: tuple[str, str] | None  # what the household's own basket costs, and "par panier petit"
    state: str  # past, now or future
    renew_until: date | None
    ends_soon: bool
    goes_on: bool  # it has an end, and nothing follows it yet: what comes after may be said


@dataclass(frozen=True)
class MembershipLine:
    pk: int
    dates: str
    kind: str
    fee_cents: int
    paid_on: date | None
    now: bool


@dataclass(frozen=True)
class OtherPerson:
    """Somebody else of the household, and how to reach them."""

    pk: int
    name: str
    reach: str


@dataclass(frozen=True)
class LogLine:
    at: datetime
    text: str
    by: str


@dataclass(frozen=True)
class HouseholdPage:
    """Everything on a household's page. Money parts are empty for who may not see them."""

    household: Household
    name: str
    who: list[tuple[str, str]]
    call: tuple[str, str] | None  # the number to dial, and as it is read
    others: list[OtherPerson]
    facts: list[Fact]
    subscriptions: list[ProductSubscriptions]
    offered: list[Product]  # what the garden offers beside
    former: list[SubscriptionLine]
    next: list[BasketLine]
    more_next: int
    past: Page[BasketLine]
    memberships: list[MembershipLine]
    supports: list[SupportLine]
    log: list[LogLine]
    money: bool
    may_edit: bool
    may_mark: bool
    left: bool
    to_take_back: list[Left]
    received: list[BasketLine]


def household_page(household: Household, today: date, reach: Reach, page: str) -> HouseholdPage:
    """The page of a household. A constant number of queries, fewer for who sees no money."""
    garden = household.garden
    money, may_edit = reach.can(Can.SEE_MONEY, garden.pk), reach.can(Can.EDIT_HOUSEHOLDS, garden.pk)
    members = list(household.members.order_by("-contact", "pk"))
    subscriptions = list(household.subscriptions.select_related("size__product", "depot__round").order_by("from_day", "pk"))  # fmt: skip
    products = list(Product.objects.filter(garden=garden, archived_on=None))
    by_product = _subscriptions(subscriptions, today, money)
    taken = {one.product.pk for one in by_product}
    memberships = list(household.memberships.order_by("-from_day"))
    supports = _supports(household, today, _size_now(subscriptions, today)) if money else []
    following, more = _next(household, today, money)
    return HouseholdPage(
        household, name_of(household, members), _who(household, members), _call(members), _others(members),
        _facts(memberships, supports, subscriptions, today, money), by_product, [one for one in products if one.pk not in taken],
        _former(subscriptions, today) if money else [], following, more,
        _past(household, today, page), _memberships(memberships, today), supports,
        _log(household, subscriptions, memberships, supports, money), money, may_edit,
        reach.can(Can.RUN_WEEK, garden.pk), household.left_on is not None and household.left_on < today,
        left_of(household, today), _received(household, today),
    )  # fmt: skip


def name_of(household: Household, members: Iterable[Member] | None = None) -> str:
    """The contact's name; the number when there is no contact."""
    rows = household.members.all() if members is None else members
    return next((str(one) for one in rows if one.contact), "") or _("Foyer %(number)s") % {"number": household.number}


# Who they are


def _who(household: Household, members: list[Member]) -> list[tuple[str, str]]:
    """What is known, and only that: no empty line asks for what nobody must give."""
    contact = next((one for one in members if one.contact), Member())
    back = came_back([(channel, to) for channel, to in (("mail", contact.email), ("sms", contact.mobile)) if to])
    found = [
        (_("Composition"), composition(household.adults, household.children)),
        (_("Téléphone"), display_phone(contact.phone)),
        (_("Mobile"), _unless(back, "sms", contact.mobile, display_phone(contact.mobile))),
        (_("Adresse électronique"), _unless(back, "mail", contact.email, contact.email)),
        (_("À joindre par"), household.reach_through),
        (
            _("Adresse"),
            ", ".join(part for part in (household.address, f"{household.postcode} {household.town}".strip()) if part),
        ),
        (_("Langue"), str(LANGUAGES.get(household.language, household.language)) if household.language != "fr" else ""),
        (_("Au jardin depuis"), said(household.joined_on, "year")),
        (_("Départ"), said(household.left_on, "year") if household.left_on else ""),
    ]
    return [(label, value) for label, value in found if value]


def _unless(back: set[tuple[str, str]], channel: str, to: str, shown: str) -> str:
    """An address or a number as it is shown; said when what was sent there came back."""
    return _("%(to)s (ne marche plus)") % {"to": shown} if (channel, to) in back else shown


def _call(members: list[Member]) -> tuple[str, str] | None:
    number = next((one.mobile or one.phone for one in members if one.contact), "")
    return (number, display_phone(number)) if number else None


def _others(members: list[Member]) -> list[OtherPerson]:
    return [
        OtherPerson(
            one.pk, str(one), ", ".join(part for part in (display_phone(one.mobile or one.phone), one.email) if part)
        )
        for one in members
        if not one.contact
    ]


def composition(adults: int, children: int) -> str:
    grown = ngettext("%(count)s adulte", "%(count)s adultes", adults) % {"count": adults}
    if not children:
        return grown
    young = ngettext("%(count)s enfant", "%(count)s enfants", children) % {"count": children}
    return f"{grown}, {young}"


# The facts at the top


def _facts(
    memberships: list[Membership], supports: list[SupportLine], subscriptions: list[Subscription], today: date, money: bool
) -> list[Fact]:  # fmt: skip
    return [
        _basket_fact(subscriptions, today),
        _membership_fact(memberships, today, money),
        *([_support_fact(supports)] if money else []),
    ]


def _basket_fact(subscriptions: list[Subscription], today: date) -> Fact:
    running = [one for one in subscriptions if one.until_day is None or one.until_day >= today]
    running.sort(key=lambda one: one.size.product.rank)
    if not running:
        return Fact(_("Panier"), _("Aucun"), _("Pas d’abonnement en cours"))
    first = running[0]
    told = _("%(rhythm)s, %(depot)s") % {"rhythm": first.get_frequency_display(), "depot": first.depot.name}
    others = {one.size.product_id: one.size.name for one in running if one.size.product_id != first.size.product_id}
    return Fact(_("Panier"), first.size.name, _(" · et ").join([told, *others.values()]))


def _membership_fact(memberships: list[Membership], today: date, money: bool) -> Fact:
    """Up to date or not, and until when. Its kind and its fee speak of money."""
    now = next(
        (one for one in memberships if one.from_day <= today and (one.until_day is None or one.until_day >= today)),
        None,
    )
    if now is None:
        last = max((one.until_day for one in memberships if one.until_day and one.until_day < today), default=None)
        caption = _("échue depuis le %(day)s") % {"day": said(last, "plain")} if last else _("aucune adhésion notée")
        return Fact(_("Adhésion"), _("À renouveler") if last else _("À prendre"), caption)
    until = _("jusqu’au %(day)s") % {"day": said(now.until_day, "plain")} if now.until_day else _("sans date de fin")
    if not money:
        return Fact(_("Adhésion"), _("À jour"), until)
    caption = _("%(kind)s, %(until)s") % {"kind": now.get_kind_display(), "until": until}
    unpaid = now.fee_cents and now.paid_on is None
    return Fact(_("Adhésion"), _("À régler") if unpaid else _("À jour"), caption)


def _support_fact(supports: list[SupportLine]) -> Fact:
    now = next((one for one in supports if one.state == "now"), None) or next(
        (one for one in supports if one.state == "future"), None
    )
    if now is None:
        return Fact(_("Prise en charge"), _("Aucune"), _("Ce foyer paie le prix du panier"))
    value, each = now.mine or (now.name, "")
    told = [each, now.until, now.name if each else ""]
    return Fact(_("Prise en charge"), value, ", ".join(part for part in told if part))


# What they collect


def _size_now(subscriptions: list[Subscription], today: date) -> int | None:
    return next((one.size_id for one in subscriptions if one.until_day is None or one.until_day >= today), None)


def _subscriptions(rows: list[Subscription], today: date, money: bool) -> list[ProductSubscriptions]:
    """Those that run or are to start, product by product. Their days are for who sees money: a basket that ends is often a
    support that does."""
    running: dict[int, list[Subscription]] = {}
    for one in rows:
        if one.until_day is None or one.until_day >= today:
            running.setdefault(one.size.product_id, []).append(one)
    found = sorted(running.values(), key=lambda some: (some[0].size.product.rank, some[0].size.product_id))
    return [_of_product(some, today, money) for some in found]


def _of_product(rows: list[Subscription], today: date, money: bool) -> ProductSubscriptions:
    waiting = next(
        (one for one in rows if one.waits_for != Subscription.WaitsFor.NOTHING and one.ready_on is None), None
    )
    last = rows[-1]
    stops = last.until_day and last.renewal == Subscription.Renewal.ALERT and to_tell(last.until_day, False, today)
    return ProductSubscriptions(
        last.size.product,
        [
            SubscriptionLine(
                one.pk, subscription_words(one), period_words(one.from_day, one.until_day, today) if money else "",
                one.from_day > today, one.trial,
            )
            for one in rows
        ],
        waiting.pk if waiting else None, str(waiting.get_waits_for_display()) if waiting and money else "",
        last.pk if stops else None,
    )  # fmt: skip


def _former(rows: list[Subscription], today: date) -> list[SubscriptionLine]:
    """Those that are over, newest first."""
    over = [one for one in reversed(rows) if one.until_day is not None and one.until_day < today]
    return [
        SubscriptionLine(one.pk, subscription_words(one), period_words(one.from_day, one.until_day, today), False)
        for one in over
    ]


def subscription_words(one: Subscription) -> str:
    """ "Panier grand, toutes les semaines, le jeudi à Gare"."""
    said = _("%(basket)s, %(rhythm)s, le %(weekday)s à « %(depot)s »") % {
        "basket": one.size.name if one.size.product.rank else basket_words(one.size), "rhythm": rhythm_words(one),
        "weekday": WEEKDAYS[one.depot.weekday - 1], "depot": one.depot.name,
    }  # fmt: skip
    return said[:1].upper() + said[1:]


def rhythm_words(one: Subscription) -> str:
    """ "toutes les semaines", "une fois par mois (2e livraison)"."""
    rhythm = str(one.get_frequency_display())
    if one.monthly_slot is None:
        return rhythm
    which = _("1re") if one.monthly_slot == 1 else _("%(n)se") % {"n": one.monthly_slot}
    return _("%(rhythm)s (%(which)s livraison)") % {"rhythm": rhythm, "which": which}


def period_words(from_day: date, until_day: date | None, today: date) -> str:
    """A period as it is told today: "depuis le 5 janvier 2017", "du 1er avril au 30 juin 2018"."""
    first = said(from_day, "plain")
    if until_day is None:
        return (_("depuis le %(first)s") if from_day <= today else _("à partir du %(first)s")) % {"first": first}
    return _("du %(first)s au %(last)s") % {"first": first, "last": said(until_day, "plain")}


def _next(household: Household, today: date, money: bool) -> tuple[list[BasketLine], int]:
    """The next baskets, and how many more; how many is not told to a helper, as it says when they end."""
    rows = list(_baskets(household).filter(delivery__day__gte=today).order_by("delivery__day", "pk"))
    return [_basket(one) for one in rows[:NEXT_SHOWN]], max(len(rows) - NEXT_SHOWN, 0) if money else 0


def _received(household: Household, today: date) -> list[BasketLine]:
    """The baskets to come that other households gave to this one."""
    rows = Basket.objects.filter(given_to=household, delivery__day__gte=today).order_by("delivery__day")
    return [_basket(one) for one in rows.select_related("delivery", "size", "depot")]


def _past(household: Household, today: date, page: str) -> Page[BasketLine]:
    rows = _baskets(household).filter(delivery__day__lt=today).order_by("-delivery__day", "-pk")
    found: Page[Any] = Paginator(rows, HISTORY_SHOWN).get_page(page)
    found.object_list = [_basket(one) for one in found.object_list]
    return found


def _baskets(household: Household) -> QuerySet[Basket]:
    return Basket.objects.filter(household=household).select_related("delivery", "size", "depot__round")


def _basket(one: Basket) -> BasketLine:
    given = one.given_to_id is not None
    once = [
        word
        for kept, word in (
            (one.kind == Basket.Kind.TAKEN_BACK, _("repris")), (one.kind == Basket.Kind.EXTRA, _("en plus")),
            (one.size_kept, _("autre taille")), (one.depot_kept and not given, _("autre dépôt")), (given, _("donné")),
        )
        if kept
    ]  # fmt: skip
    return BasketLine(
        one.pk, one.delivery.day, _("%(size)s, %(depot)s") % {"size": one.size.name, "depot": one.depot.name}, once,
        words.state(one.state), words.TONES[one.state] if one.state != Basket.State.PLANNED else "",
        one.state == Basket.State.PLANNED and not given, one.state in ABSENT or (given and one.state == Basket.State.PLANNED),
        one.kind == Basket.Kind.EXTRA, one.delivery.close_id is not None,
    )  # fmt: skip


# Memberships and supports


def _memberships(rows: list[Membership], today: date) -> list[MembershipLine]:
    return [
        MembershipLine(
            one.pk, period_words(one.from_day, one.until_day, today), str(one.get_kind_display()), one.fee_cents, one.paid_on,
            one.from_day <= today and (one.until_day is None or one.until_day >= today),
        )
        for one in rows
    ]  # fmt: skip


def _supports(household: Household, today: date, size: int | None) -> list[SupportLine]:
    """The supports, newest first, each with what the member pays now; the household's own size is said alone."""
    rows = list(household.supports.select_related("agreement", "tariff").order_by("-from_day"))
    if not rows:
        return []
    grid = grid_of(household.garden, {one.agreement_id for one in rows}, today)
    stepped = {one.step_after_id for one in rows}
    return [_support(one, grid, today, size, followed=place > 0, stepped=stepped) for place, one in enumerate(rows)]


def _support(
    one: Support, grid: Grid, today: date, size: int | None, *, followed: bool, stepped: Collection[int | None]
) -> SupportLine:  # fmt: skip
    state = "future" if one.from_day > today else "past" if one.until_day and one.until_day < today else "now"
    parts = grid.parts(one.agreement_id, one.tariff_id, max(one.from_day, min(today, one.until_day or today)))
    mine = [part for part in parts if part[0].pk == size] or parts
    return SupportLine(
        one.pk, one.agreement_id, tariff_name(one.agreement, one.tariff), period_words(one.from_day, one.until_day, today), _until(one, state),
        ", ".join(part_words(which, cents) for which, cents, _price in mine), _mine(mine), state,
        None if followed or one.until_day is None else renewal(one), bool(one.until_day and state == "now" and one.until_day <= today + AHEAD),
        one.until_day is not None and (not followed or one.pk in stepped) and one.until_day >= today - 2 * AHEAD,
    )  # fmt: skip


def _until(one: Support, state: str) -> str:
    if state == "future":
        return _("à partir du %(day)s") % {"day": said(one.from_day, "plain")}
    return _("jusqu’au %(day)s") % {"day": said(one.until_day, "plain")} if one.until_day else _("sans date de fin")


def _mine(parts: list[tuple[BasketSize, int, int]]) -> tuple[str, str] | None:
    if len(parts) != 1:
        return None
    size, cents, _price = parts[0]
    return euros(cents), _("par %(basket)s") % {"basket": basket_words(size)}


def tariff_name(agreement: Agreement, tariff: Tariff) -> str:
    """The agreement's name, with the tariff's when that is not the plain one."""
    return agreement.name if tariff.name == "Tarif" else f"{agreement.name} · {tariff.name}"


def renewal(one: Support) -> date | None:
    """Until when a renewal would go; None when the agreement does not go further."""
    assert one.until_day is not None
    end = renewal_end(one.from_day, one.until_day, one.agreement.until_day)
    return end if end > one.until_day else None


# What was done


def _log(
    household: Household, subscriptions: Iterable[Subscription], memberships: Iterable[Membership], supports: Iterable[SupportLine],
    money: bool,
) -> list[LogLine]:  # fmt: skip
    """The last things done to this household, and to what is theirs; who paid their fee is for who sees money."""
    abouts = [f"members.household:{household.pk}"]
    abouts += [f"baskets.subscription:{one.pk}" for one in subscriptions]
    abouts += [f"members.membership:{one.pk}" for one in memberships]
    abouts += [f"members.support:{one.pk}" for one in supports]
    abouts += [
        f"baskets.basket:{pk}"
        for pk in Basket.objects.filter(household=household)
        .order_by("-delivery__day")
        .values_list("pk", flat=True)[:60]
    ]
    rows = (
        LogEvent.objects.filter(garden=household.garden_id, about__in=abouts)
        .select_related("by")
        .order_by("-at", "-pk")
    )
    rows = rows.exclude(verb__startswith="read.")  # who read is told on the page of the household's data
    rows = rows if money else rows.exclude(verb="members.membership_paid")
    return [
        LogLine(row.at, verbs.words(row.verb, row.detail), str(row.by) if row.by else "") for row in rows[:LOG_SHOWN]
    ]


# --- What forms offer ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """A tariff that a support may rest on, and what the member then pays."""

    tariff: Tariff
    label: str
    hint: str


def offers(garden: Garden, day: date, also: int | None = None) -> tuple[list[Offer], Grid]:
    """The tariffs of the garden's agreements that run on that day or later, and the one numbered `also`; chosen prices
    and steps have their own pages. A constant number of queries."""
    agreements = Agreement.objects.filter(
        Q(until_day=None) | Q(until_day__gte=day), gardens=garden, status=Agreement.Status.ACTIVE, own_offer_of=None
    )
    tariffs = list(
        Tariff.objects.filter(Q(agreement__in=agreements) | Q(pk=also))
        .select_related("agreement")
        .order_by("agreement__name", "pk")
    )
    grid = grid_of(garden, {one.agreement_id for one in tariffs}, day)
    return [Offer(one, tariff_name(one.agreement, one), _hint(one, grid, day)) for one in tariffs], grid


def _hint(tariff: Tariff, grid: Grid, day: date) -> str:
    agreement = tariff.agreement
    parts = ", ".join(
        part_words(size, cents)
        for size, cents, _price in grid.parts(tariff.agreement_id, tariff.pk, max(day, agreement.from_day))
    )
    end = (
        _("jusqu’au %(day)s") % {"day": said(agreement.until_day, "plain")}
        if agreement.until_day
        else _("sans date de fin")
    )
    return " · ".join(
        part for part in (parts or _("aucune taille du jardin dans ce tarif"), agreement.audience, end) if part
    )


def tariff_sentences(garden: Garden, tariff: int, day: date) -> list[str]:
    """What a household under this tariff pays from that day on, a sentence for each size; nothing for a tariff of elsewhere."""
    agreement = Agreement.objects.filter(gardens=garden, tariffs=tariff).values_list("pk", flat=True).first()
    if agreement is None:
        return []
    parts = grid_of(garden, {agreement}, day).parts(agreement, tariff, day)
    return [
        _("%(basket)s à %(price)s : le foyer paie %(part)s, le reste est pris en charge.")
        % {"basket": basket_words(size).capitalize(), "price": euros(price), "part": euros(cents)}
        for size, cents, price in parts
    ]  # fmt: skip


def next_support(household: Household, found: list[Offer], today: date) -> dict[str, object]:
    """What the form of a support starts from: after the last one, until the agreement's end, the only tariff if there is one."""
    last = Support.objects.filter(household=household, until_day__gte=today).order_by("-until_day").first()
    first = last.until_day + timedelta(days=1) if last and last.until_day else today
    only = found[0].tariff if len(found) == 1 else None
    return {
        "from_day": first,
        "tariff": only.pk if only else None,
        "until_day": only.agreement.until_day if only else None,
    }


def next_membership(household: Household, today: date) -> dict[str, object]:
    """What the form of a membership starts from: after the last one, to the end of that year, of the same kind and fee."""
    last = Membership.objects.filter(household=household).order_by("-from_day").first()
    first = max(today, last.until_day + timedelta(days=1)) if last and last.until_day else today
    same = {"kind": last.kind, "fee": last.fee_cents} if last else {}
    return {"from_day": first, "until_day": date(first.year, 12, 31)} | same


def last_subscription(household: Household, today: date) -> Subscription | None:
    """Where the household collects: the last of its subscriptions that run or are to start, the vegetable basket first."""
    rows = Subscription.objects.filter(Q(until_day=None) | Q(until_day__gte=today), household=household)
    rows = rows.order_by("size__product__rank", "-from_day")
    return rows.select_related("size__product", "depot__round", "household__garden").first()


@dataclass(frozen=True)
class Place:
    """A depot to choose: its day and hours, and how many places are left (None: no limit)."""

    depot: Depot
    left: int | None

    @property
    def label(self) -> str:
        when = f"{WEEKDAYS[self.depot.weekday - 1]} {self.depot.hours}".strip()
        said = f"{self.depot.name} · {when}"
        if self.left is None:
            return said
        if self.left <= 0:
            return _("%(depot)s · complet") % {"depot": said}
        return ngettext("%(depot)s · %(left)s place", "%(depot)s · %(left)s places", self.left) % {
            "depot": said,
            "left": self.left,
        }


def places(garden: Garden, today: date, household: Household | None = None) -> list[Place]:
    """The garden's open depots with the places left, a household's own home stop among them. Three queries."""
    running = Subscription.objects.filter(Q(until_day=None) | Q(until_day__gte=today), depot__garden=garden)
    taken: dict[int, set[int]] = {}
    for depot, who in running.values_list("depot", "household"):
        taken.setdefault(depot, set()).add(who)
    rows = Depot.objects.open_to(household).filter(Q(closed_on=None) | Q(closed_on__gt=today), garden=garden)
    rows = rows.select_related("round")
    kept = places_kept([one.pk for one in rows])
    return [Place(one, signing_up.left(one.capacity, len(taken.get(one.pk, ())), kept[one.pk])) for one in rows]


def first_basket(subscription: Subscription, today: date) -> date | None:
    """The day of the next basket laid for a subscription."""
    rows = Basket.objects.filter(subscription=subscription, delivery__day__gte=today)
    return rows.order_by("delivery__day").values_list("delivery__day", flat=True).first()

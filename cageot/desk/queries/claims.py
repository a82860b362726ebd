"""Claims as pages tell them: what is to be asked, what was asked and how late it is, one claim, the payments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cageot.baskets.queries import unclosed
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros, number
from cageot.desk import invoices
from cageot.desk.queries.chips import Chip
from cageot.desk.queries.claims_text import Names, Words, lines_of
from cageot.desk.queries.statements import period_words
from cageot.funding.actions import claiming as actions
from cageot.funding.models import Claim, Entity, Fund, Payment, Tranche
from cageot.funding.queries import Period
from cageot.funding.queries import claiming as funding
from cageot.funding.queries.claiming import Draft, ToClaim
from cageot.funding.rules import claiming
from cageot.network.models import Garden, Partner
from cageot.network.rules.reach import Can, Reach

PER_PAGE = 50


# --- Places ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Whose papers: a garden's legal person, or the network head (`garden` None). `entity` None: nothing was written yet."""

    garden: Garden | None
    entity: Entity | None
    gardens: list[Garden]
    may_write: bool

    @property
    def name(self) -> str:
        return str(self.garden) if self.garden else _("Tête de réseau")

    def url(self, name: str) -> str:
        """A page of this place: "claims" is `desk:claims` of a garden, `desk:all_claims` of the network."""
        return reverse(f"desk:{name}", args=[self.garden.code]) if self.garden else reverse(f"desk:all_{name}")


def place_of_garden(garden: Garden, reach: Reach) -> Place:
    entity = funding.entity_of(garden)
    gardens = funding.entity_gardens(entity) if entity else [garden]
    return Place(garden, entity, gardens, reach.can(Can.EDIT_AGREEMENTS, garden.pk))


def place_of_network(reach: Reach) -> Place:
    entity = Entity.objects.filter(head=True).first()
    gardens = funding.entity_gardens(entity) if entity else []
    return Place(None, entity, gardens, reach.network)


def place_of_entity(entity: Entity, reach: Reach) -> Place:
    """From a claim or a payment back to the pages it belongs to, as this person may see them."""
    gardens = funding.entity_gardens(entity)
    seen = next((one for one in gardens if reach.can(Can.SEE_MONEY, one.pk)), None)
    if seen and not (entity.head and reach.network):
        may_write = any(reach.can(Can.EDIT_AGREEMENTS, one.pk) for one in gardens)
        return Place(seen, entity, gardens, may_write)
    return Place(None, entity, gardens, reach.network and entity.head)


# --- What is to be asked --------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One step of asking for a period, in the ribbon above."""

    label: str
    detail: str
    url: str
    state: str


@dataclass(frozen=True)
class ReadyRow:
    """One payer to ask: all its claims together."""

    partner: Partner
    about: str
    what: str
    cents: int
    since: date
    url: str


@dataclass(frozen=True)
class ClaimRow:
    """One claim of the list, in words."""

    claim: Claim
    url: str
    payer: str
    about: str
    word: str
    tone: str
    late: int


@dataclass(frozen=True)
class ListPage:
    """The papers of a place."""

    place: Place
    steps: list[Step]
    ready: list[ReadyRow]
    ready_cents: int
    coming: Sequence[funding.Coming]
    unsent: list[Claim]
    ages: list[tuple[str, int]]
    waiting: int
    rows: list[ClaimRow]
    page: Page[Claim]
    chips: list[Chip]
    everywhere: bool

    @property
    def total(self) -> int:
        """Every paper ever made here."""
        return self.chips[-1].count

    @property
    def prepare_url(self) -> str:
        return self.place.url("claims_prepare")

    @property
    def send_url(self) -> str:
        return self.place.url("claims_send")

    @property
    def files_url(self) -> str:
        return self.place.url("claims_files")

    @property
    def payments_url(self) -> str:
        return self.place.url("payments")


FILTERS: dict[str, Any] = {
    "": gettext_lazy("À encaisser"),
    "retard": gettext_lazy("En retard"),
    "contestees": gettext_lazy("Contestées"),
    "reglees": gettext_lazy("Réglées"),
    "avoirs": gettext_lazy("Avoirs"),
    "toutes": gettext_lazy("Toutes"),
}


def list_page(place: Place, today: date, *, state: str, number: str, everywhere: bool = False) -> ListPage:
    """What is to be asked, what was asked, how late it is. A constant number of queries. `everywhere`: of every entity."""
    found = to_claim(place, today)
    rows = Claim.objects.all() if everywhere else Claim.objects.filter(entity=place.entity)
    rows = rows if place.entity or everywhere else rows.none()
    state = state if state in FILTERS else ""
    conditions = _conditions(today)
    counts = rows.aggregate(**{f"n_{name}": Count("pk", filter=asked) for name, asked in conditions.items()})
    kept = [name for name in FILTERS if name in ("", state, "toutes") or counts[f"n_{name}"]]
    base = "?partout=1&" if everywhere else "?"
    chips = [
        Chip(
            str(FILTERS[name]),
            f"{base}etat={name}" if name else base.rstrip("&") or "?",
            counts[f"n_{name}"],
            name == state,
        )
        for name in kept
    ]
    unsent = list(rows.filter(sent_on=None, entity=place.entity).order_by("pk")[:200]) if place.may_write else []
    listed = _ordered(rows.filter(conditions[state]), today).select_related(
        "partner", "agreement", "tranche__fund", "entity"
    )
    page = Paginator(listed, PER_PAGE).get_page(number)
    ready = _ready(found, place)
    waiting = waiting_payments(place.entity).count() if place.entity else 0
    return ListPage(
        place, _steps(place, found, len(unsent), today), ready, sum(row.cents for row in ready), found.coming, unsent,
        _ages(rows, today), waiting, [_row(claim, today, everywhere) for claim in page], page, chips, everywhere,
    )  # fmt: skip


_SETTLED = F("paid_cents") + F("credited_cents")


def waiting_payments(entity: Entity) -> QuerySet[Payment]:
    """Payments of which something goes nowhere yet, with what goes somewhere as `matched`."""
    rows = Payment.objects.filter(entity=entity).annotate(matched=Coalesce(Sum("parts__cents"), 0))
    return rows.exclude(matched=F("cents"))


def to_claim(place: Place, today: date, until: date | None = None) -> ToClaim:
    return funding.to_claim(place.entity, [garden.pk for garden in place.gardens], today, until=until)


def _conditions(today: date) -> dict[str, Q]:
    opened = Q(total_cents__gt=0) & Q(total_cents__gt=_SETTLED)
    return {
        "": opened,
        "retard": opened & Q(due_on__lt=today),
        "contestees": Q(state=Claim.State.DISPUTED),
        "reglees": Q(total_cents__gt=0, total_cents=_SETTLED),
        "avoirs": Q(kind=Claim.Kind.CREDIT),
        "toutes": Q(pk__gt=0),
    }


def _ordered(rows: QuerySet[Claim], today: date) -> QuerySet[Claim]:
    """Late ones first, the oldest first; then the newest."""
    late = Case(When(Q(due_on__lt=today, total_cents__gt=0) & Q(total_cents__gt=_SETTLED), then="due_on"), default=None)
    return rows.annotate(late=late).order_by(F("late").asc(nulls_last=True), "-issued_on", "-pk")


AGES: tuple[Any, ...] = (
    gettext_lazy("Pas encore dû"),
    gettext_lazy("En retard de 30 jours au plus"),
    gettext_lazy("31 à 60 jours de retard"),
    gettext_lazy("61 à 90 jours de retard"),
    gettext_lazy("Plus de 90 jours de retard"),
)


def _ages(rows: QuerySet[Claim], today: date) -> list[tuple[str, int]]:
    """What is left to pay, by how late it is. One query."""
    limits = [today - timedelta(days=days) for days in claiming.AGES]
    bands = [Q(due_on__gte=limits[0])]
    bands += [Q(due_on__lt=newer, due_on__gte=older) for newer, older in zip(limits, limits[1:], strict=False)]
    bands.append(Q(due_on__lt=limits[-1]))
    found = rows.aggregate(
        **{f"band{place}": Sum(Claim.OPEN, filter=Q(total_cents__gt=0) & band) for place, band in enumerate(bands)}
    )
    cents = [found[f"band{place}"] or 0 for place in range(len(bands))]
    return [(str(label), amount) for label, amount in zip(AGES, cents, strict=True) if amount]


def _ready(found: ToClaim, place: Place) -> list[ReadyRow]:
    by_payer: dict[int, list[Draft]] = defaultdict(list)
    for draft in found.ready:
        by_payer[draft.partner.pk].append(draft)
    rows = []
    for drafts in by_payer.values():
        first = drafts[0]
        count = len(drafts)
        about = str(first.agreement or first.tranche) if count == 1 else ""
        several = ngettext("%(n)s papier", "%(n)s papiers", count) % {"n": number(count)}
        since = min(unit.day for draft in drafts for unit in draft.units)
        url = f"{place.url('claims_prepare')}?payeur={first.partner.pk}"
        cents = sum(draft.total_cents for draft in drafts)
        rows.append(ReadyRow(first.partner, about, kind_word(first) if count == 1 else several, cents, since, url))
    return rows


def kind_word(draft: Draft) -> str:
    if draft.kind == Claim.Kind.CREDIT:
        return _("avoir")
    return _("facture") if draft.sale else _("appel de fonds")


def _steps(place: Place, found: ToClaim, unsent: int, today: date) -> list[Step]:
    """Weeks closed → figures read → papers made → sent. The first that is not done is the current one."""
    until = max([draft.until for draft in found.ready], default=claiming.last_ended(today, Fund.Rhythm.MONTH))
    closing, weeks = _unclosed(place, until)
    count = len(found.ready)
    closed = ngettext("%(n)s à clore", "%(n)s à clore", weeks) % {"n": number(weeks)}
    read = ngettext("%(n)s papier à relire", "%(n)s papiers à relire", count) % {"n": number(count)}
    made = ngettext("%(n)s à faire", "%(n)s à faire", count) % {"n": number(count)}
    left = ngettext("%(n)s à envoyer", "%(n)s à envoyer", unsent) % {"n": number(unsent)}
    prepare = place.url("claims_prepare") if count else ""
    steps = [
        (_("Semaines closes"), closed if weeks else _("toutes closes"), closing, not weeks),
        (_("Montants relus"), read if count else _("rien à relire"), prepare, not count),
        (_("Papiers faits"), made if count else _("tous faits"), prepare, not count),
        (_("Papiers envoyés"), left if unsent else _("tous envoyés"), "#envoyer" if unsent else "", not unsent),
    ]
    current = next((place for place, (*_rest, done) in enumerate(steps) if not done), None)
    return [
        Step(label, detail, url, "done" if done else "current" if number_ == current else "")
        for number_, (label, detail, url, done) in enumerate(steps)
    ]


def _unclosed(place: Place, until: date) -> tuple[str, int]:
    """Weeks with baskets up to a day that nobody closed: where the first one is, and how many."""
    if not place.gardens:
        return "", 0
    rows = unclosed(until).filter(garden__in=place.gardens)
    found = sorted(set(rows.values_list("week", "garden__code")[:400]))
    return (reverse("desk:closing", args=[found[0][1], found[0][0]]) if found else ""), len(found)


def _row(claim: Claim, today: date, everywhere: bool) -> ClaimRow:
    word, tone, late = standing(claim, today)
    about = str(claim.agreement or claim.tranche)
    about = f"{claim.entity} · {about}" if everywhere else about
    return ClaimRow(claim, reverse("desk:claim", args=[claim.pk]), str(claim.partner), about, word, tone, late)


def standing(claim: Claim, today: date) -> tuple[str, str, int]:
    """Where a claim stands, in a word and a colour, and how many days late it is."""
    if claim.kind == Claim.Kind.CREDIT:
        return (_("avoir à déduire"), "carrot", 0) if claim.open_cents else (_("avoir utilisé"), "", 0)
    if claim.state == Claim.State.CREDITED:
        return _("annulée par un avoir"), "", 0
    if claim.state == Claim.State.DISPUTED:
        return _("contestée"), "beet", 0
    if not claim.open_cents:
        return _("réglée"), "leaf", 0
    if late := claiming.age_of(today, claim.due_on):
        words = ngettext("en retard d’un jour", "en retard de %(n)s jours", late) % {"n": number(late)}
        return words, "beet" if claiming.band_of(late) > 2 else "carrot", late
    if claim.paid_cents:
        return _("réglée en partie"), "squash", 0
    if claim.sent_on is None:
        return _("à envoyer"), "carrot", 0
    if claim.state == Claim.State.ACCEPTED:
        return _("acceptée"), "sky", 0
    return (_("acceptée en partie"), "squash", 0) if claim.state == Claim.State.PARTLY else (_("envoyée"), "sky", 0)


# --- Preparing ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DraftRow:
    """A claim that would be made, with its lines as they would be printed, and what misses on it (words, where to write it)."""

    draft: Draft
    what: str
    about: str
    period: str
    lines: list[Words]
    missing: tuple[str, str] | None


@dataclass(frozen=True)
class PreparePage:
    """What is about to be asked, to read before it is."""

    place: Place
    rows: list[DraftRow]
    cents: int
    payer: Partner | None
    until: date | None
    wrong: bool

    @property
    def back(self) -> str:
        return self.place.url("claims")


def prepare_page(place: Place, today: date, *, payer: int | None, until: date | None, wrong: bool) -> PreparePage:
    """The drafts of one payer, or of all. A constant number of queries."""
    drafts = [one for one in to_claim(place, today, until).ready if payer is None or one.partner.pk == payer]
    names = Names(place.gardens)
    names.know(line.garden for draft in drafts for line in draft.lines)
    rows = [
        DraftRow(
            one, kind_word(one), str(one.agreement or one.tranche), period_words(Period(one.from_day, one.until)),
            lines_of(one, names), _missing(one),
        )
        for one in drafts
    ]  # fmt: skip
    named = drafts[0].partner if payer is not None and drafts else None
    return PreparePage(place, rows, sum(one.total_cents for one in drafts), named, until, wrong)


def _missing(draft: Draft) -> tuple[str, str] | None:
    """What a public body's portal will ask, and the partner's card does not say."""
    partner = draft.partner
    if not (draft.sale and partner.public) or partner.siret:
        return None
    return _("Le portail de l’État demande le SIRET de ce payeur."), reverse("desk:billing", args=[partner.pk])


# --- One claim ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    """Something that happened to a claim."""

    day: date
    words: str
    url: str = ""


@dataclass(frozen=True)
class ClaimPage:
    """One claim: its text, its files, what was answered and paid."""

    claim: Claim
    place: Place
    text: Words
    word: str
    tone: str
    files: list[tuple[str, str]]
    events: list[Event]
    may_answer: bool
    may_credit: bool
    portal: str
    billing: str
    corrects_url: str

    @property
    def back(self) -> str:
        return self.place.url("claims")

    @property
    def payments_url(self) -> str:
        return self.place.url("payments")


def claim_page(claim: Claim, reach: Reach, today: date) -> ClaimPage:
    place = place_of_entity(claim.entity, reach)
    word, tone, _late = standing(claim, today)
    data = invoices.has_data(claim.text)
    forms = [("pdf", _("PDF")), *([("facturx", "Factur-X"), ("xml", "XML")] if data else [])]
    files = [(label, reverse("desk:claim_file", args=[claim.pk, form])) for form, label in forms]
    asked = claim.kind != Claim.Kind.CREDIT and place.may_write
    return ClaimPage(
        claim, place, claim.text, word, tone, files, _events(claim),
        asked and claim.state in (Claim.State.SENT, Claim.State.DISPUTED), asked and claim.state != Claim.State.CREDITED,
        _portal(claim.text) if data else "", reverse("desk:billing", args=[claim.partner_id]),
        reverse("desk:claim", args=[claim.corrects_id]) if claim.corrects_id else "",
    )  # fmt: skip


def _portal(text: Words) -> str:
    buyer = text["buyer"]
    if not buyer["siret"]:
        return _(
            "Pour le portail de l’État, il manque le SIRET du payeur. Faites un avoir, complétez la fiche du payeur, puis refaites la facture."
        )
    codes = [_("SIRET %(n)s") % {"n": buyer["siret"]}]
    codes += [_("code service %(code)s") % {"code": buyer["service_code"]}] if buyer["service_code"] else []
    codes += [_("engagement %(code)s") % {"code": buyer["engagement"]}] if buyer["engagement"] else []
    told = _("Déposez le fichier Factur-X sur le portail de l’État (Chorus Pro) : %(codes)s.")
    return told % {"codes": ", ".join(codes)}


def _events(claim: Claim) -> list[Event]:
    found = [Event(claim.issued_on, _("Faite, et figée"))]
    if claim.sent_on:
        found.append(Event(claim.sent_on, _("Envoyée")))
    if claim.answered_on:
        words = ANSWERS.get(claim.state, gettext_lazy("Réponse du payeur"))
        found.append(Event(claim.answered_on, f"{words} : {claim.answer}" if claim.answer else str(words)))
    for one in claim.corrections.order_by("pk"):
        told = _("Avoir %(number)s : %(reason)s") % {"number": one.number, "reason": one.reason}
        found.append(Event(one.issued_on, told, reverse("desk:claim", args=[one.pk])))
    if claim.advance_cents:
        found.append(Event(claim.issued_on, _("Payée d’avance, en tout ou en partie")))
    for part in claim.payments.select_related("payment").order_by("pk"):
        told = _("Paiement : %(sum)s") % {"sum": euros(part.cents)}
        found.append(Event(part.payment.day, told, reverse("desk:payment", args=[part.payment_id])))
    return sorted(found, key=lambda one: one.day)


ANSWERS: dict[str, Any] = {
    "accepted": gettext_lazy("Acceptée"),
    "partly": gettext_lazy("Acceptée en partie"),
    "disputed": gettext_lazy("Contestée"),
}


# --- Payments -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PaymentRow:
    """A payment of the list; `left`: what of it goes nowhere yet."""

    payment: Payment
    url: str
    payer: str
    left: int


@dataclass(frozen=True)
class PaymentsPage:
    """What came in: first what is not matched."""

    place: Place
    waiting: list[PaymentRow]
    rows: list[PaymentRow]
    page: Page[Any]

    @property
    def back(self) -> str:
        return self.place.url("claims")


def payments_page(place: Place, number: str) -> PaymentsPage:
    """A constant number of queries."""
    entity = place.entity
    if entity is None:
        return PaymentsPage(place, [], [], Paginator(Payment.objects.none(), PER_PAGE).get_page(1))
    waiting = waiting_payments(entity).select_related("partner").order_by("day", "pk")[:50]
    rows = Payment.objects.filter(entity=entity).annotate(matched=Coalesce(Sum("parts__cents"), 0))
    page = Paginator(rows.select_related("partner").order_by("-day", "-pk"), PER_PAGE).get_page(number)
    return PaymentsPage(place, [_paid(one) for one in waiting], [_paid(one) for one in page], page)


def _paid(payment: Any) -> PaymentRow:
    payer = str(payment.partner) if payment.partner else _("payeur inconnu")
    return PaymentRow(payment, reverse("desk:payment", args=[payment.pk]), payer, payment.cents - payment.matched)


def payers_of(place: Place) -> QuerySet[Partner]:
    """Who may have paid: those that were asked, those that owe, those that finance."""
    asked = Claim.objects.filter(entity=place.entity).values("partner")
    owes = Partner.objects.filter(pays__agreement__gardens__in=place.gardens).values("pk")
    gives = Fund.objects.filter(entity=place.entity, partner__isnull=False).values("partner")
    return Partner.objects.filter(Q(pk__in=asked) | Q(pk__in=owes) | Q(pk__in=gives)).order_by("name")


@dataclass(frozen=True)
class Target:
    """Where money of a payment may go: a claim, a tranche in advance, or back to a tranche's funder. `proposed`: cents, above
    zero; `open_cents`: below zero, what is given back."""

    key: str
    label: str
    detail: str
    open_cents: int
    proposed: int
    claim: Claim | None = None
    tranche: Tranche | None = None


@dataclass(frozen=True)
class PaymentPage:
    """One payment, what it was matched with, and where the rest may go."""

    payment: Payment
    place: Place
    left: int
    parts: list[tuple[str, str, int]]
    targets: list[Target]

    @property
    def back(self) -> str:
        return self.place.url("payments")


def payment_page(payment: Payment, reach: Reach) -> PaymentPage:
    place = place_of_entity(payment.entity, reach)
    parts = []
    for part in payment.parts.select_related("claim", "tranche__fund").order_by("pk"):
        told = _("avance · %(tranche)s") if part.cents > 0 else _("rendu · %(tranche)s")
        label = part.claim.number if part.claim else told % {"tranche": part.tranche}
        parts.append((label, reverse("desk:claim", args=[part.claim_id]) if part.claim_id else "", part.cents))
    left = payment.cents - sum(cents for _label, _url, cents in parts)
    return PaymentPage(payment, place, left, parts, _targets(payment, left) if left and place.may_write else [])


def _targets(payment: Payment, left: int) -> list[Target]:
    rows = Claim.objects.filter(entity=payment.entity).exclude(total_cents=_SETTLED)
    tranches = Tranche.objects.filter(fund__entity=payment.entity, fund__partner__isnull=False, refused_on=None)
    if payment.partner:
        partners = funding.took_over(payment.partner)
        rows, tranches = rows.filter(partner__in=partners), tranches.filter(fund__partner__in=partners)
    rows = rows.filter(total_cents__lt=0) if left < 0 else rows
    claims = list(rows.select_related("partner").order_by("due_on", "pk")[:100])
    owed = [claiming.Owed(one.pk, one.number, one.due_on, one.open_cents) for one in claims]
    if left < 0:
        proposed = {one.claim: one.open_cents for one in owed if one.open_cents == left}
    else:
        proposed = claiming.propose(left, payment.reference, owed)
    found = [_of_claim(one, abs(proposed.get(one.pk, 0))) for one in claims]
    if left < 0:
        found += _returned(payment, left)
    for tranche in tranches.select_related("fund").order_by("from_day")[:50] if left > 0 else ():
        announced = tranche.promised_cents if tranche.notified_cents is None else tranche.notified_cents
        room = announced - tranche.received_cents
        if room > 0:
            found.append(Target(f"t{tranche.pk}", _("Avance"), str(tranche), room, 0, tranche=tranche))
    return found


def _returned(payment: Payment, left: int) -> list[Target]:
    """The tranches whose funder this money may go back to."""
    rows = Tranche.objects.filter(fund__entity=payment.entity, received_cents__gt=F("used_cents"))
    if payment.partner:
        rows = rows.filter(fund__partner__in=funding.took_over(payment.partner))
    tranches = list(rows.filter(fund__partner__isnull=False).select_related("fund").order_by("from_day", "pk")[:50])
    rooms, found = actions.returnable_of(tranches), []
    for tranche in tranches:
        if room := rooms[tranche.pk]:
            proposed = -left if room == -left else 0
            found.append(
                Target(f"t{tranche.pk}", _("Rendu au financeur"), str(tranche), -room, proposed, tranche=tranche)
            )
    return found


def _of_claim(claim: Claim, proposed: int) -> Target:
    words = {"payer": claim.partner, "day": said(claim.due_on, "plain")}
    told = _("%(payer)s, à payer le %(day)s") if claim.total_cents > 0 else _("%(payer)s, avoir à déduire")
    return Target(f"c{claim.pk}", claim.number, told % words, claim.open_cents, proposed, claim=claim)


def parts_of(targets: Iterable[Target], typed: dict[str, int | None]) -> list[actions.Part]:
    """What was typed beside each target, as parts: a credit note is taken off."""
    return [
        actions.Part(cents if one.open_cents > 0 else -cents, claim=one.claim, tranche=one.tranche)
        for one in targets
        if (cents := typed.get(one.key))
    ]

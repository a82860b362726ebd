"""What a claim says, in words and figures, frozen when it is numbered: seller, buyer, lines, tax, legal mentions.

The paper, its XML and the page of a claim read nothing else (`Claim.text`): who moves or changes its name later changes no
paper. Papers are in French, whoever writes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from cageot.baskets.models import BasketSize
from cageot.core.templatetags.cageot import day as said
from cageot.desk.queries.statements import period_words
from cageot.funding.actions.claiming import Text
from cageot.funding.models import Billing, Claim, Entity
from cageot.funding.queries import Period
from cageot.funding.queries.claiming import Draft
from cageot.funding.rules import claiming
from cageot.funding.rules.claiming import Line
from cageot.network import territory
from cageot.network.models import Garden, Partner

Words = dict[str, Any]


class Names:
    """The names of gardens and sizes that lines speak of, read once for many claims."""

    def __init__(self, gardens: Sequence[Garden]) -> None:
        self.gardens = {garden.pk: garden.name for garden in gardens}
        self.alone = len(self.gardens) == 1
        rows = BasketSize.objects.filter(garden__in=list(self.gardens)).values_list("garden", "code", "name")
        self.sizes = {(garden, code): name for garden, code, name in rows}

    def know(self, gardens: Iterable[int]) -> None:
        """Also the gardens whose baskets a tranche of the head pays."""
        missing = set(gardens) - self.gardens.keys()
        if missing:
            self.gardens |= dict(Garden.objects.filter(pk__in=missing).values_list("pk", "name"))
            self.alone = False

    def line(self, line: Line) -> Words:
        """One line as it is printed."""
        month = f"{MONTHS[line.month.month]} {line.month.year}"
        size = self.sizes.get((line.garden, line.size), line.size)
        what = _("Paniers solidaires") if line.baskets or line.size else _("Part refusée puis annulée")
        if line.what == claiming.GRANT:
            what = _("Projet de jardin : %(name)s") % {"name": line.name}
        elif line.what == claiming.SESSION:
            what = _("Ateliers")
        parts = [what, _("taille %(size)s") % {"size": size} if size else "", month]
        parts += [] if self.alone else [self.gardens.get(line.garden, "")]
        return {
            "label": " · ".join(str(part) for part in parts if part),
            "baskets": line.baskets,
            "unit_cents": line.unit_cents,
            "cents": line.cents,
        }


def writer(entity: Entity, gardens: Sequence[Garden]) -> Text:
    """Who writes the text of an entity's claims and credit notes."""
    names = Names(gardens)

    def write(claim: Claim, draft: Draft | None) -> Words:
        with translation.override("fr"):
            return _claim(claim, draft, entity, gardens, names) if draft else _credit(claim)

    return write


def lines_of(draft: Draft, names: Names) -> list[Words]:
    """The lines of a draft, as they would be printed."""
    names.know(line.garden for line in draft.lines)
    return [names.line(line) for line in draft.lines]


def _claim(claim: Claim, draft: Draft, entity: Entity, gardens: Sequence[Garden], names: Names) -> Words:
    billing = Billing.objects.filter(partner=draft.partner).first()
    about = _about(claim)
    public = draft.partner.public
    return _whole(
        claim, sale=draft.sale, public=public, about=about, lines=lines_of(draft, names), seller=seller_of(entity, gardens),
        buyer=buyer_of(draft.partner, billing, draft.engagement), subject=any(garden.vat_subject for garden in gardens),
    )  # fmt: skip


def _about(claim: Claim) -> str:
    if claim.agreement:
        return _("Convention « %(name)s »") % {"name": claim.agreement.name}
    assert claim.tranche is not None
    reference = claim.tranche.fund.reference
    return str(claim.tranche) + (_(", n° %(number)s") % {"number": reference} if reference else "")


def _credit(claim: Claim) -> Words:
    """A credit note of what its claim said: all of it, or one line for what is refused."""
    assert claim.corrects is not None
    before = claim.corrects.text
    whole = claim.total_cents == -claim.corrects.total_cents
    if whole:
        lines = [line | {"baskets": -line["baskets"], "cents": -line["cents"]} for line in before["lines"]]
    else:
        what = _("Part refusée de %(number)s") if claim.refused or claim.tranche else _("Reste de %(number)s, annulé")
        label = what % {"number": before["number"]}
        lines = [{"label": label, "baskets": 0, "unit_cents": None, "cents": claim.total_cents}]
    return _whole(
        claim, sale=before["sale"], public=before["buyer"]["public"], about=before["about"], lines=lines,
        seller=before["seller"], buyer=before["buyer"], subject=before["vat"]["category"] == "S",
    )  # fmt: skip


def _whole(
    claim: Claim, *, sale: bool, public: bool, about: str, lines: list[Words], seller: Words, buyer: Words, subject: bool
) -> Words:  # fmt: skip
    vat = claiming.vat_of(claim.total_cents, sale=sale, subject=subject)
    nets = claiming.net_parts([line["cents"] for line in lines], vat.net_cents)
    corrects = claim.corrects
    return {
        "version": 1, "kind": claim.kind, "sale": sale, "number": claim.number, "title": _title(claim, sale),
        "issued_on": claim.issued_on.isoformat(), "due_on": claim.due_on.isoformat(), "from_day": claim.from_day.isoformat(),
        "until_day": claim.until_day.isoformat(), "period": period_words(Period(claim.from_day, claim.until_day)), "about": about,
        "seller": seller, "buyer": buyer,
        "corrects": {"number": corrects.number, "issued_on": corrects.issued_on.isoformat()} if corrects else None,
        "reason": claim.reason, "lines": [line | {"net_cents": net} for line, net in zip(lines, nets, strict=True)],
        "vat": {
            "category": vat.category, "rate_bp": vat.rate_bp, "net_cents": vat.net_cents, "vat_cents": vat.vat_cents,
            "rounding_cents": vat.rounding_cents, "reason": vat.reason,
        },
        "total_cents": claim.total_cents, "advance_cents": claim.advance_cents, "notes": _notes(claim, sale=sale, public=public, vat=vat),
    }  # fmt: skip


def _title(claim: Claim, sale: bool) -> str:
    if claim.kind == Claim.Kind.CREDIT:
        return _("Avoir %(number)s") % {"number": claim.number}
    if claim.advance_cents == claim.total_cents:  # its money is there already: it only says what became of it
        return _("Justificatif %(number)s") % {"number": claim.number}
    return (_("Facture %(number)s") if sale else _("Appel de fonds %(number)s")) % {"number": claim.number}


def _notes(claim: Claim, *, sale: bool, public: bool, vat: claiming.Vat) -> Words:
    """Legal mentions by their subject (UNTDID 4451): PMT the indemnity, PMD the penalties, AAB the discount, TXD the tax."""
    found = {"TXD": vat.reason} if vat.reason else {}
    if claim.kind != Claim.Kind.CREDIT and claim.advance_cents < claim.total_cents:
        found["AAI"] = _("À payer le %(day)s au plus tard.") % {"day": said(claim.due_on, "plain")}
    if sale:  # on its credit note too, where the French rules of the standard want them (BR-FR-05)
        found["AAB"] = _("Pas d’escompte pour paiement anticipé.")
        found["PMD"] = PUBLIC_LATE if public else LATE
        found["PMT"] = PUBLIC_INDEMNITY if public else INDEMNITY
    return found


LATE = (
    "En cas de retard : pénalités au taux de la Banque centrale européenne majoré de dix points "
    "(article L. 441-10 du code de commerce)."
)
INDEMNITY = (
    "Indemnité forfaitaire pour frais de recouvrement en cas de retard : 40 € (article D. 441-5 du code de commerce)."
)
PUBLIC_LATE = (
    "En cas de retard : intérêts moratoires au taux de la Banque centrale européenne majoré de huit points "
    "(article R. 2192-31 du code de la commande publique)."
)
PUBLIC_INDEMNITY = (
    "Indemnité forfaitaire pour frais de recouvrement en cas de retard : 40 € "
    "(article D. 2192-35 du code de la commande publique)."
)


def seller_of(entity: Entity, gardens: Sequence[Garden]) -> Words:
    """The entity that claims; its seat, telephone and address are those of its garden when it has one only."""
    found: Words = {
        "name": entity.name, "siren": entity.siren, "siret": "", "rna": entity.rna, "address": entity.address, "postcode": "",
        "city": "", "email": "", "phone": "", "vat_number": entity.vat_number, "iban": entity.iban, "bic": entity.bic,
    }  # fmt: skip
    if gardens:
        first = gardens[0]
        found |= {
            "siret": first.siret,
            "siren": entity.siren or first.siret[:9],
            "email": first.email,
            "phone": first.phone,
        }
        found |= {"iban": entity.iban or first.iban, "bic": entity.bic or first.bic}
        if len(gardens) == 1:
            found |= {"address": first.address, "postcode": first.postcode, "city": first.commune.name}
    return found


def buyer_of(partner: Partner, billing: Billing | None, engagement: str) -> Words:
    """Whom it is sent to, with the references that it wants on papers."""
    city = ""
    if partner.commune_code:
        try:
            city = territory.commune(partner.commune_code).name
        except KeyError:
            city = ""
    found: Words = {
        "name": partner.name, "siret": partner.siret, "public": partner.public, "address": "", "postcode": "", "city": city,
        "email": "", "service_code": "", "engagement": engagement,
    }  # fmt: skip
    if billing:
        found |= {
            "name": billing.legal_name or partner.name, "address": billing.address, "postcode": billing.postcode,
            "city": billing.city or city, "email": billing.email, "service_code": billing.service_code,
            "engagement": engagement or billing.engagement,
        }  # fmt: skip
    return found


def day_of(text: Words, name: str) -> date:
    return date.fromisoformat(text[name])

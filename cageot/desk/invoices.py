"""A claim as files, made of its frozen text alone: the paper (PDF), and for public bodies the same with its data (Factur-X).

Factur-X, profile EN 16931: the invoice as XML (UN/CEFACT CII) inside a PDF/A-3. The XML is written here, term by term; the
library `factur-x` checks it against the standard's own schema and puts it in the paper (decision 0027). BT- numbers are
those of EN 16931.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from django.utils import translation
from django.utils.translation import gettext as _

from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros, number, phone
from cageot.desk.pdf import write_pdf
from cageot.desk.queries.claims_text import Words, day_of

# --- The paper ------------------------------------------------------------------------------------


def pdf_of(text: Words, *, at: datetime) -> bytes:
    """The paper. The same text and moment give the same bytes."""
    with translation.override("fr"):
        return write_pdf("claim.typ", paper(text), at=at)


def facturx_of(text: Words, *, at: datetime) -> bytes:
    """The paper with its data inside, for the State's portal. Raises when the standard's schema refuses the data."""
    from facturx import generate_from_binary  # lxml and pypdf: only who makes such a file waits for them

    with translation.override("fr"):
        paper_of = write_pdf("claim.typ", paper(text), at=at, standards=("a-3b",))
    made: bytes = generate_from_binary(
        paper_of, xml_of(text), flavor="factur-x", level="en16931", lang="fr-FR", afrelationship="data", xmp_compression=False,
        pdf_metadata={
            "author": text["seller"]["name"], "keywords": "Factur-X", "title": text["title"],
            "subject": f"{text['title']}, {text['buyer']['name']}",
        },
    )  # fmt: skip
    return made


def has_data(text: Words) -> bool:
    """Whether the portal may take it: an invoice to a public body, or the credit note of one. A call for funds is no invoice."""
    return bool(text["sale"] and text["buyer"]["public"])


def paper(text: Words) -> dict[str, object]:
    """All the words of the PDF."""
    issued, vat = day_of(text, "issued_on"), text["vat"]
    rows = [
        [
            line["label"],
            number(line["baskets"]) if line["baskets"] else "",
            euros(line["unit_cents"]) if line["unit_cents"] is not None else "",
            euros(line["cents"]),
        ]
        for line in text["lines"]
    ]
    totals = []
    if vat["category"] == "S":
        totals = [
            [_("Total hors taxe"), euros(vat["net_cents"])],
            [_("TVA %(rate)s %%") % {"rate": number(vat["rate_bp"] / 100, 1)}, euros(vat["vat_cents"])],
        ]
        totals += [[_("Arrondi"), euros(vat["rounding_cents"])]] if vat["rounding_cents"] else []
    left = text["total_cents"] - text["advance_cents"]
    if text["advance_cents"]:
        totals += [
            [_("Dépensé selon vos conditions"), euros(text["total_cents"])],
            [_("Déjà reçu"), euros(-text["advance_cents"])],
        ]
    return {
        "lang": "fr", "title": text["title"], "author": text["seller"]["name"], "date": [issued.year, issued.month, issued.day],
        "seller": {"role": _("De"), "name": text["seller"]["name"], "lines": _seller(text["seller"])},
        "buyer": {"role": _("À"), "name": text["buyer"]["name"], "lines": _buyer(text["buyer"])},
        "heading": text["title"], "period": _heading(text), "facts": _facts(text),
        "columns": [_("Ce qui est demandé"), _("Paniers"), _("Prix"), _("Montant")], "rows": rows, "totals": totals,
        "total": [_total_word(text), euros(left)], "pay": _pay(text), "notes": _notes(text),
        "footer": f"{text['seller']['name']} · {text['title']}",
    }  # fmt: skip


def _total_word(text: Words) -> str:
    if text["kind"] == "credit":
        return _("Total en votre faveur")
    return _("Total TTC") if text["vat"]["category"] == "S" else _("Total à payer")


def _heading(text: Words) -> str:
    if text["corrects"]:
        words = {"number": text["corrects"]["number"], "day": said(day_of(text["corrects"], "issued_on"), "plain")}
        return _("Sur %(number)s du %(day)s. %(reason)s") % {**words, "reason": text["reason"]}
    return f"{text['about']} · {text['period']}"


def _facts(text: Words) -> list[list[str]]:
    found = [[_("Date"), said(day_of(text, "issued_on"), "plain")]]
    if text["kind"] != "credit" and text["advance_cents"] < text["total_cents"]:
        found.append([_("À payer avant le"), said(day_of(text, "due_on"), "plain")])
    found += [[_("Code service"), text["buyer"]["service_code"]]] if text["buyer"]["service_code"] else []
    found += [[_("Engagement"), text["buyer"]["engagement"]]] if text["buyer"]["engagement"] else []
    return found


def _place(party: Words) -> list[str]:
    return [line for line in (party["address"], f"{party['postcode']} {party['city']}".strip()) if line]


def _seller(party: Words) -> list[str]:
    numbers = (("SIRET", "siret"), ("RNA", "rna"), (_("TVA"), "vat_number"))
    lines = [*_place(party), *(f"{label} {party[key]}" for label, key in numbers if party[key])]
    return lines + [line for line in (phone(party["phone"]) if party["phone"] else "", party["email"]) if line]


def _buyer(party: Words) -> list[str]:
    return [*_place(party), *([f"SIRET {party['siret']}"] if party["siret"] else [])]


def _pay(text: Words) -> list[list[str]]:
    if text["kind"] == "credit" or text["advance_cents"] == text["total_cents"]:
        return []
    found = [[_("Indiquez avec votre paiement :"), text["number"]]]
    if iban := text["seller"]["iban"]:
        spaced = " ".join(iban[place : place + 4] for place in range(0, len(iban), 4))
        found.insert(0, [_("Par virement, IBAN :"), spaced])
    return found


def _notes(text: Words) -> list[str]:
    """Printed; the day to pay stands above already, and a credit note is not paid late."""
    printed = {"TXD"} if text["kind"] == "credit" else text["notes"].keys() - {"AAI"}
    return [note for subject, note in text["notes"].items() if subject in printed]


# --- The data -------------------------------------------------------------------------------------

PROFILE = "urn:cen.eu:en16931:2017"
RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
INVOICE, CREDIT_NOTE = "380", "381"
FRAME = "B1"
"""The frame of billing (BT-23): an invoice of goods, deposited by its seller."""


def xml_of(text: Words) -> bytes:
    """The invoice as CII. A credit note (381) tells what is taken off as amounts above zero."""
    for prefix, name in (("rsm", RSM), ("ram", RAM), ("udt", UDT)):
        ET.register_namespace(prefix, name)
    credit = text["kind"] == "credit"
    sign = -1 if credit else 1
    root = ET.Element(f"{{{RSM}}}CrossIndustryInvoice")
    _context(root)
    _document(root, text, CREDIT_NOTE if credit else INVOICE)
    trade = ET.SubElement(root, f"{{{RSM}}}SupplyChainTradeTransaction")
    for place, line in enumerate(text["lines"], start=1):
        _line(trade, place, line, text["vat"], sign)
    _agreement(trade, text)
    delivery = _add(trade, "ApplicableHeaderTradeDelivery/ActualDeliverySupplyChainEvent")
    _date(delivery, "OccurrenceDateTime", text["until_day"])  # BT-72
    _settlement(trade, text, sign)
    made: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return made


def _add(parent: ET.Element, path: str, value: object = None, **attributes: str) -> ET.Element:
    """An element of the common vocabulary under `parent`, with those between ("A/B")."""
    for name in path.split("/"):
        parent = ET.SubElement(parent, f"{{{RAM}}}{name}")
    if value is not None:
        parent.text = str(value)
    parent.attrib.update(attributes)
    return parent


def _date(parent: ET.Element, path: str, iso: str, space: str = UDT) -> None:
    ET.SubElement(_add(parent, path), f"{{{space}}}DateTimeString", format="102").text = iso.replace("-", "")


def _money(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"


def _context(root: ET.Element) -> None:
    context = ET.SubElement(root, f"{{{RSM}}}ExchangedDocumentContext")
    _add(context, "BusinessProcessSpecifiedDocumentContextParameter/ID", FRAME)  # BT-23
    _add(context, "GuidelineSpecifiedDocumentContextParameter/ID", PROFILE)  # BT-24


def _document(root: ET.Element, text: Words, kind: str) -> None:
    document = ET.SubElement(root, f"{{{RSM}}}ExchangedDocument")
    _add(document, "ID", text["number"])  # BT-1
    _add(document, "TypeCode", kind)  # BT-3
    _date(document, "IssueDateTime", text["issued_on"])  # BT-2
    for subject, words in text["notes"].items():
        note = _add(document, "IncludedNote")
        _add(note, "Content", words)  # BT-22
        _add(note, "SubjectCode", subject)  # BT-21
    if text["reason"]:
        note = _add(document, "IncludedNote")
        _add(note, "Content", text["reason"])


def _line(trade: ET.Element, place: int, line: Words, vat: Words, sign: int) -> None:
    """A line: so many baskets at a net price, or one lump. Prices are never below zero; quantities may be (BR-27)."""
    net = sign * line["net_cents"]
    many = abs(line["baskets"]) or 1
    item = _add(trade, "IncludedSupplyChainTradeLineItem")
    _add(item, "AssociatedDocumentLineDocument/LineID", place)  # BT-126
    _add(item, "SpecifiedTradeProduct/Name", line["label"])  # BT-153
    price = _add(item, "SpecifiedLineTradeAgreement/NetPriceProductTradePrice")
    _add(price, "ChargeAmount", f"{abs(net) / many / 100:.6f}".rstrip("0").rstrip("."))  # BT-146
    quantity = many if net >= 0 else -many
    _add(item, "SpecifiedLineTradeDelivery/BilledQuantity", quantity, unitCode="C62")  # BT-129
    settlement = _add(item, "SpecifiedLineTradeSettlement")
    _tax(_add(settlement, "ApplicableTradeTax"), vat)
    _add(settlement, "SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount", _money(net))  # BT-131


def _tax(tax: ET.Element, vat: Words) -> None:
    _add(tax, "TypeCode", "VAT")
    _add(tax, "CategoryCode", vat["category"])  # BT-151, BT-118
    _add(tax, "RateApplicablePercent", f"{vat['rate_bp'] / 100:.2f}")  # BT-152, BT-119


def _agreement(trade: ET.Element, text: Words) -> None:
    agreement = _add(trade, "ApplicableHeaderTradeAgreement")
    if text["buyer"]["service_code"]:
        _add(agreement, "BuyerReference", text["buyer"]["service_code"])  # BT-10
    _party(_add(agreement, "SellerTradeParty"), text["seller"], text["vat"])
    _party(_add(agreement, "BuyerTradeParty"), text["buyer"], None)
    if text["buyer"]["engagement"]:
        _add(agreement, "BuyerOrderReferencedDocument/IssuerAssignedID", text["buyer"]["engagement"])  # BT-13
    _add(agreement, "ContractReferencedDocument/IssuerAssignedID", text["about"])  # BT-12


SIRET_SCHEME, SIREN_SCHEME, ADDRESS_SCHEME = "0009", "0002", "0225"
"""Registers of ISO 6523: establishments, companies, and electronic addresses of French bodies."""


def _party(party: ET.Element, who: Words, vat: Words | None) -> None:
    siren = who.get("siren") or who["siret"][:9]
    if who["siret"]:
        _add(party, "GlobalID", who["siret"], schemeID=SIRET_SCHEME)  # BT-29, BT-46
    _add(party, "Name", who["name"])  # BT-27, BT-44
    if siren:
        _add(party, "SpecifiedLegalOrganization/ID", siren, schemeID=SIREN_SCHEME)  # BT-30, BT-47
    address = _add(party, "PostalTradeAddress")
    for name, key in (("PostcodeCode", "postcode"), ("LineOne", "address"), ("CityName", "city")):
        if who[key]:
            _add(address, name, who[key])
    _add(address, "CountryID", "FR")  # BT-40, BT-55
    if siren:
        _add(party, "URIUniversalCommunication/URIID", siren, schemeID=ADDRESS_SCHEME)  # BT-34, BT-49
    if vat is not None and vat["category"] != "O":
        if who["vat_number"]:
            _add(party, "SpecifiedTaxRegistration/ID", who["vat_number"], schemeID="VA")  # BT-31
        elif siren:
            _add(party, "SpecifiedTaxRegistration/ID", siren, schemeID="FC")  # BT-32


def _settlement(trade: ET.Element, text: Words, sign: int) -> None:
    vat, total = text["vat"], sign * text["total_cents"]
    settlement = _add(trade, "ApplicableHeaderTradeSettlement")
    _add(settlement, "PaymentReference", text["number"])  # BT-83
    _add(settlement, "InvoiceCurrencyCode", "EUR")  # BT-5
    _means(settlement, text)
    tax = _add(settlement, "ApplicableTradeTax")
    _add(tax, "CalculatedAmount", _money(sign * vat["vat_cents"]))  # BT-117
    _add(tax, "TypeCode", "VAT")
    if vat["reason"]:
        _add(tax, "ExemptionReason", vat["reason"])  # BT-120
    _add(tax, "BasisAmount", _money(sign * vat["net_cents"]))  # BT-116
    _add(tax, "CategoryCode", vat["category"])
    if vat["category"] == "E":
        _add(tax, "ExemptionReasonCode", "VATEX-FR-FRANCHISE")  # BT-121
    _add(tax, "RateApplicablePercent", f"{vat['rate_bp'] / 100:.2f}")
    period = _add(settlement, "BillingSpecifiedPeriod")
    _date(period, "StartDateTime", text["from_day"])  # BT-73
    _date(period, "EndDateTime", text["until_day"])  # BT-74
    terms = _add(settlement, "SpecifiedTradePaymentTerms")
    _add(terms, "Description", text["notes"].get("AAI") or _("À déduire de votre prochain paiement."))  # BT-20
    _date(terms, "DueDateDateTime", text["due_on"])  # BT-9
    sums = _add(settlement, "SpecifiedTradeSettlementHeaderMonetarySummation")
    net, rounding = sign * vat["net_cents"], sign * vat["rounding_cents"]
    _add(sums, "LineTotalAmount", _money(net))  # BT-106
    _add(sums, "TaxBasisTotalAmount", _money(net))  # BT-109
    _add(sums, "TaxTotalAmount", _money(sign * vat["vat_cents"]), currencyID="EUR")  # BT-110
    if rounding:
        _add(sums, "RoundingAmount", _money(rounding))  # BT-114
    _add(sums, "GrandTotalAmount", _money(total - rounding))  # BT-112
    _add(sums, "DuePayableAmount", _money(total))  # BT-115
    if text["corrects"]:
        before = _add(settlement, "InvoiceReferencedDocument")
        _add(before, "IssuerAssignedID", text["corrects"]["number"])  # BT-25
        _date(before, "FormattedIssueDateTime", text["corrects"]["issued_on"], QDT)  # BT-26


QDT = "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"


def _means(settlement: ET.Element, text: Words) -> None:
    """A transfer, when the seller has an account (BG-16)."""
    if iban := text["seller"]["iban"]:
        means: Any = _add(settlement, "SpecifiedTradeSettlementPaymentMeans")
        _add(means, "TypeCode", "58")  # BT-81: SEPA transfer
        _add(means, "PayeePartyCreditorFinancialAccount/IBANID", iban)  # BT-84
        if bic := text["seller"]["bic"]:
            _add(means, "PayeeSpecifiedCreditorFinancialInstitution/BICID", bic)  # BT-86

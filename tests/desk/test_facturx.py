"""The data of an invoice: the standard's schema takes it, its totals are the paper's to the cent, and it stands inside the paper."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import facturx
import pytest
from facturx import get_facturx_xml_from_pdf, xml_check_xsd
from pypdf import PdfReader

from cageot.desk import invoices
from tests.desk.claim_texts import a_text

AT = datetime(2018, 3, 14, 9, 0, tzinfo=UTC)
ODD = [("Paniers solidaires", 1, 10)]
TEXTS = {
    "exempt": a_text(), "taxed": a_text(subject=True, vat_number="FR40732829320"), "credit": a_text(kind="credit"),
    "credit, taxed": a_text(kind="credit", subject=True), "an odd cent": a_text(subject=True, lines=ODD),
    "without references": a_text(siret="", service_code="", engagement=""),
    "nasty": a_text(name="A & B <CCAS> « l’été » 🌱", lines=[("Paniers & <légumes> · €", 3, 333), ("Reprise", -1, 333)]),
}  # fmt: skip
NAMES = {"ram": invoices.RAM, "rsm": invoices.RSM}
each = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())


def value(xml: bytes, path: str) -> str:
    found = ET.fromstring(xml).find(f".//{'/'.join('ram:' + name for name in path.split('/'))}", NAMES)
    return "" if found is None else str(found.text)


def cents(amount: str) -> int:
    return round(float(amount) * 100) if amount else 0


@each
def test_the_standard_s_own_schema_takes_it(text: dict) -> None:
    assert xml_check_xsd(invoices.xml_of(text), flavor="factur-x", level="en16931")


@each
def test_the_totals_are_those_of_the_paper_to_the_cent(text: dict) -> None:
    xml, sign = invoices.xml_of(text), -1 if text["kind"] == "credit" else 1
    totals = "SpecifiedTradeSettlementHeaderMonetarySummation/"
    net, tax = cents(value(xml, totals + "TaxBasisTotalAmount")), cents(value(xml, totals + "TaxTotalAmount"))
    odd, due = cents(value(xml, totals + "RoundingAmount")), cents(value(xml, totals + "DuePayableAmount"))
    assert due == sign * text["total_cents"] == net + tax + odd
    lines = [one.text for one in ET.fromstring(xml).iter(f"{{{invoices.RAM}}}LineTotalAmount")]
    assert sum(cents(str(one)) for one in lines[:-1]) == cents(str(lines[-1])) == net


def test_references_of_the_portal_are_where_it_reads_them() -> None:
    xml = invoices.xml_of(a_text())
    assert value(xml, "ApplicableHeaderTradeAgreement/BuyerReference") == "SOCIAL-04"
    assert value(xml, "BuyerOrderReferencedDocument/IssuerAssignedID") == "2018-000123"
    assert value(xml, "BuyerTradeParty/GlobalID") == "26410018700010"


def test_a_credit_note_says_which_invoice_it_takes_off() -> None:
    xml = invoices.xml_of(a_text(kind="credit"))
    assert b"<ram:TypeCode>381</ram:TypeCode>" in xml
    assert value(xml, "InvoiceReferencedDocument/IssuerAssignedID") == "2018-0003"


@each
def test_the_file_for_the_portal_is_a_pdf_a_3_with_the_data_inside(text: dict) -> None:
    made = invoices.facturx_of(text, at=AT)
    name, xml = get_facturx_xml_from_pdf(made)
    assert name == "factur-x.xml" and xml == invoices.xml_of(text)
    reader = PdfReader(io.BytesIO(made))
    told = reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in told and "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>" in told
    assert reader.trailer["/Root"]["/OutputIntents"]
    assert reader.trailer["/Root"]["/AF"]


def test_a_call_for_funds_is_no_invoice() -> None:
    assert invoices.has_data(a_text())
    assert not invoices.has_data(a_text() | {"sale": False})
    assert not invoices.has_data(a_text(public=False))


RULES = Path(facturx.__file__).parent / "xsd_and_schematron"


@pytest.mark.parametrize(
    "rules", ["facturx-en16931/FACTUR-X_EN16931.xslt", "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt"]
)
def test_the_business_rules_of_the_standard_and_of_france_hold(rules: str, tmp_path: Path) -> None:
    """With Saxon, which weighs 110 MB: `uv run --group schematron pytest tests/desk/test_facturx.py`."""
    saxon = pytest.importorskip("saxonche")
    with saxon.PySaxonProcessor(license=False) as processor:
        check = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(RULES / rules))
        for name, text in TEXTS.items():
            if "BR-FR" in rules and not text["buyer"]["siret"]:
                continue  # French rules want its number (BR-FR-12): the page that prepares the invoice says so
            file = tmp_path / "invoice.xml"
            file.write_bytes(invoices.xml_of(text))
            report = ET.fromstring(check.transform_to_string(source_file=str(file)))
            failed = list(report.iter("{http://purl.oclc.org/dsdl/svrl}failed-assert"))
            assert ["".join(one.itertext()).strip() for one in failed] == [], name

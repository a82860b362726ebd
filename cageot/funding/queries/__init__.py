"""Rows of agreements and books as facts for the rules and the pages."""

from cageot.funding.queries.books import (
    AgreementFact,
    Period,
    agreement_facts,
    charge_facts,
    edition_on,
    exempted,
    line_rule,
    payer_class,
    quotas,
    report_lines,
    who_pays,
)

__all__ = [
    "AgreementFact",
    "Period",
    "agreement_facts",
    "charge_facts",
    "edition_on",
    "exempted",
    "line_rule",
    "payer_class",
    "quotas",
    "report_lines",
    "who_pays",
]

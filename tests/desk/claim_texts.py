"""Frozen texts of claims, as they are kept, for tests of papers and of their data."""

from __future__ import annotations

from typing import Any

from cageot.desk.queries.claims_text import INDEMNITY, LATE
from cageot.funding.rules import claiming

LINES = [
    ("Paniers solidaires · taille Grand · janvier 2018", 42, 420),
    ("Paniers solidaires · taille Petit · janvier 2018", -3, 280),
]


def a_text(
    *,
    subject: bool = False,
    kind: str = "invoice",
    lines: list[tuple[str, int, int]] = LINES,
    vat_number: str = "",
    **buyer: Any,
) -> dict[str, Any]:
    """An invoice to the CCAS of Blois; `kind="credit"` takes it back, `subject` is taxed."""
    sign = -1 if kind == "credit" else 1
    cents = [sign * baskets * unit for _label, baskets, unit in lines]
    vat = claiming.vat_of(sum(cents), sale=True, subject=subject)
    nets = claiming.net_parts(cents, vat.net_cents)
    notes = {"TXD": vat.reason} if vat.reason else {}
    notes |= {"AAB": "Pas d’escompte.", "PMD": LATE, "PMT": INDEMNITY}
    if kind == "invoice":
        notes["AAI"] = "À payer le 13 avril 2018 au plus tard."
    return {
        "version": 1, "kind": kind, "sale": True, "number": "2018-0007", "title": "Facture 2018-0007", "issued_on": "2018-03-14",
        "due_on": "2018-04-13", "from_day": "2018-01-01", "until_day": "2018-02-28", "period": "1er trimestre 2018",
        "about": "Convention « CCAS de Blois »", "corrects": {"number": "2018-0003", "issued_on": "2018-01-10"} if sign < 0 else None,
        "reason": "Deux fois la même semaine." if sign < 0 else "",
        "seller": {
            "name": "Jardin du Clos-Joli & fils (démo)", "siren": "732829320", "siret": "73282932000074", "rna": "W411234567", "address": "Chemin des Prés",
            "postcode": "41000", "city": "Blois", "email": "jardin@example.org", "phone": "0254000000", "vat_number": vat_number,
            "iban": "FR7630006000011234567890189", "bic": "AGRIFRPP",
        },
        "buyer": {
            "name": "CCAS de Blois (démo)", "siret": "26410018700010", "public": True, "address": "4, rue des Lilas", "postcode": "41000",
            "city": "Blois", "email": "", "service_code": "SOCIAL-04", "engagement": "2018-000123",
        } | buyer,
        "lines": [
            {"label": label, "baskets": sign * baskets, "unit_cents": unit, "cents": amount, "net_cents": net}
            for (label, baskets, unit), amount, net in zip(lines, cents, nets, strict=True)
        ],
        "vat": {
            "category": vat.category, "rate_bp": vat.rate_bp, "net_cents": vat.net_cents, "vat_cents": vat.vat_cents,
            "rounding_cents": vat.rounding_cents, "reason": vat.reason,
        },
        "total_cents": sum(cents), "advance_cents": 0, "notes": notes,
    }  # fmt: skip

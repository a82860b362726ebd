"""Agreements, funds, what baskets cost and who pays, claims and payments, grants, and the accountant's books.

Money sits low in the house: these tables know gardens and payers, never a household (decision 0001).
"""

from cageot.funding.models.agreements import (
    Agreement,
    AgreementPayer,
    CapExemption,
    Tariff,
    TariffLine,
    TariffShare,
)
from cageot.funding.models.ahead import Outlook, WatchRule
from cageot.funding.models.books import Account, Books, Charge, Entry, Posting, Seal, Share
from cageot.funding.models.claims import Billing, Claim, ClaimLine, ClaimTerms, Payment, PaymentPart
from cageot.funding.models.funds import (
    Fund,
    Proposal,
    ProposalLine,
    SavedScenario,
    Settlement,
    SettlementLine,
    Tranche,
    TrancheUse,
)
from cageot.funding.models.grants import GrantApplication, GrantCall, GrantInstalment, GrantLine, GrantMove, GrantReport
from cageot.funding.models.ledger import BookEntry, BookLine, Entity, EntityGarden, FiscalYear

__all__ = [
    "Account", "Agreement", "AgreementPayer", "Billing", "BookEntry", "BookLine", "Books", "CapExemption", "Charge", "Claim",
    "ClaimLine", "ClaimTerms", "Entity", "EntityGarden", "Entry", "FiscalYear", "Fund", "GrantApplication", "GrantCall",
    "GrantInstalment", "GrantLine", "GrantMove", "GrantReport", "Outlook", "Payment", "PaymentPart", "Posting", "Proposal", "ProposalLine",
    "SavedScenario", "Seal", "Settlement", "SettlementLine", "Share", "Tariff", "TariffLine", "TariffShare", "Tranche", "TrancheUse", "WatchRule",
]  # fmt: skip

"""What the database keeps of the books: balanced when sealed, never changed after.

An entry dangles (deferred foreign key) until its seal is laid, so an unsealed entry fails at COMMIT;
the seal is refused unless all that it closes is square. Decision 0005 argues the design.
"""

from cageot.core.triggers import Guard, append_only

# A line must see its entry, not yet sealed. On PostgreSQL such an entry is always of one's own transaction: nobody
# slips a line into an entry that another transaction is about to commit.
NO_OPEN_ENTRY = (
    "NOT EXISTS (SELECT 1 FROM funding_entry e WHERE e.id = NEW.entry_id"
    " AND NOT EXISTS (SELECT 1 FROM funding_seal s WHERE s.id = e.id))"
)
NO_OPEN_CHARGE = (
    "NOT EXISTS (SELECT 1 FROM funding_charge c WHERE c.id = NEW.charge_id"
    " AND NOT EXISTS (SELECT 1 FROM funding_seal s WHERE s.id = c.entry_id))"
)

UNBALANCED = "(SELECT COUNT(*) < 2 OR COALESCE(SUM(p.cents), 0) <> 0 FROM funding_posting p WHERE p.entry_id = NEW.id)"
# The member's part that the cap looks at is the one that the member's shares say.
ODD_CHARGE = (
    "EXISTS (SELECT 1 FROM funding_charge c WHERE c.entry_id = NEW.id AND (c.price_cents, c.member_cents) <>"
    " (SELECT COALESCE(SUM(s.cents), 0), COALESCE(SUM(CASE WHEN s.by = 'member' THEN s.cents ELSE 0 END), 0)"
    " FROM funding_share s WHERE s.charge_id = c.id))"
)
INCOME_DIFFERS = (
    "(SELECT COALESCE(SUM(c.price_cents), 0) FROM funding_charge c WHERE c.entry_id = NEW.id) <>"
    " -(SELECT COALESCE(SUM(p.cents), 0) FROM funding_posting p JOIN funding_account a ON a.id = p.account_id"
    " WHERE p.entry_id = NEW.id AND a.kind IN ('sale', 'grant', 'scheme'))"
)

# Statements find what a partner paid by its rows in agreements: past ones must not become another's.
PAYER_BECOMES = (
    "(NEW.kind <> OLD.kind OR NEW.agreement_id <> OLD.agreement_id OR COALESCE(NEW.partner_id, 0) <> COALESCE(OLD.partner_id, 0))"
    " AND EXISTS (SELECT 1 FROM funding_account a WHERE a.payer_id = OLD.id)"
)

# The accountant's books: lines are written first, then the entry that closes them.
BOOKS_UNBALANCED = (
    "(SELECT COUNT(*) < 2 OR COALESCE(SUM(l.cents), 0) <> 0 FROM funding_bookline l WHERE l.entry_id = NEW.id)"
)
BOOK_ENTRY_CLOSED = "EXISTS (SELECT 1 FROM funding_bookentry e WHERE e.id = NEW.entry_id)"
YEAR_CLOSED = (
    "EXISTS (SELECT 1 FROM funding_fiscalyear y WHERE y.id = NEW.year_id"
    " AND (y.closed_at IS NOT NULL OR NEW.day < y.first OR NEW.day > y.last OR y.entity_id <> NEW.entity_id))"
)

GUARDS = [
    Guard("seal_balances", "funding_seal", "INSERT", "the entry is not balanced", UNBALANCED),
    Guard(
        "seal_shares_make_prices",
        "funding_seal",
        "INSERT",
        "the shares of a charge do not make its price, or what its member pays",
        ODD_CHARGE,
    ),
    Guard("seal_income_is_charged", "funding_seal", "INSERT", "the income is not what was charged", INCOME_DIFFERS),
    Guard("posting_before_seal", "funding_posting", "INSERT", "the entry is sealed, or not there", NO_OPEN_ENTRY),
    Guard("charge_before_seal", "funding_charge", "INSERT", "the entry is sealed, or not there", NO_OPEN_ENTRY),
    Guard("share_before_seal", "funding_share", "INSERT", "the charge is sealed, or not there", NO_OPEN_CHARGE),
    *append_only("funding_entry"),
    *append_only("funding_posting"),
    *append_only("funding_charge"),
    *append_only("funding_share"),
    *append_only("funding_seal"),
    # The seal prints the account's number: what the account stands for must not move under it.
    Guard(
        "payer_keeps_its_meaning",
        "funding_agreementpayer",
        "UPDATE",
        "a payer that was posted keeps its name",
        PAYER_BECOMES,
    ),
    Guard("account_keeps_its_meaning", "funding_account", "UPDATE", "an account keeps its kind and its payer"),
    Guard("book_entry_balances", "funding_bookentry", "INSERT", "the entry is not balanced", BOOKS_UNBALANCED),
    Guard("book_entry_in_an_open_year", "funding_bookentry", "INSERT", "the year is closed", YEAR_CLOSED),
    Guard("book_line_before_entry", "funding_bookline", "INSERT", "the entry is closed", BOOK_ENTRY_CLOSED),
    *append_only("funding_bookentry"),
    *append_only("funding_bookline"),
    *append_only("funding_trancheuse"),
    *append_only("funding_settlement"),
    *append_only("funding_settlementline"),
    *append_only("funding_claimline"),
    *append_only("funding_grantmove"),
]

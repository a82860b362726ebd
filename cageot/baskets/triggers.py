"""What the database keeps of a closed week: its baskets, its deliveries and its figures do not move."""

from cageot.core.triggers import Guard


def basket_guard(name: str, verb: str, *deliveries: str, but: str = "") -> Guard:
    """Refuse a verb on a basket when one of these deliveries is closed, `but` under a condition.

    The lock makes marking wait for a close under way (which locks its deliveries before it reads them): without
    it, PostgreSQL would let a basket change between the close's reading and its commit.
    """
    those = f"FROM baskets_delivery d WHERE d.id IN ({', '.join(deliveries)})"
    closed = f"EXISTS (SELECT 1 {those} AND d.close_id IS NOT NULL)"
    when = f"{closed} AND NOT ({but})" if but else closed
    return Guard(
        name, "baskets_basket", verb, "the week is closed", when, f"SELECT d.id {those} ORDER BY d.id FOR SHARE"
    )


SETTLED = [
    "id", "garden_id", "delivery_id", "product_id", "size_id", "depot_id", "fee_cents", "state", "size_kept", "depot_kept", "kind", "copy",
    "pot",
]  # fmt: skip
"""All that a close settled, but whose basket it was."""


def _follows(column: str) -> str:
    erased = f"EXISTS (SELECT 1 FROM members_household h WHERE h.id = NEW.{column} AND h.erased_on IS NOT NULL)"  # noqa: S608 (our own column names)
    return f"(COALESCE(NEW.{column}, 0) = COALESCE(OLD.{column}, 0) OR {erased})"


# A household that is forgotten leaves its baskets to its anonymous successor: nothing else of them moves (decision 0018).
GONE = """(COALESCE(NEW.subscription_id, 0) = COALESCE(OLD.subscription_id, 0) OR (NEW.subscription_id IS NULL
 AND EXISTS (SELECT 1 FROM members_household h WHERE h.id = NEW.household_id AND h.erased_on IS NOT NULL)))"""
FORGETTING = " AND ".join(
    [
        *(f"NEW.{column} = OLD.{column}" for column in SETTLED),
        "COALESCE(NEW.origin_id, 0) = COALESCE(OLD.origin_id, 0)",
        _follows("household_id"),
        _follows("given_to_id"),
        GONE,
    ]
)


STILL_CLOSED = (
    "OLD.close_id IS NOT NULL AND (NEW.garden_id <> OLD.garden_id OR NEW.day <> OLD.day OR NEW.week <> OLD.week"
    " OR (NEW.close_id IS NOT NULL AND NEW.close_id <> OLD.close_id)"
    " OR NOT EXISTS (SELECT 1 FROM baskets_weekclose w WHERE w.id = OLD.close_id"
    "  AND (NEW.close_id IS NOT NULL OR w.reopened_at IS NOT NULL)))"
)
FROZEN = [
    "id", "garden_id", "edition_id", "week", "revision", "fingerprint", "at", "ordinary_baskets", "solidarity_baskets",
    "members_cents", "local_cents", "national_cents", "network_cents", "gardens_cents", "uncovered_cents", "max_member_bp",
]  # fmt: skip
NOT_JUST_REOPENED = " OR ".join(
    ["OLD.reopened_at IS NOT NULL", "NEW.reopened_at IS NULL"]
    + [f"COALESCE(NEW.{column}, 0) <> COALESCE(OLD.{column}, 0)" for column in ("entry_id", "by_id")]
    + [f"NEW.{column} <> OLD.{column}" for column in FROZEN]
)

# Against the edition's own cap, not the one that a charge says of itself; a granted exemption of the day excuses.
ABOVE_THE_CAP = (
    "EXISTS (SELECT 1 FROM funding_charge c JOIN network_edition e ON e.id = NEW.edition_id"
    " WHERE c.entry_id = NEW.entry_id AND c.in_programme"
    " AND CAST(c.member_cents AS bigint) * 10000 > CAST(c.price_cents AS bigint) * e.member_cap_bp"
    " AND NOT EXISTS (SELECT 1 FROM funding_capexemption x WHERE x.agreement_id = c.agreement_id AND x.status = 'granted'"
    "  AND c.day BETWEEN x.from_day AND x.until_day"
    "  AND CAST(c.member_cents AS bigint) * 10000 <= CAST(c.price_cents AS bigint) * x.max_member_bp))"
)

GUARDS = [
    basket_guard("basket_into_open_week", "INSERT", "NEW.delivery_id"),
    basket_guard("basket_of_open_week", "UPDATE", "OLD.delivery_id", "NEW.delivery_id", but=FORGETTING),
    basket_guard("basket_kept_in_closed_week", "DELETE", "OLD.delivery_id"),
    Guard("delivery_stays_closed", "baskets_delivery", "UPDATE", "the week is closed", STILL_CLOSED),
    Guard("delivery_kept_when_closed", "baskets_delivery", "DELETE", "the week is closed", "OLD.close_id IS NOT NULL"),
    Guard("close_under_the_cap", "baskets_weekclose", "INSERT", "a member pays more than the cap", ABOVE_THE_CAP),
    Guard("close_is_only_reopened", "baskets_weekclose", "UPDATE", "a close is frozen", NOT_JUST_REOPENED),
    Guard("close_is_kept", "baskets_weekclose", "DELETE", "a close is frozen"),
]

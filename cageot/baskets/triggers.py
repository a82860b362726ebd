"""What the database keeps of a closed week: its baskets, its deliveries and its figures do not move."""

from cageot.core.triggers import Guard

CLOSED_NEW = "EXISTS (SELECT 1 FROM baskets_delivery d WHERE d.id = NEW.delivery_id AND d.close_id IS NOT NULL)"
CLOSED_OLD = "EXISTS (SELECT 1 FROM baskets_delivery d WHERE d.id = OLD.delivery_id AND d.close_id IS NOT NULL)"
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
    ["OLD.reopened_at IS NOT NULL", "NEW.reopened_at IS NULL", "COALESCE(NEW.entry_id, 0) <> COALESCE(OLD.entry_id, 0)"]
    + [f"NEW.{column} <> OLD.{column}" for column in FROZEN]
)

GUARDS = [
    Guard("basket_into_open_week", "baskets_basket", "INSERT", "the week is closed", CLOSED_NEW),
    Guard("basket_of_open_week", "baskets_basket", "UPDATE", "the week is closed", f"{CLOSED_OLD} OR {CLOSED_NEW}"),
    Guard("basket_kept_in_closed_week", "baskets_basket", "DELETE", "the week is closed", CLOSED_OLD),
    Guard("delivery_stays_closed", "baskets_delivery", "UPDATE", "the week is closed", STILL_CLOSED),
    Guard("delivery_kept_when_closed", "baskets_delivery", "DELETE", "the week is closed", "OLD.close_id IS NOT NULL"),
    Guard("close_is_only_reopened", "baskets_weekclose", "UPDATE", "a close is frozen", NOT_JUST_REOPENED),
    Guard("close_is_kept", "baskets_weekclose", "DELETE", "a close is frozen"),
]

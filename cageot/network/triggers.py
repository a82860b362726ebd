"""What the database keeps of the network: the log is never rewritten, and a day has one edition, a garden one status."""

from cageot.core.triggers import Guard, append_only


def no_overlap(table: str, message: str, *, of: str | None = None) -> list[Guard]:
    """No two rows hold on the same day (`from_day` to `until_day`, open when null); with `of`, for the same thing."""
    same = f" AND o.{of} = NEW.{of}" if of else ""
    days = "o.from_day <= COALESCE(NEW.until_day, '9999-12-31') AND COALESCE(o.until_day, '9999-12-31') >= NEW.from_day"
    overlaps = f"EXISTS (SELECT 1 FROM {table} o WHERE o.id <> NEW.id{same} AND {days})"  # noqa: S608
    return [Guard(f"{table}_apart_{verb.lower()}", table, verb, message, overlaps) for verb in ("INSERT", "UPDATE")]


GUARDS = [
    append_only("network_logevent")[
        0
    ],  # nothing is rewritten; what leaves when its time is over, `members.triggers` says
    *no_overlap("network_edition", "two editions on one day"),
    *no_overlap("network_gardenstatus", "two statuses on one day", of="garden_id"),
]

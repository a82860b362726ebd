"""What the database keeps of households: one support on a day, by a tariff of its own agreement; one membership.

And of the log: a line leaves only while a purge is under way, when it is older than what that purge says.
"""

from cageot.core.triggers import Guard
from cageot.network.triggers import no_overlap

ELSEWHERE = (
    "NOT EXISTS (SELECT 1 FROM funding_tariff t WHERE t.id = NEW.tariff_id AND t.agreement_id = NEW.agreement_id)"
)

OUT_OF_TIME = "NOT EXISTS (SELECT 1 FROM members_purge p WHERE p.ended_at IS NULL AND p.log_before > OLD.at)"

GUARDS = [
    Guard(
        "network_logevent_keeps_delete", "network_logevent", "DELETE", "network_logevent is append-only", OUT_OF_TIME
    ),
    *no_overlap("members_support", "two supports on one day", of="household_id"),
    *no_overlap("members_membership", "two memberships on one day", of="household_id"),
    *(
        Guard(
            f"support_of_its_agreement_{verb.lower()}",
            "members_support",
            verb,
            "the tariff is of another agreement",
            ELSEWHERE,
        )
        for verb in ("INSERT", "UPDATE")
    ),
]

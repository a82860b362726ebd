"""Programme editions, gardens, partners, people, what they may do, the log of what was done, and what is told to people.

Everything that can change is dated: a question about the past is asked with its day.
"""

from cageot.network.models.outbox import Attempts, Message, NotWanted, Unreachable
from cageot.network.models.programme import (
    BudgetLine,
    DatedQuerySet,
    Edition,
    Garden,
    GardenLogo,
    GardenStatus,
    Installation,
    LogEvent,
    Login,
    Partner,
    Person,
    Role,
)
from cageot.network.models.search import Findable, FindableWord

__all__ = [
    "Attempts", "BudgetLine", "DatedQuerySet", "Edition", "Findable", "FindableWord", "Garden", "GardenLogo", "GardenStatus", "Installation", "LogEvent", "Login",
    "Message", "NotWanted", "Partner", "Person", "Role", "Unreachable",
]  # fmt: skip

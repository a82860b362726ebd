"""The second pillar: workshops and meetings, who comes, and the recipes that go with the baskets."""

from cageot.workshops.models.recipes import Recipe, RecipeProduce
from cageot.workshops.models.sessions import (
    Enrolment,
    EnrolmentDetails,
    Kind,
    Material,
    Opinion,
    Place,
    Session,
    SessionCost,
    Workshop,
)

__all__ = [
    "Enrolment", "EnrolmentDetails", "Kind", "Material", "Opinion", "Place", "Recipe", "RecipeProduce", "Session", "SessionCost", "Workshop",
]  # fmt: skip

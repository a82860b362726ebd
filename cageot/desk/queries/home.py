"""Where somebody's work is."""

from cageot.network.models import Garden
from cageot.network.rules.reach import Reach


def first_garden(reach: Reach) -> Garden | None:
    """The first of the gardens where this person has a role."""
    return Garden.objects.filter(pk__in=reach.gardens).first()

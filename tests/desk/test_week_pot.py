"""La semaine counts the baskets to hand to somebody as their list shows them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cageot.baskets.models import AbsencePolicy, Basket
from cageot.desk.queries.absences import pot
from tests.desk.a_week import Place, a_place
from tests.factories import make_person, signed_in


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("unused", "today", "left"),
    [
        ("lost", date(2017, 3, 23), 1),
        ("given", date(2017, 3, 23), 1),
        ("lost", date(2018, 1, 4), 1),
        ("kept", date(2018, 1, 4), 1),
        ("given", date(2018, 1, 4), 3),
    ],
)
def test_the_week_counts_what_the_pot_lists(settings: Any, unused: str, today: date, left: int) -> None:
    """Five postponed, two of them given at once; one of each sort was taken back."""
    settings.TODAY = today
    place = a_place(8)
    first, second, third, fourth, fifth, sixth, seventh, _last = place.baskets
    AbsencePolicy.objects.update_or_create(product=first.product, defaults={"unused": unused})
    change([first, second, third, fourth, fifth], state="moved")
    change([first, second], pot=True)
    change([sixth], kind="taken_back", copy=1, origin=second)
    change([seventh], kind="taken_back", copy=1, origin=third)
    assert len(pot(place.garden, today)) == counted(place) == left


def change(some: list[Basket], **values: object) -> None:
    Basket.objects.filter(pk__in=[one.pk for one in some]).update(**values)


def counted(place: Place) -> int:
    """How many baskets La semaine says there are to hand to somebody."""
    page = signed_in(make_person("coordinator", place.garden)).get(place.url()).context["page"]
    [text] = [one.text for one in page.todo if "à remettre à quelqu" in one.text]
    return int(text.split()[0])

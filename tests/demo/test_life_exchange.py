"""The demonstration's exchange between gardens: believable, found, and without anybody who takes a basket."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import F

from cageot.demo import life_exchange
from cageot.demo.build import Recipe, build
from cageot.guide.models import Offer, Question, Reply, Sheet, SheetVersion, Uptake
from cageot.guide.queries.personal import names_of
from cageot.guide.rules.personal import find
from cageot.network import finding
from cageot.network.models import Findable, Garden
from cageot.network.rules.reach import Reach

pytestmark = pytest.mark.django_db


def test_gardens_tell_each_other_and_nobody_is_named() -> None:
    build(Recipe(on=date(2017, 3, 30), gardens=3))
    assert (Sheet.objects.count(), Question.objects.count()) == (25, 15)
    assert Findable.objects.filter(kind__in=["sheet", "question"]).count() == 40
    assert finding.find("navette", Reach(network=True), kinds=["sheet"]).found
    assert not Offer.objects.filter(taken__gt=F("places")).exists()
    assert all(offer.taken == Uptake.objects.filter(offer=offer).count() for offer in Offer.objects.all())
    said = [*SheetVersion.objects.values_list("problem", "done", "cost", "change"), *Reply.objects.values_list("body")]
    for garden in Garden.objects.all():
        assert find("\n".join(text for row in said for text in row), names_of(garden)) == []


def test_every_sheet_says_all_four_things() -> None:
    assert all(one.problem and one.done and one.cost and one.change for one in life_exchange.SHEETS)
    assert len({one.title for one in life_exchange.SHEETS}) == 25

"""The demonstration opens the pages of some members with a button; a real base does not."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cageot.demo.space import openable, play
from cageot.members.models import Household
from cageot.network.models import Installation
from tests.desk.a_week import text_of
from tests.factories import make_person
from tests.space.a_member import MONDAY, Here, a_garden


@pytest.fixture
def here(settings: Any, db: None) -> Here:
    settings.TODAY = MONDAY
    here = a_garden()
    type(here.place.garden).objects.filter(pk=here.place.garden.pk).update(code="blois")
    here.place.garden.refresh_from_db()
    return here


def a_demonstration(settings: Any) -> None:
    settings.DEMO = True
    Installation.objects.create(id=1, kind=Installation.Kind.DEMO, pseudonym_key="00")


def test_a_button_opens_a_member_s_pages_in_their_language(here: Here, settings: Any) -> None:
    Installation.objects.all().delete()
    a_demonstration(settings)
    play(here.place.garden, by=make_person("coordinator", here.place.garden), on=MONDAY)
    Household.objects.filter(number="100").update(language="fr")
    assert [one.household.language for one in openable()] == ["fr", "ar", "uk"]
    assert "Ouvrir l’espace de Amina (fr)" in text_of(Client().get("/entrer/"))
    client = Client()
    answer = client.post("/entrer/demo/", {"member": openable()[0].pk}, follow=True)
    assert "Bonjour Amina" in text_of(answer)


def test_only_those_members_and_only_in_a_demonstration(here: Here, settings: Any) -> None:
    pk = here.member().pk
    assert Client().post("/entrer/demo/", {"member": pk}).status_code == 404
    assert openable() == []
    Installation.objects.all().delete()
    a_demonstration(settings)
    assert Client().post("/entrer/demo/", {"member": here.member(103).pk}).status_code == 404
    assert Client().post("/entrer/demo/", {"member": "x"}).status_code == 404

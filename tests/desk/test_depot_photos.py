"""The picture of a depot: what is taken as one, who sees it, on which pages."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cageot.baskets.models import Depot, DepotPhoto
from tests.desk.a_week import WEEK, a_place, a_stranger, signed_in, text_of
from tests.factories import make_depot

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
OTHER = b"\xff\xd8\xff" + bytes(40)


@pytest.fixture(autouse=True)
def _day(settings):
    settings.TODAY = WEEK.monday


@pytest.fixture
def place():
    return a_place()


@pytest.fixture
def lea(place):
    return signed_in(place, "coordinator")


def gare(place):
    return Depot.objects.filter(garden=place.garden, name="Gare").order_by("pk")[0]


def send(place, lea, content=PNG, **more):
    form = {"photo": SimpleUploadedFile("porte.png", content)} | more
    return lea.post(f"/jardins/{place.garden.code}/reglages/depots/{gare(place).pk}/photo/", form)


def picture(place, depot=None):
    return f"/jardins/{place.garden.code}/depots/{(depot or gare(place)).pk}/photo/"


def public(place):
    return Client().get(f"/jardins/{place.garden.code}/depots/").content.decode()


def test_a_photo_is_shown_to_anybody_with_the_depot_and_says_what_it_shows(place, lea):
    send(place, lea, alt="La porte verte")
    digest = DepotPhoto.objects.get().digest
    for page in (
        public(place),
        lea.get(f"/jardins/{place.garden.code}/reglages/depots/{gare(place).pk}/").content.decode(),
    ):
        assert f'src="{picture(place)}?{digest}"' in page
        assert 'alt="La porte verte"' in page
    shown = Client().get(picture(place))
    assert (shown.content, shown["Content-Type"], shown["ETag"]) == (PNG, "image/png", f'"{digest}"')
    assert shown["Cache-Control"] == "public, max-age=31536000, immutable"
    assert shown["X-Content-Type-Options"] == "nosniff"


def test_without_words_the_photo_is_called_after_the_place_and_words_come_later(place, lea):
    send(place, lea)
    assert 'alt="Gare"' in public(place)
    lea.post(f"/jardins/{place.garden.code}/reglages/depots/{gare(place).pk}/photo/", {"alt": "Le quai"})
    assert 'alt="Le quai"' in public(place)
    assert bytes(DepotPhoto.objects.get().content) == PNG


def test_another_photo_has_another_address_and_the_old_one_is_gone(place, lea):
    send(place, lea)
    before = DepotPhoto.objects.get().digest
    send(place, lea, OTHER)
    assert DepotPhoto.objects.get().digest != before
    assert Client().get(picture(place))["Content-Type"] == "image/jpeg"


def test_a_photo_is_taken_away(place, lea):
    send(place, lea)
    lea.post(f"/jardins/{place.garden.code}/reglages/depots/{gare(place).pk}/photo/", {"retirer": "1"})
    assert not DepotPhoto.objects.exists()
    assert "<img" not in public(place)
    assert Client().get(picture(place)).status_code == 404


def test_a_place_on_two_rounds_has_one_photo(place, lea):
    twin = make_depot(place.garden, "Gare", 5)
    send(place, lea)
    assert Client().get(picture(place, twin)).content == PNG
    assert DepotPhoto.objects.count() == 1
    assert public(place).count("<img") == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<svg onload='alert(1)'/>", "Ce fichier n’est pas une image PNG, JPEG ou WebP."),
        (b"%PDF-1.7", "Ce fichier n’est pas une image PNG, JPEG ou WebP."),
        (PNG + bytes(1025 * 1024), "Cette photo est trop lourde : 1 Mo au plus."),
    ],
)
def test_what_is_not_a_light_picture_is_refused_and_the_one_before_stays(place, lea, content, said):
    send(place, lea, OTHER)
    answer = send(place, lea, content, alt="perdu ?")
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "perdu ?" in answer.content.decode()
    assert bytes(DepotPhoto.objects.get().content) == OTHER


def test_sending_nothing_is_said(place, lea):
    answer = lea.post(f"/jardins/{place.garden.code}/reglages/depots/{gare(place).pk}/photo/", {"alt": "x"})
    assert answer.status_code == 422
    assert not DepotPhoto.objects.exists()


def test_the_photo_of_a_depot_that_the_public_does_not_see_is_for_the_coordination_alone(place, lea):
    send(place, lea)
    Depot.objects.filter(name="Gare").update(kind="professional")
    assert lea.get(picture(place)).content == PNG
    assert lea.get(picture(place))["Cache-Control"].startswith("private")
    for client in (Client(), signed_in(place, "helper"), a_stranger()):
        assert client.get(picture(place)).status_code in (302, 404)


def test_nobody_else_gives_a_depot_its_photo(place):
    where = f"/jardins/{place.garden.code}/reglages/depots/{gare(place).pk}/photo/"
    for client in (signed_in(place, "helper"), signed_in(place, "treasurer"), a_stranger()):
        assert client.get(where).status_code == 404
        assert client.post(where, {"photo": SimpleUploadedFile("x.png", PNG)}).status_code == 404
    assert not DepotPhoto.objects.exists()

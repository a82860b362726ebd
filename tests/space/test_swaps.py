"""A member swaps a vegetable of their basket, changes their mind, or is told why it cannot be."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cageot.baskets import content as contents
from cageot.baskets.content import Offer, offer_swaps
from cageot.baskets.models import Basket, Content, ContentLine, Delivery, Produce, Swap, SwapOffer, Ways, WeekClose
from cageot.baskets.rules.content import Row
from cageot.core import clock
from cageot.members.models import Household, Member
from cageot.network.models import LogEvent, Message
from tests.desk.a_week import AT, text_of
from tests.factories import make_person
from tests.space.a_member import WEEK, Here, came_in

HOME = "/moi/"


class Kitchen:
    """The garden of the space with a published content of two vegetables, and two others offered instead."""

    def __init__(self, here: Here, allowed: int = 1) -> None:
        self.here, self.garden = here, here.place.garden
        Ways.objects.update_or_create(garden=self.garden, defaults={"swaps": allowed})
        self.content = here.publish()
        self.theirs = [line.produce for line in self.content.lines.select_related("produce")]
        self.others = list(
            Produce.objects.filter(garden=self.garden).exclude(pk__in=[one.pk for one in self.theirs])[:2]
        )
        self.offer()

    def offer(self, others: int = 2, going: int = 2) -> int:
        size = self.content.size_id
        rows = [Offer(one.pk, 800, "kg") for one in self.others[:others]]
        what: dict[str, Any] = {"going": {size: [one.pk for one in self.theirs[:going]]}, "offers": {size: rows}}
        return offer_swaps(self.content.round, WEEK, **what, by=None, at=clock.now())

    def url(self, number: int = 100, produce: Produce | None = None) -> str:
        back = f"{produce.pk}/annuler/" if produce else ""
        return f"/moi/paniers/{self.here.basket(number).pk}/echange/{back}"

    def swap(self, client: Client, away: int = 0, taken: int = 0, number: int = 100) -> str:
        answers = {"away": self.theirs[away].pk, "taken": self.others[taken].pk}
        return text_of(client.post(self.url(number), answers, follow=True))

    @property
    def swaps(self) -> list[tuple[int, int, int]]:
        return list(Swap.objects.values_list("basket", "away", "taken"))


@pytest.fixture
def kitchen(here: Here) -> Kitchen:
    return Kitchen(here)


def test_one_vegetable_is_swapped_for_another_and_stands_in_the_basket(here: Here, kitchen: Kitchen) -> None:
    client = here.client()
    assert "Échanger un légume" in text_of(client.get(HOME))
    page = text_of(client.get(kitchen.url()))
    for words in (
        "Je rends",
        "Je prends à la place",
        kitchen.theirs[0].name,
        "1,2 kg",
        kitchen.others[1].name,
        "0,8 kg",
    ):
        assert words in page
    assert "€" not in page
    home = kitchen.swap(client)
    assert "C’est noté. Le jardin prépare votre échange." in home
    assert f"{kitchen.others[0].name} 0,8 kg à la place de : {kitchen.theirs[0].name}" in home
    assert "Échanger un légume" not in home
    assert "Voir mon échange" in home
    assert kitchen.swaps == [(here.basket().pk, kitchen.theirs[0].pk, kitchen.others[0].pk)]
    assert kitchen.others[0].name not in text_of(here.client(101).get(HOME))


def test_i_keep_it_after_all(here: Here, kitchen: Kitchen) -> None:
    client = here.client()
    kitchen.swap(client)
    text = text_of(client.post(kitchen.url(produce=kitchen.theirs[0]), follow=True))
    assert "Cet échange est annulé" in text
    assert kitchen.swaps == []
    assert "Échanger un légume" in text_of(client.get(HOME))
    client.post(kitchen.url(produce=kitchen.theirs[0]))
    assert LogEvent.objects.filter(verb="baskets.swap_undone").count() == 1


def test_no_more_than_the_garden_allows(here: Here) -> None:
    kitchen = Kitchen(here, allowed=2)
    client = here.client()
    assert "Échanger un légume" in kitchen.swap(client)
    kitchen.swap(client, 1, 1)
    assert len(kitchen.swaps) == 2
    Ways.objects.update(swaps=1)
    Swap.objects.filter(away=kitchen.theirs[1]).delete()
    assert "Vous avez fait tous vos échanges." in kitchen.swap(client, 1, 1)
    assert len(kitchen.swaps) == 1


def test_the_same_vegetable_is_no_swap(here: Here) -> None:
    kitchen = Kitchen(here)
    kitchen.others = kitchen.theirs
    kitchen.offer()
    assert "C’est le même légume" in kitchen.swap(here.client())
    assert kitchen.swaps == []


def too_late(here: Here, settings: Any) -> None:
    settings.TODAY = WEEK.day(3)


def closed(here: Here, settings: Any) -> None:
    here.close(WEEK - 1)
    Delivery.objects.filter(week=WEEK).update(close=WeekClose.objects.get())


CHANGES = {
    "not_allowed": (lambda *_: Ways.objects.update(swaps=0), "Le jardin n’échange pas les légumes."),
    "late": (too_late, "C’est trop tard pour changer. Le jardin prépare déjà les paniers."),
    "packed": (lambda *_: Content.objects.update(packed_at=AT), "C’est trop tard pour changer."),
    "untold": (
        lambda *_: Content.objects.update(published_at=None),
        "Le jardin n’a pas encore dit ce qu’il y a dedans.",
    ),
    "hidden": (lambda *_: Ways.objects.update(content_shown="nowhere"), "Le jardin n’a pas encore dit"),
    "away": (lambda *_: Basket.objects.update(state="cancelled"), "Vous ne prenez pas ce panier."),
    "closed": (closed, "Cette semaine est terminée."),
    "nothing": (lambda *_: SwapOffer.objects.all().delete(), "Rien ne s’échange dans ce panier."),
    "nothing goes": (lambda *_: ContentLine.objects.update(swappable=False), "Rien ne s’échange dans ce panier."),
}


@pytest.mark.parametrize("change", CHANGES)
def test_why_not_is_said_calmly_and_nothing_is_written(
    here: Here, kitchen: Kitchen, settings: Any, change: str
) -> None:
    client = here.client()
    does, words = CHANGES[change]
    does(here, settings)
    page = text_of(client.get(kitchen.url()))
    assert words in page
    assert "Je rends" not in page
    kitchen.swap(client)
    assert kitchen.swaps == []
    assert "Échanger un légume" not in text_of(client.get(HOME))


def test_what_was_swapped_in_time_is_not_undone_too_late(here: Here, kitchen: Kitchen, settings: Any) -> None:
    client = here.client()
    kitchen.swap(client)
    too_late(here, settings)
    page = text_of(client.get(kitchen.url()))
    assert f"à la place de : {kitchen.theirs[0].name}" in page
    assert "Annuler cet échange" not in page
    assert "C’est trop tard" in text_of(client.post(kitchen.url(produce=kitchen.theirs[0]), follow=True))
    assert len(kitchen.swaps) == 1


def test_a_content_that_changed_while_the_page_was_read_is_told(here: Here, kitchen: Kitchen) -> None:
    client = here.client()
    client.get(kitchen.url())
    kitchen.offer(others=1)
    assert "Le contenu vient de changer." in kitchen.swap(client, 0, 1)
    assert kitchen.swaps == []


@pytest.mark.parametrize("how", ["offer", "compose"])
def test_a_swap_that_fits_no_more_is_dropped_and_told_once(here: Here, kitchen: Kitchen, how: str) -> None:
    Member.objects.filter(household=here.household()).update(email="amina@exemple.fr")
    kitchen.swap(here.client())
    kitchen.swap(here.client(101), 1, 1, number=101)
    if how == "offer":
        SwapOffer.objects.filter(produce=kitchen.others[0]).delete()
        kitchen.others = kitchen.others[1:]
        assert kitchen.offer() == 1
        kitchen.offer()
    else:
        row = Row(kitchen.theirs[1].pk, "bunch", 250, {kitchen.content.size_id: 1000})
        for _twice in range(2):
            contents.compose(
                kitchen.content.round, WEEK, sizes=[kitchen.content.size_id], rows=[row], seen=None, by=None, at=clock.now()
            )  # fmt: skip
    assert [basket for basket, _away, _taken in kitchen.swaps] == [here.basket(101).pk]
    told = Message.objects.get(kind="swap_dropped")
    assert (told.to, told.subject) == ("amina@exemple.fr", "Votre panier du jeudi 23 mars")
    assert "Votre échange ne se fait pas" in told.body


def test_composing_again_keeps_what_may_be_swapped(here: Here, kitchen: Kitchen) -> None:
    kitchen.swap(here.client())
    rows = [Row(one.pk, "kg", 250, {kitchen.content.size_id: 900}) for one in kitchen.theirs]
    contents.compose(kitchen.content.round, WEEK, sizes=[kitchen.content.size_id], rows=rows, seen=None, by=None, at=AT)
    assert len(kitchen.swaps) == 1
    assert Message.objects.count() == 0


def test_a_basket_that_goes_where_the_swap_does_not_fit_says_so(here: Here, kitchen: Kitchen) -> None:
    client = here.client()
    kitchen.swap(client)
    client.post(f"/moi/paniers/{here.basket().pk}/depot/", {"depot": here.depot("Jardin").pk, "once": "1"})
    assert "Voir mon échange" in text_of(client.get(HOME))
    assert "Le contenu a changé. Cet échange ne se fait pas" in text_of(client.get(kitchen.url()))


def test_whoever_receives_a_basket_swaps_in_it_and_who_gave_it_does_not(here: Here, kitchen: Kitchen) -> None:
    Basket.objects.filter(pk=here.basket().pk).update(given_to=here.household(101))
    assert here.client().get(kitchen.url()).status_code == 404
    assert "C’est noté" in kitchen.swap(here.client(101))
    assert len(kitchen.swaps) == 1


def test_nothing_of_somebody_else_is_swapped(here: Here, kitchen: Kitchen) -> None:
    kitchen.swap(here.client(101), number=101)
    client = here.client()
    assert client.get(kitchen.url(101)).status_code == 404
    assert client.post(kitchen.url(101, kitchen.theirs[0])).status_code == 404
    assert client.get(kitchen.url(produce=kitchen.theirs[0])).status_code == 405
    assert len(kitchen.swaps) == 1


@pytest.mark.parametrize("odd", ["", "abc", "99999999999999999999", "²", "-1"])
def test_odd_answers_are_refused_calmly(here: Here, kitchen: Kitchen, odd: str) -> None:
    text = text_of(here.client().post(kitchen.url(), {"away": odd, "taken": odd}))
    assert "Choisissez une réponse." in text or "Le contenu vient de changer." in text
    assert kitchen.swaps == []


def test_quantities_stay_hidden_where_the_garden_hides_them(here: Here, kitchen: Kitchen) -> None:
    Ways.objects.update(content_weights=False)
    client = here.client()
    assert "kg" not in text_of(client.get(kitchen.url()))
    assert "kg" not in kitchen.swap(client)


def test_the_member_sees_who_swapped_for_them(here: Here, kitchen: Kitchen) -> None:
    lea = make_person("coordinator", here.place.garden)
    kitchen.swap(came_in(here.member(), acting=lea))
    assert "Léa Martin a échangé un légume" in text_of(here.client().get("/moi/compte/"))
    assert Household.objects.get(pk=here.household().pk).last_contact_on is not None


@pytest.mark.parametrize("page", ["home", "swap"])
def test_pages_cost_the_same_with_and_without_swaps(here: Here, page: str) -> None:
    kitchen = Kitchen(here, allowed=2)
    client = here.client()
    address = HOME if page == "home" else kitchen.url()

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    client.get(address)
    none = asked()
    kitchen.swap(client)
    kitchen.swap(client, 1, 1)
    client.get(address)
    assert asked() == none <= 12


@pytest.mark.parametrize("language", ["ar", "uk", "fa", "es", "pt", "tr", "en"])
def test_the_page_speaks_every_language(here: Here, kitchen: Kitchen, language: str) -> None:
    text = text_of(here.client(language=language).get(kitchen.url()))
    assert not any(words in text for words in ("Échanger", "Je rends", "Je prends", "Retour", "Vous pouvez"))

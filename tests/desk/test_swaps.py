"""What members may swap, as who composes the baskets says it; and all that follows: harvests, sheets, labels, lists."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cageot.baskets import content as actions
from cageot.baskets.actions import change_basket, mark
from cageot.baskets.content import HandedOutMore, Offer, offer_swaps
from cageot.baskets.models import Basket, ContentLine, Swap, SwapOffer, Ways
from cageot.baskets.queries import portions_of
from cageot.baskets.rules.content import Portion, Row
from cageot.network.models import LogEvent
from tests.desk.a_week import AT, THURSDAY, WEEK, a_stranger, signed_in, text_of
from tests.desk.test_content import Kitchen
from tests.desk.test_papers import lines_of, plain, read
from tests.factories import make_size

pytestmark = pytest.mark.django_db


class Swaps(Kitchen):
    """The kitchen with beetroots and leeks on Thursday, that may be swapped for carrots (800 g). Four baskets go there."""

    def __init__(self, households=6):
        super().__init__(households)
        self.change_ways(swaps=1)
        self.beet, self.leek, self.carrot = (self.produce(code) for code in ("betterave", "poireau", "carotte"))
        self.compose()

    def change_ways(self, **values):
        Ways.objects.update_or_create(garden=self.garden, defaults=values)

    def compose(self, week=WEEK, sizes=None):
        held = {size.pk: 1000 for size in sizes or [self.size]}
        rows = [Row(one.pk, one.unit, 200, held) for one in (self.beet, self.leek)]
        actions.compose(self.thursday, week, sizes=list(held), rows=rows, seen=None, by=None, at=AT)

    def offer(self, milli=800, week=WEEK, produce=None):
        rows = [Offer((produce or self.carrot).pk, milli, "kg")]
        going = {self.size.pk: [self.beet.pk, self.leek.pk]}
        return offer_swaps(self.thursday, week, going=going, offers={self.size.pk: rows}, by=None, at=AT)

    def swap(self, *numbers, away=None):
        for basket in [one for one in self.place.baskets if int(one.household.number) in numbers]:
            Swap.objects.create(basket=basket, away=away or self.beet, taken=self.carrot, at=AT)

    def page(self, **more):
        return self.url("echanges/") + f"?tournee={self.thursday.pk}"

    def answers(self, going=("betterave",), **quantities):
        """What the form sends: what is ticked, and quantities by code."""
        data = {"tournee": self.thursday.pk}
        data |= {f"g{self.size.pk}_{self.produce(code).pk}": "on" for code in going}
        return data | {f"o{self.size.pk}_{self.produce(code).pk}": text for code, text in quantities.items()}

    @property
    def said(self):
        lines = ContentLine.objects.filter(swappable=True, content__week=WEEK).values_list("produce__code", flat=True)
        offers = SwapOffer.objects.filter(content__week=WEEK).values_list("produce__code", "milli", "unit")
        return sorted(lines), sorted(offers)


@pytest.fixture
def kitchen(settings):
    settings.TODAY = THURSDAY - timedelta(days=3)
    return Swaps()


@pytest.fixture
def lea(kitchen):
    return signed_in(kitchen.place, "coordinator")


# --- Saying it ---------------------------------------------------------------------------------------


def test_nothing_is_open_until_it_is_said_and_a_proposal_is_ready(kitchen, lea):
    big = make_size(kitchen.garden, code="grand")
    rows = [Row(kitchen.carrot.pk, "kg", 200, {big.pk: 1200})]
    actions.compose(kitchen.thursday, WEEK, sizes=[big.pk], rows=rows, seen=None, by=None, at=AT)
    text = text_of(lea.get(kitchen.page()))
    assert "Rien n’est encore ouvert. Voici une proposition" in text
    assert "jusqu’au mardi 21 mars" in text
    page = lea.get(kitchen.page()).content.decode()
    assert re.search(rf'name="o{kitchen.size.pk}_{kitchen.carrot.pk}" value="1,2"', page)
    assert re.search(rf'name="g{kitchen.size.pk}_{kitchen.beet.pk}" checked', page)
    assert kitchen.said == ([], [])


def test_what_may_go_and_what_is_offered_is_kept_as_ticked_and_typed(kitchen, lea):
    text = text_of(
        lea.post(kitchen.page(), kitchen.answers(("betterave",), poireau="500 g", betterave=""), follow=True)
    )
    assert "C’est enregistré." in text
    assert kitchen.said == (["betterave"], [("poireau", 500, "kg")])
    assert "proposition" not in text
    assert LogEvent.objects.filter(verb="baskets.swaps_offered").count() == 1
    text_of(lea.post(kitchen.page(), kitchen.answers(()), follow=True))
    assert kitchen.said == ([], [])


def test_a_vegetable_that_is_in_no_basket_may_be_offered(kitchen, lea):
    more = {f"plus{kitchen.size.pk}": kitchen.carrot.pk, f"q{kitchen.size.pk}": "0,8"}
    lea.post(kitchen.page(), kitchen.answers() | more)
    assert kitchen.said[1] == [("carotte", 800, "kg")]
    assert "Carotte" in text_of(lea.get(kitchen.page()))


@pytest.mark.parametrize(
    ("typed", "words"),
    [({"poireau": "une poignée"}, "Écrivez une quantité"), ({"poireau": "99 999"}, "C’est beaucoup trop"), ({}, "Écrivez combien on peut en prendre.")],
)  # fmt: skip
def test_a_quantity_that_cannot_be_read_writes_nothing_and_loses_nothing(kitchen, lea, typed, words):
    more = {} if typed else {f"plus{kitchen.size.pk}": kitchen.carrot.pk, f"q{kitchen.size.pk}": ""}
    answer = lea.post(kitchen.page(), kitchen.answers(("betterave",), **typed) | more)
    assert words in text_of(answer)
    assert "rien n’est encore enregistré" in text_of(answer)
    for text in typed.values():
        assert f'value="{text}"' in answer.content.decode()
    assert kitchen.said == ([], [])


def test_another_garden_s_vegetable_and_odd_numbers_are_left_aside(kitchen, lea):
    for odd in ("99999999999999999999", "abc", "²", "-1"):
        lea.post(kitchen.page(), kitchen.answers() | {f"plus{kitchen.size.pk}": odd, f"q{kitchen.size.pk}": "1"})
        assert kitchen.said[1] == []


def test_where_the_garden_allows_none_the_page_says_so(kitchen, lea):
    kitchen.change_ways(swaps=0)
    assert "ne permet pas d’échanger" in text_of(lea.get(kitchen.page(), follow=True))
    lea.post(kitchen.page(), kitchen.answers())
    assert kitchen.said == ([], [])
    assert "Préparer les échanges" not in text_of(lea.get(kitchen.url()))


def test_the_garden_says_how_many_and_until_when(kitchen, lea):
    kitchen.change_ways(swaps=0)
    page = "/jardins/val-de-loire/reglages/contenu/"
    assert "Les adhérents peuvent-ils échanger un légume ?" in text_of(lea.get(page))
    lea.post(page, {"content_shown": "members", "swaps": "2", "swap_days": "4"})
    ways = Ways.objects.get()
    assert (ways.swaps, ways.swap_days) == (2, 4)
    lea.post(page, {"content_shown": "members", "swaps": "3", "swap_days": "9"})
    assert Ways.objects.get().swaps == 2
    assert "jusqu’au dimanche 19 mars" in text_of(lea.get(kitchen.page()))


def test_who_sees_the_week_reads_it_and_only_who_runs_it_writes(kitchen):
    kitchen.offer()
    helper, treasurer = (signed_in(kitchen.place, role) for role in ("helper", "treasurer"))
    assert helper.get(kitchen.page()).status_code == treasurer.get(kitchen.page()).status_code == 200
    assert treasurer.post(kitchen.page(), kitchen.answers()).status_code == 404
    stranger = a_stranger()
    assert stranger.get(kitchen.page()).status_code == stranger.post(kitchen.page()).status_code == 404
    assert kitchen.said == (["betterave", "poireau"], [("carotte", 800, "kg")])


def test_once_packed_nothing_is_swapped_any_more(kitchen, lea):
    kitchen.offer()
    actions.note_packed(kitchen.thursday, WEEK, packed={}, by=None, at=AT)
    assert "Les paniers sont préparés : plus rien ne s’échange." in text_of(lea.get(kitchen.page()))
    text = text_of(lea.post(kitchen.page(), kitchen.answers(()), follow=True))
    assert "le prévu ne change plus" in text
    assert kitchen.said[1] == [("carotte", 800, "kg")]


def test_a_round_without_content_leads_to_composing_it(kitchen, lea):
    text = text_of(lea.get(kitchen.url("echanges/") + f"?tournee={kitchen.friday.pk}", follow=True))
    assert "composez-le d’abord" in text


def test_last_week_s_swaps_come_along_when_its_content_is_taken_over(kitchen, lea):
    kitchen.compose(WEEK - 1)
    kitchen.offer(week=WEEK - 1, milli=650)
    kitchen.offer(milli=999)
    copy = {"tournee": kitchen.thursday.pk, "depuis": f"{kitchen.thursday.pk}_{WEEK - 1}"}
    lea.post(kitchen.url("copier/"), copy)
    assert kitchen.said == (["betterave", "poireau"], [("carotte", 650, "kg")])


# --- What follows ------------------------------------------------------------------------------------


def test_a_harvest_adds_what_is_taken_and_subtracts_what_is_given_back(kitchen, lea):
    before = text_of(lea.get(kitchen.url()))
    assert before.count("4 kg") == 2
    kitchen.offer()
    kitchen.swap(100, 101)
    after = text_of(lea.get(kitchen.url()))
    assert "2 kg , récolte : Betterave" in re.sub(r"\s*,", " ,", after)
    assert "4 kg , récolte : Poireau" in re.sub(r"\s*,", " ,", after)
    assert re.search(r"Aussi à récolter cette semaine Carotte 1,6 kg", after)
    assert "2 échanges sont demandés." in after
    page = text_of(lea.get(kitchen.page()))
    assert re.search(r"Carotte \(0,8 kg\) au lieu de Betterave 2", page)
    assert "Amina" not in page


def test_the_value_of_a_basket_does_not_move(kitchen, lea):
    def values():
        return re.findall(r"valeur ([\d,]+ €)", text_of(lea.get(kitchen.url())))

    before = values()
    kitchen.offer()
    kitchen.swap(100, 101, 104)
    assert values() == before == ["4,00 €"]


def test_a_harvest_is_shared_over_the_baskets_that_keep_the_vegetable(kitchen, lea):
    kitchen.offer()
    kitchen.swap(100)
    text = text_of(lea.get(kitchen.url(f"recolte/{kitchen.beet.pk}/") + "?recolte=3"))
    assert "Les paniers prévus en demandent 3 kg." in text
    assert "Il ne reste rien" in text
    actions.note_harvest(kitchen.beet, WEEK, milli=3000, unit="kg", portions=[Portion((kitchen.thursday.pk, kitchen.size.pk), 3, 1000)], by=None, at=AT)  # fmt: skip


def test_what_is_taken_in_exchange_is_kept_aside_from_a_harvest(kitchen, lea):
    kitchen.offer()
    kitchen.swap(100, 101)
    text = text_of(lea.get(kitchen.url(f"recolte/{kitchen.carrot.pk}/") + "?recolte=4"))
    assert "1,6 kg sont pris en échange d’un autre légume." in text
    place = (kitchen.thursday.pk, kitchen.size.pk)
    with pytest.raises(HandedOutMore) as more:
        actions.note_harvest(
            kitchen.carrot, WEEK, milli=4000, unit="kg", portions=[Portion(place, 4, 650)], by=None, at=AT
        )
    assert more.value.milli == 200
    actions.note_harvest(kitchen.carrot, WEEK, milli=4000, unit="kg", portions=[Portion(place, 4, 600)], by=None, at=AT)
    assert portions_of(kitchen.carrot, WEEK, "kg")[0].milli == 600


def test_the_preparation_sheet_says_what_to_swap_under_the_shown_name(kitchen):
    kitchen.offer()
    kitchen.swap(100)
    text = read(kitchen.place, "preparation")
    assert "Échanges de légumes Gare" in text
    assert "Amina B. : Carotte (0,8 kg) au lieu de Betterave" in text
    assert "Benali" not in text
    assert "Amina B. : Carotte" in read(kitchen.place, "preparation", "?partie=totaux")


@pytest.mark.parametrize("paper", ["etiquettes", "depot", "route"])
def test_labels_and_lists_say_it_too(kitchen, paper):
    kitchen.offer()
    kitchen.swap(100)
    assert read(kitchen.place, paper).count("Carotte (0,8 kg) au lieu de Betterave") == 1
    assert [plain(row[-1]) for row in lines_of(kitchen.place)[1:]].count("Carotte (0,8 kg) au lieu de Betterave") == 1


def test_without_a_swap_the_sheet_has_no_word_of_it(kitchen):
    kitchen.offer()
    assert "Échanges" not in read(kitchen.place, "preparation")


@pytest.mark.parametrize("change", ["cancelled", "moved", "other round", "not offered", "not going"])
def test_a_swap_that_stands_no_more_is_counted_nowhere(kitchen, lea, change):
    kitchen.offer()
    kitchen.swap(100)
    [basket] = [one for one in kitchen.place.baskets if one.household.number == "100"]
    if change == "other round":
        jardin = Basket.objects.exclude(depot=basket.depot).first().depot
        change_basket(basket, depot=jardin, by=None, at=AT)
    elif change == "not offered":
        SwapOffer.objects.all().delete()
    elif change == "not going":
        ContentLine.objects.update(swappable=False)
    else:
        mark(kitchen.garden, {basket.pk: change}, by=None, at=AT)
    assert "Échanges" not in read(kitchen.place, "preparation")
    assert "demandé" not in text_of(lea.get(kitchen.url()))


def test_pages_and_papers_cost_the_same_queries_with_and_without_swaps(kitchen, lea):
    addresses = [kitchen.url(), kitchen.page(), kitchen.url(f"recolte/{kitchen.carrot.pk}/"), kitchen.place.url("feuilles/lignes.csv")]  # fmt: skip

    def asked():
        counts = []
        for address in addresses:
            lea.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert lea.get(address).status_code == 200
            counts.append(len(captured))
        return counts

    kitchen.offer()
    before = asked()
    kitchen.swap(100, 101, 104, 105)
    kitchen.swap(100, 101, away=kitchen.leek)
    assert asked() == before

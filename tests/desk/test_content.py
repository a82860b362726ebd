"""The content of the baskets, as the garden's people compose it and as others read it."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from cageot.baskets import content as actions
from cageot.baskets.actions import change_ways
from cageot.baskets.models import BasketSize, Content, ContentLine, Door, Harvest, Produce, Round, Slip
from cageot.baskets.rules.content import Row
from cageot.desk import words_content as words
from tests.desk.a_week import AT, THURSDAY, WEEK, a_place, a_stranger, signed_in, text_of
from tests.factories import make_delivery, make_size

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day(settings):
    settings.TODAY = THURSDAY - timedelta(days=2)


class Kitchen:
    """A garden with its vegetables: rounds Jeudi (4 baskets) and Vendredi (2), one size "panier" at 12,00 €."""

    def __init__(self, households=6, code="val-de-loire"):
        self.place = a_place(households, code=code)
        self.garden = self.place.garden
        actions.open_catalogue(self.garden, by=None, at=AT)
        self.thursday, self.friday = Round.objects.filter(garden=self.garden)
        self.size = BasketSize.objects.get(garden=self.garden)

    def produce(self, code="carotte"):
        return Produce.objects.get(garden=self.garden, code=code)

    def url(self, page="", week=WEEK):
        return self.place.url(f"composer/{page}", week)

    def form(self, round=None, **quantities):
        """What the sheet sends: `form(carotte="0,8")`; `_price` and `_unit` after a code change those."""
        data = {"tournee": (round or self.thursday).pk, "legume": []}
        for code, text in quantities.items():
            one = self.produce(code.replace("_", "-"))
            data["legume"].append(one.pk)
            data |= {
                f"q{one.pk}_{self.size.pk}": text,
                f"u{one.pk}": one.unit,
                f"p{one.pk}": f"{one.unit_cents / 100:.2f}",
            }
        return data

    def put(self, code="carotte", milli=800, round=None, week=WEEK, sizes=None):
        """Compose without a screen: so much of one vegetable in each basket of a round."""
        one = self.produce(code)
        sizes = sizes or [self.size]
        rows = [Row(one.pk, one.unit, one.unit_cents, {size.pk: milli for size in sizes})]
        actions.compose(
            round or self.thursday, week, sizes=[size.pk for size in sizes], rows=rows, seen=None, by=None, at=AT
        )

    def held(self, round=None, week=WEEK):
        lines = ContentLine.objects.filter(content__round=round or self.thursday, content__week=week)
        return {line.produce.code: line.milli for line in lines.select_related("produce")}


@pytest.fixture
def kitchen():
    return Kitchen()


@pytest.fixture
def helene(kitchen):
    return signed_in(kitchen.place, "helper")


# --- Vegetables -----------------------------------------------------------------------------------


def test_the_first_visit_brings_the_catalogue_and_the_next_ones_nothing_more():
    place = a_place(1)
    helene = signed_in(place, "helper")
    page = text_of(helene.get("/jardins/val-de-loire/legumes/"))
    assert "Céleri-rave allergène : céleri" in page
    assert "Courge butternut" in page
    count = Produce.objects.filter(garden=place.garden).count()
    assert count >= 80
    helene.get("/jardins/val-de-loire/legumes/")
    assert Produce.objects.filter(garden=place.garden).count() == count


def test_the_catalogue_says_units_months_and_allergens_that_exist():
    for line in actions.catalogue():
        assert line.unit in dict(words.units())
        assert line.months and set(words.months_in(line.months)) <= set(range(1, 13))
        assert line.unit == "kg" or line.grams
        assert 0 < line.cents < 2000
    assert {line.code for line in actions.catalogue() if line.allergens} >= {
        "celeri-rave",
        "celeri-branche",
        "noix",
        "noisette",
    }


def test_months_are_told_over_the_new_year():
    assert words.months("1,2,3,10,11,12") == "oct. à mars"
    assert words.months("6,7,9") == "juin à juil., sept."
    assert words.months(",".join(map(str, range(1, 13)))) == "toute l’année"


def test_a_vegetable_is_searched_without_its_accents(kitchen, helene):
    page = text_of(helene.get("/jardins/val-de-loire/legumes/?q=epinard"))
    assert "Épinard" in page
    assert "Carotte" not in page


def test_a_helper_adds_a_vegetable_of_the_gardens_own(kitchen, helene):
    answer = helene.post(
        "/jardins/val-de-loire/legumes/ajouter/",
        {"name": "Crosnes", "unit": "kg", "unit_cents": "8,50", "months": ["11", "12"]},
    )
    assert answer.status_code == 302
    crosnes = Produce.objects.get(name="Crosnes")
    assert (crosnes.unit_cents, crosnes.months, crosnes.code) == (850, "11,12", "crosnes")


def test_a_name_that_is_there_already_is_refused_in_words(kitchen, helene):
    answer = helene.post("/jardins/val-de-loire/legumes/ajouter/", {"name": "carotte", "unit": "kg"})
    assert "Vous avez déjà « Carotte »" in text_of(answer)


def test_a_vegetable_set_aside_is_no_more_offered_and_can_come_back(kitchen, helene):
    one = kitchen.produce()
    helene.post(f"/jardins/val-de-loire/legumes/{one.pk}/", {"ranger": "1"})
    offered = f'name="ajouter" value="{one.pk}"'
    assert offered not in helene.get(kitchen.url()).content.decode()
    helene.post(f"/jardins/val-de-loire/legumes/{one.pk}/", {"ranger": "1"})
    assert offered in helene.get(kitchen.url()).content.decode()


def test_a_treasurer_reads_the_vegetables_and_cannot_change_them(kitchen):
    theo = signed_in(kitchen.place, "treasurer")
    assert "Ajouter un légume" not in text_of(theo.get("/jardins/val-de-loire/legumes/"))
    assert theo.post("/jardins/val-de-loire/legumes/ajouter/", {"name": "Crosnes", "unit": "kg"}).status_code == 404


def test_another_gardens_vegetable_does_not_exist(kitchen):
    assert a_stranger().get(f"/jardins/ailleurs/legumes/{kitchen.produce().pk}/").status_code == 404


# --- Composing ------------------------------------------------------------------------------------


def test_quantities_are_typed_as_gardeners_write_them(kitchen, helene):
    answer = helene.post(
        kitchen.url(), kitchen.form(carotte="0,8", mache="150 g", poireau="1/2", radis="1"), follow=True
    )
    assert "C’est enregistré." in text_of(answer)
    assert kitchen.held() == {"carotte": 800, "mache": 150, "poireau": 500, "radis": 1000}


def test_the_value_stands_against_the_price_of_the_size(kitchen, helene):
    helene.post(kitchen.url(), kitchen.form(carotte="2", poireau="1", mache="250 g"))
    page = text_of(helene.get(kitchen.url()))
    assert "valeur 11,25 € pour 12,00 €" in page  # 5,00 + 3,00 + 3,25
    assert "un peu léger" in page


def test_what_is_to_harvest_counts_the_baskets_to_make_of_every_round(kitchen, helene):
    kitchen.put(milli=800)
    kitchen.put(milli=500, round=kitchen.friday)
    assert "4,2 kg" in text_of(helene.get(kitchen.url()))  # 4 × 0,8 + 2 × 0,5
    kitchen.place.mark(cancelled=1)
    assert "3,4 kg" in text_of(helene.get(kitchen.url()))


def test_typing_tells_the_value_before_anything_is_written(kitchen, helene):
    answer = helene.post(kitchen.url("valeur/"), kitchen.form(carotte="4,8"), headers={"HX-Request": "true"})
    assert "valeur 12,00 € pour 12,00 €" in text_of(answer)
    assert "19,2 kg" in text_of(answer)
    assert kitchen.held() == {}


def test_half_typed_quantities_do_not_disturb_the_others(kitchen, helene):
    answer = helene.post(
        kitchen.url("valeur/"), kitchen.form(carotte="4,8", mache="15x"), headers={"HX-Request": "true"}
    )
    assert "valeur 12,00 €" in text_of(answer)


def test_a_quantity_that_cannot_be_read_keeps_everything_typed_and_writes_nothing(kitchen, helene):
    page = helene.post(kitchen.url(), kitchen.form(carotte="beaucoup", radis="150 g", mache="0,2"))
    said = text_of(page)
    assert "2 lignes sont à revoir" in said
    assert "Écrivez une quantité, par exemple 0,8 ou 150 g." in said
    assert "Ce légume ne se compte pas au poids" in said
    assert 'value="beaucoup"' in page.content.decode()
    assert 'value="0,2"' in page.content.decode()
    assert kitchen.held() == {}


def test_a_price_that_is_no_amount_is_told_beside_it(kitchen, helene):
    data = kitchen.form(carotte="1")
    data[f"p{kitchen.produce().pk}"] = "cher"
    assert "Écrivez un montant en euros" in text_of(helene.post(kitchen.url(), data))


def test_an_empty_cell_takes_the_vegetable_out(kitchen, helene):
    kitchen.put()
    helene.post(kitchen.url(), kitchen.form(carotte="", mache="0,1"))
    assert kitchen.held() == {"mache": 100}
    helene.post(kitchen.url(), kitchen.form(mache=""))
    assert not Content.objects.exists()


def test_ticked_vegetables_join_the_sheet_and_what_was_typed_is_kept(kitchen, helene):
    data = kitchen.form(carotte="0,8") | {"ajouter": [kitchen.produce("mache").pk, kitchen.produce("poireau").pk]}
    page = helene.post(kitchen.url(), data, follow=True)
    assert f'name="q{kitchen.produce("mache").pk}_{kitchen.size.pk}"' in page.content.decode()
    assert kitchen.held() == {"carotte": 800}


def test_a_sheet_left_open_does_not_overwrite_a_colleague_unseen(kitchen, helene):
    kitchen.put(milli=800)
    shown = re.search(r'name="vu" value="(\w*)"', helene.get(kitchen.url()).content.decode())[1]
    kitchen.put(milli=900)
    page = helene.post(kitchen.url(), kitchen.form(carotte="0,7") | {"vu": shown})
    assert "Quelqu’un a changé ce contenu entre-temps" in text_of(page)
    assert 'value="0,7"' in page.content.decode()
    assert kitchen.held() == {"carotte": 900}
    again = re.search(r'name="vu" value="(\w*)"', page.content.decode())[1]
    helene.post(kitchen.url(), kitchen.form(carotte="0,7") | {"vu": again})
    assert kitchen.held() == {"carotte": 700}


def test_last_week_is_taken_over_and_another_round_too(kitchen, helene):
    kitchen.put(milli=800, week=WEEK - 1)
    assert "Reprendre la semaine dernière" in text_of(helene.get(kitchen.url()))
    source = f"{kitchen.thursday.pk}_{WEEK - 1}"
    helene.post(kitchen.url("copier/"), {"tournee": kitchen.thursday.pk, "depuis": source})
    assert kitchen.held() == {"carotte": 800}
    page = text_of(helene.get(f"{kitchen.url()}?tournee={kitchen.friday.pk}"))
    assert "Comme « Jeudi »" in page
    helene.post(kitchen.url("copier/"), {"tournee": kitchen.friday.pk, "depuis": f"{kitchen.thursday.pk}_{WEEK}"})
    assert kitchen.held(kitchen.friday) == {"carotte": 800}


def test_nothing_is_copied_from_a_place_that_was_not_offered(kitchen, helene):
    other = Kitchen(1, code="autre")
    other.put()
    answer = helene.post(
        kitchen.url("copier/"), {"tournee": kitchen.thursday.pk, "depuis": f"{other.thursday.pk}_{WEEK}"}
    )
    assert answer.status_code == 404
    assert kitchen.held() == {}


def test_the_value_of_the_year_adds_up_the_weeks_composed(kitchen, helene):
    kitchen.put(milli=4800, week=WEEK - 2)
    kitchen.put(milli=4000, week=WEEK - 1)
    kitchen.put(milli=4400)
    assert "Cette année, 3 semaines : 33,00 € pour 36,00 €" in text_of(helene.get(kitchen.url()))


def test_a_unit_changed_after_the_content_was_published_changes_nothing_there(kitchen, helene):
    kitchen.put(milli=800)
    actions.publish(kitchen.thursday, WEEK, by=None, at=AT)
    change_ways(kitchen.garden, {"content_shown": "public", "content_prices": True}, by=None, at=AT)
    before = text_of(Client().get(f"/contenu/val-de-loire/{WEEK}/"))
    one = kitchen.produce()
    helene.post(
        f"/jardins/val-de-loire/legumes/{one.pk}/",
        {"name": "Carotte", "unit": "bunch", "grams": "600", "unit_cents": "9,99"},
    )
    assert kitchen.produce().unit == "bunch"
    assert text_of(Client().get(f"/contenu/val-de-loire/{WEEK}/")) == before
    assert "0,8 kg" in before
    page = text_of(helene.get(kitchen.url()))
    assert "compté en kg ici, en botte dans vos légumes" in page
    helene.post(
        kitchen.url("copier/", WEEK + 1), {"tournee": kitchen.thursday.pk, "depuis": f"{kitchen.thursday.pk}_{WEEK}"}
    )
    assert ContentLine.objects.get(content__week=WEEK + 1).unit == "kg"


def test_a_garden_without_a_size_is_led_to_its_settings():
    place = a_place(0)
    BasketSize.objects.all().delete()
    assert "Il manque une taille ou une tournée" in text_of(signed_in(place, "coordinator").get(place.url("composer/")))


def test_a_treasurer_reads_the_content_and_cannot_write_it(kitchen):
    kitchen.put()
    theo = signed_in(kitchen.place, "treasurer")
    page = text_of(theo.get(kitchen.url()))
    assert "0,8 kg" in page
    assert "Enregistrer" not in page
    one = kitchen.produce().pk
    for page in ("", "valeur/", "copier/", "publier/", f"recolte/{one}/", "emballe/"):
        assert theo.post(kitchen.url(page), kitchen.form(carotte="1")).status_code == 404
    assert kitchen.held() == {"carotte": 800}


def test_another_garden_finds_no_content_here(kitchen):
    sam = a_stranger()
    for page in ("", f"recolte/{kitchen.produce().pk}/", "emballe/"):
        assert sam.get(kitchen.url(page)).status_code == 404


@pytest.mark.parametrize(
    "asked", ["?tournee=²&produit=x&ajoute=1,zz,²", "?ajoute=" + "9" * 60, "?tournee=99999999999999999999"]
)
def test_a_wrong_address_falls_back_on_the_first_round(kitchen, helene, asked):
    assert helene.get(kitchen.url(asked)).status_code == 200


# --- Harvest --------------------------------------------------------------------------------------


def harvest_url(kitchen, code="carotte", query=""):
    return kitchen.url(f"recolte/{kitchen.produce(code).pk}/{query}")


def two_sizes(kitchen, small=3, large=1):
    """A second size at 18,00 €; of Thursday's four baskets, `large` are of that size."""
    grand = make_size(kitchen.garden, "grand", 1800)
    thursday = [one for one in kitchen.place.baskets if one.depot.round_id == kitchen.thursday.pk]
    for one in thursday[small:][:large]:
        type(one).objects.filter(pk=one.pk).update(size=grand)
    return grand


def test_a_harvest_is_proposed_by_the_prices_of_the_sizes_and_the_rest_is_told(kitchen, helene):
    two_sizes(kitchen)
    page = text_of(helene.get(harvest_url(kitchen, query="?recolte=9,7")))
    # 5 small at 12, 1 large at 18: 9,7 / 78 per euro → 1,492 and 2,238, rounded down to 50 g
    assert "Panier 1,45 kg · Grand 2,2 kg" in page
    assert "Il reste 250 g." in page


def test_a_harvest_shared_goes_into_the_baskets(kitchen, helene):
    helene.post(harvest_url(kitchen), {"recolte": "9,7", "unite": "kg", f"q0_{kitchen.size.pk}": "1,6"}, follow=True)
    assert kitchen.held() == kitchen.held(kitchen.friday) == {"carotte": 1600}
    assert Harvest.objects.get().milli == 9700


def test_typed_parts_share_otherwise(kitchen, helene):
    grand = two_sizes(kitchen)
    page = text_of(helene.get(harvest_url(kitchen, query=f"?recolte=8&selon=parts&r{kitchen.size.pk}=1&r{grand.pk}=3")))
    assert "Il reste 0" not in page
    assert "Tout est réparti." in page  # 5 × 1 + 1 × 3


def test_more_than_was_harvested_is_not_handed_out(kitchen, helene):
    page = helene.post(harvest_url(kitchen), {"recolte": "5", "unite": "kg", f"q0_{kitchen.size.pk}": "1"})
    assert "Vous donnez 1 kg de plus que récolté" in text_of(page)
    assert 'value="1"' in page.content.decode()
    assert kitchen.held() == {}
    assert not Harvest.objects.exists()


def test_the_rest_is_told_while_typing_and_nothing_is_written(kitchen, helene):
    data = {"recolte": "5", "unite": "kg", f"q0_{kitchen.size.pk}": "0,75"}
    answer = helene.post(harvest_url(kitchen), data, headers={"HX-Request": "true"})
    assert text_of(answer).strip() == "Il reste 0,5 kg."
    assert kitchen.held() == {}


def test_a_harvest_larger_than_needed_leaves_the_baskets_as_they_are_and_says_the_rest(kitchen, helene):
    kitchen.put(milli=800)
    page = text_of(helene.get(harvest_url(kitchen, query="?recolte=10")))
    assert "Il y a assez pour tous les paniers" in page
    assert "Il reste 6,8 kg" in page


def test_a_harvest_of_nothing_takes_the_vegetable_out_and_says_so(kitchen, helene):
    kitchen.put(milli=800)
    page = helene.get(harvest_url(kitchen, query="?recolte=0"))
    assert "Ce légume sort des paniers. Cela touche 4 paniers (Panier) : Jeudi." in text_of(page)
    answer = helene.post(
        harvest_url(kitchen), {"recolte": "0", "unite": "kg", f"q0_{kitchen.size.pk}": "0"}, follow=True
    )
    assert "Carotte : retiré des paniers de la semaine." in text_of(answer)
    assert kitchen.held() == {}


def test_a_shortage_tells_what_it_touches_and_offers_simple_choices(kitchen, helene):
    grand = two_sizes(kitchen)
    kitchen.put(milli=1000, sizes=[kitchen.size, grand])
    kitchen.put(milli=1000, round=kitchen.friday)
    page = text_of(helene.get(harvest_url(kitchen, query="?recolte=5,5")))
    assert "Il manque 0,5 kg sur 6 kg" in page
    assert "Cela touche 6 paniers (Panier, Grand) : Jeudi, Vendredi." in page
    assert "Réduire partout pareil Panier 0,9 kg · Grand 0,9 kg" in page
    assert "Réduire seulement « Grand » Panier 1 kg · Grand 0,5 kg" in page
    assert "S’en passer cette semaine" in page


def test_a_shortage_noted_alone_stays_in_sight_when_composing(kitchen, helene):
    kitchen.put(milli=1000)
    helene.post(harvest_url(kitchen), {"recolte": "3", "unite": "kg", "seulement": "1"})
    page = text_of(helene.get(kitchen.url()))
    assert "Carotte : il manque 1 kg. Cela touche 4 paniers (Panier) : Jeudi." in page
    assert kitchen.held() == {"carotte": 1000}
    helene.post(harvest_url(kitchen), {"recolte": "4", "unite": "kg", "seulement": "1"})
    assert "il manque" not in text_of(helene.get(kitchen.url()))


def test_reducing_writes_what_was_proposed_round_by_round(kitchen, helene):
    kitchen.put(milli=1000)
    kitchen.put(milli=500, round=kitchen.friday)
    page = helene.get(harvest_url(kitchen, query="?recolte=4&selon=tous")).content.decode()
    given = dict(re.findall(r'name="(q\d+_\d+)" value="([^"]*)"', page))
    assert len(given) == 2
    helene.post(harvest_url(kitchen), {"recolte": "4", "unite": "kg", "selon": "tous", **given})
    assert kitchen.held() == {"carotte": 800}
    assert kitchen.held(kitchen.friday) == {"carotte": 400}


def test_pieces_are_shared_whole(kitchen, helene):
    page = text_of(helene.get(harvest_url(kitchen, "laitue", "?recolte=15")))
    assert "Panier 2 pièces" in page
    assert "Il reste 3 pièces." in page


@pytest.mark.parametrize("typed", ["beaucoup", "", "-3", "9999999999"])
def test_a_harvest_that_cannot_be_read_is_told_beside_it(kitchen, helene, typed):
    answer = helene.post(harvest_url(kitchen), {"recolte": typed, "unite": "kg"})
    assert answer.status_code == 200
    assert 'id="recolte_error"' in answer.content.decode()
    assert not Harvest.objects.exists()


def test_what_another_round_has_packed_already_is_not_handed_out_twice(kitchen, helene):
    kitchen.put(milli=1000)
    actions.note_packed(kitchen.thursday, WEEK, packed={}, by=None, at=AT)
    page = text_of(helene.get(harvest_url(kitchen, query="?recolte=6")))
    assert "4 kg sont déjà dans des paniers préparés" in page
    answer = helene.post(harvest_url(kitchen), {"recolte": "6", "unite": "kg", f"q0_{kitchen.size.pk}": "1,5"})
    assert "Vous donnez 1 kg de plus que récolté" in text_of(answer)
    helene.post(harvest_url(kitchen), {"recolte": "6", "unite": "kg", f"q0_{kitchen.size.pk}": "1"})
    assert kitchen.held(kitchen.friday) == {"carotte": 1000}


# --- Packed ---------------------------------------------------------------------------------------


def test_what_was_packed_is_as_planned_until_somebody_says_otherwise(kitchen, helene):
    kitchen.put(milli=800)
    page = helene.get(f"{kitchen.url('emballe/')}?tournee={kitchen.thursday.pk}")
    assert 'value="0,8"' in page.content.decode()
    name = f"q{kitchen.produce().pk}_{kitchen.size.pk}"
    helene.post(kitchen.url("emballe/"), {"tournee": kitchen.thursday.pk, name: "0,7"})
    line = ContentLine.objects.get()
    assert (line.milli, line.packed_milli) == (800, 700)
    assert "valeur 1,75 € pour 12,00 €" in text_of(helene.get(kitchen.url()))


def test_once_packed_the_plan_does_not_change_until_it_is_taken_back(kitchen, helene):
    kitchen.put(milli=800)
    helene.post(
        kitchen.url("emballe/"), {"tournee": kitchen.thursday.pk, f"q{kitchen.produce().pk}_{kitchen.size.pk}": "0,8"}
    )
    answer = helene.post(kitchen.url(), kitchen.form(carotte="2"), follow=True)
    assert "Les paniers de cette tournée sont préparés" in text_of(answer)
    assert kitchen.held() == {"carotte": 800}
    helene.post(kitchen.url("emballe/"), {"tournee": kitchen.thursday.pk, "oublier": "1"})
    helene.post(kitchen.url(), kitchen.form(carotte="2"))
    assert kitchen.held() == {"carotte": 2000}


def test_a_wrong_packed_quantity_writes_nothing(kitchen, helene):
    kitchen.put(milli=800)
    answer = helene.post(
        kitchen.url("emballe/"), {"tournee": kitchen.thursday.pk, f"q{kitchen.produce().pk}_{kitchen.size.pk}": "trop"}
    )
    assert "Une ligne est à revoir" in text_of(answer)
    assert Content.objects.get().packed_at is None


def test_packing_what_is_not_composed_leads_to_composing(kitchen, helene):
    assert "composez-le d’abord" in text_of(helene.get(kitchen.url("emballe/"), follow=True))


# --- Shown ----------------------------------------------------------------------------------------


def test_content_is_public_only_when_published_and_when_the_garden_chose_so(kitchen, helene):
    address = f"/contenu/val-de-loire/{WEEK}/"
    kitchen.put(milli=800)
    change_ways(kitchen.garden, {"content_shown": "public"}, by=None, at=AT)
    assert Client().get(address).status_code == 404
    helene.post(kitchen.url(), kitchen.form(carotte="0,8") | {"publier": "1"})
    page = text_of(Client().get(address))
    assert "Carotte 0,8 kg" in page
    assert "€" not in page
    assert Client().get("/contenu/val-de-loire/").url == address
    for shown in ("members", "nowhere"):
        change_ways(kitchen.garden, {"content_shown": shown}, by=None, at=AT)
        assert Client().get(address).status_code == Client().get("/contenu/val-de-loire/").status_code == 404


def test_the_public_page_says_no_name_and_no_number_of_baskets(kitchen):
    kitchen.put(milli=800)
    actions.publish(kitchen.thursday, WEEK, by=None, at=AT)
    change_ways(kitchen.garden, {"content_shown": "public", "content_weights": False}, by=None, at=AT)
    page = text_of(Client().get(f"/contenu/val-de-loire/{WEEK}/"))
    assert "kg" not in page
    assert not [name for name in ("Benali", "Durand", "Amina", "4 paniers", "CCAS") if name in page]


@pytest.mark.parametrize("is_open", [True, False])
def test_the_public_page_leads_to_signing_up_while_the_door_is_open(kitchen, is_open):
    kitchen.put(milli=800)
    actions.publish(kitchen.thursday, WEEK, by=None, at=AT)
    change_ways(kitchen.garden, {"content_shown": "public"}, by=None, at=AT)
    Door.objects.create(garden=kitchen.garden, open=is_open)
    page = Client().get(f"/contenu/val-de-loire/{WEEK}/").content.decode()
    assert ('href="/jardins/val-de-loire/adherer/"' in page) is is_open


def test_content_no_longer_shown_leaves_the_public_page(kitchen, helene):
    kitchen.put(milli=800)
    actions.publish(kitchen.thursday, WEEK, by=None, at=AT)
    change_ways(kitchen.garden, {"content_shown": "public"}, by=None, at=AT)
    helene.post(kitchen.url("publier/"), {"tournee": kitchen.thursday.pk})
    assert Client().get(f"/contenu/val-de-loire/{WEEK}/").status_code == 404


def test_a_packed_content_can_still_be_published(kitchen, helene):
    kitchen.put(milli=800)
    actions.note_packed(kitchen.thursday, WEEK, packed={(kitchen.size.pk, kitchen.produce().pk): 700}, by=None, at=AT)
    change_ways(kitchen.garden, {"content_shown": "public"}, by=None, at=AT)
    helene.post(kitchen.url("publier/"), {"tournee": kitchen.thursday.pk, "publier": "1"})
    assert "Carotte 0,7 kg" in text_of(Client().get(f"/contenu/val-de-loire/{WEEK}/"))


def test_only_the_coordination_chooses_who_reads_the_content(kitchen, helene):
    url = "/jardins/val-de-loire/reglages/contenu/"
    assert helene.get(url).status_code == 404
    lea = signed_in(kitchen.place, "coordinator")
    lea.post(url, {"content_shown": "public", "content_prices": "on", "swaps": "0", "swap_days": "2"})
    kitchen.garden.refresh_from_db()
    ways = kitchen.garden.ways
    assert (ways.content_shown, ways.content_weights, ways.content_prices) == ("public", False, True)
    assert lea.post(url, {"content_shown": "partout"}).status_code == 200
    ways.refresh_from_db()
    assert ways.content_shown == "public"


def test_publishing_an_empty_content_says_that_there_is_nothing(kitchen, helene):
    answer = helene.post(kitchen.url(), kitchen.form() | {"publier": "1"}, follow=True)
    assert "Il n’y a rien à publier" in text_of(answer)


# --- The slip -------------------------------------------------------------------------------------

SLIP = {
    "news": "Les premières fèves sortent.\nMerci aux bénévoles !",
    "recipe_title": "Soupe d’orties",
    "recipe": "Un bouquet d’orties",
    "workshop": "Samedi à 14 h",
}


def paper(client, kitchen, form="a4"):
    answer = client.get(kitchen.place.url(f"feuille-de-chou/{form}.pdf"))
    assert answer["Content-Type"] == "application/pdf"
    return PdfReader(BytesIO(answer.content))


def test_the_slip_prints_content_and_texts_on_both_papers(kitchen, helene):
    kitchen.put(milli=800)
    helene.post(kitchen.place.url("feuille-de-chou/"), SLIP)
    assert Slip.objects.get().recipe_title == "Soupe d’orties"
    for form, width in (("a4", 595), ("a5", 420)):
        read = paper(helene, kitchen, form)
        assert round(read.pages[0].mediabox.width) == width
        said = re.sub(r"\s+", " ", read.pages[0].extract_text())
        assert "Carotte" in said and "0,8 kg" in said
        assert "premières fèves" in said and "Soupe d’orties" in said and "Samedi à 14" in said
        assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert "€" not in said


def test_the_slip_follows_the_gardens_choice_of_weights_and_prices(kitchen, helene):
    kitchen.put(milli=800)
    change_ways(kitchen.garden, {"content_weights": False, "content_prices": True}, by=None, at=AT)
    said = paper(helene, kitchen).pages[0].extract_text()
    assert "0,8" not in said
    assert "2,50" in said


def test_rounds_that_differ_have_each_their_table_on_the_slip(kitchen, helene):
    kitchen.put(milli=800)
    kitchen.put(milli=500, round=kitchen.friday)
    said = paper(helene, kitchen).pages[0].extract_text()
    assert "Jeudi" in said and "Vendredi" in said


def test_the_slip_survives_long_and_foreign_texts(kitchen, helene):
    kitchen.put(milli=800)
    helene.post(
        kitchen.place.url("feuille-de-chou/"),
        {"news": "Zoé 🥕 " + "très long " * 110, "recipe": "#let x = 1 *gras* $x$ \\ @ ملفوف"},
    )
    assert len(paper(helene, kitchen, "a5").pages) <= 2
    assert helene.get(kitchen.place.url("feuille-de-chou/apercu.png"))["Content-Type"] == "image/png"


def test_a_slip_text_too_long_is_told_and_kept(kitchen, helene):
    answer = helene.post(kitchen.place.url("feuille-de-chou/"), {"news": "a" * 1300})
    assert answer.status_code == 200
    assert "a" * 1300 in answer.content.decode()
    assert not Slip.objects.exists()


def test_a_treasurer_reads_the_slip_and_cannot_write_it(kitchen):
    theo = signed_in(kitchen.place, "treasurer")
    assert theo.get(kitchen.place.url("feuille-de-chou/")).status_code == 200
    assert theo.post(kitchen.place.url("feuille-de-chou/"), SLIP).status_code == 404


# --- Cost -----------------------------------------------------------------------------------------


def queries_of(client, url):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


@pytest.mark.parametrize("page", ["", "recolte", "emballe/", "feuille"])
def test_pages_cost_the_same_queries_with_three_and_thirty_vegetables(kitchen, helene, page):
    url = {"recolte": harvest_url(kitchen), "feuille": kitchen.place.url("feuille-de-chou/a4.pdf")}.get(
        page, kitchen.url(page)
    )
    counts = []
    for many in (3, 30):
        some = list(Produce.objects.filter(garden=kitchen.garden).order_by("pk")[:many])
        rows = [Row(one.pk, one.unit, one.unit_cents, {kitchen.size.pk: 500}) for one in some]
        for week in [WEEK, *([WEEK - 1] if many == 30 else [])]:
            actions.compose(kitchen.thursday, week, sizes=[kitchen.size.pk], rows=rows, seen=None, by=None, at=AT)
        counts.append(queries_of(helene, url))
    assert counts[0] == counts[1] <= 30


def test_a_round_is_written_in_as_many_queries_for_three_vegetables_as_for_thirty(kitchen):
    assert kitchen.thursday.garden == kitchen.garden
    counts = []
    for many in (3, 30):
        some = list(Produce.objects.filter(garden=kitchen.garden).order_by("pk")[:many])
        rows = [Row(one.pk, one.unit, one.unit_cents, {kitchen.size.pk: 500}) for one in some]
        with CaptureQueriesContext(connection) as asked:
            actions.compose(
                kitchen.thursday, WEEK + many, sizes=[kitchen.size.pk], rows=rows, seen=None, by=None, at=AT
            )
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_week_that_has_no_basket_can_still_be_composed(kitchen, helene):
    make_delivery(kitchen.garden, (WEEK + 4).day(4))
    page = text_of(helene.get(kitchen.url(week=WEEK + 4)))
    assert "Jeudi" in page and "Vendredi" in page

"""The guided page of welcome, from a sign-up or a referral, and the leaflet that everybody gets alike."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from cageot.baskets import actions as baskets
from cageot.baskets.models import Basket, BasketSize, Depot, Door, SignUp
from cageot.desk.leaflet import leaflet_of, message
from cageot.funding.models import AgreementPayer
from cageot.members.models import Household, Membership, MembershipFee, Referral, Support
from cageot.network.models import LogEvent, Message, Partner
from tests.baskets.test_signups import ask
from tests.desk.a_week import WEEK, Place, a_place, a_stranger, signed_in, text_of

pytestmark = pytest.mark.django_db

MONDAY = WEEK.monday
AT = datetime(2017, 3, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _day(settings: Any) -> None:
    settings.TODAY = MONDAY


@pytest.fixture
def place() -> Place:
    place = a_place()
    baskets.open_deliveries(place.garden, first=MONDAY, last=MONDAY + timedelta(weeks=10, days=-1), weekdays=[4, 5])
    place.garden.phone = "+33254001122"
    place.garden.save()
    BasketSize.objects.filter(garden=place.garden).update(people=2)
    for kind, cents in (("ordinary", 1500), ("solidarity", 200)):
        MembershipFee.objects.create(garden=place.garden, kind=kind, cents=cents, from_day=date(2017, 1, 1))
    Partner.objects.get(name="CCAS de Blois").gardens.add(place.garden)
    return place


@pytest.fixture
def lea(place: Place) -> Client:
    return signed_in(place, "coordinator")


def refer(place: Place, **more: Any) -> Referral:
    agreement = place.payer.agreement
    values: dict[str, Any] = {
        "garden": place.garden, "partner": agreement.partner, "agreement": agreement, "referrer_name": "Zoé", "referrer_reach": "zoe@exemple.fr",
        "first_name": "Amal", "adults": 2, "children": 1, "commune_code": "41018", "months": 6, "consent_version": "1",
        "consent_on": MONDAY, "digest": "d" * 64, "sent_at": AT, "state_at": AT, "language": "ar",
        "depot_key": Depot.objects.get(garden=place.garden, name="Jardin").pk,
    }  # fmt: skip
    return Referral.objects.create(**(values | more))


def page_of(one: SignUp | Referral) -> str:
    where = "inscriptions" if isinstance(one, SignUp) else "orientations"
    return f"/jardins/val-de-loire/{where}/{one.pk}/accueil/"


def form(place: Place, **more: Any) -> dict[str, Any]:
    return {
        "first_name": "Amal", "last_name": "Haddad", "number": "900", "adults": "2", "children": "1", "language": "fr", "mobile": "",
        "email": "", "reach_through": "", "address": "", "postcode": "", "town": "Blois", "size": str(place.baskets[0].size_id),
        "frequency": "weekly", "depot": str(Depot.objects.get(garden=place.garden, name="Gare").pk), "from_day": str(MONDAY + timedelta(days=7)),
        "kind": "ordinary", "fee": "", "paid_by": "",
    } | more  # fmt: skip


def supported(place: Place, **more: Any) -> dict[str, Any]:
    return form(place, tariff=str(place.payer.agreement.tariffs.get().pk), months="6", **more)


def made() -> Household:
    return Household.objects.get(number="900")


# --- From a sign-up -------------------------------------------------------------------------------


def test_somebody_who_signed_up_is_welcomed_on_one_page(place: Place, lea: Client) -> None:
    one = ask(place, Depot.objects.get(name="Gare"))
    page = lea.get(page_of(one))
    assert 'value="Morel"' in page.content.decode()
    assert "Sa prise en charge" not in text_of(page)
    answer = text_of(lea.post(page_of(one), form(place, tell="on"), follow=True))
    assert "C’est fait : le foyer est accueilli." in answer
    assert "Jeudi 30 mars" in answer
    household = made()
    assert (household.adults, household.town, household.commune_code) == (2, "Blois", "41018")
    fee = household.memberships.get()
    assert (fee.kind, fee.fee_cents, fee.paid_on, fee.paid_by, fee.until_day) == (
        "ordinary",
        1500,
        None,
        None,
        date(2017, 12, 31),
    )
    assert household.baskets.order_by("delivery__day")[0].delivery.day == date(2017, 3, 30)
    assert not household.supports.exists()
    one.refresh_from_db()
    assert (one.state, one.household) == ("welcomed", household)
    assert Message.objects.filter(kind="welcome").count() == 1


def test_the_place_kept_for_somebody_is_free_for_them(place: Place, lea: Client) -> None:
    Depot.objects.filter(name="Gare").update(capacity=5)
    one = ask(place, Depot.objects.get(name="Gare"))
    assert "Gare · jeudi · 1 place" in text_of(lea.get(page_of(one)))
    lea.post(page_of(one), form(place))
    assert made().baskets.exists()


def test_pressing_twice_welcomes_once(place: Place, lea: Client) -> None:
    one = ask(place, Depot.objects.get(name="Gare"))
    for number in ("900", "901"):
        answer = lea.post(page_of(one), form(place, number=number), follow=True)
    assert "déjà accueilli" in text_of(answer)
    assert not Household.objects.filter(number="901").exists()


def test_one_who_left_the_queue_is_not_welcomed(place: Place, lea: Client) -> None:
    one = ask(place, Depot.objects.get(name="Gare"))
    SignUp.objects.filter(pk=one.pk).update(state="dropped", ended="dropped")
    assert "Cette demande est close" in text_of(lea.post(page_of(one), form(place), follow=True))
    assert not Household.objects.filter(number="900").exists()


def test_a_partner_may_pay_the_membership(place: Place, lea: Client) -> None:
    one = ask(place, Depot.objects.get(name="Gare"))
    ccas = Partner.objects.get(name="CCAS de Blois")
    lea.post(page_of(one), form(place, kind="solidarity", paid_by=str(ccas.pk), paid="on"))
    fee = Membership.objects.get(household=made())
    assert (fee.kind, fee.fee_cents, fee.paid_by, fee.paid_on) == ("solidarity", 200, ccas, MONDAY)


def test_no_membership_and_another_fee(place: Place, lea: Client) -> None:
    one = ask(place, Depot.objects.get(name="Gare"))
    lea.post(page_of(one), form(place, kind=""))
    assert not Membership.objects.exists()
    two = ask(place, Depot.objects.get(name="Gare"))
    lea.post(page_of(two), form(place, number="901", fee="7,50"))
    assert Membership.objects.get().fee_cents == 750


# --- From a referral ------------------------------------------------------------------------------


def test_somebody_referred_is_welcomed_by_the_same_page_with_a_support(place: Place, lea: Client) -> None:
    one = refer(place)
    start = lea.get(page_of(one))
    assert "Sa prise en charge" in text_of(start)
    assert "Pris en charge jusqu’au 26/09/2017" in text_of(start)
    assert "Le foyer paie 3,60 € par panier" in text_of(start)
    assert "Premier panier vendredi 31 mars" in text_of(start), "where the referrer wished"
    answer = text_of(lea.post(page_of(one), supported(place), follow=True))
    assert "le foyer est accueilli" in answer
    support = made().supports.get()
    assert (support.from_day, support.until_day) == (date(2017, 3, 27), date(2017, 9, 26))
    one.refresh_from_db()
    assert (one.state, one.household) == ("accepted", made())


def test_the_words_are_the_same_but_for_the_support(place: Place, lea: Client) -> None:
    """Questions and headings of both pages, the part on the support taken out."""

    def asked(address: str) -> list[str]:
        page = lea.get(address).content.decode()
        page = re.sub(r"<section[^>]*><h2>Sa prise en charge.*?</section>", "", page, flags=re.DOTALL)
        return re.findall(r"<(?:label for|legend|h2)[^>]*>([^<]+)", page)

    ordinary, referred = asked(page_of(ask(place, Depot.objects.get(name="Gare")))), asked(page_of(refer(place)))
    assert ordinary == referred
    assert len(ordinary) > 15


def test_a_referral_may_be_welcomed_at_the_ordinary_price(place: Place, lea: Client) -> None:
    lea.post(page_of(refer(place)), form(place, tariff=""))
    assert not made().supports.exists()


def full_agreement(place: Place) -> None:
    AgreementPayer.objects.filter(agreement=place.payer.agreement).update(quota_baskets=5, used_baskets=5)


def test_a_full_agreement_is_refused_with_what_to_do(place: Place, lea: Client) -> None:
    one = refer(place)
    full_agreement(place)
    assert "complète" in text_of(lea.get(page_of(one)))
    page = text_of(lea.post(page_of(one), supported(place)))
    assert "est complète. Choisissez une autre convention ou le prix ordinaire, ou mettez en attente." in page
    assert not Household.objects.filter(number="900").exists()
    assert "en liste d’attente" in text_of(lea.post(page_of(one), supported(place, attendre="1"), follow=True))
    one.refresh_from_db()
    assert one.state == "waiting"
    assert not SignUp.objects.exists(), "the depot has places: none is kept meanwhile"


def test_an_agreement_that_fills_up_meanwhile_writes_nothing(
    place: Place, lea: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last place went between the page and the button."""
    one = refer(place)
    from cageot.desk.actions import welcome as action
    from cageot.desk.queries.places_left import Left

    monkeypatch.setattr(action, "places_left", lambda agreements, day: {a.pk: Left(0, 9) for a in agreements})
    page = text_of(lea.post(page_of(one), supported(place)))
    assert "La dernière place de cette convention vient d’être prise" in page
    one.refresh_from_db()
    assert one.state == "sent"
    assert not Household.objects.filter(number="900").exists()


def test_a_full_depot_lets_a_referred_person_wait_like_anybody(place: Place, lea: Client) -> None:
    one = refer(place)
    Depot.objects.filter(name="Gare").update(capacity=4)
    page = text_of(lea.post(page_of(one), supported(place)))
    assert "ses 4 places sont prises ou gardées. Choisissez un autre dépôt, ou mettez en attente." in page
    lea.post(page_of(one), supported(place, attendre="1"))
    one.refresh_from_db()
    waiting = SignUp.objects.get()
    assert (one.state, waiting.state, waiting.referral) == ("waiting", "waiting", one)
    assert not Message.objects.filter(kind="signup_received").exists()
    Depot.objects.filter(name="Gare").update(capacity=5)
    assert "Sa prise en charge" in text_of(lea.get(page_of(waiting)))
    lea.post(page_of(waiting), supported(place))
    one.refresh_from_db()
    assert (one.state, made().supports.count()) == ("accepted", 1)


def test_a_referral_withdrawn_meanwhile_writes_nothing(place: Place, lea: Client) -> None:
    one = refer(place)
    before = LogEvent.objects.count()
    Referral.objects.filter(pk=one.pk).update(state="withdrawn")
    assert "Cette demande est close" in text_of(lea.post(page_of(one), supported(place), follow=True))
    assert not Household.objects.filter(number="900").exists()
    assert LogEvent.objects.count() == before


WRONG = [
    ({"number": "100"}, "Un autre foyer porte le numéro 100"), ({"months": ""}, "Dites pour combien de mois."),
    ({"from_day": "2016-01-01"}, "Choisissez un jour d’aujourd’hui"), ({"first_name": "", "last_name": ""}, "Dites comment appeler la personne"),
    ({"depot": "999999"}, "dépôt"), ({"months": "99"}, "24"), ({"fee": "beaucoup"}, "Écrivez un montant"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "told"), WRONG, ids=[str(one[0]) for one in WRONG])
def test_a_wrong_answer_is_told_and_nothing_is_written(
    place: Place, lea: Client, wrong: dict[str, str], told: str
) -> None:
    one = refer(place)
    counted = [model.objects.count() for model in (Household, Support, Membership, Basket)]
    page = lea.post(page_of(one), supported(place) | wrong)
    assert told in text_of(page)
    assert "Haddad" in page.content.decode() or "last_name" in wrong, "nothing typed is lost"
    assert [model.objects.count() for model in (Household, Support, Membership, Basket)] == counted


def test_the_price_follows_the_choices(place: Place, lea: Client) -> None:
    one = refer(place)
    page = text_of(lea.get(f"{page_of(one)}prix/", supported(place)))
    assert "3,60 € par panier" in page
    assert "12,00 € par panier" in text_of(lea.get(f"{page_of(one)}prix/", form(place)))
    assert "12,00 €" in text_of(lea.get("/jardins/val-de-loire/inscriptions/accueil/prix/", form(place)))
    again = lea.post(page_of(one), supported(place, recalculer="1", kind="solidarity"))
    assert "Adhésion 2,00 €" in text_of(again)
    assert "à revoir" not in text_of(again)


@pytest.mark.parametrize("role", ["helper", "treasurer"])
def test_only_those_who_welcome_people_open_the_page(place: Place, role: str) -> None:
    one = refer(place)
    assert signed_in(place, role).get(page_of(one)).status_code == 404


def test_a_referral_of_another_garden_does_not_exist(place: Place) -> None:
    one = refer(place)
    sam = a_stranger()
    assert sam.get(page_of(one)).status_code == 404
    assert sam.get(page_of(one).replace("val-de-loire", "ailleurs")).status_code == 404


def test_three_depots_or_thirty_ask_the_same_of_the_base(place: Place, lea: Client) -> None:
    one = refer(place)
    Depot.objects.update(capacity=9)
    address = page_of(one)

    def count() -> int:
        lea.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert lea.get(address).status_code == 200
        return len(caught)

    few, depot = count(), Depot.objects.get(name="Gare")
    for n in range(30):
        Depot.objects.create(garden=place.garden, name=f"Dépôt {n}", round=depot.round, capacity=n)
        ask(place, depot, minute=n)
    assert count() == few


# --- The leaflet ----------------------------------------------------------------------------------


def household(place: Place, number: str, **more: Any) -> Household:
    Door.objects.get_or_create(garden=place.garden)
    Household.objects.filter(garden=place.garden, number=number).update(**more)
    return Household.objects.select_related("garden").get(garden=place.garden, number=number)


def leaflet(client: Client, one: Household) -> str:
    answer = client.get(f"/jardins/val-de-loire/foyers/{one.pk}/accueil.pdf")
    assert answer["Content-Type"] == "application/pdf"
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)


def test_the_leaflet_says_where_when_and_how_to_say_that_one_does_not_come(place: Place, lea: Client) -> None:
    Depot.objects.filter(name="Gare").update(hours="16 h – 19 h", address="1 place de la Gare", commune_code="41018")
    text = re.sub(r"\s+", " ", leaflet(lea, household(place, "100")))
    for words in ("Bienvenue", "Gare", "1 place de la Gare, Blois", "Jeudi 16 h – 19 h", "Premier panier : jeudi 23 mars.",
                  "Vous ne venez pas ?", "Dites-le au jardin 2 jours avant.", "02 54 00 11 22"):  # fmt: skip
        assert words in text


def test_the_leaflet_is_one_page_and_the_same_for_all(place: Place, lea: Client) -> None:
    helped, ordinary = household(place, "100"), household(place, "101")
    assert helped.supports.exists()
    assert not ordinary.supports.exists()
    assert leaflet(lea, helped) == leaflet(lea, ordinary)
    assert "€" not in leaflet(lea, helped)


@pytest.mark.parametrize("language", ["fr", "en", "ar", "uk", "fa", "es", "pt", "tr", "ti", "lsf"])
def test_the_leaflet_and_the_message_exist_in_every_language(place: Place, lea: Client, language: str) -> None:
    one = household(place, "100", language=language)
    assert "02 54 00 11 22" in leaflet(lea, one).replace("\u00a0", " ")
    found = leaflet_of(one, MONDAY)
    assert found is not None
    words = message(found)
    assert len(words.short) <= 160
    assert "€" not in words.short + words.subject + words.body


def test_from_right_to_left_a_telephone_number_keeps_its_order(place: Place) -> None:
    found = leaflet_of(household(place, "100", language="ar"), MONDAY)
    assert found is not None
    assert "\u206802 54 00 11 22\u2069" in message(found).short.replace("\u00a0", " ")


def test_a_very_long_depot_still_gives_a_short_message(place: Place) -> None:
    Depot.objects.filter(name="Gare").update(
        name="Maison " * 17, hours="de seize heures à dix-neuf heures trente, sonnez deux fois"
    )
    found = leaflet_of(household(place, "100"), MONDAY)
    assert found is not None
    words = message(found).short
    assert len(words) <= 160
    assert "02 54 00 11 22" in words.replace("\u00a0", " ")


def test_a_helper_may_print_the_leaflet_and_a_stranger_may_not(place: Place) -> None:
    one = household(place, "100")
    assert "Gare" in leaflet(signed_in(place, "helper"), one)
    assert a_stranger().get(f"/jardins/val-de-loire/foyers/{one.pk}/accueil.pdf").status_code == 404


def test_without_a_basket_there_is_no_leaflet_yet(place: Place, lea: Client) -> None:
    one = household(place, "100")
    one.subscriptions.update(until_day=date(2017, 1, 31))
    assert lea.get(f"/jardins/val-de-loire/foyers/{one.pk}/accueil.pdf").status_code == 404
    assert lea.get(f"/jardins/val-de-loire/foyers/{one.pk}/bienvenue/").status_code == 200


def test_the_message_of_welcome_is_sent_once(place: Place, lea: Client) -> None:
    one = household(place, "100")
    one.members.update(mobile="+33612345678")
    for _ in range(2):
        lea.post(f"/jardins/val-de-loire/foyers/{one.pk}/bienvenue/envoyer/")
    sent = Message.objects.get(kind="welcome")
    assert (sent.channel, sent.body.startswith("Bienvenue !")) == ("sms", True)


# --- Reached by who referred them ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reach", "through"),
    [
        ("Zoé", "+33254112233", "Zoé, 02 54 11 22 33"),
        ("Zoé, CCAS de Blois", "+33254112233", "Zoé, 02 54 11 22 33"),
        ("Zoé (ccas de blois)", "zoe@ccas-blois.example", "Zoé"),
        ("CCAS de Blois", "+33254112233", "02 54 11 22 33"),
        ("CCAS de Blois", "zoe@ccas-blois.example", ""),
    ],
)
def test_a_household_reached_by_its_referrer_has_a_name_and_a_number_and_no_organisation(
    place: Place, lea: Client, name: str, reach: str, through: str
) -> None:
    referral = refer(place, reach_by="referrer", reach_at="", referrer_name=name, referrer_reach=reach)
    assert lea.get(page_of(referral)).context["form"]["reach_through"].value() == through
    lea.post(page_of(referral), supported(place, reach_through=through))
    assert made().reach_through == through
    page = signed_in(place, "helper").get(f"/jardins/{place.garden.code}/foyers/{made().pk}/")
    assert "ccas" not in text_of(page).casefold()


def test_a_household_that_is_reached_itself_has_no_go_between(place: Place, lea: Client) -> None:
    referral = refer(place, reach_by="sms", reach_at="+33612345678")
    assert lea.get(page_of(referral)).context["form"]["reach_through"].value() == ""

"""When a support ends: who is told, what is asked and answered, the steps to the full price, moves, and what comes after."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cageot.baskets import actions as baskets
from cageot.baskets.models import Basket, WeekClose
from cageot.config.verbs import remind
from cageot.core import clock
from cageot.desk.actions import after as desk_actions
from cageot.desk.queries import after as queries
from cageot.funding import actions as funding
from cageot.funding.models import Agreement, CapExemption, Charge, Share
from cageot.members import actions as members
from cageot.members import after, rights
from cageot.members.models import (
    Consent,
    Household,
    Member,
    Onward,
    OwnOffer,
    Referral,
    RenewalAsk,
    Support,
    SupportMove,
)
from cageot.members.rules.after import ONE_DAY
from cageot.network.models import Edition, LogEvent, Login, Message, Partner, Person, Role
from tests.desk.a_week import AT, MONDAY_AFTER, a_place, a_stranger, signed_in, text_of
from tests.factories import make_household

pytestmark = pytest.mark.django_db
TODAY = MONDAY_AFTER  # 27 March 2017; the supports of the place end on 20 April
END = date(2017, 4, 20)
NOW = datetime(2017, 3, 27, 9, 0, tzinfo=UTC)
SOCIAL = "k.diop@ccas-blois.fr"


@pytest.fixture(autouse=True)
def _day(settings, monkeypatch):
    settings.TODAY = TODAY
    settings.SITE = "https://paniers.example.org"
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def place():
    place = a_place()
    for number in ("100", "104"):
        refer(of(place, number))
    return place


@pytest.fixture
def lea(place):
    return signed_in(place, "coordinator")


def of(place, number="100"):
    return Household.objects.select_related("garden").get(garden=place.garden, number=number)


def support_of(place, number="100"):
    return Support.objects.select_related("household__garden", "agreement", "tariff").get(
        household=of(place, number), renews=None
    )


def refer(household, to=SOCIAL, first_name="Amina", partner=None):
    """The household was oriented by somebody of the CCAS."""
    partner = partner or Partner.objects.get(name="CCAS de Blois")
    return Referral.objects.create(
        garden=household.garden, partner=partner, referrer_name="Karim Diop", referrer_reach=to, first_name=first_name,
        commune_code="41018", consent_version="1", consent_on=AT.date(), digest=f"d{household.pk}", state="accepted", sent_at=AT, state_at=AT,
        household=household, tells_outcome=True,
    )  # fmt: skip


def page(name, place, *args):
    return reverse(f"desk:{name}", args=[place.garden.code, *args])


def about(name, place, number="100"):
    one = support_of(place, number)
    return page(name, place, one.household_id, one.pk)


def tick(today=TODAY, at=NOW):
    return after.tick(
        today=today, at=at, link=lambda code: f"https://x/{code}/", board=lambda garden: "https://x/fins/"
    )


def ask(place, number="100", to=SOCIAL):
    """The link that a referrer received."""
    codes = []
    after.ask_renewal(
        {support_of(place, number): to}, link=lambda code: codes.append(code) or f"https://x/{code}/", by=None, at=NOW
    )
    return reverse("desk:renewal", args=[codes[-1]])


def other_agreement(place, name="Département 2017", member=240, until=date(2017, 12, 31), **fields):
    partner = fields.pop("partner", None) or Partner.objects.get_or_create(name="Département", kind="department")[0]
    quota = fields.pop("quota", None)
    return funding.open_agreement(
        Agreement(name=name, partner=partner, **{"from_day": date(2017, 1, 1), "until_day": until, "status": "active"} | fields),
        gardens=[place.garden], payers=[funding.PayerDraft("partner", partner, quota_baskets=quota)],
        grids={"Tarif": [funding.LineDraft(1200, (funding.ShareDraft(0, "rest"),), "panier", member_cents=member)]}, by=None, at=AT,
    )  # fmt: skip


# --- Terms ----------------------------------------------------------------------------------------


def test_three_or_six_months_are_one_choice_beside_the_date(place, lea):
    tariff = place.payer.agreement.tariffs.get()
    home = of(place, "101")
    url = page("household_support", place, home.pk)
    assert "3 mois" in text_of(lea.get(url))
    lea.post(url, {"tariff": tariff.pk, "from_day": "2017-04-01", "term": "6", "until_day": ""})
    assert Support.objects.get(household=home).until_day == date(2017, 9, 30)


def test_a_term_stops_with_the_agreement_and_the_page_says_the_day(place, lea):
    tariff = place.payer.agreement.tariffs.get()
    home = of(place, "101")
    form = {"tariff": tariff.pk, "from_day": "2017-10-01", "term": "6", "until_day": ""}
    answer = lea.post(page("household_support", place, home.pk), form, follow=True)
    assert "jusqu’au dimanche 31 décembre 2017" in text_of(answer)


def test_without_a_term_nor_a_date_one_is_told_to_choose(place, lea):
    form = {"tariff": place.payer.agreement.tariffs.get().pk, "from_day": "2017-04-01", "term": "", "until_day": ""}
    answer = lea.post(page("household_support", place, of(place, "101").pk), form)
    assert "Choisissez une durée, ou écrivez le dernier jour." in text_of(answer)


@pytest.mark.parametrize(
    ("typed", "last"),
    [
        ({"mois": "3"}, date(2017, 7, 20)), ({"mois": "6"}, date(2017, 10, 20)), ({"jusqua": "2017-05-31"}, date(2017, 5, 31)),
        ({"jusqua": "2019-01-01"}, date(2017, 12, 31)), ({"mois": "99"}, date(2017, 8, 7)), ({}, date(2017, 8, 7)),
    ],
)  # fmt: skip
def test_a_support_is_renewed_for_the_time_chosen_within_its_agreement(place, lea, typed, last):
    lea.post(about("household_renew", place), typed)
    assert support_of(place).renewed_by.until_day == last


# --- Warnings -------------------------------------------------------------------------------------


def test_six_and_two_weeks_before_the_end_the_garden_and_the_referrer_are_told_once(place, lea):
    assert tick() == 3
    assert tick(at=NOW + timedelta(hours=1)) == 0
    to_lea = Message.objects.get(kind="ends_to_come")
    assert "3 prises en charge finissent dans les six semaines." in to_lea.body and "https://x/fins/" in to_lea.body
    [to_karim] = Message.objects.filter(kind="end_is_near")
    assert (to_karim.to, to_karim.body.count("20 avril 2017")) == (SOCIAL, 2)
    assert tick(END - timedelta(days=14)) == 3
    assert tick(END - timedelta(days=13)) == 0
    assert Message.objects.filter(kind="ends_to_come").count() == 2


def test_no_warning_carries_a_name(place, lea):
    tick()
    ask(place)
    names = [str(one) for one in Member.objects.all()] + ["Amina", "Benali", "Diop"]
    for message in Message.objects.all():
        assert not [name for name in names if name in message.subject + message.body]
        assert not re.search(r"prise en charge|solidaire|CCAS|convention|orient", message.subject)


def test_who_was_renewed_left_or_chose_is_not_warned_of(place, lea):
    members.renew(support_of(place, "100"), until_day=date(2017, 9, 30), by=None, at=AT)
    after.onward(support_of(place, "102"), "ordinary", on=TODAY, by=None, at=NOW)
    Household.objects.filter(pk=of(place, "104").pk).update(left_on=date(2017, 4, 1))
    assert tick() == 0
    assert not Message.objects.exists()


def test_an_awaited_answer_is_reminded_with_a_new_link_and_the_old_one_is_calm(place):
    first = ask(place)
    tick(END - timedelta(days=14))
    [told] = Message.objects.filter(kind="end_is_near")
    [code] = re.findall(r"https://x/(\S+)/", told.body)
    assert Client().get(first).status_code == 404
    assert Client().get(reverse("desk:renewal", args=[code])).status_code == 200


def test_remind_tells_of_the_ends_too(place, lea, capsys):
    parsed = type("Options", (), {"format": "text"})()
    assert remind.run(parsed) == 0
    assert "3 fins annoncées." in capsys.readouterr().out
    assert "https://paniers.example.org/jardins/val-de-loire/fins/" in Message.objects.get(kind="ends_to_come").body


# --- The board ------------------------------------------------------------------------------------


def test_the_board_says_who_ends_when_and_what_is_next(place, lea):
    shown = text_of(lea.get(page("ends", place)))
    assert "3 prises en charge" in shown
    assert "Amina Benali" in shown and "20/04/2017" in shown and "finit bientôt" in shown
    ask(place)
    assert "réponse attendue" in text_of(lea.get(page("ends", place)))
    assert "Amina Benali" not in text_of(lea.get(page("ends", place) + "?etat=a-faire"))


def test_a_month_shows_what_ends_in_it_and_a_strange_one_shows_now(place, lea):
    assert "Amina Benali" in text_of(lea.get(page("ends", place) + "?mois=2017-04"))
    assert "Rien ne finit" in text_of(lea.get(page("ends", place) + "?mois=2017-06"))
    for odd in ("2017-13", "x", "9999-12", "0001-01", "2017-1"):
        assert lea.get(page("ends", place), {"mois": odd}).status_code == 200


def test_one_click_asks_for_all_who_are_ticked(place, lea):
    ticked = [support_of(place, number).pk for number in ("100", "104")]
    answer = lea.post(page("ends_ask", place), {"prise": ticked}, follow=True)
    assert "Demandes envoyées pour 2 foyers." in text_of(answer)
    [told] = Message.objects.filter(kind="renewal_asked")
    assert told.to == SOCIAL
    links = re.findall(r"http://testserver(/renouveler/\S+)", told.body)
    assert [Client().get(link).status_code for link in links] == [200, 200]


def test_somebody_known_to_nobody_is_not_asked_and_nothing_is_half_sent(place, lea):
    ticked = [support_of(place, number).pk for number in ("100", "102")]
    answer = lea.post(page("ends_ask", place), {"prise": ticked}, follow=True)
    assert "dites à qui demander" in text_of(answer)
    assert not RenewalAsk.objects.exists() and not Message.objects.exists()


def test_whom_to_ask_may_be_typed_as_an_address_or_a_number(place, lea):
    url = about("household_after_ask", place, "102")
    assert "Écrivez une adresse électronique" in text_of(lea.post(url, {"to": "Karim"}))
    lea.post(url, {"to": "06 12 34 56 78"})
    told = Message.objects.get(kind="renewal_asked")
    assert (told.channel, told.to) == ("sms", "+33612345678")
    assert len(told.body) <= 160 and "/renouveler/" in told.body


def test_another_garden_s_support_cannot_be_asked_for(place, lea):
    other = a_place(2, code="autre")
    lea.post(page("ends_ask", place), {"prise": [Support.objects.filter(household__garden=other.garden).first().pk]})
    assert not RenewalAsk.objects.exists()


def test_the_board_asks_as_much_for_three_as_for_thirty(place, lea):
    def questions():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert lea.get(page("ends", place)).status_code == 200
        return len(seen)

    tick()
    ask(place)
    few = questions()
    for n in range(27):
        home = make_household(place.garden, f"Nom{n}")
        refer(home, to=f"p{n}@ccas.fr")
        members.support(
            home, agreement=place.payer.agreement, tariff=place.payer.agreement.tariffs.get(), from_day=date(2017, 2, 1),
            until_day=END, by=None, at=AT,
        )  # fmt: skip
    after.ask_renewal(dict.fromkeys(Support.objects.exclude(household__number__in=["100", "102", "104"]).select_related("household__garden"), "x@ccas.fr"), link=str, by=None, at=NOW)  # fmt: skip
    assert questions() <= few


@pytest.mark.parametrize("role", ["helper", "network"])
def test_who_sees_no_money_finds_no_board(place, role):
    client = signed_in(place, role)
    for url in (
        page("ends", place),
        about("household_after", place),
        about("household_steps", place),
        page("supports_move", place),
    ):
        assert client.get(url).status_code == 404


def test_a_stranger_finds_nothing_and_changes_nothing(place):
    sam, one = a_stranger(), support_of(place)
    for name in ("household_after", "household_steps"):
        assert sam.get(about(name, place)).status_code == 404
    for name in (
        "household_after_ask",
        "household_onward",
        "household_steps",
        "household_steps_back",
        "household_renew",
    ):
        assert sam.post(about(name, place), {"choix": "left", "to": SOCIAL}).status_code == 404
    assert sam.post(page("household_chosen", place, one.household_id), {"amount": "1"}).status_code == 404
    assert sam.post(page("supports_move", place), {}).status_code == 404
    assert not RenewalAsk.objects.exists() and not Onward.objects.exists() and Support.objects.count() == 3


def test_the_treasurer_reads_the_board_and_is_offered_nothing_to_do(place):
    theo = signed_in(place, "treasurer")
    shown = theo.get(page("ends", place))
    assert shown.status_code == 200 and "Demander si cela continue" not in text_of(shown)


def test_the_network_counts_ends_and_choices_without_a_name(place):
    after.onward(support_of(place, "102"), "volunteer", on=TODAY, by=None, at=NOW)
    nadia = signed_in(place, "network")
    shown = text_of(nadia.get(reverse("desk:all_ends")))
    assert "Jardin du Val de Loire bénévolat 1 2 0 0" in shown
    assert not [str(one) for one in Member.objects.all() if str(one) in shown]


# --- The referrer's answer ------------------------------------------------------------------------


def test_opening_the_link_changes_nothing(place):
    """A mail scanner opens every link, more than once."""
    url = ask(place)
    for _ in range(3):
        answer = Client().get(url)
        assert answer.status_code == 200
    assert "Faut-il continuer pour Amina ?" in text_of(answer) and "Benali" not in text_of(answer)
    assert RenewalAsk.objects.get().answer == "" and Support.objects.count() == 3


def test_a_referrer_grants_in_two_clicks_and_the_renewed_support_is_there(place):
    url = ask(place)
    answer = Client().post(url, {"reponse": "6"})
    assert "jusqu’au vendredi 20 octobre 2017" in text_of(answer)
    renewed = support_of(place).renewed_by
    assert (renewed.from_day, renewed.until_day) == (date(2017, 4, 21), date(2017, 10, 20))
    assert renewed.agreement == support_of(place).agreement
    assert LogEvent.objects.filter(verb="members.renewal_granted").count() == 1


def test_a_link_is_good_for_one_answer(place):
    url = ask(place)
    Client().post(url, {"reponse": "non"})
    again = Client().post(url, {"reponse": "6"})
    assert "ne continue pas" in text_of(again)
    assert RenewalAsk.objects.get().answer == "refused" and Support.objects.count() == 3


def test_a_refusal_asks_for_no_reason_and_the_board_goes_on(place, lea):
    url = ask(place)
    assert "Aucune raison n’est demandée." in text_of(Client().get(url))
    Client().post(url, {"reponse": "non"})
    shown = text_of(lea.get(page("ends", place)))
    assert "non renouvelée" in shown and "Et après ?" in shown


def test_two_colleagues_who_answer_at_once_give_one_answer(place):
    ask(place)
    one, two = RenewalAsk.objects.get(), RenewalAsk.objects.get()
    after.refuse(one, by=None, at=NOW)
    with pytest.raises(after.AlreadyAnswered):
        desk_actions.grant(two, months=6, tariff=two.support.tariff, by=None, at=NOW)
    assert Support.objects.count() == 3


def test_a_guessed_expired_or_mistyped_link_opens_one_calm_page(place, settings):
    url = ask(place)
    calm = text_of(Client().get("/renouveler/AAAA-BBBB-CCCC-DDDD/"))
    assert "Ce lien n’ouvre plus rien" in calm
    settings.TODAY = END + timedelta(days=15)
    late = Client().post(url, {"reponse": "6"})
    assert late.status_code == 404 and text_of(late) == calm
    assert RenewalAsk.objects.get().answer == ""


def test_a_code_tried_again_and_again_must_wait(place):
    answers = [Client().get(f"/renouveler/AAAA-BBBB-CCCC-{n:04}/").status_code for n in range(40)]
    assert answers[0] == 404 and answers[-1] == 429


@pytest.mark.parametrize("typed", ["", "0", "25", "-3", "x", "9" * 30, "²"])
def test_a_wrong_answer_is_told_and_the_link_stays_open(place, typed):
    url = ask(place)
    assert "Choisissez une durée, en mois." in text_of(Client().post(url, {"reponse": typed}))
    assert RenewalAsk.objects.get().answer == ""


def test_a_late_answer_begins_after_the_baskets_that_are_settled(place, settings):
    url = ask(place)
    baskets.open_deliveries(place.garden, first=date(2017, 4, 21), last=date(2017, 4, 28), weekdays=[4, 5])
    baskets.lay_baskets(place.garden, from_day=date(2017, 4, 21))
    place.mark_all()
    place.close()
    settings.TODAY = date(2017, 4, 30)
    closed = WeekClose.objects.get()
    later = Basket.objects.filter(household=of(place), delivery__day__gt=END).order_by("delivery__day").first()
    type(later.delivery).objects.filter(pk=later.delivery_id).update(close=closed)
    Client().post(url, {"reponse": "3"})
    assert support_of(place).renewed_by.from_day == later.delivery.day + ONE_DAY


def test_an_agreement_that_ends_offers_those_of_the_same_organisation(place):
    ccas = Partner.objects.get(name="CCAS de Blois")
    next_year = other_agreement(place, "CCAS, suite", partner=ccas, member=300)
    elsewhere = other_agreement(place)
    Agreement.objects.filter(pk=place.payer.agreement_id).update(until_day=END)
    url = ask(place)
    shown = text_of(Client().get(url))
    assert "La convention d’aujourd’hui est finie à cette date." in shown and "CCAS, suite" in shown
    assert "Département" not in shown
    refused = Client().post(url, {"reponse": "6"})
    assert "La convention est finie à cette date." in text_of(refused)
    assert "Appelez-le" in text_of(Client().post(url, {"reponse": "6", "tarif": elsewhere.tariffs.get().pk}))
    Client().post(url, {"reponse": "6", "tarif": next_year.tariffs.get().pk})
    assert support_of(place).renewed_by.agreement == next_year


def test_a_full_agreement_leaves_it_to_the_garden_which_sees_what_to_do(place, lea):
    url = ask(place)
    funding.change_quota(place.payer, quota_baskets=0, quota_cents=None, by=None, at=AT)
    assert "n’a plus de place" in text_of(Client().post(url, {"reponse": "6"}))
    answer = Client().post(url, {"reponse": "6", "tarif": "jardin"})
    assert "cherche une convention" in text_of(answer)
    assert RenewalAsk.objects.get().months == 6 and Support.objects.count() == 3
    other_agreement(place)
    shown = text_of(lea.get(page("ends", place)))
    assert "accordée, à placer" in shown and "Choisir une convention" in shown
    offered = text_of(lea.get(about("household_after", place)))
    assert "Celles-ci ont de la place" in offered and "Département 2017" in offered


def test_nothing_is_renewed_for_a_household_that_has_left(place):
    url = ask(place)
    members.leave(of(place), last_day=date(2017, 4, 1), by=None, at=AT)
    assert "Appelez-le" in text_of(Client().post(url, {"reponse": "6"}))
    assert RenewalAsk.objects.get().answer == "" and Support.objects.count() == 3


def test_a_support_opened_meanwhile_is_not_doubled(place):
    url = ask(place)
    members.renew(support_of(place), until_day=date(2017, 5, 31), by=None, at=AT)
    assert "Appelez-le" in text_of(Client().post(url, {"reponse": "6"}))
    assert RenewalAsk.objects.get().answer == "" and Support.objects.filter(household=of(place)).count() == 2


def referrer(partner, name="Diop", email=SOCIAL):
    """Somebody who refers people for that organisation, signed in."""
    person = Person.objects.create(first_name="Karim", last_name=name)
    Role.objects.create(person=person, kind="referrer", partner=partner, from_day=AT.date())
    client = Client()
    client.force_login(Login.objects.create(person=person, email=email))
    return client


def test_a_signed_in_referrer_finds_what_their_organisation_is_asked_and_nothing_else(place):
    ask(place)
    karim = referrer(Partner.objects.get(name="CCAS de Blois"))
    shown = text_of(karim.get(reverse("desk:renewals")))
    assert "Amina" in shown and "Benali" not in shown
    one = RenewalAsk.objects.get()
    answer = karim.post(reverse("desk:renewal_answer", args=[one.pk]), {"reponse": "3"})
    assert "jusqu’au jeudi 20 juillet 2017" in text_of(answer)
    assert RenewalAsk.objects.get().answered_by.last_name == "Diop"


def test_a_referrer_of_elsewhere_does_not_find_the_question(place):
    ask(place)
    zoe = referrer(Partner.objects.create(name="Autre", kind="other"), "Zola", "zoe@autre.fr")
    assert "Amina" not in text_of(zoe.get(reverse("desk:renewals")))
    assert (
        zoe.post(reverse("desk:renewal_answer", args=[RenewalAsk.objects.get().pk]), {"reponse": "3"}).status_code
        == 404
    )


# --- Steps ----------------------------------------------------------------------------------------


def test_steps_are_shown_with_days_and_amounts_then_written(place, lea):
    url = about("household_steps", place)
    shown = text_of(lea.get(url))
    assert "5,70 €" in shown and "7,80 €" in shown and "9,90 €" in shown and "12,00 €" in shown
    assert Support.objects.count() == 3
    lea.post(url, {"paliers": "3", "mois": "1"})
    rows = Support.objects.filter(step_after=support_of(place)).order_by("from_day")
    assert [(one.from_day, one.until_day) for one in rows] == [
        (date(2017, 4, 21), date(2017, 5, 20)), (date(2017, 5, 21), date(2017, 6, 20)), (date(2017, 6, 21), date(2017, 7, 20)),
    ]  # fmt: skip
    own = OwnOffer.objects.get().agreement
    assert {one.agreement for one in rows} == {own} and not own.in_programme
    assert "paliers" in text_of(lea.get(page("ends", place)))


def test_a_basket_of_a_step_is_borne_by_the_garden_and_is_not_a_solidarity_basket(place, lea):
    one = support_of(place)
    members.end_support(one, last_day=date(2017, 3, 19), by=None, at=AT)
    one.refresh_from_db()
    planned = queries.planned_steps(one, steps=3, months=1, today=date(2017, 3, 20))
    after.step_down(one, planned, with_agreement=False, today=date(2017, 3, 20), by=None, at=AT)
    place.mark_all()
    place.close()
    charge = Charge.objects.get(agreement=OwnOffer.objects.get().agreement)
    assert (charge.in_programme, charge.member_cents, charge.cap_cents) == (False, 570, None)
    assert dict(Share.objects.filter(charge=charge).values_list("by", "cents")) == {"member": 570, "garden": 630}


def test_steps_under_the_cap_stay_in_the_agreement_when_the_partner_agrees(place, lea):
    cheap = other_agreement(place, member=100)
    home = of(place, "101")
    one = members.support(
        home, agreement=cheap, tariff=cheap.tariffs.get(), from_day=date(2017, 2, 1), until_day=END, by=None, at=AT
    )
    url = page("household_steps", place, home.pk, one.pk)
    assert "est d’accord pour payer le reste" in text_of(lea.get(url + "?paliers=6"))
    lea.post(url, {"paliers": "6", "mois": "1", "convention": "1"})
    rows = list(Support.objects.filter(step_after=one).order_by("from_day").select_related("agreement"))
    assert [row.agreement.in_programme for row in rows] == [True, False, False, False, False, False]
    assert rows[0].tariff.lines.get().member_cents == 257
    lea.post(page("household_steps_back", place, home.pk, one.pk))
    assert cheap.tariffs.count() == 1  # nobody pays so any more
    lea.post(url, {"paliers": "6", "mois": "1"})
    assert not Support.objects.filter(step_after=one, agreement__in_programme=True).exists()


def test_an_exemption_lets_more_steps_stay(place):
    one = support_of(place)
    edition = Edition.objects.get()
    CapExemption.objects.create(
        agreement=one.agreement, edition=edition, max_member_bp=5000, reason="paliers", from_day=date(2017, 1, 1),
        until_day=date(2017, 12, 31), status="granted",
    )  # fmt: skip
    planned = queries.planned_steps(one, steps=3, months=1, today=TODAY)
    made = after.step_down(one, planned, with_agreement=True, today=TODAY, by=None, at=NOW)
    assert [row.agreement == one.agreement for row in made] == [True, False, False]


def test_steps_may_be_taken_back_until_the_first_begins(place, lea, settings):
    lea.post(about("household_steps", place), {"paliers": "3", "mois": "1"})
    lea.post(about("household_steps_back", place))
    assert Support.objects.count() == 3
    lea.post(about("household_steps", place), {"paliers": "2", "mois": "1"})
    settings.TODAY = END + ONE_DAY
    answer = lea.post(about("household_steps_back", place), follow=True)
    assert "Le premier palier a commencé" in text_of(answer)
    assert Support.objects.count() == 5


def test_steps_do_not_cross_another_support(place, lea):
    members.renew(support_of(place), until_day=date(2017, 9, 30), by=None, at=AT)
    answer = lea.post(about("household_steps", place), {"paliers": "3", "mois": "1"})
    assert "Une prise en charge court déjà" in text_of(answer)
    assert not Support.objects.filter(step_after__isnull=False).exists() and not OwnOffer.objects.exists()


# --- Et après ? -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "where"),
    [
        ("ordinary", "household"),
        ("chosen", "household_chosen"),
        ("volunteer", "household"),
        ("other", "household"),
        ("left", "household_leave"),
    ],
)
def test_what_a_household_chooses_is_kept_and_leads_to_the_right_page(place, lea, choice, where):
    answer = lea.post(about("household_onward", place), {"choix": choice})
    assert answer.url.split("?")[0] == page(where, place, of(place).pk)
    assert Onward.objects.get().choice == choice
    assert str(Onward.Choice(choice).label).capitalize() in text_of(lea.get(page("ends", place)))


def test_the_ordinary_price_leads_to_a_basket_when_there_is_none_after(place, lea):
    baskets.stop_subscription(of(place).subscriptions.get(), last_day=END, by=None, at=AT)
    answer = lea.post(about("household_onward", place), {"choix": "ordinary"})
    assert answer.url == page("household_subscription", place, of(place).pk)


def test_the_last_word_holds_and_a_strange_one_is_not_kept(place, lea):
    lea.post(about("household_onward", place), {"choix": "left"})
    lea.post(about("household_onward", place), {"choix": "volunteer"})
    lea.post(about("household_onward", place), {"choix": "riche"})
    assert Onward.objects.get().choice == "volunteer"


def test_a_chosen_price_is_what_the_household_pays_and_the_garden_adds_the_rest(place, lea):
    url = page("household_chosen", place, of(place).pk) + f"?apres={support_of(place).pk}"
    assert "2017-04-21" in lea.get(url).content.decode()
    lea.post(url, {"amount": "8,00", "from_day": "2017-04-21", "until_day": "", "apres": support_of(place).pk})
    made = Support.objects.get(from_day=date(2017, 4, 21))
    assert (made.until_day, made.renews, made.agreement.in_programme) == (None, support_of(place), False)
    assert made.tariff.lines.get().member_cents == 800
    assert "8,00" in text_of(lea.get(page("household", place, of(place).pk)))


@pytest.mark.parametrize("amount", ["12,00", "15", "", "-1", "beaucoup"])
def test_a_chosen_price_stays_under_the_price(place, lea, amount):
    answer = lea.post(page("household_chosen", place, of(place).pk), {"amount": amount, "from_day": "2017-04-21"})
    assert answer.status_code == 200 and not OwnOffer.objects.exists()


def test_chosen_prices_are_not_offered_as_agreements_but_may_be_corrected(place, lea):
    lea.post(
        page("household_chosen", place, of(place).pk),
        {"amount": "8", "from_day": "2017-04-21", "until_day": "2017-05-31"},
    )
    assert "Prix choisi et paliers" not in text_of(lea.get(page("household_support", place, of(place).pk)))
    made = Support.objects.get(from_day=date(2017, 4, 21))
    url = page("household_support_edit", place, of(place).pk, made.pk)
    assert "Prix choisi et paliers" in text_of(lea.get(url))
    lea.post(url, {"tariff": made.tariff_id, "from_day": "2017-04-21", "until_day": "2017-06-30"})
    assert Support.objects.get(pk=made.pk).until_day == date(2017, 6, 30)


def test_two_households_that_choose_the_same_share_a_tariff(place, lea):
    for number in ("100", "102"):
        lea.post(page("household_chosen", place, of(place, number).pk), {"amount": "8", "from_day": "2017-04-21"})
    assert OwnOffer.objects.get().agreement.tariffs.count() == 1


# --- Moving together ------------------------------------------------------------------------------


def asked(place, target, day="2017-04-01", **more):
    return {"source": place.payer.agreement_id, "tariff": target.tariffs.get().pk, "day": day} | more


def moved_ids(answer):
    return re.findall(r'name="prise" value="(\d+)"', answer.content.decode())


def test_a_move_is_shown_household_by_household_before_anything_is_written(place, lea):
    target = other_agreement(place)
    answer = lea.post(page("supports_move", place), asked(place, target))
    shown = text_of(answer)
    assert "Amina Benali 01/04/2017 20/04/2017 3,60 € 2,40 €" in shown
    assert len(moved_ids(answer)) == 3 and Support.objects.count() == 3


def test_a_move_cuts_each_support_in_two_and_no_day_is_lost(place, lea):
    target = other_agreement(place)
    days = sum((one.until_day - one.from_day).days + 1 for one in Support.objects.all())
    ticked = moved_ids(lea.post(page("supports_move", place), asked(place, target)))
    lea.post(page("supports_move", place), asked(place, target, ecrire="1", prise=ticked))
    assert Support.objects.count() == 6
    assert sum((one.until_day - one.from_day).days + 1 for one in Support.objects.all()) == days
    made = Support.objects.filter(agreement=target)
    assert {(one.from_day, one.until_day) for one in made} == {(date(2017, 4, 1), END)}


def test_a_question_that_waits_goes_on_with_the_moved_support(place, lea):
    url = ask(place)
    target = other_agreement(place)
    ticked = moved_ids(lea.post(page("supports_move", place), asked(place, target)))
    lea.post(page("supports_move", place), asked(place, target, ecrire="1", prise=ticked))
    Client().post(url, {"reponse": "3"})
    assert Support.objects.get(household=of(place), from_day=END + ONE_DAY).agreement == target


def test_who_cannot_move_is_told_one_by_one_and_stays(place, lea):
    target = other_agreement(place, until=date(2017, 4, 10))
    answer = lea.post(page("supports_move", place), asked(place, target))
    assert "La nouvelle convention finit avant cette prise en charge" in text_of(answer)
    assert moved_ids(answer) == []
    cut = lea.post(page("supports_move", place), asked(place, target, shorten="on"))
    assert "30 jours de prise en charge sont perdus" in text_of(cut)


def test_places_of_the_other_agreement_are_counted(place, lea):
    target = other_agreement(place, quota=0)
    answer = lea.post(page("supports_move", place), asked(place, target))
    assert "n’a plus de place" in text_of(answer) and moved_ids(answer) == []


def test_a_move_that_is_not_what_was_shown_writes_nothing(place, lea):
    target = other_agreement(place)
    ticked = moved_ids(lea.post(page("supports_move", place), asked(place, target)))
    members.end_support(support_of(place, "104"), last_day=date(2017, 3, 28), by=None, at=AT)
    answer = lea.post(page("supports_move", place), asked(place, target, ecrire="1", prise=ticked))
    assert "rien n’a été écrit" in text_of(answer)
    assert not SupportMove.objects.exists() and Support.objects.count() == 3


def test_a_move_over_settled_baskets_is_refused(place, lea):
    place.mark_all()
    place.close()
    target = other_agreement(place)
    answer = lea.post(page("supports_move", place), asked(place, target, day="2017-03-23"))
    assert "Des paniers sont déjà réglés" in text_of(answer)


def test_a_move_is_undone_while_nothing_is_settled(place, lea):
    target = other_agreement(place)
    before = sorted(Support.objects.values_list("pk", "agreement", "from_day", "until_day"))
    ask(place)
    ticked = moved_ids(lea.post(page("supports_move", place), asked(place, target, day="2017-03-20")))
    lea.post(page("supports_move", place), asked(place, target, day="2017-03-20", ecrire="1", prise=ticked))
    assert "3 prises en charge passées de" in text_of(lea.get(page("ends", place)))
    undo = page("supports_move_undo", place, SupportMove.objects.get().pk)
    lea.post(undo)
    assert sorted(Support.objects.values_list("pk", "agreement", "from_day", "until_day")) == before
    assert RenewalAsk.objects.get().support == support_of(place)
    again = lea.post(undo, follow=True)
    assert "a changé depuis" in text_of(again)


def test_a_move_is_not_undone_over_settled_baskets(place, lea):
    target = other_agreement(place)
    ticked = moved_ids(lea.post(page("supports_move", place), asked(place, target, day="2017-03-20")))
    lea.post(page("supports_move", place), asked(place, target, day="2017-03-20", ecrire="1", prise=ticked))
    place.mark_all()
    place.close()
    answer = lea.post(page("supports_move_undo", place, SupportMove.objects.get().pk), follow=True)
    assert "Des paniers sont réglés depuis" in text_of(answer)
    assert Support.objects.filter(agreement=target).count() == 3


def test_a_move_asks_as_much_for_three_as_for_thirty_before_it_is_written(place, lea):
    target = other_agreement(place)

    def questions():
        with CaptureQueriesContext(connection) as seen:
            assert lea.post(page("supports_move", place), asked(place, target)).status_code == 200
        return len(seen)

    few = questions()
    for n in range(27):
        members.support(
            make_household(place.garden, f"Nom{n}"), agreement=place.payer.agreement, tariff=place.payer.agreement.tariffs.get(),
            from_day=date(2017, 2, 1), until_day=END, by=None, at=AT,
        )  # fmt: skip
    assert questions() == few


def test_the_database_itself_keeps_two_renewals_apart(place):
    one = support_of(place)
    members.renew(one, until_day=date(2017, 9, 30), by=None, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Support.objects.create(
            household=one.household,
            agreement=one.agreement,
            tariff=one.tariff,
            from_day=date(2017, 9, 1),
            until_day=date(2017, 10, 1),
        )


@pytest.mark.parametrize("number", ["9" * 40, "9" * 5000, "-1", "²", ""])
def test_a_number_that_no_support_has_is_nothing_ticked(place, lea, number):
    answer = lea.post(page("ends_ask", place), {"prise": number}, follow=True)
    assert answer.status_code == 200
    assert "Cochez au moins un foyer." in text_of(answer)


@pytest.mark.parametrize("taken_back", [False, True])
def test_who_refers_is_not_told_of_an_end_by_itself_without_the_person_s_consent(place, taken_back):
    """It would say that the person was welcomed. The garden may still ask, when it decides to."""
    household = of(place)
    if taken_back:
        Consent.objects.create(household=household, kind="outcome", version="1", spoken=True, given_on=AT.date())
        rights.withdraw(household, "outcome", on=TODAY, by=None, at=NOW)
    else:
        Referral.objects.filter(household=household).update(tells_outcome=False)
    Referral.objects.exclude(household=household).delete()
    tick()
    assert not Message.objects.filter(to=SOCIAL).exists()
    ask(place)
    assert Message.objects.filter(to=SOCIAL).count() == 1

"""Referring somebody: by a link without an account, signed in, at the garden; strangers, scanners and latecomers included."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cageot.desk.queries import referrals as queries
from cageot.desk.queries.places_left import places_left
from cageot.funding.models import Agreement, AgreementPayer
from cageot.members import actions as members
from cageot.members import referrals
from cageot.members.models import Consent, Household, Member, Referral, ReferralLink, ReferralStep, ReferralWays
from cageot.members.referrals import AgreementFull, Draft, Meanwhile, NotNow, Sender
from cageot.network.actions import give_access
from cageot.network.models import LogEvent, Message, Partner, Person, Role, Unreachable
from tests.desk.a_week import AT, MONDAY_AFTER, Place, a_place, a_stranger, signed_in, text_of
from tests.factories import make_agreement, make_garden

pytestmark = pytest.mark.django_db
NOON = datetime(2017, 3, 27, 10, 0, tzinfo=UTC)
ARABIC, LONG = "أمينة بنت يوسف", "Marie-" + "Antoinette" * 19


@pytest.fixture(autouse=True)
def _day(settings: Any) -> None:
    settings.TODAY = MONDAY_AFTER


@pytest.fixture
def place() -> Place:
    place = a_place()
    ccas(place)
    return place


def ccas(place: Place) -> Partner:
    partner = Partner.objects.get(name="CCAS de Blois")
    Partner.objects.filter(pk=partner.pk).update(refers=True)
    partner.gardens.add(place.garden)
    return partner


def a_link(place: Place, **changes: Any) -> tuple[ReferralLink, str]:
    values: dict[str, Any] = {
        "partner": Partner.objects.get(name="CCAS de Blois"), "agreement": place.payer.agreement, "label": "Mme Ravel",
        "reach": "ravel@ccas.example", "from_day": AT.date(), "until_day": None,
    }  # fmt: skip
    return referrals.open_link(place.garden, **values | changes, by=None, at=AT)


ANSWERS: dict[str, Any] = {
    "first_name": "Amina", "reach": "06 39 98 01 02", "adults": "2", "children": "1", "place": "41000 Blois", "months": "6",
    "depot": "", "note": "après 18 h", "agreed": ["yes", "outcome"], "once": "0d9f4cf2-31b7-4a39-9a3c-111111111111",
}  # fmt: skip


def fill(code: str, client: Client | None = None, **changes: Any) -> Any:
    return (client or Client()).post(f"/orienter/{code}/", ANSWERS | changes)


def sent(place: Place, code: str = "", at: datetime = NOON, **changes: Any) -> Referral:
    """One referral, sent by the link of that code, or of a new one."""
    draft: dict[str, Any] = {
        "first_name": "Amina", "reach_by": "sms", "reach_at": "+33639980102", "adults": 2, "children": 1, "commune_code": "41018",
        "months": 6, "note": "après 18 h", "tells_outcome": True,
    }  # fmt: skip
    name = changes.pop("by", "Mme Ravel")
    link = referrals.link_of(code or a_link(place, label=name)[1], today=MONDAY_AFTER)
    assert link is not None
    sender = Sender(link.garden, link.partner, link.agreement, link.label, link.reach, link=link)
    once = f"{Referral.objects.count()}"
    found, _code = referrals.send(Draft(**draft | changes), sender, once=once, today=at.date(), at=at)
    return found


def now(one: Referral) -> Referral:
    return Referral.objects.select_related("garden", "partner", "agreement", "merged_into", "household").get(pk=one.pk)


def url(place: Place, page: str = "") -> str:
    return f"/jardins/{place.garden.code}/orientations/{page}"


def told(kind: str) -> list[str]:
    return list(Message.objects.filter(kind=kind).order_by("pk").values_list("body", flat=True))


def referrer(place: Place, email: str = "claire@ccas.example", name: str = "Claire Petit") -> Client:
    """Somebody who refers for the CCAS, signed in."""
    login, _made = give_access(
        email=email, name=name, role="referrer", garden=None, partner=ccas(place), on=AT.date(), by=None, at=AT
    )
    client = Client()
    client.force_login(login)
    return client


# --- By a link, without an account ------------------------------------------------------------------


def test_somebody_is_referred_without_an_account_and_both_may_follow(place: Place) -> None:
    _link, code = a_link(place)
    page = Client().get(f"/orienter/{code}/")
    assert "CCAS de Blois · Jardin du Val de Loire Orienter quelqu’un CCAS 2017" in text_of(page)
    assert "places libres" in text_of(page)
    answer = fill(code)
    assert answer.status_code == 302
    follow = Client().get(answer.headers["Location"])
    assert "Bien reçu, merci" in text_of(follow)
    one = Referral.objects.get()
    assert (one.first_name, one.reach_by, one.reach_at, one.adults, one.children) == (
        "Amina",
        "sms",
        "+33639980102",
        2,
        1,
    )
    assert (one.commune_code, one.months, one.consent_on, one.consent_spoken, one.tells_outcome) == ("41018", 6, MONDAY_AFTER, True, True)  # fmt: skip
    assert (one.agreement, one.partner.name) == (place.payer.agreement, "CCAS de Blois")
    theirs = re.search(r"tapez <strong class=\"nowrap\">([A-Z0-9-]{19})", follow.content.decode())
    assert theirs
    person = Client().post("/orienter/", {"code": theirs[1].lower().replace("-", " ")})
    assert "Votre demande de panier" in text_of(Client().get(person.headers["Location"]))
    assert referrals.digest(theirs[1]) == one.person_digest


def test_the_form_has_nine_answers_on_one_light_page(place: Place) -> None:
    _link, code = a_link(place)
    page = Client().get(f"/orienter/{code}/").content
    asked = set(re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', page.decode())) - {
        "csrfmiddlewaretoken", "once", "next", "language",
    }  # fmt: skip
    assert len(asked) <= 9, asked
    assert len(page) <= 25_000


def test_opening_a_link_changes_nothing_whoever_scans_it(place: Place) -> None:
    link, code = a_link(place)
    answer = fill(code)
    before = (LogEvent.objects.count(), Message.objects.count(), now(Referral.objects.get()).state_at)
    scanner = Client()
    for address in (f"/orienter/{code}/", answer.headers["Location"]):
        assert scanner.get(address).status_code == scanner.head(address).status_code == 200
    assert ReferralLink.objects.get(pk=link.pk).used_at is not None
    assert (LogEvent.objects.count(), Message.objects.count(), now(Referral.objects.get()).state_at) == before


def test_a_form_sent_twice_is_sent_once(place: Place) -> None:
    _link, code = a_link(place)
    first, again = fill(code), fill(code)
    assert first.headers["Location"] == again.headers["Location"]
    assert Referral.objects.count() == ReferralStep.objects.count() == 1
    fill(code, once="0d9f4cf2-31b7-4a39-9a3c-222222222222")
    assert Referral.objects.count() == 2, "another form is another referral"


@pytest.mark.parametrize("changes", [
    {"until_day": date(2017, 3, 26)}, {"from_day": date(2017, 3, 28)}, {"revoked": True}, {"refers": False}, {"code": "AAAA-BBBB-CCCC-DDDD"}, {"code": "x"},
])  # fmt: skip
def test_a_link_that_opens_nothing_says_so_calmly(place: Place, changes: dict[str, Any]) -> None:
    days = {name: changes[name] for name in ("from_day", "until_day") if name in changes}
    link, code = a_link(place, **days)
    if changes.get("revoked"):
        referrals.revoke_link(link, by=None, at=AT)
    if "refers" in changes:
        Partner.objects.update(refers=False)
    code = changes.get("code", code)
    for answer in (Client().get(f"/orienter/{code}/"), fill(code), Client().get(f"/suivi/{code}/"), Client().post("/orienter/", {"code": code})):  # fmt: skip
        assert answer.status_code == 404
        assert "Ce lien n’ouvre rien" in text_of(answer)
    assert not Referral.objects.exists()


def test_a_thousand_guesses_open_nothing_and_are_slowed(place: Place) -> None:
    a_link(place)
    client = Client()
    answers = [client.post("/orienter/", {"code": f"AAAA-BBBB-CCCC-{number:04}"}).status_code for number in range(60)]
    assert set(answers[:30]) == {404} and set(answers[30:]) == {429}


def test_a_forwarded_link_says_whose_it_is_and_cannot_flood(place: Place) -> None:
    _link, code = a_link(place)
    assert "Il n’est pas à vous ?" in text_of(Client().get(f"/orienter/{code}/"))
    for number in range(41):
        answer = fill(code, once=f"0d9f4cf2-31b7-4a39-9a3c-{number:012}")
    assert answer.status_code == 422 and "revenez demain" in text_of(answer)
    assert Referral.objects.count() == 40
    page = text_of(signed_in(place, "coordinator").get(url(place, "liens/")))
    assert "40" in page and "Arrêter" in page


@pytest.mark.parametrize(("changes", "word"), [
    ({"first_name": "  "}, "obligatoire"),
    ({"first_name": "12"}, "au moins son initiale"),
    ({"agreed": []}, "Sans son accord, rien ne peut être envoyé"),
    ({"agreed": ["outcome"]}, "Sans son accord, rien ne peut être envoyé"),
    ({"reach": "06 39"}, "numéro de dix chiffres"),
    ({"reach": "amina@"}, "adresse"),
    ({"place": "Nullepart"}, "pas dans la liste officielle"),
    ({"place": "Saint-Martin"}, "Plusieurs communes conviennent"),
    ({"note": "2 85 05 41 018 123 45"}, "n’a pas sa place ici"),
    ({"note": "x" * 201}, "200"),
    ({"adults": "0"}, "1"),
    ({"months": "99"}, "choix"),
    ({"depot": "99999"}, "choix"),
    ({"once": "nonsense"}, "UUID"),
])  # fmt: skip
def test_what_cannot_be_sent_is_told_and_nothing_typed_is_lost(
    place: Place, changes: dict[str, Any], word: str
) -> None:
    _link, code = a_link(place)
    answer = fill(code, **changes)
    assert answer.status_code == 422
    assert word in text_of(answer)
    kept = answer.content.decode()
    assert "Amina" in kept or "first_name" in changes
    assert "après 18 h" in kept or "note" in changes
    assert not Referral.objects.exists()


@pytest.mark.parametrize("name", [ARABIC, "Z", LONG, "Ó Súilleabháin <b>", "Zoé 🌱"])
def test_any_name_is_read_everywhere_as_it_was_written(place: Place, name: str) -> None:
    _link, code = a_link(place)
    answer = fill(code, first_name=name)
    one = Referral.objects.get()
    assert one.first_name == name
    lea = signed_in(place, "coordinator")
    for page in (Client().get(answer.headers["Location"]), lea.get(url(place)), lea.get(url(place, f"{one.pk}/")), referrer(place).get("/mes-orientations/")):  # fmt: skip
        assert page.status_code == 200
        assert name[:30] in text_of(page)
        assert "Súilleabháin <b>" not in page.content.decode()
    household = welcomed(place, one)
    assert Member.objects.get(household=household).first_name == name[:80]


def test_without_a_way_to_reach_the_garden_goes_through_who_refers(place: Place) -> None:
    _link, code = a_link(place)
    fill(code, reach="", note="", agreed=["yes", "signed"])
    one = Referral.objects.get()
    assert (one.reach_by, one.reach_at, one.consent_spoken, one.tells_outcome) == ("referrer", "", False, False)
    assert told("referral_person") == []
    page = text_of(signed_in(place, "coordinator").get(url(place, f"{one.pk}/")))
    assert "par Mme Ravel" in page and "signé le 27/03/2017" in page and "La suite ne lui est pas dite" in page


@pytest.mark.parametrize(
    ("typed", "way"), [("06 39 98 01 02", "sms"), ("02 54 00 00 01", "phone"), ("a@example.org", "mail")]
)
def test_the_way_to_reach_is_understood_as_typed(place: Place, typed: str, way: str) -> None:
    fill(a_link(place)[1], reach=typed)
    assert Referral.objects.get().reach_by == way


# --- What is told -----------------------------------------------------------------------------------


def test_no_mail_names_anybody_nor_tells_a_reduced_price(place: Place) -> None:
    signed_in(place, "coordinator")
    one = sent(place)
    referrals.ask(one, "Peut-elle venir le jeudi ?", by=None, at=NOON)
    referrals.answer(now(one), "Oui, Amina peut", side="referrer", by=None, at=NOON)
    referrals.decline(now(one), "no_depot", words="Rien près de chez elle", by=None, at=NOON)
    assert len(told("referral_garden")) == 2 and len(told("referral_referrer")) == 3
    written = " ".join(f"{one.subject} {one.body}" for one in Message.objects.all())
    assert not re.search(r"Amina|CCAS|jeudi|dépôt|solidaire|prix|convention", written)
    assert all(not re.search(r"orient", one.subject, re.IGNORECASE) for one in Message.objects.all())
    assert all("orient" not in body.lower() for body in told("referral_person"))


def test_the_outcome_is_told_to_who_refers_only_when_the_person_agreed(place: Place) -> None:
    quiet = sent(place, tells_outcome=False)
    referrals.decline(quiet, "no_place", words="complet jusqu’en mai", by=None, at=NOON)
    assert len(told("referral_referrer")) == 1, "the acknowledgement, and nothing more"
    page = queries.follow(now(quiet), "referrer", MONDAY_AFTER)
    assert (page.reason, page.words, page.state) == ("", "", "le jardin a répondu")
    open_ = sent(place, first_name="Karim")
    referrals.decline(open_, "no_place", words="complet jusqu’en mai", by=None, at=NOON)
    page = queries.follow(now(open_), "referrer", MONDAY_AFTER)
    assert (page.reason, page.words) == ("plus de place", "complet jusqu’en mai")


def test_the_person_reads_kind_words_not_the_coded_reason_nor_what_was_said_to_who_refers(place: Place) -> None:
    one = sent(place)
    referrals.decline(one, "unreached", words="trois appels sans réponse", by=None, at=NOON)
    page = queries.follow(now(one), "person", MONDAY_AFTER)
    assert "n’a pas réussi à vous joindre" in page.sentence
    assert (page.reason, page.words) == ("", "")


def test_the_network_counts_states_and_reasons_and_reads_no_name(place: Place) -> None:
    referrals.decline(sent(place), "no_place", by=None, at=NOON)
    sent(place, first_name="Karim")
    found = queries.counts(place.garden, date(2017, 1, 1), date(2017, 12, 31))
    assert found == queries.Counts(2, [("à répondre", 1), ("sans suite", 1)], [("plus de place", 1)])
    nadia = signed_in(place, "network")
    card = text_of(nadia.get(f"/reseau/jardins/{place.garden.code}/"))
    assert (
        "Orientations de l’année 2" in card and "plus de place (1)" in card and not re.search("Amina|Karim|Ravel", card)
    )
    assert [nadia.get(url(place, page)).status_code for page in ("", "1/", "liens/")] == [404, 404, 404]


@pytest.mark.parametrize("role", ["helper", "treasurer"])
def test_who_does_not_welcome_people_sees_no_referral(place: Place, role: str) -> None:
    one = sent(place)
    client = signed_in(place, role)
    pages = ("", f"{one.pk}/", "liens/", "liens/ajouter/", "liens/1/arreter/")
    assert {client.get(url(place, page)).status_code for page in pages} == {404}
    assert client.post(url(place, f"{one.pk}/"), {"do": "wait"}).status_code == 404
    assert "Orientations" not in text_of(client.get(f"/jardins/{place.garden.code}/foyers/"))


def test_strangers_find_nothing(place: Place) -> None:
    one = sent(place)
    sam = a_stranger()
    for page in ("", f"{one.pk}/", "liens/"):
        assert sam.get(url(place, page)).status_code == 404
    assert sam.get(f"/jardins/ailleurs/orientations/{one.pk}/").status_code == 404, "ours, under their garden"
    assert sam.get(f"/mes-orientations/{one.pk}/").status_code == 404
    assert sam.get("/mes-orientations/").status_code == 404
    assert (
        sam.get(f"/mes-orientations/nouvelle/{one.partner_id}/{place.garden.code}/{one.agreement_id}/").status_code
        == 404
    )


# --- At the garden ----------------------------------------------------------------------------------


def welcomed(place: Place, one: Referral) -> Household:
    """What the guided page of welcome does."""
    household = members.welcome(
        place.garden, number=f"9{one.pk}", contact=Member(first_name=one.first_name[:80], last_name="B"), joined_on=MONDAY_AFTER,
        adults=one.adults, children=one.children, commune_code=one.commune_code, by=None, at=NOON,
    )  # fmt: skip
    referrals.accept(now(one), household, by=None, at=NOON)
    return household


def test_the_garden_asks_who_refers_answers_and_the_garden_puts_on_the_waiting_list(place: Place) -> None:
    lea = signed_in(place, "coordinator")
    _link, code = a_link(place)
    follow = fill(code).headers["Location"]
    page = url(place, f"{Referral.objects.get().pk}/")
    lea.post(page, {"do": "ask", "words": "Quel jour peut-elle venir ?"})
    assert "Quel jour peut-elle venir ?" in text_of(Client().get(follow))
    Client().post(follow, {"do": "answer", "words": "Le vendredi"})
    assert "Réponse reçue : Le vendredi" in text_of(lea.get(page))
    lea.post(page, {"do": "wait"})
    assert "sur la liste d’attente" in text_of(Client().get(follow))
    assert "Amina" in text_of(lea.get(url(place) + "?liste=attente"))
    lea.post(page, {"do": "keep"})
    steps = [(one.before, one.after, one.side) for one in ReferralStep.objects.order_by("pk")]
    assert steps == [("", "sent", "referrer"), ("sent", "asked", "garden"), ("asked", "sent", "referrer"), ("sent", "waiting", "garden"), ("waiting", "waiting", "garden")]  # fmt: skip


def test_declining_needs_a_reason(place: Place) -> None:
    lea, one = signed_in(place, "coordinator"), sent(place)
    answer = lea.post(url(place, f"{one.pk}/"), {"do": "decline", "reason": "", "words": "non"})
    assert answer.status_code == 422 and now(one).state == "sent"
    lea.post(url(place, f"{one.pk}/"), {"do": "decline", "reason": "far"})
    assert now(one).state == "declined"


def test_two_at_once_cannot_both_move_it(place: Place) -> None:
    one = sent(place)
    lea, ben = now(one), now(one)
    referrals.wait(lea, by=None, at=NOON)
    with pytest.raises(Meanwhile) as refused:
        referrals.decline(ben, "far", by=None, at=NOON)
    assert refused.value.state == "waiting"
    assert ReferralStep.objects.filter(referral=one).count() == 2
    client = signed_in(place, "coordinator")
    referrals.decline(now(one), "far", by=None, at=NOON)
    answer = client.post(url(place, f"{one.pk}/"), {"do": "wait"}, follow=True)
    assert "déjà été répondu" in text_of(answer)


def test_welcomed_it_leads_to_its_household_with_what_was_agreed(place: Place) -> None:
    one = sent(place)
    household = welcomed(place, one)
    assert (now(one).state, now(one).household) == ("accepted", household)
    kept = set(Consent.objects.filter(household=household).values_list("kind", "version", "spoken", "given_on"))
    assert kept == {("referral", "2026-11", True, MONDAY_AFTER), ("outcome", "2026-11", True, MONDAY_AFTER)}
    assert "accueilli la personne" in told("referral_referrer")[-1]
    with pytest.raises(NotNow):
        referrals.accept(now(one), household, by=None, at=NOON)
    with pytest.raises(NotNow):
        referrals.withdraw(now(one), side="person", by=None, at=NOON)


def test_an_agreement_that_has_just_filled_up_says_what_to_do(place: Place) -> None:
    AgreementPayer.objects.update(quota_baskets=10)
    other = make_agreement(place.garden, name="MSA 2017", partner=Partner.objects.create(name="MSA", kind="msa"))
    one = sent(place)
    assert places_left([place.payer.agreement], MONDAY_AFTER)[place.payer.agreement_id].full
    lea = signed_in(place, "coordinator")
    page = text_of(lea.get(url(place, f"{one.pk}/")))
    assert "Cette convention est complète" in page and "Accueillir" not in page and "MSA 2017" in page
    household = Household.objects.first()
    assert household
    with pytest.raises(AgreementFull):
        referrals.accept(now(one), household, free=0, by=None, at=NOON)
    assert now(one).state == "sent", "nothing half-written"
    lea.post(url(place, f"{one.pk}/"), {"do": "agreement", "agreement": other.pk})
    assert now(one).agreement == other
    assert "Cette convention est complète" not in text_of(lea.get(url(place, f"{one.pk}/")))


def test_places_left_are_shown_before_anything_is_promised(place: Place) -> None:
    _link, code = a_link(place)
    AgreementPayer.objects.update(quota_baskets=70)
    assert "encore 2 places" in text_of(Client().get(f"/orienter/{code}/"))
    assert "encore 2 places" in text_of(referrer(place).get("/mes-orientations/"))
    AgreementPayer.objects.update(quota_baskets=3)
    page = text_of(Client().get(f"/orienter/{code}/"))
    assert "complet" in page and "Vous pouvez envoyer quand même" in page


def test_the_agreement_of_another_garden_cannot_be_chosen(place: Place) -> None:
    a_stranger()
    elsewhere = make_agreement(name="Ailleurs", partner=Partner.objects.create(name="X", kind="other"))
    one = sent(place)
    signed_in(place, "coordinator").post(url(place, f"{one.pk}/"), {"do": "agreement", "agreement": elsewhere.pk})
    assert now(one).agreement == place.payer.agreement


# --- The same person, sent twice --------------------------------------------------------------------


def test_the_same_person_sent_by_two_is_noticed_merged_and_separated(place: Place) -> None:
    one, other = sent(place), sent(place, by="Mme Diallo", first_name="Aminna", reach_at="", reach_by="referrer")
    lea = signed_in(place, "coordinator")
    assert text_of(lea.get(url(place))).count("en double ?") == 2
    page = url(place, f"{one.pk}/")
    assert "même prénom, même commune, même foyer" in text_of(lea.get(page))
    lea.post(page, {"do": "merge", "other": other.pk})
    assert now(other).merged_into_id == one.pk
    assert "Envoyée aussi par" in text_of(lea.get(page))
    assert "Aminna" not in text_of(lea.get(url(place)))
    lea.post(page, {"do": "unmerge", "other": other.pk})
    assert now(other).merged_into_id is None


def test_merged_both_who_refer_are_told_of_the_one_answer_and_not_of_one_another(place: Place) -> None:
    one, other = sent(place), sent(place, by="Mme Diallo")
    referrals.merge(now(other), now(one), by=None, at=NOON)
    referrals.decline(now(one), "no_place", by=None, at=NOON)
    assert now(other).state == "declined"
    assert len([body for body in told("referral_referrer") if "pas donner suite" in body]) == 2
    page = queries.follow(now(other), "referrer", MONDAY_AFTER)
    assert "Ravel" not in str(page.words + page.sentence) and page.reason == "plus de place"
    with pytest.raises(NotNow):
        referrals.unmerge(now(other), by=None, at=NOON)


def test_a_merged_one_is_answered_where_the_other_is(place: Place) -> None:
    one, other = sent(place), sent(place, by="Mme Diallo")
    referrals.merge(now(other), now(one), by=None, at=NOON)
    with pytest.raises(NotNow):
        referrals.wait(now(other), by=None, at=NOON)
    referrals.ask(now(one), "Quel jour ?", by=None, at=NOON)
    referrals.answer(now(other), "jeudi", side="referrer", by=None, at=NOON)
    assert (now(one).state, now(other).state) == ("sent", "sent")
    referrals.withdraw(now(one), side="referrer", by=None, at=NOON)
    assert (now(one).state, now(other).state, now(other).merged_into_id) == ("withdrawn", "sent", None)


def test_the_person_who_takes_it_back_takes_back_both(place: Place) -> None:
    one, other = sent(place), sent(place, by="Mme Diallo")
    referrals.merge(now(other), now(one), by=None, at=NOON)
    referrals.withdraw(now(other), side="person", by=None, at=NOON)
    assert {now(one).state, now(other).state} == {"withdrawn"}
    assert {now(one).first_name, now(other).first_name} == {""}


def test_somebody_who_is_a_household_already_is_noticed(place: Place) -> None:
    household = members.welcome(
        place.garden, number="777", contact=Member(first_name="Amina", last_name="Benali", mobile="+33639980102"), joined_on=AT.date(), by=None, at=AT
    )  # fmt: skip
    one = sent(place)
    page = text_of(signed_in(place, "coordinator").get(url(place, f"{one.pk}/")))
    assert "foyer n° 777" in page and household.pk


def test_two_gardens_do_not_compare_their_people(place: Place) -> None:
    sam = a_stranger()
    one = sent(place)
    ours = sent(place, first_name="Amina")
    Referral.objects.filter(pk=ours.pk).update(garden=Role.objects.get(person__login__email="sam@exemple.fr").garden)
    assert queries.like(now(one), MONDAY_AFTER) == []
    with pytest.raises(NotNow):
        referrals.merge(now(ours), now(one), by=None, at=NOON)
    assert sam


# --- Taken back -------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["sent", "asked", "waiting"])
def test_consent_withdrawn_while_it_waits_erases_who_it_was(place: Place, state: str) -> None:
    _link, code = a_link(place)
    follow = fill(code).headers["Location"]
    one = Referral.objects.select_related("garden").get()
    if state == "asked":
        referrals.ask(one, "Amina vient quel jour ?", by=None, at=NOON)
    if state == "waiting":
        referrals.wait(one, by=None, at=NOON)
    answer = Client().post(follow, {"do": "withdraw"}, follow=True)
    assert "C’est retiré" in text_of(answer)
    gone = now(one)
    assert (gone.state, gone.first_name, gone.reach_at, gone.note, gone.erased_on) == (
        "withdrawn",
        "",
        "",
        "",
        MONDAY_AFTER,
    )
    assert "Amina" not in " ".join(ReferralStep.objects.values_list("words", flat=True))
    page = text_of(signed_in(place, "coordinator").get(url(place, f"{one.pk}/")))
    assert "(nom effacé)" in page and "Répondre" not in page
    assert "Rien n’a changé" in text_of(Client().post(follow, {"do": "withdraw"}, follow=True))


def test_the_person_may_keep_the_outcome_to_themselves(place: Place) -> None:
    _link, code = a_link(place)
    mine = fill(code).headers["Location"].split("/")[-2]
    theirs = f"/suivi/{referrals.person_code(mine)}/"
    Client().post(theirs, {"do": "quiet"})
    one = Referral.objects.get()
    assert not one.tells_outcome
    assert "Ne plus dire la suite" not in text_of(Client().get(theirs))


def test_a_refused_step_is_told_and_words_too_long_are_not_cut(place: Place) -> None:
    _link, code = a_link(place)
    follow = fill(code).headers["Location"]
    assert "Rien n’a changé" in text_of(Client().post(follow, {"do": "answer", "words": "Oui"}, follow=True))
    referrals.ask(Referral.objects.select_related("garden").get(), "Quel jour ?", by=None, at=NOON)
    answer = Client().post(follow, {"do": "answer", "words": "x" * 301}, follow=True)
    assert "300 signes au plus" in text_of(answer)
    assert Referral.objects.get().state == "asked"


# --- Clocks -----------------------------------------------------------------------------------------


def tick(day: int) -> dict[str, int]:
    """The morning of that day after it was sent."""
    at = NOON + timedelta(days=day)
    return dict(referrals.tick(today=at.date(), at=at))


def test_clocks_remind_then_end_with_kind_words_to_all(place: Place) -> None:
    signed_in(place, "coordinator")
    one = sent(place)
    assert [tick(day) for day in (9, 10, 10, 11, 20, 29, 30, 30)] == [
        {},
        {"remind": 1},
        {},
        {},
        {"remind": 1},
        {},
        {"expire": 1},
        {},
    ]
    assert now(one).state == "expired"
    assert "n’a pas pu répondre à temps" in told("referral_referrer")[-1]
    assert "Nous en sommes désolés" in told("referral_person")[-1]
    assert "prend" in told("referral_garden")[-1] or "pris fin" in told("referral_garden")[-1]
    assert ReferralStep.objects.filter(referral=one, side="clock", after="expired").count() == 1


def test_a_garden_gets_one_reminder_for_all_that_waits(place: Place) -> None:
    signed_in(place, "coordinator")
    for name in ("Amina", "Karim", "Zoé"):
        sent(place, first_name=name)
    before = len(told("referral_garden"))
    assert tick(10) == {"remind": 3}
    assert len(told("referral_garden")) == before + 1


def test_the_waiting_list_does_not_end_and_free_words_are_forgotten(place: Place) -> None:
    one, other = sent(place), sent(place, first_name="Karim")
    referrals.wait(one, by=None, at=NOON)
    referrals.decline(other, "no_place", words="pas avant mai", by=None, at=NOON)
    assert tick(30) == {"forget": 1}
    assert (now(other).note, ReferralStep.objects.exclude(words="").count()) == ("", 0)
    assert (tick(59), tick(60), tick(61)) == ({}, {"review": 1}, {})
    assert now(one).state == "waiting"


def test_a_garden_s_own_clocks_hold(place: Place) -> None:
    lea = signed_in(place, "coordinator")
    address = f"/jardins/{place.garden.code}/reglages/orientations/"
    wrong = {"remind_days": 7, "expire_days": 5, "waiting_days": 30, "note_days": 10, "welcome_text": ""}
    assert lea.post(address, wrong).status_code == 422
    lea.post(address, wrong | {"expire_days": 14, "welcome_text": "Nous accueillons le jeudi."})
    assert ReferralWays.objects.get().expire_days == 14
    sent(place)
    assert [tick(day) for day in (6, 7, 13, 14)] == [{}, {"remind": 1}, {}, {"expire": 1}]
    assert "Nous accueillons le jeudi." in text_of(Client().get(f"/orienter/{a_link(place)[1]}/"))


def test_a_merged_one_has_no_clock_of_its_own(place: Place) -> None:
    one, other = sent(place), sent(place, by="Mme Diallo")
    referrals.merge(now(other), now(one), by=None, at=NOON)
    assert tick(10) == {"remind": 1}
    assert tick(30) == {"expire": 1}
    assert now(other).state == "expired"


# --- Signed in, for an organisation -----------------------------------------------------------------


def test_who_refers_signed_in_chooses_the_agreement_and_sees_what_was_sent(place: Place) -> None:
    claire = referrer(place)
    assert claire.get("/").headers["Location"] == "/mes-orientations/"
    page = claire.get("/mes-orientations/").content.decode()
    [address] = set(re.findall(r'href="(/mes-orientations/nouvelle/[^"]+)"', page))
    assert claire.get(address).status_code == 200
    assert claire.post(address, ANSWERS).status_code == 302
    one = Referral.objects.get()
    assert (one.referrer_name, one.referrer_reach, one.sent_by) == ("Claire Petit", "claire@ccas.example", Person.objects.get(login__email="claire@ccas.example"))  # fmt: skip
    listed = text_of(claire.get("/mes-orientations/"))
    assert "Amina" in listed and "reçue" in listed
    assert "06 39" not in listed + text_of(claire.get(f"/mes-orientations/{one.pk}/")), "the state, and no more"
    claire.post(f"/mes-orientations/{one.pk}/", {"do": "withdraw"})
    assert now(one).state == "withdrawn"


def test_what_was_sent_stays_with_the_organisation_when_a_colleague_leaves(place: Place) -> None:
    claire = referrer(place)
    page = claire.get("/mes-orientations/").content.decode()
    claire.post(re.findall(r'href="(/mes-orientations/nouvelle/[^"]+)"', page)[0], ANSWERS)
    colleague = referrer(place, "omar@ccas.example", "Omar Haddad")
    Role.objects.filter(person__login__email="claire@ccas.example").update(until_day=date(2017, 3, 26))
    assert claire.get("/mes-orientations/").status_code == 404
    assert "Amina" in text_of(colleague.get("/mes-orientations/"))
    referrals.wait(Referral.objects.select_related("garden", "partner").get(), by=None, at=NOON)
    assert Message.objects.filter(kind="referral_referrer").latest("pk").to == "omar@ccas.example"


def test_who_refers_finds_nothing_of_another_organisation_nor_of_the_garden(place: Place) -> None:
    claire = referrer(place)
    other = Partner.objects.create(name="Autre", kind="association", refers=True)
    one = sent(place)
    Referral.objects.filter(pk=one.pk).update(partner=other)
    assert claire.get(f"/mes-orientations/{one.pk}/").status_code == 404
    assert "Amina" not in text_of(claire.get("/mes-orientations/"))
    assert (
        claire.get(f"/mes-orientations/nouvelle/{other.pk}/{place.garden.code}/{place.payer.agreement_id}/").status_code
        == 404
    )
    assert {claire.get(page).status_code for page in (url(place), url(place, f"{one.pk}/"), place.url(), f"/jardins/{place.garden.code}/foyers/")} == {404}  # fmt: skip


def test_the_usual_answer_time_is_told_to_who_refers(place: Place) -> None:
    for number, days in enumerate((1, 4, 9)):
        one = sent(place, first_name="ABC"[number], at=NOON - timedelta(days=20))
        referrals.wait(one, by=None, at=NOON - timedelta(days=20 - days))
    assert "Ce jardin répond en général en 4 jours." in text_of(referrer(place).get("/mes-orientations/"))
    assert "en 4 jours" in text_of(Client().get(f"/orienter/{a_link(place)[1]}/"))


# --- Links ------------------------------------------------------------------------------------------


def test_a_link_is_made_shown_once_and_stopped(place: Place) -> None:
    lea = signed_in(place, "coordinator")
    shown = lea.post(
        url(place, "liens/ajouter/"),
        {"partner": Partner.objects.get(name="CCAS de Blois").pk, "agreement": place.payer.agreement_id, "label": "Mme Ravel", "reach": "ravel@ccas.example", "from_day": "2017-03-01", "until_day": ""},
    )  # fmt: skip
    found = re.search(r"/orienter/([A-Z0-9-]{19})/", shown.content.decode())
    assert found and "svg" in shown.content.decode()
    assert Client().get(f"/orienter/{found[1]}/").status_code == 200
    link = ReferralLink.objects.get()
    assert found[1].replace("-", "") not in str(ReferralLink.objects.values()) and link.reach == "ravel@ccas.example"
    assert found[1] not in lea.get(url(place, "liens/")).content.decode()
    assert "n’ouvriront plus rien" in text_of(lea.get(url(place, f"liens/{link.pk}/arreter/")))
    lea.post(url(place, f"liens/{link.pk}/arreter/"))
    assert Client().get(f"/orienter/{found[1]}/").status_code == 404
    assert "déjà arrêté" in text_of(lea.post(url(place, f"liens/{link.pk}/arreter/"), follow=True))


def test_what_a_stopped_link_sent_can_still_be_followed(place: Place) -> None:
    link, code = a_link(place)
    follow = fill(code).headers["Location"]
    referrals.revoke_link(link, by=None, at=NOON)
    assert Client().get(follow).status_code == 200


# --- Figures ----------------------------------------------------------------------------------------


def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_pages_ask_the_same_number_of_questions_with_three_or_thirty(place: Place) -> None:
    _link, code = a_link(place)
    names = ["Amina", "Karim", "Zoé", "Luc", "Rose", "Paul"]
    lea, claire = signed_in(place, "coordinator"), referrer(place)

    def more(count: int) -> None:
        for number in range(count):
            one = sent(place, code, first_name=names[number % 6] + "x" * (number // 6), children=number % 3)
            if number % 3 == 1:
                referrals.wait(one, by=None, at=NOON)

    more(3)
    pages = [(lea, url(place)), (lea, url(place, "?liste=attente")), (lea, url(place, f"{Referral.objects.first().pk}/")), (lea, url(place, "liens/")), (claire, "/mes-orientations/"), (Client(), f"/orienter/{code}/")]  # type: ignore[union-attr]  # fmt: skip
    few = [queries_of(client, page) for client, page in pages]
    more(27)
    assert [queries_of(client, page) for client, page in pages] == few
    assert max(few) <= 22, few


def test_the_log_names_rows_and_nobody(place: Place) -> None:
    one = sent(place)
    referrals.decline(one, "far", words="Amina habite trop loin", by=None, at=NOON)
    written = " ".join(f"{event.verb} {event.about} {event.detail}" for event in LogEvent.objects.filter(verb__startswith="members.referral"))  # fmt: skip
    assert "members.referral_decline" in written and not re.search("Amina|Ravel|CCAS", written)


def test_an_agreement_in_two_gardens_offers_both(place: Place) -> None:
    claire = referrer(place)
    a_stranger()
    other = Role.objects.get(person__login__email="sam@exemple.fr").garden
    Agreement.objects.get(pk=place.payer.agreement_id).gardens.add(other)
    page = text_of(claire.get("/mes-orientations/"))
    assert "Jardin du Val de Loire · CCAS 2017" in page and "Ailleurs · CCAS 2017" in page


def test_somebody_who_refers_gets_an_account_and_leaves(place: Place) -> None:
    lea, partner = signed_in(place, "coordinator"), ccas(place)
    lea.post(
        url(place, "comptes/ajouter/"), {"partner": partner.pk, "name": "Omar Haddad", "email": "omar@ccas.example"}
    )
    role = Role.objects.get(kind="referrer")
    assert (role.partner, role.garden, role.from_day) == (partner, None, MONDAY_AFTER)
    omar = Client()
    omar.force_login(role.person.login)
    assert omar.get("/mes-orientations/").status_code == 200
    assert "Omar Haddad" in text_of(lea.get(url(place, "liens/")))
    lea.post(url(place, f"comptes/{role.pk}/fermer/"))
    assert omar.get("/mes-orientations/").status_code == 404


def test_an_organisation_of_elsewhere_is_not_ours_to_open(place: Place) -> None:
    lea = signed_in(place, "coordinator")
    other = Partner.objects.create(name="Autre", kind="association", refers=True)
    answer = lea.post(
        url(place, "comptes/ajouter/"), {"partner": other.pk, "name": "Omar", "email": "omar@ccas.example"}
    )
    assert answer.status_code == 422
    login, _made = give_access(email="z@x.example", name="Z", role="referrer", garden=None, partner=other, on=AT.date(), by=None, at=AT)  # fmt: skip
    role = Role.objects.get(person=login.person)
    assert lea.post(url(place, f"comptes/{role.pk}/fermer/")).status_code == 404
    assert signed_in(place, "helper").get(url(place, "comptes/ajouter/")).status_code == 404


# --- What came back, who acts for whom ----------------------------------------------------------------


def test_the_garden_reads_that_what_it_wrote_to_the_referrer_came_back(place: Place) -> None:
    one = sent(place)
    lea = signed_in(place, "coordinator")
    assert "revenu" not in text_of(lea.get(url(place, f"{one.pk}/")))
    Unreachable.objects.create(channel="mail", to="ravel@ccas.example", why="boîte pleine", at=NOON)
    page = text_of(lea.get(url(place, f"{one.pk}/")))
    assert "revenu le 27 mars 2017 : boîte pleine" in page
    assert "appelez son organisation" in page


def test_who_refers_finds_the_people_they_act_for(place: Place) -> None:
    claire = referrer(place)
    assert 'href="/agir/"' in claire.get(reverse("desk:my_referrals")).content.decode()
    assert claire.get("/agir/").status_code == 200


def test_who_welcomes_people_in_one_garden_opens_no_account_that_reads_another_s(place: Place) -> None:
    """An organisation that works with two gardens: its accounts read what it sent to both, with first names begun."""
    elsewhere = make_garden("ailleurs", "Terres d’Ailleurs")
    shared, lea = ccas(place), signed_in(place, "coordinator")
    asked = {"partner": str(shared.pk), "name": "Léa Martin", "email": "lea@exemple.fr"}
    shared.gardens.add(elsewhere)
    answer = lea.post(url(place, "comptes/ajouter/"), asked)
    assert answer.status_code == 422 and "du réseau" in text_of(answer)
    assert not Role.objects.filter(kind="referrer").exists()
    referrer(place)
    role = Role.objects.get(kind="referrer")
    page = lea.get(url(place, "liens/")).content.decode()
    assert "claire@ccas.example" in page and f"comptes/{role.pk}/fermer/" not in page
    assert lea.post(url(place, f"comptes/{role.pk}/fermer/")).status_code == 404
    assert Role.objects.get(pk=role.pk).until_day is None
    shared.gardens.remove(elsewhere)
    assert lea.post(url(place, "comptes/ajouter/"), asked).status_code == 302


def test_a_code_typed_with_whatever_between_its_signs_opens(place: Place) -> None:
    _link, code = a_link(place)
    for between in ("/", " ", "", ".", "?"):
        answer = Client().post("/orienter/", {"code": code.replace("-", between)}, follow=True)
        assert answer.status_code == 200 and "Son prénom" in text_of(answer), between
    assert Client().post("/orienter/", {"code": "/"}).status_code == 404

"""What gardens tell each other: written, read, found, flagged, taken away; nobody who takes a basket is named there."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cageot.core import clock, sql
from cageot.guide.actions import digest, practice
from cageot.guide.actions.practice import Draft
from cageot.guide.models import AlsoDone, Attachment, Digest, Flag, Question, Reply, Sheet, SheetVersion
from cageot.members.models import Member
from cageot.network import finding
from cageot.network.models import Findable, Garden, LogEvent, Message, Person
from cageot.network.rules.reach import Reach
from tests.desk.a_week import MONDAY_AFTER, Place, a_place, a_stranger, signed_in
from tests.desk.an_exchange import AT, PDF, make_author, make_offer, make_sheet
from tests.factories import make_garden
from tests.guide.test_exchange_rules import packed

pytestmark = pytest.mark.django_db
TYPED = {"title": "Une navette", "problem": "C’est loin.", "done": "On conduit.", "cost": "", "change": "", "tags": "Dépôts, bénévoles", "contact": "", "seen": "0"}  # fmt: skip


@pytest.fixture
def place(settings: Any) -> Place:
    settings.TODAY = MONDAY_AFTER
    return a_place()


def text(answer: Any) -> str:
    return str(answer.content.decode())


def plain(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text(answer)))


def last_sheet() -> Sheet:
    return Sheet.objects.order_by("-pk")[0]


# --- Writing and reading --------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["coordinator", "helper", "treasurer"])
def test_anybody_on_the_staff_writes_a_sheet_for_their_garden(place: Place, role: str) -> None:
    client = signed_in(place, role)
    answer = client.post("/entraide/fiches/nouvelle/", TYPED | {"publier": "1"}, follow=True)
    assert "La fiche est publiée" in plain(answer) and "C’est loin." in text(answer)
    sheet = last_sheet()
    assert (sheet.garden, sheet.state, sheet.tags) == (place.garden, "published", ["dépôts", "bénévoles"])
    assert a_stranger().get(f"/entraide/fiches/{sheet.pk}/").status_code == 200


def test_an_auditor_reads_and_writes_nothing(place: Place) -> None:
    client, sheet = signed_in(place, "auditor"), make_sheet(place.garden)
    assert client.get("/entraide/").status_code == client.get(f"/entraide/fiches/{sheet.pk}/").status_code == 200
    assert client.get("/entraide/fiches/nouvelle/").status_code == 404
    for page in ("fiches/nouvelle/", f"fiches/{sheet.pk}/commenter/", f"fiches/{sheet.pk}/modifier/", f"signaler/fiche/{sheet.pk}/", "questions/poser/"):  # fmt: skip
        assert client.post(f"/entraide/{page}", TYPED | {"body": "x", "reason": "x"}).status_code == 404, page


def test_who_has_no_role_in_a_garden_finds_nothing(place: Place) -> None:
    sheet = make_sheet(place.garden)
    for role in ("referrer", "funder"):
        client = signed_in(place, role)
        for page in ("", f"fiches/{sheet.pk}/", "questions/", "resume/", "moderation/"):
            assert client.get(f"/entraide/{page}").status_code == 404, page
    assert Client().get("/entraide/").status_code == 302


def test_a_draft_is_read_by_its_garden_alone(place: Place) -> None:
    sheet = make_sheet(place.garden, published=False)
    helper = signed_in(place, "helper")
    assert "Brouillon" in text(helper.get(f"/entraide/fiches/{sheet.pk}/"))
    assert sheet.title in text(helper.get("/entraide/"))
    for client in (a_stranger(), signed_in(place, "network")):
        assert client.get(f"/entraide/fiches/{sheet.pk}/").status_code == 404
        assert sheet.title not in text(client.get("/entraide/"))


def test_a_sheet_is_changed_by_its_garden_alone_and_says_what_changed(place: Place) -> None:
    sheet = make_sheet(place.garden)
    page = f"/entraide/fiches/{sheet.pk}/"
    for client in (a_stranger(), signed_in(place, "network")):
        for act in ("modifier/", "publier/", "joindre/"):
            assert client.post(page + act, TYPED).status_code == 404
    client = signed_in(place, "helper")
    client.post(page + "modifier/", TYPED | {"done": "On pédale.", "seen": "1", "note": "le vélo"})
    history = text(client.get(page + "historique/"))
    assert "<ins>On pédale.</ins>" in history and "le vélo" in history
    assert [one.number for one in SheetVersion.objects.filter(sheet=sheet)] == [2, 1]
    client.post(page + "modifier/", TYPED | {"done": "On pédale.", "seen": "2", "title": "Un vélo"})
    assert SheetVersion.objects.filter(sheet=sheet).count() == 2  # the title alone changed
    assert last_sheet().title == "Un vélo"


def test_two_who_write_at_once_lose_nothing(place: Place) -> None:
    sheet, client = make_sheet(place.garden), signed_in(place, "coordinator")
    client.post(f"/entraide/fiches/{sheet.pk}/modifier/", TYPED | {"done": "Premier.", "seen": "1"})
    answer = client.post(f"/entraide/fiches/{sheet.pk}/modifier/", TYPED | {"done": "Second.", "seen": "1"})
    assert answer.status_code == 422 and "version 2" in plain(answer) and "Second." in text(answer)


def test_a_published_sheet_is_found_and_one_taken_back_is_not(place: Place) -> None:
    sheet = make_sheet(place.garden)

    def found() -> list[str]:
        return [one.key for one in finding.find("navettes", Reach(by_garden={0: frozenset()})).found]

    assert found() == [str(sheet.pk)]
    signed_in(place, "helper").post(f"/entraide/fiches/{sheet.pk}/publier/", {"reprendre": "1"})
    assert found() == []


def test_we_do_this_too_with_a_note(place: Place) -> None:
    sheet = make_sheet(make_garden("loire"))
    client = signed_in(place, "helper")
    for note in ("Avec un vélo.", "Avec deux vélos."):
        client.post(f"/entraide/fiches/{sheet.pk}/nous-aussi/", {"note": note})
    assert AlsoDone.objects.get().note == "Avec deux vélos."
    assert "1 jardin le fait aussi" in plain(client.get("/entraide/"))
    client.post(f"/entraide/fiches/{sheet.pk}/nous-aussi/", {"retirer": "1"})
    assert not AlsoDone.objects.exists()
    assert client.post(f"/entraide/fiches/{make_sheet(place.garden).pk}/nous-aussi/", {"note": ""}).status_code == 404


# --- Personal data --------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["Merci à Amina Benali.", "merci a BENALI AMÍNA"])
@pytest.mark.parametrize("field", ["title", "problem", "done", "cost", "change", "tags", "contact"])
def test_a_member_cannot_be_named_and_it_is_shown_where(place: Place, field: str, said: str) -> None:
    answer = signed_in(place, "coordinator").post("/entraide/fiches/nouvelle/", TYPED | {field: said, "sure": "on"})
    assert answer.status_code == 422 and not Sheet.objects.exists()
    assert "le nom d’une personne de votre jardin" in plain(answer) and "<mark>" in text(answer)
    assert 'name="sure"' not in text(answer)  # nobody can say that it does not matter
    assert "C’est loin." in text(answer) or field == "problem"


def test_a_member_s_number_and_address_are_refused_whatever_their_garden(place: Place) -> None:
    other = a_place(code="ailleurs").garden
    Member.objects.filter(household__garden=other).update(email="Amina@Courriel.fr", mobile="+33612345678")
    client = signed_in(place, "coordinator")
    for said in ("amina@courriel.fr", "06 12 34 56 78", "+33 6 12 34 56 78"):
        answer = client.post("/entraide/questions/poser/", {"title": "Qui ?", "body": said, "tags": "", "sure": "on"})
        assert "l’adresse ou le numéro d’un adhérent" in plain(answer), said
    assert not Question.objects.exists()


def test_a_professional_contact_is_posted_once_it_is_said_so(place: Place) -> None:
    client, sheet = signed_in(place, "helper"), make_sheet(make_garden("loire"))
    page = f"/entraide/fiches/{sheet.pk}/commenter/"
    first = client.post(page, {"body": "Demandez à contact@velos.fr"})
    assert first.status_code == 422 and 'name="sure"' in text(first) and "Demandez à contact@velos.fr" in text(first)
    assert client.post(page, {"body": "Demandez à contact@velos.fr", "sure": "on"}).status_code == 302
    assert Reply.objects.get().body == "Demandez à contact@velos.fr"


@pytest.mark.parametrize("said", ["Mme Benali est venue.", "A. Bénali est venue."])
def test_a_last_name_of_the_garden_is_shown_and_posted_once_it_is_said_to_be_somebody_else_s(place: Place, said: str) -> None:  # fmt: skip
    client, sheet = signed_in(place, "helper"), make_sheet(make_garden("loire"))
    page = f"/entraide/fiches/{sheet.pk}/commenter/"
    first = client.post(page, {"body": said})
    assert first.status_code == 422 and not Reply.objects.exists()
    assert "a le nom d’un adhérent" in plain(first) and "n’est pas un adhérent du jardin" in plain(first)
    assert client.post(page, {"body": said, "sure": "on"}).status_code == 302


@pytest.mark.parametrize("said", ["Amina.Benali", "Amina épouse Benali", "0 6 1 2 3 4 5 6 7 8"])
def test_ways_that_gardens_write_a_member_are_found(place: Place, said: str) -> None:
    Member.objects.filter(first_name="Paul").update(mobile="+33612345678")
    typed = {"title": "Qui ?", "body": f"Voir {said}", "tags": "", "sure": "on"}
    answer = signed_in(place, "helper").post("/entraide/questions/poser/", typed)
    assert answer.status_code == 422 and not Question.objects.exists()


def test_one_s_own_contact_and_a_first_name_are_posted(place: Place) -> None:
    client = signed_in(place, "coordinator")
    own = Person.objects.get(login__email__startswith="lea").login.email
    typed = TYPED | {"contact": own, "problem": "Amina habite loin du dépôt."}
    assert client.post("/entraide/fiches/nouvelle/", typed).status_code == 302


def test_a_document_that_names_a_member_is_not_joined(place: Place) -> None:
    client, sheet = signed_in(place, "helper"), make_sheet(place.garden)
    docx = packed(**{"[Content_Types].xml": b"x", "word__document.xml": "<w:p>Tournée de Anna Lévy</w:p>".encode()})
    answer = client.post(f"/entraide/fiches/{sheet.pk}/joindre/", {"file": SimpleUploadedFile("plan.docx", docx)})
    assert answer.status_code == 422 and "« Anna Lévy »" in plain(answer) and not Attachment.objects.exists()


def test_names_are_written_in_no_log(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    client = signed_in(place, "coordinator")
    with caplog.at_level("DEBUG"):
        client.post("/entraide/fiches/nouvelle/", TYPED | {"problem": "Amina Benali"})
    said = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert not any("Benali" in line for line in said)
    assert not any("Benali" in str(event.detail) for event in LogEvent.objects.all())


def test_five_megabytes_are_refused_and_what_fits_is_kept(place: Place) -> None:
    client = signed_in(place, "coordinator")
    answer = client.post("/entraide/fiches/nouvelle/", TYPED | {"done": "début " + "poireau " * 655_360})
    page = text(answer)
    assert answer.status_code == 422 and "la fin a été coupée" in page and "début poireau" in page
    assert len(page) < 60_000 and "C’est loin." in page and not Sheet.objects.exists()


# --- Files ----------------------------------------------------------------------------------------


def test_a_file_is_joined_downloaded_and_taken_off(place: Place) -> None:
    client, sheet = signed_in(place, "helper"), make_sheet(place.garden)
    page = f"/entraide/fiches/{sheet.pk}/"
    for _twice in range(2):
        client.post(page + "joindre/", {"file": SimpleUploadedFile("Plan été.exe", PDF)})
    joined, sam = Attachment.objects.get(), a_stranger()
    answer = sam.get(f"{page}fichiers/{joined.pk}/")
    assert (answer.content, answer["Content-Type"], answer["X-Content-Type-Options"]) == (PDF, "application/pdf", "nosniff")  # fmt: skip
    assert answer["Content-Disposition"] == "attachment; filename*=UTF-8''Plan%20%C3%A9t%C3%A9.pdf"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert sam.post(f"{page}fichiers/{joined.pk}/retirer/").status_code == 404
    client.post(f"{page}fichiers/{joined.pk}/retirer/")
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("content", [b"<html><script>", b"", b"MZ a program", b"PK\x03\x04 nothing"])
def test_a_file_that_is_not_what_it_says_is_refused_in_a_sentence(place: Place, content: bytes) -> None:
    client, sheet = signed_in(place, "helper"), make_sheet(place.garden)
    answer = client.post(f"/entraide/fiches/{sheet.pk}/joindre/", {"file": SimpleUploadedFile("a.pdf", content)})
    assert answer.status_code == 422 and "Ce fichier" in plain(answer) and not Attachment.objects.exists()


def test_a_seventh_file_is_refused(place: Place) -> None:
    client, sheet = signed_in(place, "helper"), make_sheet(place.garden)
    answers = [
        client.post(
            f"/entraide/fiches/{sheet.pk}/joindre/", {"file": SimpleUploadedFile("a.pdf", PDF + bytes([65 + n]))}
        )
        for n in range(7)
    ]
    assert [one.status_code for one in answers] == [302] * 6 + [422]


# --- Questions ------------------------------------------------------------------------------------


def test_a_question_and_its_answer_sent_twice_are_there_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    lea, sam = signed_in(place, "coordinator"), a_stranger()
    typed = {"title": "Qui garde les enfants ?", "body": "Pendant l’atelier.", "tags": ""}
    told = [lea.post("/entraide/questions/poser/", typed).headers["Location"] for _click in range(2)]
    question = Question.objects.get()
    assert told == [f"/entraide/questions/{question.pk}/"] * 2
    for _click in range(2):
        sam.post(f"/entraide/questions/{question.pk}/repondre/", {"body": "Nous."})
    assert Reply.objects.count() == 1
    lea.post("/entraide/questions/poser/", typed | {"body": "Après l’atelier."})
    monkeypatch.setattr(clock, "now", lambda: question.at + timedelta(minutes=11))
    lea.post("/entraide/questions/poser/", typed)
    assert Question.objects.count() == 3  # other words, and the same ones later on


def test_a_comment_sent_twice_is_there_once(place: Place) -> None:
    sheet, lea = make_sheet(place.garden), signed_in(place, "coordinator")
    for _click in range(2):
        lea.post(f"/entraide/fiches/{sheet.pk}/commenter/", {"body": "Merci."})
    assert Reply.objects.count() == 1


def test_a_question_is_answered_and_who_asked_says_what_helped(place: Place) -> None:
    lea = signed_in(place, "coordinator")
    lea.post("/entraide/questions/poser/", {"title": "Qui garde les enfants ?", "body": "", "tags": "ateliers"})
    question = Question.objects.get()
    page = f"/entraide/questions/{question.pk}/"
    sam = a_stranger()
    sam.post(page + "repondre/", {"body": "Les grands-parents."})
    reply = Reply.objects.get()
    assert sam.post(f"{page}aide/{reply.pk}/").status_code == 404  # only who asked
    lea.post(f"{page}aide/{reply.pk}/")
    assert "Cette réponse a aidé" in text(sam.get(page))
    assert Question.objects.get().state == "answered"
    assert "grands-parents" in Findable.objects.get(kind="question").text
    lea.post(f"{page}aide/{reply.pk}/", {"non": "1"})
    assert Question.objects.get().state == "open"


def test_gardens_like_mine_come_first_and_it_is_said_why(place: Place) -> None:
    far = make_garden("paris", "Jardin de Paris", "75056")
    for number in range(3):
        make_sheet(far, f"Ailleurs {number}")
    twin = a_place(code="jumeau").garden
    make_sheet(twin, "Comme nous", at=datetime(2017, 1, 1, tzinfo=UTC))
    page = text(signed_in(place, "coordinator").get("/entraide/"))
    assert page.index("Comme nous") < page.index("Ailleurs 0")
    assert "même taille, aussi dans une ville moyenne, même région, un CCAS paie aussi" in page
    helper = text(signed_in(place, "helper").get("/entraide/"))
    assert "même taille, aussi dans une ville moyenne, même région<" in helper  # who pays is not told to a helper
    assert "Un jardin comme le vôtre" not in text(signed_in(place, "network").get("/entraide/"))


# --- Moderation -----------------------------------------------------------------------------------


def test_what_is_flagged_is_looked_at_hidden_with_a_reason_and_never_lost(place: Place) -> None:
    author = Person.objects.get(login__email=signed_in_email(place))
    sheet = make_sheet(place.garden, by=author)
    sam, nadia, helper = a_stranger(), signed_in(place, "network"), signed_in(place, "helper")
    for _twice in range(2):
        sam.post(f"/entraide/signaler/fiche/{sheet.pk}/", {"reason": "on reconnaît quelqu’un"})
    assert Flag.objects.count() == 1
    assert "on reconnaît quelqu’un" in text(nadia.get("/entraide/moderation/"))
    assert helper.get("/entraide/moderation/").status_code == 404
    assert helper.post(f"/entraide/moderation/fiche/{sheet.pk}/", {"reason": "x"}).status_code == 404
    nadia.post(f"/entraide/moderation/fiche/{sheet.pk}/", {"reason": "Une adhérente se reconnaît."})
    assert Flag.objects.get().outcome == "Une adhérente se reconnaît."
    message = Message.objects.get(kind="guide_hidden")
    assert message.to == author.login.email and "Une adhérente se reconnaît." in message.body
    assert sam.get(f"/entraide/fiches/{sheet.pk}/").status_code == 404
    assert "Retirée par le réseau" in text(helper.get(f"/entraide/fiches/{sheet.pk}/"))
    assert not Findable.objects.filter(kind="sheet").exists() and SheetVersion.objects.exists()
    nadia.post(f"/entraide/moderation/fiche/{sheet.pk}/", {"remettre": "1"})
    assert (
        sam.get(f"/entraide/fiches/{sheet.pk}/").status_code == 200 and Findable.objects.filter(kind="sheet").exists()
    )


def signed_in_email(place: Place) -> str:
    signed_in(place, "coordinator")
    return "lea@exemple.fr"


def test_an_answer_that_is_hidden_helps_no_more(place: Place) -> None:
    lea, sam = make_author("Léa"), make_author("Sam")
    question = practice.ask("Qui ?", "", [], garden=place.garden, by=lea, at=AT)
    reply = practice.answer(question, "Une réponse à cacher", garden=None, by=sam, at=AT)
    practice.helped(reply, yes=True, by=lea, at=AT)
    signed_in(place, "network").post(f"/entraide/moderation/reponse/{reply.pk}/", {"reason": "Hors sujet."})
    assert Question.objects.get().state == "open"
    assert "à cacher" not in text(a_stranger().get(f"/entraide/questions/{question.pk}/"))
    assert "cacher" not in Findable.objects.get(kind="question").text


# --- The digest -----------------------------------------------------------------------------------


def send(day: date) -> int:
    at = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    return digest.send(today=day, at=at, link=lambda name, *args: f"/{name}/{'/'.join(map(str, args))}")


def test_the_digest_is_short_never_empty_and_once_a_month(place: Place) -> None:
    signed_in(place, "coordinator"), signed_in(place, "auditor"), signed_in(place, "referrer")
    assert send(date(2017, 3, 1)) == 0  # nothing new
    for number in range(7):
        make_sheet(make_garden(f"g{number}"), f"Fiche {number}")
    make_offer()
    assert send(date(2017, 4, 1)) == 1
    [message] = Message.objects.filter(kind="guide_digest")
    assert message.to == "lea@exemple.fr" and "et 2 autres" in message.body and "Collecte en magasin" in message.body
    assert "/digest/" in message.body  # where to say that one does not want it
    make_sheet(make_garden("neuf"), "Plus tard", at=datetime(2017, 4, 10, tzinfo=UTC))
    assert send(date(2017, 4, 2)) == send(date(2017, 4, 30)) == 0
    assert send(date(2017, 5, 3)) == 1
    assert "Fiche 0" not in Message.objects.filter(kind="guide_digest").order_by("-pk")[0].body


def test_who_wants_it_each_week_or_never_is_heard(place: Place) -> None:
    client = signed_in(place, "coordinator")
    client.post("/entraide/resume/", {"rhythm": "never"})
    make_sheet(make_garden("loire"), at=datetime(2017, 3, 26, tzinfo=UTC))
    assert send(MONDAY_AFTER) == 0
    client.post("/entraide/resume/", {"rhythm": "week"})
    assert send(MONDAY_AFTER) == 1 and send(date(2017, 3, 28)) == 0
    assert Digest.objects.get().rhythm == "week"


def test_one_s_own_sheet_is_no_news_and_an_answer_is(place: Place) -> None:
    signed_in(place, "coordinator")
    lea = Person.objects.get(login__email="lea@exemple.fr")
    make_sheet(place.garden, by=lea)
    question = practice.ask("Qui garde les enfants ?", "", [], garden=place.garden, by=lea, at=AT)
    assert send(MONDAY_AFTER) == 0
    practice.answer(question, "Nous.", garden=None, by=make_author(), at=AT)
    assert send(MONDAY_AFTER) == 1
    assert "On a répondu à votre question" in Message.objects.get(kind="guide_digest").body


# --- Constant -------------------------------------------------------------------------------------


def test_more_sheets_and_questions_ask_no_more_queries(place: Place) -> None:
    client, by = signed_in(place, "coordinator"), make_author()
    first = make_sheet(make_garden("un"))
    question = practice.ask("Qui ?", "", ["x"], garden=first.garden, by=by, at=AT)
    pages = ("/entraide/", f"/entraide/fiches/{first.pk}/", "/entraide/questions/", f"/entraide/questions/{question.pk}/")  # fmt: skip

    def grow(start: int, count: int) -> None:
        for number in range(start, start + count):
            garden: Garden = make_garden(f"g{number}")
            make_sheet(garden, f"Fiche {number}")
            practice.do_too(first, garden, note="", by=by, at=AT)
            practice.comment(first, "Oui", garden=garden, by=make_author(), at=AT)
            practice.ask(f"Question {number}", "", [], garden=garden, by=by, at=AT)
            practice.answer(question, "Oui", garden=garden, by=make_author(), at=AT)
            practice.flag(last_sheet(), "à voir", by=by, at=AT)

    nadia = signed_in(place, "network")

    def asked() -> list[int]:
        counts = []
        for who, page in [*((client, page) for page in pages), (nadia, "/entraide/moderation/")]:
            who.get(page)
            with CaptureQueriesContext(connection) as queries:
                assert who.get(page).status_code == 200
            counts.append(len(queries))
        return counts

    grow(0, 3)
    before = asked()
    grow(3, 15)
    assert asked() == before
    assert max(before) < 30, before


def test_checking_a_text_reads_the_members_once(place: Place) -> None:
    client = signed_in(place, "coordinator")
    with CaptureQueriesContext(connection) as queries:
        client.post("/entraide/questions/poser/", {"title": "Q", "body": "a@b.fr c@d.fr 06 12 34 56 78 " * 50, "tags": ""})  # fmt: skip
    assert len([one for one in queries if "members_member" in one["sql"]]) == 2
    assert sql.rows("SELECT COUNT(*) FROM guide_question") == [(0,)]


def test_a_draft_without_words_is_not_kept(place: Place) -> None:
    answer = signed_in(place, "helper").post("/entraide/fiches/nouvelle/", TYPED | {"done": "  \n "})
    assert answer.status_code == 422 and not Sheet.objects.exists()
    assert Draft("a", "b", "c").said["cost"] == ""

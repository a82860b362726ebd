"""Rows of what gardens tell each other, for the tests that open every address."""

from __future__ import annotations

from datetime import UTC, date, datetime

from cageot.guide.actions import offers, practice
from cageot.guide.actions.practice import Draft
from cageot.guide.models import Offer, Sheet
from cageot.guide.rules import offering
from cageot.network.models import Garden, Partner, Person

AT = datetime(2017, 3, 20, 9, 0, tzinfo=UTC)
PDF = b"%PDF-1.7 a plan"


def make_author(name: str = "Camille") -> Person:
    return Person.objects.create(first_name=name)


def make_sheet(
    garden: Garden | None, title: str = "Une navette pour les dépôts", *, by: Person | None = None, published: bool = True, at: datetime = AT
) -> Sheet:  # fmt: skip
    by = by or make_author()
    draft = Draft(title, "Les dépôts sont loin.", "Des bénévoles conduisent.", "Deux heures par semaine.", tags=["bénévoles", "dépôts"])  # fmt: skip
    sheet = practice.write_sheet(draft, garden=garden, by=by, at=at)
    if published:
        practice.publish(sheet, by=by, at=at)
    return Sheet.objects.get(pk=sheet.pk)


def make_offer(*, places: int | None = 2, at: datetime = AT, **fields: object) -> Offer:
    partner, _made = Partner.objects.get_or_create(name="Boutiques bio", kind="company", level="national")
    written = {
        "partner": partner, "kind": "collection", "title": "Collecte en magasin", "text": "Une journée de collecte.",
        "agreement": "Entre {{jardin.nom}} et {{offre.lieu}}, le {{offre.jour}}.", "departments": [], "from_day": date(2017, 1, 1),
        "until_day": date(2017, 12, 31), "places": places, "asks": offering.asks("Kilos collectés ; kg"), "contact": "",
        "spots": [("Boutique de Blois", "41018"), ("Boutique de Tours", "37261")],
    } | fields  # fmt: skip
    return offers.write_offer(offers.Written(**written), by=None, at=at)  # type: ignore[arg-type]


def rows_of(garden: Garden) -> dict[str, int]:
    """One row of each kind that an address names, by the word of the address."""
    sheet = Sheet.objects.filter(garden=garden).first()
    if sheet is None:
        by = make_author()
        sheet = make_sheet(garden, by=by)
        question = practice.ask("Qui garde les enfants ?", "Pendant l’atelier.", [], garden=garden, by=by, at=AT)
        practice.answer(question, "Les grands-parents du quartier.", garden=garden, by=by, at=AT)
        offers.take_up(
            make_offer(), garden, spot=None, on_day=None, agreement="", today=date(2017, 3, 20), by=by, at=AT
        )
    assert sheet.by is not None
    joined = practice.attach(sheet, "plan.png", b"\x89PNG\r\n\x1a\n a plan", by=sheet.by, at=AT)
    flag = practice.flag(sheet, "on reconnaît quelqu’un", by=sheet.by, at=AT)
    question, uptake = garden.questions.order_by("pk")[0], garden.uptakes.order_by("pk")[0]
    return {
        "sheet": sheet.pk, "attachment": joined.pk, "question": question.pk, "reply": question.replies.order_by("pk")[0].pk,
        "thing": sheet.pk, "flag": flag.pk, "offer": uptake.offer_id, "uptake": uptake.pk,
    }  # fmt: skip

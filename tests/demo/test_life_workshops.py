"""The demonstration's workshops, on two gardens: what was held, and what comes at Blois."""

from __future__ import annotations

from datetime import date

from django.test import TestCase

from cageot.demo.build import Recipe, build
from cageot.funding.models import BookEntry, TrancheUse
from cageot.network.models import Edition, Garden
from cageot.workshops.models import Enrolment, Material, Opinion, Session, SessionCost
from cageot.workshops.queries.figures import figures, totals
from cageot.workshops.queries.materials import shown
from cageot.workshops.queries.opinions import results

ON = date(2018, 3, 14)


class TwoGardens(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        build(Recipe(on=ON, gardens=2))

    def test_a_garden_holds_some_25_workshops_in_a_year(self) -> None:
        edition = Edition.objects.get(code="2017")
        whole = figures(edition=edition).whole
        assert whole.sessions == 2 * 26
        assert 200 <= whole.participations <= 500
        assert whole.households > 20
        assert totals(edition) == (whole.sessions, whole.participations)

    def test_blois_has_a_full_date_with_people_who_wait_and_a_cancelled_one(self) -> None:
        coming = Session.objects.filter(garden__code="blois", starts_at__gt="2018-03-14T00:00Z")
        [full] = [one for one in coming if one.seats and one.seats_taken == one.seats]
        assert Enrolment.objects.filter(session=full, state="waiting").count() >= 2
        assert coming.filter(state="cancelled").count() == 1
        assert coming.filter(workshop__open_door=True).count() == 2

    def test_people_said_what_they_thought_and_some_come_from_outside(self) -> None:
        held = Session.objects.filter(state="held")
        assert Opinion.objects.filter(session__in=held).count() == Opinion.objects.count() > 100
        assert any(results(one).sentences for one in held)
        assert Enrolment.objects.filter(source="public", household=None, session__garden__code="blois").count() == 3

    def test_a_fund_pays_some_sessions_through_the_books_of_two_gardens(self) -> None:
        paid = SessionCost.objects.exclude(tranche=None)
        assert {one.session.garden.code for one in paid} == {"blois", Garden.objects.exclude(code="blois").get().code}
        assert SessionCost.objects.filter(tranche=None, session__garden__code="blois").exists()
        for one in paid:
            assert TrancheUse.objects.get(tranche=one.tranche, source="session", source_id=one.pk).cents == one.cents
        entries = BookEntry.objects.filter(source="session_cost")
        assert entries.count() == SessionCost.objects.count()
        for entry in BookEntry.objects.filter(source__startswith="session"):
            assert sum(entry.lines.values_list("cents", flat=True)) == 0

    def test_a_referrer_enrols_people_whom_she_sent(self) -> None:
        found = Enrolment.objects.filter(source="referrer")
        assert found.count() == 2
        assert all(one.partner and one.by and one.household for one in found)

    def test_a_sheet_and_photos_are_there_and_the_one_without_agreement_is_not_shown(self) -> None:
        session = Session.objects.filter(garden__code="blois", workshop__title="Cuisiner le panier", state="planned")[0]
        seen = shown(session, ON)
        assert len(seen.photos) == 2 and [one.ending for one in seen.sheets] == ["PDF"]
        assert Material.objects.filter(kind="photo").count() == 3
        assert all(bytes(one.content)[:4] in (b"\x89PNG", b"%PDF") for one in Material.objects.all())

    def test_places_taken_are_those_of_who_has_one_and_who_came_is_counted(self) -> None:
        for one in Session.objects.prefetch_related("enrolments"):
            people = {
                state: sum(e.adults + e.children for e in one.enrolments.all() if e.state == state)
                for state in ("enrolled", "came", "absent")
            }
            assert one.seats_taken == sum(people.values())
            assert one.came == people["came"]

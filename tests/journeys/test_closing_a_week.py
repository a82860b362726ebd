"""Friday evening to Monday: Hélène marks the baskets, Théo closes the week, in a real browser."""

import pytest

from cageot.baskets.models import Basket, WeekClose
from tests.desk.a_week import FRIDAY, MONDAY_AFTER, a_place, signed_in
from tests.journeys.conftest import no_sideways_scroll

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture(autouse=True)
def _day(settings):
    settings.TODAY = FRIDAY


def come_in(context, live_server, client):
    """The browser takes the session of somebody signed in."""
    context.clear_cookies()
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])


def test_a_week_is_marked_then_closed(page, context, live_server, settings):
    place = a_place()
    helper, treasurer = signed_in(place, "helper"), signed_in(place, "treasurer")
    page.set_viewport_size({"width": 390, "height": 844})

    # Hélène, on her phone at the depot: one basket was not collected, saved at the touch.
    come_in(context, live_server, helper)
    page.goto(live_server.url + place.url())
    page.get_by_role("link", name="Pointer les paniers").click()
    assert no_sideways_scroll(page)
    amina = page.get_by_role("radiogroup", name="Amina Benali")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        amina.get_by_text("Non retiré").click()
    page.get_by_text("1 sur 4 pointés").wait_for()
    assert place.baskets[0].state == Basket.State.UNCLAIMED

    # All the others were collected, day by day.
    page.get_by_role("button", name="Jeudi : les 3 autres ont été retirés").click()
    page.get_by_text("3 paniers notés retirés").wait_for()
    page.get_by_role("link", name="Vendredi 24 mars").click()
    page.get_by_role("button", name="Vendredi : les 2 autres ont été retirés").click()
    page.get_by_text("2 paniers notés retirés").wait_for()
    assert {one.state for one in place.baskets} == {"unclaimed", "collected"}

    # Théo, on Monday: reads, then closes.
    settings.TODAY = MONDAY_AFTER
    come_in(context, live_server, treasurer)
    page.goto(live_server.url + place.url())
    page.get_by_role("link", name="Clôturer la semaine 12").click()
    assert no_sideways_scroll(page)
    page.get_by_role("button", name="Clôturer la semaine 12").click()
    page.get_by_text("La semaine 12 est close : 6 paniers, dont 3 à prix solidaire.").wait_for()
    assert WeekClose.objects.get().uncovered_cents == 0


def test_a_basket_marked_before_the_scripts_came_is_saved_when_they_do(page, context, live_server):
    place = a_place()
    come_in(context, live_server, signed_in(place, "helper"))
    waiting = []
    page.route("**/htmx*.js", lambda route: waiting.append(route))
    page.goto(live_server.url + place.url("pointage/"), wait_until="commit")
    page.get_by_role("radiogroup", name="Amina Benali").get_by_text("Non retiré").click()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        waiting[0].continue_()
    assert place.baskets[0].state == Basket.State.UNCLAIMED

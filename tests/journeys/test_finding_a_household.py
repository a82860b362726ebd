"""Monday at the garden, the telephone rings: Léa finds Anna Lévy as she types, and changes her next basket."""

import pytest

from cageot.baskets.models import Basket
from tests.desk.a_week import WEEK, a_place, signed_in
from tests.journeys.conftest import no_sideways_scroll
from tests.journeys.test_closing_a_week import come_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture(autouse=True)
def _day(settings):
    settings.TODAY = WEEK.monday


def test_a_household_is_found_as_one_types_and_its_basket_changed(page, context, live_server):
    place = a_place()
    come_in(context, live_server, signed_in(place, "coordinator"))
    page.set_viewport_size({"width": 390, "height": 844})
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(f"{live_server.url}/jardins/{place.garden.code}/foyers/")
    assert no_sideways_scroll(page)
    page.get_by_role("searchbox", name="Chercher un foyer").fill("levy")
    page.get_by_role("heading", name="1 foyer", exact=True).wait_for()
    page.get_by_role("button", name="Sans panier").click()
    page.get_by_role("heading", name="Personne ne correspond").wait_for()
    page.get_by_role("button", name="Avec panier").click()
    page.get_by_role("link", name="Lévy Anna").click()
    assert [url for url in asked if "levy" in url.lower()] == [], "her name is in no address"

    page.get_by_role("link", name="Changer vendredi 24 mars").click()
    page.get_by_label("Dépôt, cette fois").select_option(label="Gare · jeudi")
    page.get_by_role("button", name="Changer cette fois").click()
    page.get_by_text("Panier changé pour cette fois. L’abonnement ne change pas.").wait_for()
    assert page.get_by_text("autre dépôt").is_visible()
    assert no_sideways_scroll(page)
    one = Basket.objects.select_related("delivery", "depot").get(household__number="102")
    assert (one.depot.name, one.depot_kept, one.delivery.day.isoweekday()) == ("Gare", True, 4)


def test_without_javascript_the_same_household_is_found(browser, live_server):
    place = a_place()
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    come_in(context, live_server, signed_in(place, "coordinator"))
    page = context.new_page()
    page.goto(f"{live_server.url}/jardins/{place.garden.code}/foyers/")
    page.get_by_role("searchbox", name="Chercher un foyer").fill("levy")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_role("button", name="Partis").click()
    page.get_by_role("heading", name="Personne ne correspond").wait_for()
    page.get_by_role("button", name="Tous").click()
    page.get_by_role("link", name="Lévy Anna").click()
    assert "Anna Lévy" in page.get_by_role("heading", level=1).inner_text()
    context.close()

"""A garden's computer is often shared: what one person was shown is not there for the next."""

from __future__ import annotations

from tests.architecture.test_doors import asked, filled, place  # noqa: F401 (a fixture)
from tests.desk.a_week import Place, signed_in


def test_what_a_person_is_shown_is_not_kept_by_the_browser(place: Place) -> None:  # noqa: F811
    """ "Back" after signing out shows nothing, nor does a file wait in the browser's cache."""
    coordinator = signed_in(place, "coordinator")
    answers = {route: coordinator.get(filled(route, place)) for route, _ in asked()}
    shown = {route: answer for route, answer in answers.items() if answer.status_code == 200}
    kept = {route: answer.headers.get("Cache-Control", "") for route, answer in shown.items()}
    assert len(kept) > 20
    assert {route: words for route, words in kept.items() if "no-store" not in words} == {}

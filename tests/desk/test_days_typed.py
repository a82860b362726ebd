"""A year mistyped is said where it is typed; what was asked is done even when what follows it fails."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError

import cageot
from cageot.baskets import proposing
from cageot.baskets.models import WeekClose
from cageot.config import cli
from cageot.core.forms import DayField
from cageot.desk.forms.workshops import read_days
from cageot.funding.models import Proposal, Settlement, Tranche
from tests.desk.a_week import MONDAY_AFTER, a_place, text_of
from tests.factories import AT, make_person, signed_in
from tests.funding.money_world import closed_weeks, make_fund, make_tranche

NOW = date(2017, 4, 3)
TOO_FAR = "Cette date est trop loin : relisez l’année."


# --- Typed ----------------------------------------------------------------------------------------


def every_form(parent: type[Any]) -> Iterator[type[Any]]:
    for child in parent.__subclasses__():
        yield child
        yield from every_form(child)


def test_every_form_of_the_site_reads_days_within_our_age() -> None:
    for module in pkgutil.walk_packages(cageot.__path__, "cageot."):
        if ".forms" in module.name or module.name.endswith("styleguide"):
            importlib.import_module(module.name)
    ours = {form for form in every_form(forms.BaseForm) if form.__module__.startswith("cageot.")}
    assert len(ours) > 100
    bare = [
        f"{form.__module__}.{form.__qualname__}.{name}"
        for form in ours
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.DateField) and not isinstance(field, DayField)
    ]
    assert bare == []


@pytest.mark.parametrize("typed", ["0018-03-01", "1999-12-31", "2101-01-01", "9999-12-31"])
def test_a_day_of_another_age_is_asked_again(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        DayField().clean(typed)
    assert [one.replace("\u00a0", " ") for one in refused.value.messages] == [TOO_FAR]
    with pytest.raises(ValidationError):
        read_days(f"12/04/2018, {typed}")


def test_the_browser_is_told_the_limits_and_some_days_may_be_older() -> None:
    assert DayField().widget.attrs == {"min": "2000-01-01", "max": "2100-12-31"}
    assert DayField().clean("2018-03-01") == date(2018, 3, 1)
    assert DayField(since=date(1980, 1, 1)).clean("1991-05-01") == date(1991, 5, 1)
    assert DayField(required=False).clean("") is None


@pytest.mark.django_db
def test_a_far_end_of_a_tranche_is_said_beside_it(settings: Any) -> None:
    settings.TODAY = NOW
    fund = make_fund()
    data = {
        "label": "2017", "from_day": "2017-01-01", "until_day": "9999-12-31", "promised_cents": "1 000",
        "promised_on": "2017-01-20", "due_on": "", "quota_baskets": "",
    }  # fmt: skip
    answer = signed_in(make_person("network")).post(f"/argent/financements/{fund.pk}/tranches/ajouter/", data)
    assert answer.status_code == 422
    assert TOO_FAR in text_of(answer)
    assert not Tranche.objects.exists()


# --- Looking ahead --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_tranche_that_never_ends_does_not_stop_the_proposal() -> None:
    closed_weeks("val", households=2)
    make_tranche(make_fund(), cents=100_000, until_day=date(9999, 12, 31), notified_cents=None)
    made = proposing.propose(NOW, AT)
    assert made
    assert made.facts["until"] <= "2019-04-01"


# --- What is written stands -----------------------------------------------------------------------


def broken(*_given: Any) -> None:
    raise OverflowError("Amina Benali")


@pytest.fixture
def no_proposal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposing, "ask", broken)


@pytest.mark.django_db
@pytest.mark.usefixtures("no_proposal")
def test_a_week_is_closed_though_nothing_can_be_proposed(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.TODAY = MONDAY_AFTER
    place = a_place()
    place.mark_all()
    theo = signed_in(make_person("treasurer", place.garden))
    seen = theo.get(place.url("cloture/")).context["seen"]
    with caplog.at_level(logging.ERROR):
        done = theo.post(place.url("cloture/"), {"seen": seen}, follow=True)
    assert WeekClose.objects.count() == 1
    assert "La semaine 12 est close" in text_of(done)
    assert "Le partage proposé pour la suite n’a pas pu être calculé : il le sera cette nuit." in text_of(done)
    assert "no proposal: OverflowError at" in caplog.text
    assert "test_days_typed.py" in caplog.text
    assert "Amina" not in caplog.text


@pytest.mark.django_db
@pytest.mark.usefixtures("no_proposal")
def test_a_period_is_settled_though_nothing_can_be_proposed(settings: Any) -> None:
    settings.TODAY = NOW
    closed_weeks("val", households=3)
    make_tranche(make_fund("Fondation"), cents=1_000)
    nadia = signed_in(make_person("network"))
    seen = nadia.get("/argent/reglement/?jusquau=2017-03-31").context["seen"]
    done = nadia.post("/argent/reglement/", {"seen": seen}, follow=True)
    assert Settlement.objects.count() == 1
    assert "n’a pas pu être calculé" in text_of(done)


@pytest.mark.django_db
def test_the_morning_goes_on_after_a_part_that_fails(
    settings: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TODAY = NOW
    closed_weeks("val", households=3)
    make_tranche(make_fund("Fondation"), cents=1_000)
    from cageot.baskets import notices

    monkeypatch.setattr(notices, "remind", broken)
    assert cli.main(["remind"]) == 1
    told = capsys.readouterr()
    assert "Le partage des financements est proposé à nouveau." in told.out
    assert "Amina" not in told.err
    assert "Cela n’a pas pu être fait" in told.err.replace("\u00a0", " ")
    assert Proposal.objects.count() == 1
    monkeypatch.undo()
    assert cli.main(["remind"]) == 0

"""What no page has to think of: the sign that PostgreSQL refuses, and what is too heavy to be read."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import Client, RequestFactory

from cageot.core.middleware import NulMiddleware


def said(request: HttpRequest) -> QueryDict:
    NulMiddleware(lambda _: HttpResponse()).process_view(request)
    return request.POST


def test_a_form_is_read_without_the_sign_nul_and_loses_nothing_else() -> None:
    request = RequestFactory().post("/", {"name": ["Léa\x00", "\x00"], "plain": " a\r\nb "})
    found = said(request)
    assert (found.getlist("name"), found["plain"]) == (["Léa", ""], " a\r\nb ")
    with pytest.raises(AttributeError, match="immutable"):
        found["name"] = "x"


def test_nothing_is_called_by_the_sign_nul() -> None:
    seen = NulMiddleware(lambda _: HttpResponse("seen"))
    assert seen(RequestFactory().get("/?q=%00")).status_code == 404
    assert seen(RequestFactory().get("/?q=00")).content == b"seen"


@pytest.mark.django_db
def test_what_is_too_heavy_to_be_read_is_told_in_words() -> None:
    client = Client(raise_request_exception=False)
    answer = client.post("/entrer/", "x=" + "a" * 11 * 1024 * 1024, "application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert "Cet envoi n’a pas pu être lu" in answer.content.decode()

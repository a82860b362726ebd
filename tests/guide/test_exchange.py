"""The file of a guide, from one network to another: the same back, older, newer, damaged."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.guide.rules import exchange, shipped
from cageot.guide.rules.exchange import Book, Chapter, NotAGuide, Paper, read, write

BOOK = Book(
    "Réseau d’à côté", "2018-03-14",
    tuple(Chapter(one.slug, one.title, one.summary, one.tags, one.text) for one in shipped.chapters()),
    tuple(Paper(one.code, one.title, one.purpose, one.blocks) for one in shipped.papers()),
)  # fmt: skip


def why(content: bytes) -> tuple[str, str]:
    with pytest.raises(NotAGuide) as refused:
        read(content)
    return refused.value.why, refused.value.where


def sealed(**changes: Any) -> bytes:
    file = json.loads(write(BOOK)) | changes
    return json.dumps(file | {"seal": exchange._seal(file)}).encode()


def test_a_guide_comes_back_as_it_was() -> None:
    assert read(write(BOOK)) == BOOK


def test_a_file_of_a_newer_cageot_says_so() -> None:
    assert why(sealed(version=exchange.VERSION + 1)) == ("newer", "2")


def test_a_file_of_an_older_cageot_is_brought_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "VERSION", 2)
    monkeypatch.setitem(exchange.UPGRADES, 1, lambda file: file | {"made_by": file["made_by"].upper()})
    assert read(sealed(version=1)).made_by == "RÉSEAU D’À CÔTÉ"


def test_a_letter_changed_on_the_way_is_seen() -> None:
    assert why(write(BOOK).replace(b"prix juste", b"prix plein", 1)) == ("damaged", "")


def test_half_a_file_is_damaged_and_another_file_is_another() -> None:
    assert why(write(BOOK)[:5000]) == ("damaged", "")
    assert why(b"PK\x03\x04") == ("not_json", "")
    assert why(b'{"name": "x"}') == ("other", "")
    assert why(b"[" * 100_000) == ("not_json", "")
    assert why(bytes(exchange.BIGGEST_FILE + 1)) == ("big", "")


def test_what_is_read_is_checked_as_if_typed() -> None:
    paper = {"code": "x", "title": "X", "purpose": "", "blocks": [{"kind": "paragraph", "text": "{{jardin.rien}}"}]}
    assert why(sealed(papers=[paper])) == ("field", "jardin.rien")
    assert why(sealed(papers=[paper | {"blocks": [{"kind": "script"}]}])) == ("shape", "x")
    assert why(sealed(chapters=[{"slug": "../x", "title": "X", "text": ""}])) == ("shape", "slug")
    assert why(sealed(chapters=[{"slug": "modeles", "title": "X", "text": ""}])) == ("shape", "slug")
    assert why(sealed(chapters=[{"slug": "x", "title": "X", "text": "a" * 100_001}])) == ("shape", "x")
    assert why(sealed(chapters="x")) == ("shape", "chapters")


json_like = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["slug", "title", "text", "tags", "code", "blocks", "kind", "items"]), inner, max_size=4))  # fmt: skip


@given(json_like, json_like)
def test_any_content_is_read_or_refused(chapters: Any, papers: Any) -> None:
    try:
        read(sealed(chapters=chapters, papers=papers))
    except NotAGuide:
        pass

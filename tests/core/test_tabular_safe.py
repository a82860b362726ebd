"""Formulas do not travel alive, and text comes back as it left."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.core.tabular.safe import export_cell, import_cell, looks_like_formula

ANY_TEXT = st.text(st.sampled_from(list("'=+-@＝＋－＠\t\r\n \u200b\ufeff\xa0aé1,.")) | st.characters(), max_size=12)


@given(ANY_TEXT)
def test_text_comes_back_as_it_left(text: str) -> None:
    assert import_cell(export_cell(text)) == text


@given(ANY_TEXT)
def test_no_exported_text_starts_as_a_formula_does(text: str) -> None:
    exported = export_cell(text)
    seen = "".join(c for c in exported if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf"))
    number = seen.removeprefix("-").replace(",", "").replace(".", "").isdecimal()
    assert exported[:1] not in ("\t", "\r", "\n")
    assert number or unicodedata.normalize("NFKC", seen)[:1] not in ("=", "+", "-", "@")


@pytest.mark.parametrize(
    ("text", "exported"),
    [
        ("=1+1", "'=1+1"),
        ("  =cmd|' /C calc'!A0", "'  =cmd|' /C calc'!A0"),
        ("＝1", "'＝1"),
        ("+33612345678", "'+33612345678"),
        ("-3,60", "-3,60"),
        ("-3+cmd()", "'-3+cmd()"),
        ("'=1", "''=1"),
        ("l'été", "l'été"),
        ("'tis", "'tis"),
        ("06 12 34 56 78", "06 12 34 56 78"),
        ("", ""),
    ],
)
def test_only_what_could_run_gets_an_apostrophe(text: str, exported: str) -> None:
    assert export_cell(text) == exported


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x","clic")', " =1", "＝A1", "@SUM(A1)", "+cmd|x", "-SUM(1)"])
def test_formulas_are_known(text: str) -> None:
    assert looks_like_formula(text)


@pytest.mark.parametrize("text", ["+33 6 12 34 56 78", "- à rappeler (le soir)", "-3,60", "Dupont", "@lice", ""])
def test_words_are_not_formulas(text: str) -> None:
    assert not looks_like_formula(text)

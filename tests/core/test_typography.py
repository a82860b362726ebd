"""French never sends a ":" or a "?" alone to the next line."""

from __future__ import annotations

import string
from pathlib import Path

import polib
import pytest
from django.utils import translation
from django.utils.translation import gettext, ngettext
from hypothesis import given
from hypothesis import strategies as st

from cageot.core.typography import french

LOCALE = Path(__file__).parents[2] / "cageot" / "locale"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Bonjour : qui vient ?", "Bonjour\u00a0: qui vient\u00a0?"),
        ("dit « oui » !", "dit «\u00a0oui\u00a0»\u00a0!"),
        ("30 % du prix ; 12 € au plus", "30\u00a0% du prix\u00a0; 12\u00a0€ au plus"),
        ("%(n)s %% de %(name)s %(more)s %s %d", "%(n)s\u00a0%% de %(name)s %(more)s %s %d"),
        ("10:30, https://exemple.fr/?a=b", "10:30, https://exemple.fr/?a=b"),
    ],
)
def test_the_spaces_of_french_hold_their_sign(typed: str, said: str) -> None:
    assert french(typed) == said


@given(st.text(st.sampled_from(string.ascii_letters + " :;?!»«%€()ns\u00a0")))
def test_nothing_but_spaces_ever_changes(text: str) -> None:
    done = french(text)
    assert done.replace("\u00a0", " ") == text.replace("\u00a0", " ")
    assert french(done) == done


def plain(said: dict[int, str]) -> dict[int, str]:
    return {form: text.replace("\u00a0", " ") for form, text in said.items()}


def test_each_sentence_of_the_screens_is_said_in_french_with_its_own_words() -> None:
    made = polib.mofile(str(LOCALE / "fr" / "LC_MESSAGES" / "django.mo"))
    sentences = polib.pofile(str(LOCALE / "en" / "LC_MESSAGES" / "django.po"))
    known = {(one.msgctxt, one.msgid): one for one in sentences}
    assert len(made) > 500
    for one in made:
        assert one.msgid_plural == known[one.msgctxt, one.msgid].msgid_plural
        said = one.msgstr_plural or {0: one.msgstr}
        typed = {0: one.msgid, 1: one.msgid_plural} if one.msgid_plural else {0: one.msgid}
        assert plain(said) == plain(typed)


def test_a_screen_says_it_and_nothing_is_singular_in_french() -> None:
    assert gettext("Que fait-il ?") == "Que fait-il\u00a0?"
    assert ngettext("%(n)s panier", "%(n)s paniers", 0) == "%(n)s panier"
    with translation.override("en"):
        assert ngettext("%(n)s panier", "%(n)s paniers", 0) == "%(n)s baskets"

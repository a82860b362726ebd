"""What members read is whole in every language, says the same things, and stays short and plain."""

from __future__ import annotations

import importlib.util
import re
import sys
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import polib
import pytest
from django.utils.translation import gettext, ngettext, override

from cageot.space.languages import DESK, MEMBERS, TO_PROOFREAD

ROOT = Path(__file__).resolve().parents[2]


def _member_messages() -> ModuleType:
    """bin/member_messages.py, which gathers and checks."""
    spec = importlib.util.spec_from_file_location("member_messages", ROOT / "bin" / "member_messages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


gather = _member_messages()
CODES = sorted(gather.PLURALS)
SAID = sorted(gather.gathered())


def test_every_language_offered_has_its_catalogue() -> None:
    assert set(CODES) == set(MEMBERS) - {"fr"}
    assert set(MEMBERS) - set(DESK) >= TO_PROOFREAD


@pytest.mark.parametrize("code", CODES)
def test_everything_that_members_read_is_translated_with_all_its_parts(code: str) -> None:
    assert gather.problems_of(code, gather.brought_up_to_date(code)) == []


@pytest.mark.parametrize("code", CODES)
def test_what_is_read_is_what_is_written(code: str) -> None:
    """The .mo that runs is made from the .po that is proofread."""
    catalogue = polib.pofile(str(gather.catalogue(code)))
    assert gather.catalogue(code).with_suffix(".mo").read_bytes() == catalogue.to_binary()


@pytest.mark.parametrize("code", sorted(TO_PROOFREAD))
def test_what_waits_for_a_native_speaker_says_so(code: str) -> None:
    assert "To be proofread" in polib.pofile(str(gather.catalogue(code))).header


@pytest.mark.parametrize("code", CODES)
def test_nothing_was_left_in_french(code: str) -> None:
    """A French apostrophe or guillemet with its space betrays a text that was copied."""
    left = [
        one.msgid
        for one in polib.pofile(str(gather.catalogue(code)))
        if one.msgstr and one.msgstr == one.msgid and len(one.msgid) > 12
    ]
    assert left == []


ARABIC, CYRILLIC = re.compile(r"[\u0600-\u06ff]"), re.compile(r"[\u0400-\u04ff]")
SAME_EVERYWHERE = {"%(label)s"}


@pytest.mark.parametrize(("code", "script"), [("ar", ARABIC), ("fa", ARABIC), ("uk", CYRILLIC)])
def test_a_language_is_written_in_its_own_letters(code: str, script: re.Pattern[str]) -> None:
    foreign = []
    for one in polib.pofile(str(gather.catalogue(code))):
        for form in [one.msgstr, *one.msgstr_plural.values()]:
            bare = re.sub(r"%\(\w+\)s|</?\w+>|SMS|JSON|PDF|Cageot", "", form)
            if form and not script.search(form) or re.search(r"[A-Za-z]{2,}", bare):
                foreign.append(form)
    assert foreign == []


@pytest.mark.parametrize(
    ("code", "count", "said"),
    [
        ("ar", 1, "سلة واحدة"), ("ar", 2, "سلتان"), ("ar", 5, "5 سلال"), ("ar", 11, "11 سلة"), ("ar", 100, "100 سلة"),
        ("uk", 1, "1 кошик"), ("uk", 3, "3 кошики"), ("uk", 5, "5 кошиків"), ("uk", 12, "12 кошиків"), ("uk", 21, "21 кошик"),
        ("es", 1, "1 cesta"), ("es", 2, "2 cestas"), ("pt", 2, "2 cabazes"), ("tr", 4, "4 sepet"), ("fa", 4, "4 سبد"),
        ("en", 0, "0 baskets"), ("fr", 2, "2 paniers"),
    ],
)  # fmt: skip
def test_numbers_are_said_as_each_language_counts(code: str, count: int, said: str) -> None:
    with override(code):
        words = ngettext("%(label)s · %(n)s panier", "%(label)s · %(n)s paniers", count)
    assert (words % {"label": "", "n": count}).removeprefix(" · ") == said


# --- SMS ---------------------------------------------------------------------------------------------

GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
BY_SMS = {
    "Votre code : %(code)s. Il sert une fois, pendant 15 minutes.": {"code": "123 456"},
    "Votre demande est arrivée. Le jardin vous répond bientôt. Vous n’avez rien à faire.": {},
    "Il n’y a pas de place tout de suite. Le jardin garde votre demande.": {},
    "Le jardin ne peut pas vous accueillir cette fois. Vous pouvez l’appeler pour en parler.": {},
    "Votre demande est restée sans réponse. Nous en sommes désolés. Vous pouvez la refaire.": {},
    "Votre place est gardée. Le jardin vous appelle ou vous écrit bientôt.": {},
    "Votre demande de panier est reçue. Le jardin vous répond bientôt.": {},
    "Votre panier : %(day)s %(hours)s, %(depot)s.": {"day": "dimanche 26 septembre", "hours": "de 16 h 30 à 19 h", "depot": "Maison des Provinces"},
    "Une place est libre : %(link)s": {"link": "https://cageot.example.org/p/ABCD-EFGH-JKMN-PQRS/"},
}  # fmt: skip


@pytest.mark.parametrize("code", MEMBERS)
@pytest.mark.parametrize("text", BY_SMS)
def test_an_sms_fits(code: str, text: str) -> None:
    """160 signs in all; where the letters need two bytes (and SMS of 67 signs), never more than two of them."""
    assert text in SAID, "no longer sent: take it off this list"
    with override(code):
        words = gettext(text) % BY_SMS[text]
    assert len(words) <= 160
    if not set(words) <= GSM and code in ("ar", "uk", "fa"):
        assert len(words) <= 134, words


# --- Plain French ------------------------------------------------------------------------------------

LONGEST = 16
"""Words of a sentence."""
ADMINISTRATIVE = re.compile(
    r"\b(veuillez|merci de|afin de|dans le cadre|conformément|ci-dessous|ci-dessus|ledit|susmentionn|bénéficiaire|ayant droit"
    r"|usager|dispositif|modalités|formulaire|renseigner|procéder|effectuer|cependant|néanmoins|ultérieurement|préalable"
    r"|éligib|justificatif|prise en charge|convention|tarif|solidaire|échéance|validation|connexion|authentifi)",
    re.IGNORECASE,
)


def sentences(text: str) -> list[str]:
    return [one for one in re.split(r"[.!?:]\s|\n", re.sub(r"<[^>]+>", "", text)) if one.strip()]


@pytest.mark.parametrize("text", SAID)
def test_the_french_is_short_and_plain(text: str) -> None:
    for one in sentences(text):
        assert len(one.split()) <= LONGEST, one
    assert not ADMINISTRATIVE.search(text)


def test_sentences_are_short_on_the_whole() -> None:
    lengths = [len(one.split()) for text in SAID for one in sentences(text)]
    assert sum(lengths) / len(lengths) <= 7


# --- Mails -------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "begins"), [("ar", "مرحبا"), ("uk", "Вітаємо"), ("so", "Bonjour"), ("ps", "Bonjour"), ("fr", "Bonjour")])  # fmt: skip
def test_a_mail_is_in_the_household_s_language_or_in_french(language: str, begins: str, mailoutbox: Any) -> None:
    from cageot.baskets.models import DepotPause
    from cageot.baskets.notices import tell_pause
    from cageot.core import clock
    from cageot.members.models import Household, Member
    from cageot.network.models import Message
    from tests.space.a_member import a_garden

    here = a_garden()
    Household.objects.filter(number="100").update(language=language)
    Member.objects.filter(household__number="100").update(email="amina@exemple.fr")
    pause = DepotPause.objects.create(
        depot=here.depot("Gare"), replacement=here.depot("Jardin"), from_day=date(2017, 3, 20), until_day=date(2017, 4, 2)
    )  # fmt: skip
    tell_pause(pause, by=None, at=clock.now())
    bodies = [one.body for one in Message.objects.filter(to="amina@exemple.fr")] + [one.body for one in mailoutbox]
    assert len(bodies) == 1
    assert bodies[0].startswith(begins)

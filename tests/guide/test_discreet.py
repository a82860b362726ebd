"""Decisions told without a member's name: the table of docs/rules/brief.md, and names that are never left."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cageot.guide.rules import personal
from cageot.guide.rules.discreet import NO_NAMES, Seat, discretion, first_and_last, told

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "rules" / "brief.md").read_text()
SEATS = [
    Seat("Rose-Marie Diallo", True),
    Seat("Paul Petit", True),
    Seat("Anne Le Goff", True),
    Seat("Marie de La Fontaine", True),
    Seat("Yann Le Du", True),
    Seat("Mme Sow (CCAS)", True),
    Seat("Représentant des adhérents : Karim", True),
    Seat("Léa Aubrun", False),
    Seat("Awa Diallo", False),
]
KNOWN = discretion(SEATS, personal.names([("Aminata", "Keïta"), ("Léa", "Aubrun")], but=[("Léa", "Aubrun")]))
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.split("## Names in decisions")[1].splitlines()
    if line.startswith("|")
][2:]


@pytest.mark.parametrize(("typed", "said"), ROWS)
def test_a_decision_is_told_by_the_seat(typed: str, said: str) -> None:
    """The table of docs/rules/brief.md."""
    assert told(typed, KNOWN, seat="un siège des adhérents", member="un adhérent") == said


WORD = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzéèç"), min_size=3, max_size=9).map(str.title).filter(lambda one: personal.folded(one) not in NO_NAMES)  # fmt: skip


@given(WORD, WORD, WORD, WORD, st.sampled_from(["", "Mme ", "M. "]), st.sampled_from([" et ", ", ", " avec "]))
def test_a_seat_of_the_members_is_never_named_and_another_one_is(first, last, other, name, title, between) -> None:  # type: ignore[no-untyped-def]
    theirs = {personal.folded(first), personal.folded(last)}
    if theirs & {personal.folded(other), personal.folded(name)}:
        return
    known = discretion([Seat(f"{first} {last}", True), Seat(f"{other} {name}", False)], personal.Names())
    said = told(f"{title}{first} {last}{between}{other} {name}", known, seat="*", member="+")
    assert said == f"*{between}{other} {name}"


@given(st.text(max_size=200))
def test_a_text_that_names_nobody_stays_as_it_was(text: str) -> None:
    assert told(text, discretion([Seat("Xqzjk Wvxqz", True)], personal.Names()), seat="*", member="+") == text


ORDINARY = (
    "le la les un une des de du d l et ou à au aux en sur pour avec sans chez dans ouvrir fermer louer goûter voir appeler demander "
    "dépôt samedi lundi marché panier petit grand rose pierre jardin maison gare fontaine place rue quartier foyer adhérents siège "
    "représentant habitante comité décision budget compost tunnel serre tomates carottes soupe atelier saison plaine berger roi champ "
    "janvier août matin soir prix tarif aide accord ccas caf msa né née épouse dit"
).split()
"""Words of decisions. Titles are not among them: what follows one is called by it."""
SENTENCE = st.lists(st.sampled_from(ORDINARY), min_size=1, max_size=25)
PIECE = WORD | st.sampled_from(ORDINARY).map(str.title) | st.sampled_from(ORDINARY)
SEAT = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "", "Mme ", "M. ", "Représentant des adhérents : "]), st.one_of(PIECE.map("{} ".format), st.just("")),
    st.sampled_from(["", "Le ", "de ", "de La ", "du ", "d’"]), st.builds("{}{}".format, PIECE, st.sampled_from(["", "", " (CCAS)", " (du quartier)"])),
)  # fmt: skip


def called_in(name: str, words: list[str]) -> bool:
    """Whether a whole name stands among words, in one order or the other."""
    first, last = (tuple(map(personal.folded, personal.WORD.findall(part))) for part in first_and_last(name))
    said = tuple(map(personal.folded, words))
    return bool(first) and any(said[at : at + len(one)] == one for one in (first + last, last + first) for at in range(len(said)))  # fmt: skip


@given(SENTENCE, st.lists(SEAT, min_size=1, max_size=4), st.sampled_from([" ", ", ", "’", "-", ". "]))
@example(["ouvrir", "le", "dépôt", "le", "samedi"], ["Anne Le Goff", "Paul Samedi", "Le Dépôt"], " ")
@example(["les", "adhérents", "et", "le", "ccas", "du", "quartier"], ["Représentant des adhérents (CCAS)", "Une Habitante du Quartier"], " ")  # fmt: skip
def test_words_in_small_letters_stay_whatever_the_seats_are_called(words: list[str], names: list[str], gap: str) -> None:  # fmt: skip
    """Unless they are a whole name: « voir anne le goff »."""
    assume(not any(called_in(name, words) for name in names))
    text = gap.join(words)
    assert told(text, discretion([Seat(name, True) for name in names], personal.Names()), seat="*", member="+") == text


CALLED = WORD.filter(lambda one: personal.folded(one) not in set(map(personal.folded, ORDINARY)))  # fmt: skip
PARTICLE = st.sampled_from(["", "Le ", "le ", "de ", "De La ", "de la ", "du ", "d’", "Ben ", "El-"])


@given(
    SENTENCE, SENTENCE, CALLED, PARTICLE, CALLED, st.sampled_from(["", "", "Mme ", "M. ", "la famille ", "Madame "]),
    st.sampled_from(["whole", "turned", "capitals", "initial", "last", "bare"]),
    st.sampled_from(["{} {}{}", "Mme {} {}{}", "{} {}{} (CCAS)", "Représentant des adhérents : {} {}{}"]),
)  # fmt: skip
def test_no_last_name_of_a_seat_is_left_nor_its_particle(
    before, after, first, particle, last, title, form, seat
) -> None:  # type: ignore[no-untyped-def]
    assume(personal.folded(first) != personal.folded(last) and before[-1] not in personal.PARTICLES)
    named = {
        "whole": f"{first} {particle}{last}", "turned": f"{particle}{last} {first}", "capitals": f"{particle}{last} {first}".upper(),
        "initial": f"{first[0]}. {particle}{last}", "last": f"{particle}{last}", "bare": last,
    }[form]  # fmt: skip
    known = discretion([Seat(seat.format(first, particle, last), True), Seat("Awa Roy", False)], personal.Names())
    said = told(f"{' '.join(before)} {title}{named} {' '.join(after)}", known, seat="*", member="+")
    assert personal.folded(last) not in map(personal.folded, personal.WORD.findall(said))
    article = "la " if title == "la famille " else ""
    assert said == f"{' '.join(before)} {article}* {' '.join(after)}"


@pytest.mark.parametrize(
    "text", ["Diallo-Sow", "Mme diallo", "diallo amina", "DIALLO, Amina", "Amina DIALLO", "A. Diallo"]
)
@pytest.mark.parametrize("name", ["DIALLO Amina", "Amina DIALLO", "Mme Amina Diallo", "amina diallo", "Amina Diallo (du quartier)", "Amina (DIALLO)"])  # fmt: skip
def test_a_seat_is_not_named_however_its_name_is_typed(name: str, text: str) -> None:
    said = told(text, discretion([Seat(name, True)], personal.Names()), seat="*", member="+")
    assert "diallo" not in said.casefold()


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Rose-Marie Diallo", ("Rose-Marie", "Diallo")), ("DIALLO Rose-Marie", ("Rose-Marie", "DIALLO")), ("Anne Le Goff", ("Anne", "Le Goff")),
        ("LE GOFF Anne", ("Anne", "LE GOFF")), ("Marie de La Fontaine", ("Marie", "de La Fontaine")), ("Mme Diallo (CCAS)", ("", "Diallo")),
        ("J.-P. Petit", ("J.-P.", "Petit")), ("Karim", ("", "Karim")), ("", ("", "")),
    ],
)  # fmt: skip
def test_a_name_in_one_piece_is_cut_where_the_last_name_begins(name: str, parts: tuple[str, str]) -> None:
    assert first_and_last(name) == parts

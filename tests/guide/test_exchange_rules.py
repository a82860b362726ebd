"""Rules of what gardens tell each other: what is personal, which gardens are alike, files, offers. The tables are executed."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.guide.rules import alike, joined, offering, personal
from cageot.guide.rules.alike import Profile, likeness

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "rules" / "exchange.md").read_text()
MEMBERS = [("Amina", "Benali"), ("Rose", "Petit"), ("Jean-Paul", "de la Tour"), ("Anna", "Lévy"), ("Zoé", "Œrsted"), ("Claire", "Blanc"), ("Paul", "Martin"), ("Lucie", "Legrand"), ("Marie", "Rose"), ("Hugo", "Lemaire"), ("", "Moreau"), ("Marc", "Durand")]  # fmt: skip
STAFF = [("Marc", "Durand")]
OWN = {"lea@jardin.fr", "+33254000000"}
WORDS = {"name": "nom", "last": "nom ?", "email": "adresse", "phone": "numéro", "iban": "compte"}


def rows(title: str) -> list[list[str]]:
    """The cells of the table under a title of docs/rules/exchange.md."""
    part = PAGE.split(f"## {title}")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


# --- Personal data --------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "found"), rows("What is personal"))
def test_what_is_personal_is_found(text: str, found: str) -> None:
    """The table of docs/rules/exchange.md."""
    known = personal.names(MEMBERS, but=STAFF)
    said = [WORDS[one.kind] for one in personal.find(text, known, own=OWN)]
    assert ", ".join(said) == found.replace("rien", "")


HARMLESS = [line[2:] for line in PAGE.split("## Ordinary sentences")[1].split("\n## ")[0].splitlines() if line.startswith("- ")]  # fmt: skip


@pytest.mark.parametrize("sentence", HARMLESS)
def test_an_ordinary_sentence_raises_no_alarm(sentence: str) -> None:
    """The list of docs/rules/exchange.md."""
    assert len(HARMLESS) >= 20
    assert personal.find(sentence, personal.names(MEMBERS, but=STAFF), own=OWN) == []


def test_where_it_stands_is_said() -> None:
    text = "Bonjour\nnous avons aidé AMINA  BENALI hier"
    [one] = personal.find(text, personal.names(MEMBERS))
    assert (one.line, text[one.start : one.end], one.never) == (2, "AMINA  BENALI", True)


NAME = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzéèçïö"), min_size=2, max_size=9)


@given(NAME, NAME, st.sampled_from([str.upper, str.lower, str.title]), st.booleans(), st.text(max_size=30))
def test_a_member_is_found_whatever_the_case_the_accents_and_the_order(first, last, case, turned, before) -> None:  # type: ignore[no-untyped-def]
    said = f"{last} {first}" if turned else f"{first} {last}"
    ordinary = personal.ORDINARY & {personal.folded(first), personal.folded(last)}
    found = personal.find(f"{before}. {case(said)}", personal.names([(first, last)]))
    assert ordinary or any(one.kind == "name" for one in found)


TITLE = st.sampled_from(["Mme", "M.", "Madame", "monsieur", "Mlle", "la famille", "Mr", "MM."])


@given(NAME, NAME, TITLE, st.sampled_from([str.upper, str.title]), st.sampled_from([" ", "\u00a0", "  "]))
def test_a_last_name_after_a_title_asks_to_be_confirmed(first, last, title, case, gap) -> None:  # type: ignore[no-untyped-def]
    known = personal.names([(first, last)])
    said = f"Nous avons vu {title}{gap}{case(last)} hier."
    found = [one for one in personal.find(said, known) if one.kind == "last"]
    assert [said[one.start : one.end] for one in found] == [case(last)] and not found[0].never


@given(
    st.lists(NAME, min_size=1, max_size=5, unique_by=personal.folded), NAME, st.sampled_from(["Mmes", "MM.", "Messieurs", "les familles"]),
    st.sampled_from([" et ", ", ", " & ", " ou ", ", et "]),
)  # fmt: skip
def test_each_last_name_of_a_list_that_a_title_begins_asks_to_be_confirmed(lasts, stranger, title, between) -> None:  # type: ignore[no-untyped-def]
    said = between.join(one.title() for one in [stranger, *lasts])
    text = f"Nous avons vu {title} {said} hier."
    found = {
        text[one.start : one.end] for one in personal.find(text, personal.names([("Zyx", last) for last in lasts]))
    }
    assert found >= {one.title() for one in lasts}


@given(NAME, NAME.filter(lambda one: one[0] != "m"), NAME)
def test_a_last_name_beside_an_initial_asks_only_when_the_initial_is_the_members(first: str, other: str, last: str) -> None:  # fmt: skip
    letters = {personal.folded(first)[0], personal.folded(other)[0]}
    found = personal.find(f"Avec {other[0].upper()}. {last.title()} hier.", personal.names([(first, last)]))
    assert bool(found) == (len(letters) == 1)


@given(NAME, NAME, st.sampled_from([".", "-", "’", " épouse ", " née ", ", "]))
def test_a_name_is_found_whatever_joins_it(first: str, last: str, between: str) -> None:
    said = f"Avec {first.title()}{between}{last.title()}."
    assert any(one.never for one in personal.find(said, personal.names([(first, last)])))


@given(st.text("0123456789", min_size=8, max_size=8), st.sampled_from([" ", ".", "-", "\u00a0"]))
def test_a_number_written_figure_by_figure_is_found(figures: str, gap: str) -> None:
    number = f"06{figures}"
    [one] = personal.find(f"Appelez le {gap.join(number)}, merci.", personal.Names())
    assert (one.kind, one.key) == ("phone", f"+33{number[1:]}")


@given(NAME, NAME, st.lists(st.sampled_from("un le la petit grand panier avec chez jardin et foyer M. Mme madame le la 12 kg".split()), max_size=12))  # fmt: skip
def test_words_without_the_name_raise_no_alarm(first: str, last: str, said: list[str]) -> None:
    held = {personal.folded(word.strip(".")) for word in said}
    if not held & {personal.folded(first), personal.folded(last)}:
        assert personal.find(" ".join(said), personal.names([(first, last)])) == []


@given(st.text(max_size=300), st.lists(st.tuples(NAME, NAME), max_size=5))
def test_any_text_is_read_and_spans_hold(text: str, people: list[tuple[str, str]]) -> None:
    for one in personal.find(text, personal.names(people)):
        assert 0 <= one.start < one.end <= len(text) and 1 <= one.line <= text.count("\n") + 1


@given(NAME, NAME)
def test_a_first_name_alone_passes(first: str, last: str) -> None:
    assert personal.find(f"Merci à {first.title()}, qui aide.", personal.names([(first, f"x{last}q")])) == []


def test_a_very_long_text_is_read_quickly() -> None:
    from time import perf_counter

    known = personal.names([(f"prenom{n}", f"nom{n}") for n in range(2000)])
    start = perf_counter()
    personal.find("une longue phrase 06 12 " * 1000 + "FR76 " * 500, known)
    assert perf_counter() - start < 2


# --- Gardens like mine ----------------------------------------------------------------------------

PROFILES = st.builds(
    Profile, st.none() | st.floats(0, 500), st.sampled_from(["", "village", "town", "middle", "large"]), st.sampled_from(["", "24", "75"]),
    st.frozensets(st.sampled_from(["caf", "ccas", "msa", "foundation"])), st.frozensets(st.sampled_from(["sale", "grant", "scheme"])), st.booleans(),
)  # fmt: skip


@given(PROFILES, PROFILES, st.booleans())
def test_likeness_goes_both_ways_and_never_past_100(one: Profile, other: Profile, payers: bool) -> None:
    there, back = likeness(one, other, payers=payers), likeness(other, one, payers=payers)
    assert there == back and 0 <= there.points <= 100


@given(PROFILES, PROFILES)
def test_no_garden_is_more_like_mine_than_one_that_is_the_same(one: Profile, other: Profile) -> None:
    assert likeness(one, other).points <= likeness(one, one).points


@given(PROFILES, PROFILES)
def test_a_garden_that_is_alike_always_has_a_reason(one: Profile, other: Profile) -> None:
    found = likeness(one, other)
    assert not found.alike or found.reasons


@given(PROFILES, PROFILES)
def test_without_payers_nothing_of_who_pays_is_read(one: Profile, other: Profile) -> None:
    bare = Profile(other.baskets, other.place, other.region)
    found = likeness(one, other, payers=False)
    assert found == likeness(one, bare, payers=False)
    assert not any(reason.startswith("payer") or reason == "contract" for reason in found.reasons)


@pytest.mark.parametrize(("mine", "other", "points", "reasons"), rows("Gardens like mine"))
def test_gardens_like_mine(mine: str, other: str, points: str, reasons: str) -> None:
    """The table of docs/rules/exchange.md: baskets, place, region, payers, contracts."""

    def profile(text: str) -> Profile:
        baskets, place, region, payers, contracts = (part.strip() for part in text.split(","))
        return Profile(float(baskets) if baskets != "?" else None, place, region, frozenset(payers.split("+")) - {"-"}, frozenset(contracts.split("+")) - {"-"})  # fmt: skip

    found = likeness(profile(mine), profile(other))
    assert (str(found.points), " ".join(found.reasons)) == (points, reasons)


# --- Files ----------------------------------------------------------------------------------------


def packed(**parts: bytes) -> bytes:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/"), content)
    return box.getvalue()


DOCX = packed(**{"[Content_Types].xml": b"x", "word__document.xml": b"<w:p>Amina</w:p><w:p>Benali &amp; fils</w:p>"})
ODS = packed(**{"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a>12</a>"})


@pytest.mark.parametrize(
    ("content", "ending"),
    [(b"%PDF-1.7 x", "pdf"), (b"\x89PNG\r\n\x1a\n..", "png"), (b"\xff\xd8\xff\xe0", "jpg"), (b"RIFF1234WEBPVP8 ", "webp"), (DOCX, "docx"), (ODS, "ods")],
)  # fmt: skip
def test_a_file_is_what_its_content_says(content: bytes, ending: str) -> None:
    assert joined.KINDS[joined.media_type(content)] == ending


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"), (b"<svg onload=alert(1)>", "kind"), (b"MZ\x90", "kind"), (b"x" * (joined.BIGGEST + 1), "big"), (b"PK\x03\x04broken", "damaged"),
        (packed(**{"a.txt": b"1"}), "kind"), (packed(**{"[Content_Types].xml": b"", "word__document.xml": b"", "word__vbaProject.bin": b""}), "macros"),
        (packed(**{"[Content_Types].xml": b"", "word__document.xml": b"0" * (joined.OPENED + 1)}), "bomb"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_it_says_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(joined.NotTaken) as refused:
        joined.media_type(content)
    assert refused.value.why == why


def test_the_words_of_a_document_are_read() -> None:
    assert joined.text_of(DOCX, joined.media_type(DOCX)) == "Amina\nBenali & fils\n"
    header = packed(
        **{"[Content_Types].xml": b"x", "word__document.xml": b"", "word__header1.xml": b"<w:p>Anna Roux</w:p>"}
    )
    assert "Anna Roux" in joined.text_of(header, joined.media_type(header))


@given(st.text(max_size=200))
def test_a_name_of_a_file_is_one_that_can_be_kept(name: str) -> None:
    shown = joined.shown_name(name, "application/pdf")
    assert shown.endswith(".pdf") and len(shown) <= 110 and not re.search(r'[\\/\r\n"<>]', shown)


# --- Offers ---------------------------------------------------------------------------------------

PLACE = st.tuples(st.floats(-61, 55), st.floats(-21, 51))


@given(PLACE, PLACE)
def test_distance_goes_both_ways(one: tuple[float, float], other: tuple[float, float]) -> None:
    there = offering.kilometres(one, other)
    assert there == pytest.approx(offering.kilometres(other, one)) and 0 <= there <= 20_038
    assert offering.kilometres(one, one) == 0


def test_blois_to_tours_is_some_53_kilometres() -> None:
    assert round(offering.kilometres((1.335, 47.586), (0.685, 47.394))) == 53


@pytest.mark.parametrize(("distances", "departments", "mine", "near", "km"), rows("Near"))
def test_what_is_near(distances: str, departments: str, mine: str, near: str, km: str) -> None:
    """The table of docs/rules/exchange.md."""
    found = offering.reach([float(one) for one in distances.split()], departments.split(), mine)
    assert (found.near, found.km) == (near == "oui", int(km) if km else None)


def test_what_is_asked_is_read_line_by_line() -> None:
    found = offering.asks("Kilos collectés ; kg\n\nBénévoles présents\n")
    assert [(one.code, one.label, one.unit) for one in found] == [
        ("kilos-collectes", "Kilos collectés", "kg"),
        ("benevoles-presents", "Bénévoles présents", ""),
    ]
    assert offering.asks_text([{"label": "Kilos", "unit": "kg"}, {"label": "Gens", "unit": ""}]) == "Kilos ; kg\nGens"


@pytest.mark.parametrize(
    ("text", "line"), [("Kilos\nkilos ; kg", 2), ("; kg", 1), ("\n".join(f"N{n}" for n in range(9)), 7)]
)
def test_a_line_that_is_not_understood_is_named(text: str, line: int) -> None:
    with pytest.raises(offering.BadLine) as refused:
        offering.asks(text)
    assert refused.value.number == line


def test_a_local_agreement_is_filled_and_unknown_fields_are_named() -> None:
    text = "{{jardin.nom}} et {{offre.lieu}}, {{jardin.nome}}, {{tarif.prix}}"
    assert offering.unknown(text) == ["jardin.nome", "tarif.prix"]
    assert offering.filled("{{ jardin.nom }} : {{offre.lieu}}", {"jardin.nom": "Val"}) == "Val : ________________"


def test_totals_add_what_was_answered() -> None:
    asked = [{"code": "kg", "label": "Kilos", "unit": "kg"}]
    assert offering.totals(asked, [{"kg": 120}, {}, {"kg": 30}]) == [("Kilos", "kg", 150)]
    assert alike.kind_of_place(46_000) == "middle"

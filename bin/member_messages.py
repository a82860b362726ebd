"""The short catalogues of what members read: gathered from those texts alone, complete in each language, compiled.

bin/member_messages.py          bring cageot/space/locale/*/LC_MESSAGES/django.po and .mo up to date
bin/member_messages.py --check  say what is missing, stale or not alike, change nothing
bin/member_messages.py --lend   give the desk's English catalogue what it lacks and members already read in English

French is the source. Only Python is needed: what is said is read from the code itself (`gettext("…")`, `{% translate %}`).
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib

HOUSE = Path(__file__).resolve().parent.parent / "cageot"
LOCALE = HOUSE / "space" / "locale"
MEMBER_FACING = (
    "space/**/*.py", "space/**/*.html",
    "workshops/actions/refusals.py", "workshops/actions/telling.py", "workshops/queries/announced.py", "workshops/queries/recipes_shown.py", "workshops/queries/calendars.py", "workshops/models/sessions.py::Kind", "workshops/models/sessions.py::Workshop", "workshops/models/sessions.py::Enrolment",
    "baskets/notices.py", "baskets/said.py", "baskets/signups.py", "baskets/models/week.py::Frequency", "desk/leaflet.py",
    "members/ways_in.py", "members/rights.py::answer_words", "members/referral_words.py::to_person", "members/models/privacy.py::Consent",
    "members/models/privacy.py::DataRequest",
    "core/templates/core/components/colours.html", "core/templates/core/components/messages.html",
    "core/templates/core/forms/field.html", "core/templates/core/forms/form.html",
)  # fmt: skip
"""What members read; after "::", one class or function of a file that also speaks to others. A new mail, SMS or page for them joins this list, and waits here until it speaks every language."""

PLURALS = {
    "en": "nplurals=2; plural=n != 1;",
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5;",
    "uk": "nplurals=3; plural=n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2;",
    "fa": "nplurals=2; plural=n > 1;",
    "es": "nplurals=2; plural=n != 1;",
    "pt": "nplurals=2; plural=n != 1;",
    "tr": "nplurals=2; plural=n > 1;",
}
"""The languages, with the numbers that each tells apart."""


@dataclass(frozen=True)
class Said:
    """One text: where it is said, and how it reads for several, "" when it has no plural."""

    text: str
    plural: str = ""


GETTEXT = {"_", "_now", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
_CALL = re.compile(r"""\b(n?gettext)\(((?:u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")(?:,\s*)?)+)""")
_STRING = re.compile(r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")


def files() -> list[tuple[Path, str]]:
    """Every file of MEMBER_FACING that there is, with the name of its part that counts, "" for the whole."""
    found = set()
    for pattern in MEMBER_FACING:
        where, _colons, part = pattern.partition("::")
        found |= {(path, part) for path in HOUSE.glob(where) if "locale" not in path.parts}
    return sorted(found)


def said_in(path: Path, part: str = "") -> Iterator[Said]:
    """What a file says, or one class or function of it."""
    source = path.read_text()
    if path.suffix != ".py":
        return _in_template(source, str(path))
    tree: ast.AST = ast.parse(source)
    if part:
        tree = next(node for node in ast.walk(tree) if getattr(node, "name", "") == part)
    return _in_python(tree)


def _in_python(tree: ast.AST) -> Iterator[Said]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if name in GETTEXT and texts:
            yield Said(texts[0], texts[1] if name.startswith("ngettext") else "")


def _in_template(source: str, origin: str) -> Iterator[Said]:
    from django.utils.translation.template import templatize

    for name, texts in _CALL.findall(templatize(source, origin=origin)):
        found = [ast.literal_eval(one) for one in _STRING.findall(texts)]
        yield Said(found[0], found[1] if name == "ngettext" else "")


def gathered() -> dict[str, tuple[Said, list[str]]]:
    """Every text once, with the files that say it."""
    found: dict[str, tuple[Said, list[str]]] = {}
    for path, part in files():
        for one in said_in(path, part):
            before = found.get(one.text)
            where = str(path.relative_to(HOUSE.parent))
            if before is None:
                found[one.text] = (one, [where])
            elif one.plural and not before[0].plural:
                found[one.text] = (one, [*before[1], where])
            elif where not in before[1]:
                before[1].append(where)
    return found


def catalogue(code: str) -> Path:
    return LOCALE / code / "LC_MESSAGES" / "django.po"


def brought_up_to_date(code: str) -> polib.POFile:
    """A language's catalogue with what is said now: what is new stands empty, what is said no more is gone."""
    path = catalogue(code)
    before = {one.msgid: one for one in polib.pofile(str(path))} if path.exists() else {}
    made = polib.POFile(wrapwidth=0)
    made.metadata = {
        "Project-Id-Version": "Cageot, what members read",
        "Language": code,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[code],
    }
    if code != "en":
        made.header = "To be proofread by somebody whose language it is (cageot/space/languages.py: TO_PROOFREAD)."
    count = int(re.findall(r"nplurals=(\d)", PLURALS[code])[0])
    for text, (one, where) in sorted(gathered().items()):
        old = before.get(text)
        entry = polib.POEntry(msgid=text, occurrences=[(each, "") for each in where])
        if one.plural:
            entry.msgid_plural = one.plural
            kept = old.msgstr_plural if old else {}
            entry.msgstr_plural = {form: kept.get(form, "") for form in range(count)}
        else:
            entry.msgstr = old.msgstr if old else ""
        if re.search(r"%\(\w+\)[sd]", text):
            entry.flags = ["python-format"]
        made.append(entry)
    return made


def problems_of(code: str, made: polib.POFile) -> list[str]:
    """What a catalogue lacks: texts without a translation, and those whose named parts differ."""
    found = []
    for one in made:
        forms = list(one.msgstr_plural.values()) if one.msgid_plural else [one.msgstr]
        wanted = set(re.findall(r"%\((\w+)\)s", one.msgid + one.msgid_plural))
        if not all(forms):
            found.append(f"{code}: not translated: {one.msgid[:70]!r}")
            continue
        for form in forms:
            parts = set(re.findall(r"%\((\w+)\)s", form))
            # "One basket" may be said without its number, never with a part that is not there.
            lacking = wanted - parts - ({"n", "total"} if one.msgid_plural else set())
            if lacking or parts - wanted:
                found.append(f"{code}: parts differ: {one.msgid[:70]!r}: {sorted(lacking | (parts - wanted))}")
    return found


def lend() -> int:
    """What members read in English is not translated a second time for the desk's catalogue, which holds every text."""
    path = HOUSE / "locale" / "en" / "LC_MESSAGES" / "django.po"
    whole, ours = polib.pofile(str(path), wrapwidth=0), {one.msgid: one for one in polib.pofile(str(catalogue("en")))}
    lent = [one for one in [*whole.untranslated_entries(), *whole.fuzzy_entries()] if one.msgid in ours]
    for one in lent:
        one.msgstr, one.msgstr_plural = ours[one.msgid].msgstr, ours[one.msgid].msgstr_plural
        one.flags = [flag for flag in one.flags if flag != "fuzzy"]
        one.previous_msgid = one.previous_msgid_plural = one.previous_msgctxt = None
    whole.save()
    print(f"what members read: {len(lent)} texts lent to the desk's English")
    return 0


def main(check: bool) -> int:
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()
    problems = []
    for code in PLURALS:
        path, made = catalogue(code), brought_up_to_date(code)
        problems += problems_of(code, made)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.save(str(path))
            path.with_suffix(".mo").write_bytes(made.to_binary())
        elif not path.exists() or path.read_text() != made.__unicode__():
            problems.append(f"{code}: not up to date: run bin/messages")
        elif path.with_suffix(".mo").read_bytes() != made.to_binary():
            problems.append(f"{code}: django.mo is stale: run bin/messages")
    print("\n".join(f"what members read: {one}" for one in problems) or "what members read: complete")
    return 1 if problems and check else 0


if __name__ == "__main__":
    sys.exit(lend() if "--lend" in sys.argv[1:] else main("--check" in sys.argv[1:]))

"""Compile the catalogues with polib, so that nobody needs gettext to run Cageot from a clone.

bin/compile_messages.py          write the .mo files
bin/compile_messages.py --check  fail if one is stale, or if a sentence has no translation

French is the language of the sentences themselves: its catalogue is made here, of those that its typography changes and
of those that have a plural (0 is singular in French), and has no .po file.
"""

import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "cageot" / "locale"
sys.path.insert(0, str(ROOT))

from cageot.core.typography import french  # noqa: E402


def in_french(sentences: polib.POFile) -> polib.POFile:
    """The French catalogue, from the sentences of any other."""
    made = polib.POFile()
    made.metadata = {
        "Language": "fr",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n > 1);",
    }
    for one in sentences:
        said = {0: french(one.msgid), 1: french(one.msgid_plural)}
        if one.msgid_plural:
            made.append(polib.POEntry(msgctxt=one.msgctxt, msgid=one.msgid, msgid_plural=one.msgid_plural, msgstr_plural=said))  # fmt: skip
        elif said[0] != one.msgid:
            made.append(polib.POEntry(msgctxt=one.msgctxt, msgid=one.msgid, msgstr=said[0]))
    return made


def main(check: bool) -> int:
    problems = []
    made = {}
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        catalogue = polib.pofile(str(path))
        missing = [*catalogue.untranslated_entries(), *catalogue.fuzzy_entries()]
        problems += [f"{path.parent.parent.name}: not translated: {entry.msgid[:70]!r}" for entry in missing]
        made[path.with_suffix(".mo")] = catalogue.to_binary()
        made[LOCALE / "fr" / "LC_MESSAGES" / "django.mo"] = in_french(catalogue).to_binary()
    for compiled, content in made.items():
        if not check:
            compiled.parent.mkdir(parents=True, exist_ok=True)
            compiled.write_bytes(content)
        elif not compiled.exists() or compiled.read_bytes() != content:
            problems.append(f"{compiled.name} of {compiled.parent.parent.name} is stale: run bin/messages")
    print("\n".join(f"translations: {problem}" for problem in problems) or "translations: complete")
    return 1 if problems and check else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))

"""Compile the catalogues with polib, so that nobody needs gettext to run Cageot from a clone.

bin/compile_messages.py          write the .mo files
bin/compile_messages.py --check  fail if one is stale, or if a sentence has no translation
"""

import sys
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "cageot" / "locale"


def main(check: bool) -> int:
    problems = []
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        catalogue = polib.pofile(str(path))
        missing = [*catalogue.untranslated_entries(), *catalogue.fuzzy_entries()]
        problems += [f"{path.parent.parent.name}: not translated: {entry.msgid[:70]!r}" for entry in missing]
        compiled = path.with_suffix(".mo")
        if not check:
            compiled.write_bytes(catalogue.to_binary())
        elif not compiled.exists() or compiled.read_bytes() != catalogue.to_binary():
            problems.append(f"{compiled.name} of {path.parent.parent.name} is stale: run bin/messages")
    print("\n".join(f"translations: {problem}" for problem in problems) or "translations: complete")
    return 1 if problems and check else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))

"""The files of others are those that were vendored, and the PDFs' fonts cover the names they print."""

import json
import subprocess
import sys
from pathlib import Path

import typst

from cageot import core

CORE = Path(core.__file__).parent
VENDOR = CORE / "static" / "vendor"


def test_vendored_files_are_those_of_the_manifest() -> None:
    script = CORE.parent.parent / "bin" / "vendor"
    checked = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_vendored_file_has_its_licence_beside_it() -> None:
    files = json.loads((VENDOR / "manifest.json").read_text())["files"]
    for folder in ("fonts", "static/vendor"):
        here = {name: facts["from"] for name, facts in files.items() if name.startswith(folder)}
        licensed = {source for name, source in here.items() if name.endswith(".LICENSE.txt")}
        assert set(here.values()) == licensed


def test_fonts_of_a_first_visit_are_light() -> None:
    first = ("atkinson-hyperlegible-next.woff2", "bricolage-grotesque.woff2")
    assert sum((VENDOR / name).stat().st_size for name in first) <= 70_000


def test_a_pdf_prints_names_of_all_shores(tmp_path: Path) -> None:
    """Warnings tell of families that Typst did not find."""
    document = tmp_path / "names.typ"
    document.write_text(
        '#set text(font: ("Atkinson Hyperlegible Next", "Noto Sans Arabic"), fallback: false)\n'
        '#show heading: set text(font: ("Bricolage Grotesque", "Noto Sans Arabic"))\n'
        "= Semaine 12 — محمد العربي\n"
        "Łukasz Żółć, Gülşen İnce, Cœur, « 3,60 € », فاطمة الزهراء, #text(weight: 600)[mi-gras], *gras*\n"
    )
    pdf, warnings = typst.compile_with_warnings(document, font_paths=[CORE / "fonts"], ignore_system_fonts=True)
    assert warnings == []
    assert pdf is not None
    for family in (b"AtkinsonHyperlegibleNext-Regular", b"NotoSansArabic-Regular", b"BricolageGrotesque-Bold"):
        assert family in pdf

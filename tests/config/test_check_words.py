"""`cageot check` says in a sentence whatever its audits may find."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import cageot
from cageot.config import cli
from cageot.config.verbs import check
from cageot.funding import audit as funding
from cageot.funding.audit import Finding

HOUSE = Path(cageot.__file__).parent


def words_found() -> Iterator[str]:
    """The first word of each `Finding(…)` and `found(…)` of the house."""
    for path in sorted(HOUSE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "Finding" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call) or ast.unparse(node.func).split(".")[-1] not in ("Finding", "found"):
                continue
            if node.args and isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value)


def test_every_finding_has_its_sentence() -> None:
    kinds = set(words_found())
    assert len(kinds) >= 28
    assert kinds == set(check.sentences())
    assert all("%(about)s" in told or kind == "chain_cut" for kind, told in check.sentences().items())


@pytest.mark.django_db
def test_a_person_reads_what_is_wrong_with_the_money(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [Finding(kind, "12") for kind in check.sentences()]
    monkeypatch.setattr(funding, "audit", lambda: iter(found))
    assert cli.main(["check"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert len(told) == len(found) + 1
    assert not [line for line in told if re.search(r"%\(|_", line)]


@pytest.mark.django_db
def test_a_finding_nobody_wrote_a_sentence_for_is_said_all_the_same(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(funding, "audit", lambda: iter([Finding("of_tomorrow", "7")]))
    assert cli.main(["check"]) == 1
    assert "of_tomorrow : 7" in capsys.readouterr().out.replace("\u00a0", " ")

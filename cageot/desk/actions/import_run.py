"""Running an import from the wizard: at once, or behind a page that tells how far it is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.db import connection
from django.utils import translation

from cageot.desk.actions import importing
from cageot.desk.import_box import Box
from cageot.desk.rules.import_facts import Answers, Draft
from cageot.network.models import Garden, Person

BEHIND = 2_000
"""Lines from which an import runs behind a page of progress."""

log = logging.getLogger(__name__)


def run(
    box: Box, garden: Garden, drafts: Sequence[Draft], answers: Answers, *, only_good: bool, learnt: importing.Learnt, today: date,
    by: Person, at: datetime,
) -> None:  # fmt: skip
    """Bring the file of a box, unless it is being brought or was already. The box then says what came of it."""
    if not box.start():
        return

    def work() -> None:
        written = importing.bring(
            garden, drafts, answers, only_good=only_good, today=today, by=by, at=at, learnt=learnt,
            tell=lambda step: box.save(step=step) if len(drafts) > BEHIND else None,
        )  # fmt: skip
        box.stop(done={**written.counts, **written.decision.counts}, whole=written.decision.whole)
        if written.decision.whole:
            box.forget_file()

    if len(drafts) > BEHIND:
        threading.Thread(target=_apart, args=(box, work, translation.get_language()), daemon=True).start()
    else:
        _guarded(box, work)


def _apart(box: Box, work: Callable[[], None], language: str | None) -> None:
    try:
        with translation.override(language):
            _guarded(box, work)
    finally:
        connection.close()


def _guarded(box: Box, work: Callable[[], None]) -> None:
    """Whatever happens is told on the page; nothing is half-written, since the import is one transaction."""
    try:
        work()
    except importing.NotGood:
        box.stop(failed="changed")
    except Exception:
        log.exception("an import failed")
        box.stop(failed="error")

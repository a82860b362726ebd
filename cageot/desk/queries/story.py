"""What happened to one basket: each thing that was said or done of it, by whom and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from cageot.baskets.models import Basket, HandOver
from cageot.desk import verbs, words
from cageot.desk.queries.names import shown_names
from cageot.network.models import LogEvent


@dataclass(frozen=True)
class Line:
    """One thing that was said or done, who, when; `more` says why, or that it had no effect."""

    at: datetime
    text: str
    who: str
    more: str = ""


@dataclass(frozen=True)
class Story:
    """A basket's state in words, and how it came to it, the latest first. `fee`: cents, for who sees money."""

    word: str
    tone: str
    lines: list[Line]
    fee: int


def story_of(basket: Basket, *, money: bool) -> Story:
    """What happened to a basket, at the depot and at the desk. Four queries at most."""
    said = list(HandOver.objects.filter(basket=basket).select_related("link", "by"))
    done = LogEvent.objects.filter(about=f"baskets.basket:{basket.pk}").select_related("by")
    lines = [*_said(said), *(Line(one.at, *_done(one)) for one in done)]
    return Story(
        _state(basket), words.TONES[basket.state], sorted(lines, key=lambda one: one.at, reverse=True),
        basket.fee_cents if money else 0,
    )  # fmt: skip


def _state(basket: Basket) -> str:
    """ "retiré", "donné à Paul D.", "donné au pot commun"."""
    if basket.state != Basket.State.GIVEN_ON:
        return words.state(basket.state)
    if basket.pot:
        return _("donné au pot commun")
    if basket.given_to_id is None:
        return words.state(basket.state)
    names = shown_names(basket.garden, basket.delivery.week)
    return _("donné à %(name)s") % {"name": names[basket.given_to_id].shown}


def _said(rows: Iterable[HandOver]) -> list[Line]:
    found = []
    for row in rows:
        who = _("%(name)s, au dépôt") % {"name": row.link.label} if row.link else _person(row.by)
        more = _("sans effet : la semaine était close, ou le lien arrêté") if row.overruled else ""
        if row.note:
            text = _("mot : « %(note)s »") % {"note": row.note.strip()} if row.note.strip() else _("mot retiré")
        else:
            text = _("noté « %(state)s »") % {"state": words.state(row.state)}
        found.append(Line(row.said_at, text, who, more))
    return found


def _done(one: LogEvent) -> tuple[str, str, str]:
    reason = one.detail.get("past_the_limit", "")
    return (
        verbs.words(one.verb, one.detail),
        _person(one.by),
        _("malgré la règle : %(why)s") % {"why": reason} if reason else "",
    )


def _person(by: object) -> str:
    return str(by) if by else _("le jardin")

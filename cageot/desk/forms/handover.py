"""What is typed or sent about the hand-over: a link to make, a code, what a volunteer says, a paper sheet."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cageot.baskets.handover import POT, Event
from cageot.baskets.models import Basket, Depot, DepotLink, Ways
from cageot.baskets.rules import handover as rules
from cageot.desk.forms.fields import DayField
from cageot.network.models import Garden

# --- A link ---------------------------------------------------------------------------------------


class LinkForm(forms.Form):
    """A volunteer's way in to one depot."""

    label = forms.CharField(
        label=_("Pour qui ?"),
        help_text=_("Par exemple « Marie, jeudi à la Gare ». Un lien par personne : vous pourrez en arrêter un seul."),
        max_length=80,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    depot = forms.ModelChoiceField(label=_("Dépôt"), queryset=Depot.objects.none(), empty_label=_("Choisissez"))
    from_day = DayField(label=_("À partir du"))
    until_day = DayField(
        label=_("Jusqu’au"),
        required=False,
        help_text=_("Sans date, le lien reste ouvert jusqu’à ce que vous l’arrêtiez."),
    )

    def __init__(self, garden: Garden, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        still_open = Q(closed_on=None) | Q(closed_on__gt=today)
        self.fields["depot"].queryset = Depot.objects.filter(still_open, garden=garden).select_related("garden")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("from_day"), data.get("until_day")
        if first and last and last < first:
            self.add_error("until_day", _("Le dernier jour vient avant le premier. Choisissez un jour plus tard."))
        return data


class RestForm(forms.Form):
    """What is done at the depot with a basket that nobody came for."""

    next_in_line = forms.BooleanField(
        label=_("Un panier que personne n’est venu prendre peut être donné"), required=False,
        help_text=_("Sinon il est noté « non retiré » et revient au jardin."),
    )  # fmt: skip
    next_first = forms.ChoiceField(
        label=_("À qui d’abord"), choices=Ways.Next.choices, widget=forms.RadioSelect,
        help_text=_("C’est le premier choix sur la liste du bénévole ; les autres restent possibles."),
    )  # fmt: skip

    def __init__(self, ways: Ways, *args: Any, **kwargs: Any) -> None:
        start = {"next_in_line": ways.next_in_line, "next_first": ways.next_first}
        super().__init__(*args, **{"initial": start} | kwargs)


# --- What a volunteer says, by the buttons of the page ------------------------------------------------

_SAY = re.compile(r"(\d{1,18}) (planned|collected|unclaimed|given_on|note) ?([0-9a-f-]{36})?")


def said_in(data: QueryDict, link: DepotLink, at: datetime) -> Event | None:
    """What the pressed button says: "12 collected" and what stood then. None when it is no such thing."""
    found = _SAY.fullmatch(data.get("say", ""))
    if not found:
        return None
    basket, state = int(found[1]), found[2]
    if state == "note":
        key = _uuid(data.get("key"))
        return Event(basket, at, key, note=data.get("note", "")) if key else None
    to = data.get("to", "")
    given = state == Basket.State.GIVEN_ON and re.fullmatch(r"\d{1,18}", to)
    return stated(basket, state, found[3] or "", link, at, to=int(to) if given else None)


def stated(basket: int, state: str, head: str, link: DepotLink, at: datetime, to: int | None = None) -> Event:
    """A volunteer's statement on the page, under the name that follows from what the page showed (`head`, "" nothing)."""
    after = _uuid(head) or rules.root(basket)
    return Event(basket, at, rules.follow(after, state, link.pk), state, after, to=to)


# --- … or by the phone, later -------------------------------------------------------------------------

AT_ONCE = 200
"""Events that one sending may hold; a phone sends fifty at a time."""
_LAST_MS = 253_402_300_799_000  # the last millisecond of the year 9999


class BadSending(Exception):
    """Not something that our page sends."""


@dataclass(frozen=True)
class Sending:
    """What a phone sends: when, by its corrected clock, and what was said."""

    sent: datetime
    events: list[Event]


def read_sending(body: bytes) -> Sending:
    """Read `{"sent": ms, "said": [{basket, at, key, state, after, note, to}]}`. One event that makes no sense spoils all:
    our page never sends any. Refusal: BadSending."""
    try:
        data = json.loads(body)
        said = data["said"]
        if not isinstance(said, list) or len(said) > AT_ONCE:
            raise BadSending
        return Sending(_moment(data["sent"]), [_event(one) for one in said])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
        raise BadSending from wrong


def _event(one: Mapping[str, Any]) -> Event:
    return Event(
        basket=_number(one["basket"]),
        said=_moment(one["at"]),
        key=UUID(one["key"]),
        state=str(one.get("state", "")),
        after=_or_none(UUID, one.get("after")),
        note=_or_none(_text, one.get("note")),
        to=_or_none(_household, one.get("to")),
    )


def _or_none(read: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else read(value)


def _number(value: Any) -> int:
    if type(value) is not int or not 0 < value < 2**63:
        raise ValueError
    return value


def _household(value: Any) -> int:
    """A household's number, or POT."""
    return POT if value == POT and type(value) is int else _number(value)


def _text(value: Any) -> str:
    """One line, without signs that cannot be seen or kept."""
    if not isinstance(value, str):
        raise TypeError
    return " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())


def _moment(value: Any) -> datetime:
    if type(value) not in (int, float) or not 0 <= value <= _LAST_MS:
        raise ValueError
    return datetime.fromtimestamp(value / 1000, UTC)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


# --- On paper -----------------------------------------------------------------------------------------

_ENTERED = re.compile(r"b(\d{1,18})")
EXCEPTIONS = (Basket.State.UNCLAIMED, Basket.State.GIVEN_ON)


def sheet_in(data: QueryDict) -> tuple[set[int], dict[int, str]]:
    """The baskets of a paper sheet, and those that were not collected by their household: basket → state."""
    said = {int(found[1]): value for name, value in data.items() if (found := _ENTERED.fullmatch(name))}
    return set(said), {pk: str(value) for pk, value in said.items() if value in EXCEPTIONS}

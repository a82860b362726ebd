"""What lies ahead, in words: when money is used up, which money is missing, what a "what if" asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cageot.core.templatetags.cageot import day_range, euros
from cageot.desk import words_funds
from cageot.funding.models import Agreement

# --- When ---------------------------------------------------------------------------------------

BEGINNING, MIDDLE = 10, 20
"""Days of the month up to which it begins, then up to which it is in its middle."""


def about(day: date, today: date) -> str:
    """ "mi-octobre"; with its year when it is another one: "fin janvier 2019"."""
    month = str(MONTHS[day.month]) + (f" {day.year}" if day.year != today.year else "")
    if day.day <= BEGINNING:
        return _("début %(month)s") % {"month": month}
    if day.day <= MIDDLE:
        return _("mi-%(month)s") % {"month": month}
    return _("fin %(month)s") % {"month": month}


def exact(day: date, today: date) -> str:
    """ "20 septembre"; with its year when it is another one."""
    return day_range(day, day) + (f" {day.year}" if day.year != today.year else "")


def band(low: date | None, likely: date | None, high: date | None, today: date) -> str:
    """When money is used up, within what is looked at: "entre fin août et mi-octobre, le plus probable : 20 septembre"."""
    if low is None:
        return _("ne s’épuise pas")
    if likely is not None and likely <= today:
        return _("épuisé, ou presque")
    if likely is None:
        return _("pourrait s’épuiser à partir de %(low)s, mais ce n’est pas le plus probable") % {
            "low": about(low, today)
        }
    told = {"low": about(low, today), "likely": exact(likely, today)}
    if high is None:
        return _("à partir de %(low)s, le plus probable : %(likely)s ; ou pas du tout") % told
    told["high"] = about(high, today)
    if told["low"] == told["high"]:
        return _("%(low)s, le plus probable : %(likely)s") % told
    return _("entre %(low)s et %(high)s, le plus probable : %(likely)s") % told


# --- Which money --------------------------------------------------------------------------------

FAMILIES: dict[str, Any] = {
    "any": gettext_lazy("Sans condition"),
    "department": gettext_lazy("Par département"),
    "region": gettext_lazy("Par région"),
    "audience": gettext_lazy("Par public"),
    "affiliation": gettext_lazy("Par régime"),
    "garden": gettext_lazy("Par jardin"),
}
"""The kinds of money, in the order in which they are told."""


def kind_name(key: str, gardens: Mapping[int, str]) -> str:
    """Money of a kind: "department:41" → "Local, Loir-et-Cher"."""
    word, _colon, value = key.partition(":")
    if word == "any":
        return str(FAMILIES["any"])
    if word == "department":
        return _("Local, %(place)s") % {"place": words_funds.place_name(key)}
    if word == "region":
        return _("Région %(place)s") % {"place": words_funds.place_name(key)}
    if word == "affiliation":
        return _("Régime %(name)s") % {"name": dict(Agreement.Affiliation.choices).get(value, value)}
    if word == "garden":
        return gardens.get(int(value), value) if value.isdigit() else value
    return value


CONDITIONS: dict[str, Any] = {
    "gardens": gettext_lazy("sa liste de jardins"),
    "communes": gettext_lazy("sa limite de territoire"),
    "audiences": gettext_lazy("sa limite de public"),
    "affiliations": gettext_lazy("sa limite de régime"),
    "dates": gettext_lazy("sa limite de dates"),
    "cap": gettext_lazy("son plafond par panier"),
    "share": gettext_lazy("sa limite en part du prix"),
    "match": gettext_lazy("la contrepartie locale"),
}
"""The condition of a fund that keeps its money in hand."""

CHANGES: dict[str, Any] = {
    "leaves": gettext_lazy("s’en va"),
    "halves": gettext_lazy("donne moitié moins"),
    "late": gettext_lazy("arrive en retard"),
}
"""What a funder may do."""


# --- What a "what if" asks ----------------------------------------------------------------------


def asked(moves: Mapping[str, Any], names: Mapping[str, str], today: date) -> list[str]:
    """What is supposed, a sentence each. `names`: what the codes of funders, gardens and kinds of money are called."""
    found = []
    on = exact(date.fromisoformat(moves["day"]), today)
    if funder := moves.get("funder"):
        name = names.get(funder, funder)
        if moves.get("change") == "halves":
            found.append(_("%(name)s donne moitié moins.") % {"name": name})
        elif moves.get("change") == "late":
            found.append(_("%(name)s ne paie rien avant le %(day)s.") % {"name": name, "day": on})
        else:
            found.append(_("%(name)s ne paie plus rien à partir du %(day)s.") % {"name": name, "day": on})
    if cents := moves.get("price"):
        told = {"sum": euros(abs(cents)), "day": on}
        found.append(
            _("Les paniers coûtent %(sum)s de plus à partir du %(day)s.") % told
            if cents > 0
            else _("Les paniers coûtent %(sum)s de moins à partir du %(day)s.") % told
        )
    if moves.get("cap") is not None:
        found.append(
            _("L’adhérent paie au plus %(n)s %% du prix à partir du %(day)s.") % {"n": moves["cap"], "day": on}
        )
    if more := moves.get("more"):
        told = {"n": abs(more), "day": on}
        found.append(
            _("Il y a %(n)s %% de foyers en plus à partir du %(day)s.") % told
            if more > 0
            else _("Il y a %(n)s %% de foyers en moins à partir du %(day)s.") % told
        )
    if closes := moves.get("closes"):
        found.append(_("%(name)s ne livre plus à partir du %(day)s.") % {"name": names.get(closes, closes), "day": on})
    if cents := moves.get("fund"):
        kind = names.get(moves.get("kind") or "any", "")
        found.append(
            _("Un nouveau financement apporte %(sum)s (%(kind)s).") % {"sum": euros(cents, "round"), "kind": kind}
        )
    return found

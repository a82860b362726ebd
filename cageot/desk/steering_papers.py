"""Papers of a committee, as data for Typst: the agenda, the minutes, the brief. Everything comes already in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.core import charts
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros, number, share
from cageot.desk.queries.steering import DecisionLine, MeetingPage, seat_name
from cageot.desk.queries.steering_brief import Brief, few, summary
from cageot.guide.actions.steering import when

Data = dict[str, Any]


def _frame(title: str, garden: str, today: date) -> Data:
    printed = _("Fait le %(day)s") % {"day": said(today, "plain")}
    return {"lang": "fr", "title": title, "garden": garden, "date": [today.year, today.month, today.day], "printed": printed}  # fmt: skip


def _decisions(lines: Sequence[DecisionLine]) -> Data:
    rows = [[one.text, one.owner or "–", one.word, one.when] for one in lines]
    return {"columns": [_("Décision"), _("Qui"), _("Où en est-on"), _("Décidé le")], "rows": rows}


def agenda(page: MeetingPage, today: date) -> Data:
    """What is sent, or laid on the table, before a meeting."""
    one = page.meeting
    return _frame(_("Ordre du jour"), one.garden.name, today) | {
        "heading": _("Comité de pilotage"), "when": page.when, "place": one.place, "kind": _("Ordre du jour"),
        "people_title": _("Sont invités"), "people": [seat_name(each) for each in page.expected],
        "text": one.agenda.splitlines(), "decided_title": "", "decided": None,
        "before_title": _("Ce qui reste à faire des réunions d’avant"), "before": _decisions(page.before) if page.before else None,
        "empty": _("Aucun ordre du jour n’est écrit."),
    }  # fmt: skip


def minutes(page: MeetingPage, today: date) -> Data:
    """What is sent after a meeting."""
    one = page.meeting
    came = {each.pk for each in page.present}
    absent = [seat_name(each) for each in page.expected if each.pk not in came]
    people = [seat_name(each) for each in page.present]
    if people and absent:
        people.append(_("Absents : %(names)s") % {"names": ", ".join(absent)})
    return _frame(_("Compte rendu"), one.garden.name, today) | {
        "heading": _("Comité de pilotage"), "when": page.when, "place": one.place, "kind": _("Compte rendu"),
        "people_title": _("Étaient présents"), "people": people,
        "text": one.notes.splitlines(), "decided_title": _("Ce qui a été décidé"), "decided": _decisions(page.decided) if page.decided else None,
        "before_title": _("Ce qui reste à faire des réunions d’avant"), "before": _decisions(page.before) if page.before else None,
        "empty": _("Le compte rendu n’est pas encore écrit."),
    }  # fmt: skip


# --- The brief ------------------------------------------------------------------------------------

MOST_DECISIONS, MOST_DONE = 12, 6


def brief(one: Brief, today: date) -> Data:
    """Five or six pages: figures, baskets, money, people, workshops, decisions."""
    about = (
        _("Comité de pilotage du %(when)s") % {"when": when(one.meeting.at)} if one.meeting else _("Comité de pilotage")
    )
    data = _frame(_("Dossier du comité de pilotage"), one.garden.name, today)
    return data | {
        "heading": one.garden.name, "about": about, "period": one.words,
        "figures": [list(row) for row in summary(one)],
        "told": one.told,
        "too_few": _("Moins de cinq foyers ont été aidés dans cette période : leurs paniers et leur argent ne sont pas détaillés."),
        "first_title": _("En bref"), "first": _first(one), "baskets": _baskets(one), "money": _money(one), "people": _people(one), "workshops": _workshops(one),
        "decisions": _to_do(one),
        "privacy": _("Aucun nom d’adhérent dans ce dossier. Les groupes de moins de cinq foyers sont réunis. Les chiffres des paniers et de l’argent sont ceux des semaines closes."),
        "agenda_title": _("Ordre du jour"), "agenda": one.agenda,
    }  # fmt: skip


def _first(one: Brief) -> list[str]:
    """What must be known at once, in sentences."""
    lines = []
    if one.told:
        lines.append(_("%(households)s foyers ont reçu %(baskets)s paniers solidaires, pour %(cents)s.") % {"households": few(one.households), "baskets": number(one.baskets), "cents": euros(one.cents)})  # fmt: skip
        lines.append(_("Il reste %(cents)s à financer.") % {"cents": euros(one.missing)} if one.missing > 0 else _("Tout est financé."))  # fmt: skip
    lines.append(_("Foyers arrivés : %(arrivals)s. Foyers dont l’aide a pris fin : %(left)s. Fins dans les six mois : %(ends)s.") % {"arrivals": few(one.arrivals), "left": few(one.left), "ends": few(one.ends_total)})  # fmt: skip
    lines.append(_("En liste d’attente : %(waiting)s. Orientations reçues : %(referred)s.") % {"waiting": few(one.waiting), "referred": few(one.referred)})  # fmt: skip
    late = sum(line.tone == "beet" for line in one.to_do)
    told = ngettext("%(n)s décision est à suivre", "%(n)s décisions sont à suivre", len(one.to_do)) % {"n": len(one.to_do)}  # fmt: skip
    if late:
        told = _("%(told)s, dont %(late)s en retard") % {"told": told, "late": late}
    return [*lines, f"{told}."]


def _baskets(one: Brief) -> Data:
    top = charts.nice_top(max([row.baskets for row in one.months], default=0))
    return {
        "title": _("Les paniers, mois par mois"), "chart_title": _("Paniers solidaires par mois"), "top": number(int(top)), "half": number(int(top / 2)) if top >= 2 else "",
        "bars": [{"part": max(row.baskets, 0) / top, "value": number(row.baskets), "label": row.short} for row in one.months],
        "columns": [_("Mois"), _("Foyers"), _("Paniers"), _("Montant")],
        "rows": [[row.label, number(row.households), number(row.baskets), euros(row.cents)] for row in one.months],
        "total": [_("Ensemble"), few(one.households), number(one.baskets), euros(one.cents)],
        "note": _("Un foyer compte une fois dans l’ensemble, même s’il vient chaque mois."),
    }  # fmt: skip


def _money(one: Brief) -> Data:
    parts = charts.segments(one.parts)
    return {
        "title": _("Qui paie les paniers"), "chart_title": _("Ce que chacun paie"),
        "parts": [{"label": each.part.label, "part": each.share, "words": share(each.share), "tone": each.tone} for each in parts],
        "columns": [_("Payeur"), _("Foyers"), _("Montant"), _("Part")],
        "rows": [[f"{row.label}, {row.detail}" if row.detail else row.label, "" if row.households is None else number(row.households), euros(row.cents), share(row.share, 1)] for row in one.money],
        "total": [_("Ensemble"), "", euros(one.cents), ""],
        "why_title": _("Ce qui n’est pas trouvé, et pourquoi"), "missing": euros(one.missing) if one.missing > 0 else "", "why": one.why,
        "missing_words": _("à financer sur la période"), "found": _("Tout est trouvé pour cette période."),
        "nothing_written": _("Aucun financement n’est écrit."),
    }  # fmt: skip


def _people(one: Brief) -> Data:
    return {
        "title": _("Les foyers : arrivées, fins, attente"),
        "figures": [
            [_("Arrivés"), few(one.arrivals), _("aidés pour la première fois")],
            [_("Fins de prise en charge"), few(one.left), _("pendant la période")],
            [_("En attente d’une place"), few(one.waiting), _("aujourd’hui")],
            [_("Orientations reçues"), few(one.referred), _("pendant la période")],
        ],
        "ends_title": _("Fins de prise en charge à venir"), "ends": [[label, few(n)] for label, n in one.ends],
        "ends_columns": [_("Mois"), _("Foyers")], "ends_total": [_("Dans les six mois"), few(one.ends_total)],
        "ends_note": _("Pour ces foyers, rien n’est encore décidé pour la suite."),
        "outcomes_title": _("Ce que sont devenues les orientations"), "outcomes": [[label, few(n)] for label, n in one.outcomes],
        "outcomes_columns": [_("Suite"), _("Orientations")],
    }  # fmt: skip


def _workshops(one: Brief) -> Data:
    top = max([row.sessions for row in one.workshops], default=0) or 1
    return {
        "title": _("Les ateliers"), "columns": [_("Genre"), _("Ateliers"), _("Participations")],
        "rows": [[row.label.capitalize(), number(row.sessions), few(row.participations)] for row in one.workshops],
        "bars": [{"label": row.label.capitalize(), "part": row.sessions / top, "value": number(row.sessions)} for row in one.workshops],
        "total": [_("Ensemble"), number(one.sessions), few(one.participations)],
        "note": _("%(households)s foyers différents sont venus au moins une fois.") % {"households": few(one.workshop_households)},
        "empty": _("Aucun atelier terminé dans cette période."),
    }  # fmt: skip


def _to_do(one: Brief) -> Data:
    more = len(one.to_do) - MOST_DECISIONS
    return {
        "title": _("Décisions à suivre"), **_decisions(one.to_do[:MOST_DECISIONS]),
        "more": ngettext("et %(n)s autre", "et %(n)s autres", more) % {"n": more} if more > 0 else "",
        "empty": _("Rien n’est à suivre."),
        "done_title": _("Ce qui a été fait"), "done": _decisions(one.done[-MOST_DONE:])["rows"],
    }  # fmt: skip

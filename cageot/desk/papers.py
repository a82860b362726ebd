"""The garden's papers: one table, of which their addresses, their page and the "nobody can tell" test are made.

A new paper is a line of PAPERS: it then has an address, a button, and a test that fails if anything on it depends on
who pays what. It is made of `queries.papers.Sheets` alone, which knows no tariff.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from cageot.baskets.models import Basket, Depot
from cageot.baskets.rules.changes import KINDS
from cageot.core.tabular.phones import display_phone
from cageot.core.tabular.write import write_csv, write_xlsx
from cageot.core.templatetags.cageot import WIDE
from cageot.core.templatetags.cageot import day as said
from cageot.desk import pdf
from cageot.desk.queries.changes import RoundChanges
from cageot.desk.queries.names import Name
from cageot.desk.queries.papers import Sheets, Size, Stop
from cageot.desk.rules.papers import LABELS, USUAL, LabelSheet

Form = Literal["pdf", "csv", "xlsx"]
CONTENT_TYPES: dict[Form, str] = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WIDEST = 6
"""Beyond so many sizes, a table has no column for each: it says them in words."""


@dataclass(frozen=True)
class Wanted:
    """How a paper is wanted: which parts of the preparation sheet, which sheet of labels and its first free label."""

    parts: frozenset[str] = frozenset()
    labels: LabelSheet = LABELS[USUAL]
    first: int = 1


@dataclass(frozen=True)
class Paper:
    """One paper. `data` gives all its words; `template` draws them as a PDF, else they are the lines of a table."""

    slug: str
    name: Promise
    about: Promise
    template: str
    data: Callable[[Sheets, list[RoundChanges], Wanted], dict[str, Any]]
    forms: tuple[Form, ...] = ("pdf",)
    changes: bool = False
    """Whether what changed since last time stands on it."""

    def address(self, form: Form) -> str:
        """The name of its address."""
        return f"paper_{self.slug}_{form}"


def write(
    paper: Paper, form: Form, found: Sheets, changes: list[RoundChanges], wanted: Wanted, at: datetime
) -> bytes:  # fmt: skip
    """The paper as a file. `at` is the moment of printing, which it bears."""
    data = paper.data(found, changes, wanted)
    if form == "pdf":
        return pdf.write_pdf(paper.template, _frame(paper, found, at) | data, at=at)
    if form == "csv":
        return write_csv(data["columns"], data["rows"])
    return write_xlsx(data["columns"], data["rows"], title=str(paper.name))


def _frame(paper: Paper, found: Sheets, at: datetime) -> dict[str, Any]:
    """What stands around every paper: whose it is, of which day, when it was printed."""
    when = _days(found.stops)
    return {
        "lang": "fr", "name": str(paper.name), "garden": found.garden.name, "date": [at.year, at.month, at.day],
        "title": f"{paper.name} · {when}", "when": when, "count": _baskets(len(found.lines)),
        "printed": _("imprimé le %(day)s à %(hour)s")
        % {"day": said(at.date()), "hour": f"{at.hour}{WIDE}h{WIDE}{at.minute:02}"},
    }  # fmt: skip


def _days(stops: Iterable[Stop]) -> str:
    return " · ".join(said(day) for day in sorted({stop.day for stop in stops}))


def _baskets(count: int) -> str:
    return ngettext("%(count)s panier", "%(count)s paniers", count) % {"count": count}


# --- Words of the lines ---------------------------------------------------------------------------


def _name(name: Name) -> str:
    """The shown name; the household's number when our fonts cannot draw its script, so that nobody's line is empty."""
    return name.shown if pdf.drawable(name.shown) else name.number


def _kind(kind: str) -> str:
    """What a packer must know of a basket that is not the usual one."""
    return "" if kind == Basket.Kind.REGULAR else str(Basket.Kind(kind).label)


def _notes(kinds: Iterable[str], swaps: Iterable[str]) -> str:
    """What a packer must know of a household's baskets: those that are not the usual ones, what is swapped in them."""
    return ", ".join([*sorted(note for kind in kinds if (note := _kind(kind))), *swaps])


def _what(sizes: dict[int, int], known: dict[int, Size]) -> str:
    """ "Grand, Œufs · 6 œufs", "2 × Petit"."""
    return ", ".join(
        f"{count}{WIDE}× {one.label}" if count > 1 else one.label
        for pk, one in known.items()
        if (count := sizes.get(pk, 0))
    )


def _table(head: str, found: Sheets, rows: Sequence[tuple[str, Sequence[Stop]]]) -> dict[str, Any]:
    """Counts by size, a line for each group of stops and their sum: a column for each size, or words when there are many."""
    counted = [(name, found.count(stops)) for name, stops in rows]
    total = found.count([stop for _name, stops in rows for stop in stops])
    sizes = [pk for pk in found.sizes if total[pk]]

    def cells(count: dict[int, int]) -> list[str]:
        if len(sizes) > WIDEST:
            return [_each(count, found), str(sum(count.values()))]
        return [*(str(count[pk] or "–") for pk in sizes), str(sum(count.values()))]

    columns = [found.sizes[pk].label for pk in sizes] if len(sizes) <= WIDEST else [_("Paniers")]
    return {
        "columns": [head, *columns, pgettext("total", "En tout")],
        "words": len(sizes) > WIDEST,
        "rows": [[name, *cells(count)] for name, count in counted],
        "total": [pgettext("total", "En tout"), *cells(total)] if len(rows) > 1 else [],
    }


def _each(count: dict[int, int], found: Sheets) -> str:
    """ "12 Grand, 8 Petit"."""
    return ", ".join(f"{count[pk]}{WIDE}{one.label}" for pk, one in found.sizes.items() if count[pk])


def _round(stops: Sequence[Stop]) -> dict[str, str]:
    """A round and its day."""
    return {"name": _("Tournée : %(name)s") % {"name": stops[0].round_name}, "when": said(stops[0].day)}


# --- Preparing ------------------------------------------------------------------------------------

PARTS = {
    "totaux": gettext_lazy("Les totaux à préparer"),
    "depots": gettext_lazy("Le détail par dépôt"),
    "noms": gettext_lazy("La liste des noms"),
}


def preparation(found: Sheets, changes: list[RoundChanges], wanted: Wanted) -> dict[str, Any]:
    """What to pack: what changed, totals of the day, counts by depot, names to tick. `wanted.parts` chooses."""
    parts = wanted.parts or frozenset(PARTS)
    packed = sorted({stop.packed for stop in found.stops})
    names = [
        {
            **_round(stops),
            "depots": [
                {
                    "name": stop.name,
                    "count": _baskets(stop.baskets),
                    "rows": [
                        [_name(row.name), _what(row.sizes, found.sizes), _notes(row.kinds, row.swaps)]
                        for row in found.rows(stop)
                    ],
                }
                for stop in stops
            ],
        }
        for stops in found.rounds
    ]
    return {
        "packed": _("à préparer le %(days)s") % {"days": ", ".join(said(day) for day in packed)},
        "changes_title": _("Ce qui change depuis la dernière fois"),
        "changes": [_told(one) for one in changes],
        "swaps_title": _("Échanges de légumes"),
        "swaps": _swaps(found),
        "totals_title": _("En tout"),
        "totals": _table(_("Tournée"), found, [(_going(stops[0].round_name, stops[0].day), stops) for stops in found.rounds]) if "totaux" in parts else None,
        "depots_title": _("Par dépôt"),
        "rounds": [
            {**_round(stops), **_table(_("Dépôt"), found, [(stop.name, [stop]) for stop in stops])} for stops in found.rounds
        ] if "depots" in parts else [],
        "names_title": _("Les noms"),
        "names": names if "noms" in parts else [],
    }  # fmt: skip


def _swaps(found: Sheets) -> list[dict[str, Any]]:
    """What to swap, depot by depot: under each name, what goes for what."""
    told = [
        (stop, [[_name(row.name), ", ".join(row.swaps)] for row in found.rows(stop) if row.swaps])
        for stop in found.stops
    ]
    return [{"name": stop.name, "who": who} for stop, who in told if who]


def _going(name: str, when: date) -> str:
    """A round and its day in one go; a round that is called after its day says it once."""
    day = said(when)
    return day.capitalize() if day.startswith(name.lower()) else f"{name}, {day}"


CHANGED = {
    "new": gettext_lazy("Nouveau"), "back": gettext_lazy("De retour"), "moved": gettext_lazy("Autre dépôt"),
    "resized": gettext_lazy("Autre taille"), "absent": gettext_lazy("Absent"), "gone": gettext_lazy("Parti"),
}  # fmt: skip
"""A kind of change, as a word before those whom it concerns."""
assert set(CHANGED) == set(KINDS)


def since_words(one: RoundChanges) -> str:
    """Since when a round's changes are told, in a sentence."""
    if one.since is None:
        return _("C’est la première fois que cette tournée part.")
    if one.other_day:
        return _("Depuis le %(day)s. Attention : la tournée change de jour.") % {"day": said(one.since)}
    return _("Depuis le %(day)s.") % {"day": said(one.since)}


def usual_words(one: RoundChanges) -> str:
    """Who comes or stays away as their rhythm says, by number; "" when nobody."""
    come, away = one.usual.get("back", 0), one.usual.get("absent", 0)
    said_of = [
        come and ngettext("%(count)s qui revient", "%(count)s qui reviennent", come) % {"count": come},
        away and ngettext("%(count)s qui ne vient pas", "%(count)s qui ne viennent pas", away) % {"count": away},
    ]
    words = ", ".join(text for text in said_of if text)
    return _("Une semaine sur deux, ou une fois par mois : %(words)s.") % {"words": words} if words else ""


def on_screen(one: RoundChanges) -> dict[str, Any]:
    """A round's changes in words, for a page: any script can be shown there."""
    return _told(one, lambda name: name.shown) | {"name": _going(one.name, one.day), "count": one.count}


def _told(one: RoundChanges, name: Callable[[Name], str] = _name) -> dict[str, Any]:
    groups = [
        {"label": str(CHANGED[kind]), "who": [[name(who.name), who.detail] for who in some]}
        for kind, some in one.told.items()
    ]
    return {
        "name": one.name, "since": since_words(one), "groups": groups, "usual": usual_words(one),
        "none": _("Rien n’a changé.") if one.since and not groups else "",
    }  # fmt: skip


def labels(found: Sheets, changes: list[RoundChanges], wanted: Wanted) -> dict[str, Any]:
    """One label for each basket, on the garden's sheets."""
    sheet = wanted.labels
    places = [sheet.place(number) for number in range(sheet.count)]
    depots = {stop.depot: stop.name for stop in found.stops}
    days = {stop.day: said(stop.day) for stop in found.stops}
    one_of_each = [
        [
            _name(line.name),
            found.sizes[line.size].label,
            depots[line.depot],
            days[line.day],
            _notes([line.kind], line.swaps),
        ]
        for line in found.lines
    ]
    cells = [None] * (wanted.first - 1) + one_of_each
    return {
        "width": sheet.width, "height": sheet.height, "places": places,
        "pages": [cells[start : start + sheet.count] for start in range(0, len(cells), sheet.count)],
    }  # fmt: skip


# --- On the road ----------------------------------------------------------------------------------


def route(found: Sheets, changes: list[RoundChanges], wanted: Wanted) -> dict[str, Any]:
    """For each round, its depots in order with what to leave there, then a page for each depot to sign."""
    return {
        "rounds": [
            {
                **_round(stops),
                "count": _baskets(sum(stop.baskets for stop in stops)),
                **_table(_("Dépôt"), found, [(f"{rank}. {stop.name}", [stop]) for rank, stop in enumerate(stops, 1)]),
                "stops": [_stop(found, stop, f"{rank}/{len(stops)}") for rank, stop in enumerate(stops, 1)],
            }
            for stops in found.rounds
        ],
        "words": {
            "name": _("Nom"), "what": _("Panier"), "sign": _("Signature"), "stops": _("Dépôts dans l’ordre"),
            "left": _("Paniers déposés par :"), "received": _("Reçus par, à quelle heure :"),
        },
    }  # fmt: skip


def depot(found: Sheets, changes: list[RoundChanges], wanted: Wanted) -> dict[str, Any]:
    """What stands on the depot's table: names in large print, a box to tick, a place to sign, lines for notes."""
    return {
        "stops": [_stop(found, stop, stop.round_name) for stop in found.stops],
        "words": {
            "name": _("Nom"), "what": _("Panier"), "sign": _("Signature"), "notes": _("Notes"),
            "how": _("Cochez chaque panier remis. Un panier qui reste, une erreur : écrivez-le en bas."),
        },
    }  # fmt: skip


def _stop(found: Sheets, stop: Stop, eyebrow: str) -> dict[str, Any]:
    return {
        "eyebrow": eyebrow,
        "name": stop.name,
        "when": said(stop.day),
        "facts": _facts(found.depots[stop.depot]),
        "hours": found.depots[stop.depot].hours,
        "count": _baskets(stop.baskets),
        "each": _each(found.count([stop]), found),
        "rows": [
            [_name(row.name), _what(row.sizes, found.sizes), _notes(row.kinds, row.swaps)] for row in found.rows(stop)
        ],
    }


def _facts(place: Depot) -> list[list[str]]:
    """Where a depot is and whom to ask there, as label and value; nothing for what nobody said. A home stop is where its
    household lives, and has its telephone."""
    if home := place.household:
        where = ", ".join(text for text in (home.address, f"{home.postcode} {home.town}".strip()) if text)
        phones = {one.mobile or one.phone for one in home.members.all() if one.contact}
        facts = [(_("Adresse"), where), (_("Téléphone"), display_phone("".join(phones)))]
        facts += [(_("Livraison"), place.slot), (_("À savoir"), place.notes)]
        return [[label, value] for label, value in facts if value]
    contact = " · ".join(text for text in (place.contact_name, display_phone(place.contact_phone)) if text)
    facts = [
        (_("Adresse"), place.address), (_("Téléphone"), display_phone(place.phone)), (_("Sur place"), contact),
        (_("Livraison"), place.slot), (_("Retrait"), place.hours), (_("À savoir"), place.notes),
    ]  # fmt: skip
    return [[label, value] for label, value in facts if value]


# --- Lines in a file ------------------------------------------------------------------------------


def lines(found: Sheets, changes: list[RoundChanges], wanted: Wanted) -> dict[str, Any]:
    """The same lines as a table, for a spreadsheet."""
    rounds = {stop.round: stop.round_name for stop in found.stops}
    depots = {stop.depot: stop.name for stop in found.stops}
    rows: list[list[str | date]] = []
    for line in found.lines:
        size = found.sizes[line.size]
        rows.append(
            [
                line.day,
                rounds[line.round],
                depots[line.depot],
                line.name.shown,
                size.product,
                size.name,
                _notes([line.kind], line.swaps),
            ]
        )
    columns = [_("Jour"), _("Tournée"), _("Dépôt"), _("Nom"), _("Produit"), _("Taille"), _("Note")]
    return {"columns": columns, "rows": rows}


PAPERS: tuple[Paper, ...] = (
    Paper("preparation", gettext_lazy("Préparation"), gettext_lazy("Combien de paniers préparer, pour quels dépôts, pour qui. Ce qui change est en haut."),
          "preparation.typ", preparation, changes=True),
    Paper("etiquettes", gettext_lazy("Étiquettes"), gettext_lazy("Une par panier : le nom, la taille, le dépôt, le jour."), "labels.typ", labels),
    Paper("route", gettext_lazy("Feuille de route"), gettext_lazy("Les dépôts dans l’ordre, puis une page par dépôt à faire signer."), "route.typ", route),
    Paper("depot", gettext_lazy("Feuille de dépôt"), gettext_lazy("Les noms en grand, à cocher quand le panier est remis."), "depot.typ", depot),
    Paper("lignes", gettext_lazy("Tableau"), gettext_lazy("Les mêmes lignes pour un tableur."), "", lines, forms=("csv", "xlsx")),
)  # fmt: skip
BY_SLUG = {paper.slug: paper for paper in PAPERS}

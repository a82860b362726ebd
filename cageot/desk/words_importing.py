"""What is said to those who bring a file: one sentence for each remark of `rules.importing`, that says what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cageot.core.tabular.columns import HOUSEHOLD_COLUMNS
from cageot.core.templatetags.cageot import day, euros, share
from cageot.desk.rules.import_facts import Remark
from cageot.desk.rules.import_likeness import Likeness

KINDS = {
    "size": gettext_lazy("Tailles de panier"),
    "depot": gettext_lazy("Dépôts"),
    "frequency": gettext_lazy("Rythmes"),
    "tariff": gettext_lazy("Tarifs"),
    "partner": gettext_lazy("Partenaires"),
}
"""The kinds of words that a garden may match by hand."""

LABELS = {column.key: column.label for column in HOUSEHOLD_COLUMNS}

STATES = {
    "good": gettext_lazy("bonnes"),
    "already": gettext_lazy("déjà là"),
    "duplicate": gettext_lazy("ressemblances"),
    "problem": gettext_lazy("à corriger"),
}


STEPS = {
    "reading": gettext_lazy("Lecture des lignes"),
    "households": gettext_lazy("Foyers"),
    "memberships": gettext_lazy("Adhésions"),
    "supports": gettext_lazy("Prises en charge"),
    "subscriptions": gettext_lazy("Paniers, jusqu’à la fin de la saison"),
    "done": gettext_lazy("Fait"),
}
"""What is being written, as an import goes."""


def sentence(remark: Remark) -> str:
    """A remark as a person reads it."""
    about = remark.about
    if "message" in about:
        return _suggested(about["message"], about.get("suggestion", ""))
    if remark.code == "differs":
        return _("différent dans le fichier, laissé tel quel.")
    return _WORDS[remark.code](about)


def _suggested(message: str, suggestion: str) -> str:
    return (
        _("%(message)s Peut-être : %(suggestion)s.") % {"message": message, "suggestion": suggestion}
        if suggestion
        else message
    )


def listed(names: Sequence[str], limit: int = 6) -> str:
    """Names one after the other; beyond a few, dots."""
    return ", ".join(names[:limit]) + ("…" if len(names) > limit else "") if names else _("aucun pour l’instant")


def _lines(lines: Sequence[int]) -> str:
    return listed([str(line) for line in lines])


def _above_cap(about: Mapping[str, Any]) -> str:
    return _("%(asked)s dépasse %(cap)s de %(price)s : %(highest)s au plus pour le panier %(size)s.") % {
        "asked": euros(about["asked"]), "cap": share(about["cap_bp"] / 10_000), "price": euros(about["price"]),
        "highest": euros(about["highest"]), "size": about["size"],
    }  # fmt: skip


def _agreement_says(about: Mapping[str, Any]) -> str:
    parts = " ou ".join(euros(part) for part in about["parts"])
    return _("La convention « %(agreement)s » prévoit %(parts)s pour le panier %(size)s. Écrivez ce montant, ou changez la convention.") % {
        "agreement": about["agreement"], "parts": parts, "size": about["size"],
    }  # fmt: skip


def _not_running(about: Mapping[str, Any]) -> str:
    if about["last"] is None or about["day"] < about["first"]:
        said = _(
            "La convention « %(agreement)s » commence le %(first)s : le %(day)s est avant. Changez la date, ou la convention."
        )
    else:
        said = _(
            "La convention « %(agreement)s » a fini le %(last)s : le %(day)s est après. Changez la date, ou la convention."
        )
    return said % {
        "agreement": about["agreement"], "first": day(about["first"], "plain"), "last": day(about["last"], "plain"),
        "day": day(about["day"], "plain"),
    }  # fmt: skip


def _without_size(about: Mapping[str, Any]) -> str:
    if not about["size"]:
        return _("La convention « %(agreement)s » n’a pas de tarif. Complétez-la.") % about
    return (
        _(
            "La convention « %(agreement)s » ne dit rien du panier %(size)s. Ajoutez-lui cette taille, ou changez la taille."
        )
        % about
    )


def _number_twice(about: Mapping[str, Any]) -> str:
    said = ngettext(
        "Le numéro %(number)s est aussi à la ligne %(lines)s. Gardez-le pour un seul foyer, et donnez-en un autre, ou aucun, à l’autre.",
        "Le numéro %(number)s est aussi aux lignes %(lines)s. Gardez-le pour un seul foyer, et donnez-en un autre, ou aucun, aux autres.",
        len(about["lines"]),
    )
    said %= {"number": about["number"], "lines": _lines(about["lines"])}
    if about["family"]:
        said += " " + _(
            "Si ce sont les personnes d’un même foyer, gardez une seule ligne, et comptez-les dans Adultes et Enfants."
        )
    return said


def _ends_before(about: Mapping[str, Any]) -> str:
    said = _("La fin, le %(last)s, est avant le début, le %(first)s. Corrigez l’une des deux dates.")
    return said % {"first": day(about["first"], "plain"), "last": day(about["last"], "plain")}


_WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "no_name": lambda _about: _("Il manque le nom. C’est la seule case qui doit être remplie."),
    "above_cap": _above_cap,
    "above_price": lambda about: (
        _("Le prix du panier %(size)s est %(price)s : personne ne paie plus. Corrigez le montant ou la taille.")
        % {"size": about["size"], "price": euros(about["price"])}
    ),
    "below_price": lambda about: (
        _(
            "Le prix du panier %(size)s est %(price)s. Corrigez le montant ; à prix solidaire, écrivez aussi Solidaire et le partenaire."
        )
        % {"size": about["size"], "price": euros(about["price"])}
    ),
    "no_price": lambda about: (
        _("La taille « %(size)s » n’a pas de prix : donnez-lui un prix dans les réglages du jardin.") % about
    ),
    "agreement_says": _agreement_says,
    "agreement_not_running": _not_running,
    "agreement_without_size": _without_size,
    "which_agreement": lambda about: (
        _("Plusieurs conventions conviennent : %(names)s. Écrivez le nom de l’une d’elles.")
        % {"names": listed(about["names"])}
    ),
    "which_tariff": lambda about: (
        _("Plusieurs tarifs conviennent : %(names)s. Écrivez le nom de l’un d’eux dans la colonne Tarif.")
        % {"names": listed(about["names"])}
    ),
    "no_partner": lambda about: (
        _("Un prix solidaire a un partenaire qui paie le reste. Écrivez lequel : %(choices)s.")
        % {"choices": listed(about["choices"])}
    ),
    "unknown_partner": lambda about: (
        _(
            "Aucune convention avec « %(words)s ». Faites-la correspondre à un partenaire (%(choices)s), ou ouvrez une convention."
        )
        % {"words": about["words"], "choices": listed(about["choices"])}
    ),
    "unknown_size": lambda about: (
        _(
            "La taille « %(words)s » n’existe pas ici. Faites-la correspondre à une taille (%(choices)s), ou créez-la avec son prix."
        )
        % {"words": about["words"], "choices": listed(about["choices"])}
    ),
    "unknown_depot": lambda about: (
        _("Le dépôt « %(words)s » n’existe pas ici. Faites-le correspondre à un dépôt (%(choices)s), ou créez-le.")
        % {"words": about["words"], "choices": listed(about["choices"])}
    ),
    "unknown_frequency": lambda about: (
        _(
            "Le rythme « %(words)s » n’est pas compris. Écrivez toutes les semaines, semaines paires, semaines impaires ou une fois par mois."
        )
        % about
    ),
    "unknown_tariff": lambda about: (
        _("Le tarif « %(words)s » n’est pas connu. Écrivez Plein ou Solidaire, ou dites ce qu’il veut dire.") % about
    ),
    "no_depot": lambda about: (
        _("Il manque le dépôt où ce panier est retiré. Écrivez lequel : %(choices)s.")
        % {"choices": listed(about["choices"])}
    ),
    "closed_depot": lambda about: (
        _("Le dépôt « %(depot)s » est fermé depuis le %(day)s. Choisissez-en un autre.")
        % {"depot": about["depot"], "day": day(about["day"], "plain")}
    ),
    "another_day": lambda about: (
        _("Le fichier dit %(said)s ; le dépôt %(depot)s livre le %(day)s : le jour du dépôt a été gardé.")
        % {"depot": about["depot"], "said": WEEKDAYS[about["said"] - 1], "day": WEEKDAYS[about["day"] - 1]}
    ),
    "read_as": lambda about: _("« %(words)s » : lu %(name)s.") % about,
    "only_size": lambda about: _("Taille non écrite : la seule du jardin a été prise, %(size)s.") % about,
    "only_agreement": lambda about: (
        _("Partenaire non écrit : la seule convention en cours a été prise, %(agreement)s.") % about
    ),
    "supported_later": lambda about: (
        _("La convention « %(agreement)s » commence le %(first)s : la prise en charge part de ce jour.")
        % {"agreement": about["agreement"], "first": day(about["first"], "plain")}
    ),
    "amount_as_tariff": lambda about: (
        _("%(amount)s dans la colonne des tarifs : lu comme ce que l’adhérent paie.")
        % {"amount": euros(about["amount"])}
    ),
    "only_depot": lambda about: _("Dépôt non écrit : le seul du jardin a été pris, %(depot)s.") % about,
    "no_size": lambda _about: _("Pas de taille de panier : le foyer est ajouté sans panier régulier."),
    "partner_unused": lambda about: (
        _("Au tarif plein, le partenaire « %(partner)s » ne paie rien : laissé de côté.") % about
    ),
    "ends_before_start": _ends_before,
    "ended_without_start": lambda about: (
        _("La fin, le %(last)s, est passée et il n’y a pas de date de début. Écrivez-la.")
        % {"last": day(about["last"], "plain")}
    ),
    "number_taken": lambda about: (
        _(
            "Le numéro %(number)s est déjà celui de %(name)s. Donnez un autre numéro, ou laissez la case vide : le jardin en donnera un."
        )
        % about
    ),
    "number_twice": _number_twice,
    "line_twice": lambda about: _("Cette ligne est la même que la ligne %(line)s. Supprimez l’une des deux.") % about,
    "namesake": lambda about: (
        _("Même nom que le foyer %(number)s, mais d’autres coordonnées : un autre foyer.") % about
    ),
    "twin_line": lambda about: (
        _("Même nom et mêmes coordonnées que la ligne %(line)s, avec un autre numéro : deux foyers.") % about
    ),
    "all_adults": lambda about: _("%(people)s personnes, sans dire combien d’enfants : notées comme adultes.") % about,
    "other_department": lambda about: (
        _(
            "Le code postal %(postcode)s n’est pas du département de %(town)s (%(postcodes)s). Il lui manque un chiffre : corrigez-le."
        )
        % about
    ),
}


def likeness(one: Likeness) -> str:
    """Why a line is held: which household, or which line, it looks like."""
    about = {"name": one.draft.name, "number": one.draft.number, "line": one.draft.line}
    if one.household is None:
        return _LIKE_LINE[one.how] % about
    return _LIKE_HOUSEHOLD[one.how] % about


_LIKE_LINE = {
    "same": gettext_lazy("Même nom et mêmes coordonnées que la ligne %(line)s."),
    "name": gettext_lazy("Même nom que la ligne %(line)s, sans rien qui les distingue."),
    "way": gettext_lazy("Même adresse électronique ou même mobile que la ligne %(line)s (%(name)s)."),
    "twin": gettext_lazy("Même nom et mêmes coordonnées que la ligne %(line)s."),
}
_LIKE_HOUSEHOLD = {
    "name": gettext_lazy("Même nom que le foyer %(number)s (%(name)s), sans rien qui les distingue."),
    "way": gettext_lazy("Même adresse électronique ou même mobile que le foyer %(number)s (%(name)s)."),
    "twin": gettext_lazy("Même nom et mêmes coordonnées que le foyer %(number)s (%(name)s)."),
    "same": gettext_lazy("Même nom et mêmes coordonnées que le foyer %(number)s (%(name)s)."),
}

"""The words of the accountant's books, for people who are no accountants."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros
from cageot.funding.actions import ledger
from cageot.funding.actions.ledger import Blocker, Draft, LedgerRefused
from cageot.funding.rules import years
from cageot.funding.rules.fec import Wrong
from cageot.funding.rules.years import DayRefused

CLASSES: dict[str, str | Promise] = {
    "1": gettext_lazy("Ce que l’association possède, et ce qu’elle garde pour la suite"),
    "2": gettext_lazy("Ce qui dure : terres, bâtiments, machines"),
    "3": gettext_lazy("Les stocks"),
    "4": gettext_lazy("Ce qu’on lui doit, et ce qu’elle doit"),
    "5": gettext_lazy("L’argent : banque, chèques, caisse"),
    "6": gettext_lazy("Les dépenses"),
    "7": gettext_lazy("Les recettes"),
    "8": gettext_lazy("Le temps donné par les bénévoles"),
}

JOURNALS: dict[str, str | Promise] = {
    "VE": gettext_lazy("Paniers et factures"),
    "BQ": gettext_lazy("Argent reçu et versé"),
    "SU": gettext_lazy("Subventions et financements"),
    "RE": gettext_lazy("Entre associations du réseau"),
    "OD": gettext_lazy("Écritures à la main et fin d’année"),
    "AN": gettext_lazy("Soldes repris de l’année d’avant"),
}

ORIGINS: dict[str, str | Promise] = {
    "public": gettext_lazy("subventions publiques"),
    "body": gettext_lazy("contributions d’autres organismes"),
    "giving": gettext_lazy("générosité du public"),
}
"""Where dedicated money comes from, as the annex groups it."""

SOURCES: dict[str, str | Promise] = {
    "close": gettext_lazy("Écrite par la clôture d’une semaine."),
    "settlement": gettext_lazy("Écrite par un règlement de période."),
    "claim": gettext_lazy("Écrite par une facture, un appel de fonds ou un avoir."),
    "payment": gettext_lazy("Écrite par un versement reçu."),
    "tranche": gettext_lazy("Écrite par un financement notifié."),
    "refusal": gettext_lazy("Écrite par un financement refusé."),
    "grant": gettext_lazy("Écrite par une aide du réseau à un jardin."),
    "instalment": gettext_lazy("Écrite par le versement d’une aide."),
    "given_back": gettext_lazy("Écrite par une aide rendue."),
    "grant_repaid": gettext_lazy("Écrite par une aide remboursée."),
    "transfer": gettext_lazy("Écrite par un virement entre associations."),
    "manual": gettext_lazy("Écrite à la main."),
    "opened": gettext_lazy("Soldes repris des comptes tenus avant Cageot."),
    "reversal": gettext_lazy("Annule une écriture faite à la main."),
    "opening": gettext_lazy("Soldes repris de l’exercice d’avant."),
    "year_deferred": gettext_lazy("Écrite par la clôture de l’exercice."),
    "year_owed": gettext_lazy("Écrite par la clôture de l’exercice."),
    "year_earmarked": gettext_lazy("Écrite par la clôture de l’exercice."),
    "year_nobody_pays": gettext_lazy("Écrite par la clôture de l’exercice."),
}


def source_of(source: str) -> str:
    """What an entry was made of."""
    return str(SOURCES.get(source.split("+")[0], _("Écrite par Cageot.")))


def blocker(one: Blocker) -> str:
    """What is missing before a year may be closed, and what to do."""
    if one.kind == "not_over":
        return ngettext(
            "L’exercice n’est pas fini : il reste %(n)d jour.", "L’exercice n’est pas fini : il reste %(n)d jours.", one.count
        ) % {"n": one.count}  # fmt: skip
    if one.kind == "earlier_year":
        return _("L’exercice d’avant est encore ouvert : clôturez-le d’abord.")
    if one.kind == "open_weeks":
        return ngettext(
            "%(n)d semaine de l’exercice n’est pas close : clôturez-la d’abord.",
            "%(n)d semaines de l’exercice ne sont pas closes : clôturez-les d’abord.",
            one.count,
        ) % {"n": one.count}
    return _("%(amount)s attendent au compte 471 : dites à quoi se rapporte cet argent.") % {"amount": euros(one.count)}


DRAFTS: dict[str, str | Promise] = {
    "deferred": gettext_lazy("La part des financements qui était réservée à cet exercice devient une recette."),
    "owed": gettext_lazy(
        "L’argent qui ne peut pas attendre l’exercice suivant, ou qui a été rendu, n’est pas une recette : il est dû au financeur."
    ),
    "earmarked": gettext_lazy(
        "L’argent dédié et pas encore dépensé est mis de côté ; celui des années passées, dépensé cette année, est repris."
    ),
    "nobody_pays": gettext_lazy("Les paniers que personne ne paie restent à la charge de l’association."),
}


def draft(one: Draft) -> str:
    """What an entry of the year's end does."""
    return str(DRAFTS[one.kind])


def day_refused(refused: DayRefused) -> str:
    """Why the books take no such day, and which they take. They may be those of another association than the reader's."""
    about = {"who": refused.who, "first": said(refused.since, "plain"), "last": said(refused.until, "plain")}
    if refused.why == years.BEFORE:
        return _(
            "Ce jour est avant le premier exercice de l’association : les comptes de « %(who)s » commencent le %(first)s. Choisissez un jour à partir de là. Pour écrire plus tôt, ouvrez d’abord l’exercice d’avant, à la page de l’association."
        ) % about  # fmt: skip
    if refused.why == years.HOLE:
        return (
            _("Aucun exercice de « %(who)s » ne contient ce jour. Changez d’abord les dates de ses exercices.") % about
        )
    return (
        _("Ce jour est trop loin : les comptes de « %(who)s » s’écrivent du %(first)s au %(last)s. Relisez l’année.")
        % about
    )


def refusal(error: LedgerRefused) -> str:
    """Why the books refuse, and what to do."""
    match error:
        case ledger.Unbalanced():
            side = _("débit") if error.cents > 0 else _("crédit")
            return _("L’écriture n’est pas équilibrée : il y a %(amount)s de trop au %(side)s.") % {
                "amount": euros(abs(error.cents)),
                "side": side,
            }
        case ledger.TooFewLines():
            return _("Il faut au moins deux lignes, avec un compte et un montant.")
        case ledger.UnknownAccount():
            return _("Le compte %(account)s n’est pas dans le plan comptable. Choisissez-en un dans la liste.") % {
                "account": error.account
            }
        case ledger.ReservedAccount():
            return _(
                "Le compte 467 s’écrit des deux côtés à la fois. Le réseau y écrit les virements entre associations."
            )
        case ledger.NoOpenYear():
            return _("Ce jour est dans un exercice clos. Choisissez un jour à partir du %(day)s.") % {
                "day": said(error.since, "plain")
            }
        case ledger.DayOutOfYears():
            return day_refused(error.refused)
        case ledger.EighthApart():
            side = _("débit") if error.cents > 0 else _("crédit")
            return _(
                "Les comptes de la classe 8 s’équilibrent entre eux, par exemple 864 au débit et 875 au crédit. Ici, il y a %(amount)s de trop au %(side)s."
            ) % {"amount": euros(abs(error.cents)), "side": side}
        case ledger.YearStays():
            return _("Cet exercice reste : seul le premier ou le dernier s’enlève, tant que rien n’y est écrit.")
        case ledger.NoYearBefore():
            return _("Aucun exercice ne s’ouvre avant le premier : il est clos, ou rien n’y est encore écrit.")
        case ledger.AlreadyWritten():
            return _("Cette écriture est déjà faite : c’est le numéro %(number)s.") % {"number": error.entry.shown}
        case ledger.NotByHand():
            return _("Cette écriture vient d’un geste fait ailleurs : c’est ce geste qu’il faut annuler.")
        case ledger.AlreadyReversed():
            return _("Cette écriture est déjà annulée.")
        case ledger.SameEntity():
            return _("Choisissez deux associations différentes, et un montant.")
        case ledger.HasEntries():
            return _(
                "Les comptes de l’association de ce jardin ont commencé : on ne peut plus les fondre dans une autre."
            )
        case ledger.YearRefused():
            return _(
                "Ces dates ne conviennent pas : un exercice dure d’un mois à deux ans, contient toutes ses écritures, et suit celui d’avant."
            )
        case ledger.YearClosedAlready():
            return _("Cet exercice est clos. Une correction s’écrit dans l’exercice ouvert.")
        case ledger.YearChanged():
            return _("Les comptes ont changé depuis que cette page est affichée. Relisez, puis confirmez.")
        case ledger.YearNotReady():
            return " ".join(map(blocker, error.blockers))
    return _("Les comptes refusent cette écriture.")


WRONG: dict[str, str | Promise] = {
    "file_name": gettext_lazy("le nom du fichier n’est pas SIREN, FEC et la date de clôture"),
    "siren": gettext_lazy("le SIREN n’a pas la bonne clé"),
    "year_end": gettext_lazy("la date du nom n’est pas celle de la clôture"),
    "gap": gettext_lazy("il manque un numéro d’écriture"),
    "unbalanced": gettext_lazy("une écriture n’est pas équilibrée"),
    "outside_the_year": gettext_lazy("une date est hors de l’exercice"),
    "account": gettext_lazy("un numéro de compte ne commence pas par trois chiffres"),
    "missing": gettext_lazy("une case obligatoire est vide"),
    "empty": gettext_lazy("l’exercice n’a aucune écriture"),
}


def wrong(one: Wrong) -> str:
    """Something that the tax office's checker would not take."""
    return _("Ligne %(line)d : %(what)s (%(found)s).") % {
        "line": one.line,
        "what": WRONG.get(one.rule, one.rule),
        "found": one.found,
    }

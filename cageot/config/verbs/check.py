"""`cageot check`: is everything as it should be? Reports, and never repairs."""

from __future__ import annotations

import argparse
from itertools import chain

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.baskets import audit as baskets
from cageot.baskets.models import Basket, WeekClose
from cageot.config import guards
from cageot.config.verbs._help import Verbs, add_format, print_json, verb
from cageot.core.templatetags.cageot import number
from cageot.funding import audit as funding
from cageot.funding.models import Entry


def add(verbs: Verbs) -> None:
    parser = verb(
        verbs, "check", run=run,
        help=_("Vérifier les comptes et les semaines closes, sans rien changer."),
        example=_("Exemple : cageot check --format json"),
    )  # fmt: skip
    add_format(parser, _("text pour lire, json pour une machine"))


def sentences() -> dict[str, str]:
    """Each thing that may be found, in a sentence."""
    return {
        "unbalanced_entry": _("L’écriture %(about)s n’est pas équilibrée."),
        "shares_differ_from_price": _("Les parts de la charge %(about)s ne font pas son prix."),
        "member_part_differs": _("La part de l’adhérent de la charge %(about)s diffère de ce qui est écrit."),
        "quota_differs_from_shares": _("Le quota du payeur %(about)s ne correspond pas à ce qu’il a payé."),
        "chain_broken": _("La chaîne des sceaux est rompue à l’écriture %(about)s."),
        "entry_altered": _("L’écriture %(about)s n’est plus celle qui a été scellée."),
        "chain_cut": _("La fin de la chaîne des sceaux manque."),
        "book_entry_unbalanced": _("L’écriture comptable %(about)s n’est pas équilibrée."),
        "book_numbers_have_gaps": _("Les numéros d’écriture de l’exercice %(about)s ont un trou."),
        "book_sides_differ": _(
            "L’association %(about)s et une autre du réseau n’ont pas les mêmes comptes entre elles."
        ),
        "claim_number_missing": _("Un numéro de demande manque : voyez la demande %(about)s et celles de son année."),
        "claim_differs_from_its_lines": _("Les lignes de la demande %(about)s ne font pas son total."),
        "claimed_twice": _("La ligne %(about)s demande plus que ce qui est dû : la même somme est réclamée deux fois."),
        "claim_paid_differs": _("Ce qui est noté payé de la demande %(about)s ne correspond pas aux paiements."),
        "claim_credited_differs": _(
            "Ce que les avoirs reprennent de la demande %(about)s ne correspond pas à ce qui est noté."
        ),
        "payment_spent_twice": _("Le paiement %(about)s est réparti au-delà de son montant."),
        "tranche_claimed_differs": _(
            "Ce qui est noté réclamé de la tranche %(about)s ne correspond pas à ses demandes."
        ),
        "tranche_received_differs": _("Ce qui est noté reçu de la tranche %(about)s ne correspond pas aux paiements."),
        "tranche_differs_from_settlements": _(
            "Ce qui est noté utilisé de la tranche %(about)s ne correspond pas à ce qu’elle a payé."
        ),
        "paid_past_its_need": _("Règlement %(about)s : un groupe de paniers reçoit plus que ce qui lui manque."),
        "settlement_not_proved": _("Règlement %(about)s : la preuve que rien ne couvrait plus ne tient pas."),
        "settlement_bound_differs": _(
            "Règlement %(about)s : la somme que rien ne pouvait dépasser n’est pas celle qui est gardée."
        ),
        "settlement_asked_something_else": _(
            "Règlement %(about)s : les semaines ou les financements ne sont plus ceux qu’il a lus."
        ),
        "week_not_in_the_books": _("Les comptes ne disent pas la même chose que l’écriture scellée %(about)s."),
        "basket_not_settled_once": _("Le panier %(about)s d’une semaine close n’est pas payé exactement une fois."),
        "settled_basket_not_closed": _("Le panier %(about)s est payé sans que sa semaine soit close."),
        "close_figures_differ": _("Les chiffres de la clôture %(about)s diffèrent de ses parts."),
        "member_above_the_cap": _("L’adhérent paie plus que le plafond sur la charge %(about)s."),
        "trigger_missing": _("La garde « %(about)s » manque dans la base."),
    }


def run(options: argparse.Namespace) -> int:
    lost = [funding.Finding("trigger_missing", name) for name in guards.missing()]
    found = list(chain(lost, funding.audit(), baskets.audit()))
    if options.format == "json":
        counts = {
            "entries": Entry.objects.count(),
            "closes": WeekClose.objects.count(),
            "baskets": Basket.objects.count(),
        }
        print_json(
            {"clean": not found, **counts, "findings": [{"what": one.what, "about": one.about} for one in found]}
        )
        return 1 if found else 0
    told = sentences()
    for one in found:
        print(told.get(one.what, f"{one.what} : %(about)s") % {"about": one.about})
    if found:
        print(ngettext("%(count)d anomalie.", "%(count)d anomalies.", len(found)) % {"count": len(found)})
        return 1
    print(_("Tout est juste : %(entries)s écritures équilibrées et scellées, %(closes)s semaines closes.")
          % {"entries": number(Entry.objects.count()), "closes": number(WeekClose.objects.count())})  # fmt: skip
    return 0

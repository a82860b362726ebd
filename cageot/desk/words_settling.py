"""What the split of funds says on screen: why a fund does not pay, why nothing covers more."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros, share
from cageot.funding.actions.settling import AFTER, CLOSED, LAST, SINCE, Dated
from cageot.funding.models import Agreement
from cageot.funding.rules.allocating import Fund


def why_not(word: str, fund: Fund) -> str:
    """Why a fund does not pay (more of) a basket, as a sentence without its end."""
    match word:
        case "before":
            return _("il paie les paniers à partir du %(day)s") % {"day": _day(fund.from_day)}
        case "after":
            return _("il paie les paniers jusqu’au %(day)s") % {"day": _day(fund.until_day)}
        case "gardens":
            return _("il est réservé à d’autres jardins")
        case "communes":
            return _("il est réservé à un autre territoire")
        case "audiences":
            return _("il est réservé à d’autres publics : %(names)s") % {
                "names": ", ".join(sorted(fund.audiences or ()))
            }
        case "affiliations":
            return _("il est réservé aux foyers affiliés : %(names)s") % {
                "names": ", ".join(map(affiliation, sorted(fund.affiliations or ())))
            }
        case "cap":
            return _("il paie déjà son maximum par panier, %(cents)s") % {"cents": euros(fund.cap_cents)}
        case "share":
            return _("il paie déjà sa part maximale du prix, %(part)s") % {"part": share((fund.share_bp or 0) / 10_000)}
        case "match":
            return _("les partenaires locaux ne paient pas assez de ces paniers pour qu’il paie davantage")
        case "budget":
            return _("il n’a plus d’argent pour ces paniers")
    return _("son argent n’est pas nécessaire : le reste du prix est déjà trouvé")


def affiliation(code: str) -> str:
    return str(dict(Agreement.Affiliation.choices).get(code, code))


def dated(one: Dated) -> str:
    """On which day the books will tell a settlement, and why."""
    if one.why == LAST:
        return _("Les écritures seront datées du %(day)s, dernier jour de l’exercice de ces paniers.") % {
            "day": _day(one.day)
        }
    told = _("Les écritures seront datées d’aujourd’hui, le %(day)s.") % {"day": _day(one.day)}
    why = {
        CLOSED: _("L’exercice de ces paniers est clos."),
        SINCE: _("Une partie de l’argent a été notifiée après l’exercice de ces paniers."),
        AFTER: _("Une partie de ce qui est repris avait été réglée après l’exercice de ces paniers."),
    }.get(one.why)
    return f"{told} {why}" if why else told


def _day(day: date) -> str:
    return said(day, "plain")


def proof(budgets: int, limits: int, needs: int, kept: int = 0) -> str:
    """Why no split covers more, in plain words."""
    parts = []
    if budgets:
        parts.append(_("les financements épuisés donnent tout ce qu’ils ont, %(cents)s") % {"cents": euros(budgets)})
    if limits:
        parts.append(
            _("les autres paient de certains paniers tout ce que leurs conditions permettent, %(cents)s")
            % {"cents": euros(limits)}
        )
    if needs:
        parts.append(
            _("les autres paniers qu’ils peuvent atteindre sont entièrement payés, %(cents)s") % {"cents": euros(needs)}
        )
    if kept:
        parts.append(_("ce qui a été facturé ne bouge plus, %(cents)s") % {"cents": euros(kept)})
    if not parts:
        return _("Aucun financement ne peut payer ces paniers.")
    total = euros(budgets + limits + needs + kept)
    said_of_it = " ; ".join(parts)
    return _("Aucun partage ne couvre plus de %(total)s : %(parts)s.") % {"total": total, "parts": said_of_it}

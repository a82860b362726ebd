"""Every kind of message there is. One that is not here cannot be written: add its line, then write it.

`necessary`: one cannot do without it (a code, a place that changes), so it is sent even to who refused the others.
A kind that is not necessary says in its mail how to refuse it. `told_to`: "member", or "other" (a referrer, somebody
who asks for a basket). Nothing in a subject line or in an SMS tells a reduced price, a referral or a partner: the
test `tests/architecture/test_every_message.py` reads one of each kind.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    """`at_once`: somebody waits for it, quiet hours or not. `secret`: its words are forgotten once it has left."""

    label: str | Promise
    category: str  # "account", "basket", "people", "money"
    necessary: bool = True
    told_to: str = "member"
    at_once: bool = False
    secret: bool = False


CATEGORIES: dict[str, str | Promise] = {
    "account": _("Votre espace"),
    "basket": _("Votre panier"),
    "people": _("L’accueil"),
    "money": _("L’argent du jardin"),
    "workshops": _("Les ateliers"),
    "network": _("La vie du réseau"),
    "exchange": _("L’entraide entre jardins"),
}

KINDS: dict[str, Kind] = {
    # Ways in, and what the member's own account says.
    "member_code": Kind(_("un code pour entrer"), "account", at_once=True, secret=True),
    "data_answered": Kind(_("une réponse à une demande sur vos données"), "account"),
    # The basket.
    "depot_closed": Kind(_("votre dépôt ferme un moment"), "basket"),
    "depot_reminder": Kind(_("un rappel avant que votre dépôt ferme"), "basket", necessary=False),
    "swap_dropped": Kind(_("un échange de légume ne se fait pas"), "basket"),
    # Signing up, and being welcomed.
    "signup_received": Kind(_("votre demande de panier est reçue"), "people", told_to="other"),
    "place_offered": Kind(_("une place est libre"), "people", told_to="other"),
    "welcome": Kind(_("bienvenue au jardin"), "people"),
    # Referrals: the garden, who refers, the person.
    "referral_garden": Kind(_("une orientation attend le jardin"), "people", told_to="other"),
    "referral_referrer": Kind(_("la suite de ce que vous avez envoyé"), "people", told_to="other"),
    "referral_person": Kind(_("la suite de votre demande"), "people", told_to="other"),
    # Supports that end: the garden, who follows the household. Their links are good for one answer.
    "ends_to_come": Kind(_("des échéances approchent"), "people", told_to="other"),
    "end_is_near": Kind(_("une échéance approche"), "people", told_to="other", secret=True),
    # Grants of the network to gardens: who keeps a garden's money, the network head.
    "grant_garden": Kind(_("une nouvelle du réseau pour le jardin"), "money", told_to="other"),
    "grant_network": Kind(_("un jardin a répondu au réseau"), "money", told_to="other"),
    # Workshops: who comes or waits, a household or somebody from outside.
    "session_moved": Kind(_("un atelier change de jour, d’heure ou de lieu"), "workshops"),
    "session_cancelled": Kind(_("un atelier est annulé"), "workshops"),
    "session_place": Kind(_("une place est libre à un atelier"), "workshops"),
    "session_reminder": Kind(_("un rappel deux jours avant un atelier"), "workshops", necessary=False),
    # Somebody from outside who enrols by the public page: with their own way back, forgotten once it has left.
    "session_enrolled": Kind(_("votre inscription à un atelier"), "workshops", told_to="other", secret=True),
    # Between gardens: what is new, and what the network took away.
    "guide_digest": Kind(_("ce qui est nouveau entre les jardins"), "exchange", necessary=False, told_to="other"),
    "guide_hidden": Kind(_("un de vos textes n’est plus visible"), "exchange", told_to="other"),
    # A meeting of the network: who comes, or waits. The link of the first one opens their own registration.
    "event_registered": Kind(_("votre inscription à une rencontre"), "network", told_to="other", secret=True),
    "event_place": Kind(_("une place est libre à une rencontre"), "network", told_to="other", secret=True),
    "event_moved": Kind(_("une rencontre change de date ou de lieu"), "network", told_to="other", secret=True),
    "event_cancelled": Kind(_("une rencontre est annulée"), "network", told_to="other"),
    # A garden's committee: those who sit.
    "committee_convened": Kind(_("vous êtes invité à un comité de pilotage"), "network", told_to="other"),
    "committee_moved": Kind(_("un comité de pilotage change de jour ou de lieu"), "network", told_to="other"),
    "committee_cancelled": Kind(_("un comité de pilotage est annulé"), "network", told_to="other"),
    "renewal_asked": Kind(_("une réponse vous est demandée"), "people", told_to="other", secret=True),
}


class UnknownKind(LookupError):
    """No such kind of message: give it its line in `cageot/network/kinds.py`."""


def kind(slug: str) -> Kind:
    """The kind of that name. Error: UnknownKind."""
    try:
        return KINDS[slug]
    except KeyError:
        raise UnknownKind(slug) from None

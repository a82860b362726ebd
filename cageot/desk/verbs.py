"""What each line of the log says on screen of what was done to a household."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

VERBS = {
    "members.welcomed": gettext_lazy("Foyer accueilli"),
    "baskets.sign_up_welcomed": gettext_lazy("Inscription accueillie"),
    "members.amended": gettext_lazy("Coordonnées ou composition modifiées"),
    "members.person_added": gettext_lazy("Personne ajoutée au foyer"),
    "members.person_amended": gettext_lazy("Coordonnées d’une personne modifiées"),
    "members.person_removed": gettext_lazy("Personne retirée du foyer"),
    "members.contact_changed": gettext_lazy("Personne à qui s’adresser changée"),
    "members.card_made": gettext_lazy("Carte d’entrée faite"),
    "members.card_used": gettext_lazy("Entrée avec la carte"),
    "members.card_revoked": gettext_lazy("Carte d’entrée arrêtée"),
    "members.acting_agreed": gettext_lazy("Accord pour agir noté"),
    "members.acting_ended": gettext_lazy("Accord pour agir terminé"),
    "members.acted": gettext_lazy("Fait dans son espace, pour ce foyer"),
    "members.left": gettext_lazy("Départ noté"),
    "members.came_back": gettext_lazy("Retour noté"),
    "members.data_asked": gettext_lazy("Correction ou effacement demandé"),
    "members.data_answered": gettext_lazy("Réponse à une demande sur ses données"),
    "members.consent_given": gettext_lazy("Accord donné"),
    "members.consent_withdrawn": gettext_lazy("Accord repris"),
    "members.joined": gettext_lazy("Adhésion prise"),
    "members.membership_paid": gettext_lazy("Cotisation reçue"),
    "members.membership_amended": gettext_lazy("Adhésion corrigée"),
    "members.membership_withdrawn": gettext_lazy("Adhésion retirée"),
    "members.support_corrected": gettext_lazy("Prise en charge corrigée"),
    "members.support_withdrawn": gettext_lazy("Prise en charge retirée"),
    "members.supported": gettext_lazy("Prise en charge ouverte"),
    "members.support_renewed": gettext_lazy("Prise en charge renouvelée"),
    "members.support_ended": gettext_lazy("Prise en charge terminée"),
    "members.renewal_asked": gettext_lazy("Renouvellement demandé"),
    "members.renewal_granted": gettext_lazy("Renouvellement accordé"),
    "members.renewal_refused": gettext_lazy("Renouvellement non accordé"),
    "members.onward": gettext_lazy("Suite de la prise en charge notée"),
    "members.stepped_down": gettext_lazy("Paliers vers le prix ordinaire écrits"),
    "members.steps_taken_back": gettext_lazy("Paliers retirés"),
    "baskets.subscribed": gettext_lazy("Abonnement ouvert"),
    "baskets.subscription_changed": gettext_lazy("Abonnement changé"),
    "baskets.subscription_stopped": gettext_lazy("Abonnement arrêté"),
    "baskets.subscription_ready": gettext_lazy("Ce qu’attendait l’abonnement est reçu"),
    "baskets.subscription_renewed": gettext_lazy("Abonnement continué"),
    "baskets.subscription_withdrawn": gettext_lazy("Abonnement retiré avant son début"),
    "baskets.basket_changed": gettext_lazy("Un panier changé pour une fois"),
    "baskets.basket_cancelled": gettext_lazy("Un panier annulé"),
    "baskets.basket_restored": gettext_lazy("Un panier rétabli"),
    "baskets.undone": gettext_lazy("Ce qui venait d’être fait annulé"),
    "baskets.basket_unchanged": gettext_lazy("Un panier remis comme l’abonnement"),
    "baskets.basket_postponed": gettext_lazy("Un panier reporté"),
    "baskets.basket_given": gettext_lazy("Un panier donné"),
    "baskets.basket_taken_back": gettext_lazy("Un panier repris"),
    "baskets.basket_added": gettext_lazy("Un panier en plus"),
    "baskets.basket_taken_away": gettext_lazy("Un panier en plus retiré"),
    "baskets.vegetable_swapped": gettext_lazy("Un légume échangé"),
    "baskets.swap_undone": gettext_lazy("Un échange de légume annulé"),
    "baskets.home_stop_opened": gettext_lazy("Livraison à domicile"),
}
_FIELDS = {"size": gettext_lazy("taille"), "depot": gettext_lazy("dépôt")}


def words(verb: str, detail: Mapping[str, object]) -> str:
    """A line of the log in words; a verb that has none yet is shown as it is."""
    if verb == "baskets.basket_changed":
        fields = [str(_FIELDS[name]) for name in ("size", "depot") if name in (detail.get("fields") or ())]  # type: ignore[operator]
        return _("Un panier changé pour une fois : %(fields)s") % {"fields": _(" et ").join(fields)}
    return str(VERBS.get(verb, verb))

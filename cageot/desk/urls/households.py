"""Households: finding one, who they are, what they collect, who pays for it. Row numbers only, never a name."""

from django.urls import path

from cageot.desk.views import households, households_people, subscriptions, supports

FOYERS = "jardins/<slug:garden>/foyers/"
FOYER = f"{FOYERS}<int:pk>/"

urlpatterns = [
    path(FOYERS, households.index, name="households"),
    path(f"{FOYERS}ajouter/", households.new, name="household_new"),
    path(FOYER, households.show, name="household"),
    path(f"{FOYER}modifier/", households.edit, name="household_edit"),
    path(f"{FOYER}personnes/ajouter/", households_people.add, name="household_person_new"),
    path(f"{FOYER}personnes/<int:member>/", households_people.edit, name="household_person"),
    path(f"{FOYER}personnes/<int:member>/contact/", households_people.speak_to, name="household_contact"),
    path(f"{FOYER}personnes/<int:member>/retirer/", households_people.remove, name="household_person_remove"),
    path(f"{FOYER}depart/", households.leave, name="household_leave"),
    path(f"{FOYER}retour/", households.come_back, name="household_come_back"),
    path(f"{FOYER}abonnement/", subscriptions.subscribe, name="household_subscription"),
    path(f"{FOYER}abonnement/apercu/", subscriptions.preview, name="household_subscription_preview"),
    path(f"{FOYER}abonnement/<int:subscription>/recu/", subscriptions.received, name="household_received"),
    path(f"{FOYER}abonnement/<int:subscription>/continuer/", subscriptions.go_on, name="household_go_on"),
    path(f"{FOYER}abonnement/arreter/", subscriptions.stop, name="household_stop"),
    path(f"{FOYER}paniers/<int:basket>/", subscriptions.change_basket, name="household_basket"),
    path(f"{FOYER}adhesion/", supports.join, name="household_membership"),
    path(f"{FOYER}adhesion/<int:membership>/", supports.amend_membership, name="household_membership_edit"),
    path(f"{FOYER}adhesion/<int:membership>/payee/", supports.paid, name="household_paid"),
    path(f"{FOYER}prise-en-charge/", supports.support, name="household_support"),
    path(f"{FOYER}prise-en-charge/apercu/", supports.preview, name="household_support_preview"),
    path(f"{FOYER}prise-en-charge/<int:support>/", supports.correct, name="household_support_edit"),
    path(f"{FOYER}prise-en-charge/<int:support>/renouveler/", supports.renew, name="household_renew"),
    path(f"{FOYER}prise-en-charge/<int:support>/fin/", supports.end, name="household_support_end"),
]

"""Households: finding one, who they are, what they collect, who pays for it. Row numbers only, never a name."""

from django.urls import path

from cageot.desk.views import households, subscriptions, supports

FOYERS = "jardins/<slug:garden>/foyers/"
FOYER = f"{FOYERS}<int:pk>/"

urlpatterns = [
    path(FOYERS, households.index, name="households"),
    path(f"{FOYERS}ajouter/", households.new, name="household_new"),
    path(FOYER, households.show, name="household"),
    path(f"{FOYER}modifier/", households.edit, name="household_edit"),
    path(f"{FOYER}depart/", households.leave, name="household_leave"),
    path(f"{FOYER}retour/", households.come_back, name="household_come_back"),
    path(f"{FOYER}abonnement/", subscriptions.subscribe, name="household_subscription"),
    path(f"{FOYER}abonnement/arreter/", subscriptions.stop, name="household_stop"),
    path(f"{FOYER}paniers/<int:basket>/", subscriptions.change_basket, name="household_basket"),
    path(f"{FOYER}adhesion/", supports.join, name="household_membership"),
    path(f"{FOYER}adhesion/<int:membership>/payee/", supports.paid, name="household_paid"),
    path(f"{FOYER}prise-en-charge/", supports.support, name="household_support"),
    path(f"{FOYER}prise-en-charge/apercu/", supports.preview, name="household_support_preview"),
    path(f"{FOYER}prise-en-charge/<int:support>/renouveler/", supports.renew, name="household_renew"),
    path(f"{FOYER}prise-en-charge/<int:support>/fin/", supports.end, name="household_support_end"),
]

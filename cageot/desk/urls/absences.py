"""Absences, what is taken back, extras, the common pot, and each product's policy."""

from django.urls import path

from cageot.desk.views import absences

FOYER = "jardins/<slug:garden>/foyers/<int:pk>/"
PANIER = f"{FOYER}paniers/<int:basket>/"

urlpatterns = [
    path(f"{PANIER}absence/", absences.absent, name="absence"),
    path(f"{PANIER}retablir/", absences.undo, name="absence_undo"),
    path(f"{PANIER}reprendre/", absences.take_back, name="absence_take_back"),
    path(f"{PANIER}retirer/", absences.drop_extra, name="extra_drop"),
    path(f"{FOYER}en-plus/", absences.extra, name="extra"),
    path("jardins/<slug:garden>/pot-commun/", absences.pot, name="pot"),
    path("jardins/<slug:garden>/pot-commun/<int:basket>/", absences.from_pot, name="pot_give"),
    path("jardins/<slug:garden>/reglages/absences/<int:product>/", absences.policy, name="absence_policy"),
]

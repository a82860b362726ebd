"""Rounds and depots, for the garden; the map of depots, for anybody."""

from django.urls import path

from cageot.desk.views import depots

REGLAGES = "jardins/<slug:garden>/reglages/"

urlpatterns = [
    path(f"{REGLAGES}tournees/", depots.rounds, name="rounds"),
    path(f"{REGLAGES}tournees/ajouter/", depots.new_round, name="round_new"),
    path(f"{REGLAGES}tournees/ordre/", depots.order, name="depots_order"),
    path(f"{REGLAGES}tournees/<int:pk>/", depots.one_round, name="round"),
    path(f"{REGLAGES}tournees/<int:pk>/retirer/", depots.close_round, name="round_close"),
    path(f"{REGLAGES}depots.csv", depots.export, name="depots_export"),
    path(f"{REGLAGES}depots/ajouter/", depots.new_depot, name="depot_new"),
    path(f"{REGLAGES}depots/<int:pk>/", depots.depot, name="depot"),
    path(f"{REGLAGES}depots/<int:pk>/fermer/", depots.close_depot, name="depot_close"),
    path(f"{REGLAGES}depots/<int:pk>/fermer-un-moment/", depots.pause, name="depot_pause"),
    path(f"{REGLAGES}depots/<int:pk>/rouvrir/", depots.reopen, name="depot_reopen"),
    path(f"{REGLAGES}depots/<int:pk>/photo/", depots.photo, name="depot_photo"),
    path("jardins/<slug:garden>/foyers/<int:pk>/a-domicile/", depots.new_home_stop, name="home_stop_new"),
    path(f"{REGLAGES}fermetures/<int:pk>/rouvrir/", depots.end_pause, name="depot_pause_end"),
    path("jardins/<slug:garden>/depots/", depots.public, name="depots_public"),
    path("jardins/<slug:garden>/depots/<int:depot>/photo/", depots.show_photo, name="depot_picture"),
]

"""The hand-over: the desk's pages, and those that a volunteer opens with a code. No address holds a code or a name."""

from django.urls import path

from cageot.desk.views import handover

REMISE = "jardins/<slug:garden>/remise/"
WEEK = "jardins/<slug:garden>/semaines/<week:week>/remise/"

urlpatterns = [
    path(REMISE, handover.links, name="handover_links"),
    path(f"{REMISE}ajouter/", handover.new_link, name="handover_link_new"),
    path(f"{REMISE}paniers-non-retires/", handover.rest_ways, name="handover_ways"),
    path(f"{REMISE}<int:pk>/arreter/", handover.stop_link, name="handover_link_stop"),
    path(WEEK, handover.week, name="handover_week"),
    path(f"{WEEK}<int:delivery>/<int:depot>/", handover.paper, name="handover_paper"),
    path("depot/", handover.enter, name="handover_enter"),
    path("depot/sw.js", handover.worker, name="handover_worker"),
    path("depot/<int:link>/", handover.sheet, name="handover_sheet"),
    path("depot/<int:link>/manifeste.json", handover.manifest, name="handover_manifest"),
    path("depot/<int:link>/reste/", handover.rest, name="handover_rest"),
    path("depot/<int:link>/envoi/", handover.sync, name="handover_sync"),
]

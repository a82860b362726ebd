"""What is in the baskets: composing, the harvest, packing, publishing, the weekly slip, the garden's vegetables."""

from django.urls import path

from cageot.desk.views import content, produce, slip, swaps

WEEK = "jardins/<slug:garden>/semaines/<week:week>/"
LEGUMES = "jardins/<slug:garden>/legumes/"

urlpatterns = [
    path(f"{WEEK}composer/", content.compose, name="content"),
    path(f"{WEEK}composer/valeur/", content.live, name="content_live"),
    path(f"{WEEK}composer/copier/", content.copy, name="content_copy"),
    path(f"{WEEK}composer/publier/", content.publish, name="content_publish"),
    path(f"{WEEK}composer/recolte/<int:produce>/", content.harvest, name="content_harvest"),
    path(f"{WEEK}composer/emballe/", content.packed, name="content_packed"),
    path(f"{WEEK}composer/echanges/", swaps.swaps, name="content_swaps"),
    path(f"{WEEK}feuille-de-chou/", slip.edit, name="content_slip"),
    path(f"{WEEK}feuille-de-chou/a4.pdf", slip.pdf, {"paper": "a4"}, name="content_slip_a4"),
    path(f"{WEEK}feuille-de-chou/a5.pdf", slip.pdf, {"paper": "a5"}, name="content_slip_a5"),
    path(f"{WEEK}feuille-de-chou/apercu.png", slip.picture, name="content_slip_picture"),
    path(LEGUMES, produce.show, name="produce"),
    path(f"{LEGUMES}ajouter/", produce.new, name="produce_new"),
    path(f"{LEGUMES}<int:produce>/", produce.edit, name="produce_edit"),
    path("jardins/<slug:garden>/reglages/contenu/", content.shown, name="settings_content"),
    path("contenu/<slug:garden>/", content.latest, name="content_latest"),
    path("contenu/<slug:garden>/<week:week>/", content.public, name="content_public"),
]

"""The garden's settings: who it is, sizes and prices, depots, the deliveries of the year."""

from django.urls import path

from cageot.desk.views import settings

REGLAGES = "jardins/<slug:garden>/reglages/"

urlpatterns = [
    path(REGLAGES, settings.show, name="settings"),
    path(f"{REGLAGES}jardin/", settings.edit_garden, name="settings_garden"),
    path(f"{REGLAGES}communes/", settings.communes, name="settings_communes"),
    path(f"{REGLAGES}tailles/ajouter/", settings.new_size, name="settings_size_new"),
    path(f"{REGLAGES}tailles/<int:pk>/", settings.size, name="settings_size"),
    path(f"{REGLAGES}livraisons/<int:year>/", settings.deliveries, name="settings_deliveries"),
]

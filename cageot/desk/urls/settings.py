"""The garden's settings: who it is, sizes and prices, depots, the deliveries of the year."""

from django.urls import include, path

from cageot.desk.views import settings

REGLAGES = "jardins/<slug:garden>/reglages/"

urlpatterns = [
    path(REGLAGES, settings.show, name="settings"),
    path(f"{REGLAGES}jardin/", settings.edit_garden, name="settings_garden"),
    path(f"{REGLAGES}communes/", settings.communes, name="settings_communes"),
    path(f"{REGLAGES}tailles/ajouter/", settings.new_size, name="settings_size_new"),
    path(f"{REGLAGES}tailles/<int:pk>/", settings.size, name="settings_size"),
    path(
        f"{REGLAGES}tailles/<int:pk>/prix/<int:price>/retirer/", settings.withdraw_price, name="settings_price_withdraw"
    ),
    path(f"{REGLAGES}livraisons/<int:year>/", settings.deliveries, name="settings_deliveries"),
    path(f"{REGLAGES}logo/", settings.logo, name="settings_logo"),
    path("jardins/<slug:garden>/logo/", settings.show_logo, name="garden_logo"),
    path("", include("cageot.desk.urls.settings_network")),
]

"""What lies ahead: gardens to watch, forecasts, "Et si ?"."""

from django.urls import path

from cageot.desk.views import ahead

WATCH = "argent/a-surveiller/"
GARDEN = "jardins/<slug:garden>/argent/"

urlpatterns = [
    path(WATCH, ahead.watch, name="watch"),
    path(f"{WATCH}seuils/", ahead.thresholds, name="watch_rule"),
    path(f"{WATCH}calculer/", ahead.again, name="watch_again"),
    path(f"{WATCH}jardins/<slug:garden>/", ahead.watch_garden, name="watch_garden"),
    path("argent/et-si/", ahead.suppose, name="what_if"),
    path("argent/et-si/garder/", ahead.keep, name="what_if_keep"),
    path("argent/et-si/<int:pk>/retirer/", ahead.drop, name="what_if_drop"),
    path(f"{GARDEN}previsions/", ahead.garden_forecast, name="forecast"),
    path(f"{GARDEN}et-si/", ahead.suppose_garden, name="garden_what_if"),
    path(f"{GARDEN}et-si/garder/", ahead.keep_garden, name="garden_what_if_keep"),
    path(f"{GARDEN}et-si/<int:pk>/retirer/", ahead.drop_garden, name="garden_what_if_drop"),
]

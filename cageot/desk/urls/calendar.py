"""Bank holidays and rounds that shift."""

from django.urls import path

from cageot.desk.views import calendar

FERIES = "jardins/<slug:garden>/reglages/feries/"

urlpatterns = [
    path(f"{FERIES}<int:year>/", calendar.holidays, name="holidays"),
    path(f"{FERIES}<int:year>/zone/", calendar.zone, name="holidays_zone"),
    path(f"{FERIES}decaler/", calendar.shift, name="holidays_shift"),
]

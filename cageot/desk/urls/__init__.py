"""Addresses of the staff's desk, a file per task. They carry codes and row numbers, never a name."""

from django.urls import include, path, register_converter

from cageot.core.converters import WeekConverter
from cageot.desk.views import home

register_converter(WeekConverter, "week")

app_name = "desk"
urlpatterns = [
    path("", home.show, name="home"),
    path("", include("cageot.desk.urls.week")),
    path("", include("cageot.desk.urls.content")),
    path("", include("cageot.desk.urls.households")),
    path("", include("cageot.desk.urls.agreements")),
    path("", include("cageot.desk.urls.money_claims")),
    path("", include("cageot.desk.urls.programme")),
    path("", include("cageot.desk.urls.importing")),
    path("", include("cageot.desk.urls.settings")),
    path("", include("cageot.desk.urls.calendar")),
    path("", include("cageot.desk.urls.absences")),
    path("", include("cageot.desk.urls.depots")),
    path("", include("cageot.desk.urls.products")),
    path("", include("cageot.desk.urls.messages")),
    path("", include("cageot.desk.urls.cards")),
    path("", include("cageot.desk.urls.papers")),
    path("", include("cageot.desk.urls.handover")),
    path("", include("cageot.desk.urls.signups")),
    path("", include("cageot.desk.urls.welcome")),
    path("", include("cageot.desk.urls.referrals")),
    path("", include("cageot.desk.urls.after")),
    path("", include("cageot.desk.urls.privacy")),
    path("", include("cageot.desk.urls.workshops")),
    path("", include("cageot.desk.urls.recipes")),
    path("", include("cageot.desk.urls.steering")),
    path("", include("cageot.desk.urls.events")),
    path("", include("cageot.desk.urls.workshops_public")),
    path("", include("cageot.desk.urls.money_grants")),
    path("", include("cageot.desk.urls.finding")),
    path("", include("cageot.desk.urls.guide_book")),
    path("", include("cageot.desk.urls.guide_practice")),
    path("", include("cageot.desk.urls.guide_offers")),
    path("", include("cageot.desk.urls.money_funds")),
    path("", include("cageot.desk.urls.money_ahead")),
    path("", include("cageot.desk.urls.money_split")),
    path("", include("cageot.desk.urls.money_books")),
]

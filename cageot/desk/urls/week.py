"""The garden's week: its page, its marking, its close."""

from django.urls import path

from cageot.desk.views import closing, undo, week

WEEK = "jardins/<slug:garden>/semaines/<week:week>/"

urlpatterns = [
    path(WEEK, week.show, name="week"),
    path(f"{WEEK}pointage/", week.marking, name="marking"),
    path(f"{WEEK}pointage/<int:delivery>/tous/", week.mark_rest, name="mark_rest"),
    path(f"{WEEK}annuler/<slug:act>/", undo.undo, name="undo"),
    path(f"{WEEK}cloture/", closing.close, name="closing"),
    path(f"{WEEK}rouvrir/", closing.reopen, name="reopening"),
    path("paniers/<int:pk>/qui-paie/", closing.who_pays, name="who_pays"),
]

"""The addresses of the member's space."""

from django.urls import path

from cageot.space.views import baskets, enter, home, mine

app_name = "space"
urlpatterns = [
    # Ways in.
    path("entrer/", enter.enter, name="enter"),
    path("entrer/code/", enter.enter_code, name="enter_code"),
    path("entrer/qui/", enter.enter_who, name="enter_who"),
    path("entrer/carte/", enter.enter_card, name="enter_card"),
    path("carte/<str:code>/", enter.enter_square, name="enter_square"),
    path("agir/<int:household>/", enter.act_for, name="act_for"),
    path("sortir/", enter.leave, name="leave"),
    # Pages.
    path("", home.home, name="my_basket"),
    path("paniers/", baskets.baskets, name="baskets"),
    path("paniers/<int:basket>/absence/", baskets.away, name="away"),
    path("paniers/<int:basket>/retour/", baskets.back, name="back"),
    path("paniers/<int:basket>/reprendre/", baskets.take_back, name="take_back"),
    path("paniers/<int:basket>/depot/", baskets.depot, name="my_depot"),
    path("participation/", mine.contribution, name="contribution"),
    path("messages/", mine.told, name="told"),
    path("compte/", mine.me, name="me"),
    path("compte/coordonnees/", mine.details, name="details"),
    path("compte/agenda/", mine.calendar, name="calendar"),
    path("compte/agenda/fermer/", mine.calendar_stop, name="calendar_stop"),
    path("agenda/<str:code>.ics", mine.feed, name="feed"),
]

"""The addresses of the member's space."""

from django.urls import path

from cageot.space.views import baskets, data, enter, home, mine, recipes, swaps, wanted, workshops

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
    path("messages/non/<str:token>/", wanted.refuse, name="refuse"),
    path("messages/choix/", wanted.wanted, name="wanted"),
    # Pages.
    path("", home.home, name="my_basket"),
    path("paniers/", baskets.baskets, name="baskets"),
    path("paniers/<int:basket>/absence/", baskets.away, name="away"),
    path("paniers/<int:basket>/retour/", baskets.back, name="back"),
    path("paniers/<int:basket>/reprendre/", baskets.take_back, name="take_back"),
    path("paniers/<int:basket>/depot/", baskets.depot, name="my_depot"),
    path("paniers/<int:basket>/echange/", swaps.swap, name="swap"),
    path("paniers/<int:basket>/echange/<int:produce>/annuler/", swaps.swap_back, name="swap_back"),
    path("ateliers/", workshops.index, name="my_workshops"),
    path("ateliers/<int:session>/", workshops.one, name="my_workshop"),
    path("ateliers/fichiers/<int:material>/", workshops.show_file, name="my_workshop_file"),
    path("ateliers/<int:session>/non/", workshops.leave, name="my_workshop_leave"),
    path("ateliers/<int:session>/avis/", workshops.opinion, name="my_opinion"),
    path("recettes/", recipes.index, name="my_recipes"),
    path("recettes/<slug:recipe>/", recipes.one, name="my_recipe"),
    path("participation/", mine.contribution, name="contribution"),
    path("messages/", mine.told, name="told"),
    path("compte/", mine.me, name="me"),
    path("compte/coordonnees/", mine.details, name="details"),
    path("compte/agenda/", mine.calendar, name="calendar"),
    path("compte/agenda/fermer/", mine.calendar_stop, name="calendar_stop"),
    path("donnees/", data.data, name="data"),
    path("donnees/demander/", data.ask, name="data_ask"),
    path("donnees/accord/", data.consent, name="data_consent"),
    path("agenda/<str:code>.ics", mine.feed, name="feed"),
]

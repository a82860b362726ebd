"""Ways in for members: cards, who acts for whom."""

from django.urls import path

from cageot.desk.views import cards

FOYER = "jardins/<slug:garden>/foyers/<int:pk>/acces/"

urlpatterns = [
    path("jardins/<slug:garden>/cartes/", cards.cards, name="cards"),
    path(FOYER, cards.ways, name="household_ways"),
    path(f"{FOYER}carte/", cards.card, name="household_card"),
    path(f"{FOYER}carte/arreter/", cards.revoke, name="household_card_stop"),
    path(f"{FOYER}adresse/", cards.mend, name="household_mend"),
    path(f"{FOYER}agir/ajouter/", cards.let_act, name="acting_new"),
    path(f"{FOYER}agir/<int:acting_row>/arreter/", cards.stop_acting, name="acting_stop"),
    path("agir/", cards.my_people, name="acting_mine"),
]

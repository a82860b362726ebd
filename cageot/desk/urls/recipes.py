"""Recipes, for everybody on the staff. A recipe's word is its own in the whole network, so that no garden stands in the address."""

from django.urls import path

from cageot.desk.views import recipes

RECETTES = "recettes/"

urlpatterns = [
    path(RECETTES, recipes.index, name="recipes"),
    path(f"{RECETTES}cartes.pdf", recipes.cards, name="recipes_cards"),
    path(f"{RECETTES}ecrire/", recipes.new, name="recipe_new"),
    path(f"{RECETTES}<slug:recipe>/", recipes.show, name="recipe"),
    path(f"{RECETTES}<slug:recipe>/modifier/", recipes.edit, name="recipe_edit"),
    path(f"{RECETTES}<slug:recipe>/retirer/", recipes.archive, name="recipe_archive"),
    path("jardins/<slug:garden>/ateliers/dates/<int:session>/recettes/", recipes.for_session, name="session_recipes"),
]

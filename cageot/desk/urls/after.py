"""What follows a support: the board of ends, renewal, steps, moves. Row numbers only; a referrer's link is its secret."""

from django.urls import path

from cageot.desk.views import after

ENDS = "jardins/<slug:garden>/fins/"
FOYER = "jardins/<slug:garden>/foyers/<int:pk>/"
SUPPORT = f"{FOYER}prise-en-charge/<int:support>/"

urlpatterns = [
    path(ENDS, after.board, name="ends"),
    path(f"{ENDS}demander/", after.ask_many, name="ends_ask"),
    path("reseau/fins/", after.network, name="all_ends"),
    path(f"{SUPPORT}suite/", after.show, name="household_after"),
    path(f"{SUPPORT}suite/demander/", after.ask, name="household_after_ask"),
    path(f"{SUPPORT}suite/choix/", after.choose, name="household_onward"),
    path(f"{SUPPORT}paliers/", after.steps, name="household_steps"),
    path(f"{SUPPORT}paliers/retirer/", after.steps_back, name="household_steps_back"),
    path(f"{FOYER}prix-choisi/", after.chosen, name="household_chosen"),
    path("jardins/<slug:garden>/prises-en-charge/deplacer/", after.move, name="supports_move"),
    path(
        "jardins/<slug:garden>/prises-en-charge/deplacements/<int:move>/annuler/", after.undo, name="supports_move_undo"
    ),
    path("renouvellements/", after.renewals, name="renewals"),
    path("renouvellements/<int:ask>/", after.answer, name="renewal_answer"),
    path("renouveler/<slug:code>/", after.renewal, name="renewal"),
]

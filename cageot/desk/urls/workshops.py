"""Workshops, for a garden's people: what is offered, when, who comes."""

from django.urls import path

from cageot.desk.views import workshops
from cageot.desk.views import workshops_day as day
from cageot.desk.views import workshops_papers as papers
from cageot.desk.views import workshops_sessions as sessions

ATELIERS = "jardins/<slug:garden>/ateliers/"
SEANCE = f"{ATELIERS}dates/<int:session>/"

urlpatterns = [
    path(ATELIERS, workshops.index, name="workshops"),
    path(f"{ATELIERS}chiffres.<str:form>", workshops.export, name="workshops_export"),
    path(f"{ATELIERS}nouveau/", workshops.new, name="workshop_new"),
    path(f"{ATELIERS}recommencer/", workshops.again, name="workshops_again"),
    path(f"{ATELIERS}lieux/", workshops.places, name="workshop_places"),
    path(f"{ATELIERS}lieux/ajouter/", workshops.one_place, name="workshop_place_new"),
    path(f"{ATELIERS}lieux/<int:place>/", workshops.one_place, name="workshop_place"),
    path(f"{ATELIERS}fichiers/<int:material>/", workshops.show_file, name="workshop_file"),
    path(f"{ATELIERS}fichiers/<int:material>/changer/", workshops.change_file, name="workshop_file_change"),
    path(f"{ATELIERS}<int:workshop>/", workshops.show, name="workshop"),
    path(f"{ATELIERS}<int:workshop>/modifier/", workshops.edit, name="workshop_edit"),
    path(f"{ATELIERS}<int:workshop>/dates/", workshops.dates, name="workshop_dates"),
    path(f"{ATELIERS}<int:workshop>/retirer/", workshops.archive, name="workshop_archive"),
    path(f"{ATELIERS}<int:workshop>/fichiers/", workshops.add_file, name="workshop_file_new"),
    path(SEANCE, sessions.show, name="session"),
    path(f"{SEANCE}inscrire/", sessions.enrol, name="session_enrol"),
    path(f"{SEANCE}inscriptions/<int:enrolment>/", sessions.party, name="session_party"),
    path(f"{SEANCE}inscriptions/<int:enrolment>/repondre/", sessions.answer, name="session_answer"),
    path(f"{SEANCE}presences/", sessions.attendance, name="session_came"),
    path(f"{SEANCE}deplacer/", sessions.move, name="session_move"),
    path(f"{SEANCE}annuler/", sessions.cancel, name="session_cancel"),
    path(f"{SEANCE}cartes/", day.card, name="session_card"),
    path("presences/carte/<str:code>/", day.card_came, name="card_came"),
    path(f"{SEANCE}avis/", day.session_opinions, name="session_opinions"),
    path(f"{SEANCE}affiche-a4.pdf", papers.poster, {"form": "a4"}, name="session_poster_a4"),
    path(f"{SEANCE}affiche-a3.pdf", papers.poster, {"form": "a3"}, name="session_poster_a3"),
    path(f"{SEANCE}languettes.pdf", papers.poster, {"form": "tabs"}, name="session_poster_tabs"),
    path(f"{SEANCE}presences.pdf", papers.attendance, name="session_list"),
    path(f"{SEANCE}tickets.pdf", papers.tickets, name="session_tickets"),
    path("mes-orientations/<int:referral>/ateliers/", day.accompany, name="my_referral_workshops"),
    path(f"{SEANCE}depenses/", sessions.session_costs, name="session_costs"),
    path(f"{SEANCE}depenses/<int:cost>/reprendre/", sessions.cost_back, name="session_cost_back"),
]

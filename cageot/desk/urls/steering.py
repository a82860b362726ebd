"""Local steering: the committee of a garden, its meetings, its decisions, the brief."""

from django.urls import path

from cageot.desk.views import steering

PILOTAGE = "jardins/<slug:garden>/pilotage/"
REUNION = f"{PILOTAGE}reunions/<int:meeting>/"

urlpatterns = [
    path(PILOTAGE, steering.index, name="steering"),
    path(f"{PILOTAGE}dossier/", steering.brief, name="steering_brief"),
    path(f"{PILOTAGE}dossier.pdf", steering.brief_paper, name="steering_brief_paper"),
    path(f"{PILOTAGE}membres/ajouter/", steering.seat, name="steering_seat_new"),
    path(f"{PILOTAGE}membres/<int:seat>/", steering.seat, name="steering_seat"),
    path(f"{PILOTAGE}reunions/ajouter/", steering.meeting_new, name="steering_meeting_new"),
    path(REUNION, steering.meeting, name="steering_meeting"),
    path(f"{REUNION}modifier/", steering.meeting_edit, name="steering_meeting_edit"),
    path(f"{REUNION}convoquer/", steering.convene, name="steering_convene"),
    path(f"{REUNION}annuler/", steering.cancel, name="steering_cancel"),
    path(f"{REUNION}compte-rendu/", steering.minutes, name="steering_minutes"),
    path(f"{REUNION}decisions/", steering.decide, name="steering_decide"),
    path(f"{REUNION}<str:paper>.pdf", steering.meeting_paper, name="steering_paper"),
    path(f"{PILOTAGE}decisions/<int:decision>/", steering.decision, name="steering_decision"),
    path(f"{PILOTAGE}decisions/<int:decision>/fait/", steering.done, name="steering_done"),
]

"""Meetings of the network: for its staff, and for partners' people who register without an account."""

from django.urls import path

from cageot.desk.views import events, events_door

RENCONTRE = "rencontres/<int:event>/"

urlpatterns = [
    path("rencontres/", events.index, name="events"),
    path("rencontres/ajouter/", events.edit, name="event_new"),
    path(RENCONTRE, events.show, name="event"),
    path(f"{RENCONTRE}modifier/", events.edit, name="event_edit"),
    path(f"{RENCONTRE}etat/", events.move_on, name="event_state"),
    path(f"{RENCONTRE}annuler/", events.cancel, name="event_cancel"),
    path(f"{RENCONTRE}programme/ajouter/", events.slot, name="event_slot_new"),
    path(f"{RENCONTRE}programme/<int:slot>/", events.slot, name="event_slot"),
    path(f"{RENCONTRE}inscrits/", events.people, name="event_people"),
    path(f"{RENCONTRE}inscrits/presences/", events.came, name="event_came"),
    path(f"{RENCONTRE}inscrits/<str:paper>.pdf", events.paper, name="event_paper"),
    path(f"{RENCONTRE}inscrits.xlsx", events.people_file, name="event_people_file"),
    path(f"{RENCONTRE}inscrits/<int:registration>/", events.registration, name="event_registration"),
    path(f"{RENCONTRE}inscrits/<int:registration>/attestation.pdf", events.certificate, name="event_certificate"),
    path(f"{RENCONTRE}compte-rendu/", events.minutes, name="event_minutes"),
    path(f"{RENCONTRE}compte-rendu.pdf", events.minutes_paper, name="event_minutes_paper"),
    # For anybody.
    path(f"{RENCONTRE}inscription/", events_door.register, name="event_register"),
    path(f"{RENCONTRE}rencontre.ics", events_door.calendar, name="event_calendar"),
    path("rencontres/mon-inscription/<str:token>/", events_door.mine, name="event_mine"),
    path(
        "rencontres/mon-inscription/<str:token>/attestation.pdf",
        events_door.my_certificate,
        name="event_my_certificate",
    ),
]

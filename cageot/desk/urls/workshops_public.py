"""A garden's workshops, for anybody."""

from django.urls import path

from cageot.desk.views import workshops_public as public

GARDEN = "ateliers/<slug:garden>/"

urlpatterns = [
    path(GARDEN, public.index, name="workshops_public"),
    path(f"{GARDEN}agenda.ics", public.feed, name="workshops_feed"),
    path(f"{GARDEN}fichiers/<int:material>/", public.show_file, name="workshop_public_file"),
    path(f"{GARDEN}place/<slug:code>/", public.my_place, name="session_place"),
    path(f"{GARDEN}<int:session>/", public.one, name="session_public"),
    path(f"{GARDEN}<int:session>/avis/", public.opinion, name="session_opinion"),
    path(f"{GARDEN}<int:session>/avis/<slug:code>/", public.opinion, name="session_ticket"),
]

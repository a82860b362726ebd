"""Welcoming a household, and its leaflet. Row numbers only, never a name."""

from django.urls import path

from cageot.desk.views import welcome

JARDIN = "jardins/<slug:garden>/"

urlpatterns = [
    path(f"{JARDIN}inscriptions/<int:sign_up>/accueil/", welcome.of_sign_up, name="signup_welcome"),
    path(f"{JARDIN}inscriptions/accueil/prix/", welcome.told, name="signup_welcome_told"),
    path(f"{JARDIN}orientations/<int:referral>/accueil/", welcome.of_referral, name="welcome_referral"),
    path(f"{JARDIN}orientations/<int:referral>/accueil/prix/", welcome.told, name="welcome_referral_told"),
    path(f"{JARDIN}foyers/<int:pk>/bienvenue/", welcome.welcomed, name="welcomed"),
    path(f"{JARDIN}foyers/<int:pk>/accueil.pdf", welcome.leaflet, name="leaflet"),
    path(f"{JARDIN}foyers/<int:pk>/bienvenue/envoyer/", welcome.send, name="welcome_send"),
]

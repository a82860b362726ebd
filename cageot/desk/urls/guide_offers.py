"""National offers, and the gardens that take them up."""

from django.urls import path

from cageot.desk.views import guide_offers as views

OFFER = "offres/<int:offer>/"
UPTAKE = "offres/accords/<int:uptake>/"

urlpatterns = [
    path("offres/", views.index, name="offers"),
    path("offres/nouvelle/", views.new, name="offer_new"),
    path(OFFER, views.show, name="offer"),
    path(f"{OFFER}modifier/", views.edit, name="offer_edit"),
    path(f"{OFFER}jardins.csv", views.file, name="offer_file"),
    path(f"{OFFER}prendre/", views.take, name="offer_take"),
    path(UPTAKE, views.uptake, name="uptake"),
    path(f"{UPTAKE}accord/", views.agreement, name="uptake_agreement"),
    path(f"{UPTAKE}faire/", views.act, name="uptake_act"),
    path(f"{UPTAKE}accord.pdf", views.paper, name="uptake_paper"),
]

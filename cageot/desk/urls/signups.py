"""Signing up, for anybody; the board of those who asked, and how a garden sets its door. Codes and row numbers, no name."""

from django.urls import path

from cageot.desk.views import signups

DEMANDES = "jardins/<slug:garden>/inscriptions/"
REGLAGES = "jardins/<slug:garden>/reglages/"

urlpatterns = [
    path("jardins/<slug:garden>/adherer/", signups.sign_up, name="signup"),
    path("jardins/<slug:garden>/adherer/prix/", signups.price, name="signup_price"),
    path("ma-place/<slug:code>/", signups.my_place, name="signup_place"),
    path(DEMANDES, signups.board, name="signups"),
    path(f"{DEMANDES}<int:sign_up>/proposer/", signups.offer, name="signup_offer"),
    path(f"{DEMANDES}<int:sign_up>/repondre/", signups.answer, name="signup_answer"),
    path(f"{DEMANDES}<int:sign_up>/retirer/", signups.drop, name="signup_drop"),
    path(f"{DEMANDES}<int:sign_up>/attendre/", signups.wait, name="signup_wait"),
    path(f"{REGLAGES}inscriptions/", signups.door, name="door"),
    path(f"{REGLAGES}adhesions/", signups.fees, name="membership_fees"),
    path(f"{REGLAGES}adhesions/<int:fee>/retirer/", signups.withdraw_fee, name="membership_fee_withdraw"),
]

"""Referrals: at the garden, for organisations that refer, and by a code without an account. A code stands in a path
because it is the secret itself; opening one changes nothing."""

from django.urls import path

from cageot.desk.views import referrals

GARDEN = "jardins/<slug:garden>/orientations/"

urlpatterns = [
    path(GARDEN, referrals.inbox, name="referrals"),
    path(f"{GARDEN}<int:referral>/", referrals.show, name="referral"),
    path(f"{GARDEN}liens/", referrals.links, name="referral_links"),
    path(f"{GARDEN}liens/ajouter/", referrals.new_link, name="referral_link_new"),
    path(f"{GARDEN}liens/<int:pk>/arreter/", referrals.stop_link, name="referral_link_stop"),
    path(f"{GARDEN}comptes/ajouter/", referrals.new_access, name="referral_access_new"),
    path(f"{GARDEN}comptes/<int:role>/fermer/", referrals.end_access, name="referral_access_end"),
    path("jardins/<slug:garden>/reglages/orientations/", referrals.ways, name="referral_ways"),
    path("mes-orientations/", referrals.mine, name="my_referrals"),
    path("mes-orientations/<int:referral>/", referrals.one_of_mine, name="my_referral"),
    path("mes-orientations/nouvelle/<int:partner>/<slug:garden>/<int:agreement>/", referrals.new, name="referral_new"),
    path("orienter/", referrals.code, name="referral_code"),
    path("orienter/<str:code>/", referrals.form, name="referral_form"),
    path("suivi/<str:code>/", referrals.follow, name="referral_follow"),
]

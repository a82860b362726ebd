"""Funds: those of the network, those of a garden, their tranches; and funders that merge."""

from django.urls import path

from cageot.desk.views import funds, partners_merge

GARDEN = "jardins/<slug:garden>/argent/financements/"
NETWORK = "argent/financements/"
ONE = f"{NETWORK}<int:pk>/"
TRANCHE = f"{NETWORK}tranches/<int:pk>/"

urlpatterns = [
    path(GARDEN, funds.of_garden, name="funds"),
    path(f"{GARDEN}nouveau/", funds.new, name="fund_new"),
    path(NETWORK, funds.of_network, name="all_funds"),
    path(f"{NETWORK}nouveau/", funds.new_of_network, name="all_fund_new"),
    path(ONE, funds.show, name="fund"),
    path(f"{ONE}modifier/", funds.edit, name="fund_edit"),
    path(f"{ONE}fin/", funds.end, name="fund_end"),
    path(f"{ONE}tranches/ajouter/", funds.new_tranche, name="tranche_new"),
    path(f"{TRANCHE}modifier/", funds.edit_tranche, name="tranche_edit"),
    path(f"{TRANCHE}notifier/", funds.notify, name="tranche_notify"),
    path(f"{TRANCHE}refuser/", funds.refuse, name="tranche_refuse"),
    path(f"{TRANCHE}retirer/", funds.withdraw_tranche, name="tranche_withdraw"),
    path("partenaires/<int:pk>/fusion/", partners_merge.merge, name="partner_merge"),
]

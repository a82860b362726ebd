"""Calls for projects and grants: the network's side, a garden's side, and the form's figures ready to copy."""

from django.urls import path

from cageot.desk.views import grants, network_grants

NETWORK = "argent/appels/"
GARDEN = "jardins/<slug:garden>/argent/subventions/"

urlpatterns = [
    path(NETWORK, network_grants.calls, name="calls"),
    path(f"{NETWORK}nouveau/", network_grants.new, name="call_new"),
    path(f"{NETWORK}<int:call>/", network_grants.show, name="call"),
    path(f"{NETWORK}<int:call>/modifier/", network_grants.edit, name="call_edit"),
    path(f"{NETWORK}<int:call>/retirer/", network_grants.withdraw, name="call_withdraw"),
    path(f"{NETWORK}<int:call>/decider/", network_grants.decide, name="call_decide"),
    path("argent/subventions/<int:grant>/", network_grants.grant, name="network_grant"),
    path("argent/subventions/<int:grant>/cerfa/", network_grants.cerfa, name="network_grant_cerfa"),
    path("argent/subventions/<int:grant>/cerfa.pdf", network_grants.cerfa_pdf, name="network_grant_cerfa_pdf"),
    path("argent/tranches/<int:tranche>/cerfa/", network_grants.tranche_cerfa, name="tranche_cerfa"),
    path("argent/tranches/<int:tranche>/cerfa.pdf", network_grants.tranche_cerfa_pdf, name="tranche_cerfa_pdf"),
    path(GARDEN, grants.home, name="grants"),
    path(f"{GARDEN}appels/<int:call>/demander/", grants.start, name="grant_start"),
    path(f"{GARDEN}<int:grant>/", grants.show, name="grant"),
    path(f"{GARDEN}<int:grant>/demande/<int:step>/", grants.apply, name="grant_apply"),
    path(f"{GARDEN}<int:grant>/compte-rendu/", grants.report, name="grant_report"),
    path(f"{GARDEN}<int:grant>/cerfa/", grants.cerfa, name="grant_cerfa"),
    path(f"{GARDEN}<int:grant>/cerfa.pdf", grants.cerfa_pdf, name="grant_cerfa_pdf"),
]

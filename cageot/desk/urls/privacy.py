"""Data of people: of a household, asked by it, kept how long. And the figures of those who fund."""

from django.urls import path

from cageot.desk.views import privacy, roles_of_partners

FOYER = "jardins/<slug:garden>/foyers/<int:pk>/donnees/"
DEMANDES = "jardins/<slug:garden>/demandes/"

urlpatterns = [
    path(FOYER, privacy.of_household, name="household_privacy"),
    path(f"{FOYER}accord/", privacy.consent, name="household_consent"),
    path(f"{FOYER}copie.<str:form>", privacy.copy, name="household_copy"),
    path(DEMANDES, privacy.inbox, name="data_requests"),
    path(f"{DEMANDES}<int:pk>/", privacy.answer, name="data_request"),
    path("moi/donnees/copie.<str:form>", privacy.my_copy, name="my_copy"),
    path("mes-chiffres/", roles_of_partners.funded, name="funded"),
    path("mes-chiffres/<int:partner>/", roles_of_partners.statement, name="funded_statement"),
    path("mes-chiffres/<int:partner>/releve.<str:form>", roles_of_partners.download, name="funded_file"),
    path("reseau/conservation/", privacy.clocks, name="retention"),
    path("reseau/conservation/<slug:data_class>/", privacy.set_clock, name="retention_class"),
]

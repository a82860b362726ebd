"""Agreements and statements: of a garden, and of the whole network."""

from django.urls import path, register_converter

from cageot.desk.queries.statements import NETWORK
from cageot.desk.views import agreements, statements


class PayerConverter:
    """Who pays, in an address: the row number of a partner, or the network."""

    regex = rf"\d+|{NETWORK}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PayerConverter, "payer")

GARDEN = "jardins/<slug:garden>/"
ONE = "conventions/<int:pk>/"

urlpatterns = [
    path(f"{GARDEN}conventions/", agreements.of_garden, name="agreements"),
    path(f"{GARDEN}conventions/nouvelle/", agreements.new, name="agreement_new"),
    path("conventions/", agreements.of_network, name="all_agreements"),
    path("conventions/nouvelle/", agreements.new_of_network, name="all_agreement_new"),
    path(ONE, agreements.show, name="agreement"),
    path(f"{ONE}modifier/", agreements.edit, name="agreement_edit"),
    path(f"{ONE}fin/", agreements.end, name="agreement_end"),
    path(f"{ONE}reprendre/", agreements.resume, name="agreement_resume"),
    path(f"{ONE}retirer/", agreements.withdraw, name="agreement_withdraw"),
    path(f"{ONE}tarifs/ajouter/", agreements.new_tariff, name="agreement_tariff_new"),
    path(f"{ONE}tarifs/<int:tariff>/retirer/", agreements.withdraw_tariff, name="agreement_tariff_withdraw"),
    path(f"{ONE}lignes/<int:line>/retirer/", agreements.withdraw_line, name="agreement_line_withdraw"),
    path(f"{ONE}derogation/", agreements.ask, name="exemption_ask"),
    path("derogations/<int:pk>/reponse/", agreements.answer, name="exemption_answer"),
    path("derogations/<int:pk>/retirer/", agreements.withdraw_request, name="exemption_withdraw"),
    path(f"{GARDEN}releves/", statements.of_garden, name="statements"),
    path(f"{GARDEN}releves/<payer:payer>/", statements.show, name="statement"),
    path(f"{GARDEN}releves/<payer:payer>/<str:form>/", statements.download, name="statement_file"),
    path("releves/", statements.of_network, name="all_statements"),
    path("releves/<payer:payer>/", statements.show, name="all_statement"),
    path("releves/<payer:payer>/<str:form>/", statements.download, name="all_statement_file"),
]

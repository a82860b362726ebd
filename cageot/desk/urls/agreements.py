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
    path(ONE, agreements.show, name="agreement"),
    path(f"{ONE}modifier/", agreements.edit, name="agreement_edit"),
    path(f"{ONE}fin/", agreements.end, name="agreement_end"),
    path(f"{ONE}derogation/", agreements.ask, name="exemption_ask"),
    path("derogations/<int:pk>/reponse/", agreements.answer, name="exemption_answer"),
    path(f"{GARDEN}releves/", statements.of_garden, name="statements"),
    path(f"{GARDEN}releves/<payer:payer>/", statements.show, name="statement"),
    path(f"{GARDEN}releves/<payer:payer>/<str:form>/", statements.download, name="statement_file"),
    path("releves/", statements.of_network, name="all_statements"),
    path("releves/<payer:payer>/", statements.show, name="all_statement"),
    path("releves/<payer:payer>/<str:form>/", statements.download, name="all_statement_file"),
]

"""Claims and payments: of a garden's legal person, and of the network head."""

from django.urls import path

from cageot.desk.views import claims

GARDEN = "jardins/<slug:garden>/argent/"
HEAD = "argent/"
ONE = "factures/<int:pk>/"
PAID = "paiements/<int:pk>/"

urlpatterns = [
    path(f"{GARDEN}factures/", claims.show_list, name="claims"),
    path(f"{GARDEN}factures/preparer/", claims.prepare, name="claims_prepare"),
    path(f"{GARDEN}factures/fichiers/", claims.files, name="claims_files"),
    path(f"{GARDEN}factures/envoyer/", claims.send, name="claims_send"),
    path(f"{GARDEN}paiements/", claims.payments, name="payments"),
    path(f"{HEAD}factures/", claims.show_list, name="all_claims"),
    path(f"{HEAD}factures/preparer/", claims.prepare, name="all_claims_prepare"),
    path(f"{HEAD}factures/fichiers/", claims.files, name="all_claims_files"),
    path(f"{HEAD}factures/envoyer/", claims.send, name="all_claims_send"),
    path(f"{HEAD}paiements/", claims.payments, name="all_payments"),
    path(ONE, claims.show, name="claim"),
    path(f"{ONE}reponse/", claims.answer, name="claim_answer"),
    path(f"{ONE}avoir/", claims.credit, name="claim_credit"),
    path(f"{ONE}envoyee/", claims.sent, name="claim_sent"),
    path(f"{ONE}<str:form>/", claims.download, name="claim_file"),
    path(PAID, claims.payment, name="payment"),
    path(f"{PAID}defaire/", claims.unmatch, name="payment_unmatch"),
    path(f"{PAID}retirer/", claims.withdraw, name="payment_withdraw"),
    path("partenaires/<int:pk>/facturation/", claims.billing, name="billing"),
    path("conventions/<int:pk>/facturation/", claims.terms, name="claim_terms"),
]

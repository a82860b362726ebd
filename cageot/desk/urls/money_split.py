"""Who pays what, and the settlement of a period."""

from django.urls import path

from cageot.desk.views import money_split as views

urlpatterns = [
    path("jardins/<slug:garden>/argent/qui-paie-quoi/", views.split, name="money_split"),
    path("jardins/<slug:garden>/argent/qui-paie-quoi/<str:form>/", views.split_file, name="money_split_file"),
    path("argent/financements/<int:pk>/releve/", views.fund_statement, name="fund_statement"),
    path("argent/financements/<int:pk>/releve/<str:form>/", views.fund_statement_file, name="fund_statement_file"),
    path("argent/reglement/", views.settle, name="settling"),
    path("argent/reglement/<int:pk>/", views.settlement, name="settlement"),
    path("argent/reglement/<int:pk>/lignes/", views.settlement_lines, name="settlement_lines"),
]

"""Bringing a spreadsheet, and taking it away. The token names a file in the middle of the wizard, and nobody."""

from django.urls import path

from cageot.desk.views import importing

IMPORT = "jardins/<slug:garden>/import/"
VISIT = f"{IMPORT}<slug:token>/"

urlpatterns = [
    path(IMPORT, importing.start, name="import_start"),
    path(f"{VISIT}colonnes/", importing.columns, name="import_columns"),
    path(f"{VISIT}correspondances/", importing.matches, name="import_matches"),
    path(f"{VISIT}correspondances.json", importing.matches_file, name="import_matches_file"),
    path(f"{VISIT}relecture/", importing.review, name="import_review"),
    path(f"{VISIT}a-corriger.xlsx", importing.copy, name="import_copy"),
    path(f"{VISIT}fait/", importing.done, name="import_done"),
    path(f"{VISIT}abandon/", importing.drop, name="import_drop"),
    path("jardins/<slug:garden>/foyers/export/<str:form>/", importing.export, name="households_export"),
]

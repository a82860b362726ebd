"""The garden's papers: their page, an address for each paper of `desk.papers.PAPERS` in each of its forms, and what changed."""

from django.urls import path

from cageot.desk.papers import PAPERS
from cageot.desk.views import papers

SHEETS = "jardins/<slug:garden>/semaines/<week:week>/feuilles/"

urlpatterns = [
    path(SHEETS, papers.show, name="papers"),
    *(
        path(f"{SHEETS}{one.slug}.{form}", papers.paper, {"slug": one.slug, "form": form}, name=one.address(form))
        for one in PAPERS
        for form in one.forms
    ),
    path("jardins/<slug:garden>/semaines/<week:week>/changements/", papers.changes, name="changes"),
]

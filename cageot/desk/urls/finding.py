"""Search over what gardens share."""

from django.urls import path

from cageot.desk.views import finding

urlpatterns = [path("chercher/", finding.search, name="search")]

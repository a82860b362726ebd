"""Le programme, and the gardens of the network."""

from django.urls import path

from cageot.desk.views import programme

urlpatterns = [
    path("programme/", programme.now, name="programme_now"),
    path("programme/<slug:edition>/", programme.show, name="programme"),
    path("programme/<slug:edition>/ateliers/", programme.workshops, name="programme_workshops"),
    path("programme/<slug:edition>/ateliers.<str:form>", programme.workshops_file, name="programme_workshops_file"),
    path("jardins/", programme.gardens, name="gardens"),
]

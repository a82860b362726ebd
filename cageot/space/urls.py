"""The addresses of the member's space."""

from django.urls import path

from cageot.space.views import enter

app_name = "space"
urlpatterns = [
    # Ways in.
    path("entrer/", enter.enter, name="enter"),
    path("sortir/", enter.leave, name="leave"),
    # Pages.
]

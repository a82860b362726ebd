"""How people come in: an address known to the programme receives a code, or gives its password."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Logins are given by the people who run a garden; nobody signs up alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """Told to who gave the right password of an access that was closed."""
        messages.error(request, _("Cet accès est fermé. Demandez à votre jardin de le rouvrir."))
        return redirect("account_login")

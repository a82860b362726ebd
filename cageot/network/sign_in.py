"""How people come in: an address known to the programme receives a code, or gives its password."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Logins are given by the people who run a garden; nobody signs up alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

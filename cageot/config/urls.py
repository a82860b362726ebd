"""Every address. All ask for a sign-in but those marked `login_not_required`, listed by a test."""

from allauth.account import views as account
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from cageot.config import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("cageot.desk.urls")),
    path("moi/", include("cageot.space.urls")),
    path("entrer/", views.SignIn.as_view(), name="account_login"),
    path("entrer/code/", account.request_login_code, name="account_request_login_code"),
    path("entrer/code/verifier/", account.confirm_login_code, name="account_confirm_login_code"),
    path("entrer/demo/", views.enter_demo, name="enter_demo"),
    path("sortir/", account.logout, name="account_logout"),
    path("mot-de-passe/", account.password_set, name="account_set_password"),
    path("mot-de-passe/changer/", account.password_change, name="account_change_password"),
    path("mot-de-passe/oublie/", account.request_login_code, name="account_reset_password"),
    path("mot-de-passe/confirmer/", account.reauthenticate, name="account_reauthenticate"),
    path("inscription/", account.request_login_code, name="account_signup"),
    path("langue/", login_not_required(set_language), name="set_language"),
    path("sante/", views.health, name="health"),
]

"""Settings, all from the environment with defaults that suit one garden on one machine.

CAGEOT_HOME      folder of the database, the secret key and outgoing mail (default ./var)
DATABASE_URL     sqlite:///... (default) or postgres://...
CAGEOT_HOSTS     comma-separated host names the site answers to (default: this machine only)
CAGEOT_SITE      address of the site, in messages and on cards (default: https:// and the first of CAGEOT_HOSTS)
CAGEOT_TODAY     fixed date of the clock, used by the demonstration only
CAGEOT_DEMO      "1": the sign-in page offers the demonstration's people as buttons
CAGEOT_SECRET_KEY  signing key; otherwise made once and kept in CAGEOT_HOME
CAGEOT_MAIL_URL  smtp://user:password@host:port; otherwise mails are written to CAGEOT_HOME/mail
CAGEOT_SMS_URL   where an SMS provider takes JSON (cageot/network/sms.py); otherwise they are written to CAGEOT_HOME/sms
CAGEOT_SMS_TOKEN, CAGEOT_SMS_FROM  its bearer token, and the name or number that an SMS comes from
"""

import os
import secrets
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF

PACKAGE = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("CAGEOT_HOME") or "var").resolve()


def _secret_key() -> str:
    """The key from the environment, else one made at first start and kept in CAGEOT_HOME."""
    if key := os.environ.get("CAGEOT_SECRET_KEY"):
        return key
    path = HOME / "secret-key"
    if not path.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        # Written aside then linked, so that two processes starting at once agree on one key.
        aside = HOME / f".secret-key-{os.getpid()}"
        aside.touch(mode=0o600)
        aside.write_text(secrets.token_urlsafe(50))
        with suppress(FileExistsError):
            path.hardlink_to(aside)
        aside.unlink()
    return path.read_text()


SECRET_KEY = _secret_key()
DEBUG = False
DEMO = os.environ.get("CAGEOT_DEMO") == "1"
TODAY = date.fromisoformat(os.environ["CAGEOT_TODAY"]) if os.environ.get("CAGEOT_TODAY") else None
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS += [host for host in os.environ.get("CAGEOT_HOSTS", "").split(",") if host]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in os.environ.get("CAGEOT_HOSTS", "").split(",") if host]

INSTALLED_APPS = [
    "cageot.config",
    "cageot.demo",
    "cageot.desk",
    "cageot.space",
    "cageot.workshops",
    "cageot.guide",
    "cageot.baskets",
    "cageot.members",
    "cageot.funding",
    "cageot.network",
    "cageot.core",
    "allauth",
    "allauth.account",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # above gzip: its files are compressed already, fonts by nature
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "cageot.space.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "cageot.core.middleware.NulMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "cageot.network.middleware.ReachMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cageot.desk.reads.ReadsMiddleware",
]

ROOT_URLCONF = "cageot.config.urls"
WSGI_APPLICATION = "cageot.config.wsgi.application"
FORM_RENDERER = "cageot.core.forms.PlainRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cageot.config.menu.menu",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "cageot.core.templatetags.cageot"],
        },
    }
]


def _database(url: str) -> dict[str, Any]:
    """One Django database entry; SQLite gets the pragmas that decision 0006 argues for."""
    database: dict[str, Any] = dict(dj_database_url.parse(url))
    options = database.setdefault("OPTIONS", {})
    if database["ENGINE"].endswith("sqlite3"):
        options |= {
            # The write lock is taken at BEGIN: a transaction that reads then writes never fails halfway.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL;"
                # FULL: with NORMAL a power cut may lose the last acknowledged close.
                f"PRAGMA synchronous={os.environ.get('CAGEOT_SQLITE_SYNCHRONOUS', 'FULL')};"
                "PRAGMA foreign_keys=ON;"
                # Without it INSERT OR REPLACE goes past the append-only triggers.
                "PRAGMA recursive_triggers=ON;"
                "PRAGMA cache_size=-20000;"
                # Savepoints would otherwise spill to files: twenty times the writes.
                "PRAGMA temp_store=MEMORY;"
            ),
        }
    else:
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
        options.setdefault("connect_timeout", 10)  # else a machine that is not there is waited for minutes
    return database


DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{HOME / 'cageot.sqlite3'}"
DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

AUTH_USER_MODEL = "network.Login"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Nobody signs up; allauth shows a password at sign-in only if sign-up would ask for one.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION = "none"  # logins are given by staff; the mailed code itself proves the address
ACCOUNT_ADAPTER = "cageot.network.sign_in.Adapter"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14

LANGUAGE_CODE = "fr"
# What members may be spoken to in; the desk is in the first two (cageot/space/languages.py).
LANGUAGES = [
    ("fr", "Français"),
    ("en", "English"),
    ("ar", "العربية"),
    ("uk", "Українська"),
    ("fa", "دری"),
    ("es", "Español"),
    ("pt", "Português"),
    ("tr", "Türkçe"),
]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_TZ = True
TIME_ZONE = "Europe/Paris"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 0  # names that carry their hash are cached for ever by whitenoise itself


def _mail(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or 25,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }


if mail_url := os.environ.get("CAGEOT_MAIL_URL"):
    globals().update(_mail(mail_url))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = HOME / "mail"
EMAIL_TIMEOUT = 20  # seconds: a server that does not answer holds up nobody else
DEFAULT_FROM_EMAIL = os.environ.get("CAGEOT_MAIL_FROM", "Cageot <ne-pas-repondre@localhost>")
SMS_URL = os.environ.get("CAGEOT_SMS_URL", "")
SMS_TOKEN = os.environ.get("CAGEOT_SMS_TOKEN", "")
SMS_FROM = os.environ.get("CAGEOT_SMS_FROM", "")
SMS_FOLDER = HOME / "sms"


def _site() -> str:
    """The public address, without a slash at its end."""
    hosts = [host for host in os.environ.get("CAGEOT_HOSTS", "").split(",") if host]
    site = os.environ.get("CAGEOT_SITE") or (f"https://{hosts[0]}" if hosts else "http://127.0.0.1:8000")
    return site.rstrip("/")


SITE = _site()
MAIL_NAME = urlsplit(SITE).hostname or "localhost"  # ends the Message-ID of our mails

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
if os.environ.get("CAGEOT_HOSTS"):  # a public address is served over HTTPS
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 180  # half a year: a browser that came once never asks again in clear
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # By whatever brings HTTPS here: else all its visitors are one, and one who guesses codes shuts the door to all.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("CAGEOT_LOG", "WARNING")},
}

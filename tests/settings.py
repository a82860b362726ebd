"""Settings for tests: the real ones, in a home of their own, with a quick password hasher and plain static files."""

import atexit
import os
import shutil
import tempfile

if "CAGEOT_TESTS_HOME" not in os.environ:  # the first process makes it, those that it starts share it
    os.environ["CAGEOT_TESTS_HOME"] = tempfile.mkdtemp(prefix="cageot-tests-")
    atexit.register(shutil.rmtree, os.environ["CAGEOT_TESTS_HOME"], ignore_errors=True)
os.environ["CAGEOT_HOME"] = os.environ["CAGEOT_TESTS_HOME"]
for name in ("CAGEOT_DEMO", "CAGEOT_TODAY", "CAGEOT_HOSTS", "CAGEOT_MAIL_URL", "CAGEOT_SMS_URL", "CAGEOT_SITE"):
    os.environ.pop(name, None)
os.environ["CAGEOT_LANG"] = "fr"  # what tests read, whatever the machine speaks
os.environ.setdefault("CAGEOT_SQLITE_SYNCHRONOUS", "OFF")

from cageot.config.settings import *  # noqa: E402, F403
from cageot.config.settings import STATIC_ROOT, STORAGES  # noqa: E402

SECRET_KEY = "tests"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns of a missing folder

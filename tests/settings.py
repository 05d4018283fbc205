"""`config.settings` for the test run: what differs, and nothing else."""

import os

os.environ.setdefault("SECRET_KEY", "tests")
os.environ.setdefault("DEBUG", "false")
os.environ.setdefault("EMAIL_URL", "memorymail://")

from config.settings import *  # noqa: F403
from config.settings import DATABASES, STORAGES, VAR_DIR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = CELERY_TASK_EAGER_PROPAGATES = True
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "session", "csrf"
# Each process its own: one test's sign-ins must not count against another's limit.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Nothing is collected for the tests; without this WhiteNoise warns of it.
WHITENOISE_AUTOREFRESH = True
STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, since the browser tests' server thread needs a connection of its own.
    DATABASES["default"]["TEST"] = {
        "NAME": os.environ.get("BATON_TEST_DB", str(VAR_DIR / "test.sqlite3"))
    }
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;"
    )

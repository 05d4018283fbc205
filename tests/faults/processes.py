"""Real processes on this test's database, which die where they are told to."""

import os
import subprocess
import sys

from django.conf import settings
from django.db import connection

BEGIN = "import django; django.setup(); "


def database_url():
    """The address of the test's own database."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


def run(code, *, crash_at=""):
    """Run Python code beside us; its exit status, 137 where it died on order."""
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": settings.SECRET_KEY,
        "REDIS_URL": "",
        "CRASH_AT": crash_at,
    }
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", BEGIN + code],
        cwd=settings.BASE_DIR,
        env=environment,
        check=False,
        timeout=60,
    )
    return done.returncode

"""All settings, read from top to bottom.

What differs between machines is an environment variable and is read here alone; the
operator guide lists them.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from django.utils.translation import gettext_lazy as _

from config import news

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()

# --- The machine ------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str(
    "SECRET_KEY", default="demo-only" * 6 if DEBUG else environ.Env.NOTSET
)
# Earlier keys; those who were erased are known by hashes under them.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
CURRENCY = env.str("CURRENCY", default="EUR").upper()  # in which reports are kept
REDIS_URL = env.str("REDIS_URL", default="")
# What our own people do scores nothing: mail domains, and networks as 192.0.2.0/24.
OWN_DOMAINS = env.list("OWN_DOMAINS", default=[])
OWN_NETWORKS = env.list("OWN_NETWORKS", default=[])

# Our own web sites, as https://www.acme.com: only their pages are tracked.
TRACKED_SITES = [
    site.casefold().rstrip("/")
    for site in env.list(
        "TRACKED_SITES", default=["https://www.baton.example"] if DEBUG else []
    )
]

# --- Apps -------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "csp",
    "django_filters",
    "django_htmx",
    "ninja",
    "template_partials",
    "config",
    "leads",
    "scoring",
    "leads.capture",
    "leads.nurture",
    "handoff",
    "reports",
]

SILENCED_SYSTEM_CHECKS = ["models.W040"]  # SQLite reads the rows instead

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.ApiMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.LoginRequiredMiddleware",
    "config.middleware.TimeZoneMiddleware",
    "config.middleware.NotFoundMiddleware",
    "config.middleware.BusyMiddleware",
    "config.middleware.NoStoreMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.navigation.context",
                "config.navigation.news",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database ---------------------------------------------------------------------

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url(
        "DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'baton.sqlite3'}"
    )
}
_options = DATABASES["default"].get("OPTIONS", {})  # of the address: `?sslmode=require`
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # SQLite has no row locks: with IMMEDIATE writers queue instead of failing.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        ),
        **_options,
    }
    VAR_DIR.mkdir(exist_ok=True)
else:
    if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
        DATABASES["default"]["ENGINE"] = "config.postgres"
    # Who waits longer for a connection than this finds the database away.
    DATABASES["default"]["OPTIONS"] = {"pool": {"timeout": 5}, **_options}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# --- People and sign-in -----------------------------------------------------------

AUTH_USER_MODEL = "leads.User"
AUTHENTICATION_BACKENDS = ["config.accounts.AuthenticationBackend"]
# Their password is known to everybody, so they sign in to a demo alone.
DEMO_ADDRESSES = [
    f"{name}@baton.example" for name in ("marketer", "rep", "manager", "admin")
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "config.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = False

# --- Browser ----------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
if not DEBUG:
    # `__Host-` names are only accepted by browsers over https.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    # A program that follows would send its key in the clear each time, unseen.
    SECURE_REDIRECT_EXEMPT = ["^api/"]
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=0)
    if env.bool("BEHIND_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        # Else every sign-in would come from the proxy, and share one limit.
        ALLAUTH_TRUSTED_PROXY_COUNT = env.int("PROXY_COUNT", default=1)

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# --- Language and time ------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True

# --- Mail -------------------------------------------------------------------------

# The demo's mails are files in `var/mail`; elsewhere they are printed until set up.
EMAIL_CONFIG = env.email_url(
    "EMAIL_URL",
    default=f"filemail:///{VAR_DIR / 'mail'}" if DEBUG else "consolemail://",
)
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="baton@localhost")
# Where the links of mails lead; never taken from the Host of a request.
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")

# --- Calls out --------------------------------------------------------------------

# Webhooks go to public addresses by https. A receiver in the network of the house
# needs its network named here, as 10.1.0.0/16, and its port.
OUTGOING_SCHEMES = env.list("OUTGOING_SCHEMES", default=["https"])
OUTGOING_PORTS = env.list("OUTGOING_PORTS", cast=int, default=[443, 8443])
OUTGOING_NETWORKS = env.list("OUTGOING_NETWORKS", default=[])

# --- First rows -------------------------------------------------------------------

# What `manage.py setup` calls; each makes what is missing and changes nothing else.
SETUP = [
    "leads.roles.ensure_roles",
    "scoring.defaults.ensure_model",
    "handoff.defaults.ensure_reasons",
    "handoff.routing.plans.defaults.ensure_plan",
    "handoff.selling.defaults.ensure_reasons",
    "handoff.sla.defaults.ensure_levels",
]

# --- Imports ----------------------------------------------------------------------

# Where uploaded files wait for the worker; web and workers must share it.
IMPORTS_DIR = Path(env.str("IMPORTS_DIR", default=str(VAR_DIR / "imports")))
# What a file may hold; deals belong to a higher room than the page.
IMPORT_KINDS = {
    "leads": "leads.capture.lead_import.LEADS",
    "activities": "leads.capture.activity_import.ACTIVITIES",
    "deals": "handoff.selling.deal_import.DEALS",
}
# Where long files of reports wait to be fetched; web and workers must share it.
EXPORTS_DIR = Path(env.str("EXPORTS_DIR", default=str(VAR_DIR / "exports")))

# --- Background work --------------------------------------------------------------

# Which tasks a bell queues, after the commit. A lost bell loses nothing: `sweep` finds
# every duty in the rows.
BELLS: dict[str, list[str]] = {
    "standings_stale": ["scoring.tasks.rescore_stale"],
    "stages_changed": [
        "handoff.tasks.close_orphans",
        "handoff.tasks.follow_leads",
        "handoff.tasks.route_waiting",
        "handoff.tasks.stop_clocks",
    ],
    "invitations_owed": ["handoff.tasks.send_invitations"],
    "confirmations_owed": ["leads.capture.tasks.send_confirmations"],
    "mails_owed": ["leads.nurture.tasks.send_mails"],
    "enrolments_owed": ["leads.nurture.tasks.run_programmes"],
    "notifications_owed": ["leads.tasks.send_notifications"],
    "webhooks_owed": ["leads.tasks.send_webhooks"],
    "imports_owed": ["leads.capture.tasks.continue_imports"],
    "exports_owed": ["reports.tasks.write_exports"],
    "bulk_deeds_owed": ["leads.nurture.tasks.do_bulk_deeds"],
    "digests_owed": ["reports.tasks.send_digests"],
}
# What the sweep asks for, every few seconds; each task does a batch of what is owed.
DUTIES = [
    "leads.tasks.release_expired",
    "scoring.tasks.carry_landmark",
    "scoring.tasks.rescore_stale",
    "scoring.tasks.lower_ceilings",
    "handoff.tasks.close_orphans",
    "handoff.tasks.enforce_sla",
    "handoff.tasks.route_waiting",
    "handoff.tasks.follow_leads",
    "handoff.tasks.remind_of_tasks",
    "handoff.tasks.send_invitations",
    "handoff.tasks.count_worth",
    "leads.tasks.send_notifications",
    "leads.tasks.send_webhooks",
    "leads.tasks.forget_webhooks",
    "leads.nurture.tasks.return_recycled",
    "leads.nurture.tasks.count_segments",
    "leads.nurture.tasks.run_programmes",
    "leads.nurture.tasks.send_mails",
    "leads.nurture.tasks.do_bulk_deeds",
    "leads.capture.tasks.send_confirmations",
    "leads.capture.tasks.continue_imports",
    "leads.capture.tasks.forget_strangers",
    "reports.tasks.write_exports",
    "reports.tasks.forget_exports",
    "reports.tasks.send_digests",
]
SWEEP_SECONDS = 5
# What a merge of two leads asks of higher rooms, before their rows become one's.
MERGE_RULES = ["handoff.merging.settle"]
# What erasing a person asks of higher rooms beside clearing their tables.
ERASURE_RULES = [
    "handoff.erasing.settle",
    "leads.capture.erasing.delete_files",
    "reports.erasing.delete_files",
]
# Who gives the owner of a lead a task that a programme asks for.
OWNER_TASKS = "handoff.selling.programme_tasks.make"
# What higher rooms do to many leads at once, by `BulkKind`.
BULK_DEEDS = {"move": "handoff.bulk_deeds.MOVE", "assign": "handoff.bulk_deeds.ASSIGN"}
# Where each room says what it holds of a person: read by export and erasure.
PERSONAL_DATA = [
    "reports.personal_tables",
    "handoff.personal_tables",
    "leads.capture.personal_tables",
    "leads.nurture.personal_tables",
    "config.personal_tables",
    "leads.personal_tables",
]
# Who heeds bounces and complaints that a mail provider tells by webhook.
MAIL_EVENTS = "leads.nurture.mail.events.take"
# For the fault tests alone: where a process dies, as “place:visit”.
CRASH_AT = env.str("CRASH_AT", default="")
STILL_MATTERS, NEWS_WORDS = news.STILL_MATTERS, news.NEWS_WORDS

CELERY_BROKER_URL = REDIS_URL or "memory://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "visibility_timeout": 900,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_timeout": 30,
        "socket_connect_timeout": 1,
    }
    if REDIS_URL
    else {"polling_interval": 0.1}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 240, 300  # seconds
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "leads.tasks.sweep", "schedule": float(SWEEP_SECONDS)}
}

# --- Logging ----------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # Django has a handler of its own, which would print each line a second time.
    "loggers": {"django": {"handlers": [], "propagate": True}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING")},
}

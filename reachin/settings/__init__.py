"""Settings: one file for every mode; what differs is read from the environment, and production takes nothing for granted."""

import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from .keys import Keys, keys_path

ROOT = Path(__file__).resolve().parent.parent.parent
MODE = os.environ.get("REACHIN_MODE", "production")
"""demo, test or production; anything else is refused."""
if MODE not in {"demo", "test", "production"}:
    raise RuntimeError(f"REACHIN_MODE is {MODE!r}: it must be demo, test or production")
IN_PRODUCTION = MODE == "production"
STATE = Path(os.environ.get("REACHIN_STATE", ROOT / ".reachin"))
SHARED = Path(os.environ.get("REACHIN_SHARED", ROOT.parent / "shared"))
KEYS = Keys.read(keys_path(STATE))

PARTNERSHIP_NAME = os.environ.get("REACHIN_PARTNERSHIP", "Strathlennan" if not IN_PRODUCTION else "")
SERVICE_NAME = "Reach In"
SECRET_KEY = KEYS.secret_key
DEBUG = False
ALLOWED_HOSTS = os.environ.get("REACHIN_HOSTS", "" if IN_PRODUCTION else "localhost,127.0.0.1,[::1],testserver").split(",")
CONTEXT_CLOCK_AHEAD_SECONDS = int(os.environ.get("REACHIN_CLOCK_AHEAD", "0")) if MODE == "test" else 0
"""How far a test's database clock is ahead of the machine's, so that signed contexts do not expire there."""

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "reachin.groundwork.jobs",
    "procrastinate.contrib.django",
    "csp",
    "axes",
    "reachin.groundwork.field_encryption",
    "reachin.groundwork.page_parts",
    "reachin.groundwork.languages",
    "reachin.groundwork.audited_access",
    "reachin.groundwork.one_time_links",
    "reachin.groundwork.notices",
    "reachin.partnership.places",
    "reachin.partnership.agencies",
    "reachin.partnership.accounts",
    "reachin.families.people",
    "reachin.families.information_sharing",
    "reachin.families.own_accounts",
    "reachin.families.record_linkage",
    "reachin.families.information_requests",
    "reachin.families.retention",
    "reachin.access.directory",
    "reachin.access.requests_for_assistance",
    "reachin.access.referrals",
    "reachin.interfaces.asking_form",
    "reachin.interfaces.public",
    "reachin.interfaces.family",
    "reachin.interfaces.practitioner",
    "reachin.interfaces.guardian",
    "reachin.interfaces.hub",
    "reachin.interfaces.demonstration",
    "demo",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "reachin.groundwork.page_parts.content_policy.ContentPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "reachin.groundwork.page_parts.bad_input.BadInputMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "reachin.groundwork.languages.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "axes.middleware.AxesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "reachin.groundwork.audited_access.middleware.AuditedAccessMiddleware",
]
ROOT_URLCONF = "reachin.urls"
WSGI_APPLICATION = "reachin.wsgi.application"
WHO_ACTS = "reachin.interfaces.family.who.who_acts"
TELLS_OF_FAILED = "reachin.access.requests_for_assistance.actions.message_failed"
TELLS_OF_BRAKES = "reachin.families.information_sharing.notices.tell_of_brake"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "reachin.groundwork.page_parts.environment.environment", "auto_reload": MODE == "test"},
    },
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"


def _database(role: str) -> dict[str, Any]:
    """One connection for each thread, of which a served process has one: a pool would only be a detour.

    The application binds on the server and keeps generic plans; the owner, who migrates, does neither.
    """
    tuned: dict[str, Any] = {
        "server_side_binding": True,
        "prepare_threshold": 2,
        "options": "-c plan_cache_mode=force_generic_plan",
    }
    return {
        "ENGINE": "reachin.groundwork.audited_access.postgresql",
        "NAME": os.environ.get("REACHIN_DB_NAME", "reachin"),
        "USER": role,
        "PASSWORD": os.environ.get("REACHIN_DB_PASSWORD", "") if role == DB_ROLE else os.environ.get("REACHIN_DB_OWNER_PASSWORD", ""),
        "HOST": os.environ.get("REACHIN_DB_HOST", str(STATE / "postgres" / "run")),
        "PORT": os.environ.get("REACHIN_DB_PORT", "5432"),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": tuned if role == "reachin_app" else {},
    }


DB_ROLE = os.environ.get("REACHIN_DB_ROLE", "reachin_app")
DATABASES = {"default": _database(DB_ROLE)}
if MODE == "test":
    DATABASES["owner"] = {**_database("reachin_owner"), "TEST": {"MIRROR": "default"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "reachin.partnership.accounts.backend.StaffBackend"]
PASSWORD_HASHERS = ["reachin.partnership.accounts.hashing.StaffHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ["email", "name"]}},
]
LOGIN_URL = "practitioner:sign_in"
LOGIN_REDIRECT_URL = "practitioner:start"
WAY_BACK_URL = "family:way_in"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "reachin.interfaces.practitioner.signing_in.locked_out"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_USERNAME_FORM_FIELD = "email"

PROXIES = int(os.environ.get("REACHIN_PROXIES", "1" if IN_PRODUCTION and os.environ.get("REACHIN_BEHIND_TLS_PROXY", "1") == "1" else "0"))
"""How many proxies of ours stand before the product: what the outermost of them says of where a visit comes from is believed."""
SHARED_NETWORKS = [network.strip() for network in os.environ.get("REACHIN_SHARED_NETWORKS", "").split(",") if network.strip()]
"""Networks known to be shared by many families (a school, a refuge, a village hall): how many ask from there marks nobody."""
QUICKEST_ASKING_SECONDS = 5
"""A request for help that is sent sooner after it was begun looks automatic."""
OPENING_RATES_TIMES = max(1, int(os.environ.get("REACHIN_OPENING_RATES_TIMES", "1")))
"""By how much the rates at which records may be opened are raised: 1, but for benches, where a few accounts do everybody's work."""

SESSION_ENGINE = "reachin.groundwork.audited_access.sessions"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IN_PRODUCTION
CSRF_COOKIE_SECURE = IN_PRODUCTION
CSRF_COOKIE_AGE = None  # ends with the browser session: a device keeps no sign that somebody was here
CSRF_COOKIE_HTTPONLY = True  # pages carry the token in their forms: no script has to read the cookie
if IN_PRODUCTION:  # a cookie so named is taken only over HTTPS and from this host itself
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, LANGUAGE_COOKIE_NAME = "__Host-session", "__Host-form", "__Host-language"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "reachin.interfaces.public.errors.form_expired"
SECURE_SSL_REDIRECT = IN_PRODUCTION and os.environ.get("REACHIN_BEHIND_TLS_PROXY", "1") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IN_PRODUCTION else None
SECURE_HSTS_SECONDS = 31_536_000 if IN_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IN_PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"  # with "no-referrer" browsers post "Origin: null", and every form is refused
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 0  # nothing is uploaded here: a body with a file in it is refused at the door

USE_TZ = True
TIME_ZONE = "Europe/London"
USE_I18N = True
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English")), ("gd", _("Gaelic"))]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [ROOT / "reachin" / "locale"]

ASSETS = ROOT / "assets" / "node_modules"
STATIC_URL = "/static/"
STATIC_ROOT = STATE / "static"
STATICFILES_DIRS: list[Any] = [
    ("design_system", ASSETS / "@scottish-government" / "design-system" / "dist"),
    ("roboto", ASSETS / "@fontsource" / "roboto"),
]
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_AUTOREFRESH = MODE == "test"  # tests gather no static files, and need none to be there

DELIVERY = os.environ.get("REACHIN_DELIVERY", "demonstration" if MODE != "production" else "email")
"""How messages leave: demonstration (they stay in the outbox), console, email, or govuk_notify."""
NOTIFY_URL = os.environ.get("REACHIN_NOTIFY_URL", "https://api.notifications.service.gov.uk")
NOTIFY_API_KEY = os.environ.get("REACHIN_NOTIFY_API_KEY", "")
NOTIFY_TEMPLATES = {
    "email": os.environ.get("REACHIN_NOTIFY_EMAIL_TEMPLATE", ""),
    "text": os.environ.get("REACHIN_NOTIFY_TEXT_TEMPLATE", ""),
}
EMAIL_HOST = os.environ.get("REACHIN_EMAIL_HOST", "localhost")
EMAIL_SECURITY = os.environ.get("REACHIN_EMAIL_SECURITY", "starttls")
"""How the mail server is spoken to: starttls, tls (from the first byte), or none, with which production does not start."""
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL_SECURITY == "starttls", EMAIL_SECURITY == "tls"
EMAIL_PORT = int(os.environ.get("REACHIN_EMAIL_PORT", "465" if EMAIL_USE_SSL else "587"))
EMAIL_HOST_USER = os.environ.get("REACHIN_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("REACHIN_EMAIL_PASSWORD", "")
EMAIL_TIMEOUT = 15
NOBODYS_SENDER = "no-reply@localhost"
DEFAULT_FROM_EMAIL = os.environ.get("REACHIN_EMAIL_FROM", NOBODYS_SENDER)
SILENCED_SYSTEM_CHECKS = ["axes.W002"]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "reachin.settings.logs.Lines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "level": "WARNING", **({"formatter": "lines"} if IN_PRODUCTION else {})}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}, "axes": {"level": "ERROR"}},
}
PROCRASTINATE_IMPORT_PATHS = [f"reachin.groundwork.jobs.{name}" for name in ("outbox", "chain", "clearing", "reminding")]
REMINDED_DAILY = ["reachin.families.information_requests.notices.remind"]
"""What each room tells of again each day while it waits: functions that are given the moment and tell how many they found."""
CLEARED_HOURLY = [
    "reachin.groundwork.audited_access.sessions.forget_sessions",
    "reachin.groundwork.audited_access.knocking.forget_knocks",
    "reachin.groundwork.one_time_links.actions.forget_links",
    "reachin.partnership.accounts.sessions.forget_ended",
    "reachin.access.requests_for_assistance.drafts.forget_tries",
]
"""What each room forgets once it has served: functions that are given the moment and tell how many rows they removed."""

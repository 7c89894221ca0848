"""All settings, under the headings and in the order of the README's table; the other modules only differ."""

from datetime import timedelta
from functools import partial

import dj_database_url
from environs import validate

from studytrack.environment import (
    PROJECT,
    at_least,
    contact,
    database_address,
    directory,
    empty_or_long_enough,
    env,
    long_enough,
    rate,
    redis_address,
)
from studytrack.postgresql.connections import PunctualConnection

# --- Secrets: SECRET_KEY, JWT_SIGNING_KEY, JWT_PREVIOUS_SIGNING_KEY

DEVELOPMENT_SECRET = "for-development-only-never-use-this-in-production-0123456789"  # noqa: S105
SECRET_KEY = env.str("SECRET_KEY", DEVELOPMENT_SECRET, validate=long_enough)
JWT_SIGNING_KEY = env.str("JWT_SIGNING_KEY", f"tokens-{DEVELOPMENT_SECRET}", validate=long_enough)
JWT_PREVIOUS_SIGNING_KEY = env.str("JWT_PREVIOUS_SIGNING_KEY", "", validate=empty_or_long_enough) or None

# --- Database: DATABASE_URL

DATABASE_URL = env.str("DATABASE_URL", f"sqlite:///{PROJECT / 'studytrack.sqlite3'}", validate=database_address)
DATABASES = {"default": dj_database_url.parse(DATABASE_URL)}
ON_POSTGRESQL = DATABASES["default"]["ENGINE"].endswith("postgresql")
if ON_POSTGRESQL:
    DATABASES["default"] |= {
        "ENGINE": "studytrack.postgresql",
        "OPTIONS": {
            "connect_timeout": 2,
            "server_side_binding": True,
            "prepare_threshold": 5,
            "tcp_user_timeout": 4000,  # milliseconds
            "pool": {
                "min_size": 0,
                "max_size": 16,
                "timeout": 0.25,
                "max_idle": 60,
                "reconnect_timeout": 0,
                "connection_class": PunctualConnection,
            },
            **DATABASES["default"].get("OPTIONS", {}),
        },
    }
else:
    DATABASES["default"] |= {
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL"}
    }
REQUEST_TIMEOUTS = {"statement_timeout": "10s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "15s"}
"""PostgreSQL's, where requests are answered; commands and migrations have none. `?options=` of DATABASE_URL wins."""
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Cache: REDIS_URL

REDIS_URL = env.str("REDIS_URL", None, validate=redis_address)
REDIS_TIMEOUT_SECONDS = 0.05  # what an answer may be late by while Redis is away
IN_PROCESS_CACHE = {
    "BACKEND": "studytrack.api.stamps.StampedMemoryCache",
    "KEY_FUNCTION": "studytrack.api.redis.plain_key",
    "OPTIONS": {"MAX_ENTRIES": 10_000},
}
REDIS_OPTIONS = {
    "SERIALIZER": "studytrack.api.redis.TextSerializer",
    "SOCKET_CONNECT_TIMEOUT": REDIS_TIMEOUT_SECONDS,
    "SOCKET_TIMEOUT": REDIS_TIMEOUT_SECONDS,
    "CONNECTION_POOL_CLASS": "studytrack.api.runs.RunConnectionPool",
}
REDIS_CACHE = {
    "BACKEND": "studytrack.api.stamps.StampedRedisCache",
    "LOCATION": REDIS_URL,
    "KEY_FUNCTION": "studytrack.api.redis.plain_key",
    "OPTIONS": REDIS_OPTIONS,
}
CACHES = {
    "default": REDIS_CACHE if REDIS_URL else IN_PROCESS_CACHE | {"LOCATION": "answers"},
    "counters": {"BACKEND": "studytrack.api.redis.CounterCache"},
    "in_process": IN_PROCESS_CACHE | {"LOCATION": "counters"},
}

# --- Hosts: ALLOWED_HOSTS, CSRF_TRUSTED_ORIGINS, CORS_ALLOWED_ORIGINS, TRUSTED_PROXY_COUNT, HTTPS_ONLY

from studytrack.settings.outside import *  # noqa: E402, F403 - the order is the table's
from studytrack.settings.outside import CORS_ALLOWED_ORIGINS  # noqa: E402

# --- Rate limits: RATE_LIMIT_AUTH, RATE_LIMIT_READ, RATE_LIMIT_WRITE, RATE_LIMIT_KEY

RATE_LIMIT_AUTH = env.str("RATE_LIMIT_AUTH", "10/m", validate=rate)
RATE_LIMIT_READ = env.str("RATE_LIMIT_READ", "100/m", validate=rate)
RATE_LIMIT_WRITE = env.str("RATE_LIMIT_WRITE", "20/m", validate=rate)
RATE_LIMIT_KEY = env.str("RATE_LIMIT_KEY", "ip", validate=validate.OneOf(["ip", "user_or_ip"]))
RATELIMIT_USE_CACHE = "counters"
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # a username is unique by its case-folded key, a stricter rule than the check looks for
    "django_ratelimit.E003",  # the counters fall back to this process's memory on purpose
    "django_ratelimit.W001",
    "security.W001",  # HttpsMiddleware is Django's SecurityMiddleware; the check knows it by its name only
]

# --- Cached answers: ANSWER_TTL_SECONDS

ANSWER_TTL_SECONDS = env.int("ANSWER_TTL_SECONDS", 300, validate=partial(at_least, 1))
WATCH_WHAT_IS_OWED = True

# --- Timers: FORGOTTEN_AFTER_HOURS

FORGOTTEN_AFTER_HOURS = env.int("FORGOTTEN_AFTER_HOURS", 12, validate=validate.Range(1, 24))

# --- Quotas: SUBJECTS_PER_USER, SESSIONS_PER_USER

SUBJECTS_PER_USER = env.int("SUBJECTS_PER_USER", 10_000, validate=partial(at_least, 1))
SESSIONS_PER_USER = env.int("SESSIONS_PER_USER", 1_000_000, validate=partial(at_least, 1))

# --- Operators: METRICS_KEY, PROMETHEUS_MULTIPROC_DIR, SECURITY_CONTACT

METRICS_KEY = env.str("METRICS_KEY", "", validate=empty_or_long_enough)
PROMETHEUS_MULTIPROC_DIR = env.str("PROMETHEUS_MULTIPROC_DIR", None, validate=directory)  # its library reads it too
SECURITY_CONTACT = env.str("SECURITY_CONTACT", "", validate=contact)

# --- What StudyTrack is made of

DEBUG = False
INSTALLED_APPS = [
    "accounts",
    "subjects",
    "sessions.apps.SessionsConfig",
    "studytrack.apps.StudyTrackAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "corsheaders",
    "csp",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "chartkick.django",
]

# The order is the architecture: docs/ARCHITECTURE.md, "How a request walks through".
MIDDLEWARE = [
    "studytrack.api.journal.JournalMiddleware",
    "studytrack.api.headers.HeadersMiddleware",
    "studytrack.api.errors.ProblemMiddleware",
    "studytrack.api.outside.HttpsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    *(["corsheaders.middleware.CorsMiddleware"] if CORS_ALLOWED_ORIGINS else []),
    "studytrack.api.ratelimits.RateLimitMiddleware",
    "studytrack.api.parsers.BodyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "studytrack.api.conditional.ConditionalReadMiddleware",
    "django.middleware.common.CommonMiddleware",
    "studytrack.api.caching.CachedAnswersMiddleware",
    "studytrack.api.outside.PagePolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "studytrack.urls"
WSGI_APPLICATION = "studytrack.wsgi.application"
ASGI_APPLICATION = "studytrack.asgi.application"
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PROJECT / "studytrack" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

STATIC_URL = "/static/"
STATICFILES_DIRS = [PROJECT / "studytrack" / "static"]
WHITENOISE_USE_FINDERS = True

# --- Accounts and tokens

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.PasswordBackend"]
SESSION_ENGINE = "accounts.browser_sessions"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.LengthValidator"},
    {"NAME": "accounts.passwords.LettersAndDigitsValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "email"]},
    },
]
LOGIN_URL = "session-login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

SIGN_IN_LIFETIME = timedelta(days=30)
ACCESS_TOKEN_LIFETIME = timedelta(minutes=30)
REFRESH_TOKEN_LIFETIME = timedelta(days=7)
SIMPLE_JWT = {
    "ALGORITHM": "HS256",
    "SIGNING_KEY": JWT_SIGNING_KEY,
    "ACCESS_TOKEN_LIFETIME": ACCESS_TOKEN_LIFETIME,
    "REFRESH_TOKEN_LIFETIME": REFRESH_TOKEN_LIFETIME,
}

# --- The API, and what is logged

from studytrack.settings.api import *  # noqa: E402, F403
from studytrack.settings.logs import LOGGING  # noqa: E402, F401

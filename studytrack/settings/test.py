"""What the test suite runs on: the servers that the environment names, cheap hashing, far-off limits and quotas."""

import os

from studytrack.settings.base import *  # noqa: F403 - settings modules only differ from base
from studytrack.settings.base import CACHES, INSTALLED_APPS, REDIS_OPTIONS, REDIS_URL

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["tests.hashers.FewRoundsBCryptSHA256PasswordHasher"]
SUBJECTS_PER_USER = SESSIONS_PER_USER = 1_000_000_000
RATE_LIMIT_AUTH = RATE_LIMIT_READ = RATE_LIMIT_WRITE = "1000000/m"
WATCH_WHAT_IS_OWED = False  # tests look themselves

# On a machine that is busy with tests Redis may be late without being away.
REDIS_OPTIONS.update(SOCKET_CONNECT_TIMEOUT=0.25, SOCKET_TIMEOUT=0.25)

if worker := os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw"):
    # Redis databases are numbered: each parallel test process empties its own.
    CACHES["default"]["LOCATION"] = f"{str(REDIS_URL).rpartition('/')[0]}/{worker}" if REDIS_URL else worker

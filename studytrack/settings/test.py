"""What the test suite runs on: the servers that the environment names, cheap password hashing, far-off limits."""

import os

from studytrack.settings.base import *  # noqa: F403 - settings modules only differ from base
from studytrack.settings.base import CACHES, REDIS_URL

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["tests.hashers.FewRoundsBCryptSHA256PasswordHasher"]
RATE_LIMIT_AUTH = RATE_LIMIT_READ = RATE_LIMIT_WRITE = "1000000/m"
WATCH_WHAT_IS_OWED = False  # tests look themselves

if worker := os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw"):
    # Redis databases are numbered: each parallel test process empties its own.
    CACHES["default"]["LOCATION"] = f"{str(REDIS_URL).rpartition('/')[0]}/{worker}" if REDIS_URL else worker

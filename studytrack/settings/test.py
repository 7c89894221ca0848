"""What the test suite runs on: the servers that the environment names, cheap password hashing, far-off limits."""

from studytrack.settings.base import *  # noqa: F403 - settings modules only differ from base

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["tests.hashers.FewRoundsBCryptSHA256PasswordHasher"]
RATE_LIMIT_AUTH = RATE_LIMIT_READ = RATE_LIMIT_WRITE = "1000000/m"

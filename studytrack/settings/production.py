"""The real thing: no default secret, PostgreSQL, Redis, HTTPS; refuses to start on anything less."""

from environs import EnvValidationError

from studytrack.environment import env, hard_to_guess
from studytrack.settings import base
from studytrack.settings.base import *  # noqa: F403 - settings modules only differ from base

KEYS = ("SECRET_KEY", "JWT_SIGNING_KEY", "JWT_PREVIOUS_SIGNING_KEY", "METRICS_KEY")

for name in ("SECRET_KEY", "JWT_SIGNING_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS"):
    env.str(name)  # production has a default for none of them


def refuse(name: str, reason: str) -> None:
    raise EnvValidationError(f'Environment variable "{name}" invalid: {reason}', [reason])


seen: set[str] = set()
for name, key in ((name, key) for name in KEYS if (key := getattr(base, name))):
    if base.DEVELOPMENT_SECRET in key:
        refuse(name, "the development secret is no secret.")
    if not hard_to_guess(key):
        refuse(name, "is easy to guess: make a random one.")
    if key in seen:
        refuse(name, "must differ from the other keys.")
    seen.add(key)
if not base.ON_POSTGRESQL:
    refuse("DATABASE_URL", "production does not run on SQLite.")
if any(origin.startswith("http:") for origin in base.CSRF_TRUSTED_ORIGINS) and base.HTTPS_ONLY:
    refuse("CSRF_TRUSTED_ORIGINS", "whoever sits between could speak for an origin without HTTPS.")
if not base.ALLOWED_HOSTS or "*" in base.ALLOWED_HOSTS:
    refuse("ALLOWED_HOSTS", "must name the hosts that are served.")
if env.bool("DEBUG", False):
    refuse("DEBUG", "production never shows its insides.")

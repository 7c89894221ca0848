"""The real thing: no default secret, PostgreSQL, Redis, HTTPS; refuses to start on anything less."""

from environs import EnvValidationError

from studytrack.environment import env
from studytrack.settings import base
from studytrack.settings.base import *  # noqa: F403 - settings modules only differ from base

for name in ("SECRET_KEY", "JWT_SIGNING_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS"):
    env.str(name)  # production has a default for none of them


def refuse(name: str, reason: str) -> None:
    raise EnvValidationError(f'Environment variable "{name}" invalid: {reason}', [reason])


if base.DEVELOPMENT_SECRET in base.SECRET_KEY:
    refuse("SECRET_KEY", "the development secret is no secret.")
if base.DEVELOPMENT_SECRET in base.JWT_SIGNING_KEY:
    refuse("JWT_SIGNING_KEY", "the development secret is no secret.")
if base.DEVELOPMENT_SECRET in (base.JWT_PREVIOUS_SIGNING_KEY or ""):
    refuse("JWT_PREVIOUS_SIGNING_KEY", "the development secret is no secret.")
if base.SECRET_KEY == base.JWT_SIGNING_KEY:
    refuse("JWT_SIGNING_KEY", "must differ from SECRET_KEY.")
if not base.ON_POSTGRESQL:
    refuse("DATABASE_URL", "production does not run on SQLite.")
if not base.ALLOWED_HOSTS or "*" in base.ALLOWED_HOSTS:
    refuse("ALLOWED_HOSTS", "must name the hosts that are served.")
if env.bool("DEBUG", False):
    refuse("DEBUG", "production never shows its insides.")

"""Where settings come from: the environment, completed by `.env` beside the code; and what makes sense there."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from environs import Env, EnvError, ValidationError
from redis import Redis

PROJECT = Path(__file__).resolve().parent.parent
DEFAULT_SETTINGS = "studytrack.settings.development"
KNOWN_SETTINGS = (DEFAULT_SETTINGS, "studytrack.settings.production", "studytrack.settings.test")
KEY_BYTES_MINIMUM = 32
KEY_DIFFERENT_CHARACTERS_MINIMUM = 10
CONTACT = re.compile(r"(mailto:[!-~]+@|https://)[!-~]+")
RATE = re.compile(r"[1-9][0-9]{0,8}/[smhd]")

env = Env()


def choose_settings() -> None:
    """Settle which settings, and where workers count: libraries read both from the environment, not from `.env`."""
    env.read_env(PROJECT / ".env", recurse=False)
    if counting := env.str("PROMETHEUS_MULTIPROC_DIR", ""):
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", counting)
    chosen = os.environ.setdefault("DJANGO_SETTINGS_MODULE", env.str("DJANGO_SETTINGS_MODULE", DEFAULT_SETTINGS))
    if chosen not in KNOWN_SETTINGS:
        raise EnvError(f"DJANGO_SETTINGS_MODULE is none of {', '.join(KNOWN_SETTINGS)}")


def long_enough(key: str) -> None:
    if len(key.encode()) < KEY_BYTES_MINIMUM:
        raise ValidationError(f"Must be at least {KEY_BYTES_MINIMUM} bytes long.")


def empty_or_long_enough(key: str) -> None:
    if key:
        long_enough(key)


def database_address(url: str) -> None:
    try:
        engine = dj_database_url.parse(url)["ENGINE"]
    except ValueError:
        engine = ""
    if engine not in ("django.db.backends.postgresql", "django.db.backends.sqlite3"):
        raise ValidationError("Must be a postgresql:// or sqlite:// URL.")


def redis_address(url: str) -> None:
    try:
        Redis.from_url(url).connection_pool.make_connection()  # which does not connect
    except (ValueError, TypeError):
        raise ValidationError("Must be a redis://, rediss:// or unix:// URL.") from None


def directory(path: str) -> None:
    if not Path(path).is_dir():
        raise ValidationError("Must be a directory.")


def contact(address: str) -> None:
    if address and not CONTACT.fullmatch(address):
        raise ValidationError("Must be a mailto: or https:// address.")


def hard_to_guess(key: str) -> bool:
    """Whether a key could be a random one: those that people make up repeat themselves."""
    return len(set(key)) >= KEY_DIFFERENT_CHARACTERS_MINIMUM


def exact_origins(values: list[str]) -> None:
    """Origins as a browser spells them; a pattern would match none."""
    origins(values)
    if any("*" in value for value in values):
        raise ValidationError("Each must be one origin, such as https://app.example.org.")


def origins(values: list[str]) -> None:
    for value in values:
        parts = urlsplit(value)
        spelled = f"{parts.scheme}://{parts.netloc.lower()}"
        if parts.scheme not in ("http", "https") or value != spelled or not parts.netloc:
            raise ValidationError("Each must be an origin such as https://app.example.org.")


def host_names(values: list[str]) -> None:
    if not all(re.fullmatch(r"\*|\.?[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]", value) for value in values):
        raise ValidationError("Each must be a host name, without scheme, port or path.")


def rate(value: str) -> None:
    if not RATE.fullmatch(value):
        raise ValidationError("Must be a count per s, m, h or d, such as 100/m.")


def at_least(minimum: int, value: int) -> None:
    if value < minimum:
        raise ValidationError(f"Must be {minimum} or more.")

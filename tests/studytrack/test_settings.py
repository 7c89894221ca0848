"""Every variable: what it is by default, what it changes, and how nonsense is refused (contract 8)."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from studytrack.environment import PROJECT

SHOW = """
import json, sys
from studytrack.environment import choose_settings
choose_settings()
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""


KEY, OTHER_KEY = "k3y-0f-a-s3cr3t-m4d3-up-f0r-tests-1", "an0th3r-0n3-m4d3-up-f0r-tests-2-xyz"


PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "studytrack.settings.production",
    "SECRET_KEY": KEY,
    "JWT_SIGNING_KEY": OTHER_KEY,
    "DATABASE_URL": "postgresql://studytrack:s3cr3t@db.example.org:5433/study",
    "REDIS_URL": "redis://:s3cr3t@cache.example.org:6380/2",
    "ALLOWED_HOSTS": "study.example.org,.example.net",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what settings are made from, with nobody's `.env`."""
    copy = tmp_path_factory.mktemp("house")
    shutil.copy(PROJECT / "manage.py", copy)
    shutil.copytree(PROJECT / "studytrack", copy / "studytrack")
    return copy


def run(house: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    surroundings = {"PATH": os.defpath, **variables}
    return subprocess.run(command, cwd=house, env=surroundings, capture_output=True, text=True, check=False)


def shown(house: Path, *names: str, **variables: str) -> dict[str, Any]:
    result = run(house, "-c", SHOW, *names, **variables)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def refusal(house: Path, **variables: str) -> str:
    """The one line in which manage.py refuses to start."""
    result = run(house, "manage.py", "check", **variables)
    assert (result.returncode, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("StudyTrack does not start: ")
    return line


def test_without_any_variable_it_is_a_first_try_on_this_machine(house: Path) -> None:
    names = [
        *("DEBUG", "DATABASES", "CACHES", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "CORS_ALLOWED_ORIGINS"),
        *("TRUSTED_PROXY_COUNT", "HTTPS_ONLY", "RATE_LIMIT_AUTH", "RATE_LIMIT_READ", "RATE_LIMIT_WRITE"),
        *("RATE_LIMIT_KEY", "ANSWER_TTL_SECONDS", "FORGOTTEN_AFTER_HOURS"),
        *("SUBJECTS_PER_USER", "SESSIONS_PER_USER"),
        *("METRICS_KEY", "PROMETHEUS_MULTIPROC_DIR", "SECURITY_CONTACT"),
        *("JWT_PREVIOUS_SIGNING_KEY", "SETTINGS_MODULE"),
    ]
    found = shown(house, *names)
    assert found.pop("DATABASES")["default"]["NAME"] == str(house / "studytrack.sqlite3")
    assert found.pop("CACHES")["default"]["BACKEND"] == "studytrack.api.stamps.StampedMemoryCache"
    assert found == {
        "DEBUG": False,
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
        "CSRF_TRUSTED_ORIGINS": [],
        "CORS_ALLOWED_ORIGINS": [],
        "TRUSTED_PROXY_COUNT": 0,
        "HTTPS_ONLY": False,
        "RATE_LIMIT_AUTH": "10/m",
        "RATE_LIMIT_READ": "100/m",
        "RATE_LIMIT_WRITE": "20/m",
        "RATE_LIMIT_KEY": "ip",
        "ANSWER_TTL_SECONDS": 300,
        "FORGOTTEN_AFTER_HOURS": 12,
        "SUBJECTS_PER_USER": 10_000,
        "SESSIONS_PER_USER": 1_000_000,
        "METRICS_KEY": "",
        "PROMETHEUS_MULTIPROC_DIR": None,
        "SECURITY_CONTACT": "",
        "JWT_PREVIOUS_SIGNING_KEY": None,
        "SETTINGS_MODULE": "studytrack.settings.development",
    }


def test_every_variable_takes_effect(house: Path) -> None:
    variables = {
        "SECRET_KEY": KEY,
        "JWT_SIGNING_KEY": OTHER_KEY,
        "JWT_PREVIOUS_SIGNING_KEY": KEY,
        "CSRF_TRUSTED_ORIGINS": "https://a.example,https://*.b.example",
        "CORS_ALLOWED_ORIGINS": "http://localhost:3000",
        "TRUSTED_PROXY_COUNT": "2",
        "HTTPS_ONLY": "true",
        "RATE_LIMIT_AUTH": "5/h",
        "RATE_LIMIT_READ": "1/s",
        "RATE_LIMIT_WRITE": "1000/d",
        "RATE_LIMIT_KEY": "user_or_ip",
        "ANSWER_TTL_SECONDS": "1",
        "FORGOTTEN_AFTER_HOURS": "24",
        "SUBJECTS_PER_USER": "7",
        "SESSIONS_PER_USER": "8",
        "METRICS_KEY": KEY,
        "PROMETHEUS_MULTIPROC_DIR": "/tmp",
        "SECURITY_CONTACT": "mailto:security@study.example.org",
    }
    read_as = {
        "CSRF_TRUSTED_ORIGINS": ["https://a.example", "https://*.b.example"],
        "CORS_ALLOWED_ORIGINS": ["http://localhost:3000"],
        "TRUSTED_PROXY_COUNT": 2,
        "HTTPS_ONLY": True,
        "ANSWER_TTL_SECONDS": 1,
        "FORGOTTEN_AFTER_HOURS": 24,
        "SUBJECTS_PER_USER": 7,
        "SESSIONS_PER_USER": 8,
    }
    assert shown(house, *variables, **variables) == variables | read_as


@pytest.mark.parametrize(("value", "on"), [("true", True), ("false", False)])
def test_https_only_is_redirects_cookies_and_hsts(house: Path, value: str, on: bool) -> None:
    names = ["SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS"]
    assert list(shown(house, *names, HTTPS_ONLY=value).values()) == [on, on, on, 31_536_000 if on else 0]


@pytest.mark.parametrize(("value", "header"), [("0", None), ("1", ["HTTP_X_FORWARDED_PROTO", "https"])])
def test_only_a_proxy_is_believed_about_https(house: Path, value: str, header: Any) -> None:
    assert shown(house, "SECURE_PROXY_SSL_HEADER", TRUSTED_PROXY_COUNT=value)["SECURE_PROXY_SSL_HEADER"] == header


def test_an_empty_list_is_a_list(house: Path) -> None:
    assert shown(house, "CORS_ALLOWED_ORIGINS", CORS_ALLOWED_ORIGINS="") == {"CORS_ALLOWED_ORIGINS": []}


def test_production_starts_with_what_it_needs(house: Path) -> None:
    found = shown(house, "DATABASES", "CACHES", "SIMPLE_JWT", "ALLOWED_HOSTS", "HTTPS_ONLY", "DEBUG", **PRODUCTION)
    database = found["DATABASES"]["default"]
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example.org", 5433, "study")
    assert (database["CONN_MAX_AGE"], database["OPTIONS"]["pool"]["max_size"]) == (0, 16)
    assert found["CACHES"]["default"]["LOCATION"] == PRODUCTION["REDIS_URL"]
    assert found["SIMPLE_JWT"]["SIGNING_KEY"] == OTHER_KEY
    assert found["ALLOWED_HOSTS"] == ["study.example.org", ".example.net"]
    assert (found["HTTPS_ONLY"], found["DEBUG"]) == (True, False)


def test_production_may_do_without_https(house: Path) -> None:
    assert shown(house, "SECURE_SSL_REDIRECT", **PRODUCTION, HTTPS_ONLY="false") == {"SECURE_SSL_REDIRECT": False}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DJANGO_SETTINGS_MODULE", "studytrack.settings.nowhere"),
        ("SECRET_KEY", "s3cr3t"),
        ("JWT_SIGNING_KEY", "s3cr3t"),
        ("JWT_PREVIOUS_SIGNING_KEY", "s3cr3t"),
        ("DATABASE_URL", "mysql://me:s3cr3t@localhost/study"),
        ("REDIS_URL", "http://:s3cr3t@localhost"),
        ("ALLOWED_HOSTS", "https://study.example.org"),
        ("CSRF_TRUSTED_ORIGINS", "study.example.org"),
        ("CORS_ALLOWED_ORIGINS", "*"),
        ("TRUSTED_PROXY_COUNT", "-1"),
        ("HTTPS_ONLY", "perhaps"),
        ("RATE_LIMIT_AUTH", "10"),
        ("RATE_LIMIT_READ", "0/m"),
        ("RATE_LIMIT_WRITE", "10/y"),
        ("RATE_LIMIT_KEY", "cookie"),
        ("ANSWER_TTL_SECONDS", "5m"),
        ("FORGOTTEN_AFTER_HOURS", "0"),
        ("FORGOTTEN_AFTER_HOURS", "25"),
        ("SUBJECTS_PER_USER", "0"),
        ("SESSIONS_PER_USER", "many"),
        ("METRICS_KEY", "s3cr3t"),
        ("PROMETHEUS_MULTIPROC_DIR", "/nowhere"),
        ("SECURITY_CONTACT", "security@study.example.org"),
        ("SECURITY_CONTACT", "http://study.example.org/security"),
    ],
)
def test_nonsense_is_refused_by_name(house: Path, name: str, value: str) -> None:
    line = refusal(house, **{name: value})
    assert name in line
    assert "s3cr3t" not in line


@pytest.mark.parametrize("name", ["SECRET_KEY", "JWT_SIGNING_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS"])
def test_production_has_no_default(house: Path, name: str) -> None:
    assert name in refusal(house, **{key: value for key, value in PRODUCTION.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "for-development-only-never-use-this-in-production-0123456789"),
        ("JWT_SIGNING_KEY", "tokens-for-development-only-never-use-this-in-production-0123456789"),
        ("JWT_PREVIOUS_SIGNING_KEY", "tokens-for-development-only-never-use-this-in-production-0123456789"),
        ("JWT_SIGNING_KEY", KEY),
        ("DATABASE_URL", "sqlite:///study.sqlite3"),
        ("REDIS_URL", ""),
        ("ALLOWED_HOSTS", ""),
        ("ALLOWED_HOSTS", "study.example.org,*"),
        ("DEBUG", "true"),
        ("SECRET_KEY", "s3cr3t" * 9),
        ("JWT_SIGNING_KEY", "0" * 64),
        ("JWT_PREVIOUS_SIGNING_KEY", "ab" * 32),
        ("METRICS_KEY", "s3cr3t" * 9),
        ("METRICS_KEY", OTHER_KEY),
        ("CSRF_TRUSTED_ORIGINS", "http://app.example.org"),
    ],
)
def test_production_refuses_what_is_fit_for_a_try_only(house: Path, name: str, value: str) -> None:
    line = refusal(house, **PRODUCTION | {name: value})
    assert name in line
    assert KEY not in line
    assert "s3cr3t" not in line


def test_a_file_completes_the_environment_which_wins(house: Path, tmp_path: Path) -> None:
    copy = tmp_path / "house"
    shutil.copytree(house, copy)
    module = "DJANGO_SETTINGS_MODULE=studytrack.settings.test"
    (copy / ".env").write_text(f"{module}\nRATE_LIMIT_READ=7/m\nRATE_LIMIT_KEY=user_or_ip\nANSWER_TTL_SECONDS=9\n")
    names = ["SETTINGS_MODULE", "RATE_LIMIT_KEY", "ANSWER_TTL_SECONDS"]
    assert shown(copy, *names, ANSWER_TTL_SECONDS="8") == {
        "SETTINGS_MODULE": "studytrack.settings.test",
        "RATE_LIMIT_KEY": "user_or_ip",
        "ANSWER_TTL_SECONDS": 8,
    }


def test_a_file_that_makes_no_sense_is_refused_too(house: Path, tmp_path: Path) -> None:
    copy = tmp_path / "house"
    shutil.copytree(house, copy)
    (copy / ".env").write_text("RATE_LIMIT_READ=often\n")
    assert "RATE_LIMIT_READ" in refusal(copy)


@pytest.mark.parametrize("door", ["studytrack.wsgi", "studytrack.asgi"])
def test_a_servers_door_refuses_by_name_too(house: Path, door: str) -> None:
    result = run(house, "-c", f"import {door}", RATE_LIMIT_READ="often")
    assert result.returncode == 1
    assert "RATE_LIMIT_READ" in result.stderr.splitlines()[-1]


def test_the_example_names_every_variable() -> None:
    settings = "".join(path.read_text() for path in (PROJECT / "studytrack" / "settings").glob("*.py"))
    read = set(re.findall(r'env\.\w+\("(\w+)"', settings)) - {"DEBUG"} | {"DJANGO_SETTINGS_MODULE"}
    named = set(re.findall(r"^# (\w+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE))
    assert len(read) > 10
    assert read - named == set()


def test_cors_stands_before_what_may_refuse(house: Path) -> None:
    (middleware,) = shown(house, "MIDDLEWARE", CORS_ALLOWED_ORIGINS="https://app.example.org").values()
    cors = middleware.index("corsheaders.middleware.CorsMiddleware")
    assert cors < middleware.index("studytrack.api.ratelimits.RateLimitMiddleware")
    assert "corsheaders.middleware.CorsMiddleware" not in shown(house, "MIDDLEWARE")["MIDDLEWARE"]


@pytest.mark.parametrize(
    ("address", "believed", "status"),
    [("/subjects", False, 403), ("/subjects", True, 401), ("/health/live", False, 200)],
)
def test_https_only(db: None, settings: Any, address: str, believed: bool, status: int) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if believed else None
    response = Client().get(address, headers={"X-Forwarded-Proto": "https"})
    assert response.status_code == status
    assert "Location" not in response

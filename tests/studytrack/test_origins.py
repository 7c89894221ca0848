"""What other origins may do: those that are named read, write and send forms, others nothing (contract 8)."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.conftest import Caller
from tests.studytrack.conftest import Browser

ORIGIN = "https://app.example.org"


@pytest.fixture
def cors(settings: Any) -> None:
    """What CORS_ALLOWED_ORIGINS does to the settings."""
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    first = settings.MIDDLEWARE.index("studytrack.api.ratelimits.RateLimitMiddleware")
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE[:first],
        "corsheaders.middleware.CorsMiddleware",
        *settings.MIDDLEWARE[first:],
    ]


def test_another_application_may_ask_first(cors: None, db: None) -> None:
    headers = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization",
    }
    response = Client().options("/subjects/1", headers=headers)
    assert (response.status_code, response["Access-Control-Allow-Origin"]) == (200, ORIGIN)
    assert "PATCH" in response["Access-Control-Allow-Methods"]
    assert {"authorization", "if-match", "idempotency-key"} <= set(
        response["Access-Control-Allow-Headers"].split(", ")
    )
    assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.parametrize(("limit", "status"), [("9/h", 200), ("1/h", 429)])
def test_another_application_reads_answers_and_refusals(
    cors: None, alice: User, settings: Any, limit: str, status: int
) -> None:
    settings.RATE_LIMIT_READ = limit
    response = [Caller(alice).get("/subjects", headers={"Origin": ORIGIN}) for _ in range(2)][1]
    assert (response.status_code, response["Access-Control-Allow-Origin"]) == (status, ORIGIN)
    assert {"RateLimit", "Idempotent-Replayed"} <= set(response["Access-Control-Expose-Headers"].split(", "))
    assert "origin" in response["Vary"]


@pytest.mark.parametrize(
    "origin",
    [
        *("https://evil.example", "null", "", "*", "file://", "https://"),
        *(
            "https://app.example.org.evil.example",
            "https://evilapp.example.org",
            "https://evil.example/app.example.org",
        ),
        *("https://x.app.example.org", "https://example.org", "https://app.example.org@evil.example"),
        *("http://app.example.org", "https://app.example.org:8443", "//app.example.org"),
        *("https://app_example.org", "https://app.example.org, https://evil.example"),
        "https://app.example.org%60.evil.example",
    ],
)
def test_any_other_may_not(cors: None, alice: User, origin: str) -> None:
    """A comparison by prefix, suffix or pattern lets one of these in; an echo lets in all."""
    asked_first = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
    for response in (
        Caller(alice).get("/subjects", headers={"Origin": origin}),
        Client().options("/subjects/1", headers=asked_first),
    ):
        assert not [name for name in response.headers if name.lower().startswith("access-control-")]


def test_cookies_of_a_browser_are_never_for_another_origin(cors: None, alice: User) -> None:
    response = Caller(alice).get("/subjects", headers={"Origin": ORIGIN})
    assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.parametrize(("trusted", "status"), [([], 403), ([ORIGIN], 201)])
def test_forms_of_another_origin_are_believed_only_if_named(
    browser: Browser, settings: Any, trusted: list[str], status: int
) -> None:
    settings.CSRF_TRUSTED_ORIGINS = trusted
    browser.defaults["HTTP_ORIGIN"] = ORIGIN
    assert browser.send("name=Algebra", "application/x-www-form-urlencoded").status_code == status

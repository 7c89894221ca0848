"""How long a refused sign-in takes, whoever it was tried for: python -m tests.bench.sign_ins [TRIES]

The medians of all kinds of failure must lie within three per cent of each other, or the time tells who has an account.
"""

import os
import sys
import time
from statistics import median
from typing import Any

import django

KINDS = {
    "wrong password": ("alice", "wrong 1"),
    "unknown": ("nobody", "wrong 1"),
    "inactive": ("inactive", "correct horse 1"),
    "no password": ("passwordless", "correct horse 1"),
    "guessed too often": ("guessed", "correct horse 1"),
}
TRIES = 200
LARGEST_DIFFERENCE = 0.03


def prepare() -> int:
    """The accounts; returns the id of the one that is guessed at."""
    from django.core.management import call_command

    from accounts.models import User
    from tests.factories import make_user

    call_command("migrate", verbosity=0)
    make_user("alice")
    make_user("inactive", is_active=False)
    User.objects.create_user("passwordless", "passwordless@example.org")
    return make_user("guessed").pk


def tried(client: Any, name: str, password: str) -> tuple[float, float]:
    """The seconds that a refusal takes, and those of them in which the processor worked for it."""
    begun, worked = time.perf_counter(), time.thread_time()
    response = client.post("/auth/login", {"username": name, "password": password})
    seconds = time.perf_counter() - begun, time.thread_time() - worked
    assert response.status_code == 401, response.content
    return seconds


def measure(tries: int) -> dict[str, list[float]]:
    """The medians of each kind, tried in turn: what else the machine does meets them all alike."""
    from django.core.cache import cache, caches
    from rest_framework.test import APIClient

    from accounts.guesses import FAILURES_AN_HOUR, Budget

    guessed, client, counters = prepare(), APIClient(), caches["counters"]
    seconds: dict[str, list[tuple[float, float]]] = {kind: [] for kind in KINDS}
    for _ in range(tries):
        cache.clear()
        counters.count(Budget("sign-in", guessed, "elsewhere").key, 3600, by=FAILURES_AN_HOUR)  # type: ignore[attr-defined]
        for kind, (name, password) in KINDS.items():
            seconds[kind].append(tried(client, name, password))
    return {kind: [median(column) for column in zip(*times, strict=True)] for kind, times in seconds.items()}


def main(tries: int) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "studytrack.settings.test"
    django.setup()
    from django.test import override_settings

    from studytrack.settings import base

    with override_settings(PASSWORD_HASHERS=base.PASSWORD_HASHERS):
        medians = measure(tries)
    for kind, (elapsed, worked) in medians.items():
        print(f"{kind:20} {1000 * elapsed:8.1f} ms, of which work {1000 * worked:8.1f} ms")
    differences = [max(column) / min(column) - 1 for column in zip(*medians.values(), strict=True)]
    print(f"{tries} tries each; the medians differ by at most", *(f"{100 * each:.1f} %" for each in differences))
    return int(differences[0] > LARGEST_DIFFERENCE)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else TRIES))

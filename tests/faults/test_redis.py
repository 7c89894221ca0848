"""Redis slow, or refusing us: every endpoint answers, rightly and in time (more in tests/studytrack/test_redis.py)."""

import pytest
from django.urls import URLPattern

from studytrack.urls import urlpatterns
from tests.faults.app import App
from tests.faults.redis_faults import BACK_SECONDS, FIRST_SECONDS, Times, fail, healthy, percentile
from tests.faults.tour import Tour

NOT_TOURED = {"session-logout", "session-import", "metrics", "security-contact", None}
"""The browser's way out, files, what asks no other server, and the way to /admin/."""


@pytest.fixture(scope="module")
def well(served: App) -> Times:
    served.wait_until_well()
    return healthy(served, 2)


def test_the_tour_comes_by_every_address(app: App) -> None:
    tour = Tour(app, app.caller()).take()
    toured = {endpoint.partition(" ")[2] for endpoint, _ in tour.answers}
    addresses = {each.name for each in urlpatterns if isinstance(each, URLPattern)} - NOT_TOURED
    assert (tour.mistakes, addresses - toured) == ([], set())


@pytest.mark.parametrize("fault", ["slow by 200 ms", "wrong password"])
def test_every_endpoint(app: App, well: Times, fault: str) -> None:
    """A Redis that takes 200 ms, waited for with patience, is a second in many a request."""
    seen = fail(app, fault, tours=1, firsts=1)
    assert seen.open.mistakes == []
    assert percentile(seen.open.above(well), 0.5) < 0.05
    assert max(seen.firsts) < FIRST_SECONDS
    assert seen.back_seconds < BACK_SECONDS
    assert seen.warnings <= 1

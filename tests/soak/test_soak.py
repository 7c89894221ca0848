"""Under load the server comes to hold no more: the short form of `make soak`."""

import os
from dataclasses import replace

from tests.servers import private_postgres, private_redis
from tests.soak.__main__ import soak
from tests.soak.samples import Sample, trends

HELD = Sample(memory_megabytes=300, files=60, threads=40, database_connections=9, cache_connections=7)


def test_nothing_grows_under_load() -> None:
    """It does with a connection that is not given back, or an answer that is remembered for each address asked."""
    with private_postgres() as postgres, private_redis() as redis:
        environment = dict(os.environ) | {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url}
        environment["DJANGO_SETTINGS_MODULE"] = "studytrack.settings.test"
        environment.pop("PYTEST_XDIST_WORKER", None)
        result = soak(environment, seconds=10, warm_up=6, people=4, workers=1)
    assert result.load.mistakes == []
    assert result.load.statuses.keys() == {200, 201, 204, 400, 404}
    assert [trend for trend in result.trends if not trend.is_flat] == []


def test_growth_is_seen() -> None:
    growing = [
        replace(HELD, memory_megabytes=300 + number / 2, files=60 + number, cache_connections=7 + number % 3)
        for number in range(40)
    ]
    assert [trend.name for trend in trends(growing) if not trend.is_flat] == ["memory_megabytes", "files"]

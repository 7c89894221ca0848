"""How often a request makes the server ask Redis and PostgreSQL, as those two count it."""

import os
from collections.abc import Callable
from typing import Any

import psycopg
from redis import Redis

REQUESTS = 100
STATEMENTS = """
    SELECT coalesce(sum(calls), 0)::int FROM pg_stat_statements
    WHERE query NOT LIKE '%pg_stat_statements%' AND query NOT LIKE '%owedforgetting%'
"""
"""But for those of who counts, and of the thread that looks each second for what is owed."""


class Counter:
    """What Redis and PostgreSQL have been asked until now."""

    def __init__(self) -> None:
        self.redis: Any = Redis.from_url(os.environ["REDIS_URL"])
        self.database: Any = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
        self.database.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")

    def for_each(self, request: Callable[[], Any]) -> dict[str, float]:
        """Round trips to Redis and SQL statements of one request, on average over some."""
        request()
        reads, statements = self.reads(), self.statements()
        for _ in range(REQUESTS):
            request()
        reads, statements = self.reads() - reads - 1, self.statements() - statements  # one is the counting itself
        return {"round_trips": reads / REQUESTS, "statements": statements / REQUESTS}

    def reads(self) -> int:
        """How often Redis has read from a client: commands that are sent together are read together."""
        return int(self.redis.info("stats")["total_reads_processed"])

    def statements(self) -> int:
        return int(self.database.execute(STATEMENTS).fetchone()[0])

"""What a server holds: memory, files, threads, connections; and whether it comes to hold more and more."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import psycopg
from redis import Redis

from tests.serving import Running

MEGABYTE_KIB = 1024
SHARE_AT_THE_ENDS = 4
"""What is compared are the medians of the first and of the last of so many parts."""
MEMORY_SHARE = 0.03
MEMORY_MEGABYTES = 3.0
COUNTS = 4.0


@dataclass(frozen=True, slots=True)
class Sample:
    """What all processes of a server hold in one moment."""

    memory_megabytes: float
    files: float
    threads: float
    database_connections: float
    cache_connections: float


NAMES = [field.name for field in fields(Sample)]


@dataclass(frozen=True, slots=True)
class Trend:
    """Where one number came from and where it went."""

    name: str
    first: float
    last: float

    @property
    def is_flat(self) -> bool:
        allowed = COUNTS
        if self.name == "memory_megabytes":
            allowed = max(MEMORY_MEGABYTES, self.first * MEMORY_SHARE)
        return self.last - self.first <= allowed


def sample(server: Running, database: "psycopg.Connection[object]", cache: Redis) -> Sample:
    processes = [Path(f"/proc/{process}") for process in (server.process.pid, *server.workers)]
    row = database.execute("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'").fetchone()
    clients = cache.info("clients")
    assert isinstance(row, tuple)
    assert isinstance(clients, dict)
    return Sample(
        memory_megabytes=sum(numbers(processes, "VmRSS")) / MEGABYTE_KIB,
        files=sum(len(list((process / "fd").iterdir())) for process in processes),
        threads=sum(numbers(processes, "Threads")),
        database_connections=row[0],
        cache_connections=clients["connected_clients"],
    )


def numbers(processes: Iterable[Path], name: str) -> Iterable[int]:
    for process in processes:
        status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        yield int(status[name].split()[0])


def trends(samples: Sequence[Sample]) -> list[Trend]:
    """Of each number, from the first part of the samples to the last."""
    part = max(1, len(samples) // SHARE_AT_THE_ENDS)
    columns = zip(*map(astuple, samples), strict=True)
    return [
        Trend(name, statistics.median(column[:part]), statistics.median(column[-part:]))
        for name, column in zip(NAMES, columns, strict=True)
    ]

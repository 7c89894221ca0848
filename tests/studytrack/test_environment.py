"""What makes sense in a variable, rule by rule (contract 8)."""

from collections.abc import Callable
from typing import Any

import pytest
from environs import ValidationError

from studytrack import environment


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        (environment.long_enough, ""),
        (environment.long_enough, "x" * 31),
        (environment.database_address, ""),
        (environment.database_address, "study.sqlite3"),
        (environment.database_address, "postgresql://me:s3cr3t@localhost:port/study"),
        (environment.redis_address, ""),
        (environment.redis_address, "localhost:6379"),
        (environment.redis_address, "redis://:s3cr3t@localhost:port/0"),
        (environment.redis_address, "redis://:s3cr3t@localhost/0?no_such_option=1"),
        (environment.redis_address, "redis://:s3cr3t@localhost/0?socket_timeout=long"),
        (environment.host_names, ["study.example.org:8000"]),
        (environment.host_names, ["study.example.org", "a b"]),
        (environment.host_names, [""]),
        (environment.origins, ["https://study.example.org/"]),
        (environment.origins, ["https://study.example.org/path"]),
        (environment.origins, ["https://a.example", "nonsense"]),
        (environment.origins, ["ftp://a.example"]),
        (environment.origins, ["null"]),
        (environment.origins, ["https://App.example"]),
        (environment.exact_origins, ["https://*.example.org"]),
        (environment.contact, "mailto:security"),
        (environment.contact, "https://study.example.org/\nExpires: never"),
        (environment.rate, ""),
        (environment.rate, "-1/m"),
        (environment.rate, "1.5/m"),
        (environment.rate, "10/5m"),
        (environment.rate, "10/m "),
        (environment.rate, "1000000000/m"),
    ],
)
def test_what_makes_no_sense(rule: Callable[[Any], None], value: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        rule(value)
    assert "s3cr3t" not in str(refused.value)


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        (environment.long_enough, "ü" * 16),
        (environment.database_address, "postgres://me:s3cr3t@[::1]:5432/study?sslmode=require"),
        (environment.database_address, "sqlite://:memory:"),
        (environment.redis_address, "unix:///run/redis.sock?db=1"),
        (environment.redis_address, "rediss://me:s3cr3t@cache.example.org:6380/1"),
        (environment.host_names, ["*", ".example.org", "127.0.0.1", "[::1]"]),
        (environment.origins, ["http://localhost:3000", "https://*.example.org"]),
        (environment.rate, "100/m"),
    ],
)
def test_what_makes_sense(rule: Callable[[Any], None], value: Any) -> None:
    rule(value)  # a rule refuses by raising

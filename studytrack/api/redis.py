"""The cache when Redis does not answer: a failure is remembered for seconds, counters go on in process memory."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import Any, ClassVar, NamedTuple, TypeVar

from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django_redis.cache import RedisCache
from redis.exceptions import RedisError

from studytrack.api.metrics import BREAKER
from studytrack.outages import redis_failed

Returned = TypeVar("Returned")

BREAK_SECONDS = 3.0


class CacheUnavailable(Exception):
    """Redis did not answer, or did not a moment ago; what was asked may or may not have been done."""


def plain_key(key: str, key_prefix: str, version: int) -> str:
    """Keys stand in the cache as the code spells them, for operators to read."""
    return key


class TextSerializer:
    """Text as UTF-8 and nothing else: what somebody else wrote there is text too, never code."""

    def __init__(self, options: dict[str, Any]) -> None:
        pass

    def dumps(self, value: str) -> bytes:
        return value.encode()

    def loads(self, value: bytes) -> str:
        return value.decode(errors="replace")


class Breaker:
    """Open for a few seconds after a failure: nobody waits for a server that has just been seen dead.

    After that nothing is read until something could be written: a server that is read-only cannot forget either.
    """

    def __init__(self, seconds: float = BREAK_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds, self.clock, self.open_until, self.can_write, self.failures = seconds, clock, 0.0, True, 0

    @property
    def is_open(self) -> bool:
        return self.clock() < self.open_until

    def read(self, operation: Callable[..., Returned], *args: Any, **kwargs: Any) -> Returned:
        if not self.can_write:
            raise CacheUnavailable
        return self._call(operation, *args, **kwargs)

    def write(self, operation: Callable[..., Returned], *args: Any, **kwargs: Any) -> Returned:
        written = self._call(operation, *args, **kwargs)
        if not self.can_write:
            self.can_write = True
            BREAKER.set(0)
        return written

    def insist(self, operation: Callable[..., Returned], *args: Any, **kwargs: Any) -> Returned:
        """Write even while open."""
        written = self._try(operation, *args, **kwargs)
        self.open_until, self.can_write = 0.0, True
        BREAKER.set(0)
        return written

    def _call(self, operation: Callable[..., Returned], *args: Any, **kwargs: Any) -> Returned:
        """What the operation returns; raises CacheUnavailable at once while open, and opens when it fails."""
        if self.is_open:
            raise CacheUnavailable
        return self._try(operation, *args, **kwargs)

    def _try(self, operation: Callable[..., Returned], *args: Any, **kwargs: Any) -> Returned:
        try:
            return operation(*args, **kwargs)
        except (RedisError, OSError) as error:
            self.open_until, self.can_write = self.clock() + self.seconds, False
            self.failures += 1
            BREAKER.set(1)
            redis_failed(error)
            raise CacheUnavailable from error


class BreakerRedisCache(RedisCache):
    """django-redis behind a breaker; every operation that StudyTrack uses raises CacheUnavailable, and no other.

    The breaker is the process's: Django makes a cache object per thread, and what one of them has seen dead no other
    need wait for.
    """

    breaker: ClassVar = Breaker()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.write = self.breaker.write
        self.ahead: Ahead | None = None

    @property
    def is_away(self) -> bool:
        return self.breaker.is_open

    @property
    def failures(self) -> int:
        """How often Redis has failed this process."""
        return self.breaker.failures

    @contextmanager
    def insisting(self) -> Iterator[None]:
        """A block in which this thread writes even while the breaker is open: for who asks seldom."""
        self.write = self.breaker.insist
        try:
            yield
        finally:
            self.write = self.breaker.write

    @cached_property
    def exchange(self) -> Callable[..., list[Any]]:
        return self.client.get_client().connection_pool.exchange

    def read_along(self, keys: Sequence[str]) -> "Ahead":
        """Read these keys too when this thread counts next, in the same round trip."""
        self.ahead = Ahead(keys)
        return self.ahead

    def get_many(self, keys: Sequence[str], version: Any = None) -> dict[str, str]:
        return self.breaker.read(self._get_many, keys)

    def _get_many(self, keys: Sequence[str]) -> dict[str, str]:
        return texts(keys, *self.exchange(("MGET", *keys)))

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self.write(super().set, *args, **kwargs)

    def clear(self) -> None:
        self.write(super().clear)

    def script(self, text: str, keys: Sequence[str], *args: str | int) -> Any:
        """What a script in Lua returns: it reads and writes in one round trip, and nobody else does meanwhile."""
        return self.write(self._script, text, keys, *args)

    def _script(self, text: str, keys: Sequence[str], *args: str | int) -> Any:
        return self.exchange(("EVAL", text, len(keys), *keys, *args))[0]

    def count(self, key: str, timeout: int, by: int = 1) -> int:
        """One more of what `key` counts, which is forgotten `timeout` seconds after the first.

        It takes one round trip, and seldom a second one.
        """
        return self.write(self._count, key, timeout, by)

    def _count(self, key: str, timeout: int, by: int) -> int:
        ahead, self.ahead = self.ahead, None
        reading = [("MGET", *ahead.keys)] if ahead else []
        is_new, counted, *read = self.exchange(("SET", key, 0, "EX", timeout, "NX"), ("INCRBY", key, by), *reading)
        if not is_new and counted == by:  # it may have ended between the two, and would count for ever from now on
            self.exchange(("EXPIRE", key, timeout))
        if ahead:
            ahead.found = texts(ahead.keys, *read)
        return int(counted)


class Ahead:
    """Keys that are read along with something else; `found` is None where that was not done."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.keys = keys
        self.found: dict[str, str] | None = None


def texts(keys: Sequence[str], values: Sequence[bytes | None]) -> dict[str, str]:
    """What MGET has found, by key."""
    found = zip(keys, values, strict=True)
    return {key: value.decode(errors="replace") for key, value in found if value is not None}


class Counted(NamedTuple):
    """How often something has been counted under a key."""

    key: str
    number: int


class CounterCache(BaseCache):
    """Where limits are counted: in the shared cache, or in this process while that is away.

    django-ratelimit adds a counter, and counts up where there was one already: two or three round trips. Here add()
    counts up at once, in one, and incr() tells the count; or add() does nothing, where that was done `ahead` of it.
    Django makes a cache object per thread.
    """

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self.counted, self.ahead = Counted("", 0), Counted("", 0)

    def add(self, key: str, value: int, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        self.counted = self.ahead if self.ahead.key == key else Counted(key, self.count(key, timeout))
        return self.counted.number == 1

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self.counted.number

    def count(self, key: str, timeout: int, by: int = 1) -> int:
        """One more of what `key` counts, which is forgotten `timeout` seconds after the first."""
        shared = caches["default"]
        if isinstance(shared, BreakerRedisCache):
            with suppress(CacheUnavailable):
                return shared.count(key, timeout, by)
        local = caches["in_process"]
        while not local.add(key, by, timeout):
            with suppress(ValueError):  # it has ended, or was culled for another, since it was not added
                return local.incr(key, by)
        return by

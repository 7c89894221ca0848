"""What makes a user's kept answers good: a stamp, in Redis for all processes or in the memory of this one.

In the stamp's place stands, while something of the user is being written, who is writing: from before the commit until
it is known to everybody. Nobody believes or keeps an answer then. A writer that dies leaves its mark, not the stamp.
"""

import secrets
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django.core.cache.backends.locmem import LocMemCache

from studytrack.api.redis import BreakerRedisCache
from studytrack.api.runs import answered

STAMP_TTL_SECONDS = 24 * 3600
WRITING_SECONDS = 60
WRITING = "writing"

OTHER_WRITERS = """
local now = tonumber(redis.call('TIME')[1])
local function other_writers(key, mine)
  local others, value = '', redis.call('MGET', key)[1] or ''  -- unlike GET, it is no error if this is no text
  for writer, ends in value:gmatch(' ([%w_-]+)@(%d+)') do
    if writer ~= mine and tonumber(ends) > now then others = others .. ' ' .. writer .. '@' .. ends end
  end
  return others
end
"""
BEGIN = f"""{OTHER_WRITERS}
for _, key in ipairs(KEYS) do
  local writers = other_writers(key, ARGV[1]) .. ' ' .. ARGV[1] .. '@' .. (now + ARGV[2])
  redis.call('SET', key, '{WRITING}' .. writers, 'EX', ARGV[2])
end
"""
END = f"""{OTHER_WRITERS}
for _, key in ipairs(KEYS) do
  local others = other_writers(key, ARGV[1])
  if others == '' then redis.call('DEL', key) else redis.call('SET', key, '{WRITING}' .. others, 'KEEPTTL') end
end
"""
RENEW = f"""
local value = redis.call('MGET', KEYS[1])[1] or ''
if value:find('^{WRITING}') or value:sub(1, #ARGV[1]) == ARGV[1] then return value end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return ARGV[2]
"""
KEEP = """
if redis.call('MGET', KEYS[1])[1] ~= ARGV[1] then return end
if redis.call('TYPE', KEYS[2]).ok ~= 'zset' then redis.call('DEL', KEYS[2]) end
local now = tonumber(redis.call('TIME')[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
for n = 3, #KEYS do
  redis.call('SET', KEYS[n], ARGV[n], 'EX', ARGV[2])
  redis.call('ZADD', KEYS[2], now + ARGV[2], KEYS[n])
end
if redis.call('TTL', KEYS[2]) < tonumber(ARGV[2]) then redis.call('EXPIRE', KEYS[2], ARGV[2]) end
"""
WITHDRAW = """
if redis.call('EXISTS', KEYS[2]) == 0 and redis.call('MGET', KEYS[1])[1] == ARGV[1] then redis.call('DEL', KEYS[1]) end
"""
ERASE = """
for _, index in ipairs(KEYS) do
  if redis.call('TYPE', index).ok == 'zset' then
    for _, key in ipairs(redis.call('ZRANGE', index, 0, -1)) do redis.call('DEL', key) end
  end
  redis.call('DEL', index)
end
"""


def stamp_key(user_id: int) -> str:
    return f"user:{user_id}:stamp"


def index_key(user_id: int) -> str:
    """Where the keys of the user's answers are noted, so that they can be erased without a search."""
    return f"user:{user_id}:keys"


def stamp_keys(user_ids: Collection[int]) -> list[str]:
    return [stamp_key(user_id) for user_id in user_ids]


class StampedRedisCache(BreakerRedisCache):
    """Redis, where every process sees the same stamps. A stamp names the run of Redis in which it was made."""

    is_shared: ClassVar = True

    def is_good(self, stamp: Any) -> bool:
        """Whether this is a stamp of the run that has answered, and not old data, a writer's mark or junk."""
        return isinstance(stamp, str) and answered.run != "" and stamp.startswith(f"{answered.run}.")

    def new_stamp(self, user_id: int) -> str | None:
        """The user's stamp, made where there is no good one; none while something of the user is being written."""
        prefix = f"{answered.run}."
        stamp = prefix + secrets.token_urlsafe(18)
        renewed = self.script(RENEW, [stamp_key(user_id)], prefix, stamp, STAMP_TTL_SECONDS)
        found: str = renewed.decode(errors="replace")
        return found if self.is_good(found) else None

    def begin_writing(self, user_ids: Collection[int], writer: str) -> None:
        """Put the writer in the place of the users' stamps, before the change can be seen by anybody."""
        self.script(BEGIN, stamp_keys(user_ids), writer, WRITING_SECONDS)

    def end_writing(self, user_ids: Collection[int], writer: str) -> None:
        """Take the writer away, or whatever stamp was made meanwhile; other writers stay."""
        self.script(END, stamp_keys(user_ids), writer)

    def keep(self, user_id: int, stamp: str, answers: Mapping[str, str], seconds: int) -> None:
        """Store answers, unless the user's stamp is another by now."""
        self.script(KEEP, [stamp_key(user_id), index_key(user_id), *answers], stamp, seconds, *answers.values())

    def withdraw(self, user_id: int, stamp: str) -> None:
        """Take a stamp back with which nothing is kept."""
        self.script(WITHDRAW, [stamp_key(user_id), index_key(user_id)], stamp)

    def erase(self, user_ids: Collection[int]) -> None:
        """Leave nothing of these users' answers."""
        self.script(ERASE, [index_key(user_id) for user_id in user_ids])


class StampedMemoryCache(LocMemCache):
    """This process's memory. It dies with the process, so nobody needs to see a writer's mark; nor has it runs."""

    is_shared: ClassVar = False
    is_away: ClassVar = False
    failures: ClassVar = 0

    def read_along(self, keys: Collection[str]) -> None:
        """Nothing is gained by it here."""

    def is_good(self, stamp: Any) -> bool:
        return stamp is not None

    def new_stamp(self, user_id: int) -> str | None:
        return self.get_or_set(stamp_key(user_id), lambda: secrets.token_urlsafe(18), STAMP_TTL_SECONDS)

    def begin_writing(self, user_ids: Collection[int], writer: str) -> None:
        pass

    def end_writing(self, user_ids: Collection[int], writer: str) -> None:
        self.delete_many(stamp_keys(user_ids))

    def keep(self, user_id: int, stamp: str, answers: Mapping[str, str], seconds: int) -> None:
        if self.get(stamp_key(user_id)) == stamp:
            self.set_many(dict(answers), seconds)

    def withdraw(self, user_id: int, stamp: str) -> None:
        self.delete(stamp_key(user_id))

    def erase(self, user_ids: Collection[int]) -> None:
        beginnings = tuple(f"user:{user_id}:" for user_id in user_ids)
        with self._lock:  # type: ignore[attr-defined]
            for key in [key for key in self._cache if key.startswith(beginnings)]:  # type: ignore[attr-defined]
                self._delete(key)  # type: ignore[attr-defined]

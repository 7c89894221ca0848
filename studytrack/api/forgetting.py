"""How a change makes its owner's kept answers void: announced before the commit, forgotten after it.

Before the commit the writer takes the place of the owner's stamp, so that a process which dies after the commit leaves
no stamp that is good. Where Redis cannot be told, the forgetting is owed, in the change's own transaction.
"""

import secrets
from collections import deque
from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import partial
from threading import local
from typing import Any

from django.core.cache import cache
from django.db import Error, connection, transaction

from studytrack.api.owed import owe
from studytrack.api.redis import CacheUnavailable

answers: Any = cache


class Begun(local):
    """What this thread has begun to write and not ended; what is left when a request ends was rolled back."""

    def __init__(self) -> None:
        self.forgettings: deque[Forgetting] = deque(maxlen=100)


class Forgetting:
    """That some users' answers are void once a transaction is committed."""

    def __init__(self, user_ids: Collection[int]) -> None:
        self.user_ids, self.writer, self.is_owed = user_ids, secrets.token_urlsafe(9), False

    def begin(self) -> None:
        """Before the commit: nobody believes these users' answers until the end."""
        try:
            answers.begin_writing(self.user_ids, self.writer)
        except CacheUnavailable:
            owe(self.user_ids, self.writer)
            self.is_owed = True
        else:
            begun.forgettings.append(self)

    def end(self) -> None:
        answers.end_writing(self.user_ids, self.writer)
        with suppress(ValueError):
            begun.forgettings.remove(self)

    def __call__(self) -> None:
        """After the commit."""
        if not self.is_owed:
            try:
                self.end()
            except CacheUnavailable:
                owe_after_all(self.user_ids, self.writer)


begun = Begun()


def owe_after_all(user_ids: Collection[int], writer: str = "") -> None:
    """Owe what is committed already; without a database as well, the writer's mark keeps readers off for a while."""
    with suppress(Error):
        owe(user_ids, writer)


def forget_on_commit(*user_ids: int) -> None:
    """Announce a change of what these users own; one that is rolled back leaves their answers void, never wrong."""
    if new := set(user_ids).difference(*announced()):
        forgetting = Forgetting(new)
        if connection.in_atomic_block:
            forgetting.begin()
        transaction.on_commit(forgetting)


def announced() -> Iterator[Collection[int]]:
    """Whom the present transaction will forget; what a savepoint took back is not among it."""
    callbacks: Any = connection.run_on_commit
    return (each.user_ids for _, each, _ in callbacks if isinstance(each, Forgetting))


def erase_on_commit(user_id: int) -> None:
    """Leave nothing of a deleted account in the cache."""
    forget_on_commit(user_id)
    transaction.on_commit(partial(erase, user_id))


def erase(user_id: int) -> None:
    try:
        answers.erase([user_id])
    except CacheUnavailable:
        owe_after_all([user_id])


def end_what_was_rolled_back() -> None:
    """At the end of a request: on_commit() tells nobody of a rollback.

    Where it is not known whether the change was committed, the mark stays for its time.
    """
    while begun.forgettings and not connection.in_atomic_block:
        forgetting = begun.forgettings.popleft()
        if not connection.errors_occurred:
            with suppress(CacheUnavailable):
                forgetting.end()

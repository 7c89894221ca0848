"""A change that is announced before its commit, and what is left when the writer dies: never an old answer."""

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any

import psycopg
import pytest
from django.core.cache import cache
from django.db import OperationalError, connection, transaction
from django.db.models import Model
from redis.connection import AbstractConnection

from accounts.models import User
from accounts.owed import OwedForgetting
from accounts.sign_in_rows import SignIn
from studytrack.api import owed
from studytrack.api.forgetting import Forgetting
from studytrack.api.owed import look
from studytrack.api.stamps import stamp_key
from studytrack.postgresql.base import GLANCE_SECONDS
from subjects.models import Subject
from tests.conftest import Caller
from tests.factories import make_subject, make_subjects
from tests.servers import Server
from tests.studytrack.conftest import (
    NOWHERE,
    close_breakers,
    elsewhere,
    hung,
    in_thread,
    is_kept,
    name_of,
    raw,
    rename,
    renaming,
    surroundings,
)
from tests.threads import alone


@pytest.fixture
def algebra(alice: User) -> Subject:
    return make_subject(alice, "Algebra")


def stands_for(user: User) -> str:
    """What is in the place of the user's stamp."""
    return (raw().get(stamp_key(user.pk)) or b"nothing").decode().partition(" ")[0]


class TestWriting:
    """From before the commit until it is known to everybody, nobody believes and nobody keeps."""

    def test_nobody_keeps_what_is_about_to_change(self, as_alice: Caller, alice: User, algebra: Subject) -> None:
        with transaction.atomic():
            rename(algebra, "Geometry")
            assert in_thread(lambda: name_of(as_alice, algebra)) == "Algebra"
            assert stands_for(alice) == "writing"
            assert not in_thread(lambda: is_kept(as_alice, f"/subjects/{algebra.pk}"))
        assert stands_for(alice) == "nothing"
        assert name_of(as_alice, algebra) == "Geometry"

    @pytest.mark.parametrize("first_to_begin_is_first_to_commit", [True, False])
    def test_two_writers(
        self, as_alice: Caller, alice: User, algebra: Subject, first_to_begin_is_first_to_commit: bool
    ) -> None:
        """With one mark for both, the first to commit ends the other's: what is read then is kept, and is good."""
        logic = make_subject(alice, "Logic")
        began, go_on = Event(), Event()

        def write_slowly() -> None:
            with transaction.atomic():
                rename(logic, "Sets")
                began.set()
                assert go_on.wait(10)

        with ThreadPoolExecutor(1) as threads, transaction.atomic():
            if not first_to_begin_is_first_to_commit:
                rename(algebra, "Geometry")
            slow = threads.submit(alone, write_slowly)
            assert began.wait(10)
            if first_to_begin_is_first_to_commit:
                rename(algebra, "Geometry")
            go_on.set()
            slow.result()
            assert in_thread(lambda: name_of(as_alice, logic)) == "Sets"
            assert in_thread(lambda: name_of(as_alice, algebra)) == "Algebra"
            assert stands_for(alice) == "writing"
        assert [name_of(as_alice, each) for each in (algebra, logic)] == ["Geometry", "Sets"]
        assert is_kept(as_alice, f"/subjects/{algebra.pk}")

    def test_two_writers_of_whom_one_dies(self, as_alice: Caller, alice: User, algebra: Subject) -> None:
        """Where the second to begin replaces the first one's mark, its end leaves the first without any."""
        name_of(as_alice, algebra)

        def write_and_read() -> None:
            in_thread(lambda: make_subject(alice, "Logic"))
            assert in_thread(lambda: name_of(as_alice, algebra)) == "Algebra"

        with pytest.raises(Died):
            rename_and_die(algebra, write_and_read)
        assert in_thread(lambda: name_of(as_alice, algebra)) == "Geometry"

    @pytest.mark.parametrize("evicted", ["before", "after", "before and after"])
    def test_the_mark_may_be_evicted(self, as_alice: Caller, alice: User, algebra: Subject, evicted: str) -> None:
        """Where only one's own mark is taken away, the stamp that a reader has made meanwhile goes on being good."""

        def evict() -> None:
            raw().delete(stamp_key(alice.pk))

        with transaction.atomic():
            rename(algebra, "Geometry")
            if "before" in evicted:
                evict()
            assert in_thread(lambda: name_of(as_alice, algebra)) == "Algebra"
            if "after" in evicted:
                evict()
        assert [name_of(as_alice, algebra) for _ in range(2)] == ["Geometry", "Geometry"]

    def test_a_write_costs_two_round_trips_however_much_it_changes(
        self, alice: User, charlie: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        subjects = [*make_subjects(alice, 10), *make_subjects(charlie, 10)]
        sent: list[Any] = []
        send = AbstractConnection.send_packed_command

        def noted(*args: Any, **kwargs: Any) -> None:
            sent.append(args)
            send(*args, **kwargs)

        monkeypatch.setattr(AbstractConnection, "send_packed_command", noted)
        with transaction.atomic():
            Subject.objects.update(description="Changed")
            Subject.objects.bulk_update(subjects, ["description"])
            for subject in subjects:
                rename(subject, f"New {subject.name}")
        assert len(sent) == 2


class Died(BaseException):
    """What the rest of the program does not survive."""


def die(*_: Any) -> None:
    raise Died


def rename_and_die(subject: Subject, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Die after the commit, before anything is forgotten."""
    with transaction.atomic():
        transaction.on_commit(die)
        rename(subject, "Geometry")
        meanwhile()


WRITES: dict[str, Callable[[User, Subject], Any]] = {
    "save": lambda alice, algebra: rename(algebra, "Geometry"),
    "create": lambda alice, algebra: make_subject(alice, "Geometry"),
    "delete": lambda alice, algebra: algebra.delete(),
    "delete many": lambda alice, algebra: Subject.objects.all().delete(),
    "update": lambda alice, algebra: Subject.objects.update(description="Changed"),
    "bulk_create": lambda alice, algebra: make_subjects(alice, 2),
    "bulk_update": lambda alice, algebra: Subject.objects.bulk_update([renamed(algebra)], ["name"]),
    "sign-in": lambda alice, algebra: SignIn.objects.first().delete(),  # type: ignore[union-attr]
    "sign-ins": lambda alice, algebra: SignIn.objects.all().delete(),
    "user": lambda alice, algebra: alice.delete(),
    "user's save": lambda alice, algebra: deactivate(alice),
    "user's update": lambda alice, algebra: User.objects.update(is_active=False),
}


def renamed(subject: Subject) -> Subject:
    subject.name = "Geometry"
    return subject


def deactivate(user: User) -> None:
    user.is_active = False
    user.save()


class TestDying:
    """A process may die at any moment: what it leaves in Redis is void, or nobody believes it."""

    @pytest.mark.parametrize("write", WRITES)
    def test_between_the_commit_and_forgetting(
        self, as_alice: Caller, alice: User, algebra: Subject, write: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A change in autocommit that is announced by a signal after its commit is not announced in time."""
        before = as_alice.get("/subjects").content
        monkeypatch.setattr(Forgetting, "__call__", die)
        with pytest.raises(Died):
            in_thread(lambda: WRITES[write](alice, algebra))
        assert stands_for(alice) == "writing"
        assert in_thread(lambda: as_alice.get("/subjects").content) != before

    def test_killed_there(self, as_alice: Caller, alice: User, algebra: Subject) -> None:
        assert [name_of(as_alice, algebra), is_kept(as_alice, f"/subjects/{algebra.pk}")] == ["Algebra", True]
        kill = "from studytrack.api.forgetting import Forgetting\nForgetting.__call__ = kill_me\n"
        assert elsewhere(kill + renaming(algebra)) == -signal.SIGKILL
        assert name_of(as_alice, algebra) == "Geometry"

    def test_its_mark_is_gone_after_a_minute(self, alice: User, algebra: Subject) -> None:
        with pytest.raises(Died):
            rename_and_die(algebra)
        assert 58 <= raw().ttl(stamp_key(alice.pk)) <= 60

    def test_and_is_not_kept_alive_by_those_that_come_after(
        self, as_alice: Caller, alice: User, algebra: Subject
    ) -> None:
        """Its time is its own: else nothing would be kept of a user who writes often."""
        raw().set(stamp_key(alice.pk), "writing dead-for-long@1000000000", ex=60)
        rename(algebra, "Geometry")
        assert stands_for(alice) == "nothing"


def distrust(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after an outage of Redis."""
    monkeypatch.setattr(owed.trust, "settled_failures", -1)
    monkeypatch.setattr(owed.trust, "next_try", 0.0)


@contextmanager
def locked(model: type[Model]) -> Iterator[None]:
    """Somebody else has the whole table, as VACUUM FULL would."""
    with psycopg.connect(surroundings()["DATABASE_URL"]) as other:
        other.execute(f"LOCK TABLE {model._meta.db_table}".encode())
        yield


class TestOwing:
    """What Redis cannot be told is a row of the change's own transaction."""

    def test_it_survives_the_process(self, as_alice: Caller, alice: User, algebra: Subject) -> None:
        """Kept in the memory of the process, it dies with it, and the others answer as before for five minutes."""
        assert [name_of(as_alice, algebra), is_kept(as_alice, f"/subjects/{algebra.pk}")] == ["Algebra", True]
        assert elsewhere(f"{renaming(algebra)}\nkill_me()", NOWHERE) == -signal.SIGKILL
        assert OwedForgetting.objects.get().user_id == alice.pk
        look()
        assert name_of(as_alice, algebra) == "Geometry"
        assert not OwedForgetting.objects.exists()

    def test_it_is_not_owed_if_the_change_is_rolled_back(self, redis: Server, algebra: Subject) -> None:
        redis.stop()
        with transaction.atomic():
            rename(algebra, "Geometry")
            assert OwedForgetting.objects.count() == 1
            transaction.set_rollback(True)
        assert not OwedForgetting.objects.exists()

    def test_it_is_paid_before_redis_is_believed_again(
        self, as_alice: Caller, redis: Server, algebra: Subject
    ) -> None:
        name_of(as_alice, algebra)
        with hung(redis):
            rename(algebra, "Geometry")
            look()
            assert OwedForgetting.objects.count() == 1
        close_breakers()
        assert name_of(as_alice, algebra) == "Geometry"
        assert not OwedForgetting.objects.exists()
        assert is_kept(as_alice, f"/subjects/{algebra.pk}")

    def test_a_look_tries_redis_while_requests_go_without_it(
        self, as_alice: Caller, alice: User, redis: Server, algebra: Subject
    ) -> None:
        """With the breaker before it, others are answered as before for three seconds after Redis has come back."""
        name_of(as_alice, algebra)
        with hung(redis):
            rename(algebra, "Geometry")
        assert stands_for(alice) != "nothing"
        look()
        assert (stands_for(alice), OwedForgetting.objects.count()) == ("nothing", 0)

    def test_redis_that_is_lost_between_announcing_and_forgetting(
        self, as_alice: Caller, alice: User, redis: Server, algebra: Subject
    ) -> None:
        """Its mark would keep readers from the cache for a minute, and if it was evicted there is a good stamp."""
        name_of(as_alice, algebra)
        with transaction.atomic():
            rename(algebra, "Geometry")
            raw().replicaof("127.0.0.1", 1)  # from now on it only reads
        assert (stands_for(alice), OwedForgetting.objects.count()) == ("writing", 1)
        raw().replicaof("no", "one")
        look()
        assert (stands_for(alice), OwedForgetting.objects.count()) == ("nothing", 0)
        assert name_of(as_alice, algebra) == "Geometry"

    def test_the_cache_goes_on_answering_while_the_database_is_away(
        self, as_alice: Caller, redis: Server, algebra: Subject, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Who has to look for debts first would wait for it."""
        assert [name_of(as_alice, algebra), is_kept(as_alice, f"/subjects/{algebra.pk}")] == ["Algebra", True]
        distrust(monkeypatch)

        monkeypatch.setattr(connection.pool, "timeout", GLANCE_SECONDS)  # type: ignore[attr-defined]  # connecting fails

        def away(*_: Any) -> None:
            raise OperationalError

        with connection.execute_wrapper(away):
            assert name_of(as_alice, algebra) == "Algebra"

    def test_nothing_is_believed_where_only_the_debts_cannot_be_read(
        self, as_alice: Caller, algebra: Subject, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An error is not always an outage: others write meanwhile, and what they owe is not known here."""
        assert [name_of(as_alice, algebra), is_kept(as_alice, f"/subjects/{algebra.pk}")] == ["Algebra", True]
        assert elsewhere(renaming(algebra), NOWHERE) == 0
        distrust(monkeypatch)
        with locked(OwedForgetting), connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
            assert [name_of(as_alice, algebra) for _ in range(2)] == ["Geometry", "Geometry"]
            cursor.execute("RESET lock_timeout")

    def test_who_looks_for_debts_gives_the_connection_back(
        self, as_alice: Caller, algebra: Subject, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A thread that answers from the cache alone is not told when its requests end, and would hold it for ever."""
        assert [is_kept(as_alice, "/subjects") for _ in range(3)] == [False, True, True]
        connection.close()
        distrust(monkeypatch)
        assert as_alice.get("/subjects").json()["count"] == 1
        assert connection.connection is None

    def test_but_not_one_that_is_in_use(self, algebra: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
        distrust(monkeypatch)
        with transaction.atomic():
            rename(algebra, "Geometry")
            owed.trust.settle()
        assert Subject.objects.get().name == "Geometry"

    def test_nothing_is_owed_while_redis_is_well(self, algebra: Subject, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(3):  # BEGIN, UPDATE, COMMIT
            rename(algebra, "Geometry")


class TestRuns:
    """Redis that has started again may have come back with old data."""

    def test_old_stamps_and_answers_are_void(self, as_alice: Caller, redis: Server, algebra: Subject) -> None:
        """A restored dump holds the old answer and the stamp that made it good."""
        assert [name_of(as_alice, algebra), is_kept(as_alice, f"/subjects/{algebra.pk}")] == ["Algebra", True]
        raw().save()
        rename(algebra, "Geometry")
        redis.stop()
        redis.start()
        close_breakers()
        assert raw().keys("user:*:subject:*") != []
        assert name_of(as_alice, algebra) == "Geometry"
        assert is_kept(as_alice, f"/subjects/{algebra.pk}")

    def test_the_run_that_has_answered_counts(self, as_alice: Caller, redis: Server, algebra: Subject) -> None:
        """A connection that is made anew under way belongs to another run than the one that was asked for."""
        name_of(as_alice, algebra)
        raw().save()
        in_thread(lambda: rename(algebra, "Geometry"))
        redis.stop()
        redis.start()
        assert [name_of(as_alice, algebra) for _ in range(3)] == ["Geometry"] * 3

    def test_a_writers_mark_is_not_taken_for_an_old_stamp(self, as_alice: Caller, redis: Server, alice: User) -> None:
        """Where an old stamp is simply set anew, a mark that was put there meanwhile is lost."""
        raw().set(stamp_key(alice.pk), "an old stamp")
        with transaction.atomic():
            make_subject(alice)
            assert cache.new_stamp(alice.pk) is None  # type: ignore[attr-defined]
            assert stands_for(alice) == "writing"

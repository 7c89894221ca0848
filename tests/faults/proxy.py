"""A TCP proxy that fails on demand, between StudyTrack and a server that it depends on."""

import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Lock, Thread
from types import TracebackType

HOST = "127.0.0.1"
CHUNK_BYTES = 65_536
RESET_ON_CLOSE = struct.pack("ii", 1, 0)

PASS, REFUSE, HANG, RESET_REPLY, DELAY = "pass", "refuse", "hang", "reset mid-reply", "delay"
LOSE_REQUEST, LOSE_REPLY = "request lost", "reply lost"


@dataclass
class Fault:
    """What the proxy does wrong: with everything, with one question only (`at`), or with all from that on.

    A question is what a client sends before the server says something: one statement, one pipeline of commands.
    It is meant by its number, or by what is said in it.
    """

    kind: str = PASS
    at: int | bytes | None = None
    goes_on: bool = False
    delay_seconds: float = 0.2
    questions: int = 0
    _has_begun: bool = False
    _lock: Lock = field(default_factory=Lock)

    def next_question(self, data: bytes) -> str:
        """What is to go wrong with one more question."""
        with self._lock:
            self.questions += 1
            is_meant = self.at is None or (
                self.at in data if isinstance(self.at, bytes) else self.at == self.questions
            )
            goes_wrong = is_meant or (self.goes_on and self._has_begun)
            self._has_begun |= is_meant
        return self.kind if goes_wrong else PASS


class Proxy:
    """Listens at `address`, and passes on to the server at `target`."""

    def __init__(self, target: int) -> None:
        self.target, self.fault = target, Fault()
        self._pairs: set[Pair] = set()
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._stop_listening()
        self.reset()

    @contextmanager
    def failing(self, fault: Fault) -> Iterator[Fault]:
        """Everything that is open goes on, and fails; afterwards the proxy is well again."""
        self.fault = fault
        if fault.kind == REFUSE:
            self._stop_listening()
            self.reset()
        try:
            yield fault
        finally:
            self.fault = Fault()
            if fault.kind == REFUSE:
                self._listen_again()
            if fault.kind != PASS and (fault.at is None or fault.goes_on):
                self.reset()  # what was promised to a hung connection never comes

    def reset(self) -> None:
        """End all connections at once, as a server does that is killed."""
        for pair in list(self._pairs):
            pair.reset()

    def _stop_listening(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _listen_again(self) -> None:
        self._listener = socket.create_server((HOST, self.port))
        Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                try:
                    server = socket.create_connection((HOST, self.target), timeout=5)
                except OSError:
                    reset(client)
                    continue
                server.settimeout(None)
                Pair(self, client, server).start()


class Pair:
    """One connection of a client, and the one to the server that belongs to it."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self.proxy, self.client, self.server = proxy, client, server
        self.wrong_with_reply = PASS
        self.is_clients_turn = True

    def start(self) -> None:
        for each in (self.client, self.server):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.proxy._pairs.add(self)
        for pump in (self._questions, self._replies):
            Thread(target=self._run, args=(pump,), daemon=True).start()

    def reset(self) -> None:
        self.proxy._pairs.discard(self)
        reset(self.client)
        reset(self.server)

    def _run(self, pump: Callable[[], None]) -> None:
        with suppress(OSError):
            pump()
        self.reset()

    def _questions(self) -> None:
        wrong = PASS
        while data := self.client.recv(CHUNK_BYTES):
            if self.is_clients_turn:
                self.is_clients_turn = False
                wrong = self.proxy.fault.next_question(data)
            if wrong == LOSE_REQUEST:
                return
            self.wrong_with_reply = wrong
            if wrong != HANG:
                self.server.sendall(data)

    def _replies(self) -> None:
        while data := self.server.recv(CHUNK_BYTES):
            self.is_clients_turn = True
            wrong, fault = self.wrong_with_reply, self.proxy.fault
            if wrong == LOSE_REPLY:
                return
            if wrong == RESET_REPLY:
                self.client.sendall(data[: len(data) // 2])
                time.sleep(0.01)  # a reset overtakes what was not read yet
                return
            if wrong == DELAY:
                time.sleep(fault.delay_seconds)
            self.client.sendall(data)


def reset(end: socket.socket) -> None:
    """End a connection by RST: the other side is told at once, and loses what it has not read."""
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    with suppress(OSError):
        end.shutdown(socket.SHUT_RD)  # wakes whoever reads it
    end.close()

"""The application server of production: python -m studytrack.server [--port 8000 | --socket PATH] [--workers 2]

This process only watches over the workers, and imports nothing of the application: so SIGHUP, which replaces the
workers one by one, serves the code that is on the disk then.
"""

import gc
import json
import multiprocessing
import os
import pkgutil
import signal
import socket
import sys
import threading
import time
from argparse import ArgumentParser, Namespace
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.server.mp import MPServer

# Less than the database pool has for each worker.
THREADS = 4
# Idle connections count too: with fewer allowed, a few hundred browsers that stay connected are all that is served.
CONNECTIONS = 2048
LOGGING = Path(__file__).resolve().parents[1] / "deploy" / "granian-log.json"
FINISH_SECONDS = 30
LISTEN_SECONDS = 0.02
HAND_OVER_SECONDS = 1
WATCH_SECONDS = 0.5


def asked(arguments: list[str] | None) -> Namespace:
    parser = ArgumentParser(prog="python -m studytrack.server", description="Serve StudyTrack.")
    parser.add_argument("--host", default="127.0.0.1", help="the IP address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="the port to listen on (8000)")
    parser.add_argument("--socket", type=Path, help="listen on this Unix socket instead, and take over from who does")
    parser.add_argument("--workers", type=int, default=2, help="how many processes answer (2)")
    parser.add_argument("--threads", type=int, default=THREADS, help=f"how many threads each of them has ({THREADS})")
    parser.add_argument("application", nargs="?", default="studytrack.wsgi:application")
    return parser.parse_args(arguments)


class Loader:
    """Loads the application in a worker, tells the main process so, and lets no worker outlive it.

    The workers count together in `counting`, if the environment names no other directory.
    """

    def __init__(self, counting: str) -> None:
        self.main_process, self.counting = os.getpid(), counting
        self.loaded = multiprocessing.Semaphore(0)

    def __call__(self, target: str) -> Any:
        threading.Thread(target=self._watch, name="watch", daemon=True).start()
        pkgutil.resolve_name("studytrack.environment:choose_settings")()  # `.env` may name one
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", self.counting)
        application = pkgutil.resolve_name(target)
        gc.freeze()  # what is loaded stays: to look through it for garbage would stop all threads for 40 ms
        self.loaded.release()
        return application

    def _watch(self) -> None:
        """When the main process is killed, its workers would serve on, and hold the port, with nobody to stop them."""
        while os.getppid() == self.main_process:
            time.sleep(WATCH_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(FINISH_SECONDS)
        os._exit(os.EX_SOFTWARE)


def server(options: Namespace, **where: Any) -> MPServer:
    return MPServer(
        options.application,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=options.workers,
        blocking_threads=options.threads,
        backlog=CONNECTIONS,
        backpressure=CONNECTIONS,
        respawn_failed_workers=True,
        workers_kill_timeout=FINISH_SECONDS,
        log_dictconfig=json.loads(LOGGING.read_text()),
        **where,
    )


def serve_on_port(options: Namespace, loader: Loader) -> None:
    # The port is shared with whoever listens there already, without a word, and each then gets some of the requests.
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    try:
        socket.create_server((options.host, options.port), family=family).close()
    except OSError:
        sys.exit(f"Nothing can listen on {options.host}:{options.port}: is it in use?")
    server(options, address=options.host, port=options.port).serve(target_loader=loader)


def serve_on_socket(options: Namespace, loader: Loader) -> None:
    """On a socket of this process's own, to which `options.socket` leads as soon as all workers are there."""
    own = options.socket.with_name(f"{options.socket.name}.{os.getpid()}")
    own.unlink(missing_ok=True)
    granian = server(options, uds=own, uds_permissions=0o660)

    def take_over() -> None:
        for _ in range(options.workers):
            loader.loaded.acquire()
        while not listens(own):  # the workers themselves begin to listen, a little after they have loaded
            time.sleep(LISTEN_SECONDS)
        before = options.socket.is_symlink() and options.socket.resolve()
        link = own.with_name(f"{own.name}.link")
        link.symlink_to(own.name)
        link.replace(options.socket)
        if before:
            # Whoever was connecting to it in this moment has asked by then.
            time.sleep(HAND_OVER_SECONDS)
            dismiss(before)

    granian.on_startup(threading.Thread(target=take_over, name="take over", daemon=True).start)
    granian.serve(target_loader=loader)


def listens(own: Path) -> bool:
    """Whether somebody takes connections there."""
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(own)) == 0


def dismiss(own: Path) -> None:
    """Ask the process whose own socket this is to finish and end; remove what a dead one has left."""
    if listens(own):
        with suppress(ProcessLookupError):
            os.kill(int(own.name.rpartition(".")[2]), signal.SIGTERM)
    else:
        own.unlink(missing_ok=True)


def main(arguments: list[str] | None = None) -> None:
    options = asked(arguments)
    with TemporaryDirectory(prefix="studytrack-metrics-") as counting:
        (serve_on_socket if options.socket else serve_on_port)(options, Loader(counting))


if __name__ == "__main__":
    main()

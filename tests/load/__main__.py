"""StudyTrack under load: python -m tests.load [--users 20] [--seconds 30] [--workers 2]

Migrates the database that DATABASE_URL names, and serves as production does on a free port of this machine. Every
account that is made is deleted again. The exit status is 1 when anything was answered as it should not be.
"""

import os
import signal
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from pathlib import Path

from tests.servers import STOP_SIGNALS, end, stop_once
from tests.serving import migrate, production, serving

LOCUSTFILE = Path(__file__).with_name("locustfile.py")
STOP_SECONDS = 120


def asked(arguments: list[str]) -> Namespace:
    parser = ArgumentParser(prog="python -m tests.load", description="Measure StudyTrack under load.")
    parser.add_argument("--users", type=int, default=20, help="how many study at the same time (20)")
    parser.add_argument("--seconds", type=int, default=30, help="for how long (30)")
    parser.add_argument("--workers", type=int, default=2, help="processes of the server (2)")
    return parser.parse_args(arguments)


def environment() -> dict[str, str]:
    """Production that lets the load through.

    Each simulated person has an address of their own, as if a proxy had vouched for it: the limits count as they do
    in life. Those of reading and writing are out of reach; the one of signing in stays, to be run into.
    """
    return production(
        TRUSTED_PROXY_COUNT="1",
        RATE_LIMIT_AUTH="10/m",
        RATE_LIMIT_READ="1000000/m",
        RATE_LIMIT_WRITE="1000000/m",
        RATE_LIMIT_KEY="ip",
    )


def run_locust(address: str, options: Namespace, log: Path) -> int:
    """Locust's exit status, after it has printed the report; its own words are in the log."""
    command = [sys.executable, "-m", "locust", "--locustfile", str(LOCUSTFILE), "--host", address, "--headless"]
    command += ["--users", str(options.users), "--spawn-rate", str(max(1, options.users // 10))]
    command += ["--run-time", f"{options.seconds}s", "--stop-timeout", str(STOP_SECONDS), "--only-summary"]
    with log.open("wb") as output:
        locust = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=output, start_new_session=True)
    try:
        return locust.wait()
    finally:
        end(locust, signal.SIGTERM, signal.SIGKILL)


def main(arguments: list[str]) -> int:
    for number in STOP_SIGNALS:
        signal.signal(number, stop_once)
    options = asked(arguments)
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    if missing:
        print(f"tests.load: set {' and '.join(missing)}, or run it by `make load`.", file=sys.stderr)
        return os.EX_USAGE
    with tempfile.TemporaryDirectory(prefix="studytrack-load-") as folder:
        return measure(options, Path(folder))


def measure(options: Namespace, folder: Path) -> int:
    """0 if everything was answered as it should be."""
    variables = environment()
    migrate(variables)
    print(f"{options.users} users for {options.seconds} seconds, {options.workers} workers", flush=True)
    with serving(variables, folder / "server.log", workers=options.workers) as address:
        status = run_locust(address, options, folder / "locust.log")
    if status > 1:
        print((folder / "locust.log").read_text()[-2000:], file=sys.stderr)
    return status


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)

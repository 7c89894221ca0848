"""Programs that tests need and Debian has: found where they are, installed where that is possible."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

APT_OPTIONS = ["-qq", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::http::Timeout=30"]


def find_program(name: str) -> str | None:
    """The path of a program. Debian keeps PostgreSQL's off the PATH; of several versions, the newest."""
    folders = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    newest_first = sorted(folders, key=lambda folder: float(folder.parent.name), reverse=True)
    path = [*map(str, newest_first), os.environ.get("PATH", os.defpath)]
    return shutil.which(name, path=os.pathsep.join(path))


def missing_packages(packages: Mapping[str, str]) -> list[str]:
    """The packages, without repetition, of the programs that are not here."""
    return sorted({package for program, package in packages.items() if find_program(program) is None})


def ensure_debian_packages(packages: Mapping[str, str]) -> bool:
    """Whether every program ({program: package}) is here, after installing what root can install."""
    if missing_packages(packages) and os.geteuid() == 0 and shutil.which("apt-get"):
        with one_process_at_a_time():
            if absent := missing_packages(packages):
                install(absent)
    return not missing_packages(packages)


@contextmanager
def one_process_at_a_time() -> Iterator[None]:
    """Parallel test processes ask for the same packages in the same moment, and apt refuses the second."""
    with Path(__file__).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install(packages: Iterable[str]) -> None:
    update_lists()
    apt_get("install", "--yes", "--no-install-recommends", *packages)


@cache
def update_lists() -> None:
    apt_get("update")


def apt_get(*arguments: str) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    # apt's own exit status is not asked: what counts is whether the programs are here afterwards.
    subprocess.run(
        ["apt-get", *APT_OPTIONS, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=environment,
        check=False,
    )

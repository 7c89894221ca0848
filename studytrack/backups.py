"""python -m studytrack.backups dump|restore FILE: all that the database holds, by PostgreSQL's own programs."""

import os
import subprocess
import sys
from argparse import ArgumentParser

import django
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient

from studytrack.api.redis import CacheUnavailable
from studytrack.environment import choose_settings


def dump(file: str) -> None:
    """Write one consistent moment of the database to a file, in pg_dump's custom format; nothing waits for it."""
    run("pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={file}")


def restore(file: str) -> None:
    """Replace what the database holds by a dump: all of it or, if anything fails, nothing. Then forget all answers.

    The cache knows nothing of a restored database: what was kept before would be shown as if it were true.
    """
    run("pg_restore", "--clean", "--if-exists", "--no-owner", "--no-acl", "--single-transaction", file)
    try:
        cache.clear()
    except CacheUnavailable:
        sys.exit(
            "The database is restored, but Redis does not answer, and may hold answers from before. Empty it "
            f"(redis-cli flushdb) before StudyTrack serves again, or wait {settings.ANSWER_TTL_SECONDS} seconds."
        )


def run(program: str, *options: str) -> None:
    """Run one of PostgreSQL's programs on the database of the settings; the password is not among the arguments."""
    (_psql, *where), environment = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    *server, database = where
    subprocess.run(  # noqa: S603 - the arguments are the operator's own
        [program, *server, f"--dbname={database}", *options], check=True, env=os.environ | (environment or {})
    )


def main() -> None:
    parser = ArgumentParser(prog="python -m studytrack.backups", description=__doc__)
    parser.add_argument("action", choices=["dump", "restore"])
    parser.add_argument("file")
    asked = parser.parse_args()
    choose_settings()
    django.setup()
    if connection.vendor != "postgresql":
        sys.exit("Only PostgreSQL is dumped and restored so; a SQLite database is one file to be copied.")
    try:
        {"dump": dump, "restore": restore}[asked.action](asked.file)
    except FileNotFoundError as error:
        sys.exit(f"{error.filename} is not installed: on Debian, apt install postgresql-client")
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)


if __name__ == "__main__":
    main()

"""`manage.py import_sessions`: a file of any length for one user, as `POST /sessions/import` brings it in."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from accounts.models import User
from accounts.zones import time_zone_names
from sessions.imports import formats, plain
from sessions.imports.clocks import ORDERS
from sessions.imports.rows import LineError, LinesRefused, Told, Unreadable
from sessions.imports.writing import Report, bring_in


class Command(BaseCommand):
    help = "Brings a file of sessions in for a user: all of it, or nothing. What is there already is left out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="name or address of whom the sessions are of")
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=formats.Format.values, required=True)
        parser.add_argument("--time-zone", choices=sorted(time_zone_names()), metavar="ZONE", default="")
        parser.add_argument("--date-order", choices=ORDERS, default="")
        parser.add_argument("--dry-run", action="store_true", help="write nothing")
        parser.add_argument("--skip-errors", action="store_true", help="write all lines that are right")
        for name in plain.COLUMNS:
            option = f"--{name.replace('_', '-')}-column"
            parser.add_argument(option, default="", help=f"what the column {name} is called, if otherwise (csv)")

    def handle(self, *args: Any, **options: Any) -> None:
        user, data = self._user(options["user"]), self._data(options["file"])
        told = Told(
            ZoneInfo(options["time_zone"] or user.time_zone),
            timezone.now(),
            options["date_order"],
            {name: called for name in plain.COLUMNS if (called := options[f"{name}_column"])},
            skip_errors=options["skip_errors"],
            dry_run=options["dry_run"],
        )
        report = self._report(user, data, options["format"], told)
        if report.errors:
            self.stderr.write(_told(report.errors))
        would = "would be created" if options["dry_run"] else "created"
        self.stdout.write(
            f"{report.created} sessions and {report.subjects_created} subjects {would}, "
            f"{report.duplicates} were there already, {len(report.errors)} lines skipped.\n"
        )

    def _report(self, user: User, data: bytes, format_: str, told: Told) -> Report:
        with tqdm(unit=" sessions", file=self.stderr, disable=None) as bar:

            def step(done: int, of: int) -> None:
                bar.total = of
                bar.update(done - bar.n)

            try:
                return bring_in(user, formats.read(data, format_, told), told, step)
            except Unreadable as unreadable:
                raise CommandError(_told([unreadable.error])) from None
            except LinesRefused as refused:
                raise CommandError(_told(refused.errors)) from None
            except ValidationError as refused:
                raise CommandError(refused.messages[0]) from None

    def _user(self, name: str) -> User:
        try:
            return User.objects.get_by_natural_key(name)
        except User.DoesNotExist:
            raise CommandError(f"There is no user {name}.") from None

    def _data(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from None


def _told(errors: list[LineError]) -> str:
    return "\n".join(f"line {each.line}: {each.detail}" for each in errors)

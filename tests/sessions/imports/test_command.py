"""`manage.py import_sessions`: what the address does, for files of any length."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from sessions.models import StudySession
from tests.sessions.imports.files import MONDAY_LINE, TUESDAY_LINE, csv_of

pytestmark = pytest.mark.everywhere


def run(path: Path, content: str, user: str = "alice", **more: Any) -> tuple[str, str]:
    path.write_text(content)
    out, err = StringIO(), StringIO()
    call_command("import_sessions", user, str(path), **{"format": "csv", **more}, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sessions.csv"


@pytest.mark.parametrize("user", ["ALICE", "alice@example.org"])
def test_a_file_is_brought_in_once(alice: User, path: Path, user: str) -> None:
    told = run(path, csv_of(MONDAY_LINE, TUESDAY_LINE), user)
    assert told == ("2 sessions and 2 subjects created, 0 were there already, 0 lines skipped.\n", "")
    told = run(path, csv_of(MONDAY_LINE, TUESDAY_LINE), user)
    assert told == ("0 sessions and 0 subjects created, 2 were there already, 0 lines skipped.\n", "")
    assert alice.studysessions.count() == 2


def test_a_dry_run_writes_nothing(alice: User, path: Path) -> None:
    out, _ = run(path, csv_of(MONDAY_LINE), dry_run=True)
    assert out == "1 sessions and 1 subjects would be created, 0 were there already, 0 lines skipped.\n"
    assert not StudySession.objects.exists()


def test_one_error_and_nothing_is_written(alice: User, path: Path) -> None:
    with pytest.raises(CommandError, match=r"^line 3: Write a time as RFC 3339 has it: 2026-03-02T14:00:00Z\.$"):
        run(path, csv_of(MONDAY_LINE, "Botany,soon,later,"))
    assert not StudySession.objects.exists()


def test_errors_may_be_skipped(alice: User, path: Path) -> None:
    out, err = run(path, csv_of(MONDAY_LINE, "Botany,2026-03-03 25:00,later,"), skip_errors=True)
    assert out == "1 sessions and 1 subjects created, 0 were there already, 1 lines skipped.\n"
    assert err == "line 3: There is no such time of day.\n"


def test_columns_zone_and_order_may_be_told(alice: User, path: Path) -> None:
    file = csv_of("Algebra,03/04/2026 14:00,03/04/2026 15:00", header="Fach,start_time,end_time")
    run(path, file, time_zone="Asia/Tokyo", date_order="day_first", subject_column="Fach")
    session = StudySession.objects.get()
    assert (f"{session.start_time:%Y-%m-%d %H}", session.time_zone) == ("2026-04-03 05", "Asia/Tokyo")


def test_what_cannot_be_read_is_told(alice: User, path: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"^There is no user nobody\.$"):
        run(path, csv_of(MONDAY_LINE), "nobody")
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("import_sessions", "alice", str(tmp_path / "none.csv"), format="csv")
    with pytest.raises(CommandError, match=r"^line 1: This is not valid JSON\.$"):
        run(path, "none", format="studytrack")

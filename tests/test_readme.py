"""What README.md and docs/API.md show is so: their commands run as pasted, and are answered as printed there."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from studytrack.plaintext import to_plain_text
from tests.servers import end, free_port

PROJECT = Path(__file__).resolve().parent.parent
PAGES = ["README.md", "CHANGELOG.md", *(f"docs/{page.name}" for page in (PROJECT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```bash\n(?P<commands>.*?)^```\n(?:```json\n(?P<answer>.*?)^```\n)?", re.DOTALL | re.MULTILINE)
ADDRESS_IN_TEXT = "http://127.0.0.1:8000"
END_OF_BLOCK = "--- end of block"
ANYTHING = "…"


@contextmanager
def development_server(folder: Path) -> Iterator[str]:
    """What `make run` serves, from an empty SQLite file, to whoever pastes faster than people write."""
    environment = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    environment |= {"DJANGO_SETTINGS_MODULE": "studytrack.settings.development", "RATE_LIMIT_WRITE": "100/m"}
    environment["DATABASE_URL"] = f"sqlite:///{folder / 'studytrack.sqlite3'}"
    manage, address = [sys.executable, str(PROJECT / "manage.py")], f"127.0.0.1:{free_port()}"
    subprocess.run([*manage, "migrate", "--verbosity", "0"], env=environment, check=True)
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*manage, "runserver", "--noreload", address], env=environment, stdout=log, stderr=log
        )
    try:
        wait_for(f"http://{address}/health/live")
        yield f"http://{address}"
    finally:
        end(server, 15, 9)


def wait_for(address: str) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            with urlopen(address, timeout=5):
                return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def pasted(text: str, address: str) -> list[tuple[str, str | None]]:
    """What each block prints when all are pasted into one bash, and what the text says it prints."""
    blocks = list(BLOCK.finditer(text))
    script = "".join(f"{block['commands']}echo '{END_OF_BLOCK}'\n" for block in blocks)
    script = script.replace(ADDRESS_IN_TEXT, address)
    done = subprocess.run(
        ["bash", "-o", "pipefail"], input=script, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr == ""
    return list(zip(done.stdout.split(f"{END_OF_BLOCK}\n"), (block["answer"] for block in blocks), strict=False))


def matches(shown: Any, real: Any) -> bool:
    """Whether an answer is the one that is shown, in which an ellipsis stands for anything."""
    if isinstance(shown, dict) and isinstance(real, dict):
        return shown.keys() == real.keys() and all(matches(shown[name], real[name]) for name in shown)
    if isinstance(shown, list) and isinstance(real, list):
        return len(shown) == len(real) and all(map(matches, shown, real))
    return shown in (ANYTHING, real)


@pytest.mark.parametrize("page", ["README.md", "docs/API.md"])
def test_every_command_is_answered_as_shown(page: str, tmp_path: Path) -> None:
    with development_server(tmp_path) as address:
        results = pasted((PROJECT / page).read_text(), address)
    shown = [(json.loads(answer), json.loads(printed.splitlines()[-1])) for printed, answer in results if answer]
    assert len(shown) >= 4
    for expected, real in shown:
        assert matches(expected, real), real


def test_the_table_of_texts_is_true() -> None:
    section = (PROJECT / "docs" / "API.md").read_text().partition("### Text")[2].partition("###")[0]
    rows = re.findall(r"^\| `(.*)` \| `(.*)` \|$", section, re.MULTILINE)
    assert len(rows) >= 8
    assert [(typed, to_plain_text(typed)) for typed, _ in rows] == rows


def test_the_table_has_every_variable_in_the_order_of_the_settings() -> None:
    settings = PROJECT / "studytrack" / "settings"
    taken_over = re.compile(r"^from studytrack\.settings\.(\w+) import \*.*$", re.MULTILINE)
    base = taken_over.sub(lambda room: (settings / f"{room[1]}.py").read_text(), (settings / "base.py").read_text())
    read = ["DJANGO_SETTINGS_MODULE", *re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', base)]
    assert re.findall(r"^\| `([A-Z_]+)` \|", (PROJECT / "README.md").read_text(), re.MULTILINE) == read


def test_every_make_target_is_told_of() -> None:
    targets = re.findall(r"^([a-z]+):.*## ", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    told = re.findall(r"^\| `make ([a-z]+)` \|", (PROJECT / "README.md").read_text(), re.MULTILINE)
    assert sorted(told) == sorted(targets)


def test_every_dependency_has_its_reason() -> None:
    lines = "\n".join(path.read_text() for path in (PROJECT / "requirements").glob("*.in"))
    required = set(re.findall(r"^([a-z][a-z0-9-]+)", lines, re.MULTILINE))
    table = (PROJECT / "docs" / "ARCHITECTURE.md").read_text().partition("## Dependencies")[2]
    told = {name for row in re.findall(r"^\| ([a-z].*?) \|", table, re.MULTILINE) for name in named(row)}
    assert required == told - {"package"}


def named(cell: str) -> list[str]:
    return re.sub(r"\[[^]]*\]", "", cell).split(", ")


@pytest.mark.parametrize("page", sorted(PAGES))
def test_every_test_that_is_named_is_there(page: str) -> None:
    tests = re.findall(r"`(tests/[a-z_/]+\.py)::(\w+)`", (PROJECT / page).read_text())
    assert [(path, name) for path, name in tests if f"def {name}(" not in (PROJECT / path).read_text()] == []


@pytest.mark.parametrize("page", sorted(PAGES))
def test_every_link_leads_somewhere(page: str) -> None:
    text = (PROJECT / page).read_text()
    files = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    missing = [target for target in files if not (PROJECT / page).parent.joinpath(target).exists()]
    parts = {re.sub(r"[^a-z ]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.*)$", text, re.M)}
    assert (missing, set(re.findall(r"\]\(#([^)]+)\)", text)) - parts) == ([], set())

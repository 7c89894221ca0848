"""The served application that tests may cut off from its servers."""

from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest

from tests.faults.app import App, faulty_app


@pytest.fixture(scope="session")
def served() -> Iterator[App]:
    """With less patience than in production, so that tests need not wait as long."""
    less = {"statement_timeout": "1s", "lock_timeout": "500ms", "idle_in_transaction_session_timeout": "1s"}
    options = " ".join(f"-c {name}={value}" for name, value in less.items())
    with faulty_app(options=f"?{urlencode({'options': options}, quote_via=quote)}") as app:
        yield app


@pytest.fixture
def app(served: App) -> Iterator[App]:
    served.wait_until_well()
    yield served
    served.hang_up()

"""Bodies that nobody has read when the answer is there."""

import pytest

from tests.faults.app import App


@pytest.mark.parametrize("path", ["/subjects", "/nowhere", "/auth/login"])
def test_who_is_refused_while_still_sending_is_told_so(app: App, path: str) -> None:
    """A server that leaves a body unread hangs up on the client, which then often does not get to see the answer."""
    caller = app.caller()
    caller.token = "nonsense"
    answers = [caller.ask("PATCH", path, {"notes": "x" * 60_000}).status for _ in range(100)]
    assert len(set(answers)) == 1
    assert answers[0] in {401, 404, 405}

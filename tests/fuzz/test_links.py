"""What one answer makes, the next operation is asked about: walks along the links of the OpenAPI document."""

from typing import Any

import hypothesis

from tests.conftest import empty_tables
from tests.fuzz.conftest import ANSWERS, DOCUMENT, EXAMPLES, checks_that_are_wrong_for

STEPS = 8
"""So many requests a walk has at most."""


class Walk(DOCUMENT.as_state_machine()):  # type: ignore[misc]
    """A walk from operation to operation, on which each answer is judged."""

    def setup(self) -> None:
        """Nobody has been here before: what is there decides which ways are open, and a walk is to repeat."""
        super().setup()
        empty_tables()

    def validate_response(self, response: Any, case: Any, additional_checks: Any = None, **kwargs: Any) -> None:
        case.validate_response(
            response,
            additional_checks=additional_checks,
            excluded_checks=checks_that_are_wrong_for(case),
            transport_kwargs=kwargs or None,
            recorder=self.recorder,
        )


def test_walks_from_link_to_link_keep_their_word() -> None:
    """Each answer is judged by validate_response(), which raises; and that many walks were gone."""
    before = ANSWERS.total()
    Walk.run(
        settings=hypothesis.settings(
            max_examples=2 * EXAMPLES,
            stateful_step_count=STEPS,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
    )
    assert ANSWERS.total() - before > 2 * EXAMPLES

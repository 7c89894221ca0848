"""Each operation of the OpenAPI document keeps what the document promises, whatever it is sent."""

from typing import Any

from tests.fuzz.conftest import DOCUMENT, checks_that_are_wrong_for


@DOCUMENT.parametrize()
def test_an_operation_keeps_its_word(case: Any) -> None:
    answer = case.call_and_validate(excluded_checks=checks_that_are_wrong_for(case))  # raises for what is not kept
    assert answer.status_code < 500

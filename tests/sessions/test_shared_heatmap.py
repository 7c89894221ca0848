"""GET /heatmap/{token}.svg: the picture of the last days, by a secret link (contract 6)."""

import pytest
import time_machine
from django.utils import timezone

from accounts.links import SecretLink
from accounts.models import User
from tests.conftest import NOT_FOUND, Caller
from tests.factories import MONDAY, make_session, make_subject

pytestmark = pytest.mark.everywhere


@pytest.fixture
def address(alice: User) -> str:
    return f"/heatmap/{SecretLink.objects.replace(alice, 'heatmap', timezone.now())}.svg"


def test_it_is_the_picture_that_its_owner_sees(anonymous: Caller, alice: User, address: str) -> None:
    with time_machine.travel(MONDAY.replace(hour=18), tick=False):
        make_session(make_subject(alice))
        own, shared = Caller(alice).get("/stats/heatmap.svg"), anonymous.get(address)
    assert (shared.status_code, shared["Content-Type"]) == (200, "image/svg+xml")
    assert shared.content == own.content
    assert shared["ETag"] == own["ETag"]


@pytest.mark.parametrize("purpose", ["calendar", "heatmap"])
def test_another_token_opens_nothing(anonymous: Caller, alice: User, address: str, purpose: str) -> None:
    token = SecretLink.objects.replace(alice, "calendar", timezone.now()) if purpose == "calendar" else "A" * 43
    response = anonymous.get(f"/heatmap/{token}.svg")
    assert (response.status_code, response.json()) == (404, NOT_FOUND)

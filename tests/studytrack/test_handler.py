"""How a request comes in."""

from django.test import RequestFactory

from studytrack.handler import INHERITED, Utf8Request, take_out_what_is_inherited


def test_a_request_does_not_carry_the_environment() -> None:
    """Servers copy it into what an error report shows: the keys and the addresses with their passwords."""
    environ = RequestFactory().get("/subjects?page=2", headers={"X-Request-ID": "abcd1234"}).environ
    mixed = INHERITED | environ | {"SECRET": "not inherited"}
    take_out_what_is_inherited(mixed)
    request = Utf8Request(mixed)
    assert not INHERITED.items() & {(k, v) for k, v in request.META.items() if isinstance(v, str)}
    assert (request.method, request.path, request.GET["page"]) == ("GET", "/subjects", "2")
    assert request.headers["X-Request-ID"] == "abcd1234"

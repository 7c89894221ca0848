"""The time zones a user may live in."""

from functools import cache
from zoneinfo import available_timezones

from studytrack.models import OwnWords

NOT_PLACES = {"Factory", "localtime", "posixrules"}


@cache
def time_zone_names() -> frozenset[str]:
    """The names of the IANA time zone database."""
    return frozenset(available_timezones() - NOT_PLACES)


def validate_time_zone(name: str) -> None:
    """An IANA name, spelled as the database spells it."""
    if name not in time_zone_names():
        raise OwnWords("Must be an IANA time zone name such as Europe/Berlin.", "invalid_choice")

"""How single values are read and shown: plain text, instants, whole numbers, ids, choices."""

import re
from datetime import UTC, date, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from studytrack.instants import MESSAGES, NoInstant, read_instant
from studytrack.plaintext import MESSAGES as TEXT_MESSAGES
from studytrack.plaintext import NotPlain, plain_text

WHOLE_NUMBER = re.compile(r"-?[0-9]{1,19}")
FULL_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class PlainTextField(serializers.CharField):
    """Text without markup: the one place where the API sanitises. Lengths count before and after."""

    default_error_messages: ClassVar = {"forbidden_character": TEXT_MESSAGES["forbidden_character"]}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        try:
            return plain_text(super().to_internal_value(data), self.max_length, blank=self.allow_blank)
        except NotPlain as error:
            self.fail(error.code, max_length=self.max_length)


class InstantField(serializers.DateTimeField):
    """A moment, to the second: shown in UTC; read with an offset, or without one in the user's time zone."""

    default_error_messages: ClassVar = MESSAGES

    def __init__(self, **kwargs: Any) -> None:
        # A form shows the UTC text itself: a date-time picker would drop its Z, and sending it back would shift it.
        super().__init__(**{"style": {"input_type": "text"}, **kwargs})

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str):
            self.fail("invalid")
        try:
            return read_instant(value, ZoneInfo(self.context["request"].user.time_zone))
        except NoInstant as error:
            self.fail(error.code, zone=error.zone)

    def to_representation(self, value: datetime) -> str:
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class WholeNumberField(serializers.IntegerField):
    """A JSON integer, or its digits in a string; neither true nor 1.0 is one."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is int:
            return data
        if not isinstance(data, str) or not WHOLE_NUMBER.fullmatch(data):
            self.fail("invalid")
        return int(data)


class IdField(WholeNumberField):
    """The id of an object."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": 2**63 - 1, **kwargs})


@extend_schema_field(OpenApiTypes.BOOL)
class FlagField(serializers.ChoiceField):
    """`true` or `false`, as JSON spells them, also in a query."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=["false", "true"], **kwargs)  # as a form sends them, which begins with the first

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool):
            return data
        if data not in ("true", "false"):
            self.fail("invalid_choice", input=data)
        return bool(data == "true")


class AnyCaseChoiceField(serializers.ChoiceField):
    """One of the choices, read without regard to case."""

    default_error_messages: ClassVar = {"invalid_choice": "This is none of the choices."}

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data.lower() if isinstance(data, str) else data)


class StrictDateField(serializers.DateField):
    """A date, `YYYY-MM-DD` and nothing else."""

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str) or not FULL_DATE.fullmatch(value):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)

"""How an import is asked for, and what is answered."""

from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from rest_framework import serializers

from accounts.zones import validate_time_zone
from sessions.imports import plain
from sessions.imports.clocks import ORDERS
from sessions.imports.formats import Format
from sessions.imports.rows import Told
from studytrack.api.fields import AnyCaseChoiceField, FlagField
from studytrack.api.problems import PayloadTooLarge

MIB = 1024 * 1024
MOST_BYTES = 10 * MIB


class ColumnField(serializers.CharField):
    """What a column is called in the header."""

    def __init__(self, column: str) -> None:
        super().__init__(required=False, allow_blank=True, help_text=f"For `csv`: the header of `{column}`, if other.")


class ImportSerializer(serializers.Serializer):
    """A file to be read, and how."""

    file = serializers.FileField(help_text="Up to 10 MiB, in UTF-8, or in UTF-16 with its mark.")
    time_zone = serializers.CharField(
        required=False,
        allow_blank=True,
        validators=[validate_time_zone],
        help_text="The IANA zone whose clock the file's times are of, and its sessions are to carry; else yours.",
    )
    date_order = AnyCaseChoiceField(
        choices=ORDERS,
        required=False,
        allow_blank=True,
        help_text="What 03/04/2026 is; else found out from the file's other dates.",
    )
    dry_run = FlagField(default=False, help_text="Say what would come of it, and write nothing.")
    skip_errors = FlagField(default=False, help_text="Write all lines that are right, not all or nothing.")

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        of = AnyCaseChoiceField(choices=Format.choices, help_text="Whose file it is, or `csv` for four plain columns.")
        columns = {f"{name}_column": ColumnField(name) for name in plain.COLUMNS}
        return {"file": fields.pop("file"), "format": of, **fields, **columns}

    def validate_file(self, file: Any) -> Any:
        if file.size > MOST_BYTES:
            raise PayloadTooLarge
        return file

    def told(self) -> Told:
        """What is told of the file, once it is valid."""
        said = self.validated_data
        columns = {name: said[f"{name}_column"] for name in plain.COLUMNS if said.get(f"{name}_column")}
        zone = said.get("time_zone") or self.context["request"].user.time_zone
        return Told(
            ZoneInfo(zone),
            timezone.now(),
            said.get("date_order", ""),
            columns,
            skip_errors=said["skip_errors"],
            dry_run=said["dry_run"],
        )


class LineErrorSerializer(serializers.Serializer):
    """What is wrong with a line."""

    line = serializers.IntegerField(min_value=1, help_text="Its number; the header is line 1.")
    code = serializers.CharField(help_text="Which rule is broken, for programs.")
    detail = serializers.CharField(help_text="Which rule is broken, for people.")


class ReportSerializer(serializers.Serializer):
    """What has come of a file."""

    created = serializers.IntegerField(min_value=0, help_text="How many sessions are new.")
    duplicates = serializers.IntegerField(
        min_value=0, help_text="How many were there already: of the same subject, from the same start to the same end."
    )
    subjects_created = serializers.IntegerField(min_value=0, help_text="How many subjects are new.")

    def get_fields(self) -> dict[str, Any]:
        errors = LineErrorSerializer(many=True, help_text="The lines that were skipped, up to 1000.")
        return {**super().get_fields(), "errors": errors}

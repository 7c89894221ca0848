"""The serializer that every record's own is made from: it writes what was named; the model's rules become a 4xx."""

from collections.abc import Callable
from copy import copy
from functools import cache, cached_property, partial
from operator import attrgetter
from typing import Any, ClassVar

from django.core.exceptions import ValidationError as RuleBroken
from django.db import IntegrityError, models, transaction
from rest_framework import serializers

from studytrack.api.errors import broken_rules
from studytrack.api.fields import AnyCaseChoiceField, IdField, InstantField, PlainTextField, WholeNumberField
from studytrack.api.problems import ConflictRefused
from studytrack.fields import PlainCharField as PlainCharColumn
from studytrack.fields import PlainTextField as PlainTextColumn


class RecordSerializer(serializers.ModelSerializer):
    """Reads strictly, judges by the model's rules, and writes only what the request names."""

    serializer_choice_field = AnyCaseChoiceField
    serializer_field_mapping: ClassVar = serializers.ModelSerializer.serializer_field_mapping | {
        models.BigAutoField: IdField,
        models.DateTimeField: InstantField,
        models.PositiveIntegerField: WholeNumberField,
        models.PositiveSmallIntegerField: WholeNumberField,
        PlainCharColumn: PlainTextField,
        PlainTextColumn: PlainTextField,
    }

    def get_fields(self) -> dict[str, Any]:
        """DRF's, made once for each class: a serializer has copies of them, to bind to itself."""
        return {name: copy(field) for name, field in unbound_fields(type(self)).items()}

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        """What a PUT or a POST leaves out takes the model's default, with which a form begins, too."""
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        if not kwargs.get("read_only") and model_field.has_default():
            kwargs.pop("required", None)
            kwargs["default"] = kwargs["initial"] = model_field.default
        return field_class, kwargs

    def to_representation(self, record: Any) -> dict[str, Any]:
        """DRF's, but for the search of each attribute: a record has all of them."""
        shown = ((name, show, read(record)) for name, read, show in self._what_is_shown)
        return {name: None if value is None else show(value) for name, show, value in shown}

    @cached_property
    def _what_is_shown(self) -> list[tuple[str, Callable[[Any], Any], Callable[[Any], Any]]]:
        """The names of what is shown, each with what reads it and what writes it."""
        return [(str(field.field_name), reader(field), field.to_representation) for field in self._readable_fields]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        candidate = copy(self.instance) if self.instance else self.record()
        for name, value in attrs.items():
            setattr(candidate, name, value)
        try:
            candidate.clean()
        except RuleBroken as error:
            raise self.refusal(error) from error
        return attrs

    def record(self, **values: Any) -> Any:
        model: Any = self.Meta.model
        return model(**values)

    def create(self, validated_data: dict[str, Any]) -> Any:
        return self.write(self.record(**validated_data))

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        for name, value in validated_data.items():
            setattr(instance, name, value)
        return self.write(instance, update_fields=list(validated_data)) if validated_data else instance

    def write(self, record: Any, **how: Any) -> Any:
        return self.attempt(record, partial(record.save, **how))

    def attempt(self, record: Any, change: Callable[[], None]) -> Any:
        """Change it; where the database refuses, the rules are asked which of them it broke."""
        try:
            with transaction.atomic():
                change()
        except RuleBroken as error:
            raise self.refusal(error) from error
        except IntegrityError as error:
            try:
                record.validate_constraints()
            except RuleBroken as broken:
                raise self.refusal(broken) from error
            raise ConflictRefused from error
        return record

    def refusal(self, error: RuleBroken) -> Exception:
        return broken_rules(error, {str(field.source): name for name, field in self.fields.items()})


def reader(field: Any) -> Callable[[Any], Any]:
    """What reads of a record what a field shows."""
    if not field.source_attrs:
        return lambda record: record
    # Of another record no more is shown than its id, for which the database need not be asked.
    return field.get_attribute if isinstance(field, serializers.PrimaryKeyRelatedField) else attrgetter(field.source)


@cache
def unbound_fields(serializer: type[RecordSerializer]) -> dict[str, Any]:
    return super(RecordSerializer, serializer()).get_fields()

"""How lists are narrowed and ordered: filters read their values as bodies are read, and refuse the others."""

from typing import Any

import django_filters
from django import forms
from rest_framework import serializers


class ReadAs(forms.Field):
    """A form field that reads its text with one of the API's serializer fields."""

    def __init__(self, *, field: serializers.Field, **kwargs: Any) -> None:
        if isinstance(field, serializers.ChoiceField):
            spellings = [str(choice).lower() for choice in field.choices]
            kwargs["widget"] = forms.Select(choices=[("", "any"), *zip(spellings, spellings, strict=True)])
        super().__init__(**kwargs)
        self.field = field

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        try:
            return self.field.run_validation(value)
        except serializers.ValidationError as error:
            details: list[Any] = error.detail if isinstance(error.detail, list) else [error.detail]
            raise forms.ValidationError([forms.ValidationError(str(each), each.code) for each in details]) from None


class QueryFilter(django_filters.Filter):
    """A filter whose value is read by `reads`, a serializer field; an empty value is none."""

    field_class = ReadAs

    def __init__(self, reads: serializers.Field, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, field=reads, **kwargs)
        self.reads = reads

    @property
    def field(self) -> Any:
        field = super().field
        field.field._context = {"request": self.parent.request}
        return field


class TotalOrderingFilter(django_filters.OrderingFilter):
    """`ordering` by the fields that are named, `-` for descending; ties are broken by id, the newest first."""

    def filter(self, qs: Any, value: list[str] | None) -> Any:
        if value and not all(value):
            raise serializers.ValidationError({"ordering": "Between commas stands a name."}, code="invalid_choice")
        chosen = [self.get_ordering_value(param) for param in value or ()]
        return qs.order_by(*chosen, "-id") if chosen else qs

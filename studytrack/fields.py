"""The fields that models have beside Django's: plain text, and the moments at which a record was made and changed."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.lookups import IContains, IRegex

from studytrack.plaintext import NotPlain, plain_text


class PlainTextMixin:
    """A model field of plain text, whether it came by a form, by a file or by a shell's full_clean()."""

    def clean(self: Any, value: Any, model_instance: models.Model | None) -> Any:
        text = self.to_python(value)
        try:
            kept = text and plain_text(text, self.max_length, blank=self.blank)
        except NotPlain as error:
            raise ValidationError(str(error), error.code) from None
        return super().clean(kept, model_instance)  # type: ignore[misc]


class PlainCharField(PlainTextMixin, models.CharField):
    """One line of plain text."""


class PlainTextField(PlainTextMixin, models.TextField):
    """Plain text of several lines."""


class MomentField(models.DateTimeField):
    """When a record was made or changed. A new record may bring its own, as one that is read back from a file does."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        told = getattr(model_instance, self.attname) if add else None
        return told or super().pre_save(model_instance, add)

    def deconstruct(self) -> Any:
        """To the database it is as Django's."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, kwargs


@PlainCharField.register_lookup
@PlainTextField.register_lookup
class ContainsInAnyCase(IContains):
    """`icontains` of plain text: on SQLite, too, of every letter and not of ASCII's only."""

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        return compiler.compile(IRegex(self.lhs, re.escape(self.rhs)))  # Django lends SQLite Python's expressions

"""What the admin's pages have in common: the site, and how records are listed, changed and deleted there."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC
from functools import wraps
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.admin.models import LogEntry
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import BadRequest, ValidationError
from django.db import DataError, IntegrityError, models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from studytrack.api.security import Event, note
from studytrack.fields import PlainCharField, PlainTextField
from studytrack.models import cascade_in_one_statement, lock_owner
from studytrack.plaintext import first_forbidden_character, is_blank, to_plain_text

LONGEST_ADDRESS = 254
logger = logging.getLogger(__name__)


class LoginForm(AdminAuthenticationForm):
    """A name or an address: Django would let the browser cut both off where names end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Name or e-mail address"
        self.fields["username"].widget.attrs["maxlength"] = LONGEST_ADDRESS

    def confirm_login_allowed(self, user: Any) -> None:
        """Log who has the right password and may not come in: Django's signals tell only of wrong passwords."""
        try:
            super().confirm_login_allowed(user)
        except ValidationError:
            note(Event.ADMIN_SIGN_IN_FAILED, user=user.pk)
            raise


class LabelledOptions(AutocompleteJsonView):
    """What an autocomplete offers, each by the label that its admin gives it."""

    model_admin: Any

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        return super().serialize_result(obj, to_field_name) | {"text": self.model_admin.label(obj)}


class Site(admin.AdminSite):
    """The admin for operators."""

    site_header = site_title = "StudyTrack"
    index_title = "What StudyTrack keeps"
    login_form = LoginForm

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """A page; addresses and forms that no page leads to, and at which Django's admin would fail, are 400."""

        @wraps(view)
        def refusing(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                return view(request, *args, **kwargs)
            except (ValueError, OverflowError, ValidationError, DataError) as error:
                logger.warning("Refused in the admin", exc_info=True, extra={"request": request})
                raise BadRequest from error

        return super().admin_view(refusing, cacheable)

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return LabelledOptions.as_view(admin_site=self)(request)


class PlainTextInput(forms.CharField):
    """Text as the API takes it; what is sent back unchanged stays the same, with its spaces and its ends of lines."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "strip": False})

    def to_python(self, value: Any) -> Any:
        return str(super().to_python(value)).replace("\r\n", "\n")

    def validate(self, value: str) -> None:
        if first_forbidden_character(value) is not None:
            raise ValidationError("Control characters are not text.", code="forbidden_character")
        super().validate("" if is_blank(to_plain_text(value)) else value)


def utc(name: str, title: str) -> Callable[[Any, Any], str]:
    """A column for an instant, as operators compare them: in UTC, to the minute."""

    @admin.display(ordering=name, description=f"{title} (UTC)")
    def column(_admin: Any, record: Any) -> str:
        instant = getattr(record, name)
        return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M}" if instant else "–"

    return column


class WordlessLog(admin.ModelAdmin):
    """What operators do is kept without the words of whose it was: an account may go, and this stays."""

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        return wordless(super().log_addition(request, obj, message))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        return wordless(super().log_change(request, obj, message))

    def log_deletions(self, request: HttpRequest, queryset: Any) -> list[LogEntry]:
        return [wordless(entry) for entry in super().log_deletions(request, queryset)]


class RecordAdmin(WordlessLog):
    """Records in the admin: the model's rules are form errors, also those that only the database could see."""

    formfield_overrides: ClassVar = {
        PlainCharField: {"form_class": PlainTextInput, "widget": AdminTextInputWidget},
        PlainTextField: {"form_class": PlainTextInput, "widget": AdminTextareaWidget},
    }
    created, updated = utc("created_at", "created"), utc("updated_at", "updated")
    list_per_page = 50
    show_full_result_count = False

    def label(self, record: Any) -> str:
        """How a record is told from the others where one of them is chosen."""
        return str(record)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name in self.get_autocomplete_fields(request):
            related: Any = self.admin_site.get_model_admin(db_field.related_model)
            field.label_from_instance = related.label  # type: ignore[method-assign]
        return field

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The record; one that is about to change or go is read under its lock, so that it is still there then."""
        record: Any = super().get_object(request, object_id, from_field)
        if record is None or request.method != "POST":
            return record
        lock_owner(getattr(record, "owner_id", record.pk))
        return self.get_queryset(request).select_for_update(of=("self",)).filter(pk=record.pk).first()

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Where the database refuses what the form had accepted, the form is asked once more: now it sees why."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except (IntegrityError, ValidationError):
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write what was changed; a form that comes back as it was shown leaves the record as it was."""
        if not change:
            lock_owner(getattr(obj, "owner_id", None))
        if form.changed_data or not change:
            obj.save()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """As Django's, and how many go with them in one statement, which Django's collector does not see."""
        listed, counts, missing_permissions, protected = super().get_deleted_objects(objs, request)
        for name, names, count, permitted in self._gone_with(objs, request):
            counts[names] = counts.get(names, 0) + count
            listed = [*listed, f"{count:,} {name if count == 1 else names}"]
            missing_permissions = missing_permissions if permitted else {*missing_permissions, name}
        return listed, counts, missing_permissions, protected

    def _gone_with(self, objs: Sequence[Any], request: HttpRequest) -> list[tuple[str, str, int, bool]]:
        gone = []
        for relation in self.opts.related_objects:
            children: Any = relation.related_model
            # What has no page here follows from what has: nobody is asked about it.
            if relation.on_delete is not cascade_in_one_statement or not self.admin_site.is_registered(children):
                continue
            count = children._default_manager.filter(**{f"{relation.field.name}__in": objs}).count()
            permitted = self.admin_site.get_model_admin(children).has_delete_permission(request)
            if count:
                gone.append(
                    (str(children._meta.verbose_name), str(children._meta.verbose_name_plural), count, permitted)
                )
        return gone


def wordless(entry: LogEntry) -> LogEntry:
    """An entry of the log that names what it is about by number."""
    kind: Any = entry.content_type
    entry.object_repr = f"{kind.name} {entry.object_id or ''}".strip()
    entry.save(update_fields=["object_id", "object_repr"])
    return entry


def link_to_list(model: type[models.Model], text: Any, **lookups: Any) -> str:
    """A link to the admin's list of a model, narrowed by the lookups."""
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return format_html('<a href="{}?{}">{}</a>', address, urlencode(lookups), text)

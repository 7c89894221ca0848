"""Users and their sign-ins as operators see them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    BaseUserCreationForm,
    SetUnusablePasswordMixin,
    UserChangeForm,
)
from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from accounts.models import User
from accounts.sign_in_rows import SignIn
from accounts.zones import time_zone_names
from studytrack.admin import RecordAdmin, WordlessLog, link_to_list, utc, wordless

ISO_WEEKDAYS = tuple(
    enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), start=1)
)
POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


class TimeZoneField(forms.ChoiceField):
    """One of the zones, by its IANA name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[(name, name) for name in sorted(time_zone_names())], **kwargs)


class NewUserForm(BaseUserCreationForm):
    """What a new account is made of, judged as POST /auth/register judges it."""

    time_zone = TimeZoneField(initial="UTC")

    class Meta:
        model = User
        fields = ("username", "email", "time_zone")


class UserForm(UserChangeForm):
    """An account and its settings, weekdays by their names."""

    time_zone = TimeZoneField()
    week_start = forms.TypedChoiceField(coerce=int, choices=ISO_WEEKDAYS)
    rest_weekdays = forms.TypedMultipleChoiceField(
        coerce=int, choices=ISO_WEEKDAYS, required=False, widget=forms.CheckboxSelectMultiple
    )


class NewPasswordForm(AdminPasswordChangeForm):
    """A password that an operator sets, or none."""

    usable_password = SetUnusablePasswordMixin.create_usable_password_field(
        "Disabled, every sign-in ends, and nobody can sign in to this account until it is given a password again."
    )


@admin.register(User)
class UserAdmin(RecordAdmin, auth_admin.UserAdmin):
    """Accounts. Operators' own are a superuser's to change, and so is who is one."""

    seen = utc("last_login", "last login")
    form, add_form, change_password_form = UserForm, NewUserForm, NewPasswordForm
    list_display = ("username", "email", "time_zone", "is_active", "is_staff", "subject_list", "created")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("username", "email")
    ordering = ("-id",)
    date_hierarchy = "created_at"
    fieldsets = (
        (None, {"fields": ("username", "email", "password")}),
        (
            "Study days",
            {"fields": ("time_zone", "day_start_hour", "week_start", "daily_goal_minutes", "rest_weekdays")},
        ),
        ("What it may do", {"fields": ("is_active", *POWERS)}),
        ("What became of it", {"fields": ("subject_list", "signed_in", "wanted", "seen", "created", "updated")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "email", "time_zone", "password1", "password2")}),)
    readonly_fields = ("subject_list", "signed_in", "wanted", "seen", "created", "updated")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).annotate(subject_count=how_many("subjects", "owner"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if is_superuser(request) else (*self.readonly_fields, *POWERS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and may_touch(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Delete under the users' locks, so that nothing new can hang on what is going."""
        with transaction.atomic():
            locked = queryset.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True)
            super().delete_queryset(request, User.objects.filter(pk__in=list(locked)))

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[User]) -> list[LogEntry]:
        """That an account was deleted, and not which: what is told of it goes with it."""
        entries = super().log_deletions(request, queryset)
        for entry in entries:
            entry.object_id = None
            wordless(entry)
        return entries

    @transaction.atomic
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:  # noqa: A002
        return super().user_change_password(request, id, form_url)

    @admin.display(description="subjects")
    def subject_list(self, user: Any) -> str:
        return link_to_list(related("subjects"), f"{user.subject_count:,}", owner__id__exact=user.pk)

    @admin.display(description="sign-ins")
    def signed_in(self, user: User) -> str:
        return link_to_list(SignIn, f"{user.sign_ins.count():,}", user__id__exact=user.pk)

    @admin.display(description="goals so far")
    def wanted(self, user: User) -> str:
        """What was wanted of a study day, since when; the latest first."""
        goals = user.study_goals.order_by("-since", "-pk")
        return format_html_join(mark_safe("<br>"), "{}{}", ((goal, resting(goal.rest_weekdays)) for goal in goals))


@admin.register(SignIn)
class SignInAdmin(WordlessLog):
    """Who is signed in since when, and nothing that a token is made of. Deleting a sign-in ends it at once."""

    created, ends = utc("created_at", "since"), utc("expires_at", "ends")
    list_display = ("user", "created", "ends")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__email")
    date_hierarchy = "created_at"
    fields = ("user", "created", "ends")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def resting(weekdays: list[int]) -> str:
    names = [name for number, name in ISO_WEEKDAYS if number in weekdays]
    return f", rest on {', '.join(names)}" if names else ""


def related(name: str) -> Any:
    """The model on the other side of a relation that another app has with users."""
    return User._meta.get_field(name).related_model


def how_many(name: str, foreign_key: str) -> Coalesce:
    """How many there are of a user's own, counted for those that are shown only."""
    theirs = related(name)._default_manager.filter(**{foreign_key: OuterRef("pk")}).order_by().values(foreign_key)
    return Coalesce(Subquery(theirs.values(count=Count("*"))), 0)


def is_superuser(request: HttpRequest) -> bool:
    return request.user.is_superuser


def may_touch(request: HttpRequest, user: User | None) -> bool:
    """Whether an account has no rights, or a superuser asks: a new password would be a way to more rights."""
    return user is None or not (user.is_staff or user.is_superuser) or is_superuser(request)

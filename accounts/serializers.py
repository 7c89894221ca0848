"""The JSON of users, of signing in and out, and of changing a password."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as RuleBroken
from rest_framework import serializers

from accounts.guesses import Budget, is_password_of
from accounts.links import SecretLink
from accounts.managers import compared
from accounts.models import User, validate_weekdays
from studytrack.api.errors import broken_rules
from studytrack.api.fields import InstantField, WholeNumberField
from studytrack.api.serializers import RecordSerializer

LONGEST_INPUT = 4096
RESERVED_NAMES = frozenset(
    (
        *("admin", "administrator", "root", "superuser", "system", "staff", "moderator", "official", "studytrack"),
        *("support", "help", "security", "abuse", "noreply", "postmaster", "webmaster", "hostmaster", "mailerdaemon"),
        *("me", "api", "auth", "www", "null", "undefined"),
    )
)
"""Names for which somebody could be taken who speaks for StudyTrack, or that addresses may need one day."""
SEPARATORS = dict.fromkeys(map(ord, "._-"))


class PasswordField(serializers.CharField):
    """A password: taken exactly as typed, never shown."""

    def __init__(self, **kwargs: Any) -> None:
        style = {"input_type": "password"}
        super().__init__(write_only=True, trim_whitespace=False, max_length=LONGEST_INPUT, style=style, **kwargs)


class NewPasswordField(PasswordField):
    """A password that shall be; judge_password() refuses a weak one."""

    def __init__(self) -> None:
        super().__init__(help_text="8 to 128 characters, letters and digits both; no common one.")


def judge_name(name: str) -> None:
    """Raise a 400 for a name that is reserved, with or without dots and dashes; operators may give it in the admin."""
    if compared(name).translate(SEPARATORS) in RESERVED_NAMES:
        raise serializers.ValidationError("This name is reserved.", code="reserved")


class UserSerializer(RecordSerializer):
    """A user's own account."""

    instance: User
    rest_weekdays = serializers.ListField(
        child=WholeNumberField(min_value=1, max_value=7),
        validators=[validate_weekdays],
        required=False,
        help_text="ISO weekdays without study, such as [6, 7].",
    )
    current_password = PasswordField(required=False, help_text="Needed to change the address.")

    class Meta:
        model = User
        fields = (
            "id",
            "username",
            "email",
            "time_zone",
            "day_start_hour",
            "week_start",
            "daily_goal_minutes",
            "rest_weekdays",
            "created_at",
            "current_password",
        )

    def validate_username(self, name: str) -> str:
        if compared(name) != self.instance.username_key:
            judge_name(name)
        return name

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        password = attrs.pop("current_password", None)
        if attrs.get("email", self.instance.email) != self.instance.email:
            confirm_password(self.instance, "current_password", password)
        return super().validate(attrs)


class RegistrationSerializer(RecordSerializer):
    """What a new account is made of."""

    password = NewPasswordField()
    confirm_password = PasswordField(required=False, help_text="The password once more, if given.")

    class Meta:
        model = User
        fields = ("username", "email", "password", "confirm_password", "time_zone")

    def validate_username(self, name: str) -> str:
        judge_name(name)
        return name

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.pop("confirm_password", attrs["password"]) != attrs["password"]:
            raise serializers.ValidationError({"confirm_password": "The two passwords differ."}, code="mismatch")
        judge_password("password", attrs["password"], User(username=attrs["username"], email=attrs["email"]))
        return attrs

    def create(self, validated_data: dict[str, Any]) -> User:
        user = User(**validated_data)
        user.set_password(validated_data["password"])
        return self.write(user)

    def to_representation(self, user: User) -> dict[str, Any]:
        return UserSerializer(user, context=self.context).data


class LoginSerializer(serializers.Serializer):
    """A name or an address, and the password."""

    username = serializers.CharField(
        max_length=LONGEST_INPUT,
        help_text="The name or the e-mail address, in any case.",
    )
    password = PasswordField()


class RefreshSerializer(serializers.Serializer):
    """A refresh token."""

    refresh = serializers.CharField(
        max_length=LONGEST_INPUT, trim_whitespace=False, help_text="The newest refresh token of a sign-in."
    )


class TokensSerializer(serializers.Serializer):
    """The tokens of a sign-in."""

    access = serializers.CharField(read_only=True, help_text="For `Authorization: Bearer …`, for 30 minutes.")
    refresh = serializers.CharField(read_only=True, help_text="For one `POST /auth/refresh`, within 7 days.")


class PasswordChangeSerializer(serializers.Serializer):
    """The password that is, and the one that shall be."""

    instance: User
    current_password = PasswordField()
    new_password = NewPasswordField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        confirm_password(self.instance, "current_password", attrs["current_password"])
        judge_password("new_password", attrs["new_password"], self.instance)
        return attrs


class AccountDeletionSerializer(serializers.Serializer):
    """The password of the account that shall go."""

    instance: User
    password = PasswordField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        confirm_password(self.instance, "password", attrs["password"])
        return attrs


class SecretLinkSerializer(serializers.ModelSerializer):
    """That there is a secret link; its address is not known here."""

    created_at = InstantField(help_text="When it was made.")

    class Meta:
        model = SecretLink
        fields = ("created_at",)


class NewSecretLinkSerializer(serializers.Serializer):
    """A secret link that was made just now."""

    url = serializers.URLField(help_text="Its address, which is shown this once.")


def judge_password(field: str, password: str, user: User) -> None:
    """Raise a 400 on the field for every rule that a new password breaks."""
    try:
        validate_password(password, user)
    except RuleBroken as error:
        raise broken_rules(RuleBroken({field: error})) from error


def confirm_password(user: User, field: str, password: str | None) -> None:
    """Raise a 400 on the field unless this is the user's password."""
    if password is None:
        raise serializers.ValidationError({field: "Your password is needed for this."}, code="required")
    if not is_password_of(user, password, Budget("confirmation", user.pk)):
        raise serializers.ValidationError({field: "This is not your password."}, code="wrong_password")

"""What the OpenAPI document says about accounts and signing in."""

from typing import Any

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.utils import extend_schema, extend_schema_view

from accounts import passwords
from accounts.serializers import (
    AccountDeletionSerializer,
    NewPasswordField,
    NewSecretLinkSerializer,
    PasswordField,
    SecretLinkSerializer,
    TokensSerializer,
    UserSerializer,
)
from studytrack.api.problems import MEDIA_TYPE
from studytrack.api.schema_answers import example, invalid, refusal, refused_body
from studytrack.api.schema_operations import asked, done, shown

PASSWORD, NEW_PASSWORD = "correct horse 1", "battery staple 2"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"  # noqa: S105 - an example
TOKENS = {"access": TOKEN, "refresh": TOKEN}
ALICE = {
    "id": 1,
    "username": "alice",
    "email": "alice@example.org",
    "time_zone": "Europe/Berlin",
    "day_start_hour": 0,
    "week_start": 1,
    "daily_goal_minutes": 0,
    "rest_weekdays": [],
    "created_at": "2026-02-23T08:00:00Z",
}


def wrong_password(field: str) -> dict[str, Any]:
    return invalid(field, "wrong_password", "This is not your password.")


class BearerScheme(OpenApiAuthenticationExtension):
    """The access token."""

    target_class = "accounts.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The access token of `POST /auth/login` or `POST /auth/refresh`.",
        }


class UserExtension(OpenApiSerializerExtension):
    """A weekday of rest is named once."""

    target_class = UserSerializer

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        schema["properties"]["rest_weekdays"]["uniqueItems"] = True
        return schema


class PasswordExtension(OpenApiSerializerFieldExtension):
    """A password is a password."""

    target_class = PasswordField

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"type": "string", "format": "password", "description": "The password, exactly as it is."}


class NewPasswordExtension(OpenApiSerializerFieldExtension):
    """A new password has its lengths; a component of its own, because drf-spectacular writes over them in place."""

    target_class = NewPasswordField

    def get_name(self) -> str:
        return "NewPassword"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        lengths = {"minLength": passwords.MIN_LENGTH, "maxLength": passwords.MAX_LENGTH}
        return {"type": "string", "format": "password", **lengths}


register = extend_schema_view(
    post=extend_schema(
        operation_id="register",
        summary="Open an account",
        examples=asked(
            {
                "username": "alice",
                "email": "alice@example.org",
                "password": PASSWORD,
                "confirm_password": PASSWORD,
                "time_zone": "Europe/Berlin",
            }
        ),
        responses={
            201: shown(UserSerializer, "The new user.", ALICE),
            (400, MEDIA_TYPE): refused_body(invalid("username", "unique", "Somebody has this name already.")),
        },
    )
)
login = extend_schema_view(
    post=extend_schema(
        operation_id="login",
        summary="Sign in",
        examples=asked({"username": "alice", "password": PASSWORD}),
        responses={
            200: shown(TokensSerializer, "The tokens of the new sign-in.", TOKENS),
            (400, MEDIA_TYPE): refused_body(invalid("password", "required", "This field is required.")),
            (401, MEDIA_TYPE): refusal(
                "The name, the password, or both are wrong, or the account is not active.",
                example(401, detail="No active account has this name and password."),
            ),
        },
    )
)
refresh = extend_schema_view(
    post=extend_schema(
        operation_id="refresh",
        summary="Change a refresh token for new tokens",
        examples=asked({"refresh": TOKEN}),
        responses={
            200: shown(TokensSerializer, "The new tokens. The old refresh token is dead.", TOKENS),
            (400, MEDIA_TYPE): refused_body(invalid("refresh", "required", "This field is required.")),
            (401, MEDIA_TYPE): refusal(
                "The token is none, has been used, or its sign-in is over.",
                example(401, detail="This refresh token is not valid, or no longer."),
            ),
        },
    )
)
logout = extend_schema_view(
    post=extend_schema(
        operation_id="logout",
        summary="End a sign-in",
        examples=asked({"refresh": TOKEN}),
        responses={
            **done("The sign-in is over, or was over already."),
            (400, MEDIA_TYPE): refused_body(invalid("refresh", "invalid", "This is not a refresh token.")),
        },
    )
)
logout_all = extend_schema_view(
    post=extend_schema(
        operation_id="logout_all",
        summary="End every sign-in",
        request=None,
        responses=done("Every sign-in of yours is over."),
    )
)
password = extend_schema_view(
    post=extend_schema(
        operation_id="change_password",
        summary="Change your password",
        examples=asked({"current_password": PASSWORD, "new_password": NEW_PASSWORD}),
        responses={
            **done("The new password is in force, and every other sign-in over."),
            (400, MEDIA_TYPE): refused_body(wrong_password("current_password")),
        },
    )
)
me = extend_schema_view(
    get=extend_schema(
        operation_id="get_me",
        summary="See your account",
        description="Your account and its settings.",
        responses={200: shown(UserSerializer, "Your account.", ALICE)},
    ),
    patch=extend_schema(
        operation_id="change_me",
        summary="Change your account",
        description="Changes the settings that are named, and nothing else. A new address needs `current_password`.",
        examples=asked({"daily_goal_minutes": 90, "rest_weekdays": [6, 7]}),
        responses={
            200: shown(
                UserSerializer,
                "Your account as it is now.",
                ALICE | {"daily_goal_minutes": 90, "rest_weekdays": [6, 7]},
            ),
            (400, MEDIA_TYPE): refused_body(
                invalid("daily_goal_minutes", "max_value", "Ensure this value is less than or equal to 1440."),
            ),
        },
    ),
    delete=extend_schema(
        operation_id="delete_me",
        summary="Delete your account",
        description="Deletes your account and everything that belongs to it: sign-ins, subjects, sessions.",
        request=AccountDeletionSerializer,
        examples=asked({"password": PASSWORD}),
        responses={
            **done("The account is gone."),
            (400, MEDIA_TYPE): refused_body(wrong_password("password")),
        },
    ),
)


def secret_link(one: str, shows: str, example_url: str) -> Any:
    """Decorates a view of a secret link: `one` names it in operations, `shows` says what is behind it."""
    none = refusal("You have no such link.", example(404))
    return extend_schema_view(
        get=extend_schema(
            operation_id=f"get_{one}_link",
            summary=f"See whether there is a link to your {one}",
            description=f"Since when there is a secret link to your {one}. Its address cannot be shown again.",
            responses={
                200: shown(SecretLinkSerializer, "There is one.", {"created_at": "2026-03-02T16:31:00Z"}),
                (404, MEDIA_TYPE): none,
            },
        ),
        post=extend_schema(
            operation_id=f"create_{one}_link",
            summary=f"Make a link to your {one}",
            description=f"Makes a secret link to your {one}: {shows} The address is told in this answer and never "
            "again. A link that was there before ends.",
            request=None,
            responses={201: shown(NewSecretLinkSerializer, "The new link.", {"url": example_url})},
        ),
        delete=extend_schema(
            operation_id=f"delete_{one}_link",
            summary=f"Revoke the link to your {one}",
            description="Ends the link at once: its address is 404 from now on.",
            responses={**done("The link is gone."), (404, MEDIA_TYPE): none},
        ),
    )


calendar_link = secret_link(
    "calendar",
    "whoever has its address sees all of your sessions, with their notes, as a calendar to subscribe to.",
    "https://studytrack.example/calendar/Zc4pJm0tQ8nYw5Xk2sVb7RfLd9GhTa1uEo3iKy6MzNE.ics",
)
heatmap_link = secret_link(
    "heatmap",
    "whoever has its address sees how much you studied on each of the last 365 days, as a picture.",
    "https://studytrack.example/heatmap/Zc4pJm0tQ8nYw5Xk2sVb7RfLd9GhTa1uEo3iKy6MzNE.svg",
)

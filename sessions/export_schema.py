"""What the OpenAPI document says about taking data out."""

from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers

from accounts.goals import StudyGoal
from accounts.links import TOKEN
from accounts.models import DAY_START_HOUR_MAX, MINUTES_A_DAY, User
from sessions import archive
from sessions.export_serializers import ExportedSessionSerializer, ExportQuerySerializer
from sessions.models import StudySession
from sessions.schema import AN_AFTERNOON
from sessions.statistics_schema import AS_PICTURE, PICTURE
from studytrack.api.problems import MEDIA_TYPE
from studytrack.api.schema_answers import ConstantField, ValidationProblemSerializer, example, invalid, refusal
from studytrack.api.schema_operations import shown
from subjects.models import Subject

MADE, CHANGED = "When it was made, to the microsecond.", "When it was last changed, to the microsecond."
ZONE, HOUR = "The zone by which its study day is decided.", "The hour by which its study day is decided."


class WeekdaysField(serializers.ListField):
    """ISO weekdays."""

    child = serializers.IntegerField(min_value=1, max_value=7)


class ArchivedAccountSerializer(serializers.ModelSerializer):
    """The settings, and since when there is the account."""

    rest_weekdays = WeekdaysField(help_text="ISO weekdays without study.")

    class Meta:
        model = User
        fields = archive.ACCOUNT
        extra_kwargs: ClassVar = {"created_at": {"help_text": MADE}}


class ArchivedGoalSerializer(serializers.ModelSerializer):
    """What was wanted of a study day since some moment."""

    rest_weekdays = WeekdaysField(help_text="ISO weekdays without study.")

    class Meta:
        model = StudyGoal
        fields = archive.STUDY_GOAL
        extra_kwargs: ClassVar = {
            "since": {"help_text": "From when on, to the microsecond."},
            "daily_goal_minutes": {"help_text": "Minutes a day; 0 is no goal.", "max_value": MINUTES_A_DAY},
            "time_zone": {"help_text": "The zone by which the first of its days is decided."},
            "day_start_hour": {
                "help_text": "The hour by which the first of its days is decided.",
                "max_value": DAY_START_HOUR_MAX,
            },
        }


class ArchivedSubjectSerializer(serializers.ModelSerializer):
    """A subject; its totals follow from its sessions."""

    class Meta:
        model = Subject
        fields = archive.SUBJECT
        extra_kwargs: ClassVar = {
            "description": {"help_text": "What it is about."},
            "priority_level": {"help_text": "How much it matters."},
            "status": {"help_text": "Where it stands."},
            "created_at": {"help_text": MADE},
            "updated_at": {"help_text": CHANGED},
        }


class ArchivedSessionSerializer(serializers.ModelSerializer):
    """A session; one without an end runs."""

    subject = serializers.CharField(help_text="The name of its subject.")
    needs_review = serializers.BooleanField(help_text="Whether it is a timer that seems forgotten; not read back.")

    class Meta:
        model = StudySession
        fields = archive.SESSION
        extra_kwargs: ClassVar = {
            "start_time": {"help_text": "When it began."},
            "end_time": {"help_text": "When it ended; null while it runs."},
            "notes": {"help_text": "What it was about."},
            "time_zone": {"help_text": ZONE},
            "day_start_hour": {"help_text": HOUR, "max_value": DAY_START_HOUR_MAX},
            "source": {"help_text": "How it came: entered by hand, by timer, by import."},
            "created_at": {"help_text": MADE},
            "updated_at": {"help_text": CHANGED},
        }


class ArchiveSerializer(serializers.Serializer):
    """Everything of a user's, in the format `studytrack`."""

    version = serializers.IntegerField(help_text="The version of the format: 1.")
    account = ArchivedAccountSerializer(help_text="The settings.")
    study_goals = ArchivedGoalSerializer(many=True, help_text="What was wanted of a study day, the oldest first.")
    subjects = ArchivedSubjectSerializer(many=True, help_text="The subjects, the oldest first.")
    sessions = ArchivedSessionSerializer(many=True, help_text="The sessions, in the order of time.")

    def get_fields(self) -> dict[str, Any]:
        return {"format": ConstantField(archive.FORMAT), **super().get_fields()}


EXPORTED = AN_AFTERNOON | {"start_local": "2026-03-02T15:00:00+01:00", "end_local": "2026-03-02T17:30:00+01:00"}
SPREADSHEET = (
    "subject,start_time,end_time,notes,start_local,end_local,duration_minutes,study_date,time_zone,source,"
    "needs_review,created_at,updated_at\r\n"
    "Algebra,2026-03-02T14:00:00Z,2026-03-02T16:30:00Z,Groups and their subgroups,2026-03-02 15:00:00,"
    "2026-03-02 17:30:00,150,2026-03-02,Europe/Berlin,manual,false,2026-03-02T16:31:00Z,2026-03-02T16:31:00Z\r\n"
)
CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//StudyTrack//StudyTrack//EN\r\nCALSCALE:GREGORIAN\r\n"
    "NAME:StudyTrack\r\nX-WR-CALNAME:StudyTrack\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\n"
    "BEGIN:VEVENT\r\nUID:session-7-20260302T163100Z@studytrack\r\nDTSTAMP:20260302T163100Z\r\n"
    "CREATED:20260302T163100Z\r\nLAST-MODIFIED:20260302T163100Z\r\nDTSTART:20260302T140000Z\r\n"
    "DTEND:20260302T163000Z\r\nSTATUS:CONFIRMED\r\nSUMMARY:Algebra\r\nDESCRIPTION:Groups and their subgroups\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)
ARCHIVE = {
    "format": "studytrack",
    "version": 1,
    "account": {
        "time_zone": "Europe/Berlin",
        "day_start_hour": 0,
        "week_start": 1,
        "daily_goal_minutes": 120,
        "rest_weekdays": [7],
        "created_at": "2026-02-23T08:00:00Z",
    },
    "study_goals": [
        {
            "since": "2026-02-23T08:00:00Z",
            "daily_goal_minutes": 120,
            "rest_weekdays": [7],
            "time_zone": "Europe/Berlin",
            "day_start_hour": 0,
        }
    ],
    "subjects": [
        {
            "name": "Algebra",
            "description": "",
            "priority_level": "medium",
            "status": "active",
            "total_hours_goal": 100,
            "created_at": "2026-02-23T08:05:00Z",
            "updated_at": "2026-02-23T08:05:00Z",
        }
    ],
    "sessions": [
        {
            "subject": "Algebra",
            "start_time": "2026-03-02T14:00:00Z",
            "end_time": "2026-03-02T16:30:00Z",
            "notes": "Groups and their subgroups",
            "time_zone": "Europe/Berlin",
            "day_start_hour": 0,
            "source": "manual",
            "needs_review": False,
            "created_at": "2026-03-02T16:31:00Z",
            "updated_at": "2026-03-02T16:31:00Z",
        }
    ],
}


def text(description: str, body: str) -> OpenApiResponse:
    return OpenApiResponse(OpenApiTypes.STR, description, [OpenApiExample("Example", body)])


sessions = extend_schema_view(
    list=extend_schema(
        operation_id="export_sessions",
        summary="Take your sessions out",
        description="All sessions that the list's filters leave, in the list's order, as one file to be saved: `csv` "
        "for spreadsheets, `json` for programs, `ics` for calendars. Times are in UTC; CSV and JSON have them in your "
        "time zone too. In CSV a text that a spreadsheet would run gets an apostrophe in front. One that runs has no "
        "end yet.",
        parameters=[ExportQuerySerializer],
        responses={
            (200, "application/json"): shown(ExportedSessionSerializer(many=True), "The file.", EXPORTED),
            (200, "text/csv"): text("The file.", SPREADSHEET),
            (200, "text/calendar"): text("The file.", CALENDAR),
            (400, MEDIA_TYPE): refusal(
                "A parameter is outside of what it may be.",
                invalid("format", "required", "This field is required."),
                shape=ValidationProblemSerializer,
            ),
        },
    )
)
everything = extend_schema_view(
    get=extend_schema(
        operation_id="export_everything",
        summary="Take everything out",
        description="One JSON file of everything of yours, for an import to read back: settings, what you wanted of a "
        "study day and since when, subjects, sessions. Ids, name, address and password are not in it, nor are "
        "sign-ins and secret links.",
        tags=["Accounts"],
        responses={200: shown(ArchiveSerializer, "The file.", ARCHIVE)},
    )
)
TOKEN_IN_PATH = OpenApiParameter(
    "token", {"type": "string", "pattern": f"^{TOKEN}$"}, OpenApiParameter.PATH, description="The secret."
)
NO_LINK = refusal("There is no such link, or no longer.", example(404))
calendar = extend_schema_view(
    get=extend_schema(
        operation_id="get_calendar",
        summary="Subscribe to a calendar",
        description="The sessions of whoever has made the link at `POST /auth/me/calendar`, as iCalendar (RFC 5545): "
        "in UTC, each an event that keeps its UID. Whoever has the address may read it, until it is revoked.",
        parameters=[TOKEN_IN_PATH],
        responses={(200, "text/calendar"): text("The calendar.", CALENDAR), (404, MEDIA_TYPE): NO_LINK},
    )
)
heatmap = extend_schema_view(
    get=extend_schema(
        operation_id="get_shared_heatmap",
        summary="See somebody's days",
        description="The last 365 study days of whoever has made the link at `POST /auth/me/heatmap`, as a picture. "
        "Whoever has the address may see it, until it is revoked.",
        parameters=[TOKEN_IN_PATH],
        responses={AS_PICTURE: PICTURE, (404, MEDIA_TYPE): NO_LINK},
    )
)

"""`manage.py studytrack_demo`: the user `demo`, and half a year of study as a student's life would leave it."""

import secrets
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from sessions.models import Source, StudySession
from sessions.student_life import COURSES, ZONE, Course, Sitting, half_a_year
from subjects.models import Subject

NAME, ADDRESS = "demo", "demo@example.org"
DAY_START_HOUR = 4
DAILY_GOAL_MINUTES = 60
REST_WEEKDAYS = [6, 7]
FORGOTTEN_SINCE = timedelta(hours=15)


class Command(BaseCommand):
    help = "Makes the user demo with half a year of study. One that exists stays, unless --replace is given."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--replace", action="store_true", help="delete the demo user first, with all it has")

    def handle(self, *args: Any, replace: bool, **options: Any) -> None:
        password = f"study-{secrets.randbelow(10**8):08}"
        with transaction.atomic():
            make_room(replace)
            user = User.objects.create_user(
                NAME,
                ADDRESS,
                password,
                time_zone=ZONE.key,
                day_start_hour=DAY_START_HOUR,
                daily_goal_minutes=DAILY_GOAL_MINUTES,
                rest_weekdays=REST_WEEKDAYS,
            )
            sessions = write_down(user, timezone.now())
        self.stdout.write(f"{len(COURSES)} subjects and {len(sessions)} sessions belong to the new user {NAME}.\n\n")
        self.stdout.write(how_to_sign_in(password))


def make_room(replace: bool) -> None:
    """Only what this command can have made is deleted; anybody else of this name or address is left alone."""
    if replace:
        for user in User.objects.filter(username_key=NAME, email_key=ADDRESS, is_staff=False):
            user.delete()
    if User.objects.filter(username_key=NAME).exists() or User.objects.filter(email_key=ADDRESS).exists():
        raise CommandError(
            f"Somebody has the name {NAME} or the address {ADDRESS} already, and stays as it is. "
            "To delete the demo user and begin anew: make demo ARGS=--replace"
        )


def write_down(user: User, now: datetime) -> list[StudySession]:
    """The subjects and sessions, all at once; the last is a timer that was forgotten."""
    subjects = Subject.objects.bulk_create(subject_of(course, user) for course in COURSES)
    by_name = {subject.name: subject for subject in subjects}
    forgotten = StudySession(
        subject=subjects[-1],
        start_time=(now - FORGOTTEN_SINCE).replace(microsecond=0),
        notes="Only a quick look",
        source=Source.TIMER,
    )
    ended = [each for each in half_a_year(now) if each.end <= forgotten.start_time]
    return StudySession.objects.bulk_create(
        [*(session_of(each, by_name[each.course.name]) for each in ended), forgotten]
    )


def subject_of(course: Course, user: User) -> Subject:
    return Subject(
        owner=user,
        name=course.name,
        description=course.description,
        priority_level=course.priority,
        status=course.status,
        total_hours_goal=course.goal_hours,
    )


def session_of(sitting: Sitting, subject: Subject) -> StudySession:
    return StudySession(
        subject=subject,
        start_time=sitting.start,
        end_time=sitting.end,
        notes=sitting.notes,
        time_zone=sitting.zone.key,
        day_start_hour=DAY_START_HOUR,
    )


def how_to_sign_in(password: str) -> str:
    login = f"""'{{"username": "{NAME}", "password": "{password}"}}'"""
    return f"""\
Name      {NAME}
Password  {password}

In a browser, while `make run` runs: http://127.0.0.1:8000/auth/session/login
In a shell:
  curl -s http://127.0.0.1:8000/auth/login -H 'Content-Type: application/json' \\
    -d {login}
"""

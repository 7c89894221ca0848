"""What was wanted of a study day (contract 5): the first that is known of users who were there before it was kept."""

from importlib import import_module

import pytest
from django.apps import apps

from accounts.goals import StudyGoal
from accounts.models import User
from tests.factories import make_user

pytestmark = pytest.mark.everywhere


def test_the_migration_remembers_what_is_wanted_now(alice: User) -> None:
    dora = make_user("dora", daily_goal_minutes=90, rest_weekdays=[7], day_start_hour=4)
    alice.study_goals.update(daily_goal_minutes=30)
    dora.study_goals.all().delete()
    migration = import_module("accounts.migrations.0004_first_study_goals")
    for _ in range(2):  # a second time there is nothing left to do
        migration.remember(apps, None)
        goal = StudyGoal.objects.get(user=dora)
        assert (goal.wanted, goal.since, goal.day_start_hour) == ((90, [7]), dora.created_at, 4)
        assert StudyGoal.objects.get(user=alice).daily_goal_minutes == 30

from django.db import migrations


def remember(apps, schema_editor):
    """What each user wants now is the first that is known of what they have wanted."""
    StudyGoal = apps.get_model("accounts", "StudyGoal")
    users = apps.get_model("accounts", "User").objects.filter(study_goals=None)
    names = ("daily_goal_minutes", "rest_weekdays", "time_zone", "day_start_hour")
    goals = (
        StudyGoal(user=user, since=user.created_at, **{name: getattr(user, name) for name in names})
        for user in users.order_by("pk").iterator()
    )
    StudyGoal.objects.bulk_create(goals, batch_size=2000)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_study_goal'),
    ]

    operations = [
        migrations.RunPython(remember, migrations.RunPython.noop, elidable=True),
    ]

from zoneinfo import ZoneInfo

from django.db import migrations

from sessions.periods import study_days

ROWS_A_STATEMENT = 2000


def book(apps, schema_editor):
    """Book the sessions that were there before there were shares."""
    DayShare = apps.get_model("study_sessions", "DayShare")
    ended = apps.get_model("study_sessions", "StudySession").objects.filter(end_time__isnull=False, day_shares=None)
    shares = []
    for session in ended.order_by("pk").iterator():
        days = study_days(session.start_time, session.end_time, ZoneInfo(session.time_zone), session.day_start_hour)
        of_session = {"owner_id": session.owner_id, "subject_id": session.subject_id, "session_id": session.pk}
        shares += [DayShare(**of_session, date=day, duration=duration) for day, duration in days]
        if len(shares) >= ROWS_A_STATEMENT:
            DayShare.objects.bulk_create(shares)
            shares = []
    DayShare.objects.bulk_create(shares)


class Migration(migrations.Migration):

    dependencies = [
        ('study_sessions', '0002_day_share'),
    ]

    operations = [
        migrations.RunPython(book, migrations.RunPython.noop, elidable=True),
    ]

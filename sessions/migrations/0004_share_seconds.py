from importlib import import_module
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import migrations, models

import studytrack.models
from sessions.periods import stretches

ROWS_A_STATEMENT = 2000
book_as_it_was = import_module("sessions.migrations.0003_book_day_shares").book


def book(apps, schema_editor):
    """Book all sessions that have ended."""
    DayShare = apps.get_model("study_sessions", "DayShare")
    ended = apps.get_model("study_sessions", "StudySession").objects.filter(end_time__isnull=False, day_shares=None)
    shares = []
    for session in ended.order_by("pk").iterator():
        start, end = (instant.replace(microsecond=0) for instant in (session.start_time, session.end_time))
        found = list(stretches(start, end, ZoneInfo(session.time_zone), session.day_start_hour))
        shares += [
            DayShare(
                owner_id=session.owner_id,
                subject_id=session.subject_id,
                session_id=session.pk,
                date=each.day,
                clock=each.clock,
                seconds=each.seconds,
                number=number,
                of=len(found),
            )
            for number, each in enumerate(found, 1)
        ]
        if len(shares) >= ROWS_A_STATEMENT:
            DayShare.objects.bulk_create(shares)
            shares = []
    DayShare.objects.bulk_create(shares)


class Migration(migrations.Migration):
    """Shares follow from sessions: they are thrown away and made anew, forwards and backwards."""

    dependencies = [
        ("study_sessions", "0003_book_day_shares"),
        ("subjects", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, book_as_it_was),
        migrations.DeleteModel("DayShare"),
        migrations.CreateModel(
            name='DayShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('owner', models.ForeignKey(db_index=False, on_delete=studytrack.models.cascade_in_one_statement, related_name='day_shares', to=settings.AUTH_USER_MODEL)),
                ('subject', models.ForeignKey(on_delete=studytrack.models.cascade_in_one_statement, related_name='day_shares', to='subjects.subject')),
                ('session', models.ForeignKey(db_index=False, on_delete=studytrack.models.cascade_in_one_statement, related_name='day_shares', to='study_sessions.studysession')),
                ('date', models.DateField()),
                ('clock', models.PositiveIntegerField()),
                ('seconds', models.PositiveIntegerField()),
                ('number', models.PositiveSmallIntegerField()),
                ('of', models.PositiveSmallIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['owner', 'date'], include=('subject', 'session', 'clock', 'seconds', 'of'), name='day_share_sums'), models.Index(fields=['date', 'owner', 'subject', 'seconds'], name='day_share_everybodys')],
                'constraints': [models.UniqueConstraint(fields=('session', 'number'), name='day_share_once'), models.CheckConstraint(condition=models.Q(('seconds__gt', 0)), name='day_share_is_some_time'), models.CheckConstraint(condition=models.Q(('clock__lt', 86400)), name='day_share_clock_is_of_a_day'), models.CheckConstraint(condition=models.Q(('number__gte', 1), ('number__lte', models.F('of'))), name='day_share_number_of')],
            },
        ),
        migrations.RunPython(book, migrations.RunPython.noop),
    ]

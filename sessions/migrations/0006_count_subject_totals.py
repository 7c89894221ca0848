from django.db import migrations

from sessions.totals import recount


def count(apps, schema_editor):
    """Count what was there before the triggers were; subject by subject, while others write."""
    recount(schema_editor.connection)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('study_sessions', '0005_subject_totals'),
    ]

    operations = [
        migrations.RunPython(count, migrations.RunPython.noop, elidable=True),
    ]

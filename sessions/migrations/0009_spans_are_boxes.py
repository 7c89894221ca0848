from django.db import migrations

from sessions.constraints import NoOverlap


def build_anew(apps, schema_editor):
    """From an index of ranges to one of boxes; nobody reads or writes sessions meanwhile."""
    if schema_editor.connection.vendor == "postgresql":
        session, constraint = apps.get_model("study_sessions", "StudySession"), NoOverlap(name="session_no_overlap")
        schema_editor.remove_constraint(session, constraint)
        schema_editor.add_constraint(session, constraint)


class Migration(migrations.Migration):

    dependencies = [
        ('study_sessions', '0008_vacuum_often'),
    ]

    operations = [
        migrations.RunPython(build_anew, migrations.RunPython.noop, elidable=True),
    ]

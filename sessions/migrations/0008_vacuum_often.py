from django.db import migrations

# An index alone answers only for rows that a vacuum has seen. By default one begins when a fifth of the table is new,
# which of a large one are years of everybody's latest sessions.
SETTINGS = {"autovacuum_vacuum_scale_factor": 0.02, "autovacuum_vacuum_insert_scale_factor": 0.02}


def often(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        settings = ", ".join(f"{name} = {value}" for name, value in SETTINGS.items())
        schema_editor.execute(f"ALTER TABLE study_sessions_studysession SET ({settings})")


def as_ever(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE study_sessions_studysession RESET ({', '.join(SETTINGS)})")


class Migration(migrations.Migration):

    dependencies = [
        ('study_sessions', '0007_lists_that_grow'),
    ]

    operations = [
        migrations.RunPython(often, as_ever),
    ]

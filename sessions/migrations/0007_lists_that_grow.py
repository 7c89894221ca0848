from django.db import migrations, models

from sessions.search import ADD_SEARCH, ADD_TRIGRAMS, DROP_SEARCH, DROP_TRIGRAMS
from studytrack.online import AddIndexOnline, RemoveIndexOnline


def add_search(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in (DROP_SEARCH, ADD_TRIGRAMS, ADD_SEARCH):  # a build that was broken off leaves its ruin
            schema_editor.execute(statement, params=None)


def drop_search(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in (DROP_SEARCH, DROP_TRIGRAMS):
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('study_sessions', '0006_count_subject_totals'),
    ]

    operations = [
        AddIndexOnline(
            model_name='studysession',
            index=models.Index(fields=['subject', 'owner', '-start_time', '-id'], name='session_subject_list'),
        ),
        RemoveIndexOnline(
            model_name='studysession',
            name='session_totals',
        ),
        migrations.RunPython(add_search, drop_search),
    ]

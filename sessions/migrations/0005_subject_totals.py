import datetime

import django.db.models.deletion
from django.db import migrations, models

import sessions.totals


class Migration(migrations.Migration):

    dependencies = [
        ('study_sessions', '0004_share_seconds'),
        ('subjects', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SubjectTotals',
            fields=[
                ('subject', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='totals', serialize=False, to='subjects.subject')),
                ('sessions', models.BigIntegerField(default=0)),
                ('ended', models.BigIntegerField(default=0)),
                ('studied', models.DurationField(default=datetime.timedelta(0))),
            ],
        ),
        migrations.AddConstraint(
            model_name='studysession',
            constraint=sessions.totals.TotalsKept(name='session_totals_kept'),
        ),
    ]

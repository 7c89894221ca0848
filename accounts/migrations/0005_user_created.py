from django.db import migrations, models

from studytrack.online import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('accounts', '0004_first_study_goals'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        AddIndexOnline(
            model_name='user',
            index=models.Index(fields=['created_at'], name='user_created'),
        ),
    ]

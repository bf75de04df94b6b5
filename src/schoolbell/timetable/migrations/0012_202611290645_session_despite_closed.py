from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("timetable", "0011_202611290625_session_type"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="despite_closed",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("timetable", "0012_202611290645_session_despite_closed"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="cancelled_because",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("timetable", "0010_202611201414_session_of_series"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(("type__in", ("regular", "trial"))), name="session_type"
            ),
        ),
    ]

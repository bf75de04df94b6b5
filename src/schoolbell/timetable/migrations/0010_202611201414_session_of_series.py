import django.db.models.deletion
from django.db import migrations, models

import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("timetable", "0009_202611201413_skippedoccurrence"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="series",
            field=schoolbell.schools.rows.SchoolForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="sessions", to="timetable.series"
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="occurrence_on",
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.UniqueConstraint(
                condition=models.Q(("series__isnull", False)),
                fields=("school", "series", "occurrence_on"),
                name="session_occurrence",
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("occurrence_on__isnull", True), ("series__isnull", True)),
                    models.Q(("occurrence_on__isnull", False), ("series__isnull", False)),
                    _connector="OR",
                ),
                name="session_occurrence_of_series",
            ),
        ),
    ]

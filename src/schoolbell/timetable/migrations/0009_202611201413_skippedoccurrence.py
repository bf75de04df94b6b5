import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0003_202611201146_colour_and_about"),
        ("timetable", "0008_202611201412_seriesstaffing"),
    ]

    operations = [
        migrations.CreateModel(
            name="SkippedOccurrence",
            fields=[
                ("id", schoolbell.schools.rows.SchoolKey(serialize=False)),
                (
                    "school",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.school",
                    ),
                ),
                (
                    "created_at",
                    schoolbell.kit.time.InstantField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "updated_at",
                    schoolbell.kit.time.InstantField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "series",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="skipped", to="timetable.series"
                    ),
                ),
                ("occurrence_on", models.DateField()),
                (
                    "reason",
                    models.CharField(
                        choices=[("closure", "Closure"), ("clash", "Clash"), ("hours", "Hours"), ("rule", "Rule")],
                        max_length=7,
                    ),
                ),
                ("taken", models.JSONField(default=list)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("school", "series", "occurrence_on"), name="skippedoccurrence_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ("closure", "clash", "hours", "rule"))),
                        name="skippedoccurrence_reason",
                    ),
                ],
            },
        ),
    ]

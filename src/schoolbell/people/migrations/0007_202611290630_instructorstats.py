import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0006_202611201145_person_user"),
        ("schools", "0003_202611201146_colour_and_about"),
    ]

    operations = [
        migrations.CreateModel(
            name="InstructorStats",
            fields=[
                ("id", schoolbell.schools.rows.SchoolKey(serialize=False)),
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
                ("total_calls", models.PositiveIntegerField(default=0)),
                ("average_rating", models.DecimalField(decimal_places=2, max_digits=3, null=True)),
                ("ratings", models.PositiveIntegerField(default=0)),
                ("total_slots", models.PositiveIntegerField(default=0)),
                ("completed_slots", models.PositiveIntegerField(default=0)),
                ("last_updated", schoolbell.kit.time.InstantField()),
                (
                    "instructor",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="stats", to="people.instructor"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.school",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("school", "instructor"), name="instructorstats_instructor"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("average_rating__isnull", True), ("ratings", 0)),
                            models.Q(
                                ("average_rating__isnull", False), ("average_rating__range", (1, 5)), ("ratings__gt", 0)
                            ),
                            _connector="OR",
                        ),
                        name="instructorstats_rating",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("completed_slots__lte", models.F("total_slots"))),
                        name="instructorstats_slots",
                    ),
                ],
            },
        ),
    ]

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0003_202611201146_colour_and_about"),
        ("timetable", "0005_202611201409_resource_passcode"),
    ]

    operations = [
        migrations.CreateModel(
            name="Travel",
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
                    "one",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="timetable.resource"
                    ),
                ),
                (
                    "other",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="timetable.resource"
                    ),
                ),
                ("minutes", models.PositiveSmallIntegerField()),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        models.F("school"),
                        django.db.models.functions.comparison.Least("one_id", "other_id"),
                        django.db.models.functions.comparison.Greatest("one_id", "other_id"),
                        name="travel_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("one_id", models.F("other_id")), _negated=True), name="travel_between_two"
                    ),
                    models.CheckConstraint(condition=models.Q(("minutes__lte", 1440)), name="travel_within_a_day"),
                ],
            },
        ),
    ]

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0002_202611201115_qualification"),
        ("schools", "0003_202611201146_colour_and_about"),
        ("timetable", "0006_202611201410_travel"),
    ]

    operations = [
        migrations.CreateModel(
            name="Series",
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
                    "course",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="series", to="catalogue.course"
                    ),
                ),
                (
                    "resource",
                    schoolbell.schools.rows.SchoolForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="series",
                        to="timetable.resource",
                    ),
                ),
                (
                    "follows",
                    schoolbell.schools.rows.SchoolForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successors",
                        to="timetable.series",
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                ("starts", models.TimeField()),
                ("timezone", schoolbell.kit.time.ZoneField(max_length=64)),
                ("duration_minutes", models.PositiveSmallIntegerField()),
                ("rule", models.CharField(max_length=200)),
                ("capacity", models.PositiveSmallIntegerField()),
                ("price", models.PositiveIntegerField(null=True)),
                ("on_demand", models.BooleanField(default=False)),
                ("publishes", models.BooleanField(default=True)),
                ("generated_until", models.DateField(null=True)),
                ("created_by", models.UUIDField(null=True)),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(fields=["school", "course"], name="series_course"),
                    models.Index(fields=["school", "ends_on"], name="series_end"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("duration_minutes__range", (5, 1440))), name="series_duration"
                    ),
                    models.CheckConstraint(condition=models.Q(("capacity__gte", 1)), name="series_capacity"),
                ],
            },
        ),
    ]

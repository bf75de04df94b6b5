import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0006_202611201145_person_user"),
        ("schools", "0003_202611201146_colour_and_about"),
        ("timetable", "0007_202611201411_series"),
    ]

    operations = [
        migrations.CreateModel(
            name="SeriesStaffing",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="staffing", to="timetable.series"
                    ),
                ),
                (
                    "instructor",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.instructor"
                    ),
                ),
                ("leads", models.BooleanField(default=False)),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["school", "instructor"], name="seriesstaffing_instructor")],
                "constraints": [
                    models.UniqueConstraint(fields=("school", "series", "instructor"), name="seriesstaffing_once")
                ],
            },
        ),
    ]

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_202611201113_instructor"),
        ("schools", "0001_202611201100_school"),
        ("timetable", "0003_202611201118_slot"),
    ]

    operations = [
        migrations.CreateModel(
            name="Staffing",
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
                    "session",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="staffing", to="timetable.session"
                    ),
                ),
                (
                    "instructor",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="staffing", to="people.instructor"
                    ),
                ),
                ("leads", models.BooleanField(default=False)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("school", "session", "instructor"), name="staffing_once")
                ],
                "indexes": [models.Index(fields=["school", "instructor"], name="staffing_instructor")],
            },
        ),
    ]

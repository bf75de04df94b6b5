import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0001_202611201100_school"),
        ("timetable", "0002_202611201117_session"),
    ]

    operations = [
        migrations.CreateModel(
            name="Slot",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="slots", to="timetable.session"
                    ),
                ),
                ("starts_at", schoolbell.kit.time.InstantField()),
                ("ends_at", schoolbell.kit.time.InstantField()),
                ("capacity", models.PositiveSmallIntegerField()),
                ("seats_taken", models.PositiveSmallIntegerField(default=0)),
                ("is_open", models.BooleanField(default=False)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("starts_at__lt", models.F("ends_at"))), name="slot_ends_after_start"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seats_taken__lte", models.F("capacity"))), name="slot_not_oversold"
                    ),
                ],
                "indexes": [models.Index(fields=["school", "session"], name="slot_session")],
            },
        ),
    ]

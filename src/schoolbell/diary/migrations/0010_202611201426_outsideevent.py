import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("diary", "0009_202611201425_outsidecalendar"),
        ("schools", "0001_202611201100_school"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutsideEvent",
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
                ("uid", models.CharField(blank=True, max_length=300)),
                ("recurrence", models.CharField(blank=True, max_length=40)),
                ("starts_at", schoolbell.kit.time.InstantField()),
                ("ends_at", schoolbell.kit.time.InstantField()),
                ("all_day", models.BooleanField(default=False)),
                (
                    "calendar",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="diary.outsidecalendar"
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
                "indexes": [models.Index(fields=["school", "calendar", "starts_at"], name="outsideevent_start")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("starts_at__lt", models.F("ends_at"))), name="outsideevent_ends_after_start"
                    )
                ],
            },
        ),
    ]

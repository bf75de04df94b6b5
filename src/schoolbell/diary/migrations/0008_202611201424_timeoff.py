import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.diary.models
import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("diary", "0007_202611201423_closure"),
        ("schools", "0001_202611201100_school"),
    ]

    operations = [
        migrations.CreateModel(
            name="TimeOff",
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
                ("starts_at", schoolbell.kit.time.InstantField()),
                ("ends_at", schoolbell.kit.time.InstantField()),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="requested",
                        max_length=9,
                    ),
                ),
                ("asked_by", models.UUIDField(null=True)),
                ("decided_by", models.UUIDField(null=True)),
                ("decided_at", schoolbell.kit.time.InstantField(null=True)),
                (
                    "diary",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="times_off", to="diary.diary"
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
                "indexes": [
                    models.Index(fields=["school", "diary", "starts_at"], name="timeoff_diary"),
                    models.Index(
                        condition=models.Q(("status", "requested")),
                        fields=["school", "starts_at"],
                        name="timeoff_requested",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("starts_at__lt", models.F("ends_at"))), name="timeoff_ends_after_start"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ("requested", "approved", "declined", "withdrawn"))),
                        name="timeoff_status",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("status__in", ("requested", "approved"))),
                        expressions=[
                            ("school", "="),
                            ("diary", "="),
                            (schoolbell.diary.models.TsTzRange("starts_at", "ends_at"), "&&"),
                        ],
                        name="timeoff_once",
                    ),
                ],
            },
        ),
    ]

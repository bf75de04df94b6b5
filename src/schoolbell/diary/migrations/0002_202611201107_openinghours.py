import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("diary", "0001_202611201106_diary"),
        ("schools", "0001_202611201100_school"),
    ]

    operations = [
        migrations.CreateModel(
            name="OpeningHours",
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
                    "diary",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="opening_hours", to="diary.diary"
                    ),
                ),
                ("weekday", models.PositiveSmallIntegerField(null=True)),
                ("date", models.DateField(null=True)),
                ("starts", models.TimeField()),
                ("ends", models.TimeField()),
                ("timezone", schoolbell.kit.time.ZoneField(max_length=64)),
                ("valid_from", models.DateField(null=True)),
                ("valid_until", models.DateField(null=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("date__isnull", True), ("weekday__range", (1, 7))),
                            models.Q(
                                ("date__isnull", False),
                                ("valid_from__isnull", True),
                                ("valid_until__isnull", True),
                                ("weekday__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="openinghours_weekday_or_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("starts__lt", models.F("ends")), ("ends", "00:00"), _connector="OR"),
                        name="openinghours_end_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__isnull", True),
                            ("valid_until__isnull", True),
                            ("valid_from__lte", models.F("valid_until")),
                            _connector="OR",
                        ),
                        name="openinghours_valid",
                    ),
                ],
                "indexes": [models.Index(fields=["school", "diary", "weekday"], name="openinghours_diary")],
            },
        ),
    ]

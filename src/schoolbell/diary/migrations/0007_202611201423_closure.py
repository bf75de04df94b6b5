import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("diary", "0006_202611201422_holidayregion"),
        ("schools", "0001_202611201100_school"),
    ]

    operations = [
        migrations.CreateModel(
            name="Closure",
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
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("name", models.CharField(max_length=200)),
                ("holiday", models.CharField(blank=True, max_length=43)),
                ("kept_open_at", schoolbell.kit.time.InstantField(null=True)),
                ("kept_open_by", models.UUIDField(null=True)),
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
                "indexes": [models.Index(fields=["school", "last_day"], name="closure_last_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first_day__lte", models.F("last_day"))), name="closure_ends_after_start"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("holiday", ""), _negated=True),
                        fields=("school", "holiday", "first_day"),
                        name="closure_holiday_once",
                    ),
                ],
            },
        ),
    ]

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("diary", "0001_202611201106_diary"),
        ("schools", "0001_202611201100_school"),
    ]

    operations = [
        migrations.CreateModel(
            name="Resource",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="diary.diary"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("venue", "Venue"), ("online_room", "Online Room"), ("vehicle", "Vehicle")],
                        max_length=11,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("capacity", models.PositiveSmallIntegerField()),
                ("address_line1", models.CharField(blank=True, max_length=255)),
                ("address_line2", models.CharField(blank=True, max_length=255)),
                ("city", models.CharField(blank=True, max_length=100)),
                ("postcode", models.CharField(blank=True, max_length=20)),
                ("facilities", models.JSONField(default=dict)),
                ("parking_info", models.TextField(blank=True)),
                ("meeting_url", models.URLField(blank=True)),
                ("meeting_id", models.CharField(blank=True, max_length=100)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("capacity__gte", 1)), name="resource_capacity"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["venue", "online_room", "vehicle"])), name="resource_kind"
                    ),
                    models.UniqueConstraint(fields=("school", "diary"), name="resource_diary"),
                ],
                "indexes": [models.Index(fields=["school", "kind"], name="resource_by_kind")],
            },
        ),
    ]

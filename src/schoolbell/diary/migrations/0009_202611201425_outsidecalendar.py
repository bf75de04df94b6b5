import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("diary", "0008_202611201424_timeoff"),
        ("schools", "0001_202611201100_school"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutsideCalendar",
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
                ("name", models.CharField(max_length=100)),
                ("url", models.CharField(max_length=2000)),
                ("timezone", schoolbell.kit.time.ZoneField(max_length=64)),
                ("etag", models.CharField(blank=True, max_length=500)),
                ("last_modified", models.CharField(blank=True, max_length=100)),
                ("tried_at", schoolbell.kit.time.InstantField(null=True)),
                ("fetched_at", schoolbell.kit.time.InstantField(null=True)),
                ("read_at", schoolbell.kit.time.InstantField(null=True)),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "diary",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="outside_calendars", to="diary.diary"
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
                "indexes": [models.Index(fields=["tried_at"], name="outsidecalendar_tried")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("school"),
                        models.F("diary"),
                        django.db.models.functions.text.MD5("url"),
                        name="outsidecalendar_once",
                    )
                ],
            },
        ),
    ]

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0001_202611201114_course"),
        ("schools", "0001_202611201100_school"),
        ("timetable", "0001_202611201116_resource"),
    ]

    operations = [
        migrations.CreateModel(
            name="Session",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="sessions", to="catalogue.course"
                    ),
                ),
                (
                    "resource",
                    schoolbell.schools.rows.SchoolForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="timetable.resource",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("published", "Published"),
                            ("cancelled", "Cancelled"),
                            ("completed", "Completed"),
                        ],
                        default="draft",
                        max_length=9,
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[("regular", "Regular"), ("trial", "Trial")], default="regular", max_length=7
                    ),
                ),
                ("on_demand", models.BooleanField(default=False)),
                ("capacity", models.PositiveSmallIntegerField()),
                ("price", models.PositiveIntegerField(null=True)),
                ("choose_slots", models.BooleanField(default=False)),
                ("starts_at", schoolbell.kit.time.InstantField()),
                ("ends_at", schoolbell.kit.time.InstantField()),
                ("timezone", schoolbell.kit.time.ZoneField(max_length=64)),
                ("notes", models.TextField(blank=True)),
                ("created_by", models.UUIDField(null=True)),
                ("published_at", schoolbell.kit.time.InstantField(null=True)),
                ("cancelled_at", schoolbell.kit.time.InstantField(null=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("starts_at__lt", models.F("ends_at"))), name="session_ends_after_start"
                    ),
                    models.CheckConstraint(condition=models.Q(("capacity__gte", 1)), name="session_capacity"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ("draft", "published", "cancelled", "completed"))),
                        name="session_status",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["school", "course", "starts_at"], name="session_course"),
                    models.Index(fields=["school", "starts_at"], name="session_start"),
                    models.Index(
                        condition=models.Q(("resource__isnull", False)),
                        fields=["school", "resource", "starts_at"],
                        name="session_resource",
                    ),
                ],
            },
        ),
    ]

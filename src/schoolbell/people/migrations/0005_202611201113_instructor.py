import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_202611201112_guardianship"),
        ("schools", "0001_202611201100_school"),
    ]

    operations = [
        migrations.CreateModel(
            name="Instructor",
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
                    "person",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="instructors", to="people.person"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("on_leave", "On Leave"), ("left", "Left")],
                        default="active",
                        max_length=8,
                    ),
                ),
                ("hourly_rate", models.PositiveIntegerField(null=True)),
                ("max_hours_per_week", models.PositiveSmallIntegerField(null=True)),
                ("about", models.TextField(blank=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("school", "person"), name="instructor_person"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ("active", "on_leave", "left"))), name="instructor_status"
                    ),
                ],
                "indexes": [],
            },
        ),
    ]

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_202611201110_client"),
        ("schools", "0001_202611201100_school"),
    ]

    operations = [
        migrations.CreateModel(
            name="Student",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="students", to="people.person"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("paused", "Paused"), ("left", "Left")],
                        default="active",
                        max_length=6,
                    ),
                ),
                ("skill_level", models.CharField(blank=True, max_length=50)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("school", "person"), name="student_person"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ("active", "paused", "left"))), name="student_status"
                    ),
                ],
                "indexes": [],
            },
        ),
    ]

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
            name="Person",
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
                ("first_name", models.CharField(blank=True, max_length=100)),
                ("last_name", models.CharField(blank=True, max_length=100)),
                ("organisation", models.CharField(blank=True, max_length=200)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("phone", models.CharField(blank=True, max_length=32)),
                ("address", models.TextField(blank=True)),
                ("birth_date", models.DateField(null=True)),
                ("timezone", schoolbell.kit.time.ZoneField(blank=True, max_length=64)),
                ("archived_at", schoolbell.kit.time.InstantField(null=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first_name", ""), ("last_name", ""), ("organisation", ""), _negated=True),
                        name="person_has_a_name",
                    ),
                    models.UniqueConstraint(fields=("school", "diary"), name="person_diary"),
                ],
                "indexes": [models.Index(fields=["school", "email"], name="person_email")],
            },
        ),
    ]

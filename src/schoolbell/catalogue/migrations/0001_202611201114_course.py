import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("schools", "0001_202611201100_school"),
    ]

    operations = [
        migrations.CreateModel(
            name="Course",
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
                ("name", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True)),
                ("type", models.CharField(blank=True, max_length=50)),
                (
                    "format",
                    models.CharField(
                        choices=[("one_to_one", "One To One"), ("group", "Group")], default="group", max_length=10
                    ),
                ),
                (
                    "delivery",
                    models.CharField(
                        choices=[("online", "Online"), ("at_venue", "At Venue"), ("in_vehicle", "In Vehicle")],
                        default="at_venue",
                        max_length=10,
                    ),
                ),
                (
                    "resource_kind",
                    models.CharField(
                        blank=True,
                        choices=[("venue", "Venue"), ("online_room", "Online Room"), ("vehicle", "Vehicle")],
                        max_length=11,
                    ),
                ),
                ("duration_minutes", models.PositiveIntegerField()),
                ("price", models.PositiveIntegerField(default=0)),
                (
                    "price_per",
                    models.CharField(
                        choices=[("lesson", "Lesson"), ("course", "Course")], default="lesson", max_length=6
                    ),
                ),
                ("trial_price", models.PositiveIntegerField(null=True)),
                ("deposit", models.PositiveIntegerField(default=0)),
                ("tax_rate", models.PositiveIntegerField(default=0)),
                ("capacity", models.PositiveSmallIntegerField(default=12)),
                ("age_min", models.PositiveSmallIntegerField(null=True)),
                ("age_max", models.PositiveSmallIntegerField(null=True)),
                ("difficulty", models.CharField(blank=True, max_length=50)),
                ("certification_validity_years", models.PositiveSmallIntegerField(null=True)),
                ("overrides", models.JSONField(default=dict)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("duration_minutes__range", (5, 1440))), name="course_duration"
                    ),
                    models.CheckConstraint(condition=models.Q(("capacity__gte", 1)), name="course_capacity"),
                    models.CheckConstraint(
                        condition=models.Q(("format", "group"), ("capacity", 1), _connector="OR"),
                        name="course_one_to_one_is_one_seat",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("deposit__lte", models.F("price"))), name="course_deposit_within_price"
                    ),
                    models.CheckConstraint(condition=models.Q(("tax_rate__lte", 10000)), name="course_tax_rate"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("age_min__isnull", True),
                            ("age_max__isnull", True),
                            ("age_min__lte", models.F("age_max")),
                            _connector="OR",
                        ),
                        name="course_ages",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("format__in", ("one_to_one", "group"))), name="course_format"
                    ),
                ],
                "indexes": [models.Index(fields=["school", "name"], name="course_name")],
            },
        ),
    ]

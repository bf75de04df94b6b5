import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalogue", "0001_202611201114_course"),
        ("people", "0002_202611201110_client"),
        ("people", "0003_202611201111_student"),
        ("schools", "0001_202611201100_school"),
    ]

    operations = [
        migrations.CreateModel(
            name="Enrollment",
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
                    "student",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enrollments", to="people.student"
                    ),
                ),
                (
                    "client",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enrollments", to="people.client"
                    ),
                ),
                (
                    "course",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enrollments", to="catalogue.course"
                    ),
                ),
                ("type", models.CharField(choices=[("trial", "Trial"), ("one_off", "One Off")], max_length=7)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("active", "Active"),
                            ("ended", "Ended"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="pending",
                        max_length=9,
                    ),
                ),
                (
                    "payment_status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("deposit_paid", "Deposit Paid"),
                            ("paid", "Paid"),
                            ("failed", "Failed"),
                        ],
                        default="pending",
                        max_length=13,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("type__in", ("trial", "one_off"))), name="enrollment_type"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ("pending", "active", "ended", "cancelled"))),
                        name="enrollment_status",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("type", "trial"), models.Q(("status", "cancelled"), _negated=True)),
                        fields=("school", "student", "course"),
                        name="enrollment_one_trial",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["school", "student"], name="enrollment_student"),
                    models.Index(fields=["school", "status", "payment_status"], name="enrollment_status_payment"),
                ],
            },
        ),
    ]

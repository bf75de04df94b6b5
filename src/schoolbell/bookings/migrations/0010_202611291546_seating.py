import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0009_202611291545_enrollment_in_class"),
        ("schools", "0005_202611290701_reaching_it"),
        ("timetable", "0012_202611290645_session_despite_closed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Seating",
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
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[("full", "Full"), ("clash", "Clash"), ("booked", "Booked")],
                        max_length=6,
                    ),
                ),
                (
                    "enrollment",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seatings",
                        to="bookings.enrollment",
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
                (
                    "session",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seatings",
                        to="timetable.session",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("school", "enrollment", "session"), name="seating_once"),
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ("", "full", "clash", "booked"))), name="seating_reason"
                    ),
                ],
                "indexes": [models.Index(fields=["school", "session"], name="seating_session")],
            },
        ),
    ]

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0001_202611201120_enrollment"),
        ("people", "0002_202611201110_client"),
        ("people", "0003_202611201111_student"),
        ("schools", "0001_202611201100_school"),
        ("timetable", "0002_202611201117_session"),
    ]

    operations = [
        migrations.CreateModel(
            name="Booking",
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
                ("reference", models.CharField(max_length=9)),
                (
                    "session",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bookings", to="timetable.session"
                    ),
                ),
                (
                    "student",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bookings", to="people.student"
                    ),
                ),
                (
                    "client",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bookings", to="people.client"
                    ),
                ),
                (
                    "enrollment",
                    schoolbell.schools.rows.SchoolForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bookings",
                        to="bookings.enrollment",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("confirmed", "Confirmed"),
                            ("in_progress", "In Progress"),
                            ("completed", "Completed"),
                            ("cancelled", "Cancelled"),
                            ("expired", "Expired"),
                            ("no_show", "No Show"),
                        ],
                        max_length=11,
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
                ("price", models.PositiveIntegerField()),
                ("due_to_confirm", models.PositiveIntegerField(default=0)),
                ("holds_seat", models.BooleanField(default=True)),
                ("hold_expires_at", schoolbell.kit.time.InstantField(null=True)),
                ("confirmed_at", schoolbell.kit.time.InstantField(null=True)),
                ("ended_at", schoolbell.kit.time.InstantField(null=True)),
                ("owed_percent", models.PositiveSmallIntegerField(null=True)),
                ("settled_at", schoolbell.kit.time.InstantField(null=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("school", "reference"), name="booking_reference"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ("pending", "confirmed", "in_progress", "completed", "cancelled", "expired", "no_show"),
                            )
                        ),
                        name="booking_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "pending"), _negated=True),
                            ("hold_expires_at__isnull", False),
                            _connector="OR",
                        ),
                        name="booking_pending_has_a_hold",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ("cancelled", "expired")), ("holds_seat", True), _connector="OR"
                        ),
                        name="booking_live_holds_seat",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["school", "session"], name="booking_session"),
                    models.Index(fields=["school", "student", "status"], name="booking_student"),
                    models.Index(fields=["school", "client"], name="booking_client"),
                    models.Index(
                        condition=models.Q(("status", "pending")), fields=["hold_expires_at"], name="booking_open_holds"
                    ),
                ],
            },
        ),
    ]

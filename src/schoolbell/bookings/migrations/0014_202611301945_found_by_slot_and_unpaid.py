"""Seats are found by their slot, whatever became of them, and bookings by money that is still to come."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0013_202611300630_enrollment_weekly_client"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="attendance",
            index=models.Index(fields=["school", "slot"], name="attendance_slot"),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(
                    models.Q(("status__in", ("cancelled", "expired")), _negated=True),
                    models.Q(("payment_status", "paid"), _negated=True),
                    ("price__gt", 0),
                    ("settled_by", "order"),
                ),
                fields=["school", "status"],
                name="booking_unpaid",
            ),
        ),
    ]

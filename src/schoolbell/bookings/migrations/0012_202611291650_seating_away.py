from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0011_202611291555_booking_notes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="seating",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[("full", "Full"), ("clash", "Clash"), ("booked", "Booked"), ("away", "Away")],
                max_length=6,
            ),
        ),
        migrations.RemoveConstraint(model_name="seating", name="seating_reason"),
        migrations.AddConstraint(
            model_name="seating",
            constraint=models.CheckConstraint(
                condition=Q(reason__in=("", "full", "clash", "booked", "away")), name="seating_reason"
            ),
        ),
    ]

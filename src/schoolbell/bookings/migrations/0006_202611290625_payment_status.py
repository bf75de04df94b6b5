from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0005_202611201416_booking_settled_and_moved"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(("payment_status__in", ("pending", "deposit_paid", "paid", "failed"))),
                name="booking_payment_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollment",
            constraint=models.CheckConstraint(
                condition=models.Q(("payment_status__in", ("pending", "deposit_paid", "paid", "failed"))),
                name="enrollment_payment_status",
            ),
        ),
    ]

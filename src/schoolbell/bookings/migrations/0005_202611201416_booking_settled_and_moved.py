from django.db import migrations, models

import schoolbell.kit.time


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0004_202611201415_weekly_enrollment"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="settled_by",
            field=models.CharField(
                choices=[("order", "Order"), ("enrollment", "Enrollment")], db_default="order", max_length=10
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="moved_at",
            field=schoolbell.kit.time.InstantField(null=True),
        ),
        migrations.AddField(
            model_name="booking",
            name="reschedules",
            field=models.PositiveSmallIntegerField(db_default=0),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(("settled_by__in", ("order", "enrollment"))), name="booking_settled_by"
            ),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("settled_by", "order"),
                    models.Q(("enrollment__isnull", False), models.Q(("status", "pending"), _negated=True)),
                    _connector="OR",
                ),
                name="booking_of_enrollment_is_firm",
            ),
        ),
    ]

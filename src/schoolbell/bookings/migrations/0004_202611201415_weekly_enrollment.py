import django.db.models.deletion
from django.db import migrations, models

import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0003_202611201122_attendance"),
        ("timetable", "0010_202611201414_session_of_series"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="enrollment",
            name="enrollment_type",
        ),
        migrations.RemoveConstraint(
            model_name="enrollment",
            name="enrollment_status",
        ),
        migrations.AlterField(
            model_name="enrollment",
            name="type",
            field=models.CharField(
                choices=[("trial", "Trial"), ("one_off", "One Off"), ("weekly_recurring", "Weekly Recurring")],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="enrollment",
            name="status",
            field=models.CharField(
                choices=[
                    ("pending", "Pending"),
                    ("active", "Active"),
                    ("paused", "Paused"),
                    ("ended", "Ended"),
                    ("cancelled", "Cancelled"),
                ],
                default="pending",
                max_length=9,
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="series",
            field=schoolbell.schools.rows.SchoolForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enrollments",
                to="timetable.series",
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="price",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="enrollment",
            constraint=models.CheckConstraint(
                condition=models.Q(("type__in", ("trial", "one_off", "weekly_recurring"))), name="enrollment_type"
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollment",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ("pending", "active", "paused", "ended", "cancelled"))),
                name="enrollment_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("type", "weekly_recurring"), _negated=True),
                    models.Q(("price__isnull", False), ("series__isnull", False)),
                    _connector="OR",
                ),
                name="enrollment_weekly_has_a_series",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("series__isnull", False)), fields=("school", "series"), name="enrollment_series"
            ),
        ),
    ]

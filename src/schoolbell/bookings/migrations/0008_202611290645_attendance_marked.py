from django.db import migrations, models

import schoolbell.kit.time


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0007_202611290640_enrollment_paused_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="attendance",
            name="feedback",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="attendance",
            name="marked_at",
            field=schoolbell.kit.time.InstantField(null=True),
        ),
        migrations.AddField(
            model_name="attendance",
            name="marked_by",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="attendance",
            name="status",
            field=models.CharField(
                blank=True,
                choices=[("present", "Present"), ("late", "Late"), ("absent", "Absent"), ("excused", "Excused")],
                db_default="",
                max_length=7,
            ),
        ),
        migrations.AddField(
            model_name="attendance",
            name="tutor_notes",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ("", "present", "late", "absent", "excused"))),
                name="attendance_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("marked_at__isnull", True), ("status", "")),
                    models.Q(models.Q(("status", ""), _negated=True), ("marked_at__isnull", False)),
                    _connector="OR",
                ),
                name="attendance_says_when",
            ),
        ),
    ]

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("bookings", "0005_202611201416_booking_settled_and_moved"),
        ("catalogue", "0002_202611201115_qualification"),
        ("people", "0006_202611201145_person_user"),
        ("schools", "0003_202611201146_colour_and_about"),
    ]

    operations = [
        migrations.CreateModel(
            name="LessonRequest",
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
                ("windows", models.JSONField()),
                ("timezone", schoolbell.kit.time.ZoneField(max_length=64)),
                ("instructors", models.JSONField(default=list)),
                ("starts_on", models.DateField()),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("placed", "Placed"), ("withdrawn", "Withdrawn")],
                        default="open",
                        max_length=9,
                    ),
                ),
                (
                    "client",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lesson_requests", to="people.client"
                    ),
                ),
                (
                    "course",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lesson_requests",
                        to="catalogue.course",
                    ),
                ),
                (
                    "enrollment",
                    schoolbell.schools.rows.SchoolForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
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
                    "student",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lesson_requests", to="people.student"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(fields=["school", "status"], name="lessonrequest_by_status"),
                    models.Index(fields=["school", "student"], name="lessonrequest_student"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ("open", "placed", "withdrawn"))), name="lessonrequest_status"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("enrollment__isnull", False), ("status", "placed")),
                            models.Q(models.Q(("status", "placed"), _negated=True), ("enrollment__isnull", True)),
                            _connector="OR",
                        ),
                        name="lessonrequest_placed_is_enrolled",
                    ),
                ],
            },
        ),
    ]

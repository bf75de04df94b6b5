import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0008_202611291115_person_placeholder"),
        ("planning", "0004_202611290632_choices"),
        ("schools", "0005_202611290701_reaching_it"),
        ("timetable", "0013_202611291515_session_cancelled_because"),
    ]

    operations = [
        migrations.CreateModel(
            name="SubstituteRequest",
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
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("requested", "Asked for"),
                            ("settled", "Settled"),
                            ("declined", "Declined"),
                            ("withdrawn", "Taken back"),
                        ],
                        default="requested",
                        max_length=9,
                    ),
                ),
                ("decided_by", models.UUIDField(null=True)),
                ("decided_at", schoolbell.kit.time.InstantField(null=True)),
                (
                    "instructor",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="substitute_requests",
                        to="people.instructor",
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
                        related_name="substitute_requests",
                        to="timetable.session",
                    ),
                ),
                (
                    "wanted",
                    schoolbell.schools.rows.SchoolForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.instructor"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "requested")),
                        fields=["school", "session"],
                        name="substituterequest_waiting",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ("requested", "settled", "declined", "withdrawn"))),
                        name="substituterequest_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("status", "requested")),
                            models.Q(models.Q(("status", "requested"), _negated=True), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="substituterequest_says_when",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "requested")),
                        fields=("school", "session", "instructor"),
                        name="substituterequest_once",
                    ),
                ],
            },
        ),
    ]

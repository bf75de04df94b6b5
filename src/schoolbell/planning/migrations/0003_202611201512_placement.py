import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0006_202611201145_person_user"),
        ("planning", "0002_202611201511_proposal"),
        ("schools", "0003_202611201146_colour_and_about"),
        ("timetable", "0010_202611201414_session_of_series"),
    ]

    operations = [
        migrations.CreateModel(
            name="Placement",
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
                ("weekday", models.PositiveSmallIntegerField(null=True)),
                ("starts", models.TimeField(null=True)),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("nobody_teaches", "nobody_teaches"),
                            ("nobody_open", "nobody_open"),
                            ("all_taken", "all_taken"),
                            ("no_resource", "no_resource"),
                            ("others_first", "others_first"),
                        ],
                        max_length=14,
                    ),
                ),
                ("clashes", models.JSONField(default=list)),
                (
                    "instructor",
                    schoolbell.schools.rows.SchoolForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.instructor"
                    ),
                ),
                (
                    "proposal",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="placements", to="planning.proposal"
                    ),
                ),
                (
                    "request",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="placements",
                        to="planning.lessonrequest",
                    ),
                ),
                (
                    "resource",
                    schoolbell.schools.rows.SchoolForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="timetable.resource",
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
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("school", "proposal", "request"), name="placement_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("instructor__isnull", False),
                                ("reason", ""),
                                ("starts__isnull", False),
                                ("weekday__range", (1, 7)),
                            ),
                            models.Q(
                                models.Q(("reason", ""), _negated=True),
                                ("instructor__isnull", True),
                                ("resource__isnull", True),
                                ("starts__isnull", True),
                                ("weekday__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="placement_or_reason",
                    ),
                ],
            },
        ),
    ]

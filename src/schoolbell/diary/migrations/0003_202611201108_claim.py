import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("diary", "0002_202611201107_openinghours"),
        ("schools", "0001_202611201100_school"),
    ]

    operations = [
        migrations.RunSQL(
            sql="CREATE EXTENSION IF NOT EXISTS btree_gist",
            reverse_sql="",
        ),
        migrations.CreateModel(
            name="Claim",
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
                (
                    "diary",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="diary.diary"
                    ),
                ),
                ("kind", models.CharField(choices=[("lesson", "Lesson"), ("busy", "Busy")], max_length=6)),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("source", models.UUIDField()),
                ("waived", models.BooleanField(default=False)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("kind__in", ("lesson", "busy"))), name="claim_kind"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("during__isempty", False), ("during__lower_inf", False), ("during__upper_inf", False)
                        ),
                        name="claim_is_a_stretch",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("kind", "lesson"), ("waived", False)),
                        expressions=[("school", "="), ("diary", "="), ("during", "&&")],
                        name="claim_lessons_exclude",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("waived", False)),
                        expressions=[("school", "="), ("diary", "="), ("during", "&&"), ("kind", "<>")],
                        name="claim_kinds_exclude",
                    ),
                ],
                "indexes": [models.Index(fields=["school", "source"], name="claim_source")],
            },
        ),
    ]

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("planning", "0001_202611201510_lessonrequest"),
        ("schools", "0003_202611201146_colour_and_about"),
    ]

    operations = [
        migrations.CreateModel(
            name="Proposal",
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
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("solving", "Being worked out"),
                            ("ready", "Ready"),
                            ("accepted", "Accepted"),
                            ("discarded", "Discarded"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=9,
                    ),
                ),
                ("seconds", models.PositiveSmallIntegerField()),
                ("percent", models.PositiveSmallIntegerField(default=0)),
                ("asked", models.PositiveIntegerField(default=0)),
                ("placed", models.PositiveIntegerField(default=0)),
                ("bound", models.PositiveIntegerField(default=0)),
                ("is_optimal", models.BooleanField(default=False)),
                (
                    "method",
                    models.CharField(blank=True, choices=[("solver", "Solver"), ("greedy", "Greedy")], max_length=6),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("lease", models.UUIDField(null=True)),
                ("lease_until", schoolbell.kit.time.InstantField(null=True)),
                ("error", models.CharField(blank=True, max_length=300)),
                ("created_by", models.UUIDField(null=True)),
                ("ended_by", models.UUIDField(null=True)),
                ("ended_at", schoolbell.kit.time.InstantField(null=True)),
                (
                    "repairs",
                    schoolbell.schools.rows.SchoolForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="planning.proposal"
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ("queued", "solving"))),
                        fields=["id"],
                        name="proposal_waiting",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ("queued", "solving", "ready", "accepted", "discarded", "failed"))
                        ),
                        name="proposal_status",
                    ),
                    models.CheckConstraint(condition=models.Q(("percent__lte", 100)), name="proposal_percent"),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ("queued", "solving"))),
                        fields=("school",),
                        name="proposal_one_under_way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lease__isnull", False), ("lease_until__isnull", False), ("status", "solving")),
                            models.Q(
                                models.Q(("status", "solving"), _negated=True),
                                ("lease__isnull", True),
                                ("lease_until__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="proposal_lease",
                    ),
                ],
            },
        ),
    ]

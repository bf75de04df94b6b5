import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0001_202611201102_record"),
        ("schools", "0001_202611201100_school"),
    ]

    operations = [
        migrations.CreateModel(
            name="Outbox",
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
                ("name", models.CharField(max_length=60)),
                ("subject_id", models.UUIDField()),
                ("handled_at", schoolbell.kit.time.InstantField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("try_after", schoolbell.kit.time.InstantField(null=True)),
                ("error", models.TextField(blank=True)),
            ],
            options={
                "abstract": False,
                "constraints": [],
                "indexes": [
                    models.Index(condition=models.Q(("handled_at__isnull", True)), fields=["id"], name="outbox_waiting")
                ],
            },
        ),
    ]

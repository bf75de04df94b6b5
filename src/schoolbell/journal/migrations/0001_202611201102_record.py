import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("schools", "0001_202611201100_school"),
    ]

    operations = [
        migrations.CreateModel(
            name="Record",
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
                ("student_id", models.UUIDField(null=True)),
                ("client_id", models.UUIDField(null=True)),
                ("role", models.CharField(max_length=20)),
                ("who", models.UUIDField(null=True)),
                ("ip", models.GenericIPAddressField(null=True)),
                ("user_agent", models.CharField(blank=True, max_length=300)),
                ("old", models.JSONField(default=dict)),
                ("new", models.JSONField(default=dict)),
            ],
            options={
                "abstract": False,
                "constraints": [],
                "indexes": [
                    models.Index(fields=["school", "subject_id"], name="record_subject"),
                    models.Index(
                        condition=models.Q(("student_id__isnull", False)),
                        fields=["school", "student_id", "id"],
                        name="record_student",
                    ),
                    models.Index(
                        condition=models.Q(("client_id__isnull", False)),
                        fields=["school", "client_id", "id"],
                        name="record_client",
                    ),
                ],
            },
        ),
    ]

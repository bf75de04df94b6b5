import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.actor
import schoolbell.schools.rows


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("schools", "0001_202611201100_school"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
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
                ("digest", models.BinaryField(max_length=32)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "owner"),
                            ("admin", "admin"),
                            ("instructor", "instructor"),
                            ("client", "client"),
                            ("student", "student"),
                        ],
                        max_length=20,
                    ),
                ),
                ("person_id", models.UUIDField(null=True)),
                ("label", models.CharField(blank=True, max_length=100)),
                ("revoked_at", schoolbell.kit.time.InstantField(null=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("school", "digest"), name="apitoken_digest"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                (
                                    schoolbell.schools.actor.Role["OWNER"],
                                    schoolbell.schools.actor.Role["ADMIN"],
                                    schoolbell.schools.actor.Role["INSTRUCTOR"],
                                    schoolbell.schools.actor.Role["CLIENT"],
                                    schoolbell.schools.actor.Role["STUDENT"],
                                ),
                            )
                        ),
                        name="apitoken_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                (schoolbell.schools.actor.Role["OWNER"], schoolbell.schools.actor.Role["ADMIN"]),
                            ),
                            ("person_id__isnull", False),
                            _connector="OR",
                        ),
                        name="apitoken_person",
                    ),
                ],
                "indexes": [],
            },
        ),
    ]

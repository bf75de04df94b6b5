import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0004_202611201126_payment"),
        ("people", "0003_202611201111_student"),
        ("schools", "0001_202611201100_school"),
    ]

    operations = [
        migrations.CreateModel(
            name="Allocation",
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
                    "payment",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="allocations", to="billing.payment"
                    ),
                ),
                (
                    "line",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="allocations", to="billing.orderline"
                    ),
                ),
                (
                    "student",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="allocations", to="people.student"
                    ),
                ),
                ("amount", models.PositiveIntegerField()),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("school", "payment", "line"), name="allocation_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 1)), name="allocation_amount"),
                ],
                "indexes": [models.Index(fields=["school", "line"], name="allocation_line")],
            },
        ),
    ]

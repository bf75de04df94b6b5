import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0003_202611201125_paymentrequest"),
        ("people", "0002_202611201110_client"),
        ("schools", "0001_202611201100_school"),
    ]

    operations = [
        migrations.CreateModel(
            name="Payment",
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
                    "client",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="people.client"
                    ),
                ),
                (
                    "order",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="billing.order"
                    ),
                ),
                ("gateway", models.CharField(max_length=20)),
                ("method", models.CharField(max_length=20)),
                ("amount", models.PositiveIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("started", "Started"),
                            ("pending", "Pending"),
                            ("succeeded", "Succeeded"),
                            ("failed", "Failed"),
                        ],
                        default="started",
                        max_length=9,
                    ),
                ),
                ("failure_reason", models.CharField(blank=True, max_length=200)),
                ("succeeded_at", schoolbell.kit.time.InstantField(null=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gte", 1)), name="payment_amount"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "succeeded"), ("succeeded_at__isnull", False)),
                            models.Q(models.Q(("status", "succeeded"), _negated=True), ("succeeded_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="payment_succeeded_says_when",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["school", "order"], name="payment_order"),
                    models.Index(fields=["school", "client"], name="payment_client"),
                ],
            },
        ),
    ]

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0002_202611201124_orderline"),
        ("schools", "0001_202611201100_school"),
    ]

    operations = [
        migrations.CreateModel(
            name="PaymentRequest",
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
                    "order",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="billing.order"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("full", "Full"), ("deposit", "Deposit"), ("balance", "Balance")], max_length=7
                    ),
                ),
                ("reference", models.CharField(max_length=9)),
                ("amount", models.PositiveIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("confirmed", "Confirmed"),
                            ("failed", "Failed"),
                            ("expired", "Expired"),
                        ],
                        default="pending",
                        max_length=9,
                    ),
                ),
                ("expires_at", schoolbell.kit.time.InstantField(null=True)),
                ("matched_at", schoolbell.kit.time.InstantField(null=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("school", "reference"), name="paymentrequest_reference"),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 1)), name="paymentrequest_amount"),
                ],
                "indexes": [models.Index(fields=["school", "order"], name="paymentrequest_order")],
            },
        ),
    ]

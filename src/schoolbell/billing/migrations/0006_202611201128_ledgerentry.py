import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0005_202611201127_allocation"),
        ("bookings", "0002_202611201121_booking"),
        ("people", "0002_202611201110_client"),
        ("schools", "0001_202611201100_school"),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerEntry",
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
                ("transaction_id", models.UUIDField()),
                ("debit", models.CharField(max_length=20)),
                ("credit", models.CharField(max_length=20)),
                ("amount", models.PositiveIntegerField()),
                (
                    "client",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ledger", to="people.client"
                    ),
                ),
                (
                    "payment",
                    schoolbell.schools.rows.SchoolForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ledger",
                        to="billing.payment",
                    ),
                ),
                (
                    "booking",
                    schoolbell.schools.rows.SchoolForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ledger",
                        to="bookings.booking",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gte", 1)), name="ledgerentry_amount"),
                    models.CheckConstraint(
                        condition=models.Q(("debit", models.F("credit")), _negated=True), name="ledgerentry_moves"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("payment__isnull", False)),
                        fields=("school", "payment"),
                        name="ledgerentry_payment_once",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["school", "client"], name="ledgerentry_client"),
                    models.Index(
                        condition=models.Q(("booking__isnull", False)),
                        fields=["school", "booking"],
                        name="ledgerentry_booking",
                    ),
                ],
            },
        ),
    ]

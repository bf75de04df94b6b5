import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0001_202611201123_order"),
        ("bookings", "0002_202611201121_booking"),
        ("schools", "0001_202611201100_school"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderLine",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="billing.order"
                    ),
                ),
                (
                    "booking",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="order_lines", to="bookings.booking"
                    ),
                ),
                ("list_price", models.PositiveIntegerField()),
                ("discount", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField()),
                ("tax", models.PositiveIntegerField()),
                ("tax_rate", models.PositiveIntegerField()),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("school", "booking"), name="orderline_booking"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("tax__lte", models.F("total")),
                            (
                                "total",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("list_price"), "-", models.F("discount")
                                ),
                            ),
                        ),
                        name="orderline_adds_up",
                    ),
                ],
                "indexes": [models.Index(fields=["school", "order"], name="orderline_order")],
            },
        ),
    ]

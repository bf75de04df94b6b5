import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0008_202611290702_accepted_terms"),
        ("catalogue", "0006_202611290730_product"),
        ("people", "0003_202611201111_student"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProductLine",
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
                ("quantity", models.PositiveSmallIntegerField()),
                ("unit_price", models.PositiveIntegerField()),
                ("total", models.PositiveIntegerField()),
                ("tax", models.PositiveIntegerField()),
                ("tax_rate", models.PositiveIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("ordered", "Ordered"),
                            ("paid", "Paid"),
                            ("handed_over", "Handed Over"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="ordered",
                        max_length=11,
                    ),
                ),
                ("handed_over_at", schoolbell.kit.time.InstantField(null=True)),
                ("cancelled_at", schoolbell.kit.time.InstantField(null=True)),
                (
                    "order",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="product_lines", to="billing.order"
                    ),
                ),
                (
                    "product",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="catalogue.product"
                    ),
                ),
                (
                    "student",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="product_lines", to="people.student"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__range", (1, 1000))), name="productline_quantity"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("tax__lte", models.F("total")),
                            (
                                "total",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("unit_price"), "*", models.F("quantity")
                                ),
                            ),
                        ),
                        name="productline_adds_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ("ordered", "paid", "handed_over", "cancelled"))),
                        name="productline_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "handed_over"), ("handed_over_at__isnull", False)),
                            models.Q(
                                models.Q(("status", "handed_over"), _negated=True), ("handed_over_at__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="productline_handed_over_says_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "cancelled"), ("cancelled_at__isnull", False)),
                            models.Q(models.Q(("status", "cancelled"), _negated=True), ("cancelled_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="productline_cancelled_says_when",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["school", "order"], name="productline_order"),
                    models.Index(fields=["school", "student"], name="productline_student"),
                    models.Index(
                        condition=models.Q(("status", "ordered")), fields=["school", "id"], name="productline_ordered"
                    ),
                ],
            },
        ),
    ]

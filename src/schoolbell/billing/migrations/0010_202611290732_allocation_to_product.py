import django.db.models.deletion
from django.db import migrations, models

import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [("billing", "0009_202611290731_productline")]

    operations = [
        migrations.AlterField(
            model_name="allocation",
            name="line",
            field=schoolbell.schools.rows.SchoolForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allocations",
                to="billing.orderline",
            ),
        ),
        migrations.AddField(
            model_name="allocation",
            name="product_line",
            field=schoolbell.schools.rows.SchoolForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allocations",
                to="billing.productline",
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("product_line__isnull", False)),
                fields=("school", "product_line"),
                name="allocation_product_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("line__isnull", False), ("product_line__isnull", True)),
                    models.Q(("line__isnull", True), ("product_line__isnull", False)),
                    _connector="OR",
                ),
                name="allocation_of_one_line",
            ),
        ),
    ]

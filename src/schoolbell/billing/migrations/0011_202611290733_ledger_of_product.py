import django.db.models.deletion
from django.db import migrations, models

import schoolbell.schools.rows


class Migration(migrations.Migration):
    dependencies = [("billing", "0010_202611290732_allocation_to_product")]

    operations = [
        migrations.AddField(
            model_name="ledgerentry",
            name="product_line",
            field=schoolbell.schools.rows.SchoolForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="ledger", to="billing.productline"
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("product_line__isnull", False)),
                fields=["school", "product_line"],
                name="ledgerentry_product_line",
            ),
        ),
    ]

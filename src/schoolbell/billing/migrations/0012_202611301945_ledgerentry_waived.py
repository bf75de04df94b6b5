"""What was waived is found among all that the ledger holds, as the office's Today asks."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0011_202611290733_ledger_of_product"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("debit", "waived"), ("credit", "waived"), _connector="OR"),
                fields=["school", "booking"],
                name="ledgerentry_waived",
            ),
        ),
    ]

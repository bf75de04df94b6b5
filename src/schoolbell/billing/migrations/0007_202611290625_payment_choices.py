from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0006_202611201128_ledgerentry"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ("started", "pending", "succeeded", "failed"))), name="payment_status"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("full", "deposit", "balance"))), name="paymentrequest_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ("pending", "confirmed", "failed", "expired"))),
                name="paymentrequest_status",
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0007_202611290625_payment_choices"),
    ]

    operations = [
        migrations.AddField(
            model_name="order", name="accepted_terms", field=models.TextField(blank=True, db_default="")
        ),
    ]

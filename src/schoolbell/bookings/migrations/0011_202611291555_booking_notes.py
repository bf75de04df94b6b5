from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0010_202611291546_seating"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="notes",
            field=models.CharField(blank=True, db_default="", default="", max_length=1000),
        ),
    ]

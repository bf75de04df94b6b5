from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0008_202611290645_attendance_marked"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="notes",
            field=models.CharField(blank=True, db_default="", default="", max_length=1000),
        ),
    ]

"""What a family has every week is found by whoever pays for it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0012_202611291650_seating_away")]

    operations = [
        migrations.AddIndex(
            model_name="enrollment",
            index=models.Index(
                condition=models.Q(("type", "weekly_recurring")),
                fields=["school", "client"],
                name="enrollment_weekly_client",
            ),
        ),
    ]

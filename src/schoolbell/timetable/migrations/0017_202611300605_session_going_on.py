"""Sessions that last for longer than a day are found by their end: they may have begun long ago and still be to come."""

import datetime as dt

from django.db import migrations, models
from django.db.models.lookups import GreaterThan


class Migration(migrations.Migration):
    dependencies = [("timetable", "0016_202611300530_day_left_out")]

    operations = [
        migrations.AddIndex(
            model_name="session",
            index=models.Index(
                condition=models.Q(GreaterThan(models.F("ends_at") - models.F("starts_at"), dt.timedelta(days=1))),
                fields=["school", "ends_at"],
                name="session_going_on",
            ),
        ),
    ]

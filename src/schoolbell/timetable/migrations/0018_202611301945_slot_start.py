"""Slots are found by when they begin; none lasts longer than a day, so that none before that is looked at."""

import datetime as dt

from django.db import migrations, models
from django.db.models.lookups import LessThanOrEqual


class Migration(migrations.Migration):
    dependencies = [("timetable", "0017_202611300605_session_going_on")]

    operations = [
        migrations.AddIndex(model_name="slot", index=models.Index(fields=["school", "starts_at"], name="slot_start")),
        migrations.AddConstraint(
            model_name="slot",
            constraint=models.CheckConstraint(
                condition=models.Q(LessThanOrEqual(models.F("ends_at") - models.F("starts_at"), dt.timedelta(days=1))),
                name="slot_of_a_day_at_most",
            ),
        ),
    ]

"""A day may be left out on purpose, before there is a session to cancel."""

from django.db import migrations, models
from django.db.models import Q

REASONS = ("closure", "clash", "hours", "rule", "away", "cancelled")


class Migration(migrations.Migration):
    dependencies = [("timetable", "0015_202611300505_session_in_part")]

    operations = [
        migrations.AlterField(
            model_name="skippedoccurrence",
            name="reason",
            field=models.CharField(choices=[(one, one.capitalize()) for one in REASONS], max_length=9),
        ),
        migrations.RemoveConstraint(model_name="skippedoccurrence", name="skippedoccurrence_reason"),
        migrations.AddConstraint(
            model_name="skippedoccurrence",
            constraint=models.CheckConstraint(condition=Q(reason__in=REASONS), name="skippedoccurrence_reason"),
        ),
    ]

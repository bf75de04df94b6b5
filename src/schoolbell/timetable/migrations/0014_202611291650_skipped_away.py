from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("timetable", "0013_202611291515_session_cancelled_because"),
    ]

    operations = [
        migrations.AlterField(
            model_name="skippedoccurrence",
            name="reason",
            field=models.CharField(
                choices=[
                    ("closure", "Closure"),
                    ("clash", "Clash"),
                    ("hours", "Hours"),
                    ("rule", "Rule"),
                    ("away", "Away"),
                ],
                max_length=7,
            ),
        ),
        migrations.RemoveConstraint(model_name="skippedoccurrence", name="skippedoccurrence_reason"),
        migrations.AddConstraint(
            model_name="skippedoccurrence",
            constraint=models.CheckConstraint(
                condition=Q(reason__in=("closure", "clash", "hours", "rule", "away")), name="skippedoccurrence_reason"
            ),
        ),
    ]

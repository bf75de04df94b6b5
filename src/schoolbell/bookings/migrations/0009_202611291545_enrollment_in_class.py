from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0008_202611290645_attendance_marked"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="enrollment", name="enrollment_series"),
        migrations.AddField(
            model_name="enrollment",
            name="in_class",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(model_name="enrollment", name="away_from", field=models.DateField(null=True)),
        migrations.AddField(model_name="enrollment", name="away_until", field=models.DateField(null=True)),
        migrations.AddConstraint(
            model_name="enrollment",
            constraint=models.UniqueConstraint(
                fields=["school", "series"],
                condition=Q(series__isnull=False, in_class=False),
                name="enrollment_series",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollment",
            constraint=models.UniqueConstraint(
                fields=["school", "series", "student"],
                condition=Q(in_class=True, status__in=("active", "paused")),
                name="enrollment_in_class_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollment",
            constraint=models.CheckConstraint(
                condition=Q(in_class=False) | Q(type="weekly_recurring"), name="enrollment_in_class_is_weekly"
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollment",
            constraint=models.CheckConstraint(
                condition=Q(away_from__isnull=True, away_until__isnull=True)
                | Q(in_class=True, away_from__isnull=False, away_until__isnull=True)
                | Q(in_class=True, away_from__isnull=False, away_from__lt=F("away_until")),
                name="enrollment_away_in_order",
            ),
        ),
    ]

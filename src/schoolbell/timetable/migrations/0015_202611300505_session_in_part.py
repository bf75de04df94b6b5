"""Sessions whose slots are chosen are found by their end: what is left of them is offered after they began."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("timetable", "0014_202611291650_skipped_away")]

    operations = [
        migrations.AddIndex(
            model_name="session",
            index=models.Index(
                condition=models.Q(("choose_slots", True)),
                fields=["school", "course", "ends_at"],
                name="session_in_part",
            ),
        ),
    ]

from django.db import migrations

import schoolbell.kit.sealed


class Migration(migrations.Migration):
    dependencies = [
        ("timetable", "0004_202611201119_staffing"),
    ]

    operations = [
        migrations.AddField(
            model_name="resource",
            name="passcode",
            field=schoolbell.kit.sealed.SealedField(blank=True, default=""),
            preserve_default=False,
        ),
    ]

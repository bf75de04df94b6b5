from django.db import migrations

import schoolbell.kit.time

# What a pause cancelled was cancelled shortly before its row was written.
FILL = """
    UPDATE bookings_enrollment SET paused_at = updated_at - interval '1 hour' WHERE status = 'paused'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0006_202611290625_payment_status"),
    ]

    operations = [
        migrations.AddField(
            model_name="enrollment",
            name="paused_at",
            field=schoolbell.kit.time.InstantField(null=True),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]

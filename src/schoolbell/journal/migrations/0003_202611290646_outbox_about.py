from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0002_202611201103_outbox"),
    ]

    operations = [
        migrations.AddField(
            model_name="outbox",
            name="about_id",
            field=models.UUIDField(null=True),
        ),
    ]

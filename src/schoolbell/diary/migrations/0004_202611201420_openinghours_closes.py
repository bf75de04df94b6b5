from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("diary", "0003_202611201108_claim"),
        ("schools", "0001_202611201100_school"),
    ]

    operations = [
        migrations.AddField(
            model_name="openinghours",
            name="closes",
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name="openinghours",
            constraint=models.CheckConstraint(
                condition=models.Q(("closes", False), ("date__isnull", False), _connector="OR"),
                name="openinghours_closes_a_date",
            ),
        ),
    ]

from django.db import migrations, models

BEFORE = ("course", "resource", "instructor", "student", "client", "session", "series")
CHOICES = [(noun, noun.title()) for noun in (*BEFORE, "product")]


class Migration(migrations.Migration):
    dependencies = [
        ("importing", "0003_202611290620_series_key"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="ownkey", name="ownkey_noun"),
        migrations.AlterField(model_name="ownkey", name="noun", field=models.CharField(choices=CHOICES, max_length=10)),
        migrations.AddConstraint(
            model_name="ownkey",
            constraint=models.CheckConstraint(
                condition=models.Q(("noun__in", (*BEFORE, "product"))), name="ownkey_noun"
            ),
        ),
    ]

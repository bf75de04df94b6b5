from django.db import migrations, models

BEFORE = ("course", "resource", "instructor", "student", "client", "session")
CHOICES = [(noun, noun.title()) for noun in (*BEFORE, "series")]


class Migration(migrations.Migration):
    dependencies = [
        ("importing", "0002_202611201425_upload"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="ownkey", name="ownkey_noun"),
        migrations.AlterField(model_name="ownkey", name="noun", field=models.CharField(choices=CHOICES, max_length=10)),
        migrations.AddConstraint(
            model_name="ownkey",
            constraint=models.CheckConstraint(
                condition=models.Q(("noun__in", (*BEFORE, "series"))), name="ownkey_noun"
            ),
        ),
    ]

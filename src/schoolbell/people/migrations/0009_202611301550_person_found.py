from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import migrations, models

WORDS = SearchVector("first_name", "last_name", "organisation", "email", config="simple")


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0008_202611291115_person_placeholder"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["school", "first_name", "last_name"], name="person_by_name"),
        ),
        migrations.AddIndex(model_name="person", index=GinIndex(WORDS, name="person_words")),
    ]

from django.db import migrations, models

BLANK = {
    **dict.fromkeys(("first_name", "last_name", "organisation", "email", "phone", "address", "timezone"), ""),
    "birth_date__isnull": True,
    "user__isnull": True,
}


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0007_202611290630_instructorstats"),
        ("schools", "0003_202611201146_colour_and_about"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="person", name="person_has_a_name"),
        migrations.AddField(
            model_name="person",
            name="is_placeholder",
            field=models.BooleanField(default=False, db_default=False),
        ),
        # Backward, whoever is named later is called that.
        migrations.RunSQL(
            migrations.RunSQL.noop,
            "UPDATE people_person SET first_name = 'Named', last_name = 'later' WHERE is_placeholder",
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(is_placeholder=True) | ~models.Q(first_name="", last_name="", organisation=""),
                name="person_has_a_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(is_placeholder=False) | models.Q(**BLANK), name="person_placeholder_is_blank"
            ),
        ),
    ]

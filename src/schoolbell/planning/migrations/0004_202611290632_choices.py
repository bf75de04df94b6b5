from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("planning", "0003_202611201512_placement"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="placement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason__in", ("", "nobody_teaches", "nobody_open", "all_taken", "no_resource", "others_first"))
                ),
                name="placement_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("method__in", ("", "solver", "greedy"))), name="proposal_method"
            ),
        ),
    ]

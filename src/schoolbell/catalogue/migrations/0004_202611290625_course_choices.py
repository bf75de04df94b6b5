from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0003_202611290559_former_overrides"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(
                condition=models.Q(("delivery__in", ("online", "at_venue", "in_vehicle"))), name="course_delivery"
            ),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(
                condition=models.Q(("resource_kind__in", ("", "venue", "online_room", "vehicle"))),
                name="course_resource_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(
                condition=models.Q(("price_per__in", ("lesson", "course"))), name="course_price_per"
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0004_202611290625_course_choices"),
    ]

    operations = [
        migrations.AddField(
            model_name="course",
            name="min_students",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="course",
            name="total_minutes",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("min_students__isnull", True),
                    models.Q(("min_students__gte", 1), ("min_students__lte", models.F("capacity"))),
                    _connector="OR",
                ),
                name="course_min_students",
            ),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("total_minutes__isnull", True),
                    ("total_minutes__gte", models.F("duration_minutes")),
                    _connector="OR",
                ),
                name="course_total_minutes",
            ),
        ),
    ]

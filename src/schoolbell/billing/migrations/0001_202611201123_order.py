import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0002_202611201110_client"),
        ("schools", "0001_202611201100_school"),
    ]

    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", schoolbell.schools.rows.SchoolKey(serialize=False)),
                (
                    "school",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.school",
                    ),
                ),
                (
                    "created_at",
                    schoolbell.kit.time.InstantField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "updated_at",
                    schoolbell.kit.time.InstantField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "client",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="people.client"
                    ),
                ),
                ("reference", models.CharField(max_length=9)),
                ("total", models.PositiveIntegerField()),
                ("placed_from", models.GenericIPAddressField(null=True)),
            ],
            options={
                "abstract": False,
                "constraints": [models.UniqueConstraint(fields=("school", "reference"), name="order_reference")],
                "indexes": [
                    models.Index(fields=["school", "client"], name="order_client"),
                    models.Index(
                        condition=models.Q(("placed_from__isnull", False)),
                        fields=["school", "placed_from"],
                        name="order_of_guests",
                    ),
                ],
            },
        ),
    ]

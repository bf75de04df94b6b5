import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.time
import schoolbell.schools.rows


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("bookings", "0005_202611201416_booking_settled_and_moved"),
        ("people", "0007_202611290630_instructorstats"),
        ("schools", "0003_202611201146_colour_and_about"),
    ]

    operations = [
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", schoolbell.schools.rows.SchoolKey(serialize=False)),
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
                ("rating", models.PositiveSmallIntegerField()),
                ("comment", models.TextField(blank=True)),
                (
                    "booking",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="bookings.booking"
                    ),
                ),
                (
                    "client",
                    schoolbell.schools.rows.SchoolForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="people.client"
                    ),
                ),
                (
                    "instructor",
                    schoolbell.schools.rows.SchoolForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="people.instructor",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.school",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["school", "instructor"], name="review_instructor")],
                "constraints": [
                    models.UniqueConstraint(fields=("school", "booking"), name="review_once"),
                    models.CheckConstraint(condition=models.Q(("rating__range", (1, 5))), name="review_rating"),
                ],
            },
        ),
    ]

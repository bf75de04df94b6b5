import django.core.validators
import django.db.models.functions.datetime
from django.db import migrations, models

import schoolbell.kit.ids
import schoolbell.kit.time


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="School",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=schoolbell.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "slug",
                    models.CharField(
                        max_length=50,
                        validators=[django.core.validators.RegexValidator("^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$")],
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("tagline", models.CharField(blank=True, max_length=200)),
                ("timezone", schoolbell.kit.time.ZoneField(max_length=64)),
                ("currency", models.CharField(max_length=3)),
                ("country", models.CharField(max_length=2)),
                ("language", models.CharField(default="en", max_length=10)),
                ("preset", models.CharField(max_length=20)),
                ("stored_policies", models.JSONField(db_column="policies", default=dict)),
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("slug",), name="school_slug"),
                    models.CheckConstraint(
                        condition=models.Q(("slug__regex", "^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$")),
                        name="school_slug_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="school_currency_is_iso"
                    ),
                ],
                "indexes": [],
            },
        ),
    ]

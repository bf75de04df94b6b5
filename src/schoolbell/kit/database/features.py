"""What the backend may assume of PostgreSQL, where owned tables differ."""

from typing import Any

from django.db.backends.postgresql.features import DatabaseFeatures as PostgresFeatures

from schoolbell.kit.database.fields import OwnedKey


class DatabaseFeatures(PostgresFeatures):
    def allows_group_by_selected_pks_on_model(self, model: Any) -> bool:
        """PostgreSQL lets GROUP BY name only the primary key; of an owned table `id` alone is not that key."""
        return not isinstance(model._meta.pk, OwnedKey) and super().allows_group_by_selected_pks_on_model(model)

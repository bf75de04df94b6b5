"""Is the database of this version?"""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from schoolbell.cli.refusals import CommandRefused


def require_current_schema() -> None:
    """Raises CommandRefused when migrations are missing."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise CommandRefused(f"the database is {len(missing)} migrations behind; run: schoolbell migrate")

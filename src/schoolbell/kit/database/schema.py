"""Writes owned tables: composite primary keys, and foreign keys that carry the owner."""

from collections.abc import Iterator
from typing import Any

from django.db.backends.ddl_references import Columns, Statement, Table
from django.db.backends.postgresql.schema import DatabaseSchemaEditor as PostgresSchemaEditor

from schoolbell.kit.database.fields import OwnedForeignKey, OwnedKey


# The stubs leave out what Django calls private; these four are what it offers backends to override.
# mypy: disable-error-code="misc,assignment,arg-type,list-item"
class DatabaseSchemaEditor(PostgresSchemaEditor):
    # Django's short cut for a new foreign-key column knows only keys of one column.
    sql_create_column_inline_fk = None

    def table_sql(self, model: Any) -> Any:
        sql, params = super().table_sql(model)
        key = model._meta.pk
        if isinstance(key, OwnedKey):
            columns = f"{self.quote_name(key.column)}, {self.quote_name(key.owner)}"
            sql = f"{sql.removesuffix(')')}, PRIMARY KEY ({columns}))"
        return sql, params

    def _iter_column_sql(self, column_db_type: Any, params: Any, model: Any, field: Any, *rest: Any) -> Iterator[str]:
        for part in super()._iter_column_sql(column_db_type, params, model, field, *rest):
            if not (part == "PRIMARY KEY" and isinstance(field, OwnedKey)):
                yield part

    def _create_fk_sql(self, model: Any, field: Any, suffix: str) -> Statement:
        statement: Statement = super()._create_fk_sql(model, field, suffix)
        if isinstance(model._meta.pk, OwnedKey):
            statement.parts["deferrable"] = ""
        if isinstance(field, OwnedForeignKey):
            target = field.target_field.model._meta.db_table
            statement.parts["column"] = Columns(model._meta.db_table, [field.owner, field.column], self.quote_name)
            statement.parts["to_table"] = Table(target, self.quote_name)
            statement.parts["to_column"] = Columns(target, [field.owner, field.target_field.column], self.quote_name)
        return statement

    def _constraint_names(self, model: Any, column_names: Any = None, *rest: Any, **options: Any) -> list[str]:
        names: list[str] = super()._constraint_names(model, column_names, *rest, **options)
        key = model._meta.pk
        if column_names and len(column_names) == 1 and isinstance(key, OwnedKey):
            names += super()._constraint_names(model, [key.owner, *column_names], *rest, **options)
        return names

"""What the models promise of their tables, and what of it the database does not hold them to."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models

from schoolbell.kit.database.fields import OwnedForeignKey, OwnedKey


class Promise(NamedTuple):
    """`kind` as in pg_constraint, "u" also for a unique index; found by its name, or, where Django makes that up, by
    its columns."""

    table: str
    kind: str
    name: str
    columns: str


_KINDS: Final = {models.CheckConstraint: "c", models.UniqueConstraint: "u", ExclusionConstraint: "x"}

# A table that is gone breaks all of its promises. An index that was not finished is none, nor one of other columns.
BROKEN_PROMISES_SQL: Final = """
    WITH kept AS (
        SELECT conrelid AS table_id, contype::text AS kind, conname::text AS name, convalidated AS is_whole,
               (SELECT string_agg(attname::text, ' ' ORDER BY place)
                FROM unnest(conkey) WITH ORDINALITY AS key(number, place)
                JOIN pg_attribute ON attrelid = conrelid AND attnum = number) AS columns
        FROM pg_constraint WHERE contype IN ('c', 'f', 'p')
        UNION ALL
        SELECT indrelid, CASE WHEN indisexclusion THEN 'x' ELSE 'u' END, relname::text, indisvalid AND indisready,
               CASE WHEN indpred IS NULL THEN
                   (SELECT string_agg(attname::text, ' ' ORDER BY place)
                    FROM unnest(indkey::smallint[]) WITH ORDINALITY AS key(number, place)
                    JOIN pg_attribute ON attrelid = indrelid AND attnum = number)
               END
        FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indisunique OR indisexclusion
    )
    SELECT NULL, promised."table" || ': ' || coalesce(nullif(promised.name, ''), promised.columns),
           CASE WHEN bool_or(NOT kept.is_whole) THEN 'not valid' ELSE 'missing' END
    FROM unnest(%(tables)s::text[], %(kinds)s::text[], %(names)s::text[], %(columns)s::text[])
         AS promised("table", kind, name, columns)
    LEFT JOIN kept
        ON kept.table_id = to_regclass(quote_ident(promised."table")) AND kept.kind = promised.kind
        AND CASE WHEN promised.name <> '' THEN kept.name = promised.name ELSE kept.columns = promised.columns END
    GROUP BY promised."table", promised.kind, promised.name, promised.columns
    HAVING NOT coalesce(bool_or(kept.is_whole), false)
    ORDER BY 2"""


def promises() -> dict[str, Any]:
    """The values of the statement: of every model there is."""
    managed = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    found = [promise for model in managed for promise in _promises_of(model)]
    tables, kinds, names, columns = (list(column) for column in zip(*found, strict=True))
    return {"tables": tables, "kinds": kinds, "names": names, "columns": columns}


def _promises_of(model: type[models.Model]) -> Iterator[Promise]:
    table, fields = model._meta.db_table, model._meta.local_concrete_fields
    columns = {field.name: str(field.column) for field in fields}
    for constraint in model._meta.constraints:
        yield Promise(table, _KINDS[type(constraint)], constraint.name, "")
    for together in model._meta.unique_together:
        yield Promise(table, "u", "", " ".join(columns[name] for name in together))
    for field in fields:
        column = columns[field.name]
        if isinstance(field, models.ForeignKey) and field.db_constraint:  # type: ignore[attr-defined]
            owner = f"{field.owner} " if isinstance(field, OwnedForeignKey) else ""
            yield Promise(table, "f", "", f"{owner}{column}")
        if field.primary_key:
            yield Promise(table, "p", "", f"{column} {field.owner}" if isinstance(field, OwnedKey) else column)
        elif field.unique:
            yield Promise(table, "u", "", column)

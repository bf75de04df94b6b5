"""Rows by the thousand: inserted and changed with COPY, in the order in which they point at each other."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

import psycopg
from django.db import DatabaseError, DataError, IntegrityError, connection
from django.db.models import Field, JSONField
from psycopg import sql
from psycopg.types.json import Jsonb

from schoolbell.billing.models import Allocation, LedgerEntry, Order, OrderLine, Payment, PaymentRequest
from schoolbell.bookings.models import Attendance, Booking, Enrollment, Seating
from schoolbell.catalogue.models import Course, Product, Qualification
from schoolbell.diary.claims import Wanted, claim_time
from schoolbell.diary.freeing import give_back
from schoolbell.diary.models import Diary, OpeningHours
from schoolbell.diary.waived import hold_waived
from schoolbell.importing.models import OwnKey
from schoolbell.importing.refusals import RowRefused
from schoolbell.importing.things import Thing
from schoolbell.journal.models import Record
from schoolbell.kit.database.fields import usual_value
from schoolbell.kit.ids import new_id
from schoolbell.people.models import Client, Guardianship, Instructor, Person, Student
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolModel
from schoolbell.timetable.models import Resource, Series, SeriesStaffing, Session, SkippedOccurrence, Slot, Staffing

ORDER: Final[tuple[type[SchoolModel], ...]] = (
    Diary, OpeningHours, Person, Client, Student, Guardianship, Instructor, Course, Product, Qualification, Resource,
    Series, SeriesStaffing, SkippedOccurrence, Session, Slot, Staffing, Enrollment, Booking, Seating, Attendance,
    Order, OrderLine, PaymentRequest, Payment, Allocation, LedgerEntry, Record, OwnKey,
)  # fmt: skip
BY_THE_DATABASE: Final = ("created_at", "updated_at")


class Writing:
    """What is to be written for one file, gathered first and written at once."""

    def __init__(self, school: School, *, by: Actor) -> None:
        self.school = school
        self.by = by
        self.people: set[UUID] = set()  # who has been written, in whichever role
        self.freed: set[UUID] = set()  # sources whose claims go
        self.claims: list[Wanted] = []
        self.used_credit: dict[UUID, int] = {}  # by client, the last line that pays from it
        self.line = 0  # of the file, which is being written
        self._new: dict[type[SchoolModel], list[tuple[int, dict[str, Any]]]] = {model: [] for model in ORDER}
        self._changed: dict[tuple[type[SchoolModel], tuple[str, ...]], list[tuple[Any, ...]]] = {}

    def add(self, model: type[SchoolModel], **values: Any) -> None:
        """By column: `client_id`, not `client`. What is not said is what a new row has anyway."""
        self._new[model].append((self.line, values))

    def change(self, model: type[SchoolModel], row_id: UUID, **values: Any) -> None:
        self._changed.setdefault((model, tuple(values)), []).append((row_id, *values.values()))

    def record(self, name: str, subject_id: UUID, **values: Any) -> None:
        """As `journal.actions.record` writes it; nobody is told, for what a file brings is known outside already."""
        self.add(
            Record,
            name=name,
            subject_id=subject_id,
            role=self.by.role,
            who=self.by.who,
            ip=self.by.ip,
            user_agent=self.by.user_agent[:300],
            **values,
        )

    def key(self, noun: OwnKey.Noun, thing: Thing) -> None:
        self.line = thing.line
        if thing.new_key:
            self.add(OwnKey, noun=noun, key=thing.new_key, subject_id=thing.id)

    def write(self) -> None:
        """Changes first: what somebody gives up, another may take. Claims last: others may want that time too.

        Raises: TimeTaken when somebody else took some of the time a moment ago, RowRefused.
        """
        try:
            self._write()
        except (IntegrityError, DataError) as refused:
            raise RowRefused(_rule_of(refused), 0) from refused

    def _write(self) -> None:
        with connection.cursor() as cursor:
            # Foreign keys are looked up by plans that the connection keeps. Those made when a table was all but empty
            # read all of it for each row: 20,000 lines took eight minutes instead of fifteen seconds.
            cursor.execute("DISCARD PLANS")
        freed = give_back(self.school.pk, self.freed) if self.freed else []
        for (changed, columns), rows in self._changed.items():
            _change(changed, self.school.pk, columns, rows)
        for model in ORDER:
            rows = self._new[model]
            try:
                _insert(model, self.school.pk, [row for _line, row in rows])
            except (IntegrityError, DataError) as refused:
                place = _copied_line(refused)
                raise RowRefused(_rule_of(refused), rows[place - 1][0] if place else 0) from refused
        if self.claims:
            claim_time(self.school.pk, self.claims)
        hold_waived(self.school.pk, freed)


def columns_of(thing: Thing, names: Iterable[str]) -> dict[str, Any]:
    """What the thing will be, for these fields."""
    return {name: thing.now(name) for name in names}


def _insert(model: type[SchoolModel], school_id: UUID, rows: Sequence[dict[str, Any]]) -> None:
    """COPY them in. The database gives the times at which rows were made."""
    if not rows:
        return
    fields = [field for field in model._meta.concrete_fields if field.name not in BY_THE_DATABASE]
    defaults = {field.attname: usual_value(field) for field in fields} | {"school_id": school_id}
    names = [field.attname for field in fields]
    if unknown := {name for row in rows for name in row} - set(names):
        raise TypeError(f"{model.__name__} has no {', '.join(sorted(unknown))}")
    whole = (defaults | {"id": new_id()} | row for row in rows)
    _copy(model._meta.db_table, fields, ([row[name] for name in names] for row in whole))


def _change(model: type[SchoolModel], school_id: UUID, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """Give these columns of these rows new values: COPY beside the table, then one UPDATE."""
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in ("id", *columns)]
    table, names = sql.Identifier(model._meta.db_table), [_column(field) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE TEMPORARY TABLE imported ON COMMIT DROP AS SELECT {} FROM {} LIMIT 0").format(
                sql.SQL(", ").join(names), table
            )
        )
        _copy("imported", fields, (list(row) for row in rows))
        assignments = [sql.SQL("{} = imported.{}").format(name, name) for name in names[1:]]
        cursor.execute(
            sql.SQL(
                "UPDATE {} AS kept SET {}, updated_at = statement_timestamp() FROM imported"
                " WHERE kept.school_id = %s AND kept.id = imported.id"
            ).format(table, sql.SQL(", ").join(assignments)),
            [school_id],
        )
        cursor.execute("DROP TABLE imported")


def _copy(table: str, fields: Sequence["Field[Any, Any]"], rows: Iterable[list[Any]]) -> None:
    columns = sql.SQL(", ").join(_column(field) for field in fields)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
    objects = [place for place, field in enumerate(fields) if isinstance(field, JSONField)]
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            for place in objects:
                row[place] = Jsonb(row[place])
            copy.write_row(row)


def _copied_line(refused: DatabaseError) -> int:
    """Which of the rows that were copied broke the rule, from 1; 0 where that is not known."""
    said = re.search(r"^COPY \S+, line (\d+)", _diagnosed(refused, "context"))
    return int(said[1]) if said else 0


def _rule_of(refused: DatabaseError) -> str:
    return _diagnosed(refused, "constraint_name") or _diagnosed(refused, "column_name") or str(refused).splitlines()[0]


def _diagnosed(refused: DatabaseError, what: str) -> str:
    cause = refused.__cause__
    return (getattr(cause.diag, what) or "") if isinstance(cause, psycopg.Error) else ""


def _column(field: "Field[Any, Any]") -> sql.Identifier:
    return sql.Identifier(str(field.column))

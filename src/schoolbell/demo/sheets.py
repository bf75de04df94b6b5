"""Rows by the thousand: kept until all are known, then copied into their tables at once.

Actions refuse the past and write one thing at a time. What is written here must be what they would have left; the
database's constraints and `schoolbell check` say whether it is.
"""

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

from schoolbell.access.models import Staff
from schoolbell.billing.models import (
    Allocation,
    LedgerEntry,
    Order,
    OrderLine,
    Payment,
    PaymentRequest,
    ProductLine,
)
from schoolbell.bookings.models import Attendance, Booking, Enrollment, Seating
from schoolbell.catalogue.models import Course, Product, Qualification
from schoolbell.demo.dice import Dice
from schoolbell.diary.models import (
    Claim,
    Closure,
    Diary,
    HolidayRegion,
    OpeningHours,
    OutsideCalendar,
    OutsideEvent,
    SchoolDiary,
    TimeOff,
)
from schoolbell.journal.models import Outbox, Record
from schoolbell.kit.database.fields import usual_value
from schoolbell.kit.sealed import SealedField, seal
from schoolbell.learning.models import Review
from schoolbell.people.models import Client, Guardianship, Instructor, InstructorStats, Person, Student
from schoolbell.planning.models import LessonRequest, Placement, Proposal, SubstituteRequest
from schoolbell.schools.rows import SchoolModel
from schoolbell.timetable.models import (
    Resource,
    Series,
    SeriesStaffing,
    Session,
    SkippedOccurrence,
    Slot,
    Staffing,
    Travel,
)

# In an order in which every row finds the rows that it points to.
WRITTEN: Final[tuple[type[SchoolModel], ...]] = (
    Diary, SchoolDiary, OpeningHours, HolidayRegion, Closure, TimeOff, OutsideCalendar, OutsideEvent, Person, Staff,
    Client, Student, Guardianship, Instructor, Course, Product, Qualification, Resource, Travel, Series,
    SeriesStaffing, SkippedOccurrence, Session, Slot, Staffing, Enrollment, Booking, Seating, Attendance, Claim,
    LessonRequest, Proposal, Placement, SubstituteRequest, Order, OrderLine, ProductLine, PaymentRequest, Payment,
    Allocation, LedgerEntry, InstructorStats, Review, Record, Outbox,
)  # fmt: skip


class Sheets:
    """The rows of one school."""

    def __init__(self, school_id: UUID, dice: Dice) -> None:
        self._school_id = school_id
        self._dice = dice
        self._rows: dict[type[SchoolModel], dict[UUID, dict[str, Any]]] = {model: {} for model in WRITTEN}

    def add(self, model: type[SchoolModel], at: dt.datetime, **columns: Any) -> UUID:
        """A row made at that instant, and its id. Keys are named by column: `client_id`."""
        row_id: UUID = columns.get("id") or self._dice.new_id(at)
        self._rows[model][row_id] = {"id": row_id, "created_at": at, "updated_at": at} | columns
        return row_id

    def rows(self, model: type[SchoolModel]) -> dict[UUID, dict[str, Any]]:
        """Those of a table so far, by id."""
        return self._rows[model]

    def change(self, model: type[SchoolModel], row_id: UUID, at: dt.datetime, **columns: Any) -> None:
        """What became of a row at that instant."""
        self._rows[model][row_id] |= {"updated_at": at} | columns

    def add_row(self, row: SchoolModel, at: dt.datetime) -> UUID:
        """The same for an instance, which keeps the id that it is given."""
        row.pk = self._dice.new_id(at)
        told = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        columns = {name: value for name, value in told.items() if not isinstance(value, DatabaseDefault)}
        return self.add(type(row), at, **columns | {"created_at": at, "updated_at": at})

    def write(self) -> None:
        """Copy them all. Raises KeyError for a column that is none."""
        for model, rows in self._rows.items():
            self._copy(model, rows.values())

    def _copy(self, model: type[SchoolModel], rows: Iterable[dict[str, Any]]) -> None:
        fields = model._meta.concrete_fields
        names = [field.attname for field in fields]
        usual = {field.attname: usual_value(field) for field in fields} | {"school_id": self._school_id}
        sealed = [field.attname for field in fields if isinstance(field, SealedField)]
        json_columns = [field.attname for field in fields if isinstance(field, models.JSONField)]
        columns = ", ".join(f'"{field.column}"' for field in fields)
        with (
            connection.cursor() as cursor,
            cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as copy,
        ):
            for row in rows:
                if strange := row.keys() - usual.keys():
                    raise KeyError(f"{model._meta.label} has no {', '.join(sorted(strange))}")
                whole = usual | row
                for name in json_columns:
                    whole[name] = json.dumps(whole[name])
                for name in sealed:
                    whole[name] = seal(whole[name])
                copy.write_row([whole[name] for name in names])


def refresh_statistics() -> None:
    """Tell the planner what was written; by itself it would learn of it a minute later."""
    tables = ", ".join(f'"{model._meta.db_table}"' for model in WRITTEN)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")

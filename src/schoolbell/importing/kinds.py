"""The kinds of file and their columns. Which kind a file is, its header says."""

from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext as _

from schoolbell.billing.gateways.credit import Credit
from schoolbell.billing.gateways.desk import Desk
from schoolbell.bookings.models import MOST_LETTERS_OF_NOTES, Booking, Enrollment, Seating
from schoolbell.bookings.sessions import MOST_LETTERS_WHY
from schoolbell.catalogue.models import Course, ResourceKind
from schoolbell.importing.cells import (
    Cell,
    Choice,
    Day,
    Email,
    Figures,
    Key,
    Many,
    Phone,
    Reference,
    Text,
    Url,
    Whole,
    YesNo,
    Zone,
)
from schoolbell.importing.refusals import FileRefused
from schoolbell.importing.repeating import ClockCell, RepeatsCell, SkippedCell
from schoolbell.importing.structures import ELSEWHERE, MomentCell, ObjectCell, OpeningHoursCell, TaughtCell
from schoolbell.kit.money import decimal_places
from schoolbell.people.models import Instructor, Student
from schoolbell.timetable.models import Session


class Empty(Enum):
    KEEP = "keep"


KEEP: Final = Empty.KEEP
"""What an empty cell means in most columns: nothing. What is there stays; what is new gets what it would get anyway."""


@dataclass(frozen=True, slots=True)
class Column:
    """`empty`: the value that an empty cell stands for. `required`: the header must have it."""

    name: str
    cell: Cell
    empty: Any = KEEP
    required: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. They are taken in the order of `KINDS`, because a later one names what an earlier one brings."""

    name: str
    columns: dict[str, Column]

    @property
    def required(self) -> list[str]:
        return [column.name for column in self.columns.values() if column.required]


KINDS: Final = ("courses", "resources", "products", "instructors", "students", "series", "timetable")
_NAME = Text(100)
_PERSON = (
    Column("first_name", _NAME, ""),
    Column("last_name", _NAME, ""),
    Column("organisation", Text(200), ""),
    Column("email", Email(), ""),
    Column("phone", Phone(), ""),
    Column("address", Text(), ""),
    Column("birth_date", Day(has_been=True), None),
    Column("timezone", Zone(), ""),
)
_HOURS = Column("opening_hours", Many(OpeningHoursCell()))


@lru_cache
def kinds(currency: str) -> dict[str, Kind]:
    """Every kind, with amounts in that currency."""
    money = Figures(decimal_places(currency))
    return {
        name: Kind(name, {column.name: column for column in columns})
        for name, columns in {
            "courses": _courses(money),
            "resources": _RESOURCES,
            "products": _products(money),
            "instructors": _instructors(money),
            "students": _STUDENTS,
            "series": _series(money),
            "timetable": _timetable(money),
        }.items()
    }


def _courses(money: Figures) -> tuple[Column, ...]:
    return (
        Column("key", Key()),
        Column("name", Text(200), required=True),
        Column("description", Text(), ""),
        Column("type", Text(50), ""),
        Column("format", Choice(tuple(Course.Format.values))),
        Column("delivery", Choice(tuple(Course.Delivery.values))),
        Column("resource_kind", Choice(tuple(ResourceKind.values)), ""),
        Column("duration_minutes", Whole(5, 1440), required=True),
        Column("price", money),
        Column("price_per", Choice(tuple(Course.PricePer.values))),
        Column("trial_price", money, None),
        Column("deposit", money),
        Column("tax_percent", Figures(2, 10_000, "%")),
        Column("capacity", Whole(1)),
        Column("age_min", Whole(), None),
        Column("age_max", Whole(), None),
        Column("difficulty", Text(50), ""),
        Column("certification_validity_years", Whole(), None),
        Column("min_students", Whole(1), None),
        Column("total_minutes", Whole(5, 1_000_000), None),
        Column("overrides", ObjectCell()),
        Column("is_active", YesNo()),
    )


_RESOURCES = (
    Column("key", Key()),
    Column("name", Text(200), required=True),
    Column("kind", Choice(tuple(ResourceKind.values)), required=True),
    Column("capacity", Whole(1)),
    Column("address_line1", Text(255), ""),
    Column("address_line2", Text(255), ""),
    Column("city", Text(100), ""),
    Column("postcode", Text(20), ""),
    Column("facilities", ObjectCell(flags=True)),
    Column("parking_info", Text(), ""),
    Column("meeting_url", Url(), ""),
    Column("meeting_id", Text(100), ""),
    Column("timezone", Zone()),
    _HOURS,
    Column("is_active", YesNo()),
)


def _instructors(money: Figures) -> tuple[Column, ...]:
    return (
        Column("key", Key()),
        *_PERSON,
        Column("status", Choice(tuple(Instructor.Status.values))),
        Column("hourly_rate", money, None),
        Column("max_hours_per_week", Whole(0, 168), None),
        Column("about", Text(), ""),
        Column("courses", Many(TaughtCell())),
        _HOURS,
    )


_STUDENTS = (
    Column("key", Key()),
    *_PERSON,
    Column("status", Choice(tuple(Student.Status.values))),
    Column("skill_level", Text(50), ""),
    Column("client_key", Key()),
    *(Column(f"client_{column.name}", column.cell, column.empty) for column in _PERSON),
    Column("relationship", Text(30)),
    Column("is_primary", YesNo()),
    Column("is_billing", YesNo()),
)


def _series(money: Figures) -> tuple[Column, ...]:
    return (
        Column("key", Key()),
        Column("course", Text(200), required=True),
        Column("repeats", RepeatsCell(), required=True),
        Column("starts", ClockCell(), required=True),
        Column("timezone", Zone()),
        Column("starts_on", Day(), required=True),
        Column("ends_on", Day(), None),
        Column("duration_minutes", Whole(5, 1440)),
        Column("instructors", Many(Text(201))),
        Column("resource", Text(200), ""),
        Column("capacity", Whole(1)),
        Column("session_price", money, None),
        Column("publishes", YesNo()),
        Column("on_demand", YesNo()),
        Column("student", Text(254)),
        Column("client", Text(254)),
        Column("enrollment_status", Choice(tuple(Enrollment.Status.values))),
        Column("price", money),
        Column("enrolled_on", Day()),
        Column("enrolled_until", Day(), None),
        Column("paused_at", MomentCell()),
        Column("away_from", Day(), None),
        Column("away_until", Day(), None),
        Column("follows", Key()),
        Column("looked_until", Day()),
        Column("skipped", Many(SkippedCell(), most=2_000)),
    )


def _timetable(money: Figures) -> tuple[Column, ...]:
    return (
        Column("session", Key()),
        Column("course", Text(200), required=True),
        Column("starts_at", Many(MomentCell()), required=True),
        Column("ends_at", Many(MomentCell()), required=True),
        Column("timezone", Zone()),
        Column("instructors", Many(Text(201))),
        Column("resource", Text(200), ""),
        Column("capacity", Whole(1)),
        Column("session_status", Choice(tuple(Session.Status.values))),
        Column("session_type", Choice(tuple(Session.Type.values))),
        Column("session_price", money, None),
        Column("choose_slots", YesNo()),
        Column("on_demand", YesNo()),
        Column("notes", Text(), ""),
        Column("series", Key()),
        Column("occurrence_on", Day()),
        Column("student", Text(254)),
        Column("client", Text(254)),
        Column("booking", Reference()),
        Column("booking_status", Choice(tuple(Booking.Status.values))),
        Column("no_seat", Choice((ELSEWHERE, *Seating.Reason.values))),
        Column("booking_type", Choice(tuple(Enrollment.Type.values))),
        Column("slots", Many(Whole(1, 100))),
        Column("price", money),
        Column("paid", Many(money)),
        Column("paid_with", Many(Choice((*Desk.methods, *Credit.methods)))),
        Column("paid_at", Many(MomentCell())),
        Column("waived", money),
        Column("kept", money),
        Column("keeps_seat", YesNo()),
        Column("held_until", MomentCell()),
        Column("ended_at", MomentCell()),
        Column("booking_notes", Text(MOST_LETTERS_OF_NOTES), ""),
        Column("cancelled_because", Text(MOST_LETTERS_WHY), ""),
    )


def _products(money: Figures) -> tuple[Column, ...]:
    return (
        Column("key", Key()),
        Column("product", Text(200), required=True),
        Column("description", Text(), ""),
        Column("price", money),
        Column("tax_percent", Figures(2, 10_000, "%")),
        Column("is_active", YesNo()),
    )


def kind_of(columns: tuple[str, ...], *, currency: str) -> Kind:
    """The kind of file that has these columns. Raises FileRefused, also where one is missing or unknown."""
    fits = sorted(
        ((len(set(columns) & kind.columns.keys()), kind) for kind in kinds(currency).values()), key=lambda fit: -fit[0]
    )
    (most, kind), (next_most, other) = fits[:2]
    if most == 0 or (most < 2 and len(columns) > 1):
        raise FileRefused(detail=_("The first line names no columns that are known. It must be the header."))
    if most == next_most:
        raise FileRefused(
            detail=_("The header fits %(one)s and %(other)s alike. Add a column that only one of them has.")
            % {"one": kind.name, "other": other.name}
        )
    told = []
    for name in columns:
        if name not in kind.columns:
            near = get_close_matches(name, kind.columns, 1)
            told.append(
                _("there is no column “%(name)s” (is it “%(near)s”?)") % {"name": name, "near": near[0]}
                if near
                else _("there is no column “%s”") % name
            )
    told += [_("the column “%s” is missing") % name for name in kind.required if name not in columns]
    if told:
        raise FileRefused(detail=_("As a file of %(kind)s: %(told)s.") % {"kind": kind.name, "told": "; ".join(told)})
    return kind

"""What a school has on file, loaded in sets when it is first needed."""

import datetime as dt
from collections.abc import Iterable
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.db.models import Model

from schoolbell.catalogue.models import Course, Product, Qualification
from schoolbell.diary.models import OpeningHours
from schoolbell.importing.models import OwnKey
from schoolbell.importing.series_on_file import SeriesRegister, load_series
from schoolbell.importing.structures import Hours
from schoolbell.importing.things import PERSON, Register, Thing
from schoolbell.people.models import Client, Guardianship, Instructor, Person, Student
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource

COURSE: Final = (
    "name", "description", "type", "format", "delivery", "resource_kind", "duration_minutes", "price", "price_per",
    "trial_price", "deposit", "tax_rate", "capacity", "age_min", "age_max", "difficulty",
    "certification_validity_years", "min_students", "total_minutes", "overrides", "is_active",
)  # fmt: skip
PRODUCT: Final = ("name", "description", "price", "tax_rate", "is_active")
RESOURCE: Final = (
    "kind", "name", "capacity", "address_line1", "address_line2", "city", "postcode", "facilities", "parking_info",
    "meeting_url", "meeting_id", "is_active",
)  # fmt: skip
INSTRUCTOR: Final = ("status", "hourly_rate", "max_hours_per_week", "about")
STUDENT: Final = ("status", "skill_level")
BOND: Final = ("relationship", "is_primary", "is_billing")


def defaults(model: type[Model], fields: Iterable[str]) -> dict[str, Any]:
    """What a new row gets without a word."""
    return {name: model._meta.get_field(name).get_default() for name in fields}  # type: ignore[union-attr]


class OnFile:
    """One school's things, by noun. Shared by all files of one import: what one file brings, the next can name."""

    def __init__(self, school: School) -> None:
        self.school = school

    @cached_property
    def courses(self) -> Register:
        rows = Course.objects.of(self.school).values_list("id", *COURSE)
        keys = self._keys("course")
        return Register(
            "course", (Thing(row[0], dict(zip(COURSE, row[1:], strict=True)), keys.get(row[0], "")) for row in rows)
        )

    @cached_property
    def products(self) -> Register:
        rows = Product.objects.of(self.school).values_list("id", *PRODUCT)
        keys = self._keys("product")
        return Register(
            "product", (Thing(row[0], dict(zip(PRODUCT, row[1:], strict=True)), keys.get(row[0], "")) for row in rows)
        )

    @cached_property
    def resources(self) -> Register:
        rows = Resource.objects.of(self.school).values_list("id", "diary_id", *RESOURCE)
        keys = self._keys("resource")
        things = [
            Thing(row[0], dict(zip(RESOURCE, row[2:], strict=True)), keys.get(row[0], ""), diary_id=row[1])
            for row in rows
        ]
        self._add_hours(things)
        return Register("resource", things)

    @cached_property
    def people(self) -> dict[UUID, Thing]:
        rows = Person.objects.of(self.school).values_list("id", "diary_id", *PERSON)
        return {row[0]: Thing(row[0], dict(zip(PERSON, row[2:], strict=True)), diary_id=row[1]) for row in rows}

    @cached_property
    def instructors(self) -> Register:
        things = self._roles(Instructor, INSTRUCTOR, "instructor")
        self._add_hours(things)
        taught: dict[UUID, dict[UUID, tuple[int, dt.date | None]]] = {}
        for instructor_id, course_id, proficiency, certified_on in Qualification.objects.of(self.school).values_list(
            "instructor_id", "course_id", "proficiency", "certified_on"
        ):
            taught.setdefault(instructor_id, {})[course_id] = (proficiency, certified_on)
        for thing in things:
            thing.values["courses"] = taught.get(thing.id, {})
        return Register("instructor", things, by_email=True)

    @cached_property
    def students(self) -> Register:
        return Register("student", self._roles(Student, STUDENT, "student"))

    @cached_property
    def clients(self) -> Register:
        return Register("client", self._roles(Client, (), "client"), by_email=True)

    @cached_property
    def series(self) -> SeriesRegister:
        return load_series(self.school, self._keys("series"))

    @cached_property
    def own_clients(self) -> dict[UUID, Thing]:
        """Clients by their person: whoever learns and pays is both."""
        return {client.person.id: client for client in self.clients if client.person is not None}

    @cached_property
    def bonds(self) -> dict[tuple[UUID, UUID], Thing]:
        """Guardianships, by student and client."""
        rows = Guardianship.objects.of(self.school).order_by("id").values_list("id", "student_id", "client_id", *BOND)
        return {(row[1], row[2]): Thing(row[0], dict(zip(BOND, row[3:], strict=True))) for row in rows}

    @cached_property
    def bonds_of(self) -> dict[UUID, list[tuple[UUID, Thing]]]:
        """Per student the clients and their guardianships, the older first."""
        found: dict[UUID, list[tuple[UUID, Thing]]] = {}
        for (student_id, client_id), bond in self.bonds.items():
            found.setdefault(student_id, []).append((client_id, bond))
        return found

    def add_bond(self, student: Thing, client: Thing, bond: Thing) -> None:
        self.bonds_of.setdefault(student.id, []).append((client.id, bond))
        self.bonds[student.id, client.id] = bond

    def payer_of(self, student: Thing) -> UUID | None:
        """The client who pays for a student."""
        bonds = self.bonds_of.get(student.id, [])
        return next((client_id for client_id, bond in bonds if bond.now("is_billing")), bonds[0][0] if bonds else None)

    def settle(self) -> None:
        """What a file told is on file from now on, as far as the next file is concerned."""
        for name in ("courses", "resources", "instructors", "students", "clients", "series", "products"):
            if name in self.__dict__:
                for thing in self.__dict__[name]:
                    thing.settle()
        for bond in self.__dict__.get("bonds", {}).values():
            bond.settle()
        if "series" in self.__dict__:
            for seats in self.series.seats.values():
                for seat in seats:
                    seat.settle()

    def _roles(self, model: Any, fields: tuple[str, ...], noun: str) -> list[Thing]:
        keys = self._keys(noun)
        return [
            Thing(
                row[0],
                dict(zip(fields, row[2:], strict=True)),
                keys.get(row[0], ""),
                person=(person := self.people[row[1]]),
                diary_id=person.diary_id,
            )
            for row in model.objects.of(self.school).values_list("id", "person_id", *fields)
        ]

    def _keys(self, noun: str) -> dict[UUID, str]:
        return dict(OwnKey.objects.of(self.school).filter(noun=noun).values_list("subject_id", "key"))

    def _add_hours(self, things: list[Thing]) -> None:
        by_diary: dict[UUID, list[Hours]] = {}
        for diary_id, weekday, date, starts, ends, where, first, last in (
            OpeningHours.objects.of(self.school)
            .filter(closes=False)
            .values_list("diary_id", "weekday", "date", "starts", "ends", "timezone", "valid_from", "valid_until")
        ):
            by_diary.setdefault(diary_id, []).append(Hours(weekday or 0, date, starts, ends, where, first, last))
        for thing in things:
            own = by_diary.get(thing.diary_id, []) if thing.diary_id else []
            thing.values["opening_hours"] = tuple(sorted(own, key=lambda hours: hours.order))

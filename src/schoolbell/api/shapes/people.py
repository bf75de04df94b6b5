"""Clients, students and instructors."""

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, RootModel

from schoolbell.api.shapes.basis import Money, Page, one_of
from schoolbell.people.models import Instructor as InstructorRow
from schoolbell.people.models import Student as StudentRow


class Person(BaseModel):
    id: UUID
    name: str
    first_name: str
    last_name: str
    organisation: str
    email: str
    phone: str
    address: str
    birth_date: dt.date | None
    timezone: str | None


class Client(Person):
    pass


class Bond(BaseModel):
    """A client who answers for the student."""

    id: UUID = Field(description="the client's")
    relationship: str
    is_primary: bool
    is_billing: bool


class Student(Person):
    status: Annotated[str, one_of(StudentRow.Status)]
    skill_level: str
    age_group: Literal["", "child", "teen", "adult"] = Field(description="empty when the birth date is not known")
    clients: list[Bond]


class TaughtStudent(BaseModel):
    """What an instructor sees of a student in their sessions."""

    id: UUID
    name: str
    status: Annotated[str, one_of(StudentRow.Status)]
    skill_level: str
    age_group: Literal["", "child", "teen", "adult"] = Field(description="empty when the birth date is not known")


class SeenStudent(RootModel[Student | TaughtStudent]):
    """Whole for staff and the family, in part for who teaches them."""


class PublicInstructor(BaseModel):
    """What everybody may see of an instructor."""

    id: UUID
    name: str
    about: str
    status: Annotated[str, one_of(InstructorRow.Status)]


class Instructor(Person):
    """What staff see of an instructor."""

    about: str
    status: Annotated[str, one_of(InstructorRow.Status)]
    hourly_rate: Money | None
    max_hours_per_week: int | None


class SeenInstructor(RootModel[Instructor | PublicInstructor]):
    """Whole for staff, in part for everybody else."""


class Qualification(BaseModel):
    id: UUID
    instructor: UUID
    course: UUID
    proficiency: int
    certified_on: dt.date | None


class Qualifications(Page[Qualification]):
    pass


class Clients(Page[Client]):
    pass


class Students(Page[SeenStudent]):
    pass


class Instructors(Page[SeenInstructor]):
    pass

"""Who is in a school: adults who learn for themselves, families, organisations, and those who teach."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from schoolbell.demo.dice import Dice
from schoolbell.demo.names import Register, ascii_of
from schoolbell.demo.plan import Learner, Payer, Teacher
from schoolbell.demo.sheets import Sheets
from schoolbell.demo.weeks import Weeks
from schoolbell.diary.models import Diary, OpeningHours
from schoolbell.journal.models import Record
from schoolbell.people.models import Client, Guardianship, Instructor, Person, Student
from schoolbell.schools.models import School


class People:
    """Makes their rows, and hands out what the plan needs of them."""

    def __init__(self, school: School, sheets: Sheets, dice: Dice, register: Register, weeks: Weeks) -> None:
        self._school = school
        self._sheets = sheets
        self._dice = dice
        self._register = register
        self._weeks = weeks

    def adult(
        self, joined_at: dt.datetime, *, ages: tuple[int, int] = (19, 67), timezone: str = "", **student: Any
    ) -> Learner:
        """Somebody who learns and pays."""
        first, last = self._register.name()
        birth_date = self._birth_date(ages)
        person_id, diary_id = self._person(
            first, last, joined_at, birth_date=birth_date, timezone=timezone, **self._contacts(first, last)
        )
        payer = self._client(person_id, joined_at)
        return self._student(person_id, diary_id, payer, "self", birth_date, joined_at, **student)

    def parent(self, joined_at: dt.datetime, *, timezone: str = "") -> tuple[Payer, str]:
        """A client, and the family's name."""
        first, last = self._register.name()
        person_id, _diary_id = self._person(first, last, joined_at, timezone=timezone, **self._contacts(first, last))
        return self._client(person_id, joined_at), last

    def child(
        self,
        payer: Payer,
        last: str,
        joined_at: dt.datetime,
        *,
        ages: tuple[int, int],
        relationship: str = "parent",
        timezone: str = "",
        **student: Any,
    ) -> Learner:
        first, last = self._register.name(self._register.origin_of(last), last)
        birth_date = self._birth_date(ages)
        person_id, diary_id = self._person(first, last, joined_at, birth_date=birth_date, timezone=timezone)
        return self._student(person_id, diary_id, payer, relationship, birth_date, joined_at, **student)

    def organisation(self, name: str, joined_at: dt.datetime) -> Payer:
        """An employer, who books for others."""
        address = f"training@{ascii_of(name)}.example.com"
        person_id, _diary_id = self._person(
            "", "", joined_at, organisation=name, email=address, phone=self._register.phone()
        )
        return self._client(person_id, joined_at)

    def employee(self, payer: Payer, joined_at: dt.datetime) -> Learner:
        """Somebody whose employer books and pays."""
        first, last = self._register.name()
        birth_date = self._birth_date((19, 62))
        email = self._register.email(first, last)
        person_id, diary_id = self._person(first, last, joined_at, birth_date=birth_date, email=email)
        return self._student(person_id, diary_id, payer, "employer", birth_date, joined_at)

    def named_later(self, payer: Payer, at: dt.datetime) -> Learner:
        """A seat whose student their employer names later."""
        diary_id = self._sheets.add(Diary, at)
        person_id = self._sheets.add(Person, at, diary_id=diary_id, is_placeholder=True)
        grown_up = (at - 30 * dt.timedelta(days=366)).date()  # for plans alone: nothing is known of them
        return self._student(person_id, diary_id, payer, "employer", grown_up, at)

    def teacher(
        self,
        name: str,
        at: dt.datetime,
        *,
        about: str,
        timezone: str,
        hours: Iterable[tuple[int, str, str]],
        **values: Any,
    ) -> Teacher:
        first, last = name.split(" ", 1)
        self._register.note(name)
        person_id, diary_id = self._person(
            first, last, at, timezone=timezone or self._school.timezone, **self._contacts(first, last) | {"address": ""}
        )
        instructor_id = self._sheets.add(Instructor, at, person_id=person_id, about=about, **values)
        self._sheets.add(Record, at, name="instructor.added", subject_id=instructor_id, role="owner")
        for weekday, starts, ends in hours:
            self._sheets.add(
                OpeningHours,
                at,
                diary_id=diary_id,
                weekday=weekday,
                starts=dt.time.fromisoformat(starts),
                ends=dt.time.fromisoformat(ends),
                timezone=timezone or self._school.timezone,
            )
        return Teacher(instructor_id, diary_id, name, ())

    def leave(self, learner: Learner, at: dt.datetime, *, status: str = "left") -> None:
        self._sheets.change(Student, learner.id, at, status=status)
        self._sheets.add(
            Record,
            at,
            name="student.changed",
            subject_id=learner.id,
            student_id=learner.id,
            client_id=learner.payer.id,
            role="admin",
            old={"status": "active"},
            new={"status": status},
        )

    def _birth_date(self, ages: tuple[int, int]) -> dt.date:
        """Of somebody who is of these ages, both included, all through the weeks that are planned."""
        oldest = self._weeks.today - dt.timedelta(days=round((ages[1] + 0.7) * 365.25))
        youngest = self._weeks.today - dt.timedelta(days=round((ages[0] + 0.6) * 365.25))
        return oldest + dt.timedelta(days=self._dice.randrange(max((youngest - oldest).days, 1)))

    def _person(self, first: str, last: str, at: dt.datetime, **values: Any) -> tuple[UUID, UUID]:
        diary_id = self._sheets.add(Diary, at)
        person_id = self._sheets.add(Person, at, diary_id=diary_id, first_name=first, last_name=last, **values)
        return person_id, diary_id

    def _contacts(self, first: str, last: str) -> dict[str, str]:
        return {
            "email": self._register.email(first, last),
            "phone": self._register.phone(),
            "address": self._register.address(),
        }

    def _client(self, person_id: UUID, at: dt.datetime) -> Payer:
        client_id = self._sheets.add(Client, at, person_id=person_id)
        self._sheets.add(Record, at, name="client.added", subject_id=client_id, client_id=client_id, role="client")
        return Payer(client_id)

    def _student(
        self,
        person_id: UUID,
        diary_id: UUID,
        payer: Payer,
        relationship: str,
        birth_date: dt.date,
        joined_at: dt.datetime,
        **values: Any,
    ) -> Learner:
        student_id = self._sheets.add(Student, joined_at, person_id=person_id, **values)
        self._sheets.add(Guardianship, joined_at, client_id=payer.id, student_id=student_id, relationship=relationship)
        self._sheets.add(
            Record,
            joined_at,
            name="student.added",
            subject_id=student_id,
            student_id=student_id,
            client_id=payer.id,
            role="client",
        )
        return Learner(student_id, diary_id, payer, birth_date, joined_at)

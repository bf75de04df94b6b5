"""Everything that changes who is in a school."""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.accounts.models import User
from schoolbell.diary.models import Diary
from schoolbell.journal.actions import record
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.text import is_blank, is_one_line, is_too_short_for_a_phone
from schoolbell.kit.time import now
from schoolbell.people.models import Client, Guardianship, Instructor, Person, Student
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School

HOURS_OF_A_WEEK: Final = 7 * 24
TOO_SHORT: Final = _("This number looks too short. Give all of its figures.")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person as somebody typed them in."""

    first_name: str = ""
    last_name: str = ""
    organisation: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    birth_date: dt.date | None = None
    timezone: str = ""


@dataclass(frozen=True, slots=True)
class NamedLater:
    """Whoever takes a seat is said later, as an employer does who books three."""


def add_person(new: NewPerson, *, school: School) -> Person:
    """Raises InputRefused."""
    require_sound(new)
    diary = Diary(school_id=school.pk)
    diary.save(force_insert=True)
    person = Person(
        school_id=school.pk,
        diary=diary,
        first_name=new.first_name.strip(),
        last_name=new.last_name.strip(),
        organisation=new.organisation.strip(),
        email=new.email.strip(),
        phone=new.phone.strip(),
        address=new.address.strip(),
        birth_date=new.birth_date,
        timezone=new.timezone,
    )
    person.save(force_insert=True)
    return person


def require_sound(new: NewPerson, *, phone_on_file: str = "") -> None:
    """A number that is on file may stay as it is. Raises InputRefused."""
    if all(is_blank(part) for part in (new.first_name, new.last_name, new.organisation)):
        raise InputRefused.of("first_name", _("Give a name."))
    for field in ("first_name", "last_name", "organisation"):
        if not is_one_line(getattr(new, field).strip()):
            raise InputRefused.of(field, _("Write a name in one line."))
    phone = new.phone.strip()
    if phone and phone != phone_on_file and is_too_short_for_a_phone(phone):
        raise InputRefused.of("phone", TOO_SHORT)
    if new.birth_date and not dt.date(1900, 1, 1) <= new.birth_date <= now().date():
        raise InputRefused.of("birth_date", _("Give a date of birth that has been."))


def as_known(person: Person) -> NewPerson:
    """What is known of a person, to be changed in part."""
    return NewPerson(**{name: getattr(person, name) for name in NewPerson.__dataclass_fields__})


@transaction.atomic
def change_person(person: Person, to: NewPerson, *, by: Actor) -> Person:
    """What is known of a person becomes this. The record says which of it changed, not from what to what: personal
    values stand in one place. Changing nothing records nothing. Who is named later is named by `billing.naming`.
    Raises InputRefused.
    """
    current = Person.objects.select_for_update(no_key=True).get(school_id=person.school_id, id=person.pk)
    require_sound(to, phone_on_file=current.phone)
    if current.is_placeholder:
        raise InputRefused.of("first_name", _("This seat’s student is named on its booking."))
    values = {name: value.strip() if isinstance(value, str) else value for name, value in asdict(to).items()}
    changed = [name for name, value in values.items() if getattr(current, name) != value]
    if not changed:
        return current
    for name in changed:
        setattr(current, name, values[name])
    current.save()
    record("person.changed", current, by=by, new={"changed": changed})
    return current


@transaction.atomic
def add_client(new: NewPerson, *, school: School, by: Actor) -> Client:
    """Raises InputRefused."""
    client = Client(school_id=school.pk, person=add_person(new, school=school))
    client.save(force_insert=True)
    record("client.added", client, by=by, client_id=client.pk)
    return client


@transaction.atomic
def add_student(
    new: NewPerson,
    *,
    school: School,
    by: Actor,
    skill_level: str = "",
    guardian: Client | None = None,
    relationship: str = "parent",
) -> Student:
    """A student, answered for by `guardian`; without one the student is their own client ("self").

    Raises InputRefused.
    """
    person = add_person(new, school=school)
    student = Student(school_id=school.pk, person=person, skill_level=skill_level)
    student.save(force_insert=True)
    if guardian is None:
        guardian, relationship = Client(school_id=school.pk, person=person), "self"
        guardian.save(force_insert=True)
    add_guardianship(guardian, student, relationship=relationship)
    record("student.added", student, by=by, student_id=student.pk, client_id=guardian.pk)
    return student


def add_placeholder(client: Client, *, by: Actor, relationship: str) -> Student:
    """Nobody yet, for a seat of this client's whose student is named later. For a transaction."""
    diary = Diary(school_id=client.school_id)
    diary.save(force_insert=True)
    person = Person(school_id=client.school_id, diary=diary, is_placeholder=True)
    person.save(force_insert=True)
    student = Student(school_id=client.school_id, person=person)
    student.save(force_insert=True)
    add_guardianship(client, student, relationship=relationship)
    record("student.added", student, by=by, student_id=student.pk, client_id=client.pk, new={"named_later": True})
    return student


def name_placeholder(person: Person, new: NewPerson) -> None:
    """From now on this is somebody. The row is locked by the caller. Raises InputRefused."""
    require_sound(new)
    for name, value in asdict(new).items():
        setattr(person, name, value.strip() if isinstance(value, str) else value)
    person.is_placeholder = False
    person.save()


def add_guardianship(client: Client, student: Student, *, relationship: str) -> Guardianship:
    """The first client of a student is the primary one, and pays."""
    first = not Guardianship.objects.filter(school_id=student.school_id, student_id=student.pk).exists()
    bond = Guardianship(
        school_id=student.school_id,
        client=client,
        student=student,
        relationship=relationship,
        is_primary=first,
        is_billing=first,
    )
    bond.save(force_insert=True)
    return bond


@transaction.atomic
def add_instructor(
    new: NewPerson,
    *,
    school: School,
    by: Actor,
    hourly_rate: int | None = None,
    max_hours_per_week: int | None = None,
    about: str = "",
) -> Instructor:
    """Raises InputRefused."""
    instructor = Instructor(
        school_id=school.pk,
        person=add_person(new, school=school),
        hourly_rate=hourly_rate,
        max_hours_per_week=max_hours_per_week,
        about=about,
    )
    instructor.save(force_insert=True)
    record("instructor.added", instructor, by=by)
    return instructor


@transaction.atomic
def change_instructor(instructor: Instructor, *, by: Actor, **values: Any) -> Instructor:
    """Any of status, hourly_rate, max_hours_per_week and about; what is not named stays. Lessons that are booked stay,
    whatever the new values allow. Changing nothing records nothing. Raises InputRefused.
    """
    if values.get("status", Instructor.Status.ACTIVE) not in Instructor.Status.values:
        raise InputRefused.of("status", _("Choose one of: %s.") % ", ".join(Instructor.Status.values))
    most = values.get("max_hours_per_week")
    if most is not None and not 1 <= most <= HOURS_OF_A_WEEK:
        raise InputRefused.of("max_hours_per_week", _("Give 1 to 168 hours, or none at all."))
    locked = Instructor.objects.select_for_update(no_key=True, of=("self",)).select_related("person")
    current = locked.get(school_id=instructor.school_id, id=instructor.pk)
    old = {name: getattr(current, name) for name, value in values.items() if getattr(current, name) != value}
    if not old:
        return current
    for name in old:
        setattr(current, name, values[name])
    current.save()
    told = [name for name in old if name != "about"]  # words about somebody stand in one place
    record(
        "instructor.changed",
        current,
        by=by,
        old={name: old[name] for name in told},
        new={name: values[name] for name in told} | {"changed": list(old)},
    )
    return current


@transaction.atomic
def link_user(person: Person, user: User, *, by: Actor) -> None:
    """From now on this user is this person: they sign in to what is theirs."""
    Person.objects.filter(school_id=person.school_id, id=person.pk).update(user=user, updated_at=now())
    record("person.linked", person, by=by, new={"user": str(user.pk)})


@transaction.atomic
def change_student(student: Student, *, by: Actor, status: str, skill_level: str) -> Student:
    """Where a student stands with the school. Changing nothing records nothing. Raises InputRefused."""
    if status not in Student.Status.values:
        raise InputRefused.of("status", _("Choose one of: %s.") % ", ".join(Student.Status.values))
    current = Student.objects.select_for_update(no_key=True).get(school_id=student.school_id, id=student.pk)
    old = {"status": current.status, "skill_level": current.skill_level}
    new = {"status": status, "skill_level": skill_level.strip()}
    if old == new:
        return current
    current.status, current.skill_level = new["status"], new["skill_level"]
    current.save()
    record("student.changed", current, by=by, student_id=current.pk, old=old, new=new)
    return current

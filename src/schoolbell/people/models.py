"""Person and the roles on it. Personal values stand here and nowhere else."""

import datetime as dt
from typing import Final, NamedTuple

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from schoolbell.accounts.models import User
from schoolbell.diary.models import Diary
from schoolbell.kit.time import InstantField, ZoneField
from schoolbell.schools.rows import SchoolForeignKey, SchoolModel


class Name(NamedTuple):
    """What somebody is called, where nothing more of them is read."""

    first_name: str
    last_name: str
    organisation: str
    is_placeholder: bool

    @property
    def name(self) -> str:
        if self.is_placeholder:
            return _("Named later")
        return " ".join(part for part in (self.first_name, self.last_name) if part) or self.organisation


# The words by which somebody is found who is typed for.
PERSON_WORDS: Final = SearchVector("first_name", "last_name", "organisation", "email", config="simple")


class Person(SchoolModel):
    """One human, or an organisation (then only `organisation` is set), of one school. A placeholder is nobody yet: it
    keeps a seat's time for a student who is named later (`billing.naming`)."""

    diary = SchoolForeignKey(Diary, related_name="+")
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    organisation = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=32, blank=True)
    address = models.TextField(blank=True)
    birth_date = models.DateField(null=True)
    timezone = ZoneField(blank=True)
    archived_at = InstantField(null=True)
    is_placeholder = models.BooleanField(default=False, db_default=False)
    # As whom they sign in, if they do. Users are not a school's rows: nothing binds them but the deed.
    user = models.ForeignKey(User, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+")

    class Meta(SchoolModel.Meta):
        constraints = [
            # Nobody is nameless, save who is named later.
            models.CheckConstraint(
                condition=Q(is_placeholder=True) | ~Q(first_name="", last_name="", organisation=""),
                name="person_has_a_name",
            ),
            # Of who is named later nothing is known, and they sign in nowhere.
            models.CheckConstraint(
                condition=Q(is_placeholder=False)
                | Q(
                    first_name="",
                    last_name="",
                    organisation="",
                    email="",
                    phone="",
                    address="",
                    timezone="",
                    birth_date__isnull=True,
                    user__isnull=True,
                ),
                name="person_placeholder_is_blank",
            ),
            models.UniqueConstraint(fields=["school", "diary"], name="person_diary"),
            # A user is one person in a school.
            models.UniqueConstraint(
                fields=["school", "user"], condition=Q(user__isnull=False), name="person_user_once"
            ),
        ]
        indexes = [
            models.Index(fields=["school", "email"], name="person_email"),
            models.Index(fields=["user"], condition=Q(user__isnull=False), name="person_user"),
            models.Index(fields=["school", "first_name", "last_name"], name="person_by_name"),
            GinIndex(PERSON_WORDS, name="person_words"),
        ]

    @property
    def name(self) -> str:
        return Name(self.first_name, self.last_name, self.organisation, self.is_placeholder).name

    def age_on(self, day: dt.date) -> int | None:
        """Whole years on that day, None when the birth date is not known. Born on 29 February: older on 1 March."""
        return age_on(self.birth_date, day)


def age_on(birth_date: dt.date | None, day: dt.date) -> int | None:
    if birth_date is None:
        return None
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


class Client(SchoolModel):
    """Who books and pays: a parent, an adult learner, an employer."""

    person = SchoolForeignKey(Person, related_name="clients")

    class Meta(SchoolModel.Meta):
        constraints = [models.UniqueConstraint(fields=["school", "person"], name="client_person")]


class Student(SchoolModel):
    """Who learns."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        PAUSED = "paused"
        LEFT = "left"

    person = SchoolForeignKey(Person, related_name="students")
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.ACTIVE)
    skill_level = models.CharField(max_length=50, blank=True)

    class Meta(SchoolModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["school", "person"], name="student_person"),
            models.CheckConstraint(condition=Q(status__in=("active", "paused", "left")), name="student_status"),
        ]

    @property
    def is_active(self) -> bool:
        """Neither left nor pausing."""
        return self.status == self.Status.ACTIVE

    def age_group(self, on: dt.date) -> str:
        """child (under 13), teen (under 18), adult; "" when the birth date is not known."""
        age = self.person.age_on(on)
        return "" if age is None else "child" if age < 13 else "teen" if age < 18 else "adult"


class Guardianship(SchoolModel):
    """This client answers for this student. An adult who learns and pays is their own: relationship "self"."""

    client = SchoolForeignKey(Client, related_name="guardianships")
    student = SchoolForeignKey(Student, related_name="guardianships")
    relationship = models.CharField(max_length=30, default="parent")
    is_primary = models.BooleanField(default=True)
    is_billing = models.BooleanField(default=True)

    class Meta(SchoolModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["school", "student", "client"], name="guardianship_once"),
            # A student has one person to call first.
            models.UniqueConstraint(
                fields=["school", "student"], condition=Q(is_primary=True), name="guardianship_one_primary"
            ),
        ]
        indexes = [models.Index(fields=["school", "client"], name="guardianship_client")]


class Instructor(SchoolModel):
    """Who teaches. `hourly_rate` in minor units, for the office alone."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        ON_LEAVE = "on_leave"
        LEFT = "left"

    person = SchoolForeignKey(Person, related_name="instructors")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ACTIVE)
    hourly_rate = models.PositiveIntegerField(null=True)
    max_hours_per_week = models.PositiveSmallIntegerField(null=True)
    about = models.TextField(blank=True)

    class Meta(SchoolModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["school", "person"], name="instructor_person"),
            models.CheckConstraint(condition=Q(status__in=("active", "on_leave", "left")), name="instructor_status"),
        ]

    @property
    def is_active(self) -> bool:
        """Neither left nor on leave."""
        return self.status == self.Status.ACTIVE


class InstructorStats(SchoolModel):
    """How an instructor does, counted by `learning.stats`: lessons that were given, what clients say of them, and slots
    on offer. As of `last_updated`."""

    instructor = SchoolForeignKey(Instructor, models.CASCADE, related_name="stats")  # an aggregate
    total_calls = models.PositiveIntegerField(default=0)  # bookings that were completed
    average_rating = models.DecimalField(max_digits=3, decimal_places=2, null=True)  # from 1 to 5; null: nobody said
    ratings = models.PositiveIntegerField(default=0)  # how many said
    total_slots = models.PositiveIntegerField(default=0)  # that were ever published
    completed_slots = models.PositiveIntegerField(default=0)  # of them, those with a completed booking
    last_updated = InstantField()

    class Meta(SchoolModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["school", "instructor"], name="instructorstats_instructor"),
            # There is an average as soon as somebody said something.
            models.CheckConstraint(
                condition=Q(ratings=0, average_rating__isnull=True)
                | Q(ratings__gt=0, average_rating__isnull=False, average_rating__range=(1, 5)),
                name="instructorstats_rating",
            ),
            models.CheckConstraint(
                condition=Q(completed_slots__lte=models.F("total_slots")), name="instructorstats_slots"
            ),
        ]

"""Who can sign in to the demo: in each school its office, an instructor, and where there are families a parent."""

import datetime as dt
from functools import cache
from typing import Final
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Count

from schoolbell.access.models import Staff
from schoolbell.accounts.models import User
from schoolbell.accounts.queries import user_by_email
from schoolbell.bookings.models import Booking
from schoolbell.demo.dice import Dice
from schoolbell.demo.sheets import Sheets
from schoolbell.diary.models import Diary
from schoolbell.journal.models import Record
from schoolbell.kit.time import UTC
from schoolbell.people.models import Client, Instructor, Person
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School

PASSWORD = "ring-the-bell"  # noqa: S105 - of the demo, which it is printed for
AREAS = ("office", "teach", "my")
OWNERS: Final = {
    "coding": ("Dana", "Whitfield"),
    "coaching": ("Henrik", "Lorenz"),
    "courses": ("Kavya", "Krishnan"),
    "driving": ("Callum", "Price"),
    "first-aid": ("Harriet", "Armitage"),
}


@cache
def _hashed() -> str:
    """Once for all of them: it takes a while, on purpose, and this password is known to everybody."""
    return make_password(PASSWORD)


def address(area: str, slug: str) -> str:
    return f"{area}@{slug}.example.org"


@transaction.atomic
def add_accounts(school: School, today: dt.date) -> None:
    """The school's owner, its first instructor, and the client with the most bookings. Done once."""
    if user_by_email(address("office", school.slug)):
        return
    accounts = _Accounts(school, today)
    accounts.add_owner()
    instructor = Instructor.objects.of(school).order_by("id").first()
    if instructor:
        accounts.add("teach", instructor.person_id)
    busiest = (
        Booking.objects.of(school)
        .values("client_id")
        .annotate(count=Count("id"))
        .order_by("-count", "client_id")
        .values_list("client_id", flat=True)
        .first()
    )
    if busiest:
        accounts.add("my", Client.objects.of(school).get(id=busiest).person_id)
    accounts.sheets.write()


class _Accounts:
    """What the actions would leave, with ids that repeat themselves."""

    def __init__(self, school: School, today: dt.date) -> None:
        self.school = school
        self.at = dt.datetime.combine(today, dt.time.min, UTC)
        self.dice = Dice(f"accounts of {school.slug} {today}")
        self.sheets = Sheets(school.pk, self.dice)

    def add_owner(self) -> None:
        """With a name, as the pages greet them."""
        user = self._user("office")
        staff = self.sheets.add(Staff, self.at, user_id=user, role=Role.OWNER)
        self._note("staff.added", staff, role=Role.OWNER, user=str(user))
        first, last = OWNERS.get(self.school.slug, ("", ""))
        if last:
            diary = self.sheets.add(Diary, self.at)
            email = address("office", self.school.slug)
            values = {"diary_id": diary, "first_name": first, "last_name": last, "email": email, "user_id": user}
            self._note("person.linked", self.sheets.add(Person, self.at, **values), user=str(user))

    def add(self, area: str, person_id: UUID) -> None:
        user = self._user(area)
        Person.objects.of(self.school).filter(id=person_id).update(user_id=user, updated_at=self.at)
        self._note("person.linked", person_id, user=str(user))

    def _user(self, area: str) -> UUID:
        user = User(id=self.dice.new_id(self.at), email=address(area, self.school.slug), password=_hashed())
        user.save(force_insert=True)
        User.objects.filter(id=user.pk).update(created_at=self.at, updated_at=self.at)
        return user.pk

    def _note(self, name: str, subject_id: UUID, **new: str) -> None:
        self.sheets.add(Record, self.at, name=name, subject_id=subject_id, role="system", new=new)

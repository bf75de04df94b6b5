"""Where a user belongs: the pages that are theirs."""

from dataclasses import dataclass

from schoolbell.access.models import Staff
from schoolbell.accounts.models import User
from schoolbell.people.models import Person
from schoolbell.people.queries import roles_of
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School


@dataclass(frozen=True, slots=True)
class Home:
    """A school, and what a user is there."""

    school: School
    role: Role

    @property
    def url(self) -> str:
        area = {Role.INSTRUCTOR: "teach", Role.CLIENT: "my", Role.STUDENT: "my"}.get(self.role, "office")
        return f"/s/{self.school.slug}/{area}/"


def homes_of(user: User) -> list[Home]:
    """Every area that is a user's, the office first."""
    homes = [
        Home(staff.school, Role(staff.role))
        for staff in Staff.objects.filter(user_id=user.pk).select_related("school").order_by("school__name")
    ]
    for person in Person.objects.filter(user_id=user.pk).select_related("school").order_by("school__name"):
        roles = roles_of(person)
        if Role.INSTRUCTOR in roles:
            homes.append(Home(person.school, Role.INSTRUCTOR))
        if roles & {Role.CLIENT, Role.STUDENT}:
            homes.append(Home(person.school, Role.CLIENT if Role.CLIENT in roles else Role.STUDENT))
    return homes


def home_of(user: User) -> str:
    """The address of the first of them; the front page for somebody who has none."""
    homes = homes_of(user)
    return homes[0].url if homes else "/"

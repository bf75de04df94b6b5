"""Two owners who let each other go in the same moment: one of them stays."""

from threading import Barrier

import pytest

from factories import new_school
from schoolbell.access.models import Staff
from schoolbell.access.staff import LastOwner, add_staff, remove_staff
from schoolbell.accounts.actions import create_user
from schoolbell.schools.actor import SYSTEM, Role
from schoolbell.schools.models import School
from servers import race

pytestmark = pytest.mark.usefixtures("scratch")


def two_owners() -> tuple[School, list[Staff]]:
    school = new_school()
    users = [create_user(f"{name}@example.org", "a-long-way-home") for name in ("ann", "rob")]
    return school, [add_staff(school, user, Role.OWNER, by=SYSTEM) for user in users]


def test_one_owner_stays():
    school, owners = two_owners()
    at_once = Barrier(2)

    def leave(owner: Staff) -> str:
        at_once.wait()
        try:
            remove_staff(owner, by=SYSTEM)
        except LastOwner as refused:
            return refused.code
        return "gone"

    assert sorted(race(leave, owners)) == ["gone", "last_owner"]
    assert Staff.objects.of(school).count() == 1


def test_control_counting_without_a_lock_leaves_nobody():
    school, owners = two_owners()
    both_have_counted = Barrier(2)

    def leave(owner: Staff) -> None:
        others = Staff.objects.of(school).filter(role=Role.OWNER).exclude(id=owner.pk).exists()
        both_have_counted.wait()
        if others:
            Staff.objects.of(school).filter(id=owner.pk).delete()

    race(leave, owners)
    assert Staff.objects.of(school).count() == 0

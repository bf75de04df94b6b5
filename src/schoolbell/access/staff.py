"""Who runs a school."""

from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.access.models import Staff
from schoolbell.accounts.models import User
from schoolbell.journal.actions import record
from schoolbell.kit.database.statements import read
from schoolbell.kit.refusals import InputRefused, NotAllowed, NotFound, Refusal
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows


class AlreadyStaff(Refusal):
    """The user runs the school already."""

    code = "already_staff"
    message = _("This user works in this school's office already.")


class LastOwner(Refusal):
    """A school without an owner could never have one again."""

    code = "last_owner"
    message = _("This is the school's only owner. Add another owner first.")


@transaction.atomic
def add_staff(school: School, user: User, role: Role, *, by: Actor) -> Staff:
    """From now on this user runs the school, as owner or admin. Raises: AlreadyStaff, NotAllowed, InputRefused."""
    if role not in (Role.OWNER, Role.ADMIN):
        raise InputRefused.of("role", _("Choose one of: %s.") % "owner, admin")
    require_may_change(role, by=by)
    staff = Staff(school_id=school.pk, user=user, role=role)
    try:
        with transaction.atomic():
            staff.save(force_insert=True)
    except IntegrityError:
        raise AlreadyStaff(user.pk) from None
    record("staff.added", staff, by=by, new={"role": role, "user": str(user.pk)})
    return staff


@transaction.atomic
def remove_staff(staff: Staff, *, by: Actor) -> None:
    """From now on this user does not run the school. Their login stays, and who else they are here.

    Raises: NotAllowed, LastOwner, NotFound for one who was removed meanwhile.
    """
    owners = Staff.objects.filter(school_id=staff.school_id, role=Role.OWNER).order_by("id")
    locked = list(owners.select_for_update(no_key=True).values_list("id", flat=True))
    current = Staff.objects.filter(school_id=staff.school_id, id=staff.pk).first()
    if current is None:
        raise NotFound(staff.pk)
    require_may_change(Role(current.role), by=by)
    if locked == [current.pk]:
        raise LastOwner(current.pk)
    record("staff.removed", current, by=by, old={"role": current.role, "user": str(current.user_id)})
    Staff.objects.filter(school_id=current.school_id, id=current.pk).delete()


def require_may_change(role: Role, *, by: Actor) -> None:
    """Who is an owner only owners say. Raises NotAllowed."""
    if not by.is_staff or (role == Role.OWNER and by.role == Role.ADMIN):
        raise NotAllowed(role, detail=_("Only an owner adds or removes an owner.") if by.is_staff else None)


def staff_of(school: School) -> SchoolRows[Staff]:
    """Who runs the school, with their logins; owners first."""
    return Staff.objects.of(school).select_related("user").order_by("-role", "user__email")


def staff_role(school: School, user: User) -> Role | None:
    """What this user is in the office; None: not of it. A prepared statement: every page of the office asks."""
    found = read(_ROLE_SQL, {"school_id": school.pk, "user_id": user.pk})
    return Role(found[0][0]) if found else None


_ROLE_SQL: Final = "SELECT role FROM access_staff WHERE school_id = %(school_id)s AND user_id = %(user_id)s"

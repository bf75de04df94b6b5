"""Sign-ins: as whom somebody comes to the pages of a school."""

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.accounts.actions import create_user
from schoolbell.accounts.models import User
from schoolbell.accounts.queries import user_by_email
from schoolbell.journal.actions import record
from schoolbell.kit.refusals import NotAllowed, NotFound, Refusal
from schoolbell.kit.time import now
from schoolbell.people.actions import link_user
from schoolbell.people.models import Client, Instructor, Person, Student
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows


class SignsInAlready(Refusal):
    """The person has a sign-in."""

    code = "signs_in_already"
    message = _("They can sign in already. Take that sign-in away first.")


class AnotherSignsIn(Refusal):
    """The address is that of somebody else of the school."""

    code = "another_signs_in"
    message = _("Somebody else of this school signs in with this address already.")


class SeveralGoBy(Refusal):
    """An address that several people of the school have."""

    code = "several_go_by"
    message = _("Several people have this address.")


@dataclass(frozen=True, slots=True)
class SignIn:
    """`is_new`: the login was made for it; else they had one, and keep its password."""

    user: User
    is_new: bool


def login_for(email: str, password: str) -> SignIn:
    """The login with that address: the one that there is, whose password stays, or a new one.

    Raises InputRefused for an address or a password that is none.
    """
    known = user_by_email(email)
    return SignIn(known, is_new=False) if known else SignIn(create_user(email, password), is_new=True)


@transaction.atomic
def give_sign_in(person: Person, *, email: str, password: str, by: Actor) -> SignIn:
    """From now on they sign in with that address as whoever they are in this school.

    Raises: NotAllowed, InputRefused, SignsInAlready, AnotherSignsIn.
    """
    _require_staff(by)
    current = Person.objects.select_for_update(no_key=True).get(school_id=person.school_id, id=person.pk)
    if current.user_id is not None:
        raise SignsInAlready(current.pk)
    sign_in = login_for(email, password)
    try:
        with transaction.atomic():
            link_user(current, sign_in.user, by=by)
    except IntegrityError:
        raise AnotherSignsIn(email) from None
    return sign_in


@transaction.atomic
def take_sign_in(person: Person, *, by: Actor) -> None:
    """From now on nobody signs in as this person. The login stays, for other schools. Raises: NotAllowed, NotFound."""
    _require_staff(by)
    current = Person.objects.select_for_update(no_key=True).get(school_id=person.school_id, id=person.pk)
    if current.user_id is None:
        raise NotFound(current.pk)
    old = {"user": str(current.user_id)}
    Person.objects.filter(school_id=current.school_id, id=current.pk).update(user=None, updated_at=now())
    record("person.unlinked", current, by=by, old=old)


def sign_ins_of(school: School) -> SchoolRows[Person]:
    """Everybody of the school who can sign in as the person that they are, with their logins."""
    rows = Person.objects.of(school).filter(user__isnull=False)
    return rows.select_related("user").order_by("first_name", "last_name", "organisation", "id")


def person_meant(school: School, *, email: str = "", person_id: UUID | None = None) -> Person:
    """The one with that id (of a person, instructor, client or student), or that address.

    Raises: NotFound, SeveralGoBy.
    """
    rows = Person.objects.of(school)
    if person_id is not None:
        roles = (Instructor, Client, Student)
        meant = {person_id, *(one for role in roles for one in _of_role(role, school, person_id))}
        found = list(rows.filter(id__in=meant)[:1])
    else:
        found = list(rows.filter(email__iexact=email.strip()).order_by("id")[:10])
    if len(found) > 1:
        told = "; ".join(f"{one.name} ({one.pk})" for one in found)
        raise SeveralGoBy(email, detail=_("Several people have this address: %s.") % told)
    if not found:
        raise NotFound(person_id or email)
    return found[0]


def _of_role(role: type[Instructor | Client | Student], school: School, role_id: UUID) -> list[UUID]:
    return list(role.objects.filter(school_id=school.pk, id=role_id).values_list("person_id", flat=True))


def _require_staff(by: Actor) -> None:
    if not by.is_staff:
        raise NotAllowed(by.role)

"""Who books for whom: staff for anybody, clients for their students, students for themselves, guests for whom they
bring."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.refusals import MustBeNamed, NotThisClients
from schoolbell.kit.refusals import InputRefused, NotAllowed, NotFound, NotSignedIn
from schoolbell.people.actions import NamedLater, NewPerson, add_client, add_placeholder, add_student
from schoolbell.people.models import Client, Guardianship, Student
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School


@dataclass(frozen=True, slots=True)
class Named:
    """Who learns and who pays, as somebody named them: people of the school, or new ones. `client` None: who mostly
    pays for the student; of a new student, the client who asks, or the student themselves. Of one who is named later
    the client is known."""

    student: UUID | NewPerson | NamedLater
    client: UUID | NewPerson | None = None
    skill_level: str = ""
    relationship: str = "parent"


@dataclass(frozen=True, slots=True)
class Pair:
    student: Student
    client: Client


def require_guests(school: School, *, by: Actor) -> None:
    """Whoever is not signed in books only where the school takes guests. Raises NotSignedIn."""
    if by.role == Role.GUEST and not school.policies.guests:
        raise NotSignedIn


def require_may_book(student: Student, client: Client, *, by: Actor, is_guardian: bool) -> None:
    """Raises: NotSignedIn (guests book for nobody whom the school knows), NotAllowed, NotFound, NotThisClients."""
    if by.is_staff:
        return
    if by.role == Role.GUEST:
        raise NotSignedIn
    if by.role not in (Role.CLIENT, Role.STUDENT):
        raise NotAllowed(by.role)
    own = client if by.role == Role.CLIENT else student
    if own.person_id != by.person_id:
        raise NotFound(student.pk)
    if not is_guardian:
        raise NotThisClients(student.pk)


def find_or_add(named: Named, *, school: School, by: Actor) -> Pair:
    """Who was named, and may be booked for; the new ones are added. For a transaction: what is refused later is undone.

    Raises what `require_guests` and `require_may_book` raise.
    """
    require_guests(school, by=by)
    if by.role == Role.GUEST and (isinstance(named.student, UUID) or isinstance(named.client, UUID)):
        raise NotSignedIn
    if isinstance(named.student, NamedLater):
        return _with_placeholder(named, school=school, by=by)
    if isinstance(named.student, UUID):
        return _known(named.student, named.client, school=school, by=by)
    return _with_new_student(named.student, named, school=school, by=by)


def find_or_add_beside(who: UUID | NewPerson, client: Client, *, school: School, by: Actor) -> Student:
    """Somebody else whom the client answers for, or somebody new, as in `find_or_add`.

    Raises: NotSignedIn (guests name nobody whom the school knows), NotFound, MustBeNamed, NotAllowed, NotThisClients.
    """
    if isinstance(who, NewPerson):
        student = add_student(who, school=school, by=by, guardian=client)
        if by.role != Role.GUEST:
            require_may_book(student, client, by=by, is_guardian=True)
        return student
    if by.role == Role.GUEST:
        raise NotSignedIn
    found = Student.objects.of(school).filter(id=who).select_related("person").first()
    if found is None:
        raise NotFound(who)
    if found.person.is_placeholder:
        raise MustBeNamed(who)
    bonds = Guardianship.objects.of(school).filter(student_id=found.pk, client_id=client.pk)
    require_may_book(found, client, by=by, is_guardian=bonds.exists())
    return found


def _known(student_id: UUID, named: UUID | NewPerson | None, *, school: School, by: Actor) -> Pair:
    student = Student.objects.of(school).filter(id=student_id).select_related("person").first()
    if student is None:
        raise NotFound(student_id)
    if student.person.is_placeholder:
        raise MustBeNamed(student_id)
    bonds = Guardianship.objects.of(school).filter(student_id=student.pk)
    if named is None:
        bond = bonds.select_related("client").order_by("-is_billing", "id").first()
        if bond is None:
            raise NotFound(student_id)
        client: Client = bond.client
    else:
        client = _client(named, school=school, by=by)
    is_guardian = bonds.filter(client_id=client.pk).exists()
    require_may_book(student, client, by=by, is_guardian=is_guardian)
    return Pair(student, client)


def _with_placeholder(named: Named, *, school: School, by: Actor) -> Pair:
    client = _client_who_asks(named, school=school, by=by)
    if client is None:
        raise InputRefused.of("client", _("Say who pays, and names the student later."))
    if by.role != Role.GUEST and not by.is_staff and client.person_id != by.person_id:
        raise NotFound(client.pk)
    return Pair(add_placeholder(client, by=by, relationship=named.relationship), client)


def _client_who_asks(named: Named, *, school: School, by: Actor) -> Client | None:
    if named.client is not None:
        return _client(named.client, school=school, by=by)
    return Client.objects.of(school).filter(person_id=by.me).first() if by.role == Role.CLIENT else None


def _with_new_student(new: NewPerson, named: Named, *, school: School, by: Actor) -> Pair:
    client = _client_who_asks(named, school=school, by=by)
    student = add_student(
        new,
        school=school,
        by=by,
        skill_level=named.skill_level,
        guardian=client,
        relationship=named.relationship,
    )
    if client is None:
        client = Client.objects.of(school).get(person_id=student.person_id)
    if by.role != Role.GUEST:
        require_may_book(student, client, by=by, is_guardian=True)
    return Pair(student, client)


def _client(named: UUID | NewPerson, *, school: School, by: Actor) -> Client:
    if isinstance(named, NewPerson):
        return add_client(named, school=school, by=by)
    client = Client.objects.of(school).filter(id=named).first()
    if client is None:
        raise NotFound(named)
    return client

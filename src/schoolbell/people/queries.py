"""Reads of people, and who may see whom."""

import re
from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import CharField, F, Func, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from schoolbell.accounts.models import User
from schoolbell.kit.database.statements import read
from schoolbell.kit.refusals import InputRefused, NotFound
from schoolbell.people.models import Client, Guardianship, Instructor, Person, Student
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows

WRITTEN_AS_NUMBER: Final = re.compile(r"[0-9 +()./-]*")


def clients_seen_by(actor: Actor, school: School) -> SchoolRows[Client]:
    """Staff see all clients; a client themselves; a student who answers for them; others nobody."""
    rows = Client.objects.of(school).select_related("person")
    if actor.is_staff:
        return rows
    if actor.role == Role.CLIENT:
        return rows.filter(person_id=actor.me)
    if actor.role == Role.STUDENT:
        return rows.filter(guardianships__student__person_id=actor.me)
    return rows.none()


def clients_at(email: str, school: School, *, apart_from: Client) -> SchoolRows[Client]:
    """Others whose e-mail address is the same, whatever its capitals; nobody where there is none."""
    rows = Client.objects.of(school).filter(person__archived_at__isnull=True, person__email__iexact=email)
    rows = rows.exclude(id=apart_from.pk).select_related("person").order_by("id")
    return rows if email else rows.none()


def guardianships_of(students: Sequence[Student], *, with_person: bool = False) -> dict[UUID, list[Guardianship]]:
    """Per student, who answers for them; the primary one first. On request with the clients' persons."""
    found: dict[UUID, list[Guardianship]] = {student.pk: [] for student in students}
    if students:
        rows = Guardianship.objects.filter(school_id=students[0].school_id, student_id__in=list(found))
        if with_person:
            rows = rows.select_related("client__person")
        for bond in rows.order_by("-is_primary", "id"):
            found[bond.student_id].append(bond)
    return found


def payer_of(student: Student) -> Client:
    """Who pays for a student where nobody else is named, with school and person. Raises InputRefused."""
    bonds = Guardianship.objects.filter(school_id=student.school_id, student_id=student.pk, is_billing=True)
    bond = bonds.select_related("client__person", "client__school").order_by("-is_primary", "id").first()
    if bond is None:
        raise InputRefused.of("student", _("Nobody pays for this student yet."))
    payer: Client = bond.client
    return payer


def person_behind(school: School, role: str, role_id: UUID) -> UUID:
    """The id of the person that this instructor, client or student is. Raises NotFound."""
    roles: dict[str, type[Instructor | Client | Student]] = {
        Role.INSTRUCTOR: Instructor,
        Role.CLIENT: Client,
        Role.STUDENT: Student,
    }
    found = roles[role].objects.filter(school_id=school.pk, id=role_id).first() if role in roles else None
    if found is None:
        raise NotFound(role_id)
    person_id: UUID = found.person_id
    return person_id


def person_of(school: School, user: User) -> Person | None:
    """Who this user is in this school."""
    return Person.objects.of(school).filter(user_id=user.pk).first()


def roles_of(person: Person) -> frozenset[Role]:
    """What a person is: client, student, instructor, or several of them. One prepared statement: every page asks."""
    ((*is_one,),) = read(_ROLES_SQL, {"school_id": person.school_id, "person_id": person.pk})
    roles = (Role.INSTRUCTOR, Role.CLIENT, Role.STUDENT)
    return frozenset(role for role, is_it in zip(roles, is_one, strict=True) if is_it)


_ROLES_SQL: Final = """
    SELECT EXISTS (SELECT FROM people_instructor WHERE school_id = %(school_id)s AND person_id = %(person_id)s),
           EXISTS (SELECT FROM people_client WHERE school_id = %(school_id)s AND person_id = %(person_id)s),
           EXISTS (SELECT FROM people_student WHERE school_id = %(school_id)s AND person_id = %(person_id)s)
"""


def people_matching(school: School, text: str) -> SchoolRows[Person]:
    """Whose name, e-mail address or phone number holds the text. Only what is written as a number is looked for among
    numbers: of it the figures count, and not the first zero, which abroad is another one."""
    text = " ".join(text.replace("\0", " ").split())
    matching = Q(searched_name__icontains=text) | Q(organisation__icontains=text) | Q(email__icontains=text)
    figures = re.sub(r"\D", "", text).lstrip("0")
    if WRITTEN_AS_NUMBER.fullmatch(text) and len(figures) >= 3:
        matching |= Q(phone__gt="") & Q(searched_phone__contains=figures)
    searched: SchoolRows[Any] = Person.objects.of(school).alias(
        searched_name=Concat("first_name", Value(" "), "last_name"),
        searched_phone=Func(
            F("phone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace", output_field=CharField()
        ),
    )
    return searched.filter(matching)


def students_of(clients: Sequence[Client]) -> dict[UUID, list[Student]]:
    """Per client, whom they answer for, in the order in which they came; without those who are named later."""
    found: dict[UUID, list[Student]] = {client.pk: [] for client in clients}
    if clients:
        for bond in (
            Guardianship.objects.filter(school_id=clients[0].school_id, client_id__in=list(found))
            .filter(student__person__is_placeholder=False)
            .select_related("student__person")
            .order_by("id")
        ):
            found[bond.client_id].append(bond.student)
    return found


def names_of_users(school: School, user_ids: Collection[UUID]) -> dict[UUID, str]:
    """By what name the school knows these users: their own name, or else the address they sign in with."""
    names = dict(User.objects.filter(id__in=list(user_ids)).values_list("id", "email"))
    for person in Person.objects.of(school).filter(user_id__in=list(names)):
        if person.user_id:
            names[person.user_id] = person.name
    return names


def payer_for(actor: Actor, school: School, students: Sequence[Student]) -> Client | None:
    """The client who pays when this person books: a client themselves, for a student whoever pays for them."""
    rows = clients_seen_by(actor, school).select_related("school", "person")
    if actor.role == Role.STUDENT:
        rows = rows.filter(guardianships__student__in=[one.pk for one in students], guardianships__is_billing=True)
    return rows.order_by("id").first()


def instructors_by_diary(school: School, diaries: Collection[UUID]) -> dict[UUID, Instructor]:
    """Of these diaries those that are an instructor's, and whose."""
    rows = Instructor.objects.of(school).filter(person__diary_id__in=set(diaries)).select_related("person")
    return {one.person.diary_id: one for one in rows}

"""Choosing one of many people: who may be chosen, and who of them is meant by what was typed.

Looked for are first those of whose name or e-mail address every word that was typed begins a word, whatever signs
stand between: an index knows them (`person_words`). Where it knows nobody, everybody of the school is read, as in the
office's lists.
"""

from typing import Any, Final, TypeVar

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, Q, QuerySet, When

from schoolbell.people.models import PERSON_WORDS, Client, Guardianship, Person, Student
from schoolbell.people.queries import people_matching
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows

R = TypeVar("R", Student, Client)

MOST_LETTERS: Final = 200  # nobody's name or address is longer
FEW: Final = 500
BY_NAME: Final = ("person__first_name", "person__last_name", "person__organisation", "id")


def students_to_choose(school: School) -> SchoolRows[Student]:
    """Those who can be booked for."""
    rows = Student.objects.of(school).filter(status=Student.Status.ACTIVE)
    return rows.filter(person__archived_at__isnull=True, person__is_placeholder=False).select_related("person")


def clients_to_choose(school: School) -> SchoolRows[Client]:
    """Those who can book and pay."""
    rows = Client.objects.of(school).filter(person__archived_at__isnull=True, person__is_placeholder=False)
    return rows.select_related("person")


def meant(rows: SchoolRows[R], school: School, text: str, *, most: int) -> list[R]:
    """Of these at most so many who are found by their name, e-mail address or phone number, and students by those of
    whoever answers for them. Whose own name begins with it come first; then by name. Without a text: any of them.
    A letter alone is too little to sort a whole school by: any whose words begin with it."""
    words = text.replace("\0", " ").split()
    if sum(map(len, words)) > MOST_LETTERS:
        return []
    if not words:
        return list(rows.order_by(*BY_NAME)[:most])
    if len(words) == 1 and len(words[0]) == 1:
        begun = _whose_words_begin(school, words).values("id")
        if some := list(rows.filter(person_id__in=begun)[:most]):
            return sorted(some, key=lambda one: one.person.name)
    begins = Q(person__first_name__istartswith=words[0]) | Q(person__last_name__istartswith=words[0])
    found = rows.order_by(
        Case(When(begins | Q(person__organisation__istartswith=words[0]), then=0), default=1), *BY_NAME
    )
    if some := list(found.filter(id__in=_who_are(rows, school, _whose_words_begin(school, words)))[:most]):
        return some
    people = people_matching(school, text)
    few = list(people.values_list("id", flat=True)[: FEW + 1])
    if 0 < len(few) <= FEW:  # everybody was read once; to ask for students by them would do so twice more
        people = Person.objects.of(school).filter(id__in=few)
    return list(found.filter(id__in=_who_are(rows, school, people))[:most]) if few else []


def _whose_words_begin(school: School, words: list[str]) -> SchoolRows[Person]:
    """Every one of these words begins a word of their name or e-mail address."""
    quoted = (word.replace("\\", "\\\\").replace("'", "''") for word in words)
    query = SearchQuery(" & ".join(f"'{word}':*" for word in quoted), search_type="raw", config="simple")
    people: SchoolRows[Any] = Person.objects.of(school).alias(words=PERSON_WORDS).filter(words=query)
    return people


def _who_are(rows: SchoolRows[R], school: School, people: SchoolRows[Person]) -> QuerySet[Any, Any]:
    """The ids of those who are one of these people; of students also whose client is."""
    ids = people.values("id")
    themselves = rows.model.objects.of(school).filter(person_id__in=ids).values("id")
    if rows.model is not Student:
        return themselves
    return themselves.union(Guardianship.objects.of(school).filter(client__person_id__in=ids).values("student_id"))

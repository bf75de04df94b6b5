"""Writing down what happened. Called inside the transaction of the deed."""

from typing import Any
from uuid import UUID

from schoolbell.journal.models import Outbox, Record
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolModel


def record(
    name: str,
    subject: SchoolModel | School,
    *,
    by: Actor,
    student_id: UUID | None = None,
    client_id: UUID | None = None,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
) -> None:
    """Keep that `name` (noun.verb) happened to `subject`. `old` and `new` hold ids, states and amounts only."""
    Record(
        school_id=subject.pk if isinstance(subject, School) else subject.school_id,
        name=name,
        subject_id=subject.pk,
        student_id=student_id,
        client_id=client_id,
        role=by.role,
        who=by.who,
        ip=by.ip,
        user_agent=by.user_agent[:300],
        old=old or {},
        new=new or {},
    ).save(force_insert=True)


def tell(name: str, subject: SchoolModel, *, about: SchoolModel | None = None) -> None:
    """Leave word for the worker, which passes it on to people and programs. Where the subject is who is told, it is
    `about` something."""
    about_id = about.pk if about else None
    Outbox(school_id=subject.school_id, name=name, subject_id=subject.pk, about_id=about_id).save(force_insert=True)

"""Reads of what happened."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from schoolbell.journal.models import Record
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows


def records_of(school: School, subject_ids: Collection[UUID]) -> SchoolRows[Record]:
    """What happened to these things, the latest first."""
    return Record.objects.of(school).filter(subject_id__in=list(subject_ids)).order_by("-created_at", "-id")


def records_about(
    school: School, *, client_id: UUID | None = None, student_ids: Collection[UUID] = ()
) -> SchoolRows[Record]:
    """What happened with this client or these students, the latest first."""
    about = Q(student_id__in=list(student_ids))
    if client_id:
        about |= Q(client_id=client_id)
    return Record.objects.of(school).filter(about).order_by("-id")

"""Reads of time off: what is asked for, and what is still to come."""

from collections.abc import Collection
from uuid import UUID

from schoolbell.diary.models import TimeOff
from schoolbell.kit.time import Stretch, now
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows


def times_off_ahead(school: School) -> SchoolRows[TimeOff]:
    """What is not over, in order of time; what was withdrawn is not among it."""
    ahead = TimeOff.objects.of(school).filter(ends_at__gt=now()).exclude(status=TimeOff.Status.WITHDRAWN)
    return ahead.order_by("starts_at", "id")


def requests_waiting(school: School) -> SchoolRows[TimeOff]:
    """Asked for, not decided and not over."""
    return times_off_ahead(school).filter(status=TimeOff.Status.REQUESTED)


def times_off_within(school: School, within: Stretch, diaries: Collection[UUID]) -> SchoolRows[TimeOff]:
    """What was approved of these diaries and meets the stretch, in order of time."""
    rows = TimeOff.objects.of(school).filter(status=TimeOff.Status.APPROVED, diary_id__in=list(diaries))
    return rows.filter(starts_at__lt=within.ends_at, ends_at__gt=within.starts_at).order_by("starts_at", "id")

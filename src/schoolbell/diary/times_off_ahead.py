"""Reads of time off: what is asked for, and what is still to come."""

from schoolbell.diary.models import TimeOff
from schoolbell.kit.time import now
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows


def times_off_ahead(school: School) -> SchoolRows[TimeOff]:
    """What is not over, in order of time; what was withdrawn is not among it."""
    ahead = TimeOff.objects.of(school).filter(ends_at__gt=now()).exclude(status=TimeOff.Status.WITHDRAWN)
    return ahead.order_by("starts_at", "id")


def requests_waiting(school: School) -> SchoolRows[TimeOff]:
    """Asked for, not decided and not over."""
    return times_off_ahead(school).filter(status=TimeOff.Status.REQUESTED)

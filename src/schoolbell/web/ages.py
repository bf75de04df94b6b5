"""What a course has against somebody's age, in words before anything is booked."""

import datetime as dt

from django.utils.translation import gettext as _

from schoolbell.bookings.refusals import AgeNotAllowed
from schoolbell.bookings.rules import require_age
from schoolbell.catalogue.models import Course
from schoolbell.people.models import Student


def unsuited_words(student: Student, course: Course, *, on: dt.datetime, timezone: str) -> str:
    """Mostly nothing. By the rule that the booking itself will ask."""
    try:
        require_age(student, course, on=on, timezone=timezone)
    except AgeNotAllowed as refusal:
        return _("%(name)s: %(why)s") % {"name": student.person.name, "why": refusal.detail}
    return ""

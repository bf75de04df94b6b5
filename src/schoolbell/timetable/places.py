"""Which places a lesson may be put in from now on. What is there already stays."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from schoolbell.catalogue.models import Course
from schoolbell.kit.refusals import InputRefused
from schoolbell.timetable.models import Resource


def require_in_use(place: Resource | None, *, unless: UUID | None = None) -> None:
    """Nothing new goes where nothing is given any more; `unless` it is there already. Raises InputRefused."""
    if place is not None and place.pk != unless and not place.is_active:
        raise InputRefused.of("resource", _("This place is not used any more. Choose another."))


def require_place(course: Course, place: Resource | None) -> None:
    """Lessons on demand and every week: in use, and of the kind that the course needs. Raises InputRefused."""
    require_in_use(place)
    if place is not None and course.resource_kind not in ("", place.kind):
        raise InputRefused.of("resource", _("This is not what lessons of this course are given in."))

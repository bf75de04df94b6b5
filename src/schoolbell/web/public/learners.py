"""For whom somebody looks for a time: those whom a client answers for, and the one that was chosen among them."""

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from schoolbell.bookings.queries import students_seen_by
from schoolbell.people.models import Student
from schoolbell.schools.actor import Role
from schoolbell.web.entry import Visit

ANYBODY: Final = "any"


def learners_of(visit: Visit) -> list[Student]:
    """By name; a guest has none."""
    if visit.actor.role == Role.GUEST:
        return []
    return sorted(students_seen_by(visit.actor, visit.school), key=lambda one: (one.person.name, one.pk))


def learner_asked(visit: Visit, learners: Sequence[Student]) -> Student | None:
    """Whom the address names; where it names nobody, the only one there is."""
    asked = visit.request.GET.get("student", "")
    if not asked and len(learners) == 1:
        return learners[0]
    return next((one for one in learners if str(one.pk) == asked), None)


def learner_said(learner: Student | None, learners: Sequence[Student]) -> str:
    """How an address names who was chosen, so that it says the same however many there are by then."""
    return str(learner.pk) if learner else ANYBODY if learners else ""


def learner_options(learners: Sequence[Student]) -> list[tuple[str, str]]:
    """For a list to choose from; the first is anybody."""
    return [(ANYBODY, _("Anybody")), *((str(one.pk), one.person.name) for one in learners)]

"""What a course decides otherwise than its school."""

from typing import Any

from django.db import transaction

from schoolbell.catalogue.actions import sound_overrides
from schoolbell.catalogue.models import Course
from schoolbell.journal.actions import record
from schoolbell.kit.time import now
from schoolbell.schools.actor import Actor


@transaction.atomic
def change_overrides(course: Course, overrides: dict[str, Any], *, by: Actor) -> Course:
    """From now on the course decides exactly these policies for itself, and the school all others. What was booked
    before keeps what held then. Changing nothing records nothing. Raises InputRefused.
    """
    locked = Course.objects.select_for_update(no_key=True, of=("self",)).select_related("school")
    current = locked.get(school_id=course.school_id, id=course.pk)
    wanted = sound_overrides(overrides)
    old = current.overrides
    if wanted == old:
        return current
    current.former_overrides = [*current.former_overrides, former(old)]
    current.overrides = wanted
    current.save()
    record("course.overrides_changed", current, by=by, old={"overrides": old}, new={"overrides": wanted})
    return current


def former(overrides: dict[str, Any]) -> dict[str, Any]:
    """An entry of `Course.former_overrides`: these were the course's until now."""
    return {"until": now().isoformat(), "was": overrides}

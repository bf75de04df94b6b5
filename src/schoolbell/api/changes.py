"""A change of lessons that repeat, from a day on: how it is asked for, and how its preview is shown."""

import datetime as dt
from typing import Annotated, Any

from pydantic import Field

from schoolbell.api.lessons import show_clash, show_planned, show_students
from schoolbell.api.types import Day, Input, shown
from schoolbell.bookings.models import Booking
from schoolbell.kit.time import local_day, now, zone
from schoolbell.people.models import Student
from schoolbell.planning.occurrences import Becomes, ChangedOccurrence
from schoolbell.planning.series import Changed
from schoolbell.timetable.models import Series


class WaysIn(Input):
    """How far a change goes, and what it may go against."""

    first_day: Day | None = Field(None, description="This and all that follow. Without it: all from today on.")
    waive_students: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="A student's clash stands: they are told, and may change or cancel free of charge."
    )
    despite_rules: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="Whatever opening hours and the rules between lessons say."
    )
    leave_clashing: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="What cannot go along stays when and as it is. Without it: nothing is done."
    )
    dry_run: Annotated[bool, Field(strict=True)] = Field(default=False, description="A preview: nothing is written.")

    @property
    def ways(self) -> dict[str, bool]:
        return {name: getattr(self, name) for name in ("waive_students", "despite_rules", "leave_clashing")}


class DayIn(Input):
    day: Day


def first_day_of(body: WaysIn, series: Series) -> dt.date:
    return body.first_day or local_day(now(), zone(series.timezone))


def show_changed(changed: Changed) -> dict[str, Any]:
    return {
        "lessons": [_show(one) for one in changed.ahead],
        "added": show_planned(changed.added),
        "first_on": changed.first_on.isoformat(),
    }


def show_left(booking: Booking, student: Student) -> dict[str, Any]:
    """A class in which they have no seat from then on."""
    session = booking.session
    return {
        "session": str(session.pk),
        "occurrence_on": session.occurrence_on.isoformat() if session.occurrence_on else None,
        "starts_at": shown(session.starts_at),
        "ends_at": shown(session.ends_at),
        "becomes": Becomes.CANCELLED.value,
        "new_occurrence_on": None,
        "new_starts_at": None,
        "new_ends_at": None,
        "students": show_students([student]),
        "is_crowded": False,
        "clashes": [],
    }


def _show(one: ChangedOccurrence) -> dict[str, Any]:
    move = one.move or one.now
    return {
        "session": str(one.session.pk),
        "occurrence_on": one.session.occurrence_on.isoformat() if one.session.occurrence_on else None,
        "starts_at": shown(one.session.starts_at),
        "ends_at": shown(one.session.ends_at),
        "becomes": one.becomes.value,
        "new_occurrence_on": one.day.isoformat() if one.day else None,
        "new_starts_at": shown(move.slots[0].starts_at) if one.day else None,
        "new_ends_at": shown(move.slots[-1].ends_at) if one.day else None,
        "students": show_students(one.students),
        "is_crowded": one.is_crowded,
        "clashes": [show_clash(clash) for clash in one.clashes],
    }

"""Time off that takes its time: lessons that nobody paid for in time are not in its way."""

from uuid import UUID

from schoolbell.bookings.holds import Reach, expire_overdue_holds
from schoolbell.diary import time_off as own
from schoolbell.diary.models import Diary, TimeOff
from schoolbell.kit.database.collisions import in_one_go
from schoolbell.kit.time import Stretch
from schoolbell.schools.actor import Actor


@in_one_go
def enter_time_off(diary: Diary, during: Stretch, *, by: Actor, reason: str = "") -> TimeOff:
    """As `diary.time_off.enter_time_off`."""
    _clear(diary.school_id, diary.pk, during)
    return own.enter_time_off(diary, during, reason=reason, by=by)


@in_one_go
def approve_time_off(time_off: TimeOff, *, by: Actor) -> TimeOff:
    """As `diary.time_off.approve_time_off`."""
    _clear(time_off.school_id, time_off.diary_id, time_off.during)
    return own.approve_time_off(time_off, by=by)


def _clear(school_id: UUID, diary_id: UUID, during: Stretch) -> None:
    expire_overdue_holds(in_the_way_of=Reach(school_id, (), ((diary_id, during),)))

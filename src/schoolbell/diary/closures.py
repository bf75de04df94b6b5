"""Days on which the school is closed."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.diary.keeping import change_hours
from schoolbell.diary.models import Closure
from schoolbell.diary.refusals import HolidayIsFollowed
from schoolbell.journal.actions import record
from schoolbell.kit.database.statements import read
from schoolbell.kit.refusals import InputRefused, NotFound
from schoolbell.kit.time import Stretch, cut, day_starts, local_day, now, union
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.schools.queries import lock_school
from schoolbell.schools.rows import SchoolRows

LONGEST = dt.timedelta(days=366)


def closed_stretches(school: School, within: Stretch) -> list[Stretch]:
    """When the school is closed, cut to `within`, in order and without overlaps. What is kept open is not in it."""
    return cut(union(during for during, _name in closed_on(school, within)), within)


def closed_on(school: School, within: Stretch) -> list[tuple[Stretch, str]]:
    """When the school is closed in some of that stretch, and why, in order. What is kept open is not in it."""
    first, last = (local_day(at, school.zone) for at in within)
    rows = read(_CLOSED_SQL, {"school_id": school.pk, "first": first, "last": last})
    found = [(times_of(school, first, last), name) for first, last, name in rows]
    return [(during, name) for during, name in found if during and during.overlaps(within)]


def closures_within(school: School, within: Stretch) -> list[tuple[Stretch, Closure]]:
    """Those that close the school in some of that stretch, and when, in order."""
    rows = Closure.objects.of(school).filter(
        kept_open_at__isnull=True,
        first_day__lte=local_day(within.ends_at, school.zone),
        last_day__gte=local_day(within.starts_at, school.zone),
    )
    found = [(times_of(school, one.first_day, one.last_day), one) for one in rows.order_by("first_day", "id")]
    return [(during, one) for during, one in found if during and during.overlaps(within)]


_CLOSED_SQL = """
    SELECT first_day, last_day, name FROM diary_closure
    WHERE school_id = %(school_id)s AND kept_open_at IS NULL AND first_day <= %(last)s AND last_day >= %(first)s
    ORDER BY first_day, last_day, id
"""


def times_of(school: School, first_day: dt.date, last_day: dt.date) -> Stretch | None:
    """From the start of the first day to the end of the last; None if there never were such days in its zone."""
    starts_at, ends_at = day_starts(first_day, school.zone), day_starts(last_day + dt.timedelta(days=1), school.zone)
    return Stretch(starts_at, ends_at) if starts_at < ends_at else None


def closures_ahead(school: School, *, today: dt.date) -> SchoolRows[Closure]:
    """Those that are not over on that day, in order of time, kept open or not."""
    return Closure.objects.of(school).filter(last_day__gte=today).order_by("first_day", "last_day", "id")


@transaction.atomic
def add_closure(school: School, first_day: dt.date, last_day: dt.date, name: str, *, by: Actor) -> Closure:
    """Close the school on these days, both included. Lessons that are booked then stay until somebody moves them.

    Raises InputRefused.
    """
    if not name.strip():
        raise InputRefused.of("name", _("Say why the school is closed, such as Half term."))
    if last_day < first_day:
        raise InputRefused.of("last_day", _("The last day is before the first."))
    if last_day - first_day >= LONGEST:
        raise InputRefused.of("last_day", _("A closure lasts a year at most."))
    change_hours(school.pk)
    lock_school(school.pk)
    for other in Closure.objects.of(school).filter(
        holiday="", kept_open_at__isnull=True, first_day__lte=last_day, last_day__gte=first_day
    ):
        raise InputRefused.of("first_day", _("The school is closed then already: %s.") % other.name)
    closure = Closure(school_id=school.pk, first_day=first_day, last_day=last_day, name=name.strip())
    closure.save(force_insert=True)
    record("closure.added", closure, by=by, new=_days(closure))
    return closure


@transaction.atomic
def remove_closure(closure: Closure, *, by: Actor) -> None:
    """Raises: HolidayIsFollowed, NotFound where it is gone already."""
    if closure.holiday:
        raise HolidayIsFollowed(closure.pk)
    gone, _tables = Closure.objects.filter(school_id=closure.school_id, id=closure.pk).delete()
    if not gone:
        raise NotFound(closure.pk)
    record("closure.removed", closure, by=by, old=_days(closure))


@transaction.atomic
def keep_open(closure: Closure, *, by: Actor) -> Closure:
    """Teach on these days after all. What is kept open stays so when the list of holidays is renewed."""
    return _keep(closure, is_open=True, by=by)


@transaction.atomic
def close_again(closure: Closure, *, by: Actor) -> Closure:
    """Keep these days closed after all."""
    return _keep(closure, is_open=False, by=by)


def _keep(closure: Closure, *, is_open: bool, by: Actor) -> Closure:
    change_hours(closure.school_id)
    current = Closure.objects.select_for_update(no_key=True).filter(school_id=closure.school_id, id=closure.pk).first()
    if current is None:
        raise NotFound(closure.pk)
    if current.is_kept_open == is_open:
        return current
    current.kept_open_at, current.kept_open_by = (now(), by.who) if is_open else (None, None)
    current.save()
    record("closure.kept_open" if is_open else "closure.closed_again", current, by=by, new=_days(current))
    return current


def _days(closure: Closure) -> dict[str, str]:
    return {"first_day": closure.first_day.isoformat(), "last_day": closure.last_day.isoformat()}

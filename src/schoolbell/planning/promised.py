"""What series will take that nobody has put on the timetable yet: it lies ahead of that, and is promised all the same.

Customers book further ahead (policy furthest_ahead_days) than series are put there (weekly_ahead_days). Whoever comes
every week has their time all the while, and so has a class; a day that is left out on purpose is free.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from uuid import UUID

from schoolbell.bookings.models import Enrollment
from schoolbell.kit.database.statements import read
from schoolbell.kit.time import Stretch, local_day
from schoolbell.planning.plans import Plan
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, SeriesStaffing, SkippedOccurrence
from schoolbell.timetable.recurrence import occurrence_days

DAY = dt.timedelta(days=1)


def promised(
    school: School, first: dt.date, last: dt.date, *, apart_from: Collection[UUID] = ()
) -> Iterator[tuple[UUID, dt.date, Stretch]]:
    """Occurrences on these days, both included, that are not on the timetable yet: each diary that one needs, its day
    and its time. `apart_from` are series that do not count. One query where there are none."""
    own = {"school_id": school.pk, "first": first, "last": last, "apart_from": list(apart_from)}
    ids = [key for (key,) in read(_SERIES_SQL, own)]
    if not ids:  # as nearly always: what is asked for is on the timetable
        return
    series = Series.objects.of(school).select_related("resource").in_bulk(ids)
    diaries = _diaries(school, series)
    left_out = set(
        SkippedOccurrence.objects.of(school)
        .filter(series_id__in=list(series), reason=SkippedOccurrence.Reason.CANCELLED)
        .values_list("series_id", "occurrence_on")
    )
    for key, one in series.items():
        begin = max(first, one.generated_until + DAY) if one.generated_until else first
        plan = Plan(one, (), None)
        for day in occurrence_days(one, begin, last):
            if (key, day) not in left_out:
                for diary_id in diaries[key]:
                    yield diary_id, day, plan.during(day)


_SERIES_SQL = """
    SELECT id FROM timetable_series
    WHERE school_id = %(school_id)s AND (generated_until IS NULL OR generated_until < %(last)s)
      AND (ends_on IS NULL OR ends_on >= %(first)s) AND starts_on <= %(last)s
      AND id <> ALL(%(apart_from)s::uuid[])
    ORDER BY id
"""


def _diaries(school: School, series: Mapping[UUID, Series]) -> dict[UUID, list[UUID]]:
    """Of who teaches, of the place, and of who learns, where that is one student or has a seat in every class."""
    found = {key: [one.resource.diary_id] if one.resource else [] for key, one in series.items()}
    staffing = SeriesStaffing.objects.of(school).filter(series_id__in=list(series))
    for series_id, diary_id in staffing.values_list("series_id", "instructor__person__diary_id"):
        found[series_id].append(diary_id)
    enrolled = Enrollment.objects.of(school).filter(series_id__in=list(series))
    enrolled = enrolled.exclude(in_class=True, status__in=("ended", "cancelled"))
    for series_id, diary_id in enrolled.values_list("series_id", "student__person__diary_id"):
        found[series_id].append(diary_id)
    return found


def taken_by_series(
    school: School, within: Stretch, diaries: Iterable[UUID], *, apart_from: Collection[UUID] = ()
) -> dict[UUID, list[Stretch]]:
    """Of these diaries, what is promised within the stretch, in order; nothing of those that have nothing."""
    wanted = set(diaries)
    days = [local_day(at, school.zone) for at in (within.starts_at - DAY, within.ends_at + DAY)]  # in whatever zone
    found: dict[UUID, list[Stretch]] = {}
    for diary_id, _day, during in promised(school, *days, apart_from=apart_from):
        if diary_id in wanted and during.overlaps(within):
            found.setdefault(diary_id, []).append(during)
    return {diary_id: sorted(stretches) for diary_id, stretches in found.items()}

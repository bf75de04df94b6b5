"""A calendar that somebody of the demo keeps elsewhere, as it was when it was last read.

Its address leads nowhere (RFC 2606 keeps `.invalid` for that), and nobody asks there before the day is over.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from schoolbell.demo.plan import Teacher
from schoolbell.demo.session_rows import range_of
from schoolbell.demo.sheets import Sheets
from schoolbell.demo.weeks import TakenTimes, Weeks
from schoolbell.diary.models import Claim, OutsideCalendar, OutsideEvent
from schoolbell.journal.models import Record
from schoolbell.kit.time import Stretch

NEXT_TRY: Final = dt.timedelta(days=1)


def subscribe(
    sheets: Sheets,
    weeks: Weeks,
    taken: TakenTimes,
    teacher: Teacher,
    *,
    name: str,
    url: str,
    events: Iterable[tuple[str, Stretch]],
) -> None:
    """`events` by their uid. One that meets a lesson is left out, as if it had been put elsewhere."""
    at = weeks.ago(4)
    calendar_id = sheets.add(
        OutsideCalendar,
        at,
        diary_id=teacher.diary_id,
        name=name,
        url=url,
        timezone=weeks.where.key,
        tried_at=weeks.now + NEXT_TRY,
        fetched_at=weeks.now,
        read_at=weeks.now,
    )
    sheets.add(
        Record,
        at,
        name="outside_calendar.subscribed",
        subject_id=calendar_id,
        role="instructor",
        new={"diary": str(teacher.diary_id)},
    )
    for uid, during in events:
        if taken.take([teacher.diary_id], [during]):
            sheets.add(
                OutsideEvent,
                weeks.now,
                calendar_id=calendar_id,
                uid=uid,
                recurrence=during.starts_at.isoformat(),
                starts_at=during.starts_at,
                ends_at=during.ends_at,
            )
            sheets.add(
                Claim,
                weeks.now,
                diary_id=teacher.diary_id,
                kind=Claim.Kind.BUSY,
                during=range_of(during),
                source=calendar_id,
            )

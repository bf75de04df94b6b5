"""Opening hours drawn: the coming seven days of a diary, as ribbons."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from schoolbell.diary.hours import open_stretches
from schoolbell.diary.models import OpeningHours
from schoolbell.kit.time import Stretch, days
from schoolbell.schools.models import School
from schoolbell.web.office.periods import monday, stretch_of, today


@dataclass(frozen=True, slots=True)
class DrawnDay:
    day: dt.date
    stretches: Sequence[Stretch]


@dataclass(frozen=True, slots=True)
class DrawnWeek:
    """This week's opening hours, a ribbon a day. `hours` is the part of the day that holds all of them."""

    days: Sequence[DrawnDay]
    hours: str

    @property
    def total(self) -> int:
        """Minutes."""
        return sum(stretch.minutes for one in self.days for stretch in one.stretches)


def drawn_week(school: School, diaries: Collection[UUID]) -> dict[UUID, DrawnWeek]:
    """Per diary. One query, however many there are."""
    rules: dict[UUID, list[OpeningHours]] = {diary_id: [] for diary_id in diaries}
    for rule in OpeningHours.objects.of(school).filter(diary_id__in=list(rules)):
        rules[rule.diary_id].append(rule)
    first = monday(today(school))
    return {diary_id: _drawn(own, first, school) for diary_id, own in rules.items()}


def _drawn(rules: Sequence[OpeningHours], first: dt.date, school: School) -> DrawnWeek:
    found = [
        DrawnDay(day, open_stretches(rules, stretch_of(school, day)))
        for day in days(first, first + dt.timedelta(days=6))
    ]
    clocks = [
        (stretch.starts_at.astimezone(school.zone), stretch.ends_at.astimezone(school.zone))
        for one in found
        for stretch in one.stretches
    ]
    begin = min([8, *(starts.hour for starts, _ends in clocks)])
    end = max([18, *(24 if ends.date() > starts.date() else ends.hour + (ends.minute > 0) for starts, ends in clocks)])
    return DrawnWeek(found, f"{begin}-{end}")

"""What the calendar shades: closed days, time off, and what lies outside opening hours."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from schoolbell.diary.closures import closed_on
from schoolbell.diary.opening import Opening
from schoolbell.diary.times_off_ahead import times_off_within
from schoolbell.kit.time import Stretch, common, cut, less, union
from schoolbell.web.entry import Visit
from schoolbell.web.office.periods import stretch_of
from schoolbell.web.templatetags.words import clock


@dataclass(frozen=True, slots=True)
class Shade:
    """`kind` is closed (the school is), off (somebody is away), or shut: outside opening hours, which has no words."""

    during: Stretch
    kind: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Shading:
    """`diaries` are those of the columns, by their keys. Of a column without one the school's own time counts."""

    visit: Visit
    opening: Opening
    diaries: Mapping[str, UUID]
    closures: Sequence[tuple[Stretch, str]]
    off: Mapping[UUID, Sequence[Stretch]] = field(default_factory=dict)

    def of(self, key: str, day: dt.date) -> list[Shade]:
        """In order of time, cut to the day, and nothing twice."""
        whole, diary = self._day(day), self.diaries.get(key)
        closed = [Shade(during, "closed", words) for during, words in self._closed(whole)]
        away = less(cut(self.off.get(diary, []), whole) if diary else [], [one.during for one in closed])
        found = [*closed, *(Shade(during, "off", _("Time off")) for during in away)]
        opened = self.opening.times([diary] if diary else [])
        shut = less([whole], [*opened, *(one.during for one in found)])
        return sorted([*found, *(Shade(during, "shut") for during in shut)], key=lambda one: one.during.starts_at)

    def closed_on(self, day: dt.date) -> str:
        """Why the school is closed that day; nothing where it is not."""
        return ", ".join(words for _during, words in self._closed(self._day(day)))

    def notes_of(self, names: Mapping[str, str], day: dt.date) -> list[str]:
        """The same in words, for a list: who is away when."""
        whole, found = self._day(day), []
        if closed := self.closed_on(day):
            found.append(_("Closed: %s") % closed)
        for key, name in names.items():
            for during in cut(self.off.get(self.diaries[key], []), whole) if key in self.diaries else []:
                words = _("%(name)s is away") if during == whole else _("%(name)s is away, %(time)s")
                found.append(words % {"name": name, "time": clock(during, self.visit.school.zone)})
        return found

    def is_open(self, day: dt.date) -> bool:
        """By the school's own hours; where it has none, by those of anybody or anything shown that has some."""
        whole, times = self._day(day), self.opening.times()
        if self.opening.school_hours is not None:
            return bool(cut(times, whole))
        own = [self.opening.own_times(diary) for diary in self.diaries.values()]
        return any(common(cut(times, whole), one) for one in own if one)

    def is_shut(self, key: str, day: dt.date) -> bool:
        """The column has no open time that day."""
        diary = self.diaries.get(key)
        return not cut(self.opening.times([diary] if diary else []), self._day(day))

    def _day(self, day: dt.date) -> Stretch:
        return stretch_of(self.visit.school, day)

    def _closed(self, whole: Stretch) -> list[tuple[Stretch, str]]:
        return [(part, words) for during, words in self.closures for part in cut([during], whole)]


def shading_of(visit: Visit, within: Stretch, diaries: Mapping[str, UUID], *, by: str) -> Shading:
    """Four queries, however many columns there are."""
    own = list(diaries.values())
    opening = Opening(visit.school, within, **{"places" if by == "resource" else "people": own})
    off: dict[UUID, list[Stretch]] = {}
    for one in times_off_within(visit.school, within, own):
        off.setdefault(one.diary_id, []).append(Stretch(one.starts_at, one.ends_at))
    away = {diary: union(stretches) for diary, stretches in off.items()}
    return Shading(visit, opening, diaries, closed_on(visit.school, within), away)

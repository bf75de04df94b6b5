"""Opening hours on a page of the office: of an instructor, a place, or the school itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from schoolbell.diary.busy import clashes_with
from schoolbell.diary.days import stretch_on_date
from schoolbell.diary.models import Diary, OpeningHours
from schoolbell.diary.queries import hours_ahead, hours_over
from schoolbell.kit.time import local_day, now, zone
from schoolbell.web.entry import Visit
from schoolbell.web.hours_back import form_again, take_away, undo, write_hours
from schoolbell.web.hours_words import lines
from schoolbell.web.instructor.forms import EveryWeek, OneDay
from schoolbell.web.office.frame import address, find


@dataclass(frozen=True, slots=True)
class Whose:
    """`path` is their page, within the office. `diary` None: the school's own, before it has hours. `always_open`:
    without hours open all the time."""

    name: str
    diary: Diary | None
    timezone: str
    path: str
    always_open: bool = False


class HoursSection:
    """The hours, and a form for more: every week, or with `?on=day` on one day; or for those that were just removed."""

    def __init__(self, visit: Visit, whose: Whose, *, is_back: bool = False) -> None:
        self.visit, self.whose, self.is_back = visit, whose, is_back
        self.form = form_again(visit.request, timezone=whose.timezone) if is_back else self._asked()
        self.kind = "day" if isinstance(self.form, OneDay) else "week"

    def _asked(self) -> EveryWeek | OneDay:
        request = self.visit.request
        kind = OneDay if request.GET.get("on") == "day" else EveryWeek
        data = request.POST if request.method == "POST" else None
        return kind(data, timezone=self.whose.timezone, school_timezone=self.visit.school.timezone)

    def add(self, diary: Diary) -> bool:
        """What was sent, if it is right; then a message says so. What was there before is no less right for what else
        there is."""
        always_open = self.whose.always_open and not self.is_back
        rows = write_hours(self.form, diary, by=self.visit.actor, always_open=always_open)
        if not rows:
            return False
        said = self._words(closes=rows[0].closes) % {"name": self.whose.name, "hours": lines(rows)[0]}
        messages.success(self.visit.request, f"{said} {self._left(diary, rows)}".strip())
        return True

    def _words(self, *, closes: bool) -> str:
        if self.is_back:
            return _("%(name)s is closed %(hours)s again.") if closes else _("%(name)s is open %(hours)s again.")
        return _("%(name)s is closed %(hours)s.") if closes else _("%(name)s is open %(hours)s.")

    def _left(self, diary: Diary, rows: Sequence[OpeningHours]) -> str:
        """The lessons that lie in what is closed now."""
        stretches = [during for one in rows if one.closes and (during := stretch_on_date(one))]
        number = len(clashes_with(diary.school_id, diary.pk, stretches))
        words = ngettext("One lesson that is booked then stays.", "%d lessons that are booked then stay.", number)
        return (words % number if number > 1 else words) if number else ""

    @property
    def context(self) -> dict[str, Any]:
        whose, visit = self.whose, self.visit
        today = local_day(now(), zone(whose.timezone))
        rows = list(hours_ahead(visit.school, whose.diary.pk, today=today)) if whose.diary else []
        over: list[OpeningHours] = []
        is_without_week = whose.always_open and not any(one.weekday for one in rows)
        if whose.diary and is_without_week:
            over = list(hours_over(visit.school, whose.diary.pk, today=today))
        kinds = (("week", _("Every week")), ("day", _("One day, or several")))
        return {
            "hours": lines(rows),
            "over": lines(over),
            "is_shut": is_without_week and (bool(over) or any(not one.closes for one in rows)),
            "hours_zone": whose.timezone,
            "hours_path": whose.path,
            "always_open": whose.always_open,
            "form": self.form,
            "hours_kind": self.kind,
            "kinds": [
                {"words": words, "href": address(visit, f"{whose.path}?on={name}#add"), "is_current": name == self.kind}
                for name, words in kinds
            ],
        }


def remove_line(visit: Visit, whose: Whose, hours_id: UUID) -> None:
    """Take one line of a list away, and say so, with a way back. Raises Http404."""
    if whose.diary is None:
        raise Http404
    hours = find(OpeningHours.objects.of(visit.school).filter(diary_id=whose.diary.pk), hours_id)
    line = take_away(hours, visit.request, by=visit.actor)
    words = _("%(name)s is no longer open %(hours)s. Lessons that are booked stay.")
    if hours.closes:
        words = _("%(name)s is no longer closed %(hours)s.")
    way_back = undo(line, address(visit, f"{whose.path}hours/put-back"))
    messages.success(visit.request, words % {"name": whose.name, "hours": line}, extra_tags=way_back)

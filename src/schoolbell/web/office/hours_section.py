"""Opening hours on a page of the office: of an instructor, a place, or the school itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from schoolbell.diary.busy import clashes_with
from schoolbell.diary.days import remove_days, stretch_on_date
from schoolbell.diary.models import Diary, OpeningHours
from schoolbell.diary.queries import hours_ahead, hours_over
from schoolbell.kit.refusals import InputRefused, NotFound
from schoolbell.kit.time import local_day, now, zone
from schoolbell.schools.rows import SchoolRows
from schoolbell.web.entry import Visit
from schoolbell.web.hours_words import Line, last_date_of, lines
from schoolbell.web.instructor.forms import KINDS
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
    """The hours, and a form for more: every week, or with `?on=day` on one day."""

    def __init__(self, visit: Visit, whose: Whose) -> None:
        self.visit, self.whose = visit, whose
        request = visit.request
        self.kind = "day" if request.GET.get("on") == "day" else "week"
        data = request.POST if request.method == "POST" else None
        self.form = KINDS[self.kind](data, timezone=whose.timezone, school_timezone=visit.school.timezone)

    def add(self, diary: Diary) -> bool:
        """What was sent, if it is right; then a message says so."""
        if not self.form.is_valid():
            return False
        try:
            rows = self.form.write(diary, by=self.visit.actor, always_open=self.whose.always_open)
        except InputRefused as refused:
            self.form.refuse(refused)
            return False
        words = _("%(name)s is closed %(hours)s.") if rows[0].closes else _("%(name)s is open %(hours)s.")
        said = words % {"name": self.whose.name, "hours": lines(rows)[0]}
        messages.success(self.visit.request, f"{said} {self._left(diary, rows)}".strip())
        return True

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


def remove_line(
    request: HttpRequest, visit: Visit, rows: SchoolRows[OpeningHours], hours_id: UUID, *, name: str
) -> None:
    """Take one line of a list away, and say so. Raises Http404."""
    hours = find(rows, hours_id)
    line = Line(hours, last_date_of(hours, request.POST.get("last_date", "")))
    try:
        remove_days(hours, line.last_date, by=visit.actor)
    except NotFound:
        raise Http404 from None
    words = _("%(name)s is no longer open %(hours)s. Lessons that are booked stay.")
    if hours.closes:
        words = _("%(name)s is no longer closed %(hours)s.")
    messages.success(request, words % {"name": name, "hours": line})

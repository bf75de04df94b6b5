"""Opening hours that are removed by one click, and put back by the Undo that follows: instructors' own, and in the
office those of anybody."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest

from schoolbell.diary.days import remove_days
from schoolbell.diary.models import Diary, OpeningHours
from schoolbell.kit.refusals import InputRefused, NotFound
from schoolbell.kit.time import local_day, now, zone
from schoolbell.schools.actor import Actor
from schoolbell.web.hours_words import Line, last_date_of
from schoolbell.web.instructor.forms import EveryWeek, OneDay

NAMES: Final = ("weekday", "date", "starts", "ends", "valid_from", "valid_until", "timezone")


def take_away(hours: OpeningHours, request: HttpRequest, *, by: Actor) -> Line:
    """The line of a list that begins with these hours. Raises Http404 where it is gone already."""
    line = Line(hours, last_date_of(hours, request.POST.get("last_date", "")))
    try:
        remove_days(hours, line.last_date, by=by)
    except NotFound:
        raise Http404 from None
    return line


def undo(line: Line, path: str) -> str:
    """The tag of a message, by which it offers to put the line back: at that address, with all that the line was. A
    date that is over opens nobody again."""
    if line.hours.date and line.hours.date < local_day(now(), zone(line.hours.timezone)):
        return ""
    values: dict[str, Any] = {name: value for name in NAMES if (value := getattr(line.hours, name)) is not None}
    if line.hours.date:
        values["what"] = "closed" if line.hours.closes else "open"
    if line.is_several:
        values["last_date"] = line.last_date
    return f"undo:{path}?{urlencode(values)}"


def form_again(request: HttpRequest, *, timezone: str) -> EveryWeek | OneDay:
    """What the address of such an Undo says. Raises Http404 for a zone that there is not."""
    kind = OneDay if "date" in request.GET else EveryWeek
    try:
        where = zone(request.GET.get("timezone", timezone)).key
    except ValueError:
        raise Http404 from None
    return kind(request.GET, timezone=where)


def write_hours(
    form: EveryWeek | OneDay, diary: Diary, *, by: Actor, always_open: bool = False
) -> Sequence[OpeningHours]:
    """The rows that it makes; none where something is wrong, which is said beside its field then."""
    if not form.is_valid():
        return []
    try:
        return form.write(diary, by=by, always_open=always_open)
    except InputRefused as refused:
        form.refuse(refused)
        return []

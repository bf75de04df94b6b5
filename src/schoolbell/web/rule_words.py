"""How lessons that repeat are said: “Mondays and Thursdays, 18:00–19:00”, “every 2 weeks on Tuesdays, 16:00–17:00”;
and why one of them is left out."""

import datetime as dt
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from schoolbell.bookings.models import Enrollment, Seating
from schoolbell.planning.skipped import PlannedLesson
from schoolbell.timetable.models import Series, SkippedOccurrence
from schoolbell.timetable.recurrence import explicit, interval_of, parts_of, weekdays_of
from schoolbell.web.templatetags.words import clock, day

Reason = SkippedOccurrence.Reason
PLURALS: Final = (
    *("", gettext_lazy("Mondays"), gettext_lazy("Tuesdays"), gettext_lazy("Wednesdays"), gettext_lazy("Thursdays")),
    *(gettext_lazy("Fridays"), gettext_lazy("Saturdays"), gettext_lazy("Sundays")),
)
WHY: Final[dict[str, Any]] = {
    Reason.CLOSURE: gettext_lazy("The school is closed"),
    Reason.CLASH: gettext_lazy("Somebody is taken then"),
    Reason.AWAY: gettext_lazy("Somebody has left or pauses, or the course or place is out of use"),
    Reason.CANCELLED: gettext_lazy("Not wanted on this day"),
    Reason.HOURS: gettext_lazy("Outside of the opening hours"),
    Seating.Reason.FULL: gettext_lazy("No seat is left"),
    Seating.Reason.BOOKED: gettext_lazy("They have a seat there already"),
    Reason.RULE: gettext_lazy("Too close to other lessons, or the day or the week is full"),
}


def said_days(series: Series) -> str:
    """“Mondays and Thursdays”."""
    weekdays, every = weekdays_of(series), interval_of(series.rule)
    if weekdays is None:
        return _other_rule(series)
    names = [str(PLURALS[number]) for number in weekdays]
    days = (
        names[0]
        if len(names) == 1
        else _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}
    )
    return days if every == 1 else _("%(days)s, every %(number)s weeks") % {"days": days, "number": every}


def said_series(series: Series) -> str:
    """The days with their time, by the clocks of the series."""
    ends = (dt.datetime.combine(series.starts_on, series.starts) + dt.timedelta(minutes=series.duration_minutes)).time()
    return f"{said_days(series)}, {series.starts:%H:%M}–{ends:%H:%M}"


def why(lesson: PlannedLesson, where: ZoneInfo) -> str:
    """“Ida Teacher is taken 16:00–17:00.”"""
    taken = [
        _("%(who)s is taken %(when)s") % {"who": who, "when": clock(during, where)}
        for who, during in lesson.taken
        if who
    ]
    return "; ".join(taken) or str(WHY[lesson.reason])


def said_pause(enrollment: Enrollment, on: dt.date) -> str:
    """When somebody stays away from a class: “pauses from Wed 9 Dec, back on Wed 30 Dec”. Empty when it is over."""
    first, back = enrollment.away_from, enrollment.away_until
    if first is None or (back is not None and back <= on):
        return ""
    words = (_("pauses since %s") if first <= on else _("pauses from %s")) % day(first)
    return words if back is None else _("%(pauses)s, back on %(day)s") % {"pauses": words, "day": day(back)}


def _other_rule(series: Series) -> str:
    parts = parts_of(explicit(series.rule, series.starts_on))
    every = interval_of(series.rule)
    if parts["FREQ"] == "DAILY" and not parts.keys() - {"FREQ", "INTERVAL", "COUNT", "UNTIL"}:
        return ngettext("Every day", "Every %(number)s days", every) % {"number": every}
    if parts["FREQ"] == "MONTHLY" and not parts.keys() - {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTHDAY"}:
        words = ngettext("Every month on day %(days)s", "Every %(number)s months on day %(days)s", every)
        return words % {"number": every, "days": parts["BYMONTHDAY"].replace(",", ", ")}
    return _("By the rule %(rule)s") % {"rule": series.rule}

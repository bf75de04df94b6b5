"""Opening hours that make sense: of themselves, and beside those that a diary has already."""

import datetime as dt
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from schoolbell.diary.hours import Rule, stretches_of
from schoolbell.diary.models import OpeningHours
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import common, days, instant, is_a_day, local_day, now, zone

DAY = dt.timedelta(days=1)
FAR = 731 * DAY  # by then clocks that change have shown all that they do to two weekly rules


def require_sound(hours: OpeningHours) -> None:
    """Raises InputRefused."""
    if (hours.weekday is None) == (hours.date is None):
        raise InputRefused.of("weekday", _("Give a weekday or a date, one of the two."))
    if hours.ends <= hours.starts and hours.ends != dt.time.min:
        raise InputRefused.of("ends", _("Hours end after they start. For hours past midnight, give two."))
    try:
        where = zone(hours.timezone)
    except ValueError:
        raise InputRefused.of("timezone", _("There is no such time zone. Write one such as Europe/London.")) from None
    if hours.date is None:
        _require_week_sound(hours)
    else:
        _require_date_sound(hours, hours.date, where)


def _require_week_sound(hours: OpeningHours) -> None:
    if not 1 <= (hours.weekday or 0) <= 7:
        raise InputRefused.of("weekday", _("Weekdays are 1, Monday, to 7, Sunday."))
    if hours.closes:
        raise InputRefused.of("closes", _("Only a date can be closed. A weekday without hours is closed as it is."))
    first, last = hours.valid_from, hours.valid_until
    if not first or not last:
        return
    if last < first:
        raise InputRefused.of("valid_until", _("The last day is before the first."))
    if not any(day.isoweekday() == hours.weekday for day in days(first, min(last, first + 6 * DAY))):
        raise InputRefused.of("valid_until", _("There is no such weekday from the first day to the last."))


def _require_date_sound(hours: OpeningHours, date: dt.date, where: ZoneInfo) -> None:
    if hours.valid_from or hours.valid_until:
        raise InputRefused.of("valid_from", _("Hours on one date need no first and last day."))
    if not is_a_day(date, where):
        raise InputRefused.of("date", _("There never was such a day in that time zone."))
    if date < local_day(now(), where):
        raise InputRefused.of("date", _("That day is over. Choose today or a later one."))
    if not stretches_of(_rule(hours), date, date) or _skipped(date, hours, where):
        raise InputRefused.of("starts", _("The clocks skip these hours on that day."))


def _skipped(date: dt.date, hours: OpeningHours, where: ZoneInfo) -> bool:
    """Do the clocks show neither where they begin nor where they end, nor so anything between?"""
    end_day = date + DAY if hours.ends == dt.time.min else date
    return all(
        instant(day, wall, where).astimezone(where).time() != wall
        for day, wall in ((date, hours.starts), (end_day, hours.ends))
    )


def require_apart(hours: OpeningHours) -> None:
    """Hours that open overlap no others that open, and what closes nothing that closes; weekly ones are compared with
    weekly ones, dates with dates. A date may open more than its weekday does, or close a part of what is open.

    The diary is locked. Raises InputRefused.
    """
    rows = OpeningHours.objects.filter(
        school_id=hours.school_id, diary_id=hours.diary_id, closes=hours.closes, date__isnull=hours.date is None
    )
    if hours.date is not None:
        rows = rows.filter(date__range=(hours.date - 2 * DAY, hours.date + 2 * DAY))
    for other in rows:
        if _meet(hours, other):
            clocks = f"{other.starts:%H:%M}–{other.ends:%H:%M}"
            if other.timezone != hours.timezone:
                clocks = f"{clocks} {other.timezone}"
            raise InputRefused.of("starts", _("These hours overlap others of that day: %s.") % clocks)


def has_hours(school_id: UUID, diary_id: UUID) -> bool:
    """Does anything open the diary, whenever that is or was?"""
    return OpeningHours.objects.filter(school_id=school_id, diary_id=diary_id, closes=False).exists()


def require_week(hours: OpeningHours) -> None:
    """Hours of a place, or of the school: without any it is open all the time, and with one date alone closed on all
    others.

    The diary is locked. Raises InputRefused.
    """
    opens = hours.date is not None and not hours.closes
    if opens and not has_hours(hours.school_id, hours.diary_id):
        raise InputRefused.of("date", _("It is open all the time as it is. Give it weekly hours first, or close it."))


def _meet(one: OpeningHours, other: OpeningHours) -> bool:
    if one.timezone == other.timezone:
        same_day = (one.weekday, one.date) == (other.weekday, other.date)
        return same_day and _valid_together(one, other) and _overlap_on_the_wall(one, other)
    first, last = _when_to_look(one, other)
    return bool(common(stretches_of(_rule(one), first, last), stretches_of(_rule(other), first, last)))


def _overlap_on_the_wall(one: OpeningHours, other: OpeningHours) -> bool:
    return (other.ends == dt.time.min or one.starts < other.ends) and (
        one.ends == dt.time.min or other.starts < one.ends
    )


def _valid_together(one: OpeningHours, other: OpeningHours) -> bool:
    first = max(one.valid_from or dt.date.min, other.valid_from or dt.date.min)
    return first <= min(one.valid_until or dt.date.max, other.valid_until or dt.date.max)


def _when_to_look(one: OpeningHours, other: OpeningHours) -> tuple[dt.date, dt.date]:
    """The days ahead on which both hold, two years of them at most, and one more on each side for zones far apart."""
    if one.date and other.date:
        return min(one.date, other.date), max(one.date, other.date)
    today = local_day(now(), zone(one.timezone))
    first = max(today, one.valid_from or today, other.valid_from or today)
    last = min(first + FAR, one.valid_until or dt.date.max, other.valid_until or dt.date.max)
    return first - DAY, last + DAY


def _rule(hours: OpeningHours) -> Rule:
    """As hours that open, whatever they do."""
    return Rule(*(getattr(hours, name) for name in Rule._fields))._replace(closes=False)

"""Series that change or end, with the money of what is cancelled in it."""

import datetime as dt

from schoolbell.billing.sales import settle, settle_session
from schoolbell.bookings.models import Booking
from schoolbell.planning.occurrences import SeriesChange
from schoolbell.planning.series import change_series
from schoolbell.planning.stopping import stop_series
from schoolbell.schools.actor import Actor
from schoolbell.timetable.models import Series, Session


def change_series_and_settle(
    series: Series, *, first_day: dt.date, change: SeriesChange, by: Actor, **ways: bool
) -> Series:
    """As `change_series`, which see; then put the money of every cancelled booking right."""
    after = change_series(series, first_day=first_day, change=change, by=by, **ways)
    for one in (series, after):
        settle_series(one)
    return after


def stop_series_and_settle(series: Series, *, last_day: dt.date, by: Actor) -> list[Session]:
    """As `stop_series`, which see; then put the money of every cancelled booking right."""
    cancelled = stop_series(series, last_day=last_day, by=by)
    for session in cancelled:
        settle_session(session)
    return cancelled


def settle_series(series: Series) -> None:
    """Each booking in a transaction of its own: nobody waits for all of them."""
    ended = Booking.objects.filter(
        school_id=series.school_id,
        session__series_id=series.pk,
        status=Booking.Status.CANCELLED,
        settled_at__isnull=True,
    )
    for booking in ended.order_by("id"):
        settle(booking)

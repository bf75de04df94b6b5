"""Calendars that people keep elsewhere: subscribed by their address, fetched now and then, busy in the diary."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import structlog
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from schoolbell.diary.busy import cover, lock_diary
from schoolbell.diary.models import Diary, OutsideCalendar, OutsideEvent
from schoolbell.diary.refusals import CalendarKnown, TooManyCalendars
from schoolbell.journal.actions import record
from schoolbell.kit.calendar_reading import BusyEvent, CalendarUnreadable, read_events
from schoolbell.kit.fetching import Fetched, FetchFailed, fetch, parse_address
from schoolbell.kit.refusals import InputRefused, NotFound
from schoolbell.kit.time import Stretch, now, zone
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School

MOST_CALENDARS = 10  # of one diary
AHEAD = 180  # days, or as far as the school books and plans, where that is farther
FETCHED_EVERY = dt.timedelta(minutes=15)
READ_EVERY = dt.timedelta(hours=20)  # though it has not changed: days move on, and repetitions come into sight
AT_ONCE = 8
log = structlog.get_logger("schoolbell.outside")


@transaction.atomic
def subscribe_calendar(diary: Diary, *, name: str, url: str, timezone: str, by: Actor) -> OutsideCalendar:
    """From its next fetching on, its events take the diary's time. `timezone` is that of its whole days.

    Raises: InputRefused, CalendarKnown, TooManyCalendars.
    """
    url = url.strip()
    if url.lower().startswith("webcal://"):  # what calendar programs hand out
        url = f"https://{url[len('webcal://') :]}"
    try:
        parts = parse_address(url)
        zone(timezone)
    except FetchFailed as wrong:
        raise InputRefused.of("url", str(wrong)) from wrong
    except ValueError:
        raise InputRefused.of("timezone", _("There is no such time zone. Write one such as Europe/London.")) from None
    if len(url) > 2000:
        raise InputRefused.of("url", _("An address has at most 2000 characters."))
    lock_diary(diary.school_id, diary.pk)
    if OutsideCalendar.objects.filter(school_id=diary.school_id, diary_id=diary.pk).count() >= MOST_CALENDARS:
        raise TooManyCalendars(diary.pk)
    calendar = OutsideCalendar(
        school_id=diary.school_id,
        diary_id=diary.pk,
        name=(name.strip() or parts.hostname or "")[:100],
        url=url,
        timezone=timezone,
    )
    try:
        with transaction.atomic():
            calendar.save(force_insert=True)
    except IntegrityError as clash:
        raise CalendarKnown(diary.pk) from clash
    record("outside_calendar.subscribed", calendar, by=by, new={"diary": str(diary.pk)})
    return calendar


@transaction.atomic
def unsubscribe_calendar(calendar: OutsideCalendar, *, by: Actor) -> None:
    """It is forgotten, and the time that it took is free. Raises NotFound where it is gone already."""
    lock_diary(calendar.school_id, calendar.diary_id, _known(calendar))
    cover(calendar.school_id, calendar.diary_id, calendar.pk, [])
    gone, _tables = OutsideCalendar.objects.filter(school_id=calendar.school_id, id=calendar.pk).delete()
    if not gone:
        raise NotFound(calendar.pk)
    record("outside_calendar.unsubscribed", calendar, by=by, old={"diary": str(calendar.diary_id)})


def fetch_calendar(calendar: OutsideCalendar) -> OutsideCalendar:
    """Fetch it now. What goes wrong stands in its `error`, and what was known of it still holds.

    Raises NotFound where it is gone.
    """
    whole = calendar.read_at is None or now() - calendar.read_at > READ_EVERY
    policies = School.objects.get(id=calendar.school_id).policies
    ahead = max(AHEAD, policies.furthest_ahead_days, policies.weekly_ahead_days) + 1
    within = Stretch(now() - dt.timedelta(days=1), now() + dt.timedelta(days=ahead))
    try:
        fetched = fetch(
            calendar.url,
            accept="text/calendar, */*;q=0.5",
            etag="" if whole else calendar.etag,
            last_modified="" if whole else calendar.last_modified,
            allow_private=settings.ALLOW_PRIVATE_CALENDARS,
        )
        events = None
        if fetched.body is not None:
            events = read_events(fetched.body, within=within, where=zone(calendar.timezone))
    except (FetchFailed, CalendarUnreadable) as failure:
        return _tell_failure(calendar, str(failure))
    return _take(calendar, fetched, events)


def fetch_due_calendars(*, at_most: int = 100) -> int:
    """What the worker does: fetch those whose turn it is, several at once, and say how many. Two workers share them."""
    due = _due(at_most)
    if due:
        with ThreadPoolExecutor(min(AT_ONCE, len(due))) as pool:
            list(pool.map(_fetch_in_thread, due))
    return len(due)


@transaction.atomic
def _due(at_most: int) -> list[OutsideCalendar]:
    waiting = OutsideCalendar.objects.filter(Q(tried_at__isnull=True) | Q(tried_at__lt=now() - FETCHED_EVERY))
    due = list(
        waiting.select_for_update(skip_locked=True, no_key=True).order_by(F("tried_at").asc(nulls_first=True))[:at_most]
    )
    for calendar in due:
        OutsideCalendar.objects.filter(school_id=calendar.school_id, id=calendar.pk).update(tried_at=now())
    return due


def _fetch_in_thread(calendar: OutsideCalendar) -> None:
    try:
        fetch_calendar(calendar)
    except NotFound:
        log.info("calendar unsubscribed meanwhile", calendar=str(calendar.pk))
    except Exception as error:
        log.error("calendar failed", calendar=str(calendar.pk), exc_info=error)
    finally:
        connection.close()


@transaction.atomic
def _take(calendar: OutsideCalendar, fetched: Fetched, events: list[BusyEvent] | None) -> OutsideCalendar:
    stretches = [event.during for event in events or ()]
    lock_diary(calendar.school_id, calendar.diary_id, [*_known(calendar), *stretches] if events is not None else ())
    current = _locked(calendar)
    current.tried_at = current.fetched_at = now()
    current.error = ""
    if events is not None:
        current.etag, current.last_modified, current.read_at = fetched.etag, fetched.last_modified, now()
        _write_events(current, events)
        cover(current.school_id, current.diary_id, current.pk, stretches)
    current.save()
    return current


@transaction.atomic
def _tell_failure(calendar: OutsideCalendar, sentence: str) -> OutsideCalendar:
    current = _locked(calendar)
    current.tried_at = now()
    current.error = sentence[:300]
    current.save()
    return current


def _locked(calendar: OutsideCalendar) -> OutsideCalendar:
    rows = OutsideCalendar.objects.filter(school_id=calendar.school_id, id=calendar.pk)
    found = rows.select_for_update(no_key=True).first()
    if found is None:
        raise NotFound(calendar.pk)
    return found


def _known(calendar: OutsideCalendar) -> list[Stretch]:
    events = OutsideEvent.objects.filter(school_id=calendar.school_id, calendar_id=calendar.pk)
    return [Stretch(*times) for times in events.values_list("starts_at", "ends_at")]


def _write_events(calendar: OutsideCalendar, events: list[BusyEvent]) -> None:
    """Its rows become these; what stays as it was is not touched."""
    rows = OutsideEvent.objects.filter(school_id=calendar.school_id, calendar_id=calendar.pk)
    before: dict[BusyEvent, UUID] = {
        BusyEvent(row.during, row.uid, row.recurrence, row.all_day): row.pk for row in rows
    }
    wanted = set(events)
    rows.filter(id__in=[row_id for event, row_id in before.items() if event not in wanted]).delete()
    OutsideEvent.objects.bulk_create(
        [
            OutsideEvent(
                school_id=calendar.school_id,
                calendar=calendar,
                uid=event.uid,
                recurrence=event.recurrence,
                starts_at=event.during.starts_at,
                ends_at=event.during.ends_at,
                all_day=event.all_day,
            )
            for event in events
            if event not in before
        ],
        batch_size=1000,
    )

"""Time off: asked for, approved or declined, withdrawn. Approved, it takes the diary's time around its lessons."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.diary.busy import Clash, clashes_with, cover, lock_diary
from schoolbell.diary.models import Diary, TimeOff
from schoolbell.diary.refusals import TimeOffDecided, TimeOffOverlaps
from schoolbell.journal.actions import record
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import Stretch, now
from schoolbell.schools.actor import Actor

LONGEST = dt.timedelta(days=366)
FURTHEST_AHEAD = dt.timedelta(days=3 * 366)


@transaction.atomic
def ask_for_time_off(diary: Diary, during: Stretch, *, by: Actor, reason: str = "") -> TimeOff:
    """Until somebody approves it, it takes no time. Raises: InputRefused, TimeOffOverlaps."""
    return _write(diary, during, TimeOff.Status.REQUESTED, reason=reason, by=by)


@transaction.atomic
def enter_time_off(diary: Diary, during: Stretch, *, by: Actor, reason: str = "") -> TimeOff:
    """Time off that needs nobody's leave: from now on it takes the time around the lessons that are there, which
    `lessons_in_the_way` names. Raises: InputRefused, TimeOffOverlaps.
    """
    lock_diary(diary.school_id, diary.pk)
    time_off = _write(diary, during, TimeOff.Status.APPROVED, reason=reason, by=by)
    cover(diary.school_id, diary.pk, time_off.pk, [during])
    return time_off


@transaction.atomic
def approve_time_off(time_off: TimeOff, *, by: Actor) -> TimeOff:
    """From now on it takes the time around the lessons that are there. Raises TimeOffDecided."""
    approved = _decide(time_off, TimeOff.Status.APPROVED, by=by)
    cover(approved.school_id, approved.diary_id, approved.pk, [approved.during])
    return approved


@transaction.atomic
def decline_time_off(time_off: TimeOff, *, by: Actor) -> TimeOff:
    """Raises TimeOffDecided."""
    return _decide(time_off, TimeOff.Status.DECLINED, by=by)


@transaction.atomic
def withdraw_time_off(time_off: TimeOff, *, by: Actor) -> TimeOff:
    """Asked for or approved, it is taken back, and its time is free again. Raises TimeOffDecided."""
    withdrawn = _decide(time_off, TimeOff.Status.WITHDRAWN, by=by)
    cover(withdrawn.school_id, withdrawn.diary_id, withdrawn.pk, [])
    return withdrawn


def lessons_in_the_way(time_off: TimeOff) -> list[Clash]:
    """The lessons that lie in it: somebody has to teach, move or cancel them."""
    return clashes_with(time_off.school_id, time_off.diary_id, [time_off.during])


def _write(diary: Diary, during: Stretch, status: TimeOff.Status, *, reason: str, by: Actor) -> TimeOff:
    if during.ends_at <= now():
        raise InputRefused.of("ends_at", _("Time off lies ahead: choose an end that is still to come."))
    if during.ends_at - during.starts_at > LONGEST:
        raise InputRefused.of("ends_at", _("Time off lasts a year at most."))
    if during.starts_at > now() + FURTHEST_AHEAD:
        raise InputRefused.of("starts_at", _("Time off begins within three years."))
    approved = status == TimeOff.Status.APPROVED
    time_off = TimeOff(
        school_id=diary.school_id,
        diary_id=diary.pk,
        starts_at=during.starts_at,
        ends_at=during.ends_at,
        reason=reason.strip(),
        status=status,
        asked_by=by.who,
        decided_by=by.who if approved else None,
        decided_at=now() if approved else None,
    )
    try:
        with transaction.atomic():
            time_off.save(force_insert=True)
    except IntegrityError as clash:
        raise TimeOffOverlaps(during) from clash
    record(f"time_off.{status}", time_off, by=by, new={"diary": str(diary.pk), "status": status})
    return time_off


def _decide(time_off: TimeOff, to: TimeOff.Status, *, by: Actor) -> TimeOff:
    lock_diary(time_off.school_id, time_off.diary_id, [time_off.during])
    current = TimeOff.objects.select_for_update(no_key=True).get(school_id=time_off.school_id, id=time_off.pk)
    if to not in TimeOff.TRANSITIONS[TimeOff.Status(current.status)]:
        raise TimeOffDecided(time_off.pk)
    old = current.status
    current.status, current.decided_by, current.decided_at = to, by.who, now()
    current.save()
    record(f"time_off.{to}", current, by=by, old={"status": old}, new={"status": to})
    return current

"""Taking in a school's own files: what they would change, and the change itself."""

import datetime as dt
from collections.abc import Callable, Sequence

import structlog
from django.db import connection, transaction
from django.utils.translation import gettext as _

from schoolbell.billing.credit import overdrawn
from schoolbell.bookings.holds import expire_overdue_holds_at
from schoolbell.bookings.models import Enrollment
from schoolbell.diary.keeping import change_hours, keep_hours
from schoolbell.diary.refusals import TimeTaken
from schoolbell.importing.kinds import KINDS
from schoolbell.importing.lines import BadLine, LineRefused
from schoolbell.importing.onfile import OnFile
from schoolbell.importing.plans import File, FilePlan, Plan
from schoolbell.importing.reading import ReadFile, compare, read_file, span_of
from schoolbell.importing.refusals import FileRefused, RowRefused
from schoolbell.importing.writing import Writing
from schoolbell.kit.time import local_day, now
from schoolbell.planning.generation import Extended, extend_series
from schoolbell.planning.plans import frame_of
from schoolbell.planning.seating import ON, seat_enrolled
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series

log = structlog.get_logger("schoolbell.import")
Progress = Callable[[str], None]


def plan_import(files: Sequence[File], *, school: School, progress: Progress = lambda _sentence: None) -> Plan:
    """What these files would change. Nothing is written; each file is seen as if those before it that are good had been
    taken in."""
    on_file = OnFile(school)
    plans: list[FilePlan] = []
    good: list[ReadFile] = []
    for read in _in_order(files, school):
        if isinstance(read, FilePlan):
            plans.append(read)
            continue
        progress(_("Reading %(name)s (%(kind)s) …") % {"name": read.file.name, "kind": read.kind.name})
        plan = compare(read, on_file).plan
        plans.append(_after(plans, plan))
        if plan.is_refused:
            on_file = _with(good, school)
        else:
            good.append(read)
            on_file.settle()
    return Plan(plans)


def _with(files: Sequence[ReadFile], school: School) -> OnFile:
    """What is on file once these are taken in."""
    on_file = OnFile(school)
    for read in files:
        compare(read, on_file)
        on_file.settle()
    return on_file


def _after(before: Sequence[FilePlan], plan: FilePlan) -> FilePlan:
    """It says so where what it lacks may stand in a file before it that is refused."""
    refused = [one.file.name for one in before if one.is_refused]
    if plan.bad_lines and refused:
        plan.refused = _("It may need what %s would have brought.") % ", ".join(refused)
    return plan


def import_files(
    files: Sequence[File], *, school: School, by: Actor, progress: Progress = lambda _sentence: None
) -> Plan:
    """Take the files in, each whole or not at all, and say what each of them did. Nobody is sent a message."""
    done: list[FilePlan] = []
    for read in _in_order(files, school):
        if isinstance(read, FilePlan):
            done.append(read)
            continue
        progress(_("Taking in %(name)s (%(kind)s) …") % {"name": read.file.name, "kind": read.kind.name})
        done.append(_after(done, _take_in(read, school, by=by)))
    for one in done:
        if one.kind == "series" and one.changes and not one.is_refused:
            one.notes += _put_on_timetable(school, by=by) + _seat_newcomers(school, by=by)
    return Plan(done)


def _put_on_timetable(school: School, *, by: Actor) -> list[str]:
    """New series get their lessons up to the school's horizon, now that all files are in. What came of it, in words."""
    waiting = list(
        Series.objects.of(school).filter(generated_until=None).select_related("course__school").order_by("id")
    )
    if not waiting:
        return []
    frame = frame_of(school)
    until = local_day(now(), school.zone) + dt.timedelta(days=school.policies.weekly_ahead_days)
    total = Extended()
    for series in waiting:
        try:
            total += extend_series(series, until=until, by=by, frame=frame)
        except TimeTaken:  # others are quicker than one can look; it has not been looked at, so the worker does it
            log.warning("not extended", school=school.slug, series=str(series.pk))
    said = {"until": until.isoformat(), "added": total.added, "skipped": total.skipped}
    return [_("Up to %(until)s, %(added)s lessons were put on the timetable and %(skipped)s left out.") % said]


def _seat_newcomers(school: School, *, by: Actor) -> list[str]:
    """Whoever a file put into a class that is on the timetable has a seat in it from now on."""
    new = Enrollment.objects.of(school).filter(in_class=True, status__in=ON, seatings=None)
    series = Series.objects.of(school).filter(id__in=new.values("series_id")).order_by("id")
    seats = sum(seat_enrolled(one, by=by) for one in series)
    return [_("%s seats in classes were taken.") % seats] if seats else []


def _in_order(files: Sequence[File], school: School) -> list[ReadFile | FilePlan]:
    """By kind, so that what a file names is there; those that cannot be understood come first."""
    read: list[ReadFile] = []
    refused: list[ReadFile | FilePlan] = []
    for file in files:
        try:
            read.append(read_file(file, school))
        except FileRefused as refusal:
            refused.append(FilePlan(file, refused=str(refusal)))
    return [*refused, *sorted(read, key=lambda one: KINDS.index(one.kind.name))]


def _take_in(read: ReadFile, school: School, *, by: Actor) -> FilePlan:
    """One file in one transaction. One import at a time writes to a school; bookings go on meanwhile, but where the
    file has opening hours."""
    if span := span_of(read):
        expire_overdue_holds_at(school, span)  # before anything is locked, each in a transaction of its own
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"import {school.pk}"])
            _hold_hours(read, school)
            compared = compare(read, OnFile(school), lock=True)
            if not compared.plan.is_refused and not compared.plan.changes_nothing:
                writing = Writing(school, by=by)
                compared.gather(writing)
                writing.write()
                _require_credit(writing)
            return compared.plan
    except LineRefused as refused:
        return FilePlan(read.file, read.kind.name, bad_lines=[refused.bad_line])
    except RowRefused as refused:
        return _of_rule(read, refused)
    except TimeTaken:
        sentence = _("Somebody took some of this time a moment ago. Nothing was written; import the file again.")
        return FilePlan(read.file, read.kind.name, refused=sentence)


def _require_credit(writing: Writing) -> None:
    """Credit that a file pays with must be there, by what the school has on file. Raises LineRefused."""
    for client_id in overdrawn(writing.school, writing.used_credit):
        reason = _("is more credit than the client has here; say how it was paid in the first place")
        raise LineRefused(BadLine(writing.used_credit[client_id], "paid_with", reason))


def _hold_hours(read: ReadFile, school: School) -> None:
    """As whoever takes time, or opens and closes: the later of the two sees the earlier."""
    if "opening_hours" in read.sheet.columns:
        change_hours(school.pk)
    elif read.kind.name == "timetable":
        keep_hours(school.pk)


def _of_rule(read: ReadFile, refused: RowRefused) -> FilePlan:
    plan = FilePlan(read.file, read.kind.name)
    sentence = _("breaks a rule that the database holds (%s). Nothing was written") % refused.rule
    if refused.line:
        plan.bad_lines.append(BadLine(refused.line, "", sentence))
    else:
        plan.refused = _("Something in this file %s.") % sentence
    return plan

"""A proposed timetable: asked for, worked out by the worker (`solving`), then accepted whole or discarded."""

import datetime as dt
from collections.abc import Sequence
from typing import Final, cast
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schoolbell.bookings.models import Enrollment
from schoolbell.diary.claims import lock_diaries
from schoolbell.diary.keeping import keep_hours
from schoolbell.journal.actions import record
from schoolbell.kit.database.collisions import tried_again
from schoolbell.kit.refusals import InputRefused, Refusal
from schoolbell.kit.time import local_day, now
from schoolbell.planning.models import LessonRequest, Placement, Proposal
from schoolbell.planning.refusals import (
    NothingToPlace,
    PlacementRefused,
    ProposalNotReady,
    ProposalUnderWay,
    RequestNotOpen,
)
from schoolbell.planning.repairing import change_running, running
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows
from schoolbell.timetable.models import SkippedOccurrence

LEAST_SECONDS, MOST_SECONDS, SECONDS = 1, 600, 60
SOLVER_MISSING: Final = gettext_lazy(
    "Requests were matched one after the other. A better solver is missing here: pip install schoolbell[solver]"
)
FORESEEN: Final = (SkippedOccurrence.Reason.CLOSURE,)
Status = Proposal.Status


@transaction.atomic
def propose_timetable(
    school: School, *, by: Actor, seconds: int = SECONDS, repairs: Proposal | None = None
) -> Proposal:
    """Ask for a timetable of all open requests, to be worked out in about that time. With `repairs`, whoever has a
    place in that proposal keeps it if that can be; of one that was accepted, the weekly lessons that came of it and run
    on are part of it as they are now.

    Raises: InputRefused, NothingToPlace, ProposalUnderWay.
    """
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        raise InputRefused.of(
            "seconds", _("From %(least)s to %(most)s seconds.") % {"least": LEAST_SECONDS, "most": MOST_SECONDS}
        )
    asked = LessonRequest.objects.of(school).filter(status=LessonRequest.Status.OPEN).count()
    asked += len(running(school, repairs))
    if not asked:
        raise NothingToPlace(school.pk)
    proposal = Proposal(school=school, seconds=seconds, repairs=repairs, asked=asked, created_by=by.who)
    try:
        with transaction.atomic():
            proposal.save(force_insert=True)
    except IntegrityError as other:
        raise ProposalUnderWay(school.pk) from other
    record("proposal.asked", proposal, by=by, new={"requests": asked, "seconds": seconds})
    return proposal


@transaction.atomic
def discard_proposal(proposal: Proposal, *, by: Actor) -> Proposal:
    """It is not wanted, or no longer waited for. Done again, it does nothing. Raises ProposalNotReady once accepted."""
    current = _locked(proposal)
    if current.status == Status.DISCARDED:
        return current
    if current.status == Status.ACCEPTED:
        raise ProposalNotReady(proposal.pk)
    return _end(current, Status.DISCARDED, by=by)


def accept_proposal(proposal: Proposal, *, by: Actor) -> list[Enrollment]:
    """Enroll everybody who has a place in it, all of them or nobody; in a repair, first change the lessons that run and
    go elsewhere. Their claims are what verifies it. Returns whom anything changes for.

    Raises: ProposalNotReady, PlacementRefused where something cannot be had any more, Busy.
    """
    return tried_again(lambda: _accept(proposal, by=by))


@transaction.atomic
def _accept(proposal: Proposal, *, by: Actor) -> list[Enrollment]:
    """Locks: hours, the proposal, its requests in id order, then all diaries that are wanted in id order; in a repair,
    before them what `change_series` locks."""
    keep_hours(proposal.school_id)
    current = _locked(proposal)
    if current.status != Status.READY:
        raise ProposalNotReady(proposal.pk)
    placements = [one for one in placements_of(current) if one.is_placed]
    requests = LessonRequest.objects.select_for_update(no_key=True).filter(
        school_id=proposal.school_id, id__in=[one.request_id for one in placements]
    )
    known = list(requests.order_by("id"))
    still_open = {one.pk for one in known if one.status == LessonRequest.Status.OPEN}
    placed = {one.pk for one in known if one.status == LessonRequest.Status.PLACED}
    run_on = [one for one in placements if one.request_id in placed]
    enrollments = _change_running(current, run_on, by=by)
    placements = [one for one in placements if one.request_id not in placed]
    lock_diaries(proposal.school_id, _diaries(placements))
    for placement in placements:
        try:
            if placement.request_id not in still_open:
                raise RequestNotOpen(placement.request_id)
            enrollments.append(_enroll(placement, by=by))
        except Refusal as refusal:
            raise PlacementRefused(placement, detail=_why(placement, refusal.detail)) from refusal
    _end(current, Status.ACCEPTED, by=by)
    return enrollments


def _change_running(proposal: Proposal, placements: Sequence[Placement], *, by: Actor) -> list[Enrollment]:
    if not placements:
        return []
    try:
        return change_running(placements, running(proposal.school, proposal.repairs), by=by)
    except PlacementRefused as refusal:
        raise PlacementRefused(refusal.subject, detail=_why(cast(Placement, refusal.subject), refusal.detail)) from None


def _diaries(placements: Sequence[Placement]) -> set[UUID]:
    instructors = {one.instructor.person.diary_id for one in placements if one.instructor}
    return instructors | {one.resource.diary_id for one in placements if one.resource}


def _enroll(placement: Placement, *, by: Actor) -> Enrollment:
    """Raises what `enroll_weekly` does, and PlacementRefused for a lesson that meets what nobody knew of."""
    request = placement.request
    enrollment = enroll_weekly(plan_of(placement), by=by)
    skipped = SkippedOccurrence.objects.filter(school_id=request.school_id, series_id=enrollment.series_id)
    for one in skipped.exclude(reason__in=FORESEEN).order_by("occurrence_on"):
        if one.occurrence_on.isoformat() not in placement.clashes:
            raise PlacementRefused(
                placement,
                detail=_("%(day)s is taken since the proposal was made.") % {"day": f"{one.occurrence_on:%d.%m.%Y}"},
            )
    request.status = LessonRequest.Status.PLACED
    request.enrollment = enrollment
    request.save()
    record(
        "lesson_request.placed",
        request,
        by=by,
        student_id=request.student_id,
        client_id=request.client_id,
        new={"enrollment": str(enrollment.pk), "proposal": str(placement.proposal_id)},
    )
    return enrollment


def plan_of(placement: Placement) -> WeeklyPlan:
    """The weekly lessons that a placed request is to have, from the day it asked for or today, whichever is later; in a
    repair from tomorrow on, when others have made room."""
    request = placement.request
    if placement.instructor is None or placement.weekday is None or placement.starts is None:
        raise ValueError("a request without a place has no lessons")
    earliest = local_day(now(), request.course.school.zone)
    if placement.proposal.repairs_id:
        earliest += dt.timedelta(days=1)
    return WeeklyPlan(
        student=request.student,
        client=request.client,
        course=request.course,
        instructor=placement.instructor,
        weekday=placement.weekday,
        starts=placement.starts,
        starts_on=max(request.starts_on, earliest),
        resource=placement.resource,
    )


def _why(placement: Placement, sentence: str) -> str:
    """Names the placement: who would have had what, with whom."""
    request, instructor = placement.request, placement.instructor
    return _(
        "%(student)s cannot have %(course)s with %(instructor)s as proposed: %(sentence)s Nothing was written."
    ) % {
        "student": request.student.person.name,
        "course": request.course.name,
        "instructor": instructor.person.name if instructor else "",
        "sentence": sentence,
    }


def _locked(proposal: Proposal) -> Proposal:
    rows = Proposal.objects.select_for_update(no_key=True)
    return rows.get(school_id=proposal.school_id, id=proposal.pk)


def _end(proposal: Proposal, status: Proposal.Status, *, by: Actor) -> Proposal:
    old = proposal.status
    proposal.status, proposal.lease, proposal.lease_until = status, None, None
    proposal.ended_by, proposal.ended_at = by.who, now()
    proposal.save()
    record(f"proposal.{status}", proposal, by=by, old={"status": old}, new={"placed": proposal.placed})
    return proposal


def proposals(school: School) -> SchoolRows[Proposal]:
    """The latest first."""
    return Proposal.objects.of(school).order_by("-id")


def waiting() -> SchoolRows[Proposal]:
    """What nobody works out: of any school, those asked for, and those whose worker has not been heard of."""
    return Proposal.objects.filter(Q(status=Status.QUEUED) | Q(status=Status.SOLVING, lease_until__lt=now()))


def placements_of(proposal: Proposal) -> list[Placement]:
    """With everything that is said of them, in the order of their requests. One query."""
    rows = Placement.objects.filter(school_id=proposal.school_id, proposal_id=proposal.pk).select_related(
        "proposal",
        "request__student__person",
        "request__client__person",
        "request__course__school",
        "instructor__person",
        "resource",
    )
    return list(rows.order_by("request_id"))

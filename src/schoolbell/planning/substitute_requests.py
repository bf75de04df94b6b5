"""Instructors ask the office for somebody else to give a session in their place."""

from uuid import UUID

from django.db import IntegrityError, transaction

from schoolbell.journal.actions import record, tell
from schoolbell.kit.refusals import NotAllowed
from schoolbell.kit.time import now
from schoolbell.people.models import Instructor
from schoolbell.planning.models import SubstituteRequest
from schoolbell.planning.refusals import RequestNotOpen, SubstituteAsked
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows
from schoolbell.timetable.models import Session

LIVE = (Session.Status.DRAFT, Session.Status.PUBLISHED)


def substitute_requests(school: School, *, seen_by: Actor) -> SchoolRows[SubstituteRequest]:
    """All for staff, for an instructor those that they made. With session, course, resource and persons."""
    rows = SubstituteRequest.objects.of(school).select_related(
        "session__course", "session__resource", "instructor__person", "wanted__person"
    )
    return rows if seen_by.is_staff else rows.filter(instructor__person_id=seen_by.me)


def waiting(rows: SchoolRows[SubstituteRequest]) -> SchoolRows[SubstituteRequest]:
    """Those that somebody has to decide: what was cancelled or has begun needs no substitute. By the lesson's time."""
    return rows.filter(
        status=SubstituteRequest.Status.REQUESTED, session__status__in=LIVE, session__starts_at__gt=now()
    ).order_by("session__starts_at", "id")


def write_request(
    session: Session, instructor: Instructor, *, by: Actor, wanted: Instructor | None = None, reason: str = ""
) -> SubstituteRequest:
    """Whether they may is asked in `own_lessons`. Raises SubstituteAsked."""
    request = SubstituteRequest(
        school_id=session.school_id, session=session, instructor=instructor, wanted=wanted, reason=reason.strip()
    )
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError as clash:
        raise SubstituteAsked(session.pk) from clash
    new = {"session": str(session.pk), "instructor": str(instructor.pk), "wanted": str(wanted.pk if wanted else "")}
    record("substitute_request.requested", request, by=by, new=new)
    record("session.substitute_requested", session, by=by, new=new)
    tell("substitute_request.requested", request)
    return request


@transaction.atomic
def decline_request(request: SubstituteRequest, *, by: Actor) -> SubstituteRequest:
    """The office finds nobody, or will not look: whoever asked gives it, and is told. Raises: NotAllowed,
    RequestNotOpen."""
    if not by.is_staff:
        raise NotAllowed(request.pk)
    declined = _decide(_locked(request), SubstituteRequest.Status.DECLINED, by=by)
    tell("substitute_request.declined", declined)
    return declined


@transaction.atomic
def withdraw_request(request: SubstituteRequest, *, by: Actor) -> SubstituteRequest:
    """Whoever asked gives it after all. Raises: NotAllowed, RequestNotOpen."""
    if not by.is_staff and request.instructor.person_id != by.me:
        raise NotAllowed(request.pk)
    return _decide(_locked(request), SubstituteRequest.Status.WITHDRAWN, by=by)


def settle_requests(session: Session, instructor: Instructor, *, by: Actor) -> None:
    """They do not give it any more: what they asked for has come about."""
    asked = SubstituteRequest.objects.filter(
        school_id=session.school_id,
        session_id=session.pk,
        instructor_id=instructor.pk,
        status=SubstituteRequest.Status.REQUESTED,
    )
    for request in asked.select_for_update(no_key=True):
        _decide(request, SubstituteRequest.Status.SETTLED, by=by)


def _locked(request: SubstituteRequest) -> SubstituteRequest:
    current = SubstituteRequest.objects.select_for_update(no_key=True).get(school_id=request.school_id, id=request.pk)
    if current.status != SubstituteRequest.Status.REQUESTED:
        raise RequestNotOpen(request.pk)
    return current


def _decide(request: SubstituteRequest, to: SubstituteRequest.Status, *, by: Actor) -> SubstituteRequest:
    """The row is locked."""
    old, request.status = request.status, to
    request.decided_by, request.decided_at = by.who, now()
    request.save()
    record(f"substitute_request.{to.value}", request, by=by, old={"status": old}, new={"status": to.value})
    return request


def find_waiting(session: Session, instructor_id: UUID) -> SubstituteRequest | None:
    """What this instructor asks for this session."""
    rows = SubstituteRequest.objects.filter(school_id=session.school_id, session_id=session.pk)
    return waiting(rows).filter(instructor_id=instructor_id).select_related("wanted__person").first()

"""Working out the timetables that were asked for. What the worker runs, apart from everything else that it does.

A proposal is taken with a lease, which is renewed while the solver thinks. Whoever loses it, by being killed, say,
loses the work too: when the lease has run out, another takes the proposal over. See docs/decisions.
"""

import datetime as dt
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final, cast
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from schoolbell.journal.actions import record
from schoolbell.kit.ids import new_id
from schoolbell.kit.refusals import Refusal
from schoolbell.kit.time import now
from schoolbell.people.models import Instructor
from schoolbell.planning.matching import problem_of, weekday_and_clock
from schoolbell.planning.matching_problem import DAY, Key, Place, Progress, Reason, Solution
from schoolbell.planning.models import LessonRequest, Placement, Proposal
from schoolbell.planning.proposals import FORESEEN, placements_of, plan_of, waiting
from schoolbell.planning.repairing import Running, days_without, running, sources_of, with_own_rooms
from schoolbell.planning.requests import lesson_requests
from schoolbell.planning.solver import HAS_SOLVER, repair
from schoolbell.planning.weekly import preview_weekly
from schoolbell.schools.actor import SYSTEM
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows
from schoolbell.timetable.models import Resource

LEASE: Final = dt.timedelta(seconds=30)
SAY_EVERY: Final = 1.0  # seconds between two words on how far it is
MOST_ATTEMPTS: Final = 5
SHARE_OF_SOLVING: Final = 90  # percent; the rest is looking at the lessons one by one
Status = Proposal.Status
log = structlog.get_logger("schoolbell.solving")


class LeaseLost(Exception):
    """The proposal was discarded, or is somebody else's by now."""


def work_out_waiting() -> int:
    """Work out everything that waits, and say how much it was."""
    done = 0
    while (proposal := take_next()) is not None:
        work_out(proposal)
        done += 1
    return done


@transaction.atomic
def take_next() -> Proposal | None:
    """The proposal that waits longest, now ours; or one whose lease ran out. One that failed too often is given up."""
    proposal = waiting().select_for_update(skip_locked=True, no_key=True).order_by("id").first()
    if proposal is None:
        return None
    if proposal.attempts >= MOST_ATTEMPTS:
        _fail(proposal, _("It was tried %s times, and each time something ended it.") % MOST_ATTEMPTS)
        return take_next()
    proposal.status, proposal.lease, proposal.lease_until = Status.SOLVING, new_id(), now() + LEASE
    proposal.attempts += 1
    proposal.percent, proposal.placed = 0, 0
    proposal.save()
    return proposal


def work_out(proposal: Proposal) -> None:
    """The places for every open request, kept with the proposal, which is then ready.

    Whatever ends it before, a signal or an error, gives the proposal back, to be taken again.
    """
    held = _Held(proposal)
    try:
        school = School.objects.get(id=proposal.school_id)
        requests = list(lesson_requests(school, status=LessonRequest.Status.OPEN).select_related("course__school"))
        runs = running(school, proposal.repairs)
        requests += [one.request for one in runs.values()]
        current = _current(proposal, runs)
        problem = problem_of(school, requests, current=_places_of(runs), apart_from=_series_of(runs))
        held.asked(len(requests))
        found = repair(problem, current, seconds=proposal.seconds, on_progress=held.progress)
        found = replace(found, placed=with_own_rooms(problem, found.placed, current))
        _keep(held, {one.pk: one for one in requests}, found, runs)
    except LeaseLost:
        log.info("proposal was taken away", proposal=str(proposal.pk))
    except BaseException as ending:
        log.warning("proposal was left off", proposal=str(proposal.pk), attempts=proposal.attempts, exc_info=ending)
        with suppress(DatabaseError):
            held.give_back()
        raise


@dataclass
class _Held:
    """A proposal as long as it is ours."""

    proposal: Proposal
    said_at: float = field(default_factory=time.monotonic)

    def asked(self, number: int) -> None:
        self.proposal.asked = number
        self._say(asked=number)

    def progress(self, now_: Progress) -> None:
        if time.monotonic() - self.said_at >= SAY_EVERY:
            self.said_at = time.monotonic()
            self._say(percent=int(now_.share * SHARE_OF_SOLVING), placed=now_.placed, bound=now_.bound)

    def looked_at(self, done: int, all_: int) -> None:
        if time.monotonic() - self.said_at >= SAY_EVERY:
            self.said_at = time.monotonic()
            self._say(percent=SHARE_OF_SOLVING + (100 - SHARE_OF_SOLVING) * done // all_)

    def _say(self, **values: int) -> None:
        """Raises LeaseLost."""
        if not self._ours().update(lease_until=now() + LEASE, updated_at=now(), **values):
            raise LeaseLost(self.proposal.pk)

    def give_back(self) -> None:
        self._ours().update(status=Status.QUEUED, lease=None, lease_until=None, updated_at=now())

    def is_ours(self) -> bool:
        return self._ours().select_for_update(no_key=True).exists()

    def _ours(self) -> SchoolRows[Proposal]:
        own = {"school_id": self.proposal.school_id, "id": self.proposal.pk}
        return Proposal.objects.filter(**own, status=Status.SOLVING, lease=self.proposal.lease)


def _places_of(runs: Mapping[UUID, Running]) -> dict[Key, Place]:
    return {key: one.place for key, one in runs.items()}


def _series_of(runs: Mapping[UUID, Running]) -> list[UUID]:
    return [one.series.pk for one in runs.values()]


def _current(proposal: Proposal, runs: Mapping[UUID, Running]) -> dict[Key, Place]:
    """The places in the proposal that this one repairs; of one that was accepted, those that its lessons have now."""
    if proposal.repairs is None:
        return {}
    if proposal.repairs.status == Status.ACCEPTED:
        return _places_of(runs)
    found: dict[Key, Place] = {}
    for one in placements_of(proposal.repairs):
        if one.weekday is not None and one.starts is not None:
            starts = (one.weekday - 1) * DAY + one.starts.hour * 60 + one.starts.minute
            found[one.request_id] = Place(one.request_id, one.instructor_id, starts, one.resource_id)
    return found


def _keep(held: _Held, requests: Mapping[UUID, LessonRequest], found: Solution, runs: Mapping[UUID, Running]) -> None:
    proposal = held.proposal
    theirs = sources_of(runs.values(), proposal.school) if runs else []
    rows = []
    for row in _rows(proposal, requests, found.placed):
        was = runs.get(row.request_id)
        rows.append(_looked_at_running(row, was, theirs) if was else _looked_at(row, theirs))
        held.looked_at(len(rows), len(found.placed))
    rows += [
        Placement(school_id=proposal.school_id, proposal=proposal, request_id=cast(UUID, key), reason=reason)
        for key, reason in found.unplaced.items()
    ]
    with transaction.atomic():
        if not held.is_ours():
            raise LeaseLost(proposal.pk)
        Placement.objects.bulk_create(rows)
        proposal.status, proposal.lease, proposal.lease_until = Status.READY, None, None
        proposal.percent, proposal.asked = 100, len(requests)
        proposal.placed = sum(row.is_placed for row in rows)
        proposal.bound, proposal.is_optimal = found.bound, found.optimal
        proposal.method = Proposal.Method.SOLVER if HAS_SOLVER else Proposal.Method.GREEDY
        proposal.save()
        said = {"placed": proposal.placed, "asked": proposal.asked, "bound": proposal.bound}
        record("proposal.ready", proposal, by=SYSTEM, new=said)


def _rows(proposal: Proposal, requests: Mapping[UUID, LessonRequest], places: Sequence[Place]) -> Iterator[Placement]:
    own = {"school_id": proposal.school_id}
    staff = {one.pk: one for one in Instructor.objects.filter(**own).select_related("person")}
    rooms = {one.pk: one for one in Resource.objects.filter(**own)}
    for place in places:
        weekday, starts = weekday_and_clock(place.starts)
        yield Placement(
            **own,
            proposal=proposal,
            request=requests[cast(UUID, place.wish)],
            instructor=staff[cast(UUID, place.instructor)],
            resource=rooms[cast(UUID, place.resource)] if place.resource else None,
            weekday=weekday,
            starts=starts,
        )


def _looked_at_running(row: Placement, was: Running, theirs: Sequence[UUID]) -> Placement:
    """The same of lessons that run: those that stay are not asked about."""
    if was.is_kept_by(row):
        return row
    days = days_without(row, was, apart_from=theirs)
    if days is None:
        return Placement(school_id=row.school_id, proposal=row.proposal, request=row.request, reason=Reason.ALL_TAKEN)
    row.clashes = days
    return row


def _looked_at(row: Placement, apart_from: Sequence[UUID]) -> Placement:
    """With the days on which it cannot be had, as if those claims were given up. One that cannot be had at all is no
    place."""
    try:
        lessons = preview_weekly(plan_of(row), apart_from=apart_from)
    except Refusal:
        lessons, impossible = [], True
    else:
        impossible = bool(lessons) and all(one.reason for one in lessons)
    if impossible:
        return Placement(school_id=row.school_id, proposal=row.proposal, request=row.request, reason=Reason.ALL_TAKEN)
    row.clashes = [one.day.isoformat() for one in lessons if one.reason and one.reason not in FORESEEN]
    return row


def _fail(proposal: Proposal, sentence: str) -> None:
    proposal.status, proposal.lease, proposal.lease_until = Status.FAILED, None, None
    proposal.error = sentence
    proposal.save()
    record("proposal.failed", proposal, by=SYSTEM, new={"attempts": proposal.attempts})

"""LessonRequest, Proposal, Placement, SubstituteRequest. Nothing here takes anybody's time: accepting a proposal does,
and handing a session over."""

import datetime as dt
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schoolbell.bookings.models import Enrollment
from schoolbell.catalogue.models import Course
from schoolbell.kit.time import InstantField, ZoneField
from schoolbell.people.models import Client, Instructor, Student
from schoolbell.planning.matching_problem import Reason
from schoolbell.schools.rows import SchoolForeignKey, SchoolModel
from schoolbell.timetable.models import Resource, Session


@dataclass(frozen=True, slots=True)
class Window:
    """A weekday (ISO: 1 is Monday) and the clock times between which the lesson may lie. 00:00 ends the day."""

    weekday: int
    starts: dt.time
    ends: dt.time

    @property
    def minutes(self) -> int:
        """Below nothing where it ends before it starts."""
        ends = 24 * 60 if self.ends == dt.time.min else self.ends.hour * 60 + self.ends.minute
        return ends - self.starts.hour * 60 - self.starts.minute

    @property
    def minute_of_week(self) -> int:
        """At which it begins: 0 is Monday 00:00."""
        return (self.weekday - 1) * 24 * 60 + self.starts.hour * 60 + self.starts.minute

    def as_json(self) -> dict[str, int | str]:
        return {"weekday": self.weekday, "from": f"{self.starts:%H:%M}", "until": f"{self.ends:%H:%M}"}


class LessonRequest(SchoolModel):
    """A weekly lesson that somebody wants, before it is known with whom and when."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        PLACED = "placed", _("Placed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    student = SchoolForeignKey(Student, related_name="lesson_requests")
    client = SchoolForeignKey(Client, related_name="lesson_requests")
    course = SchoolForeignKey(Course, related_name="lesson_requests")
    windows = models.JSONField()  # [{"weekday": 1, "from": "15:00", "until": "18:00"}]; until 00:00: the end of the day
    timezone = ZoneField()  # of the windows
    instructors = models.JSONField(default=list)  # ids, the one liked best first; empty: whoever teaches the course
    starts_on = models.DateField()
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.OPEN)
    enrollment = SchoolForeignKey(Enrollment, null=True, related_name="+")  # what came of it

    class Meta(SchoolModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=("open", "placed", "withdrawn")), name="lessonrequest_status"
            ),
            # What is placed has its enrollment, and nothing else has one.
            models.CheckConstraint(
                condition=Q(status="placed", enrollment__isnull=False)
                | (~Q(status="placed") & Q(enrollment__isnull=True)),
                name="lessonrequest_placed_is_enrolled",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "status"], name="lessonrequest_by_status"),
            models.Index(fields=["school", "student"], name="lessonrequest_student"),
        ]

    @property
    def ranked(self) -> list[UUID]:
        """The ids of the instructors that are wanted, the one liked best first."""
        return [UUID(one) for one in self.instructors]

    @property
    def wanted(self) -> list[Window]:
        """When it can be, by the clocks of `timezone`."""
        return [
            Window(one["weekday"], dt.time.fromisoformat(one["from"]), dt.time.fromisoformat(one["until"]))
            for one in self.windows
        ]


class Proposal(SchoolModel):
    """A timetable for the open requests, worked out by the worker, then accepted whole or discarded.

    While it is worked out, `lease` is the worker's that has it, until `lease_until` unless that is renewed; then
    another worker takes it over.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SOLVING = "solving", _("Being worked out")
        READY = "ready", _("Ready")
        ACCEPTED = "accepted", _("Accepted")
        DISCARDED = "discarded", _("Discarded")
        FAILED = "failed", _("Failed")

    class Method(models.TextChoices):
        SOLVER = "solver"
        GREEDY = "greedy"

    UNDER_WAY: Final = (Status.QUEUED, Status.SOLVING)

    status = models.CharField(max_length=9, choices=Status.choices, default=Status.QUEUED)
    seconds = models.PositiveSmallIntegerField()  # that it may take
    repairs = SchoolForeignKey("self", null=True, related_name="+")  # whose places are kept where they can be
    percent = models.PositiveSmallIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0)  # how many requests there were
    placed = models.PositiveIntegerField(default=0)  # how many have a place, so far
    bound = models.PositiveIntegerField(default=0)  # more can certainly not be placed
    is_optimal = models.BooleanField(default=False)  # nothing better exists, and that is proved
    method = models.CharField(max_length=6, choices=Method.choices, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.UUIDField(null=True)
    lease_until = InstantField(null=True)
    error = models.CharField(max_length=300, blank=True)
    created_by = models.UUIDField(null=True)
    ended_by = models.UUIDField(null=True)  # who accepted or discarded it
    ended_at = InstantField(null=True)

    class Meta(SchoolModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=("queued", "solving", "ready", "accepted", "discarded", "failed")),
                name="proposal_status",
            ),
            models.CheckConstraint(condition=Q(percent__lte=100), name="proposal_percent"),
            models.CheckConstraint(condition=Q(method__in=("", "solver", "greedy")), name="proposal_method"),
            # A school has one proposal worked out at a time.
            models.UniqueConstraint(
                fields=["school"], condition=Q(status__in=("queued", "solving")), name="proposal_one_under_way"
            ),
            # What is being worked out is somebody's.
            models.CheckConstraint(
                condition=Q(status="solving", lease__isnull=False, lease_until__isnull=False)
                | (~Q(status="solving") & Q(lease__isnull=True, lease_until__isnull=True)),
                name="proposal_lease",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(status__in=("queued", "solving")), name="proposal_waiting"),
        ]

    @property
    def is_under_way(self) -> bool:
        return self.status in self.UNDER_WAY


class Placement(SchoolModel):
    """What a proposal says of one request: who gives it, when by the school's clock and where, or why it has no place.

    `clashes` are the days, up to the horizon, of which it was known that the lesson cannot be given on them.
    """

    # Why there is none: see `matching_problem.Reason`.
    REASONS: Final = tuple((reason.value, reason.value) for reason in Reason)

    proposal = SchoolForeignKey(Proposal, models.CASCADE, related_name="placements")  # an aggregate
    request = SchoolForeignKey(LessonRequest, related_name="placements")
    instructor = SchoolForeignKey(Instructor, null=True, related_name="+")
    resource = SchoolForeignKey(Resource, null=True, related_name="+")
    weekday = models.PositiveSmallIntegerField(null=True)
    starts = models.TimeField(null=True)
    reason = models.CharField(max_length=14, choices=REASONS, blank=True)
    clashes = models.JSONField(default=list)

    class Meta(SchoolModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["school", "proposal", "request"], name="placement_once"),
            models.CheckConstraint(
                condition=Q(reason__in=("", *(reason.value for reason in Reason))), name="placement_reason"
            ),
            # A request has a place, or a reason why it has none.
            models.CheckConstraint(
                condition=Q(reason="", instructor__isnull=False, weekday__range=(1, 7), starts__isnull=False)
                | (
                    ~Q(reason="")
                    & Q(instructor__isnull=True, resource__isnull=True, weekday__isnull=True, starts__isnull=True)
                ),
                name="placement_or_reason",
            ),
        ]

    @property
    def is_placed(self) -> bool:
        return not self.reason


class SubstituteRequest(SchoolModel):
    """An instructor asks the office for somebody else to give a session in their place; `wanted` is whom they would
    like. It is settled by whatever takes them off the session, a substitute or an absence."""

    class Status(models.TextChoices):
        REQUESTED = "requested", _("Asked for")
        SETTLED = "settled", _("Settled")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Taken back")

    session = SchoolForeignKey(Session, related_name="substitute_requests")
    instructor = SchoolForeignKey(Instructor, related_name="substitute_requests")
    wanted = SchoolForeignKey(Instructor, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)  # for the office alone
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.REQUESTED)
    decided_by = models.UUIDField(null=True)
    decided_at = InstantField(null=True)

    class Meta(SchoolModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=("requested", "settled", "declined", "withdrawn")),
                name="substituterequest_status",
            ),
            # Whatever was decided was decided at some moment.
            models.CheckConstraint(
                condition=Q(status="requested", decided_at__isnull=True)
                | (~Q(status="requested") & Q(decided_at__isnull=False)),
                name="substituterequest_says_when",
            ),
            # Somebody asks once for a session until it is decided.
            models.UniqueConstraint(
                fields=["school", "session", "instructor"],
                condition=Q(status="requested"),
                name="substituterequest_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["school", "session"], condition=Q(status="requested"), name="substituterequest_waiting"
            ),
        ]

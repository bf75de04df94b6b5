"""Resource, Travel, Series, Session, Slot, Staffing. Seats are counted on slots and nowhere else."""

import datetime as dt
from typing import Final

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.db.models.lookups import GreaterThan, LessThanOrEqual

from schoolbell.catalogue.models import Course, ResourceKind
from schoolbell.diary.models import Diary
from schoolbell.kit.sealed import SealedField
from schoolbell.kit.time import InstantField, ZoneField
from schoolbell.people.models import Instructor
from schoolbell.schools.rows import SchoolForeignKey, SchoolModel


class Resource(SchoolModel):
    """What a lesson happens in: a venue, an online room, a vehicle."""

    diary = SchoolForeignKey(Diary, related_name="+")
    kind = models.CharField(max_length=11, choices=ResourceKind.choices)
    name = models.CharField(max_length=200)
    capacity = models.PositiveSmallIntegerField()
    address_line1 = models.CharField(max_length=255, blank=True)
    address_line2 = models.CharField(max_length=255, blank=True)
    city = models.CharField(max_length=100, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    facilities = models.JSONField(default=dict)
    parking_info = models.TextField(blank=True)
    meeting_url = models.URLField(blank=True)
    meeting_id = models.CharField(max_length=100, blank=True)
    passcode = SealedField(blank=True)  # for those who may enter
    is_active = models.BooleanField(default=True)

    class Meta(SchoolModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(capacity__gte=1), name="resource_capacity"),
            models.CheckConstraint(condition=Q(kind__in=ResourceKind.values), name="resource_kind"),
            models.UniqueConstraint(fields=["school", "diary"], name="resource_diary"),
        ]
        indexes = [models.Index(fields=["school", "kind"], name="resource_by_kind")]

    def __str__(self) -> str:
        return self.name


class Travel(SchoolModel):
    """How long it takes between two places, either way."""

    one = SchoolForeignKey(Resource, models.CASCADE, related_name="+")
    other = SchoolForeignKey(Resource, models.CASCADE, related_name="+")
    minutes = models.PositiveSmallIntegerField()

    class Meta(SchoolModel.Meta):
        constraints = [
            # Two places have one time, whichever is named first.
            models.UniqueConstraint(
                "school", Least("one_id", "other_id"), Greatest("one_id", "other_id"), name="travel_once"
            ),
            models.CheckConstraint(condition=~Q(one_id=F("other_id")), name="travel_between_two"),
            models.CheckConstraint(condition=Q(minutes__lte=1440), name="travel_within_a_day"),
        ]


class Series(SchoolModel):
    """A repeating rule in wall-clock time. Its sessions know their `occurrence_on`, the day that the rule names, even
    when they were moved or cancelled. `follows` is the series that this one took over from."""

    course = SchoolForeignKey(Course, related_name="series")
    resource = SchoolForeignKey(Resource, null=True, related_name="series")
    follows = SchoolForeignKey("self", null=True, related_name="successors")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)  # included; null: no end
    starts = models.TimeField()
    timezone = ZoneField()
    duration_minutes = models.PositiveSmallIntegerField()
    rule = models.CharField(max_length=200)  # RFC 5545's RRULE, its start being `starts_on` at `starts`
    capacity = models.PositiveSmallIntegerField()
    price = models.PositiveIntegerField(null=True)  # null: the course's
    on_demand = models.BooleanField(default=False)  # one student's weekly lessons: each goes with its booking
    publishes = models.BooleanField(default=True)  # are its sessions published when they are made?
    generated_until = models.DateField(null=True)  # included; the occurrences up to there were looked at
    created_by = models.UUIDField(null=True)

    class Meta(SchoolModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(duration_minutes__range=(5, 1440)), name="series_duration"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="series_capacity"),
        ]
        indexes = [
            models.Index(fields=["school", "course"], name="series_course"),
            models.Index(fields=["school", "ends_on"], name="series_end"),
        ]


class SeriesStaffing(SchoolModel):
    """This instructor teaches this series. The first named leads."""

    series = SchoolForeignKey(Series, models.CASCADE, related_name="staffing")  # an aggregate
    instructor = SchoolForeignKey(Instructor, related_name="+")
    leads = models.BooleanField(default=False)

    class Meta(SchoolModel.Meta):
        constraints = [models.UniqueConstraint(fields=["school", "series", "instructor"], name="seriesstaffing_once")]
        indexes = [models.Index(fields=["school", "instructor"], name="seriesstaffing_instructor")]


class SkippedOccurrence(SchoolModel):
    """A day that the rule names and that has no session: the school is closed, say, or the time is taken. `taken` are
    the diaries that are, with their stretches. Whoever extends the series tries it again as long as it lies ahead, but
    for what is left out on purpose."""

    class Reason(models.TextChoices):
        CLOSURE = "closure"
        CLASH = "clash"
        HOURS = "hours"  # the school, the place or the instructor is not open then
        RULE = "rule"  # too close to another lesson, too far to travel, or the day or the week is full
        AWAY = "away"  # who teaches or learns is not active, or the course or the place is out of use
        CANCELLED = "cancelled"  # on purpose: nobody tries it again

    series = SchoolForeignKey(Series, models.CASCADE, related_name="skipped")  # an aggregate
    occurrence_on = models.DateField()
    reason = models.CharField(max_length=9, choices=Reason.choices)
    taken = models.JSONField(default=list)  # [{"diary", "starts_at", "ends_at"}]

    class Meta(SchoolModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["school", "series", "occurrence_on"], name="skippedoccurrence_once"),
            models.CheckConstraint(
                condition=Q(reason__in=("closure", "clash", "hours", "rule", "away", "cancelled")),
                name="skippedoccurrence_reason",
            ),
        ]


# Longer than a day from its first time to its last, as few sessions are: it may have begun long ago and not be over.
DAY: Final = dt.timedelta(days=1)
GOES_ON: Final = Q(GreaterThan(F("ends_at") - F("starts_at"), DAY))


class Session(SchoolModel):
    """One teaching event on offer. Most have one slot; a three-day course has three."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        CANCELLED = "cancelled"
        COMPLETED = "completed"

    class Type(models.TextChoices):
        REGULAR = "regular"
        TRIAL = "trial"

    course = SchoolForeignKey(Course, related_name="sessions")
    resource = SchoolForeignKey(Resource, null=True, related_name="sessions")
    series = SchoolForeignKey(Series, null=True, related_name="sessions")
    occurrence_on = models.DateField(null=True)  # which occurrence of its series it is, even when it was moved
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.DRAFT)
    type = models.CharField(max_length=7, choices=Type.choices, default=Type.REGULAR)
    on_demand = models.BooleanField(default=False)  # made by the booking of it
    capacity = models.PositiveSmallIntegerField()
    price = models.PositiveIntegerField(null=True)  # null: the course's
    choose_slots = models.BooleanField(default=False)  # may a student take some of the slots only?
    # The office put it, or opened it, where the school or the place is closed, and meant it.
    despite_closed = models.BooleanField(default=False, db_default=False)
    starts_at = InstantField()  # of the first slot
    ends_at = InstantField()  # of the last
    timezone = ZoneField()
    notes = models.TextField(blank=True)
    created_by = models.UUIDField(null=True)
    published_at = InstantField(null=True)
    cancelled_at = InstantField(null=True)
    # In words for everybody who was booked.
    cancelled_because = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta(SchoolModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="session_ends_after_start"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="session_capacity"),
            models.CheckConstraint(
                condition=Q(status__in=("draft", "published", "cancelled", "completed")), name="session_status"
            ),
            models.CheckConstraint(condition=Q(type__in=("regular", "trial")), name="session_type"),
            # An occurrence of a series is one session, ever.
            models.UniqueConstraint(
                fields=["school", "series", "occurrence_on"],
                condition=Q(series__isnull=False),
                name="session_occurrence",
            ),
            models.CheckConstraint(
                condition=Q(series__isnull=True, occurrence_on__isnull=True)
                | Q(series__isnull=False, occurrence_on__isnull=False),
                name="session_occurrence_of_series",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "course", "starts_at"], name="session_course"),
            models.Index(fields=["school", "starts_at"], name="session_start"),
            models.Index(
                fields=["school", "resource", "starts_at"], condition=Q(resource__isnull=False), name="session_resource"
            ),
            models.Index(
                fields=["school", "course", "ends_at"], condition=Q(choose_slots=True), name="session_in_part"
            ),
            models.Index(fields=["school", "ends_at"], condition=GOES_ON, name="session_going_on"),
        ]

    @property
    def is_live(self) -> bool:
        """Neither cancelled nor over: it can be cancelled."""
        return self.status in (self.Status.DRAFT, self.Status.PUBLISHED)

    def is_movable(self, at: dt.datetime) -> bool:
        """What lives and has not begun goes to another time."""
        return self.is_live and self.starts_at > at

    @property
    def lacks_online_room(self) -> bool:
        """It is taught online, and nothing says where: whoever has a seat in it has no way in."""
        return self.course.delivery == Course.Delivery.ONLINE and self.resource_id is None

    def is_in_progress(self, at: dt.datetime) -> bool:
        return self.status == self.Status.PUBLISHED and self.starts_at <= at < self.ends_at


class Slot(SchoolModel):
    """One stretch of a session's time, with its seats."""

    session = SchoolForeignKey(Session, models.CASCADE, related_name="slots")  # an aggregate
    starts_at = InstantField()
    ends_at = InstantField()
    capacity = models.PositiveSmallIntegerField()
    seats_taken = models.PositiveSmallIntegerField(default=0)
    # True while the session is published. It stands here because this is the row that a buyer locks: a session
    # cancelled in the same instant is seen here, not on a row read before.
    is_open = models.BooleanField(default=False)

    class Meta(SchoolModel.Meta):
        constraints = [
            # A slot ends after it starts.
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="slot_ends_after_start"),
            # Whoever looks for what meets a stretch need look no further back than a day (`queries.meeting`).
            models.CheckConstraint(
                condition=Q(LessThanOrEqual(F("ends_at") - F("starts_at"), DAY)), name="slot_of_a_day_at_most"
            ),
            # Nobody is ever sold a seat that is not there.
            models.CheckConstraint(condition=Q(seats_taken__lte=F("capacity")), name="slot_not_oversold"),
        ]
        indexes = [
            models.Index(fields=["school", "session"], name="slot_session"),
            models.Index(fields=["school", "starts_at"], name="slot_start"),
        ]


class Staffing(SchoolModel):
    """This instructor teaches this session. The first named leads."""

    session = SchoolForeignKey(Session, models.CASCADE, related_name="staffing")  # an aggregate
    instructor = SchoolForeignKey(Instructor, related_name="staffing")
    leads = models.BooleanField(default=False)

    class Meta(SchoolModel.Meta):
        constraints = [models.UniqueConstraint(fields=["school", "session", "instructor"], name="staffing_once")]
        indexes = [models.Index(fields=["school", "instructor"], name="staffing_instructor")]

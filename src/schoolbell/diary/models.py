"""Diary, OpeningHours, Claim, and what closes a diary: closures, time off, outside calendars.

The two exclusion constraints on Claim are why nothing is ever double-booked.
"""

import datetime as dt
from typing import ClassVar
from urllib.parse import urlsplit

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import MD5

from schoolbell.kit.time import InstantField, Stretch, ZoneField
from schoolbell.schools.rows import SchoolForeignKey, SchoolModel


class TsTzRange(Func):
    """A range of instants, as `Stretch` is one: the start is in it, the end is not."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class Diary(SchoolModel):
    """One person's or resource's time. Locked (`FOR NO KEY UPDATE`, in id order) by whoever compares neighbours."""


class OpeningHours(SchoolModel):
    """Wall-clock hours in a named zone, on a weekday (ISO: 1 is Monday) or on one date. Validity includes both ends.

    Hours on one date are an exception: they add to the weekly ones or, with `closes`, take away from them.
    """

    diary = SchoolForeignKey(Diary, models.CASCADE, related_name="opening_hours")  # an aggregate
    weekday = models.PositiveSmallIntegerField(null=True)
    date = models.DateField(null=True)
    closes = models.BooleanField(default=False)
    starts = models.TimeField()
    ends = models.TimeField()
    timezone = ZoneField()
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)

    class Meta(SchoolModel.Meta):
        constraints = [
            # Hours repeat on a weekday or hold on one date, never both.
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7), date__isnull=True)
                | Q(weekday__isnull=True, date__isnull=False, valid_from__isnull=True, valid_until__isnull=True),
                name="openinghours_weekday_or_date",
            ),
            # Only a single date can be closed: a weekday without hours is closed as it is.
            models.CheckConstraint(
                condition=Q(closes=False) | Q(date__isnull=False), name="openinghours_closes_a_date"
            ),
            # Hours end after they start; midnight at the end is the end of the day.
            models.CheckConstraint(
                condition=Q(starts__lt=F("ends")) | Q(ends="00:00"), name="openinghours_end_after_start"
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_from__lte=F("valid_until")),
                name="openinghours_valid",
            ),
        ]
        indexes = [models.Index(fields=["school", "diary", "weekday"], name="openinghours_diary")]


class Claim(SchoolModel):
    """One stretch of a diary's time that is taken. `source` is the id of what takes it: a slot or an attendance."""

    class Kind(models.TextChoices):
        LESSON = "lesson"
        BUSY = "busy"  # time off, an outside calendar

    diary = SchoolForeignKey(Diary, related_name="claims")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    during = DateTimeRangeField()
    source = models.UUIDField()
    waived = models.BooleanField(default=False)  # the office let a student's clash stand, for as long as it is one

    class Meta(SchoolModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=("lesson", "busy")), name="claim_kind"),
            # A claim is a stretch of time: bounded and not empty.
            models.CheckConstraint(
                condition=Q(during__isempty=False, during__lower_inf=False, during__upper_inf=False),
                name="claim_is_a_stretch",
            ),
            # Lessons exclude each other: nobody and nothing is ever in two lessons at once.
            ExclusionConstraint(
                name="claim_lessons_exclude",
                expressions=[
                    ("school", RangeOperators.EQUAL),
                    ("diary", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(kind="lesson", waived=False),
            ),
            # Lessons and busy time exclude each other; busy times may overlap.
            ExclusionConstraint(
                name="claim_kinds_exclude",
                expressions=[
                    ("school", RangeOperators.EQUAL),
                    ("diary", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                    ("kind", RangeOperators.NOT_EQUAL),
                ],
                condition=Q(waived=False),
            ),
        ]
        indexes = [
            models.Index(fields=["school", "source"], name="claim_source"),
            models.Index(fields=["school", "diary"], condition=Q(waived=True), name="claim_waived"),
        ]


class SchoolDiary(SchoolModel):
    """The diary whose opening hours are the school's own. Made when they are first given."""

    diary = SchoolForeignKey(Diary, related_name="+")

    class Meta(SchoolModel.Meta):
        constraints = [models.UniqueConstraint(fields=["school"], name="schooldiary_once")]


class HolidayRegion(SchoolModel):
    """The country, and in it the region, whose public holidays the school keeps. Codes as ISO 3166 has them."""

    country = models.CharField(max_length=2)
    subdivision = models.CharField(max_length=40, blank=True)

    class Meta(SchoolModel.Meta):
        constraints = [models.UniqueConstraint(fields=["school"], name="holidayregion_once")]

    @property
    def code(self) -> str:
        """Such as `GB-ENG`, or `DE` for what the whole country keeps."""
        return f"{self.country}-{self.subdivision}" if self.subdivision else self.country


class Closure(SchoolModel):
    """Days, both ends included, in the school's zone, on which nobody teaches. `holiday` is the code of the region
    whose public holiday it is; blank: the school's own. One that is kept open closes nothing."""

    first_day = models.DateField()
    last_day = models.DateField()
    name = models.CharField(max_length=200)
    holiday = models.CharField(max_length=43, blank=True)
    kept_open_at = InstantField(null=True)
    kept_open_by = models.UUIDField(null=True)

    class Meta(SchoolModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(first_day__lte=F("last_day")), name="closure_ends_after_start"),
            # A public holiday is written down once, however often the list of them is renewed.
            models.UniqueConstraint(
                fields=["school", "holiday", "first_day"], condition=~Q(holiday=""), name="closure_holiday_once"
            ),
        ]
        indexes = [models.Index(fields=["school", "last_day"], name="closure_last_day")]

    @property
    def is_kept_open(self) -> bool:
        return self.kept_open_at is not None


class TimeOff(SchoolModel):
    """Time in which somebody does not teach: asked for, then approved or declined; withdrawn before or after."""

    class Status(models.TextChoices):
        REQUESTED = "requested"
        APPROVED = "approved"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"

    TRANSITIONS: ClassVar = {
        Status.REQUESTED: (Status.APPROVED, Status.DECLINED, Status.WITHDRAWN),
        Status.APPROVED: (Status.WITHDRAWN,),
        Status.DECLINED: (),
        Status.WITHDRAWN: (),
    }

    diary = SchoolForeignKey(Diary, related_name="times_off")
    starts_at = InstantField()
    ends_at = InstantField()
    reason = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.REQUESTED)
    asked_by = models.UUIDField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_at = InstantField(null=True)

    class Meta(SchoolModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="timeoff_ends_after_start"),
            models.CheckConstraint(
                condition=Q(status__in=("requested", "approved", "declined", "withdrawn")), name="timeoff_status"
            ),
            # Nobody is off twice at once.
            ExclusionConstraint(
                name="timeoff_once",
                expressions=[
                    ("school", RangeOperators.EQUAL),
                    ("diary", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=("requested", "approved")),
            ),
        ]
        indexes = [
            models.Index(fields=["school", "diary", "starts_at"], name="timeoff_diary"),
            models.Index(fields=["school", "starts_at"], condition=Q(status="requested"), name="timeoff_requested"),
        ]

    @property
    def during(self) -> Stretch:
        return Stretch(self.starts_at, self.ends_at)


class OutsideCalendar(SchoolModel):
    """A calendar kept elsewhere, by its iCalendar address, whose events take a diary's time. Whoever knows the address
    can read the calendar: it is shown to nobody again, only its host."""

    diary = SchoolForeignKey(Diary, related_name="outside_calendars")
    name = models.CharField(max_length=100)
    url = models.CharField(max_length=2000)
    timezone = ZoneField()  # of whole days, and of times without a zone
    etag = models.CharField(max_length=500, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    tried_at = InstantField(null=True)
    fetched_at = InstantField(null=True)  # when its answer was last good: what is known is as old as that
    read_at = InstantField(null=True)  # when its events were last read into stretches of time
    error = models.CharField(max_length=300, blank=True)  # a sentence; blank while all is well

    class Meta(SchoolModel.Meta):
        constraints = [
            # One address blocks a diary once.
            models.UniqueConstraint(F("school"), F("diary"), MD5("url"), name="outsidecalendar_once"),
        ]
        indexes = [
            models.Index(fields=["tried_at"], name="outsidecalendar_tried"),
        ]

    STALE_AFTER: ClassVar = dt.timedelta(hours=3)

    def is_stale(self, at: dt.datetime) -> bool:
        """Is what is known of it so old that the time it takes may be wrong?"""
        return self.fetched_at is None or at - self.fetched_at > self.STALE_AFTER

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""


class OutsideEvent(SchoolModel):
    """One stretch of an outside calendar, as it stands there: a claim may be shorter, where a lesson lies in it."""

    calendar = SchoolForeignKey(OutsideCalendar, models.CASCADE, related_name="events")  # an aggregate
    uid = models.CharField(max_length=300, blank=True)
    recurrence = models.CharField(max_length=40, blank=True)  # which of its repetitions, by its original start
    starts_at = InstantField()
    ends_at = InstantField()
    all_day = models.BooleanField(default=False)

    class Meta(SchoolModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="outsideevent_ends_after_start"),
        ]
        indexes = [models.Index(fields=["school", "calendar", "starts_at"], name="outsideevent_start")]

    @property
    def during(self) -> Stretch:
        return Stretch(self.starts_at, self.ends_at)

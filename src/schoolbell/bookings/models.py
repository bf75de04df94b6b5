"""Enrollment, Booking, Attendance."""

import datetime as dt
from typing import Final

from django.db import models
from django.db.models import F, Q

from schoolbell.catalogue.models import Course
from schoolbell.kit.time import InstantField
from schoolbell.people.models import Client, Student
from schoolbell.schools.rows import SchoolForeignKey, SchoolModel
from schoolbell.timetable.models import Series, Session, Slot

MOST_LETTERS_OF_NOTES: Final = 1_000


class PaymentStatus(models.TextChoices):
    PENDING = "pending"
    DEPOSIT_PAID = "deposit_paid"
    PAID = "paid"
    FAILED = "failed"


class Enrollment(SchoolModel):
    """A student commits to a course."""

    class Type(models.TextChoices):
        TRIAL = "trial"
        ONE_OFF = "one_off"
        WEEKLY_RECURRING = "weekly_recurring"

    class Status(models.TextChoices):
        PENDING = "pending"
        ACTIVE = "active"
        PAUSED = "paused"
        ENDED = "ended"
        CANCELLED = "cancelled"

    student = SchoolForeignKey(Student, related_name="enrollments")
    client = SchoolForeignKey(Client, related_name="enrollments")
    course = SchoolForeignKey(Course, related_name="enrollments")
    type = models.CharField(max_length=16, choices=Type.choices)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PENDING)
    payment_status = models.CharField(max_length=13, choices=PaymentStatus.choices, default=PaymentStatus.PENDING)
    # The weekly lessons of an enrollment: the series that makes them now, or made them before it ended or paused.
    # `in_class`: it is a class, and the student has one seat of many in it.
    series = SchoolForeignKey(Series, null=True, related_name="enrollments")
    in_class = models.BooleanField(default=False, db_default=False)
    # A pause of classes: none that stands for a day from the first on, before the second (null: until it is resumed).
    away_from = models.DateField(null=True)
    away_until = models.DateField(null=True)
    price = models.PositiveIntegerField(
        null=True
    )  # agreed per lesson; null: the enrollment has one booking, with its own
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    paused_at = InstantField(null=True)  # the last time; what was cancelled before does not come back afterwards

    class Meta(SchoolModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(type__in=("trial", "one_off", "weekly_recurring")), name="enrollment_type"
            ),
            models.CheckConstraint(
                condition=Q(status__in=("pending", "active", "paused", "ended", "cancelled")), name="enrollment_status"
            ),
            models.CheckConstraint(
                condition=Q(payment_status__in=("pending", "deposit_paid", "paid", "failed")),
                name="enrollment_payment_status",
            ),
            # Weekly lessons come from a series, at a price that was agreed.
            models.CheckConstraint(
                condition=~Q(type="weekly_recurring") | Q(series__isnull=False, price__isnull=False),
                name="enrollment_weekly_has_a_series",
            ),
            # A series makes the lessons of one enrollment, unless it is a class.
            models.UniqueConstraint(
                fields=["school", "series"],
                condition=Q(series__isnull=False, in_class=False),
                name="enrollment_series",
            ),
            # Nobody has two seats in a class every week.
            models.UniqueConstraint(
                fields=["school", "series", "student"],
                condition=Q(in_class=True, status__in=("active", "paused")),
                name="enrollment_in_class_once",
            ),
            # A seat in a class every week is a weekly enrollment.
            models.CheckConstraint(
                condition=Q(in_class=False) | Q(type="weekly_recurring"), name="enrollment_in_class_is_weekly"
            ),
            # Days of a pause are those of classes, in order; other weekly lessons have series that end.
            models.CheckConstraint(
                condition=Q(away_from__isnull=True, away_until__isnull=True)
                | Q(in_class=True, away_from__isnull=False, away_until__isnull=True)
                | Q(in_class=True, away_from__isnull=False, away_from__lt=F("away_until")),
                name="enrollment_away_in_order",
            ),
            # A student tries a course once; a trial that was cancelled or never paid does not count.
            models.UniqueConstraint(
                fields=["school", "student", "course"],
                condition=Q(type="trial") & ~Q(status="cancelled"),
                name="enrollment_one_trial",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "student"], name="enrollment_student"),
            models.Index(fields=["school", "status", "payment_status"], name="enrollment_status_payment"),
            models.Index(
                fields=["school", "client"], condition=Q(type="weekly_recurring"), name="enrollment_weekly_client"
            ),
        ]

    def wants(self, day: dt.date) -> bool:
        """Is a class that stands for that day among those in which it has a seat? What pauses or has ended says with
        its days since when."""
        if self.status not in (self.Status.ACTIVE, self.Status.PAUSED, self.Status.ENDED) or day < self.starts_on:
            return False
        is_away = self.away_from is not None and day >= self.away_from
        is_over = self.ends_on is not None and day > self.ends_on
        return not is_over and not (is_away and (self.away_until is None or day < self.away_until))


class Booking(SchoolModel):
    """A student has a seat in a session. `price` is what was agreed, tax included, in minor units."""

    class Status(models.TextChoices):
        PENDING = "pending"
        CONFIRMED = "confirmed"
        IN_PROGRESS = "in_progress"
        COMPLETED = "completed"
        CANCELLED = "cancelled"
        EXPIRED = "expired"
        NO_SHOW = "no_show"

    class SettledBy(models.TextChoices):
        ORDER = "order"  # it has a line of its own
        ENROLLMENT = "enrollment"  # paid for with the others of its enrollment

    # The life of a booking. What is not here is refused.
    TRANSITIONS: Final = {
        "pending": frozenset({"confirmed", "cancelled", "expired"}),
        "confirmed": frozenset({"in_progress", "completed", "cancelled", "no_show"}),
        "in_progress": frozenset({"completed", "no_show"}),
        "completed": frozenset[str](),
        "cancelled": frozenset[str](),
        "expired": frozenset[str](),
        "no_show": frozenset[str](),
    }

    reference = models.CharField(max_length=9)
    session = SchoolForeignKey(Session, related_name="bookings")
    student = SchoolForeignKey(Student, related_name="bookings")
    client = SchoolForeignKey(Client, related_name="bookings")
    enrollment = SchoolForeignKey(Enrollment, null=True, related_name="bookings")
    status = models.CharField(max_length=11, choices=Status.choices)
    payment_status = models.CharField(max_length=13, choices=PaymentStatus.choices, default=PaymentStatus.PENDING)
    settled_by = models.CharField(max_length=10, choices=SettledBy.choices, db_default=SettledBy.ORDER)
    price = models.PositiveIntegerField()
    due_to_confirm = models.PositiveIntegerField(default=0)  # what must be paid, or waived, before it is confirmed
    holds_seat = models.BooleanField(default=True)
    hold_expires_at = InstantField(null=True)
    moved_at = InstantField(null=True)  # when the school last moved it: from then on it may be cancelled free of charge
    reschedules = models.PositiveSmallIntegerField(db_default=0)  # how often the client moved it
    confirmed_at = InstantField(null=True)
    ended_at = InstantField(null=True)  # when it was cancelled or expired
    # Of the price, how much the client need not bear, once it has ended: 100, or less when they cancelled late.
    owed_percent = models.PositiveSmallIntegerField(null=True)
    settled_at = InstantField(null=True)  # when the money of an ended booking was put right
    # What whoever booked wants the school to know; who teaches reads it too.
    notes = models.CharField(max_length=MOST_LETTERS_OF_NOTES, blank=True, default="", db_default="")

    class Meta(SchoolModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["school", "reference"], name="booking_reference"),
            models.CheckConstraint(
                condition=Q(
                    status__in=("pending", "confirmed", "in_progress", "completed", "cancelled", "expired", "no_show")
                ),
                name="booking_status",
            ),
            models.CheckConstraint(
                condition=Q(payment_status__in=("pending", "deposit_paid", "paid", "failed")),
                name="booking_payment_status",
            ),
            models.CheckConstraint(condition=Q(settled_by__in=("order", "enrollment")), name="booking_settled_by"),
            # What an enrollment pays for belongs to one, and waits for no payment of its own.
            models.CheckConstraint(
                condition=Q(settled_by="order") | (Q(enrollment__isnull=False) & ~Q(status="pending")),
                name="booking_of_enrollment_is_firm",
            ),
            # A pending booking says until when it holds its seat.
            models.CheckConstraint(
                condition=~Q(status="pending") | Q(hold_expires_at__isnull=False), name="booking_pending_has_a_hold"
            ),
            # Whoever may still come holds a seat.
            models.CheckConstraint(
                condition=Q(status__in=("cancelled", "expired")) | Q(holds_seat=True), name="booking_live_holds_seat"
            ),
        ]
        indexes = [
            models.Index(fields=["school", "session"], name="booking_session"),
            models.Index(fields=["school", "student", "status"], name="booking_student"),
            models.Index(fields=["school", "client"], name="booking_client"),
            models.Index(fields=["hold_expires_at"], condition=Q(status="pending"), name="booking_open_holds"),
            # A year has few for which money is still to come (`search.is_unpaid`).
            models.Index(
                fields=["school", "status"],
                condition=~Q(status__in=("cancelled", "expired"))
                & ~Q(payment_status="paid")
                & Q(price__gt=0, settled_by="order"),
                name="booking_unpaid",
            ),
        ]

    @property
    def is_paid_apart(self) -> bool:
        """It has an order to be paid by; others are paid for with their enrollment."""
        return self.settled_by == self.SettledBy.ORDER

    def is_overdue(self, at: dt.datetime) -> bool:
        """Its hold ran out: it may be expired by whoever wants the seat."""
        return self.status == self.Status.PENDING and self.hold_expires_at is not None and self.hold_expires_at <= at


class Seating(SchoolModel):
    """What became of one class for an enrollment that has a seat in it every week: seated, or why not. It is never
    seated there again, whatever becomes of the booking; where it found no seat that is tried again."""

    class Reason(models.TextChoices):
        FULL = "full"
        CLASH = "clash"  # the student has something else
        BOOKED = "booked"  # the student has a seat there already, by a booking of its own
        AWAY = "away"  # the student has left, or pauses

    enrollment = SchoolForeignKey(Enrollment, models.CASCADE, related_name="seatings")  # an aggregate
    session = SchoolForeignKey(Session, related_name="seatings")
    reason = models.CharField(max_length=6, choices=Reason.choices, blank=True)  # "": seated

    class Meta(SchoolModel.Meta):
        constraints = [
            # An enrollment is seated in a class once.
            models.UniqueConstraint(fields=["school", "enrollment", "session"], name="seating_once"),
            models.CheckConstraint(
                condition=Q(reason__in=("", "full", "clash", "booked", "away")), name="seating_reason"
            ),
        ]
        indexes = [models.Index(fields=["school", "session"], name="seating_session")]


class Attendance(SchoolModel):
    """A booking's seat in one slot, and whether the student came. `tutor_notes` are for the office and who teaches,
    `feedback` is for the student and the family."""

    class Status(models.TextChoices):
        PRESENT = "present"
        LATE = "late"
        ABSENT = "absent"
        EXCUSED = "excused"

    booking = SchoolForeignKey(Booking, models.CASCADE, related_name="attendances")  # an aggregate
    slot = SchoolForeignKey(Slot, related_name="attendances")
    student = SchoolForeignKey(Student, related_name="attendances")
    is_live = models.BooleanField(default=True)  # as its booking holds the seat
    status = models.CharField(max_length=7, choices=Status.choices, blank=True, db_default="")
    tutor_notes = models.TextField(blank=True, db_default="")
    feedback = models.TextField(blank=True, db_default="")
    marked_at = InstantField(null=True)
    marked_by = models.UUIDField(null=True)

    class Meta(SchoolModel.Meta):
        constraints = [
            # A student sits in a slot once.
            models.UniqueConstraint(
                fields=["school", "slot", "student"], condition=Q(is_live=True), name="attendance_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=("", "present", "late", "absent", "excused")), name="attendance_status"
            ),
            # Whoever came or not was seen at some moment.
            models.CheckConstraint(
                condition=Q(status="", marked_at__isnull=True) | (~Q(status="") & Q(marked_at__isnull=False)),
                name="attendance_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "booking"], name="attendance_booking"),
            models.Index(fields=["school", "slot"], name="attendance_slot"),
        ]

"""What this floor says no to."""

import datetime as dt
from http import HTTPStatus

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from schoolbell.kit.refusals import Refusal


class SessionFull(Refusal):
    """No seat is left in at least one slot of the session."""

    code = "session_full"
    message = _("This session is full.")


class SessionNotOpen(Refusal):
    """The session is not published, is over, or was cancelled."""

    code = "session_not_open"
    message = _("This session cannot be booked: it is not open.")


class SessionMoved(Refusal):
    """The session goes to another time since it was looked at."""

    code = "session_moved"
    message = _("This session was moved a moment ago. Look at its new time, and book it if that suits you.")


class TooFarAhead(Refusal):
    """The school does not book so far ahead."""

    code = "too_far_ahead"
    message = _("That is further ahead than this school takes bookings.")


class TooLateToBook(Refusal):
    """Booking closes before the lesson starts: at its start, or the policy's notice before."""

    code = "too_late_to_book"
    message = _("It is too late to book this: it starts too soon, or has started.")


class AlreadyBooked(Refusal):
    """The student already has a seat there."""

    code = "already_booked"
    message = _("This student already has a seat in this session.")


class StudentNotActive(Refusal):
    """The student left the school, or pauses."""

    code = "student_not_active"
    message = _("This student has left, or pauses. Take them back first.")


class MustBeNamed(Refusal):
    """Whoever takes that seat is named later, and this needs to know who they are."""

    code = "must_be_named"
    message = _("Say who comes: this cannot wait until later.")


class NamedAlready(Refusal):
    """The seat's student is known by now."""

    code = "named_already"
    message = _("This seat’s student has been named already.")


class AgeNotAllowed(Refusal):
    """The student is too young or too old on the day of the lesson, or their age is not known."""

    code = "age_not_allowed"
    message = _("This course is for another age.")


class TrialAlreadyTaken(Refusal):
    """A student tries a course once, before any other lesson of it."""

    code = "trial_already_taken"
    message = _("This student has a lesson of this course already: a first lesson is for whoever has none.")


class TrialNotOffered(Refusal):
    """The course has no trial."""

    code = "trial_not_offered"
    message = _("This course has no trial lesson.")


class TransitionRefused(Refusal):
    """A booking in this state cannot become that."""

    code = "wrong_status"
    message = _("A booking in this state cannot be changed like that.")


class LessonBegun(Refusal):
    """It has begun, or is over."""

    code = "lesson_begun"
    message = _("This has begun, so it cannot be cancelled here. Ask the school.")


class LessonNotBegun(Refusal):
    """Who came is not known before."""

    code = "lesson_not_begun"
    message = _("This has not begun. Before, you can only excuse somebody.")


class NotExpected(Refusal):
    """The booking was cancelled, ran out or is not confirmed."""

    code = "not_expected"
    message = _("Nobody is expected with this booking: it is not confirmed, or it was cancelled.")


class TooManyHolds(Refusal):
    """As many orders of somebody wait for payment as the school allows. `room_from`: when at the latest there is room
    for one more, as holds end."""

    code = "too_many_holds"
    message = _("Several of your orders wait for payment already. Pay for one, or give it up, before you order more.")
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(
        self, subject: object = None, *, detail: str | Promise | None = None, room_from: dt.datetime | None = None
    ) -> None:
        super().__init__(subject, detail=detail)
        self.room_from = room_from


class NotThisClients(Refusal):
    """The student is another client's."""

    code = "not_your_student"
    message = _("This client does not answer for this student.")


class PaymentRequired(Refusal):
    """The booking is confirmed by a payment, or by a waiver that says why."""

    code = "payment_required"
    message = _("This booking is not paid. Record a payment, or waive it and say why.")


class SlotUnavailable(Refusal):
    """A slot is deleted only as long as nobody has booked it."""

    code = "slot_unavailable"
    message = _("This slot was booked, or is over, so it cannot be deleted.")

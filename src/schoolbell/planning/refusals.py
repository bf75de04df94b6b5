"""What this floor says no to."""

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from schoolbell.diary.refusals import TimeTaken
from schoolbell.kit.refusals import Refusal


class NotOnDemand(Refusal):
    """The course is taught at published times only."""

    code = "not_on_demand"
    message = _("This course is taught at published times. Choose one of its sessions.")


class OffGrid(Refusal):
    """Lessons start at round times."""

    code = "not_on_start_grid"
    message = _("Lessons do not start at that minute here. Choose one of the free times.")


class NotQualified(Refusal):
    """That instructor does not teach that course."""

    code = "not_qualified"
    message = _("This instructor does not teach this course.")


class NotInService(Refusal):
    """Who teaches or learns has left, pauses or is on leave, or the course or the place is out of use."""

    code = "not_in_service"
    message = _("Somebody it needs has left or pauses, or its course or place is out of use. Change that first.")


class MoveClashes(TimeTaken):
    """Somebody or something that is needed is taken, or a rule between lessons speaks against it. `clashes` names all:
    they are `moving.MoveClash`."""

    def __init__(self, clashes: Sequence[Any]) -> None:
        self.clashes = clashes
        super().__init__(clashes, detail=clashes[0].sentence)
        self.errors = {"clashes": [clash.sentence for clash in clashes]}


class TooOftenMoved(Refusal):
    """The client moved this booking as often as the school allows."""

    code = "too_often_moved"
    message = _("This booking was moved as often as this school allows. Ask the school.")


class TooLateToMove(Refusal):
    """The client may move it as long as they may cancel it free of charge; an instructor until the policy's hours
    before."""

    code = "too_late_to_move"
    message = _("It is too late to move this. Ask the school.")


class NotAsManyLessons(Refusal):
    """A booking is moved at the price that was agreed, so to as many lessons as it is for."""

    code = "not_as_many_lessons"
    message = _("This booking is for another number of lessons than it would have there. Choose another session.")


class NotTheSameCourse(Refusal):
    """A booking is moved within its course."""

    code = "not_the_same_course"
    message = _("A booking can be moved to another time of the same course only.")


class LessonsChanged(Refusal):
    """Since somebody looked, a lesson was booked, moved, handed over or cancelled there. `subject` is the stretch of
    time."""

    code = "lessons_changed"
    message = _("The lessons there have changed in the meantime. Nothing was done: look at them again.")


# Where it is the course or the series itself that is another.
CHANGED_MEANWHILE: Final = _("It was changed in the meantime. Nothing was done: look at it again.")


class RequestNotOpen(Refusal):
    """The request has its lessons already, or was withdrawn."""

    code = "request_not_open"
    message = _("This request is not open any more.")


class NothingToPlace(Refusal):
    """There is no open request."""

    code = "nothing_to_place"
    message = _("There is no open request to place. Add one first.")


class ProposalUnderWay(Refusal):
    """A school has one proposal worked out at a time."""

    code = "proposal_under_way"
    message = _("A timetable is being worked out already. Wait for it, or discard it.")


class ProposalNotReady(Refusal):
    """Only a proposal that is ready can be accepted; one that ended cannot be discarded."""

    code = "proposal_not_ready"
    message = _("This proposal is not there to be decided: it is not ready, or it has been decided already.")


class PlacementRefused(Refusal):
    """A place of the proposal is no longer to be had. The subject is the placement."""

    code = "placement_refused"
    message = _("Something of this proposal cannot be had any more. Nothing was written; propose a new one.")


class SlotsClash(Refusal):
    """Some of the slots cannot be, and they were not to be skipped. `subject` are they: `slots.PlannedSlot`."""

    code = "slots_clash"
    message = _("Some of these slots meet something else. Skip those, or change the plan.")


class SeatsTaken(Refusal):
    """More seats are taken than there would be."""

    code = "seats_taken"
    message = _("More seats are taken than there would be.")


class NotSkipped(Refusal):
    """That lesson is on the timetable by now, or no longer wanted. The subject is the day that its rule names."""

    code = "not_skipped"
    message = _("This lesson is not left out any more: look at the timetable again.")


class AlreadyEnrolled(Refusal):
    """The student has a seat in that class every week already."""

    code = "already_enrolled"
    message = _("This student has a seat in this class every week already.")


class SubstituteAsked(Refusal):
    """This instructor has asked for a substitute in this session, and the office has not decided yet."""

    code = "substitute_asked"
    message = _("A substitute is asked for already. The office decides.")

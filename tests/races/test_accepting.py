"""A proposal, or a repair in which two change places, is accepted while somebody books the same time."""

from collections import Counter
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from factories import OWNER, at, buy_lesson, new_instructor, new_lessons, new_resource, new_school, new_student
from invariants import broken, deadlocks
from planning.asking import ask, opened, proposed, window
from races.people import let_lessons_overlap
from schoolbell.bookings.models import Booking
from schoolbell.catalogue.models import Course
from schoolbell.diary.refusals import TimeTaken
from schoolbell.kit.database.collisions import Busy
from schoolbell.planning.models import LessonRequest, Proposal
from schoolbell.planning.proposals import accept_proposal
from schoolbell.planning.refusals import PlacementRefused, ProposalNotReady
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session
from servers import race


class Lessons:
    """Two requests, each with one place, at ten and at eleven with one instructor; from a week ahead on."""

    def __init__(self) -> None:
        self.school: School = new_school(timezone="UTC")
        self.course: Course = new_lessons(self.school)
        first = at(7)
        opened(new_instructor(self.school, hours=False), first.isoweekday(), 10, 12)
        for hour in (10, 11):
            ask(self.course, window(first.isoweekday(), hour, hour + 1), starts_on=first.date())
        self.proposal: Proposal = proposed(self.school)
        assert self.proposal.placed == 2

    def accept(self) -> str:
        try:
            return f"{len(accept_proposal(self.proposal, by=OWNER))} enrolled"
        except (PlacementRefused, ProposalNotReady, Busy) as refusal:
            return refusal.code

    def book(self, weeks: int) -> str:
        try:
            buy_lesson(self.course, new_student(self.school), at(7 + 7 * weeks, 11))
        except TimeTaken:
            return "time_taken"
        return "booked"

    def do(self, what: int) -> str:
        """-1 accepts; else it is the week in which a lesson is booked."""
        return self.accept() if what < 0 else self.book(what)


class ChangingPlaces(Lessons):
    """Two weekly lessons in one hall, at ten with Ida and at eleven with Bo; a repair has each give the other its hour.
    Who books wants Ida at eleven, without the hall."""

    def __init__(self) -> None:
        self.school = new_school(timezone="UTC")
        self.course = new_lessons(self.school)
        new_resource(self.school)
        in_hall, first = new_lessons(self.school, resource_kind="venue", name="Hall"), at(7)
        teachers = [new_instructor(self.school, hours=False, name=name) for name in ("Ida", "Bo")]
        for hour, teacher in zip((10, 11), teachers, strict=True):
            opened(teacher, first.isoweekday(), hour, hour + 1)
            ask(in_hall, window(first.isoweekday(), 10, 12), instructors=[teacher], starts_on=first.date())
        self.proposal = proposed(self.school)
        assert len(accept_proposal(self.proposal, by=OWNER)) == 2
        for hour, teacher in zip((11, 10), teachers, strict=True):
            teacher.person.diary.opening_hours.all().delete()
            opened(teacher, first.isoweekday(), hour, hour + 1)
        self.proposal = proposed(self.school, repairs=Proposal.objects.get(id=self.proposal.pk))
        assert self.proposal.placed == 2

    def hours(self) -> set[tuple[str, int]]:
        """Who has weekly lessons at what hour."""
        rows = Session.objects.of(self.school).filter(series__isnull=False)
        found = rows.values_list("staffing__instructor__person__first_name", "starts_at")
        return {(who, starts_at.astimezone(self.school.zone).hour) for who, starts_at in found}


@pytest.mark.usefixtures("scratch")
def test_either_both_change_places_or_somebody_has_booked_and_neither_does():
    before = deadlocks()
    for _ in range(3):
        lessons = ChangingPlaces()
        accepted, *booked = race(lessons.do, [-1, 0, 1, 2, 3])
        if accepted == "2 enrolled":
            assert booked == ["time_taken"] * 4
            assert lessons.hours() == {("Ida", 11), ("Bo", 10)}
        else:
            assert accepted == "placement_refused"
            assert "booked" in booked
            assert lessons.hours() == {("Ida", 10), ("Bo", 11)}
        assert broken(lessons.school) == {}
    assert deadlocks() == before


@pytest.mark.usefixtures("scratch")
def test_either_all_are_enrolled_or_somebody_has_booked_and_nothing_is_written():
    before, outcomes = deadlocks(), Counter()
    for _ in range(5):
        lessons = Lessons()
        accepted, *booked = race(lessons.do, [-1, 0, 1, 2, 3])
        requests = Counter(LessonRequest.objects.of(lessons.school).values_list("status", flat=True))
        weekly = Booking.objects.of(lessons.school).filter(settled_by="enrollment").count()
        if accepted == "2 enrolled":
            assert booked == ["time_taken"] * 4
            assert requests == {"placed": 2}
            assert weekly == 2 * 8
        else:
            assert accepted == "placement_refused"
            assert "booked" in booked
            assert requests == {"open": 2}
            assert weekly == 0
        assert broken(lessons.school) == {}
        outcomes[accepted] += 1
    assert sum(outcomes.values()) == 5
    assert deadlocks() == before


@pytest.mark.usefixtures("scratch")
def test_of_eight_who_accept_at_once_one_does():
    lessons = Lessons()
    told = Counter(race(lessons.do, [-1] * 8))
    assert told == {"2 enrolled": 1, "proposal_not_ready": 7}
    assert broken(lessons.school) == {}


def booked_while_accepting(lessons: Lessons) -> str:
    """What a booking is told that begins when the proposal is accepted, but not committed yet."""
    told: list[str] = []
    booked = Event()

    def book() -> None:
        told.append(lessons.book(1))
        booked.set()
        connection.close()

    with transaction.atomic():
        assert lessons.accept() == "2 enrolled"
        other = Thread(target=book)
        other.start()
        while not booked.wait(0.05) and not somebody_waits():
            pass
    other.join()
    return told[0]


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND datname = current_database())"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.usefixtures("scratch")
@pytest.mark.parametrize("accepting", [Lessons, ChangingPlaces])
def test_a_booking_waits_for_the_acceptance_and_is_refused(accepting: type[Lessons]):
    lessons = accepting()
    assert booked_while_accepting(lessons) == "time_taken"
    assert broken(lessons.school) == {}


@pytest.mark.usefixtures("scratch")
@pytest.mark.parametrize("accepting", [Lessons, ChangingPlaces])
def test_control_without_the_exclusion_the_time_is_sold_twice(accepting: type[Lessons]):
    lessons = accepting()
    let_lessons_overlap()
    assert booked_while_accepting(lessons) == "booked"
    assert len(broken(lessons.school)["nobody is in two lessons at once"]) == 1

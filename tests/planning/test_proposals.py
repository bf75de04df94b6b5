"""Requests for weekly lessons, the timetable that is proposed for them, and what becomes of it."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from factories import (
    OWNER,
    be_busy,
    buy_lesson,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
    payer_of,
)
from invariants import broken
from planning.asking import STARTS_ON, ask, opened, proposed, said, table, window
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.bookings.refusals import AgeNotAllowed, StudentNotActive
from schoolbell.catalogue.actions import qualify
from schoolbell.diary.models import Claim
from schoolbell.journal.models import Record
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import UTC, Stretch
from schoolbell.people.actions import change_student
from schoolbell.people.models import Instructor
from schoolbell.planning.models import LessonRequest, Placement, Proposal, Window
from schoolbell.planning.proposals import accept_proposal, discard_proposal, placements_of, propose_timetable
from schoolbell.planning.refusals import (
    NothingToPlace,
    NotOnDemand,
    NotQualified,
    PlacementRefused,
    ProposalNotReady,
    ProposalUnderWay,
    RequestNotOpen,
)
from schoolbell.planning.requests import withdraw_lesson_request
from schoolbell.planning.solving import MOST_ATTEMPTS, take_next, work_out, work_out_waiting
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.models import SkippedOccurrence

pytestmark = pytest.mark.django_db
TODAY = dt.datetime(2027, 2, 15, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _a_monday_in_february() -> Iterator[None]:
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def school(db: None) -> School:
    return new_school("coding", timezone="Europe/London", weekly_ahead_days=35)


def tuesday(hour: int, weeks: int = 0) -> Stretch:
    """In London in February, when its clocks show UTC."""
    starts_at = dt.datetime(2027, 2, 23, hour, tzinfo=UTC) + dt.timedelta(days=7 * weeks)
    return Stretch(starts_at, starts_at + dt.timedelta(hours=1))


def test_a_request_is_kept_as_it_was_made(school: School):
    course, ida, bo = new_lessons(school), new_instructor(school), new_instructor(school, name="Bo Teacher")
    sam = new_student(school)
    request = ask(
        course, window(3, 15, 18), window(1, 20, 24), student=sam, instructors=[bo, ida], timezone="Asia/Kathmandu"
    )
    request.refresh_from_db()
    assert request.status == "open"
    assert request.windows == [
        {"weekday": 1, "from": "20:00", "until": "00:00"},
        {"weekday": 3, "from": "15:00", "until": "18:00"},
    ]
    assert request.wanted == [window(1, 20, 24), window(3, 15, 18)]
    assert (request.timezone, request.ranked, request.starts_on) == ("Asia/Kathmandu", [bo.pk, ida.pk], STARTS_ON)
    assert Record.objects.filter(student_id=sam.pk).order_by("id").last().name == "lesson_request.added"
    assert Claim.objects.count() == 0


def test_what_cannot_be_requested(school: School):
    course, group = new_lessons(school, age_min=7), new_lessons(school, format="group")
    ida = new_instructor(school)
    qualify(ida, new_lessons(school, name="Go"), by=OWNER)
    child = new_student(school, birth_date=dt.date(2025, 1, 1))
    gone = new_student(school, birth_date=dt.date(2015, 1, 1))
    gone = change_student(gone, by=OWNER, status="left", skill_level="")
    ten = new_student(school, birth_date=dt.date(2017, 1, 1))
    with pytest.raises(NotOnDemand):
        ask(group)
    with pytest.raises(AgeNotAllowed):
        ask(course, student=child)
    with pytest.raises(StudentNotActive):
        ask(course, student=gone)
    with pytest.raises(NotQualified):
        ask(course, student=ten, instructors=[ida])
    for wrong in (
        {"starts_on": dt.date(2027, 2, 14)},
        {"windows": [Window(8, dt.time(9), dt.time(12))]},
        {"windows": [Window(1, dt.time(9), dt.time(9, 45))]},
        {"windows": [Window(1, dt.time(12), dt.time(9))]},
        {"windows": [window(1, 9, 12)] * 22},
    ):
        windows = wrong.pop("windows", [window(1, 9, 12)])
        with pytest.raises(InputRefused):
            ask(course, *windows, student=ten, **wrong)
    assert LessonRequest.objects.count() == 0


def test_a_request_can_be_withdrawn(school: School):
    request = ask(new_lessons(school))
    withdraw_lesson_request(request, by=OWNER)
    withdraw_lesson_request(request, by=OWNER)
    request.refresh_from_db()
    assert request.status == "withdrawn"
    assert Record.objects.filter(name="lesson_request.withdrawn").count() == 1
    with pytest.raises(NothingToPlace):
        propose_timetable(school, by=OWNER)


def test_requests_find_instructors_and_rooms(school: School):
    """Ida may teach both courses, Bo one of them; there is one room."""
    piano, go = new_lessons(school, resource_kind="venue"), new_lessons(school, name="Go")
    ida, bo = new_instructor(school, hours=False), new_instructor(school, hours=False, name="Bo Teacher")
    qualify(bo, go, by=OWNER)
    opened(ida, 1, 9, 11)
    opened(bo, 1, 9, 10)
    new_resource(school, name="Hall")
    for name, course in (("Ann A", piano), ("Ben B", piano), ("Cat C", go), ("Dan D", go)):
        ask(course, student=new_student(school, name))
    proposal = proposed(school)
    assert (proposal.status, proposal.asked, proposal.placed, proposal.bound) == ("ready", 4, 3, 3)
    assert (proposal.is_optimal, proposal.method, proposal.percent) == (True, "solver", 100)
    found = table(proposal)
    assert sorted(found.values()) == [
        "Mon 09:00 Bo Teacher",
        "Mon 09:00 Ida Teacher, Hall",
        "Mon 10:00 Ida Teacher, Hall",
        "others_first",
    ]
    assert {found["Ann A"][:4], found["Ben B"][:4]} == {"Mon "}
    assert Claim.objects.count() == 0
    assert Enrollment.objects.count() == 0


def test_windows_and_hours_count_in_their_own_zones_all_the_year(school: School):
    """Ida is open 9 to 12 in New York, which is 14 to 17 in London, but 13 to 16 while only one of them has changed
    its clocks: 14 to 16 always is. The family means 20 to 22 in Kathmandu: 14:15 to 16:15, and later in summer."""
    ida = opened(new_instructor(school, hours=False), 1, 9, 12, "America/New_York")
    opened(ida, 2, 9, 12)
    course = new_lessons(school)
    kathmandu = ask(course, window(1, 20, 22), timezone="Asia/Kathmandu", student=new_student(school, "Kath M"))
    ask(course, window(1, 16, 17), student=new_student(school, "Too Late"))
    ask(course, window(1, 14, 15), student=new_student(school, "In Time"))
    assert kathmandu.timezone == "Asia/Kathmandu"
    assert table(proposed(school)) == {
        "Kath M": "nobody_open",  # an hour is left of it in summer and in winter: 15:15 to 16:15, not on the grid
        "Too Late": "nobody_open",
        "In Time": "Mon 14:00 Ida Teacher",
    }


def test_time_that_is_taken_every_week_is_left_out_and_a_single_lesson_is_not(school: School):
    course, sam = new_lessons(school), new_student(school, "Sam S")
    ida = opened(new_instructor(school, hours=False), 2, 9, 12)
    enroll_weekly(WeeklyPlan(sam, payer_of(sam), course, ida, 2, dt.time(9), STARTS_ON), by=OWNER)
    buy_lesson(course, new_student(school), tuesday(10, 1).starts_at)
    for weeks in (0, 1, 2):
        be_busy(ida.person.diary_id, school, tuesday(11, weeks))
    ask(course, window(2, 9, 12), student=new_student(school, "Ann A"))
    ask(course, window(2, 9, 10), student=new_student(school, "Ben B"))
    ask(course, window(2, 11, 12), student=new_student(school, "Cat C"))
    proposal = proposed(school)
    assert table(proposal) == {"Ann A": "Tue 10:00 Ida Teacher", "Ben B": "all_taken", "Cat C": "all_taken"}
    assert placements_of(proposal)[0].clashes == ["2027-03-02"]


def test_a_series_counts_before_its_lessons_are_on_the_timetable(school: School):
    """They are put there five weeks ahead; the request is for summer."""
    course, sam = new_lessons(school), new_student(school)
    ida = opened(new_instructor(school, hours=False), 2, 9, 11)
    enroll_weekly(WeeklyPlan(sam, payer_of(sam), course, ida, 2, dt.time(9), STARTS_ON), by=OWNER)
    ask(course, window(2, 9, 11), student=new_student(school, "Ann A"), starts_on=dt.date(2027, 6, 1))
    ask(course, window(2, 9, 11), student=sam, starts_on=dt.date(2027, 6, 1))
    found = table(proposed(school))
    assert sorted(found.values()) == ["Tue 10:00 Ida Teacher", "others_first"]


def test_a_student_is_not_placed_where_they_have_another_lesson(school: School):
    course, sam = new_lessons(school), new_student(school)
    ida = opened(new_instructor(school, hours=False), 2, 9, 10)
    bo = opened(new_instructor(school, hours=False, name="Bo Teacher"), 2, 9, 11)
    enroll_weekly(WeeklyPlan(sam, payer_of(sam), course, ida, 2, dt.time(9), STARTS_ON), by=OWNER)
    ask(course, window(2, 9, 11), student=sam)
    assert table(proposed(school)) == {sam.person.name: f"Tue 10:00 {bo.person.name}"}


def test_pauses_days_and_weeks_have_their_limits(school: School):
    """A quarter of an hour between lessons, two a day, and Bo teaches an hour a week."""
    school.stored_policies |= {"buffer_after_minutes": 15, "most_lessons_a_day": 2, "start_grid_minutes": 15}
    school.save()
    course = new_lessons(school)
    opened(new_instructor(school, hours=False), 1, 9, 14)
    bo = opened(new_instructor(school, hours=False, name="Bo Teacher"), 1, 9, 14)
    Instructor.objects.filter(id=bo.pk).update(max_hours_per_week=1)
    for _ in range(4):
        ask(course, window(1, 9, 14))
    placed = [one for one in placements_of(proposed(school)) if one.is_placed]
    assert sorted(one.instructor.person.name for one in placed) == ["Bo Teacher", "Ida Teacher", "Ida Teacher"]
    ida = sorted(one.starts for one in placed if one.instructor_id != bo.pk)
    apart = dt.datetime.combine(STARTS_ON, ida[1]) - dt.datetime.combine(STARTS_ON, ida[0])
    assert apart >= dt.timedelta(hours=1, minutes=15)
    assert len(accept_proposal(Proposal.objects.get(), by=OWNER)) == 3
    assert SkippedOccurrence.objects.count() == 0


def test_accepting_enrolls_everybody(school: School):
    course = new_lessons(school, price=4500)
    ida = opened(new_instructor(school, hours=False), 1, 9, 11)
    first, second, third = (ask(course, instructors=[ida]) for _ in range(3))
    proposal = proposed(school)
    enrollments = accept_proposal(proposal, by=OWNER)
    assert [one.type for one in enrollments] == ["weekly_recurring"] * 2
    assert Booking.objects.filter(status="confirmed", price=4500).count() == 2 * 5
    assert broken(school) == {}
    statuses = [LessonRequest.objects.get(id=one.pk).status for one in (first, second, third)]
    assert sorted(statuses) == ["open", "placed", "placed"]
    placed = LessonRequest.objects.filter(status="placed").order_by("id")
    assert {one.enrollment_id for one in placed} == {one.pk for one in enrollments}
    proposal.refresh_from_db()
    assert (proposal.status, proposal.ended_by) == ("accepted", OWNER.who)
    assert [record.name for record in Record.objects.filter(subject_id=proposal.pk).order_by("id")] == [
        "proposal.asked", "proposal.ready", "proposal.accepted"
    ]  # fmt: skip
    for decide in (accept_proposal, discard_proposal):
        with pytest.raises(ProposalNotReady):
            decide(proposal, by=OWNER)
    with pytest.raises(RequestNotOpen):
        withdraw_lesson_request(placed[0], by=OWNER)


def test_what_was_taken_since_refuses_the_whole_and_names_it(school: School, rows):
    course = new_lessons(school)
    ida, bo = new_instructor(school, hours=False), new_instructor(school, hours=False, name="Bo Teacher")
    opened(ida, 2, 9, 10)
    opened(bo, 2, 9, 10)
    for name, instructor in (("Ann A", ida), ("Ben B", bo)):
        ask(course, window(2, 9, 10), student=new_student(school, name), instructors=[instructor])
    proposal = proposed(school)
    new_session(new_lessons(school, format="group"), tuesday(9, 2), instructors=[bo])
    before = rows()
    with pytest.raises(PlacementRefused) as refused:
        accept_proposal(proposal, by=OWNER)
    assert str(refused.value) == (
        "Ben B cannot have Piano with Bo Teacher as proposed: 09.03.2027 is taken since the proposal was made. "
        "Nothing was written."
    )
    assert said(refused.value.subject) == "Tue 09:00 Bo Teacher"
    assert rows() == before
    proposal.refresh_from_db()
    assert proposal.status == "ready"


def test_a_day_that_a_rule_has_filled_since_refuses_the_whole(school: School, rows):
    """What the school's rules leave out was not agreed either."""
    school.stored_policies |= {"most_lessons_a_day": 1}
    school.save()
    ida, course = new_instructor(school, hours=False), new_lessons(school)
    opened(ida, 2, 9, 12)
    ask(course, window(2, 9, 10), student=new_student(school, "Ann A"), instructors=[ida])
    proposal = proposed(school)
    (placement,) = placements_of(proposal)
    assert placement.clashes == []
    new_session(new_lessons(school, format="group"), tuesday(11, 1), instructors=[ida])
    before = rows()
    with pytest.raises(PlacementRefused, match=r"02\.03\.2027 is taken since the proposal was made"):
        accept_proposal(proposal, by=OWNER)
    assert rows() == before
    again = proposed(school)
    (placement,) = placements_of(again)
    assert placement.clashes == ["2027-03-02"]
    accept_proposal(again, by=OWNER)
    assert Booking.objects.of(school).filter(settled_by="enrollment").count() > 1


def test_a_request_that_was_withdrawn_since_refuses_the_whole(school: School, rows):
    opened(new_instructor(school, hours=False), 1, 9, 11)
    course = new_lessons(school)
    ask(course)
    gone = ask(course, student=new_student(school, "Ben B"))
    proposal = proposed(school)
    withdraw_lesson_request(gone, by=OWNER)
    before = rows()
    with pytest.raises(PlacementRefused, match="Ben B cannot have Piano with Ida Teacher as proposed"):
        accept_proposal(proposal, by=OWNER)
    assert rows() == before


def test_a_repair_keeps_whom_it_can(school: School):
    """Three are promised their places. Then Ida leaves, and somebody new asks, who would have been matched first."""
    course = new_lessons(school)
    ida, bo = new_instructor(school, hours=False), new_instructor(school, hours=False, name="Bo Teacher")
    cy = new_instructor(school, hours=False, name="Cy Teacher")
    for one in (ida, bo, cy):
        opened(one, 1, 9, 11)
    for name in ("Ann A", "Ben B", "Cat C"):
        ask(course, student=new_student(school, name))
    first = proposed(school)
    before = table(first)
    Instructor.objects.filter(id=ida.pk).update(status="left")
    ask(course, student=new_student(school, "Dan D"), instructors=[bo])
    again = proposed(school, repairs=first)
    after = table(again)
    kept = [name for name in before if before[name] == after[name]]
    assert kept == [name for name in before if "Ida" not in before[name]]
    assert len(kept) == 2
    assert again.placed == 4
    assert Placement.objects.filter(proposal=first).count() == 3


def test_one_at_a_time_is_worked_out_and_it_can_be_discarded(school: School):
    ask(new_lessons(school))
    proposal = propose_timetable(school, by=OWNER)
    with pytest.raises(ProposalUnderWay):
        propose_timetable(school, by=OWNER)
    with pytest.raises(ProposalNotReady):
        accept_proposal(proposal, by=OWNER)
    assert discard_proposal(discard_proposal(proposal, by=OWNER), by=OWNER).status == "discarded"
    assert work_out_waiting() == 0
    for seconds in (0, 601):
        with pytest.raises(InputRefused):
            propose_timetable(school, by=OWNER, seconds=seconds)


def test_a_proposal_that_is_discarded_while_it_is_worked_out_stays_so(school: School):
    ask(new_lessons(school))
    propose_timetable(school, by=OWNER)
    taken = take_next()
    discard_proposal(taken, by=OWNER)
    work_out(taken)
    taken.refresh_from_db()
    assert (taken.status, taken.lease) == ("discarded", None)
    assert Placement.objects.count() == 0


def test_who_loses_the_lease_loses_the_work(school: School):
    """A worker that was away for too long finds that another one has done it."""
    opened(new_instructor(school, hours=False), 1, 9, 10)
    ask(new_lessons(school))
    propose_timetable(school, by=OWNER)
    slow = take_next()
    assert take_next() is None
    with time_machine.travel(TODAY + dt.timedelta(seconds=31), tick=False):
        quick = take_next()
        assert (quick.pk, quick.attempts) == (slow.pk, 2)
        work_out(slow)
        assert Placement.objects.count() == 0
        work_out(quick)
        work_out(slow)
    assert Placement.objects.count() == 1
    assert Proposal.objects.get().status == "ready"


def test_what_ends_the_worker_again_and_again_is_given_up(school: School):
    ask(new_lessons(school))
    propose_timetable(school, by=OWNER)
    for attempt in range(MOST_ATTEMPTS):
        with time_machine.travel(TODAY + dt.timedelta(minutes=attempt), tick=False):
            assert take_next().attempts == attempt + 1
    with time_machine.travel(TODAY + dt.timedelta(minutes=MOST_ATTEMPTS), tick=False):
        assert take_next() is None
    failed = Proposal.objects.get()
    assert (failed.status, failed.error) == (
        "failed", "It was tried 5 times, and each time something ended it."
    )  # fmt: skip
    assert propose_timetable(school, by=OWNER).status == "queued"


def test_an_error_gives_it_back_to_be_tried_again(school: School):
    """A window that no action would have kept."""
    request = ask(new_lessons(school))
    LessonRequest.objects.filter(id=request.pk).update(windows=[{"weekday": 1}])
    propose_timetable(school, by=OWNER)
    with pytest.raises(KeyError):
        work_out_waiting()
    left = Proposal.objects.get()
    assert (left.status, left.attempts, left.lease) == ("queued", 1, None)
    LessonRequest.objects.filter(id=request.pk).update(windows=[window(1, 9, 12).as_json()])
    assert work_out_waiting() == 1
    assert Proposal.objects.get().status == "ready"

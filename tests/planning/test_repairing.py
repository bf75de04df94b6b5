"""A timetable that was accepted is repaired: who can stay stays, who cannot gets a new place."""

import datetime as dt
from collections.abc import Iterator, Sequence

import pytest
import time_machine

from factories import OWNER, be_busy, new_instructor, new_lessons, new_resource, new_school, new_student
from invariants import broken
from planning.asking import ask, opened, proposed, table, window
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.kit.time import UTC, Stretch
from schoolbell.people.models import Instructor, Student
from schoolbell.planning.matching_problem import InstructorWeek, Place, Problem, ResourceWeek, Span, Wish
from schoolbell.planning.models import LessonRequest, Proposal
from schoolbell.planning.pausing import end_enrollment, pause_enrollment
from schoolbell.planning.proposals import accept_proposal, placements_of, propose_timetable
from schoolbell.planning.refusals import NothingToPlace, PlacementRefused
from schoolbell.planning.repairing import running, with_own_rooms
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series, SeriesStaffing, Session, SkippedOccurrence

pytestmark = pytest.mark.django_db
TODAY = dt.datetime(2027, 2, 15, 12, tzinfo=UTC)  # a Monday
TUESDAY = dt.date(2027, 2, 16)
LATER = TODAY + dt.timedelta(days=14)


@pytest.fixture(autouse=True)
def _a_monday_in_february() -> Iterator[None]:
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def school() -> School:
    return new_school("coding", timezone="UTC", weekly_ahead_days=21)


def wants(course, name: str, *hours: tuple[int, int]) -> Student:
    student = new_student(course.school, name)
    ask(course, *(window(2, *pair) for pair in hours), student=student, starts_on=TUESDAY)
    return student


def lessons_of(student: Student) -> list[tuple[str, str]]:
    """Of the lessons ahead: when, and with whom."""
    rows = Booking.objects.filter(student=student, status="confirmed", session__starts_at__gt=dt.datetime.now(UTC))
    staffed = rows.order_by("session__starts_at").values_list(
        "session__starts_at", "session__staffing__instructor__person__first_name"
    )
    return [(f"{at:%a %d %b %H:%M}", who) for at, who in staffed]


def accepted(school: School) -> Proposal:
    proposal = proposed(school)
    accept_proposal(proposal, by=OWNER)
    proposal.refresh_from_db()
    return proposal


def leaves(instructor: Instructor) -> None:
    Instructor.objects.filter(id=instructor.pk).update(status="left")


def test_who_lost_their_teacher_gets_another_and_nobody_else_moves(school: School):
    course = new_lessons(school)
    ida, bo = new_instructor(school, hours=False), new_instructor(school, hours=False, name="Bo Teacher")
    opened(ida, 2, 9, 11)
    ann, ben = wants(course, "Ann A", (9, 13)), wants(course, "Ben B", (9, 13))
    before = accepted(school)
    assert sorted(table(before).values()) == ["Tue 09:00 Ida Teacher", "Tue 10:00 Ida Teacher"]
    opened(bo, 2, 9, 13)
    with time_machine.travel(LATER, tick=False):
        leaves(ida)
        repair = proposed(school, repairs=before)
        assert (repair.asked, repair.placed) == (2, 2)
        assert all("Bo Teacher" in where for where in table(repair).values())
        assert {one.pk for one in accept_proposal(repair, by=OWNER)} == {
            one.pk for one in Enrollment.objects.of(school)
        }
        assert {who for student in (ann, ben) for _when, who in lessons_of(student)} == {"Bo"}
        assert {when[-5:] for when, _who in lessons_of(ann)}.isdisjoint({when[-5:] for when, _who in lessons_of(ben)})
        assert LessonRequest.objects.filter(status="placed").count() == 2
        assert Session.objects.of(school).filter(status="cancelled").count() == 0
    assert broken(school) == {}


def test_one_goes_where_the_next_makes_room(school: School):
    """There is one hall. Bo leaves, Ida comes an hour later: Ben goes from ten to eleven, and Ann from nine to ten."""
    course, hall = new_lessons(school, resource_kind="venue"), new_resource(school)
    ida, bo = new_instructor(school, hours=False), new_instructor(school, hours=False, name="Bo Teacher")
    opened(ida, 2, 9, 10)
    opened(bo, 2, 10, 11)
    ann, ben = wants(course, "Ann A", (9, 11)), wants(course, "Ben B", (10, 12))
    before = accepted(school)
    assert table(before) == {"Ann A": "Tue 09:00 Ida Teacher, Hall", "Ben B": "Tue 10:00 Bo Teacher, Hall"}
    with time_machine.travel(LATER, tick=False):
        leaves(bo)
        ida.person.diary.opening_hours.all().delete()
        opened(ida, 2, 10, 12)
        repair = proposed(school, repairs=before)
        assert table(repair) == {"Ann A": "Tue 10:00 Ida Teacher, Hall", "Ben B": "Tue 11:00 Ida Teacher, Hall"}
        assert [one.student for one in accept_proposal(repair, by=OWNER)] == [ann, ben]
        assert lessons_of(ann) == [(f"Tue {day} Mar 10:00", "Ida") for day in ("02", "09", "16")]
        assert {when[-5:] for when, _who in lessons_of(ben)} == {"11:00"}
    assert set(Session.objects.of(school).values_list("resource_id", flat=True)) == {hall.pk}
    assert broken(school) == {}


def ring(school: School, names: str, hours: Sequence[int]) -> Proposal:
    """One hall; each teacher of these has one hour, and one student who learns with nobody else."""
    course, teachers = new_lessons(school, resource_kind="venue"), []
    new_resource(school)
    for name, hour in zip(names.split(), hours, strict=True):
        teachers.append(opened(new_instructor(school, hours=False, name=f"{name} Teacher"), 2, hour, hour + 1))
        student = new_student(school, f"{name} Learns")
        ask(course, window(2, 9, 13), student=student, instructors=teachers[-1:], starts_on=TUESDAY)
    return accepted(school)


def now_open(school: School, name: str, hour: int) -> Instructor:
    teacher = Instructor.objects.of(school).get(person__first_name=name)
    teacher.person.diary.opening_hours.all().delete()
    return opened(teacher, 2, hour, hour + 1)


def test_two_change_places(school: School):
    """Ida gives up nine o'clock for ten, and Bo ten for nine: each needs the hall that the other has."""
    before = ring(school, "Ida Bo", (9, 10))
    assert table(before) == {"Ida Learns": "Tue 09:00 Ida Teacher, Hall", "Bo Learns": "Tue 10:00 Bo Teacher, Hall"}
    ida, bo = (Student.objects.of(school).get(person__first_name=name) for name in ("Ida", "Bo"))
    sessions = set(Session.objects.of(school).values_list("id", flat=True))
    with time_machine.travel(LATER, tick=False):
        now_open(school, "Ida", 10)
        now_open(school, "Bo", 9)
        repair = proposed(school, repairs=before)
        assert table(repair) == {
            "Ida Learns": "Tue 10:00 Ida Teacher, Hall",
            "Bo Learns": "Tue 09:00 Bo Teacher, Hall",
        }
        assert [one.student for one in accept_proposal(repair, by=OWNER)] == [ida, bo]
        assert lessons_of(ida) == [(f"Tue {day} Mar 10:00", "Ida") for day in ("02", "09", "16")]
        assert lessons_of(bo) == [(f"Tue {day} Mar 09:00", "Bo") for day in ("02", "09", "16")]
    moved = Session.objects.of(school).filter(starts_at__gt=LATER)
    assert moved.filter(id__in=sessions, status="published").count() == 2  # those of the first weeks, now elsewhere
    assert Session.objects.of(school).filter(status="cancelled").count() == 0
    assert set(Session.objects.of(school).values_list("resource__name", flat=True)) == {"Hall"}
    assert SkippedOccurrence.objects.count() == 0
    assert broken(school) == {}


def test_three_change_places_in_a_ring(school: School):
    before = ring(school, "Ida Bo Cy", (9, 10, 11))
    with time_machine.travel(LATER, tick=False):
        for name, hour in (("Ida", 10), ("Bo", 11), ("Cy", 9)):
            now_open(school, name, hour)
        assert len(accept_proposal(proposed(school, repairs=before), by=OWNER)) == 3
        for name, hour in (("Ida", 10), ("Bo", 11), ("Cy", 9)):
            student = Student.objects.of(school).get(person__first_name=name)
            assert lessons_of(student) == [(f"Tue {day} Mar {hour:02}:00", name) for day in ("02", "09", "16")]
    assert broken(school) == {}


def test_who_cannot_go_one_day_stays_with_whom_they_would_have_changed_places(school: School):
    """Bo is away at nine on the second, and the repair knew: that day both keep their old hours."""
    before = ring(school, "Ida Bo", (9, 10))
    nine = dt.datetime(2027, 3, 2, 9, tzinfo=UTC)
    with time_machine.travel(LATER, tick=False):
        bo = now_open(school, "Bo", 9)
        now_open(school, "Ida", 10)
        be_busy(bo.person.diary_id, school, Stretch(nine, nine + dt.timedelta(hours=1)))
        repair = proposed(school, repairs=before)
        assert [one.clashes for one in placements_of(repair)] == [[], ["2027-03-02"]]
        assert len(accept_proposal(repair, by=OWNER)) == 2
        ida, bo_learns = (Student.objects.of(school).get(person__first_name=name) for name in ("Ida", "Bo"))
        assert [when[-12:] for when, _who in lessons_of(ida)] == ["02 Mar 09:00", "09 Mar 10:00", "16 Mar 10:00"]
        assert [when[-12:] for when, _who in lessons_of(bo_learns)] == ["02 Mar 10:00", "09 Mar 09:00", "16 Mar 09:00"]
    assert broken(school) == {}


def test_who_can_stay_stays_and_an_open_request_gets_what_became_free(school: School):
    course = new_lessons(school)
    opened(new_instructor(school, hours=False), 2, 9, 11)
    ann, ben = wants(course, "Ann A", (9, 10)), wants(course, "Ben B", (9, 11))
    dan = wants(course, "Dan D", (9, 10))
    before = accepted(school)
    assert sorted(table(before).values()) == ["Tue 09:00 Ida Teacher", "Tue 10:00 Ida Teacher", "others_first"]
    first = ann if table(before)["Ann A"].startswith("Tue") else dan
    other = dan if first is ann else ann
    stays = Enrollment.objects.get(student=ben).series_id
    with time_machine.travel(LATER, tick=False):
        end_enrollment(Enrollment.objects.get(student=first), last_day=LATER.date(), by=OWNER)
        repair = proposed(school, repairs=before)
        assert table(repair) == {
            "Ben B": "Tue 10:00 Ida Teacher",
            other.person.name: "Tue 09:00 Ida Teacher",
        }
        assert [one.student for one in accept_proposal(repair, by=OWNER)] == [other]
    assert Enrollment.objects.get(student=ben).series_id == stays
    assert broken(school) == {}


def test_whoever_cannot_be_placed_keeps_what_they_have(school: School):
    course = new_lessons(school)
    ida = opened(new_instructor(school, hours=False), 2, 9, 10)
    ann = wants(course, "Ann A", (9, 10))
    before = accepted(school)
    with time_machine.travel(LATER, tick=False):
        leaves(ida)
        repair = proposed(school, repairs=before)
        assert table(repair) == {"Ann A": "nobody_teaches"}
        kept = lessons_of(ann)
        assert accept_proposal(repair, by=OWNER) == []
        assert lessons_of(ann) == kept != []


def test_what_is_taken_meanwhile_refuses_the_repair_whole(school: School):
    course = new_lessons(school)
    ida, bo = new_instructor(school, hours=False), new_instructor(school, hours=False, name="Bo Teacher")
    opened(ida, 2, 9, 10)
    wants(course, "Ann A", (9, 13))
    before = accepted(school)
    opened(bo, 2, 9, 10)
    with time_machine.travel(LATER, tick=False):
        leaves(ida)
        nine = dt.datetime(2027, 3, 9, 9, tzinfo=UTC)
        be_busy(bo.person.diary_id, school, Stretch(nine, nine + dt.timedelta(hours=1)))
        repair = proposed(school, repairs=before)
        (placement,) = placements_of(repair)
        assert placement.clashes == ["2027-03-09"]
        next_week = nine + dt.timedelta(days=7)
        be_busy(bo.person.diary_id, school, Stretch(next_week, next_week + dt.timedelta(hours=1)))
        with pytest.raises(PlacementRefused) as refused:
            accept_proposal(repair, by=OWNER)
        assert "16.03.2027 is taken since the proposal was made." in refused.value.detail
        assert SeriesStaffing.objects.exclude(instructor=ida).count() == 0
        be_busy(bo.person.diary_id, school, Stretch(nine, nine + dt.timedelta(minutes=30)))
    assert broken(school) == {}


def test_only_what_runs_on_every_week_is_part_of_it(school: School):
    course = new_lessons(school)
    opened(new_instructor(school, hours=False), 2, 9, 12)
    for name in ("Ann A", "Ben B", "Cat C"):
        wants(course, name, (9, 12))
    before = accepted(school)
    ann, ben, cat = Enrollment.objects.order_by("student__person__first_name")
    pause_enrollment(ann, from_day=TUESDAY + dt.timedelta(days=7), by=OWNER)
    end_enrollment(ben, last_day=TUESDAY, by=OWNER)
    assert [one.series.pk for one in running(school, before).values()] == [cat.series_id]
    Series.objects.filter(id=cat.series_id).update(rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=TU")
    assert running(school, before) == {}
    with pytest.raises(NothingToPlace):
        propose_timetable(school, repairs=before, by=OWNER)


def test_rooms_stay_with_those_who_stay():
    whole = (Span(0, 10080),)
    wishes = tuple(Wish(key, key, 60, whole, ("ida", "bo"), resource_kind="venue") for key in ("a", "b"))
    staff = (InstructorWeek("ida", whole), InstructorWeek("bo", whole))
    problem = Problem(wishes, staff, (ResourceWeek("hall", "venue", whole), ResourceWeek("loft", "venue", whole)))
    current = {"a": Place("a", "ida", 600, "loft"), "b": Place("b", "bo", 600, "hall")}
    dealt = (Place("a", "ida", 600, "hall"), Place("b", "bo", 600, "loft"))
    assert with_own_rooms(problem, dealt, current) == tuple(current.values())
    moved = (Place("a", "ida", 600, "hall"), Place("b", "ida", 660, "hall"))
    assert [one.resource for one in with_own_rooms(problem, moved, current)] == ["loft", "hall"]
    full = Problem(wishes, staff, (ResourceWeek("hall", "venue", whole), ResourceWeek("loft", "venue", whole, whole)))
    assert with_own_rooms(full, dealt, current) == dealt


def test_lessons_in_rooms_are_repaired_too(school: School):
    course = new_lessons(school, resource_kind="venue")
    hall = new_resource(school)
    ida, bo = new_instructor(school, hours=False), new_instructor(school, hours=False, name="Bo Teacher")
    opened(ida, 2, 9, 10)
    ann = wants(course, "Ann A", (9, 12))
    before = accepted(school)
    opened(bo, 2, 9, 10)
    with time_machine.travel(LATER, tick=False):
        leaves(ida)
        accept_proposal(proposed(school, repairs=before), by=OWNER)
        assert {who for _when, who in lessons_of(ann)} == {"Bo"}
    rooms = Session.objects.filter(series_id=Enrollment.objects.get(student=ann).series_id)
    assert set(rooms.values_list("resource_id", flat=True)) == {hall.pk}
    assert broken(school) == {}

"""What is closed is closed for whoever takes time: generation, slots, sessions, moves, lessons and seats."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine

from factories import (
    OWNER,
    buy_lesson,
    buy_seat,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
    payer_of,
    slots_of,
)
from schoolbell.bookings.refusals import TooFarAhead, TooLateToBook
from schoolbell.bookings.sessions import publish_session
from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.closures import add_closure
from schoolbell.diary.refusals import PlaceClosed, SchoolClosed, TimeTaken
from schoolbell.diary.school_hours import school_diary
from schoolbell.kit.time import UTC, Stretch
from schoolbell.planning.classes import NewSeries, create_series
from schoolbell.planning.course_changes import CourseChange, change_course
from schoolbell.planning.free_times import FreeTimes, free_times
from schoolbell.planning.move_clashes import clashes_of
from schoolbell.planning.moves import as_it_is
from schoolbell.planning.moving import move_sessions
from schoolbell.planning.offers import next_offers
from schoolbell.planning.refusals import MoveClashes
from schoolbell.planning.slot_plans import SlotsPlan
from schoolbell.planning.slots import InTheWay, preview_slots
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session, SkippedOccurrence

pytestmark = pytest.mark.django_db
GUEST = Actor(Role.GUEST)
CLOSED = dt.date(2027, 3, 11)  # a Thursday


@pytest.fixture(autouse=True)
def _a_friday() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2027, 2, 26, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def school() -> School:
    """Open from nine to five on weekdays, and closed on one day in March."""
    school = new_school("coding", timezone="UTC", weekly_ahead_days=30)
    for weekday in range(1, 6):
        add_opening_hours(
            school_diary(school), weekday=weekday, starts=dt.time(9), ends=dt.time(17), timezone="UTC", by=OWNER
        )
    add_closure(school, CLOSED, CLOSED, "Away", by=OWNER)
    return school


@pytest.fixture
def room(school: School):
    """Closed on the 9th."""
    room = new_resource(school)
    add_opening_hours(
        room.diary, date=dt.date(2027, 3, 9), closes=True, starts=dt.time(0), ends=dt.time(0), timezone="UTC", by=OWNER
    )
    return room


def hour(day: int, starts: int, *, minutes: int = 60) -> Stretch:
    starts_at = dt.datetime(2027, 3, day, starts, tzinfo=UTC)
    return Stretch(starts_at, starts_at + dt.timedelta(minutes=minutes))


def skipped(series) -> list[tuple[str, str]]:
    rows = SkippedOccurrence.objects.filter(series_id=series.pk).order_by("occurrence_on")
    return [(f"{day:%d.%m.}", reason) for day, reason in rows.values_list("occurrence_on", "reason")]


def there(series) -> list[str]:
    rows = Session.objects.filter(series_id=series.pk).order_by("starts_at")
    return [f"{at:%d.%m. %H:%M}" for at in rows.values_list("starts_at", flat=True)]


def as_is(session: Session):
    (move,) = as_it_is([Session.objects.select_related("course__school", "resource").get(id=session.pk)])
    return move


def test_weekly_lessons_lie_where_school_room_and_instructor_are_open(school, room):
    sam, course, ida = new_student(school), new_lessons(school, resource_kind="venue"), new_instructor(school)
    late = WeeklyPlan(sam, payer_of(sam), course, ida, 2, dt.time(16, 30), dt.date(2027, 3, 2))
    with pytest.raises(TimeTaken, match="None of these lessons"):
        enroll_weekly(late, by=OWNER)
    series = enroll_weekly(replace(late, starts=dt.time(10)), by=OWNER).series
    assert there(series) == ["02.03. 10:00", "16.03. 10:00", "23.03. 10:00"]
    assert skipped(series) == [("09.03.", "hours")]


def test_classes_lie_where_school_and_room_are_open(school, room):
    rule = "FREQ=WEEKLY;BYDAY=TU,TH,SA"
    new = NewSeries(new_course(school), rule, dt.time(10), dt.date(2027, 3, 8), dt.date(2027, 3, 16), resource=room)
    series = create_series(new, by=OWNER)
    assert there(series) == ["16.03. 10:00"]
    assert skipped(series) == [("09.03.", "hours"), ("11.03.", "closure"), ("13.03.", "hours")]


def test_slots_lie_where_school_and_room_are_open(school, room):
    plan = SlotsPlan(
        new_instructor(school), new_lessons(school), frozenset({2, 4, 6}), dt.time(16), dt.time(18),
        dt.date(2027, 3, 9), dt.date(2027, 3, 16), 60, resource=room,
    )  # fmt: skip
    assert [(f"{one.during.starts_at:%d %H}", one.reason, one.said) for one in preview_slots(plan)] == [
        ("09 16", InTheWay.HOURS, "Hall is not open then."),
        ("09 17", InTheWay.HOURS, "The school is not open then."),
        ("11 16", InTheWay.CLOSURE, "The school is closed then."),
        ("11 17", InTheWay.CLOSURE, "The school is closed then."),
        ("13 16", InTheWay.HOURS, "The school is not open then."),
        ("13 17", InTheWay.HOURS, "The school is not open then."),
        ("16 16", None, ""),
        ("16 17", InTheWay.HOURS, "The school is not open then."),
    ]


@pytest.mark.parametrize(
    ("during", "refusal"),
    [(hour(11, 10), SchoolClosed), (hour(13, 10), SchoolClosed), (hour(10, 16, minutes=61), SchoolClosed),
     (hour(9, 10), PlaceClosed)],
)  # fmt: skip
def test_a_session_is_put_where_it_is_closed_only_if_the_office_means_it(school, room, during, refusal):
    course = new_course(school)
    for publish in (True, False):
        with pytest.raises(refusal):
            new_session(course, during, resource=room, publish=publish)
    session = new_session(course, during, resource=room, despite_closed=True)
    assert session.despite_closed
    offered = free_times(school, course, Stretch(during.starts_at, during.ends_at))
    assert [free.session for free in offered] == [session]
    assert buy_seat(session, new_student(school), by=GUEST).status == "pending"
    assert not new_session(course, hour(10, 10), resource=room, despite_closed=True).despite_closed


def test_a_draft_is_published_on_a_day_that_was_closed_since_only_if_the_office_means_it(school):
    draft = new_session(new_course(school), hour(12, 10), publish=False)
    meant = new_session(new_course(school), hour(11, 10), publish=False, despite_closed=True)
    assert publish_session(meant, by=OWNER).status == "published"
    add_closure(school, dt.date(2027, 3, 12), dt.date(2027, 3, 12), "Ill", by=OWNER)
    with pytest.raises(SchoolClosed):
        publish_session(draft, by=OWNER)
    published = publish_session(draft, by=OWNER, despite_closed=True)
    assert (published.status, published.despite_closed) == ("published", True)


def test_what_moves_goes_where_it_is_open_and_what_stays_is_not_asked(school, room):
    course, ida, tom = new_course(school), new_instructor(school), new_instructor(school, name="Tom Other")
    session = new_session(course, hour(10, 10), instructors=[ida], resource=room)
    for to, who in ((hour(11, 10), school.name), (hour(10, 17), school.name), (hour(9, 10), "Hall")):
        move = replace(as_is(session), slots=(to,))
        assert [(one.who, one.is_closed, one.during) for one in clashes_of([move])] == [(who, True, to)]
        with pytest.raises(MoveClashes, match=f"{who} is closed on {to.starts_at.date()}"):
            move_sessions([move], by=OWNER, despite_rules=True, waive_students=True)
    (moved,) = move_sessions([replace(as_is(session), slots=(hour(11, 10),))], by=OWNER, despite_closed=True)
    assert (moved.starts_at, moved.despite_closed) == (hour(11, 10).starts_at, True)
    (handed_over,) = move_sessions([replace(as_is(session), instructors=(tom,))], by=OWNER)
    assert handed_over.despite_closed
    (back,) = move_sessions([replace(as_is(session), slots=(hour(10, 10),))], by=OWNER)
    assert not back.despite_closed
    elsewhere = new_resource(school, name="Attic")
    add_opening_hours(
        elsewhere.diary, weekday=1, starts=dt.time(9), ends=dt.time(17), timezone="UTC", by=OWNER
    )  # and on no other day
    with pytest.raises(MoveClashes, match="Attic is closed"):
        move_sessions([replace(as_is(session), resource=elsewhere)], by=OWNER)


def test_what_is_meant_already_is_not_asked_again_while_it_stays_on_its_day(school, room):
    course = new_course(school)
    session = new_session(course, hour(11, 10), despite_closed=True)
    for longer in (hour(11, 10, minutes=90), hour(11, 12)):
        (moved,) = move_sessions([replace(as_is(session), slots=(longer,))], by=OWNER)
        assert (moved.starts_at, moved.ends_at, moved.despite_closed) == (longer.starts_at, longer.ends_at, True)
    (elsewhere,) = move_sessions([replace(as_is(session), resource=room)], by=OWNER)
    assert (elsewhere.resource_id, elsewhere.despite_closed) == (room.pk, True)
    with pytest.raises(MoveClashes):  # another day is asked about anew
        move_sessions([replace(as_is(session), slots=(hour(13, 10),))], by=OWNER)
    change_course(course, CourseChange(duration_minutes=75), by=OWNER)
    late = new_session(course, hour(12, 17), despite_closed=True)
    (open_again,) = move_sessions([replace(as_is(late), slots=(hour(12, 15),))], by=OWNER)
    assert not open_again.despite_closed


def test_a_lesson_on_demand_moves_within_the_hours_of_who_gives_it(school):
    ida = new_instructor(school, hours=False)
    for weekday in range(1, 6):
        add_opening_hours(
            ida.person.diary, weekday=weekday, starts=dt.time(10), ends=dt.time(12), timezone="UTC", by=OWNER
        )
    session = buy_lesson(new_lessons(school), new_student(school), hour(10, 10).starts_at, by=OWNER).session
    assert clashes_of([replace(as_is(session), slots=(hour(12, 11),))]) == []
    early = replace(as_is(session), slots=(hour(12, 9),))
    (clash,) = clashes_of([early])
    assert (clash.kind, clash.sentence) == ("rule", "Ida Teacher: That is outside the opening hours.")
    with pytest.raises(MoveClashes, match="Ida Teacher"):
        move_sessions([early], by=OWNER, despite_closed=True, waive_students=True)
    (moved,) = move_sessions([early], by=OWNER, despite_rules=True)
    assert moved.starts_at == hour(12, 9).starts_at
    (longer,) = move_sessions([replace(as_is(session), slots=(hour(12, 9, minutes=90),))], by=OWNER)  # agreed by now
    assert longer.ends_at == hour(12, 9, minutes=90).ends_at
    tom = new_instructor(school, name="Tom Other", hours=False)  # whom the office has asked
    (handed_over,) = move_sessions([replace(as_is(session), instructors=(tom,))], by=OWNER)
    assert handed_over.despite_closed is False


def test_a_class_stays_on_offer_when_its_day_is_closed_since_and_a_slot_does_not(school):
    course, lessons, ida = new_course(school), new_lessons(school), new_instructor(school)
    klass, slot = new_session(course, hour(12, 10)), new_session(lessons, hour(12, 11), instructors=[ida])
    add_closure(school, dt.date(2027, 3, 12), dt.date(2027, 3, 12), "Ill", by=OWNER)
    day = Stretch(hour(12, 0).starts_at, hour(13, 0).starts_at)
    assert [free.session for free in free_times(school, course, day)] == [klass]
    assert buy_seat(klass, new_student(school), by=GUEST).status == "pending"
    assert free_times(school, lessons, day) == FreeTimes(school, lessons, day).starts(day) == []
    assert [offer.session for offer in next_offers(school, limit=9)] == [klass]
    with pytest.raises(SchoolClosed):
        buy_seat(slot, new_student(school), by=GUEST)
    publish_session(slot, by=OWNER, despite_closed=True)
    assert [free.session for free in free_times(school, lessons, day)] == [slot]
    assert [offer.session for offer in next_offers(school, limit=9)] == [klass, slot]
    assert buy_seat(slot, new_student(school), by=GUEST).status == "pending"


def test_where_slots_are_chosen_the_one_seat_can_be_had_while_one_of_them_is_open(school):
    lessons, two_days = new_lessons(school), (hour(12, 10), hour(15, 10))
    chosen, whole = (new_session(lessons, *two_days, choose_slots=choose) for choose in (True, False))
    add_closure(school, dt.date(2027, 3, 12), dt.date(2027, 3, 12), "Ill", by=OWNER)
    assert [offer.session for offer in next_offers(school, limit=9)] == [chosen]
    with pytest.raises(SchoolClosed):
        buy_seat(whole, new_student(school), by=GUEST)
    first, second = (slot.pk for slot in slots_of(chosen))
    with pytest.raises(SchoolClosed):
        buy_seat(chosen, new_student(school), by=GUEST, slot_ids=[first])
    assert buy_seat(chosen, new_student(school), by=GUEST, slot_ids=[second]).status == "pending"


def test_notice_and_horizon_bind_a_coachs_slots_and_neither_classes_nor_the_office():
    school = new_school("coaching", timezone="UTC", notice_minutes=600, furthest_ahead_days=10)
    calls, course, ida = new_lessons(school), new_course(school), new_instructor(school)
    times = [hour(day, at) for day, at in ((1, 12), (26, 13))]
    times[0] = Stretch(dt.datetime(2027, 2, 26, 21, 59, tzinfo=UTC), dt.datetime(2027, 2, 26, 22, 30, tzinfo=UTC))
    times.insert(1, Stretch(dt.datetime(2027, 2, 26, 22, 30, tzinfo=UTC), dt.datetime(2027, 2, 26, 23, tzinfo=UTC)))
    soon, later, far = (new_session(calls, during, instructors=[ida]) for during in times)
    all_year = Stretch(dt.datetime(2027, 2, 26, tzinfo=UTC), dt.datetime(2028, 1, 1, tzinfo=UTC))
    found = free_times(school, calls, all_year)
    assert [free.session for free in found if free.session] == [later]
    assert [offer.session for offer in next_offers(school, limit=9)] == [later]
    for session, refusal in ((soon, TooLateToBook), (far, TooFarAhead)):
        with pytest.raises(refusal):
            buy_seat(session, new_student(school), by=GUEST)
        assert buy_seat(session, new_student(school), by=OWNER).status == "confirmed"
    classes = [new_session(course, during) for during in times]
    assert [free.session for free in free_times(school, course, all_year)] == classes
    for session in classes:
        assert buy_seat(session, new_student(school), by=GUEST).status == "confirmed"


def test_a_lesson_on_demand_is_asked_about_again_when_it_is_booked(school):
    course = new_lessons(school)
    new_instructor(school)
    with pytest.raises(SchoolClosed):
        buy_lesson(course, new_student(school), hour(11, 10).starts_at)
    assert buy_lesson(course, new_student(school), hour(12, 10).starts_at).status == "pending"

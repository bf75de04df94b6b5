"""A coach's slots: published many at once, never over anything else, never twice."""

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import assume, given
from hypothesis import strategies as st

from drawing import examples
from factories import (
    OWNER,
    be_busy,
    buy_lesson,
    buy_seat,
    let_hold_run_out,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
)
from invariants import broken
from schoolbell.catalogue.actions import qualify
from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.closures import add_closure
from schoolbell.diary.models import Claim
from schoolbell.journal.models import Outbox, Record
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import UTC, Stretch, zone
from schoolbell.planning.refusals import NotQualified, SlotsClash
from schoolbell.planning.slot_plans import SlotsPlan, last_day_of, times_of
from schoolbell.planning.slots import PlannedSlot, preview_slots, publish_slots
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session, Slot, Staffing

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2027, 3, 15)
TUESDAY = dt.date(2027, 3, 16)


@pytest.fixture(autouse=True)
def _a_monday_in_march() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2027, 3, 15, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def practice() -> School:
    """In Berlin, where the clocks go forward on 28 March."""
    return new_school("coaching", timezone="Europe/Berlin")


def a_plan(school: School, **values: Any) -> SlotsPlan:
    """Tuesdays and Thursdays from nine to twelve, in slots of 45 minutes with 15 between, for six weeks."""
    return SlotsPlan(
        **{
            "instructor": new_instructor(school, hours=False),
            "course": new_lessons(school, name="Call"),
            "weekdays": frozenset({2, 4}),
            "starts": dt.time(9),
            "ends": dt.time(12),
            "first_day": MONDAY,
            "last_day": last_day_of(MONDAY, weeks=6),
            "minutes": 45,
            "pause": 15,
        }
        | values
    )


def berlin(day: dt.date, hour: int, minute: int = 0, *, minutes: int = 45) -> Stretch:
    starts_at = dt.datetime.combine(day, dt.time(hour, minute), tzinfo=ZoneInfo("Europe/Berlin"))
    return Stretch(starts_at, starts_at + dt.timedelta(minutes=minutes))


def reasons(slots: list[PlannedSlot]) -> dict[Stretch, str]:
    return {one.during: str(one.said) for one in slots if one.reason}


def test_six_weeks_are_published_and_the_change_of_the_clocks_keeps_their_local_times(practice: School):
    plan = a_plan(practice)
    preview = preview_slots(plan)
    assert (len(preview), reasons(preview)) == (36, {})
    assert not Session.objects.of(practice).exists()
    published = publish_slots(plan, by=OWNER, skip_clashing=False)
    assert (published.added, published.there_before, published.skipped) == (36, 0, 0)
    slots = list(Slot.objects.of(practice).order_by("starts_at"))
    assert [one.pk for one in slots] == [one.slot_id for one in published.slots]
    local = [one.starts_at.astimezone(practice.zone) for one in slots]
    assert [f"{one:%H:%M}" for one in local] == ["09:00", "10:00", "11:00"] * 12
    assert [one.date() for one in local[::3]] == [
        TUESDAY + dt.timedelta(days=7 * week + day) for week in range(6) for day in (0, 2)
    ]
    assert (slots[0].starts_at.hour, slots[-1].starts_at.hour) == (8, 9)  # in UTC


def test_what_is_written(practice: School):
    plan = a_plan(practice, last_day=TUESDAY)
    publish_slots(plan, by=OWNER, skip_clashing=False)
    session = Session.objects.of(practice).order_by("starts_at").first()
    assert (session.status, session.type, session.capacity, session.on_demand, session.series_id) == (
        "published", "regular", 1, False, None,
    )  # fmt: skip
    assert (session.timezone, session.created_by, session.published_at is not None) == (
        "Europe/Berlin", OWNER.who, True
    )  # fmt: skip
    slot = Slot.objects.of(practice).get(session_id=session.pk)
    assert (slot.starts_at, slot.ends_at) == (session.starts_at, session.ends_at)
    assert (slot.capacity, slot.seats_taken, slot.is_open) == (1, 0, True)
    assert list(Staffing.objects.filter(session_id=session.pk).values_list("instructor_id", "leads")) == [
        (plan.instructor.pk, True)
    ]
    (claim,) = Claim.objects.filter(source=slot.pk)
    assert (claim.diary_id, claim.kind) == (plan.instructor.person.diary_id, "lesson")
    record = Record.objects.get(name="slots.published")
    assert (record.subject_id, record.who) == (plan.instructor.pk, OWNER.who)
    assert record.new == {"course": str(plan.course.pk), "slots": 3, "first": "2027-03-16T08:00:00+00:00"}
    assert Outbox.objects.filter(name="slots.published", subject_id=plan.instructor.pk).count() == 1
    assert broken(practice) == {}


def test_publishing_the_same_plan_again_adds_nothing_and_a_longer_one_what_is_new(practice: School):
    plan = a_plan(practice, last_day=TUESDAY)
    first = publish_slots(plan, by=OWNER, skip_clashing=False)
    again = publish_slots(plan, by=OWNER, skip_clashing=False)
    assert (again.added, again.there_before, again.skipped) == (0, 3, 0)
    assert [(one.slot_id, one.session_id) for one in again.slots] == [
        (one.slot_id, one.session_id) for one in first.slots
    ]
    longer = publish_slots(a_plan_like(plan, last_day=TUESDAY + dt.timedelta(days=2)), by=OWNER, skip_clashing=False)
    assert (longer.added, longer.there_before, Session.objects.of(practice).count()) == (3, 3, 6)


def a_plan_like(plan: SlotsPlan, **values: Any) -> SlotsPlan:
    names = SlotsPlan.__dataclass_fields__
    return SlotsPlan(**{name: getattr(plan, name) for name in names} | values)


def test_a_slot_that_is_booked_is_there_too(practice: School):
    plan = a_plan(practice, last_day=TUESDAY)
    published = publish_slots(plan, by=OWNER, skip_clashing=False)
    buy_seat(Session.objects.get(id=published.slots[0].session_id), new_student(practice))
    assert publish_slots(plan, by=OWNER, skip_clashing=False).there_before == 3


def test_the_preview_names_slot_by_slot_what_stands_in_the_way(practice: School):
    plan = a_plan(practice, last_day=MONDAY + dt.timedelta(days=10))
    other = new_lessons(practice)
    thursday, next_tuesday, next_thursday = (TUESDAY + dt.timedelta(days=days) for days in (2, 7, 9))
    new_session(other, berlin(TUESDAY, 9, 30), instructors=[plan.instructor])
    be_busy(plan.instructor.person.diary_id, practice, berlin(thursday, 11, minutes=60))
    add_closure(practice, next_tuesday, next_tuesday, "Staff day", by=OWNER)
    add_opening_hours(
        plan.instructor.person.diary, date=next_thursday, starts=dt.time(9), ends=dt.time(10), closes=True,
        timezone="Europe/Berlin", by=OWNER,
    )  # fmt: skip
    preview = preview_slots(plan)
    assert reasons(preview) == {
        berlin(TUESDAY, 9): "Ida Teacher has a lesson then, 09:30–10:15.",
        berlin(TUESDAY, 10): "Ida Teacher has a lesson then, 09:30–10:15.",
        berlin(thursday, 11): "Ida Teacher is busy then, 11:00–12:00.",
        berlin(next_tuesday, 9): "The school is closed then.",
        berlin(next_tuesday, 10): "The school is closed then.",
        berlin(next_tuesday, 11): "The school is closed then.",
        berlin(next_thursday, 9): "Ida Teacher is not open then.",
    }
    assert sum(one.is_free for one in preview) == 5


def test_a_clash_is_skipped_or_everything_refused_as_one_chose_and_nothing_is_forced(practice: School, rows):
    plan = a_plan(practice, last_day=TUESDAY)
    be_busy(plan.instructor.person.diary_id, practice, berlin(TUESDAY, 10))
    before = rows()
    with pytest.raises(SlotsClash) as refused:
        publish_slots(plan, by=OWNER, skip_clashing=False)
    assert [one.during for one in refused.value.subject] == [berlin(TUESDAY, 10)]
    assert rows() == before
    published = publish_slots(plan, by=OWNER, skip_clashing=True)
    assert (published.added, published.skipped) == (2, 1)
    assert [one.during for one in published.slots if one.slot_id] == [berlin(TUESDAY, 9), berlin(TUESDAY, 11)]
    assert broken(practice) == {}


def test_pauses_limits_of_a_day_and_of_a_week_hold_between_slots(practice: School):
    practice.stored_policies |= {"buffer_after_minutes": 30, "most_lessons_a_day": 2}
    practice.save()
    plan = a_plan(School.objects.get(id=practice.pk), last_day=MONDAY + dt.timedelta(days=3))
    assert [str(one.reason or "") for one in preview_slots(plan)] == ["", "rule", "", "", "rule", ""]
    hour_long = a_plan_like(plan, minutes=30, pause=30)
    assert [str(one.reason or "") for one in preview_slots(hour_long)] == ["", "", "rule", "", "", "rule"]
    assert list(reasons(preview_slots(hour_long)).values()) == ["The instructor gives no more lessons that day."] * 2


def test_what_has_begun_today_is_named_and_left_out(practice: School):
    plan = a_plan(practice, weekdays=frozenset({1}), starts=dt.time(12), ends=dt.time(15), last_day=MONDAY)
    assert [str(one.reason or "") for one in preview_slots(plan)] == ["past", "past", ""]  # it is 13:00 in Berlin


def test_an_overdue_hold_on_a_lesson_on_demand_is_not_in_the_way():
    school = new_school("coding", timezone="Europe/Berlin")
    lessons = new_lessons(school, price=4500)
    ida = new_instructor(school)
    hold = buy_lesson(lessons, new_student(school), berlin(TUESDAY, 9).starts_at)
    let_hold_run_out(hold)
    plan = a_plan(school, instructor=ida, course=lessons, last_day=TUESDAY)
    assert reasons(preview_slots(plan)) == {}
    assert publish_slots(plan, by=OWNER, skip_clashing=False).added == 3
    assert broken(school) == {}


def test_an_overdue_hold_is_too_close_to_no_slot():
    school = new_school("coding", timezone="Europe/Berlin", buffer_after_minutes=30)
    lessons = new_lessons(school, price=4500)
    ida = new_instructor(school)
    hold = buy_lesson(lessons, new_student(school), berlin(TUESDAY, 8).starts_at)
    plan = a_plan(school, instructor=ida, course=lessons, last_day=TUESDAY, ends=dt.time(10))
    assert list(reasons(preview_slots(plan))) == [berlin(TUESDAY, 9)]
    let_hold_run_out(hold)
    assert reasons(preview_slots(plan)) == {}
    assert publish_slots(plan, by=OWNER, skip_clashing=False).added == 1
    hold.refresh_from_db()
    assert hold.status == "expired"
    assert broken(school) == {}


def test_a_slots_room_is_taken_with_it_and_named(practice: School):
    course = new_lessons(practice, resource_kind="online_room")
    room = new_resource(practice, kind="online_room", name="Room 1", capacity=3)
    be_busy(room.diary_id, practice, berlin(TUESDAY, 11))
    plan = a_plan(practice, course=course, resource=room, last_day=TUESDAY)
    assert reasons(preview_slots(plan)) == {berlin(TUESDAY, 11): "Room 1 is busy then, 11:00–11:45."}
    publish_slots(plan, by=OWNER, skip_clashing=True)
    assert Claim.objects.filter(diary_id=room.diary_id, kind="lesson").count() == 2


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"weekdays": frozenset()}, "weekdays"),
        ({"weekdays": frozenset({8})}, "weekdays"),
        ({"ends": dt.time(8)}, "ends"),
        ({"ends": dt.time(9, 30)}, "ends"),
        ({"minutes": 4}, "minutes"),
        ({"pause": -1}, "pause"),
        ({"last_day": MONDAY - dt.timedelta(days=1)}, "last_day"),
        ({"last_day": MONDAY + dt.timedelta(days=366)}, "last_day"),
        ({"minutes": 5, "pause": 0, "last_day": MONDAY + dt.timedelta(days=365)}, "last_day"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
    ],
)
def test_nonsense_is_refused_by_its_field(practice: School, rows, changed: dict, field: str):
    plan = a_plan(practice, **changed)
    before = rows()
    for act in (preview_slots, lambda plan: publish_slots(plan, by=OWNER, skip_clashing=True)):
        with pytest.raises(InputRefused) as refused:
            act(plan)
        assert list(refused.value.errors) == [field]
    assert rows() == before


def test_a_course_that_needs_a_room_names_one_and_an_instructor_teaches_what_they_may(practice: School):
    needs_room = new_lessons(practice, resource_kind="online_room")
    for resource in (None, new_resource(practice, kind="vehicle")):
        with pytest.raises(InputRefused) as refused:
            preview_slots(a_plan(practice, course=needs_room, resource=resource))
        assert list(refused.value.errors) == ["resource"]
        if resource is None:
            assert refused.value.errors["resource"] == ["Lessons of this course need an online room: choose one."]
    plan = a_plan(practice)
    qualify(plan.instructor, new_lessons(practice), by=OWNER)
    with pytest.raises(NotQualified):
        preview_slots(plan)


def test_a_year_takes_as_many_statements_as_a_day(practice: School):
    plan = a_plan(practice, last_day=TUESDAY)

    def statements(of: SlotsPlan) -> int:
        with CaptureQueriesContext(connection) as taken:
            publish_slots(of, by=OWNER, skip_clashing=False)
        return len(taken)

    assert statements(plan) == statements(
        a_plan_like(plan, first_day=dt.date(2027, 4, 1), last_day=dt.date(2028, 2, 1))
    )


ZONES = (
    "Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "Asia/Kathmandu",
)  # fmt: skip


@examples(60)
@given(
    where=st.sampled_from(ZONES),
    first_day=st.dates(dt.date(2011, 1, 1), dt.date(2030, 12, 31)),
    starts=st.times().map(lambda time: time.replace(second=0, microsecond=0)),
    ends=st.times().map(lambda time: time.replace(second=0, microsecond=0)),
    minutes=st.integers(20, 180),
    pause=st.integers(0, 60),
)
def test_slots_keep_their_clocks_their_pauses_and_their_hours_in_every_zone(
    where: str, first_day: dt.date, starts: dt.time, ends: dt.time, minutes: int, pause: int
):
    assume((ends.hour - starts.hour) * 60 + ends.minute - starts.minute >= minutes)
    school = new_school("coaching", timezone=where)
    plan = a_plan(
        school, weekdays=frozenset(range(1, 8)), starts=starts, ends=ends, first_day=first_day,
        last_day=first_day + dt.timedelta(days=9), minutes=minutes, pause=pause,
    )  # fmt: skip
    times = times_of(plan)
    for one in times:
        assert one.ends_at - one.starts_at == dt.timedelta(minutes=minutes)
        local = one.starts_at.astimezone(zone(where))
        since = (local.hour - starts.hour) * 60 + local.minute - starts.minute
        assert since >= 0
        assert since % (minutes + pause) == 0
        assert first_day <= local.date() <= plan.last_day
    for earlier, later in pairwise(times):
        same_day = earlier.starts_at.astimezone(zone(where)).date() == later.starts_at.astimezone(zone(where)).date()
        assert later.starts_at - earlier.ends_at >= dt.timedelta(minutes=pause if same_day else 0)

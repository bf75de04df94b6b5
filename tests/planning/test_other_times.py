"""The nearest other times, against each start asked about on its own."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
import time_machine

from api_client import Api
from factories import (
    OWNER,
    be_busy,
    buy_seat,
    new_course,
    new_instructor,
    new_resource,
    new_school,
    new_session,
    new_token,
)
from factories import new_student as student_of
from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.closures import add_closure
from schoolbell.diary.days import close_days
from schoolbell.kit.time import Stretch, instant, now
from schoolbell.people.models import Student
from schoolbell.planning.grid import grid
from schoolbell.planning.moves import Move, as_it_is
from schoolbell.planning.other_times import OtherTimes, on_day, reach_of, shifted
from schoolbell.planning.spare_time import SpareTime
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from schoolbell.timetable.actions import set_travel
from schoolbell.timetable.models import Resource, Session
from schoolbell.timetable.spacing import Planned, place_of

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
TODAY = dt.date(2027, 3, 18)  # on the 28th the clocks go forward
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_march():
    with time_machine.travel(dt.datetime(2027, 3, 18, 11, 7, tzinfo=LONDON), tick=False):
        yield


def of(number: int, hour: int, minute: int = 0, *, minutes: int = 60) -> Stretch:
    starts_at = instant(TODAY + number * DAY, dt.time(hour, minute), LONDON)
    return Stretch(starts_at, starts_at + dt.timedelta(minutes=minutes))


class Built:
    """A school with buffers, travel and a most of lessons a day, whose teacher, student and halls are taken here and
    there, and closed at times."""

    def __init__(self) -> None:
        self.school = new_school(
            timezone="Europe/London", start_grid_minutes=30, buffer_after_minutes=15, most_lessons_a_day=3
        )
        self.course = new_course(self.school)
        self.ida, self.sam = new_instructor(self.school, hours=False), student_of(self.school)
        for weekday in range(1, 7):
            add_opening_hours(
                self.ida.person.diary, weekday=weekday, starts=dt.time(9, 15), ends=dt.time(17),
                timezone="Europe/London", by=OWNER,
            )  # fmt: skip
        self.hall, self.barn = (new_resource(self.school, name=name) for name in ("Hall", "Barn"))
        new_resource(self.school, name="Nook", capacity=2)
        set_travel(self.hall, self.barn, minutes=45, by=OWNER)
        close_days(self.hall.diary, TODAY + 9 * DAY, TODAY + 9 * DAY, timezone="Europe/London", by=OWNER)
        add_closure(self.school, TODAY + 13 * DAY, TODAY + 14 * DAY, "Works", by=OWNER)
        be_busy(self.ida.person.diary_id, self.school, of(12, 8, minutes=300))
        be_busy(self.sam.person.diary_id, self.school, of(11, 9, minutes=90))
        for number, hour, resource in ((10, 14, self.barn), (12, 14, None), (15, 9, self.hall), (15, 11, None)):
            new_session(self.course, of(number, hour), instructors=[self.ida], resource=resource)
        for hour in (9, 11, 14):
            new_session(self.course, of(9, hour, 30), instructors=[self.ida])
            new_session(self.course, of(11, hour, 5), resource=self.hall)

    def found(self, session: Session, away: Stretch, *, most: int) -> tuple[list[Move], list[Move]]:
        """What is found, and what is found by asking about every start."""
        session = Session.objects.select_related("course", "resource").get(id=session.pk)
        session.course.school = School.objects.get(id=self.school.pk)
        (move,) = as_it_is([session])
        places = list(Resource.objects.of(self.school).order_by("id"))
        spare = SpareTime(
            session.course.school, reach_of([move]), instructors=[self.ida], resources=places, students=[self.sam]
        )
        search = OtherTimes(spare, not_in=away, places=places)
        asked = (_asked(spare, move, starts_at, away, self.sam, places) for starts_at in _starts(move))
        return search.nearest(move, [self.sam], most=most), [one for one in asked if one][:most]


def _starts(move: Move) -> list[dt.datetime]:
    at = move.slots[0].starts_at
    starts = {on_day(move, days).slots[0].starts_at for days in range(-14, 15)}
    if len(move.slots) == 1:
        day = at.astimezone(LONDON).date()
        first, last = (instant(day + days * DAY, dt.time.min, LONDON) for days in (-14, 15))
        starts.update(grid(Stretch(first, last), move.session.course))
    return sorted((one for one in starts - {at} if one > now()), key=lambda one: (abs(one - at), one < at))


def _asked(
    spare: SpareTime, move: Move, starts_at: dt.datetime, away: Stretch, student: Student, places: list[Resource]
) -> Move | None:
    there = shifted(move, starts_at)
    if any(one.overlaps(away) or not spare.is_free(student.person.diary_id, one) for one in there.slots):
        return None
    fitting = [one for one in places if one != move.resource and one.capacity >= move.session.capacity]
    for place in [move.resource, *fitting] if move.resource else [None]:
        lessons = [Planned(during, move.session.course_id, place_of(place)) for during in there.slots]
        diaries = [one.person.diary_id for one in move.instructors] + ([place.diary_id] if place else [])
        if not any(spare.obstacle(diary_id, lessons) for diary_id in diaries):
            return replace(there, resource=place)
    return None


@pytest.mark.parametrize("has_place", [True, False])
def test_all_that_is_near_is_found_and_nothing_else(has_place: bool):
    built = Built()
    resource = built.hall if has_place else None
    session = new_session(built.course, of(10, 10), instructors=[built.ida], resource=resource)
    buy_seat(session, built.sam)
    found, asked = built.found(session, of(10, 0, minutes=24 * 60), most=400)
    assert found == asked
    assert len(found) > 100
    assert {one.resource for one in found} == ({built.hall, built.barn} if has_place else {None})
    nearest = built.found(session, of(10, 0, minutes=24 * 60), most=3)[0]
    assert nearest == found[:3]


def test_a_class_of_several_days_goes_to_other_days_as_a_whole():
    built = Built()
    session = new_session(built.course, of(8, 10), of(10, 11), instructors=[built.ida], resource=built.hall)
    found, asked = built.found(session, of(10, 11), most=30)
    assert found == asked
    assert 3 < len(found) < 20


def test_what_has_long_been_over_has_no_other_times():
    school = new_school(timezone="UTC")
    owner = Api(school.slug, new_token(school, Role.OWNER))
    session = new_session(new_course(school), of(1, 10), instructors=[new_instructor(school)])
    for later in (15, 16, 17, 300):
        with time_machine.travel(of(1 + later, 11).starts_at, tick=False):
            answer = owner.get(f"/sessions/{session.pk}/other-times")
            assert (answer.status, answer.json) == (200, {"items": [], "next": None})
    with time_machine.travel(of(10, 11).starts_at, tick=False):
        assert owner.get(f"/sessions/{session.pk}/other-times").json["items"] != []

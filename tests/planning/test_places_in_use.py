"""Nothing new is put in a place that is not used any more; what is there already stays, and may be moved."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from factories import (
    OWNER,
    at,
    hour_at,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
    payer_of,
)
from schoolbell.catalogue.models import ResourceKind
from schoolbell.kit.refusals import InputRefused
from schoolbell.planning.classes import NewSeries, create_series
from schoolbell.planning.moves import as_it_is
from schoolbell.planning.moving import move_sessions
from schoolbell.planning.occurrences import SeriesChange
from schoolbell.planning.series import change_series
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.models import School
from schoolbell.timetable.actions import change_resource
from schoolbell.timetable.models import Resource, Series, Session

pytestmark = pytest.mark.django_db
NOT_USED = {"resource": ["This place is not used any more. Choose another."]}


@pytest.fixture
def school() -> School:
    return new_school(timezone="UTC", weekly_ahead_days=60)


def out_of_use(place: Resource) -> Resource:
    return change_resource(place, is_active=False, by=OWNER)


def refused(act: Callable[[], object]) -> dict[str, list[str]]:
    with pytest.raises(InputRefused) as refusal:
        act()
    return refusal.value.errors


def a_class(school: School, place: Resource | None) -> Series:
    day = at(7).date()
    rule = "FREQ=WEEKLY"
    new = NewSeries(new_course(school), rule, dt.time(10), day, instructors=[new_instructor(school)], resource=place)
    return create_series(new, by=OWNER)


def loaded(session: Session) -> Session:
    return Session.objects.select_related("course__school", "resource").get(id=session.pk)


def test_a_session_a_class_and_weekly_lessons_find_no_place_there(school: School):
    hall = out_of_use(new_resource(school))
    assert refused(lambda: new_session(new_course(school), hour_at(10), resource=hall)) == NOT_USED
    assert refused(lambda: a_class(school, hall)) == NOT_USED
    sam = new_student(school)
    plan = WeeklyPlan(
        sam, payer_of(sam), new_lessons(school), new_instructor(school), 1, dt.time(16), at(1).date(), resource=hall
    )
    assert refused(lambda: enroll_weekly(plan, by=OWNER)) == NOT_USED
    assert not Session.objects.of(school).exists()


def test_weekly_lessons_are_in_the_kind_of_place_that_the_course_needs(school: School):
    sam, course = new_student(school), new_lessons(school, resource_kind=ResourceKind.VEHICLE)
    plan = WeeklyPlan(
        sam, payer_of(sam), course, new_instructor(school), 1, dt.time(16), at(1).date(), resource=new_resource(school)
    )
    assert refused(lambda: enroll_weekly(plan, by=OWNER)) == {
        "resource": ["This is not what lessons of this course are given in."]
    }


def test_what_is_there_may_move_in_time_and_nothing_else_may_come(school: School):
    hall, other = new_resource(school), new_resource(school)
    session = new_session(new_course(school), hour_at(10), resource=hall)
    elsewhere = new_session(new_course(school), hour_at(11), resource=other)
    gone = out_of_use(hall)
    (there,) = as_it_is([loaded(session)])
    (moved,) = move_sessions([replace(there, slots=(hour_at(12),))], by=OWNER)
    assert (moved.starts_at, moved.resource_id) == (at(12), hall.pk)
    (move,) = as_it_is([loaded(elsewhere)])
    assert refused(lambda: move_sessions([replace(move, resource=gone)], by=OWNER)) == NOT_USED
    assert loaded(elsewhere).resource_id == other.pk


def test_a_class_that_is_there_may_be_edited_and_no_other_sent_there(school: School):
    hall = new_resource(school)
    there, elsewhere = a_class(school, hall), a_class(school, new_resource(school))
    gone = out_of_use(hall)
    change = SeriesChange(starts=dt.time(11))
    stays = change_series(Series.objects.get(id=there.pk), first_day=at(7).date(), change=change, by=OWNER)
    assert stays.resource_id == hall.pk
    sent = SeriesChange(resource=gone)
    assert refused(lambda: change_series(elsewhere, first_day=at(7).date(), change=sent, by=OWNER)) == NOT_USED

"""The rules of `schoolbell check` about busy time: each is kept, and each is found broken when it is."""

from dataclasses import replace

import pytest

from factories import (
    OWNER,
    be_busy,
    buy_seat,
    hour_at,
    new_course,
    new_instructor,
    new_school,
    new_session,
    new_student,
)
from schoolbell.diary.busy import re_cover
from schoolbell.diary.checks import CHECKS
from schoolbell.diary.models import Claim, OutsideCalendar, OutsideEvent
from schoolbell.diary.time_off import enter_time_off
from schoolbell.kit.checks import broken
from schoolbell.planning.moves import as_it_is
from schoolbell.planning.moving import move_sessions
from schoolbell.timetable.models import Session

pytestmark = pytest.mark.django_db


def found() -> list[object]:
    return [row_id for check in CHECKS for _school, row_id, _detail in broken(check)]


def test_time_off_and_events_are_taken_by_themselves_or_by_lessons_and_a_gap_is_found():
    school = new_school()
    ida = new_instructor(school)
    diary = ida.person.diary
    new_session(new_course(school), hour_at(10, 12), instructors=[ida])
    off = enter_time_off(diary, hour_at(10, 11, minutes=180), by=OWNER)
    calendar = OutsideCalendar(school=school, diary=diary, name="Mine", url="https://example.org", timezone="UTC")
    calendar.save(force_insert=True)
    event = OutsideEvent(
        school=school, calendar=calendar, starts_at=hour_at(10, 12, 30).starts_at, ends_at=hour_at(10, 12, 30).ends_at
    )
    event.save(force_insert=True)
    re_cover(school.pk, diary.pk)
    assert found() == []
    Claim.objects.filter(source=calendar.pk).delete()
    assert found() == [event.pk]
    Claim.objects.filter(source=off.pk).order_by("during").first().delete()
    assert found() == [off.pk, event.pk]
    re_cover(school.pk, diary.pk)
    assert found() == []


def test_busy_time_without_a_source_is_found():
    school = new_school()
    claim = be_busy(new_instructor(school).person.diary_id, school, hour_at(10))
    assert found() == [claim.pk]


def test_what_is_waived_over_nothing_is_found():
    school = new_school()
    sam, course = new_student(school), new_course(school)
    session = new_session(course, hour_at(10))
    buy_seat(session, sam)
    other = buy_seat(new_session(course, hour_at(11)), sam)
    (there,) = as_it_is([Session.objects.select_related("course__school", "resource").get(id=session.pk)])
    move_sessions([replace(there, slots=(hour_at(11, 10, 30),))], by=OWNER, waive_students=True)
    assert found() == []
    waived = Claim.objects.get(diary_id=sam.person.diary_id, waived=True)
    Claim.objects.filter(source=other.attendances.get().pk).delete()
    assert found() == [waived.pk]

"""Time off: asked for, decided, withdrawn; approved, it takes the time around the lessons."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from factories import OWNER, at, hour_at, new_course, new_instructor, new_school, new_session, slots_of
from schoolbell.bookings.sessions import cancel_session
from schoolbell.diary.models import Claim, TimeOff
from schoolbell.diary.refusals import TimeOffDecided, TimeOffOverlaps, TimeTaken
from schoolbell.diary.time_off import (
    approve_time_off,
    ask_for_time_off,
    decline_time_off,
    enter_time_off,
    lessons_in_the_way,
    withdraw_time_off,
)
from schoolbell.journal.models import Record
from schoolbell.kit.ids import new_id
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import Stretch, now
from schoolbell.schools.actor import Actor, Role

pytestmark = pytest.mark.django_db
DAY = Stretch(at(10, 9), at(10, 17))


@pytest.fixture
def school():
    return new_school()


@pytest.fixture
def ida(school):
    return new_instructor(school)


@pytest.fixture
def herself(ida):
    return Actor(Role.INSTRUCTOR, who=new_id(), person_id=ida.person_id)


def busy(instructor) -> list[Stretch]:
    claims = Claim.objects.filter(diary_id=instructor.person.diary_id, kind="busy").order_by("during")
    return [Stretch(claim.during.lower, claim.during.upper) for claim in claims]


def test_what_is_asked_for_takes_no_time_until_it_is_approved(school, ida, herself):
    asked = ask_for_time_off(ida.person.diary, DAY, by=herself, reason=" Dentist ")
    assert (asked.status, asked.reason, asked.asked_by, asked.decided_by) == ("requested", "Dentist", herself.who, None)
    assert busy(ida) == []
    approved = approve_time_off(asked, by=OWNER)
    assert (approved.status, approved.decided_by) == ("approved", OWNER.who)
    assert now() - approved.decided_at < dt.timedelta(minutes=1)
    assert busy(ida) == [DAY]
    with pytest.raises(TimeTaken):
        new_session(new_course(school), hour_at(10, 12), instructors=[ida])
    names = Record.objects.of(school).filter(subject_id=asked.pk).order_by("id").values_list("name", "who")
    assert list(names) == [("time_off.requested", herself.who), ("time_off.approved", OWNER.who)]


def test_lessons_that_are_there_stay_are_named_and_leave_their_time_to_it(school, ida):
    session = new_session(new_course(school), hour_at(10, 12), hour_at(11, 12), instructors=[ida])
    other = new_session(new_course(school), hour_at(10, 17), instructors=[ida])
    entered = enter_time_off(ida.person.diary, DAY, by=OWNER)
    assert (entered.status, entered.asked_by, entered.decided_by) == ("approved", OWNER.who, OWNER.who)
    assert [(clash.during, clash.source) for clash in lessons_in_the_way(entered)] == [
        (hour_at(10, 12), slots_of(session)[0].pk)
    ]
    assert busy(ida) == [Stretch(at(10, 9), at(10, 12)), Stretch(at(10, 13), at(10, 17))]
    cancel_session(session, by=OWNER)
    cancel_session(other, by=OWNER)
    assert lessons_in_the_way(entered) == []
    assert busy(ida) == [Stretch(at(10, 9), at(10, 12)), hour_at(10, 12), Stretch(at(10, 13), at(10, 17))]


def test_what_is_withdrawn_gives_its_time_back_and_what_is_declined_never_had_it(ida):
    entered = enter_time_off(ida.person.diary, DAY, by=OWNER)
    withdraw_time_off(entered, by=OWNER)
    assert busy(ida) == []
    asked = ask_for_time_off(ida.person.diary, DAY, by=OWNER)
    decline_time_off(asked, by=OWNER)
    assert busy(ida) == []
    withdraw_time_off(ask_for_time_off(ida.person.diary, DAY, by=OWNER), by=OWNER)
    statuses = TimeOff.objects.filter(diary_id=ida.person.diary_id).order_by("id").values_list("status", flat=True)
    assert list(statuses) == ["withdrawn", "declined", "withdrawn"]


@pytest.mark.parametrize(
    ("decided", "refused"),
    [
        ([approve_time_off], [approve_time_off, decline_time_off]),
        ([decline_time_off], [approve_time_off, decline_time_off, withdraw_time_off]),
        ([withdraw_time_off], [approve_time_off, decline_time_off, withdraw_time_off]),
        ([approve_time_off, withdraw_time_off], [approve_time_off, decline_time_off, withdraw_time_off]),
    ],
)
def test_what_is_decided_is_not_decided_again(ida, decided, refused):
    asked = ask_for_time_off(ida.person.diary, DAY, by=OWNER)
    for act in decided:
        act(asked, by=OWNER)
    before = TimeOff.objects.values().get(id=asked.pk), busy(ida)
    for act in refused:
        with pytest.raises(TimeOffDecided):
            act(asked, by=OWNER)
    assert (TimeOff.objects.values().get(id=asked.pk), busy(ida)) == before


@pytest.mark.parametrize(
    ("during", "field"),
    [
        (Stretch(now() - dt.timedelta(hours=2), now() - dt.timedelta(hours=1)), "ends_at"),
        (Stretch(at(10), at(10 + 367)), "ends_at"),
        (Stretch(at(1200), at(1201)), "starts_at"),
    ],
)
def test_nonsense_is_refused(ida, during: Stretch, field: str):
    for act in (ask_for_time_off, enter_time_off):
        with pytest.raises(InputRefused) as refused:
            act(ida.person.diary, during, by=OWNER)
        assert list(refused.value.errors) == [field]
    assert TimeOff.objects.filter(diary_id=ida.person.diary_id).count() == 0


def test_nobody_is_off_twice_at_once_and_the_database_knows_it(school, ida):
    enter_time_off(ida.person.diary, DAY, by=OWNER)
    with pytest.raises(TimeOffOverlaps):
        ask_for_time_off(ida.person.diary, hour_at(10, 16, 30), by=OWNER)
    ask_for_time_off(ida.person.diary, hour_at(10, 17), by=OWNER)
    enter_time_off(new_instructor(school).person.diary, DAY, by=OWNER)
    with pytest.raises(IntegrityError), transaction.atomic():
        TimeOff(
            school=school, diary=ida.person.diary, starts_at=at(10, 16), ends_at=at(10, 18), status="requested"
        ).save(force_insert=True)
    assert busy(ida) == [DAY]


def test_being_ill_from_now_on_may_begin_a_moment_ago(ida):
    began = now() - dt.timedelta(minutes=5)
    entered = enter_time_off(ida.person.diary, Stretch(began, began + dt.timedelta(days=2)), by=OWNER)
    assert busy(ida) == [entered.during]

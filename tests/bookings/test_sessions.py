"""What a session may be, and when it may be opened for booking."""

import datetime as dt

import pytest

from databases import row_counts
from factories import (
    OWNER,
    at,
    buy_lesson,
    buy_seat,
    hour_at,
    new_course,
    new_instructor,
    new_lessons,
    new_session,
    new_student,
    slots_of,
)
from invariants import broken
from schoolbell.bookings.models import Enrollment
from schoolbell.bookings.refusals import AgeNotAllowed, SessionNotOpen, StudentNotActive
from schoolbell.bookings.sessions import publish_session
from schoolbell.catalogue.actions import qualify
from schoolbell.catalogue.models import Course
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import Stretch, now
from schoolbell.people.models import Instructor, Student
from schoolbell.timetable.models import Session

pytestmark = pytest.mark.django_db
PAST = Stretch(now() - dt.timedelta(hours=2), now() - dt.timedelta(hours=1))


def refused(field: str, act) -> None:
    """Under that name, and nothing is written."""
    before = row_counts()
    with pytest.raises(InputRefused) as told:
        act()
    assert set(told.value.errors) == {field}
    assert row_counts() == before


class TestASessionThatLiesBehind:
    def test_is_not_put_on_offer(self, school):
        course = new_course(school)
        refused("slots", lambda: new_session(course, PAST))

    def test_is_kept_as_a_draft_which_is_not_published(self, school):
        draft = new_session(new_course(school), PAST, publish=False)
        before = row_counts()
        with pytest.raises(SessionNotOpen):
            publish_session(draft, by=OWNER)
        assert (Session.objects.get().status, row_counts()) == ("draft", before)

    def test_and_was_published_before_stays_so(self, school):
        session = new_session(new_course(school))
        Session.objects.of(school).update(starts_at=PAST.starts_at)
        assert publish_session(session, by=OWNER).status == "published"

    def test_is_refused_over_http_with_its_code(self, api, school):
        draft = new_session(new_course(school), PAST, publish=False)
        assert api.post(f"/sessions/{draft.pk}/publish").told == (409, "session_not_open")


class TestACourseThatIsNotTaughtAnyMore:
    @pytest.fixture
    def course(self, school) -> Course:
        course = new_course(school)
        Course.objects.filter(id=course.pk).update(is_active=False)
        course.refresh_from_db()
        return course

    def test_gets_no_session(self, course):
        refused("course", lambda: new_session(course, publish=False))

    def test_has_its_drafts_stay_drafts(self, school):
        course = new_course(school)
        draft = new_session(course, publish=False)
        Course.objects.filter(id=course.pk).update(is_active=False)
        with pytest.raises(SessionNotOpen):
            publish_session(draft, by=OWNER)


class TestWhoTeachesIt:
    def test_teaches_the_course(self, school):
        course, other = new_course(school), new_course(school)
        instructor = new_instructor(school)
        qualify(instructor, other, by=OWNER)
        refused("instructors", lambda: new_session(course, instructors=[instructor]))
        qualify(instructor, course, by=OWNER)
        assert new_session(course, instructors=[instructor]).status == "published"

    def test_is_there(self, school):
        course, instructor = new_course(school), new_instructor(school)
        Instructor.objects.filter(id=instructor.pk).update(status="on_leave")
        refused("instructors", lambda: new_session(course, instructors=[instructor]))

    def test_is_named_once(self, school):
        course, instructor = new_course(school), new_instructor(school)
        refused("instructors", lambda: new_session(course, instructors=[instructor] * 2))


def test_a_slot_lasts_a_day_and_not_a_minute_more(school):
    course, starts_at = new_course(school), at(30)
    day = dt.timedelta(days=1)
    too_long = Stretch(starts_at, starts_at + day + dt.timedelta(minutes=1))
    refused("slots", lambda: new_session(course, too_long))
    assert new_session(course, Stretch(starts_at, starts_at + day)).ends_at == starts_at + day


def test_a_seat_in_a_trial_session_is_a_trial_whatever_is_said(school):
    course = new_course(school, price=4500, trial_price=500)
    session = new_session(course, type="trial")
    for kind in (None, "one_off", "trial"):
        booking = buy_seat(session, new_student(school), enrollment_type=kind)
        enrollment = Enrollment.objects.get(id=booking.enrollment_id)
        assert (booking.price, enrollment.type, enrollment.course_id) == (500, "trial", course.pk)
    assert broken(school) == {}


def test_the_age_is_that_on_the_day_of_each_slot_that_is_chosen(school):
    """Eight from the second day on: the first cannot be had, the second can."""
    day = next(day for day in range(30, 36) if at(day).day <= 28)  # which every year has
    first, second = hour_at(day - 1), hour_at(day)
    session = new_session(new_course(school, age_min=8, age_max=8), first, second, choose_slots=True)
    slots = {slot.starts_at: slot.pk for slot in slots_of(session)}
    birthday = second.starts_at.date()
    eight = new_student(school, birth_date=birthday.replace(year=birthday.year - 8))
    for chosen in ([], [slots[first.starts_at]], list(slots.values())):
        with pytest.raises(AgeNotAllowed):
            buy_seat(session, eight, slot_ids=chosen)
    assert buy_seat(session, eight, slot_ids=[slots[second.starts_at]]).status == "pending"
    assert broken(school) == {}


@pytest.mark.parametrize("status", [Student.Status.PAUSED, Student.Status.LEFT])
def test_whoever_left_or_pauses_takes_no_seat_until_they_are_back(api, school, status):
    student, session = new_student(school), new_session(new_course(school))
    Student.objects.filter(id=student.pk).update(status=status)
    student.refresh_from_db()
    new_instructor(school)
    course = new_lessons(school)
    for act in (lambda: buy_seat(session, student), lambda: buy_lesson(course, student, at(10))):
        with pytest.raises(StudentNotActive):
            act()
    body = {"session": str(session.pk), "student": str(student.pk)}
    assert api.post("/bookings", body).told == (409, "student_not_active")
    Student.objects.filter(id=student.pk).update(status="active")
    assert api.post("/bookings", body).status == 201

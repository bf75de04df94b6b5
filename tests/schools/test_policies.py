"""Policies: of a school, and where a course decides otherwise."""

from factories import new_course, new_school
from schoolbell.schools.policies import CoursePolicies, Overrides, PayWith, Policies


def test_a_course_keeps_only_what_it_said_and_the_school_decides_the_rest(db):
    school = new_school(notice_minutes=60, guests=False)
    said = {"free_cancel_hours": 5, "hold_minutes": {"card": 20}, "ways_to_pay": ["desk"], "most_lessons_a_day": None}
    course = new_course(school, overrides=said)
    course.refresh_from_db()
    assert course.overrides == said
    assert (course.policies.free_cancel_hours, course.policies.notice_minutes, course.policies.guests) == (5, 60, False)
    assert course.policies.hold_minutes.model_dump() == {"card": 20, "desk": 2880, "transfer": 4320}
    assert course.policies.ways_to_pay == (PayWith.DESK,)


def test_what_holds_for_the_whole_school_is_not_a_courses_to_decide():
    assert set(Policies.model_fields) - set(Overrides.model_fields) == {
        "weekly_ahead_days",
        "guests",
        "guest_open_holds",
        "client_open_holds",
        "course_types",
        "default_course",
    }
    assert set(Overrides.model_fields) == set(CoursePolicies.model_fields)

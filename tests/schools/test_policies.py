"""Policies: of a school, and where a course decides otherwise."""

from factories import OWNER, new_course, new_school
from schoolbell.access.school import change_policies
from schoolbell.kit.time import now
from schoolbell.schools.policies import CoursePolicies, Overrides, PayWith, Policies
from schoolbell.schools.queries import school_by_slug


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


def test_what_policies_once_were_is_read_by_whoever_asks_for_a_time_before_a_change(db, django_assert_num_queries):
    school = new_school(free_cancel_hours=24)
    before, own = now(), school.slug
    changed = change_policies(school, {"free_cancel_hours": 5}, by=OWNER)
    with django_assert_num_queries(1):
        found = school_by_slug(own)
        assert found.policies.free_cancel_hours == 5
        assert found.policies_as_of(changed.updated_at).free_cancel_hours == 5
        assert found.policies_as_of(now()).free_cancel_hours == 5
    with django_assert_num_queries(1):
        assert [found.policies_as_of(before).free_cancel_hours for _ in range(3)] == [24] * 3

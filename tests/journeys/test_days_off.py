"""Days that go otherwise than planned: the office closes a school day, and a tutor falls ill."""

import datetime as dt
from collections.abc import Callable

from playwright.sync_api import Page, expect

from factories import OWNER, buy_lesson, buy_seat, new_instructor, new_school, new_student
from journeys.conftest import Site, new_user
from journeys.looking import Look
from journeys.schools import coding_school
from journeys.schools import wall as stretch_at
from journeys.test_office import new_office_user
from schoolbell.accounts.models import User
from schoolbell.bookings.sessions import NewSession, create_session
from schoolbell.catalogue.actions import add_course, qualify
from schoolbell.diary.models import Claim, TimeOff
from schoolbell.journal.models import Outbox
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import Stretch, local_day, now
from schoolbell.people.actions import link_user
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session, Staffing

SignIn = Callable[[Page, User], None]


def wall(school: School, days: int, hour: int, *, minutes: int = 60) -> Stretch:
    return stretch_at(school, days, hour, minutes=minutes)


def test_a_school_day_is_closed_and_all_its_lessons_are_moved(site: Site, look: Look, page: Page, sign_in: SignIn):
    school = new_school("coding", timezone="Europe/London")
    assert school.country == "GB"
    course = add_course(school, by=OWNER, name="Game club", duration_minutes=60, price=1200, capacity=6)
    maya, tom = new_instructor(school, name="Maya Chen"), new_instructor(school, name="Tom Abara")
    sessions = [
        create_session(
            NewSession(course, [wall(school, 9, hour)], instructors=[teacher]), school=school, by=OWNER, publish=True
        )
        for hour, teacher in ((15, maya), (16, tom), (17, maya))
    ]
    for name in ("Sam Park", "Ada Bell", "Kim Osei", "Leo Marsh"):
        buy_seat(sessions[0], new_student(school, name), pay_with="desk")
    buy_seat(sessions[1], new_student(school, "Nora Quist"), pay_with="desk")
    closed_on = local_day(sessions[0].starts_at, school.zone)
    # On the wished day Tom is taken by another class at that time.
    busy = wall(school, 11, 16, minutes=90)
    create_session(NewSession(course, [busy], instructors=[tom]), school=school, by=OWNER, publish=True)

    sign_in(page, new_office_user(school))
    page.goto(site.url(f"/s/{school.slug}/office/settings/"))
    page.get_by_role("link", name="Closed days").click()
    page.get_by_role("button", name="Follow these holidays").click()
    expect(page.get_by_text("The school keeps those of United Kingdom.")).to_be_visible()
    page.get_by_role("button", name="Keep open").first.click()
    expect(page.get_by_text("You keep it open.")).to_be_visible()
    page.get_by_label("First day").fill(closed_on.isoformat())
    page.get_by_label("Why").fill("Boiler repair")
    look(page, "office-closed-days")
    page.get_by_role("button", name="Close the school").click()
    expect(page.get_by_text("3 lessons are in the way.")).to_be_visible()
    expect(page.get_by_text("Sam Park, Ada Bell and 2 more")).to_be_visible()
    look(page, "office-closed-day")

    page.get_by_label("Move all to the same times on").fill((closed_on + dt.timedelta(days=2)).isoformat())
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_text("Tom Abara is taken:")).to_be_visible()
    look(page, "office-closed-day-moved")
    page.get_by_role("button", name="See to all of them").click()
    expect(page.get_by_text("3 lessons move. Everybody who is booked is told.")).to_be_visible()
    expect(page.get_by_role("heading", name="No lesson is left on these days")).to_be_visible()
    look(page, "office-closed-day-done")
    starts = [Session.objects.get(id=session.pk).starts_at for session in sessions]
    assert starts[0] == wall(school, 11, 15).starts_at
    assert starts[2] == wall(school, 11, 17).starts_at
    assert local_day(starts[1], school.zone) != closed_on
    assert Outbox.objects.of(school).filter(name="booking.moved").count() == 5


def test_an_instructor_asks_for_time_off_and_the_office_sees_to_it(site: Site, look: Look, page: Page, sign_in: SignIn):
    place = coding_school()
    school, course, (maya, tom) = place.school, place.course, place.instructors
    lesson = buy_lesson(
        course,
        new_student(school, "Sam Park", birth_date=local_day(now(), school.zone) - dt.timedelta(days=3652)),
        wall(school, 4, 15).starts_at,
        instructor_id=maya.pk,
        pay_with="desk",
    )
    user = new_user(f"{new_id().hex}@example.org")
    link_user(maya.person, user, by=OWNER)
    sign_in(page, user)
    page.goto(site.url(f"/s/{school.slug}/teach/time-off/"))
    day = local_day(lesson.session.starts_at, school.zone).isoformat()
    page.get_by_label("First day").fill(day)
    page.get_by_label("Last day").fill(day)
    page.get_by_label("Why").fill("My sister’s wedding")
    page.get_by_role("button", name="See which lessons it meets").click()
    expect(page.get_by_text("It meets one lesson of yours.")).to_be_visible()
    expect(page.get_by_text("Sam Park")).to_be_visible()
    look(page, "teach-time-off-meets")
    page.get_by_role("button", name="Ask the office").click()
    expect(page.get_by_text("One lesson is booked then.")).to_be_visible()
    look(page, "teach-time-off")

    page.context.clear_cookies()
    sign_in(page, new_office_user(school))
    page.goto(site.url(f"/s/{school.slug}/office/"))
    page.get_by_role("link", name="See to it").click()
    look(page, "office-time-off")
    page.get_by_role("link", name="See to them and approve").click()
    expect(page.get_by_role("combobox")).to_have_value(f"substitute:{tom.pk}")
    page.get_by_role("button", name="See to all of them").click()
    expect(page.get_by_text("Maya Chen is away. 1 lesson has a substitute.")).to_be_visible()
    assert [(one.status, one.reason) for one in TimeOff.objects.of(school)] == [("approved", "My sister’s wedding")]
    assert Staffing.objects.get(session_id=lesson.session_id).instructor_id == tom.pk

    page.goto(site.url(f"/s/{school.slug}/office/settings/policies/"))
    page.get_by_label("Free of charge until").fill("2 days")
    look(page, "office-rules")
    page.locator("#cancelling").get_by_role("button").click()
    expect(page.get_by_label("Free of charge until")).to_have_value("2 days")
    assert School.objects.get(id=school.pk).policies.free_cancel_hours == 48


def test_a_tutor_falls_ill_and_every_lesson_has_a_substitute_in_one_step(
    site: Site, look: Look, page: Page, sign_in: SignIn
):
    place = coding_school()
    school, course, (maya, tom) = place.school, place.course, place.instructors
    zoe = new_instructor(school, name="Zoe Finch")
    qualify(zoe, course, proficiency=5, by=OWNER)
    born = local_day(now(), school.zone) - dt.timedelta(days=3652)
    lessons = [
        buy_lesson(
            course,
            new_student(school, name, birth_date=born),
            wall(school, 3, hour).starts_at,
            instructor_id=maya.pk,
            pay_with="desk",
        )
        for hour, name in ((15, "Sam Park"), (16, "Ada Bell"), (17, "Leo Marsh"))
    ]
    other = buy_lesson(
        course,
        new_student(school, "Kim Osei", birth_date=born),
        wall(school, 3, 16).starts_at,
        instructor_id=zoe.pk,
        pay_with="desk",
    )
    sign_in(page, new_office_user(school))
    page.goto(site.url(f"/s/{school.slug}/office/instructors/{maya.pk}/"))
    page.get_by_role("link", name="Absent…").click()
    day = local_day(wall(school, 3, 12).starts_at, school.zone).isoformat()
    page.get_by_label("First day").fill(day)
    page.get_by_label("Last day").fill(day)
    page.get_by_label("Why").fill("Flu")
    look(page, "office-absence")
    page.get_by_role("button", name="Show the lessons").click()
    expect(page.get_by_text("3 lessons are in the way.")).to_be_visible()
    expect(page.get_by_role("combobox").nth(0)).to_have_value(f"substitute:{zoe.pk}")
    expect(page.get_by_role("combobox").nth(1)).to_have_value(f"substitute:{tom.pk}")
    look(page, "office-absence-lessons")
    page.get_by_role("button", name="See to all of them").click()
    expect(page.get_by_text("Maya Chen is away. 3 lessons have a substitute.")).to_be_visible()
    taught = [Staffing.objects.get(session_id=one.session_id).instructor_id for one in (*lessons, other)]
    assert taught == [zoe.pk, tom.pk, zoe.pk, zoe.pk]
    assert [(one.status, one.reason) for one in TimeOff.objects.of(school)] == [("approved", "Flu")]
    assert [one.kind for one in Claim.objects.of(school).filter(diary_id=maya.person.diary_id)] == ["busy"]
    told = Outbox.objects.of(school).filter(name="booking.changed").values_list("subject_id", flat=True)
    assert sorted(told) == sorted(one.pk for one in lessons)

    # One of them is handed on once more, by hand.
    page.goto(site.url(f"/s/{school.slug}/office/sessions/{lessons[0].session_id}/"))
    page.get_by_role("link", name="Find a substitute").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who could give it instead of Zoe Finch?")
    look(page, "office-substitutes")
    page.get_by_role("button", name="Hand it over to Tom Abara").click()
    expect(page.get_by_text("Tom Abara gives it now.")).to_be_visible()


def test_lessons_become_longer_and_what_that_meets_is_seen_first(site: Site, look: Look, page: Page, sign_in: SignIn):
    place = coding_school()
    school, course, (maya, _tom) = place.school, place.course, place.instructors
    born = local_day(now(), school.zone) - dt.timedelta(days=3652)
    for hour, name in ((15, "Sam Park"), (16, "Ada Bell")):
        child = new_student(school, name, birth_date=born)
        buy_lesson(course, child, wall(school, 3, hour).starts_at, instructor_id=maya.pk, pay_with="desk")
    sign_in(page, new_office_user(school))
    page.goto(site.url(f"/s/{school.slug}/office/courses/{course.pk}/"))
    page.get_by_role("link", name="Change price or seats").click()
    page.get_by_label("Minutes of a lesson").fill("90")
    look(page, "office-course-change")
    page.get_by_role("button", name="Show what it reaches").click()
    expect(page.get_by_role("heading", name="What speaks against it")).to_be_visible()
    look(page, "office-course-reached")
    page.get_by_label("Leave these sessions as they are, and change the others").check()
    page.get_by_role("button", name="Change the course").click()
    expect(page.get_by_text("Python for Beginners is changed.")).to_be_visible()

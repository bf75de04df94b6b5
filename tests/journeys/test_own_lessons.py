"""An instructor moves a lesson on the phone, sees what clashes, cancels another with a reason, and asks for a
substitute; the family reads it, and the office finds somebody."""

import datetime as dt
from typing import Any

from playwright.sync_api import expect

from factories import OWNER, buy_lesson, buy_seat, new_client, new_course, new_session, new_student
from journeys.conftest import Site, Visits, new_user
from journeys.looking import PHONE, Look
from journeys.schools import driving_school, wall
from schoolbell.access.staff import add_staff
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import local_day, now
from schoolbell.people.actions import link_user
from schoolbell.people.models import Person
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session
from schoolbell.timetable.queries import staff_of

SYDNEY = "Australia/Sydney"
WHY = "I am down with the flu. Sorry!"


def user_of(person: Person) -> Any:
    user = new_user(f"{new_id().hex}@example.org")
    link_user(person, user, by=OWNER)
    return user


def office_of(school: School) -> Any:
    user = new_user(f"{new_id().hex}@example.org")
    add_staff(school, user, Role.ADMIN, by=OWNER)
    return user


def test_an_instructor_moves_one_lesson_and_cancels_another(site: Site, look: Look, visit: Visits, sign_in):
    place = driving_school()
    school, priya, dan = place.school, *place.instructors
    born = local_day(now(), school.zone) - dt.timedelta(days=7500)
    anna = new_client(school, "Anna Nguyen")
    liam = new_student(school, "Liam Nguyen", guardian=anna, birth_date=born)
    goes, ends, stays = (
        buy_lesson(
            place.course, liam, wall(school, day, 10, minutes=60).starts_at, instructor_id=priya.pk, pay_with="desk"
        )
        for day in (3, 5, 7)
    )
    theory = new_session(new_course(school, name="Theory evening", price=0), wall(school, 4, 15, minutes=60))
    buy_seat(theory, liam)

    page = visit(width=PHONE, zone=SYDNEY)
    sign_in(page, user_of(priya.person))
    page.goto(site.url(lesson_of(goes.session, school)))
    expect(page.get_by_role("heading", name="If it cannot be as it is")).to_be_visible()
    look(page, "own-lessons-1-lesson")
    page.get_by_role("link", name="Move it").click()
    expect(page.get_by_role("heading", name="Times that suit everybody")).to_be_visible()
    look(page, "own-lessons-2-move")
    page.get_by_label("Day").fill(wall(school, 4, 15, minutes=60).starts_at.astimezone(school.zone).date().isoformat())
    page.get_by_label("From").fill("15:00")
    page.get_by_role("button", name="See what it comes to").click()
    expect(page.get_by_text("Liam Nguyen is taken:")).to_be_visible()
    expect(page.get_by_role("button", name="Move the lesson")).to_have_count(0)
    look(page, "own-lessons-3-clash")
    page.get_by_role("link", name="Change something").click()
    page.get_by_label("From").fill("16:30")
    page.get_by_role("button", name="See what it comes to").click()
    expect(page.get_by_text("Nothing is done before you press the button.")).to_be_visible()
    look(page, "own-lessons-4-moves")
    page.get_by_role("button", name="Move the lesson").click()
    expect(page.get_by_text("It is moved to")).to_be_visible()
    moved = Session.objects.get(id=goes.session_id).starts_at.astimezone(school.zone)
    assert (moved.date(), f"{moved:%H:%M}") == (local_day(now(), school.zone) + dt.timedelta(days=4), "16:30")

    page.goto(site.url(lesson_of(ends.session, school)))
    page.get_by_role("link", name="Cancel it").click()
    page.get_by_role("button", name="Cancel the lesson").click()
    expect(page.get_by_role("alert")).to_contain_text("One thing to put right.")
    look(page, "own-lessons-5-cancel")
    page.get_by_label("Why").fill(WHY)
    page.get_by_role("button", name="Cancel the lesson").click()
    expect(page.get_by_text("This lesson was cancelled. Its time is free again.")).to_be_visible()
    expect(page.get_by_text(WHY)).to_be_visible()

    page.goto(site.url(lesson_of(stays.session, school)))
    page.get_by_role("link", name="Ask for a substitute").click()
    expect(page.get_by_role("heading", level=1, name="Who could give it instead of you?")).to_be_visible()
    look(page, "own-lessons-6-substitute")
    page.get_by_label("Whom you would like").select_option("Dan Okafor")
    page.get_by_label("Why").fill("My sister’s wedding")
    page.get_by_role("button", name="Ask for a substitute").click()
    expect(page.get_by_text("You asked the office for a substitute, and would like Dan Okafor.")).to_be_visible()
    look(page, "own-lessons-7-asked")

    family = visit(width=PHONE, zone=SYDNEY)
    sign_in(family, user_of(anna.person))
    family.goto(site.url(f"/s/{school.slug}/my/bookings/{goes.pk}/"))
    expect(family.get_by_text("16:30–17:30").first).to_be_visible()
    expect(family.get_by_text("The school has moved it: you may change the time until it begins.")).to_be_visible()
    family.goto(site.url(f"/s/{school.slug}/my/bookings/{ends.pk}/"))
    expect(family.get_by_text(WHY)).to_be_visible()
    look(family, "own-lessons-8-family")

    office = visit()
    sign_in(office, office_of(school))
    office.goto(site.url(f"/s/{school.slug}/office/"))
    expect(office.get_by_text("A substitute is asked for, for one lesson.")).to_be_visible()
    office.get_by_role("link", name="Find them").click()
    look(office, "own-lessons-9-office")
    office.get_by_role("link", name="Find a substitute").click()
    office.get_by_role("button", name="Hand it over to Dan Okafor").click()
    expect(office.get_by_text("Dan Okafor gives it now.")).to_be_visible()
    assert staff_of([stays.session])[stays.session_id] == [dan]


def lesson_of(session: Session, school: School) -> str:
    return f"/s/{school.slug}/teach/lessons/{session.slots.get().pk}/"


def test_a_lesson_is_moved_without_javascript(site: Site, visit: Visits, sign_in):
    place = driving_school()
    school, priya = place.school, place.instructors[0]
    session = new_session(place.course, wall(school, 5, 10, minutes=60), instructors=[priya])
    page = visit(javascript=False, zone=SYDNEY)
    sign_in(page, user_of(priya.person))
    page.goto(site.url(f"{lesson_of(session, school)}move/"))
    page.get_by_role("region", name="Times that suit everybody").get_by_role("link").first.click()
    page.get_by_role("button", name="Move the lesson").click()
    expect(page.get_by_text("It is moved to")).to_be_visible()
    assert Session.objects.get(id=session.pk).starts_at != session.starts_at

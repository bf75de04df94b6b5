"""Every form that makes something: sent twice, it makes it once, and both answers lead to the same place."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client as Browser

from billing.test_naming import seat_for
from elsewhere import elsewhere
from factories import (
    OWNER,
    at,
    be_busy,
    buy_seat,
    hour_at,
    new_client,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
    payer_of,
)
from planning.asking import ask
from schoolbell.access.models import KeptAnswer, Staff
from schoolbell.accounts.models import User
from schoolbell.billing.models import Payment
from schoolbell.billing.products import ProductWish, order_products
from schoolbell.bookings.models import Booking, Enrollment
from schoolbell.catalogue.models import Course, Product
from schoolbell.catalogue.products import ProductValues, add_product
from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.models import Closure, OpeningHours, OutsideCalendar, TimeOff
from schoolbell.importing.models import Upload
from schoolbell.journal.models import Record
from schoolbell.learning.models import Review
from schoolbell.people.actions import NamedLater
from schoolbell.people.models import Client, Instructor, Person, Student
from schoolbell.planning.classes import NewSeries, create_series
from schoolbell.planning.models import LessonRequest, Proposal
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource, Series, Session, SkippedOccurrence, Travel
from servers import race
from web.office.conftest import as_person, as_staff
from web.office.test_courses_and_places import COURSE
from web.office.test_proposals import typed as wishes
from web.office.test_sessions import form as session_form
from web.public.visitors import Visitor

PERSON = {"first_name": "Clara", "last_name": "Ash", "email": "", "phone": "", "address": ""}
PRODUCT = {"name": "Kit", "price": "12.50", "tax_percent": "18", "description": "", "is_active": "on"}
HOURS = {"weekday": "2", "starts": "09:00", "ends": "12:30"}


@dataclass(frozen=True)
class Form:
    """On `page`, filled in with `typed` and sent to `to`, it makes a row of `made`. A preview's page is asked for with
    `look`, and sends what stands on it."""

    page: str
    typed: dict[str, Any]
    made: type[models.Model]
    to: str = ""
    look: dict[str, Any] | None = None
    before: Callable[[Browser], object] | None = None


@dataclass
class World:
    school: School

    @property
    def office(self) -> str:
        return f"/s/{self.school.slug}/office/"

    def day(self, number: int = 20) -> str:
        return f"{at(number):%Y-%m-%d}"


def a_family(world: World) -> Form:
    return Form(f"{world.office}families/new/", PERSON, Client)


def a_child(world: World) -> Form:
    page = f"{world.office}families/{new_client(world.school).pk}/students/new/"
    return Form(page, {"first_name": "Sam", "last_name": "Ash", "relationship": "parent", "skill_level": ""}, Student)


def a_student(world: World) -> Form:
    return Form(f"{world.office}students/new/", PERSON | {"skill_level": ""}, Student)


def an_instructor(world: World) -> Form:
    terms = {"hourly_rate": "25.50", "max_hours_per_week": "20", "about": ""}
    return Form(f"{world.office}instructors/new/", PERSON | terms, Instructor)


def a_course(world: World) -> Form:
    return Form(f"{world.office}courses/new/", COURSE, Course)


def a_place(world: World) -> Form:
    return Form(f"{world.office}resources/new/", {"kind": "venue", "name": "Hall", "capacity": "8"}, Resource)


def a_product(world: World) -> Form:
    return Form(f"{world.office}products/new/", PRODUCT, Product)


def a_payment(world: World) -> Form:
    client = new_client(world.school)
    kit = add_product(world.school, ProductValues("Kit", 12_000), by=OWNER)
    student = new_student(world.school, guardian=client)
    placed = order_products(
        [ProductWish(kit)], school=world.school, student=student, client=client, pay_with=None, by=OWNER
    )
    line = placed.product_lines.get()
    return Form(f"{world.office}products/", {}, Payment, to=f"{world.office}products/lines/{line.pk}/cash")


def a_session(world: World) -> Form:
    return Form(f"{world.office}sessions/new/", session_form(new_course(world.school)), Session)


def a_series(world: World) -> Form:
    course = new_course(world.school)
    look = {"look": "1", "course": str(course.pk), "weekdays": ["1"], "every": "1", "starts": "18:00"}
    look |= {"first_day": world.day(1), "last_day": world.day(30)}
    return Form(f"{world.office}series/new/", {}, Series, look=look)


def a_changed_series(world: World) -> Form:
    wanted = NewSeries(new_course(world.school), "FREQ=WEEKLY;BYDAY=MO", dt.time(18), at(1).date())
    series = create_series(wanted, by=OWNER)
    look = {"look": "1", "first_day": world.day(9), "weekdays": "1", "every": "1", "starts": "19:30"}
    look |= {"duration_minutes": "60", "lead": "", "capacity": "5"}
    return Form(f"{world.office}series/{series.pk}/change/", {}, Series, look=look)


def a_day_left_out(world: World) -> Form:
    course, day = new_course(world.school), at(60)
    rule = f"FREQ=WEEKLY;BYDAY={day:%a}"[:-1].upper()
    series = create_series(NewSeries(course, rule, dt.time(9), at(4).date()), by=OWNER)
    page = f"{world.office}series/{series.pk}/"
    return Form(page, {"day": world.day(60)}, SkippedOccurrence, to=f"{page}leave-out")


def weekly_lessons(world: World) -> Form:
    student, course, ida = new_student(world.school), new_lessons(world.school), new_instructor(world.school)
    look = {"look": "1", "student": str(student.pk), "course": str(course.pk), "instructor": str(ida.pk)}
    look |= {"weekday": "2", "every": "1", "starts": "16:00", "starts_on": world.day(1)}
    return Form(f"{world.office}weekly/new/", {}, Enrollment, look=look)


def a_lesson_put_elsewhere(world: World) -> Form:
    ida, student = new_instructor(world.school), new_student(world.school)
    lesson = hour_at(5)
    be_busy(ida.person.diary_id, world.school, lesson)
    day, clock = lesson.starts_at.date(), lesson.starts_at.time()
    plan = WeeklyPlan(student, payer_of(student), new_lessons(world.school), ida, day.isoweekday(), clock, day)
    enrolled = enroll_weekly(plan, by=OWNER)
    row = SkippedOccurrence.objects.get(series_id=enrolled.series_id, occurrence_on=day)
    later = {"starts_at": lesson.ends_at.isoformat()}
    return Form(f"{world.office}skipped/", later, Session, to=f"{world.office}skipped/{row.pk}/place")


def a_request(world: World) -> Form:
    typed = wishes(new_student(world.school), new_lessons(world.school), (1, "15:00", "18:00"))
    return Form(f"{world.office}requests/new/", typed, LessonRequest)


def a_proposal(world: World) -> Form:
    ask(new_lessons(world.school), student=new_student(world.school), starts_on=at(7).date())
    return Form(f"{world.office}requests/", {}, Proposal, to=f"{world.office}proposals/")


def a_closure(world: World) -> Form:
    typed = {"first_day": world.day(), "last_day": "", "name": "Works"}
    return Form(f"{world.office}settings/closed-days/", typed, Closure)


def hours_of_the_school(world: World) -> Form:
    return Form(f"{world.office}settings/hours/", HOURS, OpeningHours)


def hours_of_an_instructor(world: World) -> Form:
    ida = new_instructor(world.school, hours=False)
    return Form(f"{world.office}instructors/{ida.pk}/", HOURS, OpeningHours)


def hours_of_a_place(world: World) -> Form:
    return Form(f"{world.office}resources/{new_resource(world.school).pk}/", HOURS, OpeningHours)


def a_way(world: World) -> Form:
    one, other = (str(new_resource(world.school, name=name).pk) for name in ("Hall", "Barn"))
    return Form(f"{world.office}settings/travel/", {"one": one, "other": other, "minutes": "1 h"}, Travel)


def somebody_in_the_office(world: World) -> Form:
    typed = {"email": "rob@example.org", "password": "a-long-way-home", "role": "admin"}
    return Form(f"{world.office}sign-ins/", typed, Staff)


def a_sign_in(world: World) -> Form:
    page = f"{world.office}sign-ins/people/{new_client(world.school).person_id}/"
    return Form(page, {"email": "clara@example.org", "password": "a-long-way-home"}, User)


def an_absence(world: World) -> Form:
    ida = new_instructor(world.school, hours=False)
    page = f"{world.office}instructors/{ida.pk}/absent/"
    return Form(page, {}, TimeOff, look={"first_day": world.day(), "last_day": world.day(), "reason": "Ill"})


def files(world: World) -> Form:
    return Form(f"{world.office}files/", {"handed_in": "a file"}, Upload)


def slots(world: World) -> Form:
    ida = new_instructor(world.school, hours=False)
    add_opening_hours(
        ida.person.diary, weekday=at(8).isoweekday(), starts=dt.time(8), ends=dt.time(18), timezone="UTC", by=OWNER
    )
    page = f"{world.office}instructors/{ida.pk}/slots/"
    typed = {"course": str(new_lessons(world.school).pk), "weekdays": [str(at(8).isoweekday())], "starts": "09:00"}
    typed |= {"ends": "11:00", "minutes": "60", "pause": "0", "first_day": world.day(8), "weeks": "1"}

    def looked(browser: Browser) -> str:
        return key_on(browser.post(page, typed | {"do": "preview"}))

    return Form(page, typed | {"do": "publish"}, Session, before=looked)


OFFICE = (
    *(a_family, a_child, a_student, an_instructor, a_course, a_place, a_product, a_payment, a_session, a_series),
    *(a_changed_series, a_day_left_out, weekly_lessons, a_lesson_put_elsewhere, a_request, a_proposal, a_closure),
    hours_of_the_school,
    *(hours_of_an_instructor, hours_of_a_place, a_way, somebody_in_the_office, a_sign_in, an_absence, files, slots),
)


def key_on(page: Any) -> str:
    """What a form of the page brings to be counted once."""
    return re.findall(r'<input type="hidden" name="once" value="([\w-]{20,})">', page.content.decode())[-1]


def hidden_on(page: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page.content.decode()):
        found.setdefault(name, []).append(unescape(value))
    return found


def filled_in(form: Form, browser: Browser) -> dict[str, Any]:
    """What the browser sends, the key among it."""
    if form.before:
        return form.typed | {"once": form.before(browser)}
    page = browser.get(form.page, form.look or {})
    assert page.status_code == 200
    return (hidden_on(page) if form.look else {}) | form.typed | {"once": key_on(page)}


def send(browser: Browser, form: Form, body: dict[str, Any]) -> tuple[int, str]:
    if "handed_in" in body:
        body = body | {"handed_in": SimpleUploadedFile("people.csv", b"name\nAnn\n")}
    answer = browser.post(form.to or form.page, body)
    return answer.status_code, answer.headers.get("Location", "")


def sent_twice(browser: Browser, form: Form) -> None:
    body, before = filled_in(form, browser), form.made.objects.count()
    first = send(browser, form, body)
    made = form.made.objects.count() - before
    assert first[0] == 302
    assert made >= 1
    assert send(browser, form, body) == first
    assert form.made.objects.count() - before == made


@pytest.fixture
def world(db: None) -> World:
    return World(new_school("coding", timezone="UTC", weekly_ahead_days=40))


@pytest.mark.parametrize("new", OFFICE, ids=lambda new: new.__name__)
def test_a_form_of_the_office_sent_twice_counts_once(world: World, new: Callable[[World], Form]):
    sent_twice(as_staff(world.school, Role.OWNER), new(world))


def test_an_instructors_forms_sent_twice_count_once(world: World, settings):
    settings.ALLOW_PRIVATE_CALENDARS = True
    ida = new_instructor(world.school, hours=False)
    browser, teach = as_person(ida.person), f"/s/{world.school.slug}/teach/"
    sent_twice(browser, Form(f"{teach}hours/", HOURS, OpeningHours))
    off = {"first_day": world.day(), "last_day": world.day(), "reason": ""}
    sent_twice(browser, Form(f"{teach}time-off/", {}, TimeOff, look={"look": "1"} | off))
    with elsewhere() as place:
        calendar = {"url": place.url("/own.ics"), "name": "Choir", "timezone": "UTC"}
        sent_twice(browser, Form(f"{teach}calendars/", calendar, OutsideCalendar))
    hours = OpeningHours.objects.of(world.school).get()
    taken = browser.post(f"{teach}hours/{hours.pk}/remove", follow=True)
    undo = unescape(re.findall(r'action="([^"]*put-back[^"]*)"', taken.content.decode())[0])
    again = {"once": key_on(taken)}
    assert [browser.post(undo, again).status_code for _ in range(2)] == [302, 302]
    assert OpeningHours.objects.of(world.school).count() == 1


@pytest.mark.parametrize("hours_of", [hours_of_the_school, hours_of_an_instructor, hours_of_a_place])
def test_hours_that_are_put_back_twice_in_the_office_come_back_once(world: World, hours_of):
    form = hours_of(world)
    browser = as_staff(world.school)
    browser.post(form.page, form.typed)
    hours = OpeningHours.objects.of(world.school).filter(weekday__isnull=False).last()
    taken = browser.post(f"{form.page}hours/{hours.pk}/remove", follow=True)
    undo = unescape(re.findall(r'action="([^"]*put-back[^"]*)"', taken.content.decode())[0])
    again = {"once": key_on(taken)}
    assert [browser.post(undo, again).status_code for _ in range(2)] == [302, 302]


def test_a_review_sent_twice_counts_once(world: World):
    client = new_client(world.school)
    session = new_session(new_lessons(world.school), instructors=[new_instructor(world.school)])
    booking = buy_seat(session, new_student(world.school, guardian=client))
    Booking.objects.filter(id=booking.pk).update(status="completed")
    page = f"/s/{world.school.slug}/my/bookings/{booking.pk}/"
    sent_twice(as_person(client.person), Form(page, {"rating": "5", "comment": ""}, Review, to=f"{page}review"))


def test_a_seat_gets_its_name_once_in_the_office_and_in_the_portal(world: World):
    acme, session = new_client(world.school), new_session(new_course(world.school))
    office, portal = seat_for(acme, session, NamedLater(), NamedLater())
    for name, browser, page in (
        ("Kim Stone", as_staff(world.school), f"{world.office}bookings/{office.pk}/"),
        ("Lou Stone", as_person(acme.person), f"/s/{world.school.slug}/my/bookings/{portal.pk}/"),
    ):
        body = {"student": "new", "name": name, "once": key_on(browser.get(f"{page}name"))}
        assert [browser.post(f"{page}name", body)["Location"] for _ in range(2)] == [page, page]
    assert Person.objects.of(world.school).filter(last_name="Stone").count() == 2


def test_notes_that_are_sent_twice_are_changed_once(world: World):
    client, visitor = new_client(world.school), Visitor()
    booking = buy_seat(new_session(new_course(world.school)), new_student(world.school, guardian=client))
    path = f"/s/{world.school.slug}/book/?session={new_session(new_course(world.school)).pk}"
    order = visitor.book(path).removesuffix("pay")
    guests = Booking.objects.of(world.school).order_by("id").last()
    for browser, page, one in (
        (as_staff(world.school), f"{world.office}bookings/{booking.pk}/", booking),
        (as_person(client.person), f"/s/{world.school.slug}/my/bookings/{booking.pk}/", booking),
        (visitor.client, order, guests),
    ):
        body = {f"notes-{one.pk}": f"Words on {page}", "once": key_on(browser.get(f"{page}notes"))}
        assert [browser.post(f"{page}notes", body)["Location"] for _ in range(2)] == [page, page]
    assert Record.objects.of(world.school).filter(name="booking.notes_changed").count() == 3


def test_a_guest_names_a_seat_once_and_a_stranger_with_the_key_does_not(world: World):
    visitor = Visitor()
    path = f"/s/{world.school.slug}/book/?session={new_session(new_course(world.school)).pk}"
    employer = {"for_whom": "staff", "company": "Acme Works", "seats": "2", "seat-2-later": "on"}
    order = visitor.book(path, **employer, **{"seat-1-name": "Kim Stone"}).removesuffix("pay")
    href = re.findall(rf'href="({order}name/[^"]+)"', visitor.get(order))[0]
    body = {"name": "Lou Stone", "once": key_on(visitor.client.get(href))}
    assert [visitor.send(href, body) for _ in range(2)] == [order, order]
    Visitor().send(href, body, status=404)


def test_what_was_refused_is_tried_again_and_what_was_changed_is_another_wish(world: World):
    browser, form = as_staff(world.school), a_family(world)
    body = filled_in(form, browser)
    nameless = body | {"first_name": "", "last_name": ""}
    assert [send(browser, form, nameless)[0] for _ in range(2)] == [422, 422]
    assert KeptAnswer.objects.count() == 0
    clara = send(browser, form, body)
    # Back by the browser's button, and another name typed: the page still has its old key.
    bo = send(browser, form, body | {"first_name": "Bo"})
    assert (clara[0], bo[0], clara[1] == bo[1]) == (302, 302, False)
    assert Client.objects.of(world.school).count() == 2


def test_the_good_news_is_told_once(world: World):
    browser, form = as_staff(world.school), a_family(world)
    body = filled_in(form, browser)
    to = [send(browser, form, body) for _ in range(2)][1][1]
    assert browser.get(to).content.decode().count("Clara Ash is added.") == 1


def test_a_key_opens_nobody_elses_answer(world: World):
    browser, form = as_staff(world.school), a_family(world)
    body = filled_in(form, browser)
    own = send(browser, form, body)
    colleague = send(as_staff(world.school), form, body)
    assert (colleague[0], colleague[1] == own[1]) == (302, False)
    assert Client.objects.of(world.school).count() == 2

    # Of another school too, by somebody who works in both.
    other = new_school("driving")
    user = User.objects.get(id=browser.session["_auth_user_id"])
    Staff(school=other, user=user, role="admin").save(force_insert=True)
    theirs = send(browser, Form(f"/s/{other.slug}/office/families/new/", {}, Client), body)
    assert theirs == (302, f"/s/{other.slug}/office/families/{Client.objects.of(other).get().pk}/")

    # Who is not signed in is asked to do that first, whatever the key.
    assert "/sign-in" in Browser().post(form.page, body, follow=True).content.decode()
    assert Client.objects.count() == 3


@pytest.mark.usefixtures("scratch")
@pytest.mark.parametrize(("keyed", "families"), [(True, 1), (False, 2)], ids=["guarded", "control without the key"])
def test_two_clicks_at_once_make_one_family(keyed: bool, families: int):
    world = World(new_school())
    browser, form = as_staff(world.school), a_family(world)
    body = filled_in(form, browser) if keyed else form.typed
    windows = [Browser() for _ in range(2)]
    for one in windows:
        one.cookies = browser.cookies
    answers = race(lambda one: send(one, form, body), windows)
    assert len(set(answers)) == Client.objects.of(world.school).count() == families

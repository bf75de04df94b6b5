"""Families, students and instructors in the office."""

import datetime as dt

import pytest
import time_machine
from django.test import Client as Browser

from factories import (
    OWNER,
    buy_seat,
    hour_at,
    new_client,
    new_course,
    new_instructor,
    new_school,
    new_session,
    new_student,
    pay_for,
)
from schoolbell.billing.sales import cancel_and_settle
from schoolbell.catalogue.models import Qualification
from schoolbell.diary.models import OpeningHours
from schoolbell.journal.models import Record
from schoolbell.kit.time import UTC
from schoolbell.people.actions import NewPerson, add_client
from schoolbell.people.models import Client, Guardianship, Instructor, Person, Student
from schoolbell.schools.actor import Actor, Role
from schoolbell.schools.models import School
from web.office.conftest import as_staff
from web.pages import as_shown, links_of, text_of


def listed(words: str, last_head: str) -> str:
    return words[words.index(last_head) + len(last_head) + 1 :]


def test_families_stand_with_their_students_and_what_is_between_them_and_the_school(db: None):
    school = new_school("driving")
    browser, office = as_staff(school), f"/s/{school.slug}/office/"
    clara = add_client(
        NewPerson(first_name="Clara", last_name="Ash", email="clara@example.org", phone="0412 555 019"),
        school=school, by=OWNER,
    )  # fmt: skip
    sam = new_student(school, "Sam <b>Ash</b>", guardian=clara)
    new_student(school, "Kim Ash", guardian=clara)
    alone = new_student(school, "Bo Birch")
    course = new_course(school, price=9000, deposit=3000)
    pay_for(buy_seat(new_session(course), sam))
    off = buy_seat(new_session(course), alone)
    pay_for(off)
    cancel_and_settle(off, by=OWNER)
    words = text_of(browser.get(office + "families/"))
    assert words.startswith("Families 2 who book and pay New family")
    assert listed(words, "Balance") == (
        "Clara Ash Sam <b>Ash</b>, Kim Ash clara@example.org 0412 555 019 owes A$60.00 "
        "Bo Birch themselves A$30.00 credit"
    )
    for text in ("clara", "kim", "0412555"):
        assert listed(text_of(browser.get(f"{office}families/?q={text}")), "Balance").startswith("Clara Ash"), text
    assert text_of(browser.get(f"{office}families/?q=zz")).endswith(
        "No family fits “zz” Try a part of the name. The students’ names are searched too. Show all families"
    )
    page = text_of(browser.get(f"{office}families/{clara.pk}/"))
    assert "Money To pay for what is confirmed A$60.00 Balance owes A$60.00 Students" in page
    assert "Students S Sam <b>Ash</b> KA Kim Ash" in page
    assert "Deposit paid A$90.00" in page
    assert "Booked: Sam <b>Ash</b>, First aid, " in page
    assert "How to reach them E-mail clara@example.org Phone 0412 555 019" in page


def test_a_familys_sums_add_up(db: None):
    school = new_school("driving")
    browser, office = as_staff(school), f"/s/{school.slug}/office/"
    clara = new_client(school, "Clara Ash")
    sam = new_student(school, "Sam Ash", guardian=clara)
    course = new_course(school, price=9000, deposit=3000)
    kept, off, _held = (buy_seat(new_session(course, hour_at(days)), sam) for days in (9, 8, 7))
    for booking in (kept, off):
        pay_for(booking)
    cancel_and_settle(off, by=OWNER)
    assert (
        "Money To pay for what is confirmed A$60.00 Credit paid, and used for nothing yet −A$30.00 "
        "Balance owes A$30.00 Held, not paid owed once it is confirmed A$90.00 Students"
    ) in text_of(browser.get(f"{office}families/{clara.pk}/"))


def test_a_late_fee_is_owed_besides(db: None):
    school = new_school("driving")
    browser, office = as_staff(school), f"/s/{school.slug}/office/"
    clara = new_client(school, "Clara Ash")
    late_fee = {"free_cancel_hours": 24, "late_fee_percent": 50}
    course = new_course(school, price=9000, deposit=3000, overrides=late_fee)
    booking = buy_seat(new_session(course, hour_at(9)), new_student(school, "Sam Ash", guardian=clara))
    pay_for(booking)
    with time_machine.travel(hour_at(9).starts_at - dt.timedelta(hours=5), tick=False):
        cancel_and_settle(booking, by=Actor(Role.CLIENT, person_id=clara.person_id))
    assert ("Money Owed besides a late fee, say A$15.00 Balance owes A$15.00 Students") in text_of(
        browser.get(f"{office}families/{clara.pk}/")
    )


def test_an_empty_school_is_told_that_people_come_by_themselves(browser: Browser, office: str):
    for kind, words in (("families", "No families yet"), ("students", "No students yet")):
        assert f"{words} They come by themselves when somebody books. You can add them, too." in text_of(
            browser.get(f"{office}{kind}/")
        )
    assert "No instructors yet Add who teaches, then say when they can be booked. New instructor" in text_of(
        browser.get(office + "instructors/")
    )


def test_a_family_is_added_with_a_student_and_edited(school: School, browser: Browser, office: str):
    answer = browser.post(
        office + "families/new/",
        {"first_name": "Clara", "last_name": "Ash", "email": "clara@example.org", "phone": "", "address": "1 High St"},
    )
    clara = Client.objects.of(school).get()
    assert answer["Location"] == f"{office}families/{clara.pk}/"
    page = browser.get(answer["Location"])
    assert "Clara Ash is added. Who learns?" in page.content.decode()
    assert "Nobody yet. Add a student" in text_of(page)
    child = browser.get(f"{office}families/{clara.pk}/students/new/")
    assert 'value="Ash"' in child.content.decode()
    typed = {"first_name": "Sam", "last_name": "Ash", "birth_date": "2016-03-24", "skill_level": "B1"}
    answer = browser.post(f"{office}families/{clara.pk}/students/new/", typed | {"relationship": "grandparent"})
    assert answer["Location"] == f"{office}families/{clara.pk}/"
    sam = Student.objects.of(school).get()
    bond = Guardianship.objects.of(school).get()
    assert (sam.person.birth_date, sam.skill_level) == (dt.date(2016, 3, 24), "B1")
    assert (bond.client_id, bond.student_id, bond.relationship) == (clara.pk, sam.pk, "grandparent")
    browser.post(
        f"{office}families/{clara.pk}/edit/", {"first_name": "Clara", "last_name": "Oak", "email": "c@example.org"}
    )
    person = Person.objects.get(school_id=school.pk, id=clara.person_id)
    assert (person.last_name, person.email, person.address) == ("Oak", "c@example.org", "")
    assert Record.objects.of(school).get(name="person.changed").new == {"changed": ["last_name", "email", "address"]}
    assert "Details changed" in text_of(browser.get(f"{office}families/{clara.pk}/"))


@pytest.mark.parametrize(
    ("path", "typed", "sentence"),
    [
        ("families/new/", {"email": "a@example.org"}, "Give a name."),
        ("families/new/", {"first_name": "A", "email": "a@"}, "Write an address such as robin@example.org."),
        ("students/new/", {"first_name": "A", "birth_date": "24.3."}, "Write a day such as 2015-03-24."),
        ("students/new/", {"first_name": "A", "birth_date": "2999-01-01"}, "Give a date of birth that has been."),
        ("students/new/", {"first_name": "A" * 101}, "Use at most 100 letters."),
        ("instructors/new/", {"last_name": " "}, "Give a name."),
        ("instructors/new/", {"first_name": "A", "max_hours_per_week": "200"}, "Write a whole number from 1 to 168."),
        ("instructors/new/", {"first_name": "A", "hourly_rate": "much"}, "Write an amount such as 45.00."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(
    browser: Browser, office: str, rows, path: str, typed: dict[str, str], sentence: str
):
    before = rows()
    page = browser.post(office + path, typed | {"phone": "0412 555 kept"})
    assert (page.status_code, rows()) == (422, before)
    assert sentence in text_of(page)
    assert 'value="0412 555 kept"' in page.content.decode()


def test_students_show_who_answers_for_them_and_their_age(school: School, browser: Browser, office: str):
    today = dt.datetime.now(UTC).date()
    clara = new_client(school, "Clara Ash")
    new_student(school, "Sam Ash", guardian=clara, birth_date=today.replace(year=today.year - 9, month=1, day=1))
    new_student(school, "Bo Birch")
    words = text_of(browser.get(office + "students/"))
    assert listed(words[words.index("Search") :], "Level Where they stand") == (
        "Sam Ash Clara Ash 9, child – Active Bo Birch themselves – – Active"
    )
    assert "Sam Ash" not in text_of(browser.get(office + "students/?q=bo"))
    assert "No student fits this filter" in text_of(browser.get(office + "students/?status=left"))


def test_a_student_is_added_and_edited(school: School, browser: Browser, office: str):
    answer = browser.post(
        office + "students/new/", {"first_name": "Bo", "last_name": "Birch", "email": "bo@example.org"}
    )
    student = Student.objects.of(school).get()
    assert answer["Location"] == f"{office}students/{student.pk}/"
    assert Guardianship.objects.of(school).get().relationship == "self"
    edited = {"first_name": "Bo", "last_name": "Birch", "email": "", "status": "paused", "skill_level": "B2"}
    assert browser.post(f"{office}students/{student.pk}/edit/", edited)["Location"] == answer["Location"]
    student = Student.objects.of(school).select_related("person").get()
    assert (student.status, student.skill_level, student.person.email) == ("paused", "B2", "")
    words = text_of(browser.get(answer["Location"]))
    assert words.startswith("Bo Birch Find a time Edit Paused Level: B2")
    assert "Where the student stands was changed" in words
    assert "Bo Birch themselves Balance settled" in words


def test_instructors_and_their_hours(school: School, browser: Browser, office: str):
    course = new_course(school, name="Piano")
    answer = browser.post(
        office + "instructors/new/",
        {"first_name": "Ida", "last_name": "Teacher", "hourly_rate": "25.50", "max_hours_per_week": "20",
         "about": "Teaches <b>gently</b>", "courses": [course.pk]},
    )  # fmt: skip
    ida = Instructor.objects.of(school).get()
    assert (ida.hourly_rate, ida.max_hours_per_week) == (2550, 20)
    assert Qualification.objects.of(school).get().course_id == course.pk
    assert answer["Location"] == f"{office}instructors/{ida.pk}/#add"
    url = f"{office}instructors/{ida.pk}/"
    words = text_of(browser.get(url))
    assert "No opening hours yet Without hours nobody can book a lesson on demand with them. Add some below." in words
    assert "Teaches Piano Hourly rate ₹25.50 Most hours a week 20 What everybody reads Teaches <b>gently</b>" in words
    browser.post(url, {"weekday": "2", "starts": "09:00", "ends": "12:30"})
    hours = OpeningHours.objects.of(school).get()
    assert (hours.weekday, hours.starts, hours.ends, hours.timezone) == (2, dt.time(9), dt.time(12, 30), "UTC")
    words = text_of(browser.get(url))
    assert "Opening hours On Tuesdays, 09:00–12:30 Remove" in words
    assert "3 h 30 min" in text_of(browser.get(office + "instructors/"))
    overlapping = browser.post(url, {"weekday": "2", "starts": "12:00", "ends": "13:00"})
    assert overlapping.status_code == 422
    assert "These hours overlap others of that day: 09:00–12:30." in text_of(overlapping)
    answer = browser.post(f"{url}hours/{hours.pk}/remove")
    assert answer["Location"] == url
    assert not OpeningHours.objects.of(school).exists()
    assert "Ida Teacher is no longer open on Tuesdays, 09:00–12:30." in browser.get(url).content.decode()
    assert browser.post(f"{url}hours/{hours.pk}/remove").status_code == 404
    assert Record.objects.of(school).filter(name="opening_hours.removed").count() == 1


def test_hours_on_one_day_are_drawn_in_the_week_they_are_in(school: School, browser: Browser, office: str):
    ida = new_instructor(school, hours=False)
    with time_machine.travel(dt.datetime(2026, 12, 8, 10, tzinfo=UTC), tick=False):
        url = f"{office}instructors/{ida.pk}/"
        browser.post(url + "?on=day", {"date": "2026-12-10", "starts": "18:00", "ends": "00:00"})
        page = browser.get(url)
    assert "On Thu 10 Dec, 18:00–00:00 Remove" in text_of(page)
    assert 'aria-label="Open: 18:00–00:00"' in page.content.decode()


def test_an_instructor_is_closed_on_a_date(school: School, browser: Browser, office: str):
    ida = new_instructor(school)
    with time_machine.travel(dt.datetime(2026, 12, 8, 10, tzinfo=UTC), tick=False):
        url = f"{office}instructors/{ida.pk}/"
        browser.post(url + "?on=day", {"date": "2026-12-10", "starts": "12:00", "ends": "13:00", "what": "closed"})
        page = browser.get(url)
        assert "Ida Teacher is closed on Thu 10 Dec, 12:00–13:00." in page.content.decode()
        assert "Closed on Thu 10 Dec, 12:00–13:00 Remove" in text_of(page)
        closed = OpeningHours.objects.of(school).get(closes=True)
        browser.post(f"{url}hours/{closed.pk}/remove")
        assert "Ida Teacher is no longer closed on Thu 10 Dec, 12:00–13:00." in browser.get(url).content.decode()


def test_an_instructors_details_are_edited(school: School, browser: Browser, office: str):
    ida = new_instructor(school, hours=False)
    url = f"{office}instructors/{ida.pk}/"
    edited = {"first_name": "Ida", "last_name": "Oak", "email": "ida@example.org", "phone": "", "about": "Kind."}
    assert browser.post(url + "edit/", edited | {"status": "gone"}).status_code == 422
    browser.post(url + "edit/", edited | {"status": "on_leave", "max_hours_per_week": "12", "hourly_rate": "25.50"})
    assert Person.objects.get(school_id=school.pk, id=ida.person_id).last_name == "Oak"
    told = Instructor.objects.get(school_id=school.pk, id=ida.pk)
    assert (told.status, told.max_hours_per_week, told.hourly_rate, told.about) == ("on_leave", 12, 2550, "Kind.")
    school.stored_policies |= {"max_hours_per_week": 30}
    school.save()
    browser.post(url + "edit/", edited | {"status": "on_leave", "max_hours_per_week": "", "hourly_rate": "25.50"})
    assert "Most hours a week 30, as the school says" in text_of(browser.get(url))
    assert f"{url}edit/" in [url + link for link in links_of(browser.get(url)) if link == "edit/"]


def test_somebody_elses_hours_are_not_removed_by_this_address(school: School, browser: Browser, office: str):
    ida, bo = new_instructor(school, hours=False), new_instructor(school)
    theirs = OpeningHours.objects.of(school).filter(diary_id=bo.person.diary_id)[0]
    assert browser.post(f"{office}instructors/{ida.pk}/hours/{theirs.pk}/remove").status_code == 404
    assert OpeningHours.objects.of(school).filter(id=theirs.pk).exists()
    assert hour_at(1).minutes == 60


@pytest.mark.parametrize("phone", ["12", "abc", "99", "555 12"])
@pytest.mark.parametrize("path", ["families/new/", "students/new/", "instructors/new/"])
def test_a_number_that_nobody_can_ring_is_refused(browser: Browser, office: str, rows, path: str, phone: str):
    assert "First name (if you like) A first or a last name." in text_of(browser.get(office + path))
    before = rows()
    page = browser.post(office + path, {"first_name": "Ada", "phone": phone})
    assert (page.status_code, rows()) == (422, before)
    assert "This number looks too short. Give all of its figures." in text_of(page)


def test_a_number_that_was_taken_in_before_may_stay(school: School, browser: Browser, office: str):
    clara = new_client(school, "Clara Ash")
    Person.objects.filter(id=clara.person_id).update(phone="12")
    page = f"{office}families/{clara.pk}/edit/"
    assert browser.post(page, as_shown(browser.get(page)) | {"address": "1 High St"}).status_code == 302
    assert browser.post(page, as_shown(browser.get(page)) | {"phone": "13"}).status_code == 422
    assert Person.objects.values_list("phone", "address").get(id=clara.person_id) == ("12", "1 High St")


def test_families_of_one_address_are_led_to_each_other(school: School, browser: Browser, office: str):
    one = new_client(school, "Clara Ash")
    other = add_client(NewPerson(first_name="Bo", last_name="Ash", email="Ash@example.org"), school=school, by=OWNER)
    done = browser.post(f"{office}families/{one.pk}/edit/", {"first_name": "Clara", "email": "ash@example.org"})
    page = browser.get(done["Location"])
    assert "E-mail ash@example.org The same address: Bo Ash Phone not known" in text_of(page)
    assert f"{office}families/{other.pk}/" in links_of(page)
    third = new_client(school, "Dan Oak")
    assert "The same address" not in text_of(browser.get(f"{office}families/{third.pk}/"))

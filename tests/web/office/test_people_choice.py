"""A student or a client is chosen by what one types for them, among three as among hundreds."""

import datetime as dt
import html
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django import forms
from django.test import Client as Browser

from factories import (
    OWNER,
    at,
    hour_at,
    new_client,
    new_course,
    new_instructor,
    new_lessons,
    new_school,
    new_session,
    new_student,
    new_students,
)
from planning.test_joining import a_class
from schoolbell.bookings.models import Booking
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import now
from schoolbell.people.actions import NewPerson, add_client, change_student
from schoolbell.people.models import Person, Student
from schoolbell.planning.models import LessonRequest
from schoolbell.schools.models import School
from schoolbell.web.office.people_choice import CLIENTS, MOST, STUDENTS, PersonChoice, Whom
from web.office.conftest import as_person, as_staff, browser_of, new_login
from web.pages import queries_for, text_of

pytestmark = pytest.mark.django_db


def form_of(
    school: School,
    data: dict[str, Any] | None = None,
    *,
    initial: dict[str, Any] | None = None,
    whom: Whom = STUDENTS,
    required: bool = True,
) -> forms.Form:
    class AForm(forms.Form):
        who = PersonChoice(whom, label="Who", required=required, error_messages={"required": "Choose who learns."})

    form = AForm(data, initial=initial)
    form.fields["who"].of(school)  # type: ignore[attr-defined]
    return form


def chosen(school: School, data: dict[str, Any], **more: Any) -> Any:
    form = form_of(school, data, **more)
    assert form.is_valid(), form.errors
    return form.cleaned_data["who"]


def refused(school: School, data: dict[str, Any], **more: Any) -> str:
    """What is said beside the field."""
    form = form_of(school, data, **more)
    assert not form.is_valid()
    return " ".join(form.errors["who"])


def test_an_id_alone_is_taken_as_from_a_link(school: School):
    sam = new_student(school)
    assert chosen(school, {"who": str(sam.pk)}) == sam
    assert chosen(school, {"who": str(sam.pk), "who_words": "Sam  Learner "}) == sam


def test_words_that_fit_one_alone_take_them(school: School):
    sam = new_student(school, "Sam Learner", guardian=new_client(school, "Clara Parent"))
    new_student(school, "Kim Fox")
    for words in ("Sam Learner", "sam", "LEARN", "clara par", "am lea"):
        assert chosen(school, {"who_words": words}) == sam
    assert chosen(school, {"who": "", "who_words": "sam"}) == sam


def test_words_for_somebody_else_count_more_than_the_id_beside_them(school: School):
    sam, kim = new_student(school, "Sam Learner"), new_student(school, "Kim Fox")
    assert chosen(school, {"who": str(sam.pk), "who_words": "kim"}) == kim
    assert chosen(school, {"who": str(sam.pk), "who_words": "lear"}) == sam
    assert chosen(school, {"who": str(sam.pk), "who_words": ""}, required=False) is None
    assert refused(school, {"who": str(sam.pk), "who_words": " "}) == "Choose who learns."


def test_several_are_offered_and_told_apart(school: School):
    clara, dana = new_client(school, "Clara Ray"), new_client(school, "Dana Ray")
    first = new_student(school, "Bea Ray", guardian=clara, birth_date=dt.date(2015, 5, 3))
    second = new_student(school, "Bea Ray", guardian=dana)
    third = new_student(school, "Bea Ray", email="bea@example.org")
    new_student(school, "Sam Fox")
    form = form_of(school, {"who_words": "bea"})
    assert form.errors["who"] == ["“bea” may be several people. Choose one of them."]
    assert [(one.id, one.name, one.told) for one in form["who"].answer.found.offers] == [  # type: ignore[attr-defined]
        (str(first.pk), "Bea Ray", "born 2015, with Clara Ray"),
        (str(second.pk), "Bea Ray", "with Dana Ray"),
        (str(third.pk), "Bea Ray", "bea@example.org"),
    ]
    assert chosen(school, {"who_words": "bea", "who": str(second.pk)}) == second


def test_at_most_ten_are_offered_and_it_says_that_there_are_more(school: School):
    new_students(school, MOST + 2)
    found = form_of(school, {"who_words": "student"})["who"].answer.found  # type: ignore[attr-defined]
    assert (len(found.offers), found.has_more) == (MOST, True)


@pytest.mark.parametrize("words", ["Nemo", "%", "_", "%a%", "x" * 10_000, "<script>alert(1)</script>", "\0"])
def test_nobody_is_said_in_words(school: School, words: str):
    new_student(school)
    said = refused(school, {"who_words": words})
    assert "Nobody is found for “" in said or said == "Choose who learns."
    assert len(said) < 200


def test_who_may_not_be_chosen_is_refused(school: School):
    paused = new_student(school, "Sam Paused")
    change_student(paused, by=OWNER, status="paused", skill_level="")
    gone = new_student(school, "Sam Archived")
    Person.objects.filter(id=gone.person_id).update(archived_at=now())
    nobody = new_student(school, "Sam Nobody")
    Person.objects.filter(id=nobody.person_id).update(is_placeholder=True, first_name="", last_name="")
    elsewhere = new_student(new_school(), "Sam Elsewhere")
    client = new_client(school, "Sam Client")
    for one in (*(str(one.pk) for one in (paused, gone, nobody, elsewhere, client)), str(new_id()), "17", "%", "\0"):
        said = refused(school, {"who": one})
        assert said == "Whoever was chosen cannot be chosen any more. Choose somebody else."
    assert "Nobody is found" in refused(school, {"who_words": "sam"})


def test_somebody_who_left_meanwhile_is_not_exchanged_for_a_namesake(school: School):
    left, namesake = new_student(school, "Bea Ray"), new_student(school, "Bea Ray")
    change_student(left, by=OWNER, status="left", skill_level="")
    form = form_of(school, {"who": str(left.pk), "who_words": "Bea Ray"})
    assert not form.is_valid()
    assert str(namesake.pk) not in str(form["who"])
    assert 'value="Bea Ray"' in str(form["who"])


def test_clients_are_chosen_alike(school: School):
    yard = add_client(NewPerson(organisation="The Yard Ltd"), school=school, by=OWNER)
    new_student(school, "Sam Yardley", guardian=new_client(school))
    assert chosen(school, {"who_words": "yard"}, whom=CLIENTS) == yard


def test_what_an_address_prefills_is_shown_and_no_mistake(school: School):
    sam = new_student(school, "Sam Learner", guardian=new_client(school, "Clara Parent"))
    form = form_of(school, initial={"who": sam.pk})
    assert form["who"].value() == str(sam.pk)
    shown = str(form["who"])
    assert 'name="who_words" value="Sam Learner"' in shown
    assert f'name="who" value="{sam.pk}"' in shown
    assert "Clara Parent" in shown
    for initial in ({}, {"who": "17"}, {"who": str(new_id()), "who_words": "Sam"}, {"who_words": "Sam"}):
        form = form_of(school, initial=initial)
        assert form["who"].value() == ""
        assert f'value="{initial.get("who_words", "")}"' in str(form["who"])


def test_a_name_is_no_markup(school: School, browser: Browser, office: str):
    new_student(school, '<img src=x onerror="alert(1)">')
    new_student(school, "<b>Img</b>")
    words = '<img src=x onerror="'
    page = browser.get(f"{office}find/?{urlencode({'course': new_lessons(school).pk, 'student_words': words})}")
    part = browser.get(f"{office}people/students/")
    for answer in (page, part):
        text = answer.content.decode()
        assert "<img" not in text
        assert "<b>Img" not in text
        assert "&lt;img src=x onerror=&quot;" in text


def test_a_booking_by_words_alone(school: School, browser: Browser, office: str):
    """One is taken; of several one is chosen, and what else was typed stays."""
    session = new_session(new_course(school), hour_at(10))
    first, second = (new_student(school, "Bea Ray", guardian=new_client(school, name)) for name in ("Cy Ray", "Di Ray"))
    path = f"{office}bookings/new/"
    sent = {
        "session": session.pk,
        "key": "a" * 32,
        "pay_with": "transfer",
        "notes": "By the door",
        "student_words": "bea",
    }
    several = browser.post(path, sent)
    assert several.status_code == 422
    words = text_of(several)
    assert "Who learns: “bea” may be several people. Choose one of them." in words
    assert "Who learns: who is meant? Bea Ray with Cy Ray Bea Ray with Di Ray" in words
    page = several.content.decode()
    assert "By the door" in page
    assert re.findall(r'type="radio"[^>]* name="student" value="([^"]+)"', page) == [str(first.pk), str(second.pk)]
    made = browser.post(path, sent | {"student": str(second.pk)})
    assert made.status_code == 302
    assert Booking.objects.get().student_id == second.pk


def test_an_employer_by_words_alone(school: School, browser: Browser, office: str):
    session = new_session(new_course(school), hour_at(10))
    acme = new_client(school, "Acme Works")
    sent = {"session": session.pk, "key": "a" * 32, "pay_with": "desk", "seats": "2", "client_words": "acme"}
    assert browser.post(f"{office}bookings/new/", sent).status_code == 302
    assert {one.client_id for one in Booking.objects.all()} == {acme.pk}


def test_a_look_at_weekly_lessons_goes_on_with_whoever_was_meant(school: School, browser: Browser, office: str):
    ida, sam, course = new_instructor(school), new_student(school, "Sam Learner"), new_lessons(school)
    asked = {
        "look": "1",
        "student_words": "sam",
        "course": course.pk,
        "instructor": ida.pk,
        "weekday": "2",
        "every": "1",
    }
    looked = browser.get(f"{office}weekly/new/", asked | {"starts": "16:00", "starts_on": f"{at(3):%Y-%m-%d}"})
    assert looked.status_code == 200
    assert f'<input type="hidden" name="student" value="{sam.pk}">' in looked.content.decode()


def test_one_time_more_keeps_whoever_was_typed(school: School, browser: Browser, office: str):
    sam = new_student(school, "Sam Learner")
    times = {"time-TOTAL_FORMS": "1", "time-INITIAL_FORMS": "0", "do": "more"}
    new_lessons(school)
    typed = browser.post(f"{office}requests/new/", times | {"student_words": "Sa"}).content.decode()
    assert 'name="student_words" value="Sa"' in typed
    picked = browser.post(f"{office}requests/new/", times | {"student_words": "Sam Learner", "student": sam.pk})
    assert f'name="student" value="{sam.pk}"' in picked.content.decode()
    assert not LessonRequest.objects.exists()


def options(answer: Any) -> list[tuple[str, str]]:
    found = re.findall(r'data-name="([^"]*)" data-told="([^"]*)"', answer.content.decode())
    return [(html.unescape(name), html.unescape(told)) for name, told in found]


def words_of(answer: Any) -> str:
    return html.unescape(re.search(r"<p data-words[^>]*>([^<]*)</p>", answer.content.decode())[1])  # type: ignore[index]


def test_suggestions(school: School, browser: Browser, office: str):
    path = f"{office}people/students/"
    assert words_of(browser.get(path)) == "There is nobody to choose yet."
    new_student(school, "Bea Ray", guardian=new_client(school, "Clara Ray"), birth_date=dt.date(2015, 5, 3))
    new_student(school, "Sam Fox")
    new_student(new_school(), "Bea Elsewhere")
    one = browser.get(path, {"q": "bea"})
    assert (options(one), words_of(one)) == ([("Bea Ray", "born 2015, with Clara Ray")], "One person found.")
    assert [name for name, _told in options(browser.get(path))] == ["Bea Ray", "Sam Fox"]
    for text in ("nemo", "%", "_", "\0\0q", "x" * 10_000):
        nobody = browser.get(path, {"q": text})
        assert (options(nobody), "Nobody is found." in words_of(nobody)) == ([], True), text
        assert "listbox" not in nobody.content.decode()
    assert options(browser.get(f"{office}people/clients/", {"q": "ray"})) == [("Clara Ray", "")]
    assert browser.get(f"{office}people/instructors/").status_code == 404
    assert browser.post(path).status_code == 405


def test_at_most_ten_are_suggested_with_as_many_queries_as_one(school: School, browser: Browser, office: str):
    path = f"{office}people/students/?q=student"
    new_student(school, "Student Alone")
    queries_for(browser, path)
    once = queries_for(browser, path)
    new_students(school, 30)
    assert queries_for(browser, path) == once
    many = browser.get(path)
    assert len(options(many)) == MOST
    assert words_of(many) == "The first 10. Type more of the name to find others."


def test_only_the_office_is_told_who_is_there(school: School, office: str):
    sam = new_student(school)
    others = [as_person(new_instructor(school).person), as_person(sam.person), browser_of(new_login())]
    for browser in (*others, as_staff(new_school())):
        assert {browser.get(f"{office}people/{whom}/?q=sam").status_code for whom in ("students", "clients")} == {404}
    stranger = Browser().get(f"{office}people/students/?q=sam")
    assert (stranger.status_code, stranger["Location"].startswith("/sign-in?next=")) == (302, True)


def test_pages_are_as_long_and_ask_as_much_for_three_hundred_as_for_three(
    school: School, browser: Browser, office: str
):
    piano, series = new_lessons(school), a_class(school, capacity=4)
    session = new_session(new_course(school), hour_at(10), instructors=[new_instructor(school)])
    chosen = new_student(school, "Ann Chosen")
    new_students(school, 2)
    paths = [
        *(f"{office}{path}" for path in ("find/", "weekly/new/", "weekly/join/", "requests/new/")),
        f"{office}find/?course={piano.pk}&student={chosen.pk}",
        f"{office}weekly/join/?series={series.pk}&student={chosen.pk}",
        f"{office}bookings/new/?session={session.pk}",
        f"{office}bookings/new/?session={session.pk}&student={chosen.pk}",
    ]

    def seen() -> dict[str, tuple[int, int]]:
        return {path: (queries_for(browser, path), len(browser.get(path).content)) for path in paths}

    seen()
    three = seen()
    new_students(school, 297)
    assert Student.objects.of(school).count() == 300
    for path, (queries, length) in seen().items():
        assert queries == three[path][0], path
        assert abs(length - three[path][1]) < 100, path  # keys and tokens

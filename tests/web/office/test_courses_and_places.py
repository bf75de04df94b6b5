"""Courses and places in the office."""

import re

import pytest
from django.test import Client as Browser

from factories import OWNER, hour_at, new_course, new_instructor, new_lessons, new_resource, new_school, new_session
from schoolbell.catalogue.models import Course
from schoolbell.catalogue.qualifications import teach_only
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource
from web.office.conftest import as_staff
from web.office.test_sessions import words_of
from web.pages import as_shown, links_of, text_of

COURSE = {
    "name": "Night <i>driving</i>", "description": "In the dark", "format": "group", "delivery": "in_vehicle",
    "resource_kind": "vehicle", "duration_minutes": "90", "capacity": "5", "price": "89", "price_per": "course",
    "deposit": "30", "trial_price": "", "tax_percent": "10", "age_min": "16", "age_max": "",
}  # fmt: skip


def test_a_course_is_added_and_shown(db: None):
    school = new_school("driving")
    browser, office = as_staff(school), f"/s/{school.slug}/office/"
    assert "No courses yet Say what you teach." in text_of(browser.get(office + "courses/"))
    answer = browser.post(office + "courses/new/", COURSE)
    course = Course.objects.of(school).get()
    assert answer["Location"] == f"{office}courses/{course.pk}/"
    assert (course.price, course.deposit, course.trial_price, course.tax_rate) == (8900, 3000, None, 1000)
    assert (course.capacity, course.age_min, course.age_max, course.resource_kind) == (5, 16, None, "vehicle")
    words = text_of(browser.get(answer["Location"]))
    assert words.startswith(
        "Night <i>driving</i> Group, 1 h 30 min, in a vehicle Edit Change price or seats New session In the dark"
    )
    assert "None is on the timetable Put one there, and people can book." in words
    assert (
        "Price A$89 for the course Deposit A$30.00 Tax in the price 10 % Seats at most 5 Age from 16 "
        "A lesson on demand needs Vehicle Who teaches it Nobody yet"
    ) in words
    assert text_of(browser.get(office + "courses/")).endswith(
        "Price Night <i>driving</i> Group, 1 h 30 min, in a vehicle Offered A$89 for the course"
    )


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": " "}, "Give the course a name."),
        ({"deposit": "90"}, "The deposit is more than the price."),
        ({"duration_minutes": "4"}, "Write a whole number from 5 to 1440."),
        ({"age_max": "9"}, "The highest age is below the lowest."),
        ({"price": ""}, "Say an amount, such as 45.00."),
        ({"tax_percent": "101"}, "Write a number from 0 to 100 with two places at most"),
        ({"format": "duel"}, "Choose one of these."),
    ],
)
def test_a_course_that_cannot_be_is_refused_in_words(
    browser: Browser, office: str, rows, typed: dict[str, str], sentence: str
):
    before = rows()
    page = browser.post(office + "courses/new/", COURSE | typed)
    assert (page.status_code, rows()) == (422, before)
    assert sentence in text_of(page)
    assert "In the dark" in text_of(page)


def test_a_school_with_types_asks_for_one(db: None):
    school = new_school("first-aid")
    browser, office = as_staff(school), f"/s/{school.slug}/office/"
    page = browser.post(office + "courses/new/", COURSE)
    assert page.status_code == 422
    browser.post(office + "courses/new/", COURSE | {"type": "FAW"})
    assert Course.objects.of(school).get().type == "FAW"


def test_a_course_shows_what_is_coming_and_who_teaches_it(school: School, browser: Browser, office: str):
    course, ida = new_course(school, price=0), new_instructor(school)
    new_session(course, hour_at(3), instructors=[ida])
    words = text_of(browser.get(f"{office}courses/{course.pk}/"))
    assert f"{words_of(hour_at(3))} First aid, Ida Teacher Open 0 of 12" in words
    assert "Price free of charge" in words
    assert "Who teaches it Ida Teacher" in words
    assert "No course fits “zz”" in text_of(browser.get(office + "courses/?q=zz"))


def test_a_course_s_details_are_edited_beside_what_needs_a_preview(school: School, browser: Browser, office: str):
    course = new_course(school, deposit=1000)
    page = f"{office}courses/{course.pk}/edit/"
    assert f"{office}courses/{course.pk}/change/" in links_of(browser.get(page))
    assert page in links_of(browser.get(f"{office}courses/{course.pk}/change/"))
    typed = {"name": "Aid", "description": "", "deposit": "", "trial_price": "0", "age_min": "", "age_max": ""}
    wrong = browser.post(page, typed | {"min_students": "13"})
    assert wrong.status_code == 422
    assert "Name at least one student, and no more than there are seats." in text_of(wrong)
    done = browser.post(page, typed | {"min_students": "6"})
    assert done["Location"] == f"{office}courses/{course.pk}/"
    course.refresh_from_db()
    assert (course.name, course.deposit, course.trial_price, course.is_active) == ("Aid", 0, 0, False)
    words = text_of(browser.get(done["Location"]))
    assert "Seats at most 12 Runs from 6 students On offer No: nobody can book it" in words
    assert "min_students" not in browser.get(f"{office}courses/{new_lessons(school).pk}/edit/").content.decode()


def test_people_read_from_how_many_students_it_runs(school: School, browser: Browser, office: str):
    course = new_course(school, min_students=6)
    session = new_session(course, hour_at(3))
    assert "Runs from 6 students" in text_of(browser.get(f"{office}sessions/{session.pk}/"))
    assert "Runs from 6 students" in text_of(browser.get(f"/s/{school.slug}/courses/{course.pk}/"))


def test_a_place_is_edited_as_its_kind_asks(school: School, browser: Browser, office: str):
    hall = new_resource(school, facilities={"step_free": True, "wheels": 8, "lift": False}, city="Leeds")
    page = f"{office}resources/{hall.pk}/edit/"
    assert "edit/" in links_of(browser.get(f"{office}resources/{hall.pk}/"))
    assert "Meeting number" not in text_of(browser.get(page))
    typed = {
        "name": "Big hall", "capacity": "30", "address_line1": "", "address_line2": "", "city": "York",
        "postcode": "", "parking_info": "", "facilities": "Wheels\n Kitchen ", "is_active": "on",
    }  # fmt: skip
    assert browser.post(page, typed)["Location"] == f"{office}resources/{hall.pk}/"
    hall.refresh_from_db()
    assert (hall.name, hall.capacity, hall.city) == ("Big hall", 30, "York")
    assert hall.facilities == {"wheels": 8, "Kitchen": True}
    assert "What there is Wheels Kitchen" in text_of(browser.get(f"{office}resources/{hall.pk}/"))
    new_session(new_course(school), hour_at(3), resource=hall)
    few = browser.post(page, typed | {"capacity": "2"})
    assert few.status_code == 422
    assert "A session there has 12 seats: give it fewer first." in text_of(few)


def test_a_place_is_added_and_shown(school: School, browser: Browser, office: str):
    assert "No places yet Add a venue, an online room or a vehicle" in text_of(browser.get(office + "resources/"))
    typed = {
        "kind": "venue", "name": "Tanner <b>Street</b>", "capacity": "8", "address_line1": "14 Tanner Street",
        "city": "London", "postcode": "SE1 3LE", "parking_info": "In the yard",
    }  # fmt: skip
    answer = browser.post(office + "resources/new/", typed)
    hall = Resource.objects.of(school).get()
    assert answer["Location"] == f"{office}resources/{hall.pk}/"
    words = text_of(browser.get(answer["Location"]))
    assert words.startswith("Tanner <b>Street</b> Venue Edit New session")
    assert "Seats 8 Address 14 Tanner Street London SE1 3LE Parking In the yard Open always" in words
    assert "Nothing is planned here" in words
    assert text_of(browser.get(office + "resources/")).endswith(
        "Seats Tanner <b>Street</b> Venue 14 Tanner Street, London 8 seats"
    )
    wrong = browser.post(office + "resources/new/", typed | {"name": "", "meeting_url": "not an address"})
    assert wrong.status_code == 422
    assert "Give the place a name." in text_of(wrong)
    assert "Write an address such as https://meet.example.org/1." in text_of(wrong)
    assert Resource.objects.of(school).count() == 1


def test_a_place_shows_what_is_planned_there(school: School, browser: Browser, office: str):
    hall = new_resource(school)
    new_session(new_course(school), hour_at(3), resource=hall)
    assert f"{words_of(hour_at(3))} First aid, Hall Open 0 of 12" in text_of(
        browser.get(f"{office}resources/{hall.pk}/")
    )


def test_places_stand_as_people_count(school: School, browser: Browser, office: str):
    for name in ("Room 10", "Room 2", "Room 1", "Hall 2b", "Hall 2a"):
        new_resource(school, name=name)
    words = text_of(browser.get(f"{office}resources/"))
    names = ("Hall 2a", "Hall 2b", "Room 1", "Room 2", "Room 10")
    assert sorted(names, key=words.index) == list(names)
    columns = text_of(browser.get(f"{office}calendar/?by=resource&view=day"))
    assert sorted(names, key=columns.index) == list(names)
    new_course(school)
    form = browser.get(f"{office}sessions/new/").content.decode()
    assert sorted(names, key=form.index) == list(names)


def test_a_course_of_many_times_says_how_long_it_is_in_all(school: School, browser: Browser, office: str):
    days = new_course(school, name="Work", duration_minutes=360, price_per="course", capacity=5)
    evenings = new_course(school, name="Talk", duration_minutes=120, price_per="course")
    new_session(days, *(hour_at(day, 9, minutes=360) for day in (3, 4, 5)))
    new_session(evenings, *(hour_at(day, 18, minutes=120) for day in (3, 5, 7, 9)))
    new_session(new_course(school, name="Each", duration_minutes=60), hour_at(3), hour_at(4))
    words = text_of(browser.get(office + "courses/"))
    assert "Each Group, 60 min, at a venue" in words
    assert "Talk Group, 4 times, 8 h, at a venue" in words
    assert "Work Group, 3 days, 18 h, at a venue" in words
    assert text_of(browser.get(f"{office}courses/{days.pk}/")).startswith("Work Group, 3 days, 18 h, at a venue")


def test_who_teaches_a_course_is_chosen_on_its_page(school: School, browser: Browser, office: str):
    aid, bows = new_course(school, name="Aid"), new_course(school, name="Bows")
    ida, bo, _cy = (new_instructor(school, name=name) for name in ("Ida Ash", "Bo Birch", "Cy Oak"))
    page = f"{office}courses/{aid.pk}/instructors/"
    none_chosen = browser.get(page)
    assert "For these nothing is chosen, so they teach every course, this one too: Bo Birch, Cy Oak, Ida Ash." in (
        text_of(none_chosen)
    )
    assert f"{office}instructors/{bo.pk}/edit/" in links_of(none_chosen)
    assert "Keep the changes" not in text_of(none_chosen)
    for one in (ida, bo):
        teach_only(one, [bows], by=OWNER)
    assert "instructors/" in links_of(browser.get(f"{office}courses/{aid.pk}/"))
    shown = browser.get(page)
    assert "this one too: Cy Oak." in text_of(shown)
    assert "instructors" not in as_shown(shown)
    done = browser.post(page, as_shown(shown) | {"instructors": [str(ida.pk)]}, follow=True)
    assert "Who teaches it Cy Oak Ida Ash" in " ".join(sorted_teachers(text_of(done)))
    assert as_shown(browser.get(page))["instructors"] == [str(ida.pk)]
    last = browser.post(f"{office}courses/{bows.pk}/instructors/", {"instructors": [str(ida.pk)]})
    assert last.status_code == 422
    assert "Bo Birch: nothing else is chosen, and with nothing chosen they would teach every course." in text_of(last)


def sorted_teachers(words: str) -> list[str]:
    """“Who teaches it”, and their names in order."""
    names = words.partition("Who teaches it ")[2].partition(" Choose who teaches it")[0].split()
    pairs = sorted(" ".join(names[at : at + 2]) for at in range(0, len(names), 2))
    return ["Who teaches it", *pairs]


def test_a_new_course_can_be_taught_by_whoever_has_others(school: School, browser: Browser, office: str):
    ida, aid = new_instructor(school), new_course(school, name="Aid")
    teach_only(ida, [aid], by=OWNER)
    bows = new_course(school, name="Bows")
    assert "Who teaches it Nobody yet Choose who teaches it" in text_of(browser.get(f"{office}courses/{bows.pk}/"))
    page = f"{office}instructors/{ida.pk}/edit/"
    shown = browser.get(page)
    assert (
        "What they teach (if you like) Aid Bows Nothing chosen: every course. "
        "What is planned stays, whatever you choose."
    ) in text_of(shown)
    browser.post(page, as_shown(shown) | {"courses": [str(aid.pk), str(bows.pk)]})
    assert "Teaches Aid Bows" in text_of(browser.get(f"{office}instructors/{ida.pk}/"))
    browser.post(page, as_shown(browser.get(page)) | {"courses": []})
    assert "Teaches every course" in text_of(browser.get(f"{office}instructors/{ida.pk}/"))


def test_level_certificate_and_length_are_said_in_the_office_and_read_by_everybody(db: None):
    school = new_school("first-aid")
    browser, office = as_staff(school), f"/s/{school.slug}/office/"
    assert 'value="3"' in field_of(browser.get(office + "courses/new/"), "certification_validity_years")
    said = {"type": "FAW", "difficulty": "beginners", "total_minutes": "1080", "certification_validity_years": "2"}
    browser.post(office + "courses/new/", COURSE | said)
    course = Course.objects.of(school).get()
    assert (course.difficulty, course.total_minutes, course.certification_validity_years) == ("beginners", 1080, 2)
    page, public = f"{office}courses/{course.pk}/", f"/s/{school.slug}/courses/{course.pk}/"
    assert "Level Beginners All its lessons together 18 h Its certificate is good for 2 years" in text_of(
        browser.get(page)
    )
    words = text_of(browser.get(public))
    assert "18 h in all" in words
    assert "Level Beginners" in words
    short = browser.post(f"{page}edit/", as_shown(browser.get(f"{page}edit/")) | {"total_minutes": "60"})
    assert short.status_code == 422
    assert "The whole course is at least as long as one lesson." in text_of(short)
    none = {"difficulty": "", "total_minutes": "", "certification_validity_years": ""}
    assert browser.post(f"{page}edit/", as_shown(browser.get(f"{page}edit/")) | none).status_code == 302
    course.refresh_from_db()
    assert (course.difficulty, course.total_minutes, course.certification_validity_years) == ("", None, None)
    assert "Level" not in text_of(browser.get(public))


def field_of(response, name: str) -> str:
    return re.search(rf'<input[^>]*name="{name}"[^>]*>', response.content.decode())[0]

"""What the school decides for itself, on the office's pages."""

import pytest
from django.test import Client as Browser

from factories import new_course, new_resource, new_school
from schoolbell.catalogue.models import Course
from schoolbell.journal.models import Record
from schoolbell.schools.models import School
from schoolbell.schools.policies import Policies
from schoolbell.timetable.models import Travel
from schoolbell.web.office.durations import DAY, HOUR, DurationField
from schoolbell.web.office.policy_words import ALL, GROUPS, Kind
from web.office.conftest import as_staff
from web.pages import as_shown, text_of

BOOKING = {
    "notice_minutes": "90 min", "furthest_ahead_days": "26 weeks", "start_grid_minutes": "30",
    "any_instructor": "round_robin", "guests": "", "guest_open_holds": "2", "client_open_holds": "5",
    "course_types": "Piano,  Voice , Piano", "default_course": "",
}  # fmt: skip


def policies(school: School) -> Policies:
    return School.objects.get(id=school.pk).policies


def test_the_index_says_how_things_are(school: School, browser: Browser, office: str):
    words = text_of(browser.get(office + "settings/"))
    assert words.startswith("Settings What the school decides for itself The school Name, colour, country, time zone")
    assert "Opening hours Open at all times Closed days No public holidays, none of your own" in words


def test_every_policy_has_its_words():
    told = {one.name.partition(".")[0] for one in ALL}
    assert set(Policies.model_fields) - told == {"refund_to"}  # there is one way only
    assert len({one.key for one in ALL}) == len(ALL)


def test_what_is_typed_in_several_groups_is_kept_together(school: School, browser: Browser, office: str):
    before, page = policies(school), office + "settings/policies/"
    sent = as_shown(browser.get(page))
    sent.pop("guests")
    answer = browser.post(page, sent | BOOKING | {"late_fee_percent": "40", "hold_minutes-card": "20 min"})
    assert (answer.status_code, answer["Location"]) == (302, page)
    after = policies(school)
    assert after == before.model_copy(
        update={
            "notice_minutes": 90, "furthest_ahead_days": 182, "start_grid_minutes": 30, "any_instructor": "round_robin",
            "guests": False, "guest_open_holds": 2, "client_open_holds": 5, "course_types": ("Piano", "Voice"),
            "late_fee_percent": 40, "hold_minutes": before.hold_minutes.model_copy(update={"card": 20}),
        }
    )  # fmt: skip
    assert "The rules are kept. They hold for what is booked from now on." in browser.get(office).content.decode()
    record = Record.objects.of(school).get(name="school.policies_changed")
    assert (record.role, record.old["notice_minutes"], record.new["notice_minutes"]) == ("admin", 0, 90)


def test_every_button_of_the_rules_sends_all_of_them(browser: Browser, office: str):
    page = browser.get(office + "settings/policies/")
    typed = {one.key for one in ALL if one.kind != Kind.YES_NO}  # a tick is sent where it is set
    for group in GROUPS:
        assert typed <= set(as_shown(page, f'formaction="./#{group.slug}"'))


def test_rules_sent_as_they_are_change_nothing(db: None):
    school = new_school(ways_to_pay=["transfer", "desk", "card"])  # the first is meant where nobody says
    browser, page = as_staff(school), f"/s/{school.slug}/office/settings/policies/"
    assert browser.post(page, as_shown(browser.get(page))).status_code == 302
    assert policies(school) == school.policies
    assert not Record.objects.of(school).filter(name="school.policies_changed").exists()


def test_what_is_refused_in_one_group_loses_nothing_in_another(school: School, browser: Browser, office: str):
    page = office + "settings/policies/"
    sent = as_shown(browser.get(page)) | {"notice_minutes": "soon", "late_fee_percent": "40"}
    met = browser.post(page, sent)
    assert (met.status_code, policies(school)) == (422, school.policies)
    assert "One thing to put right. Book at the latest: Write a length of time" in text_of(met)
    again = as_shown(met)
    assert (again["notice_minutes"], again["late_fee_percent"]) == (["soon"], ["40"])
    browser.post(page, again | {"notice_minutes": "3 h"})
    assert (policies(school).notice_minutes, policies(school).late_fee_percent) == (180, 40)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"notice_minutes": "soon"}, "Write a length of time such as 30 min, 2 h or 3 days."),
        ({"notice_minutes": ""}, "Say how long, such as 30 min, 2 h or 3 days."),
        ({"furthest_ahead_days": "36 h"}, "Say it in whole days."),
        ({"start_grid_minutes": "1 min"}, "Choose between 5 min and 4 h."),
        ({"guest_open_holds": "0"}, "Write a whole number from 1 to 100."),
    ],
)
def test_nonsense_is_refused_beside_its_field_and_kept(
    school: School, browser: Browser, office: str, changed: dict, told: str
):
    page = office + "settings/policies/"
    answer = browser.post(page, as_shown(browser.get(page)) | BOOKING | changed)
    assert (answer.status_code, told in text_of(answer)) == (422, True)
    assert policies(school) == school.policies


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [("2h", 1, 120), ("3 days", 1, 4320), ("1 week", DAY, 7), ("48", HOUR, 48), ("0", 1, 0)],
)
def test_a_length_of_time_is_read_as_people_write_it(text: str, unit: int, number: int):
    field = DurationField(unit=unit, least=0, most=10_000)
    assert field.clean(text) == number
    assert field.clean(field.prepare_value(number)) == number


def test_a_course_has_rules_of_its_own_and_goes_back_to_the_schools(db: None):
    school = new_school(late_fee_percent=100)
    browser, office = as_staff(school), f"/s/{school.slug}/office/"
    course = new_course(school, overrides={"late_fee_percent": 40})
    page = f"{office}courses/{course.pk}/"
    assert "Kept of the price after that (%) 40 % (the school: 100 %)" in text_of(browser.get(page))
    form = browser.get(page + "policies/").context["form"]
    assert (form["late_fee_percent"].value(), form["notice_minutes"].value()) == (40, None)
    sent = {"late_fee_percent": "", "notice_minutes": "2 days", "buffers_shared": "no", "hold_minutes-card": "20 min",
            "ways_to_pay": ["desk"]}  # fmt: skip
    assert browser.post(page + "policies/", sent)["Location"] == page
    assert Course.objects.get(id=course.pk).overrides == {
        "notice_minutes": 2880, "buffers_shared": False, "hold_minutes": {"card": 20}, "ways_to_pay": ["desk"],
    }  # fmt: skip
    words = text_of(browser.get(page))
    assert "Book at the latest 2 days (the school: 0 min)" in words
    assert browser.post(page + "policies/", {"notice_minutes": "a while"}).status_code == 422
    browser.post(page + "policies/", {})
    assert Course.objects.get(id=course.pk).overrides == {}
    assert "None: everything is as the school has it." in text_of(browser.get(page))


def test_who_the_school_is(school: School, browser: Browser, office: str):
    page = browser.get(office + "settings/school/")
    assert (page.context["form"]["country"].value(), page.context["form"]["timezone"].value()) == ("IN", "UTC")
    sent = {"name": "Northlight <b>", "tagline": "Sing", "about": "", "colour": "#AABBCC", "country": "GB",
            "timezone": "Europe/London", "email": "hi@example.org", "phone": "+442079460000", "address": "1 High St",
            "bank_details": "Sort code 20-00-00", "terms": "Come rested."}  # fmt: skip
    assert browser.post(office + "settings/school/", sent | {"phone": "ring us"}).status_code == 422
    assert browser.post(office + "settings/school/", sent | {"timezone": "Mars"}).status_code == 422
    assert browser.post(office + "settings/school/", sent)["Location"] == office + "settings/"
    told = School.objects.get(id=school.pk)
    assert (told.name, told.colour, told.timezone, told.country) == ("Northlight <b>", "#aabbcc", "Europe/London", "GB")
    assert (told.bank_details, told.terms, told.phone) == ("Sort code 20-00-00", "Come rested.", "+442079460000")
    assert "--school:#aabbcc" in browser.get(f"/s/{school.slug}/school.css").content.decode()


def test_the_way_between_two_venues(school: School, browser: Browser, office: str):
    assert "There is nowhere to travel to" in text_of(browser.get(office + "settings/travel/"))
    hall, barn = new_resource(school, name="Hall"), new_resource(school, name="Barn")
    sent = {"one": str(hall.pk), "other": str(barn.pk), "minutes": "1 h"}
    assert browser.post(office + "settings/travel/", sent).status_code == 302
    assert Travel.objects.of(school).get().minutes == 60
    words = text_of(browser.get(office + "settings/travel/"))
    assert "1 h Remove" in words
    twice = browser.post(office + "settings/travel/", sent | {"other": str(hall.pk)})
    assert (twice.status_code, "Name two different venues." in text_of(twice)) == (422, True)
    browser.post(f"{office}settings/travel/{Travel.objects.of(school).get().pk}/remove")
    assert not Travel.objects.of(school).exists()

"""In whose time the portal and the front speak, and how a visitor changes that."""

import datetime as dt

from django.test import Client as Browser

from factories import buy_lesson, hour_at, new_course, new_instructor, new_lessons, new_school, new_session
from schoolbell.kit.time import UTC, Stretch, now
from schoolbell.web.templatetags.words import when, when_here
from web.pages import text_of
from web.portal.conftest import browser_of


def noon(days: int = 3) -> dt.datetime:
    return (now() + dt.timedelta(days=days)).astimezone(UTC).replace(hour=12, minute=0, second=0, microsecond=0)


def test_lessons_are_shown_in_the_time_of_who_reads_them(school, browser, leo, url):
    new_instructor(school)
    buy_lesson(new_lessons(school, delivery="online"), leo, noon())
    assert "12:00" in text_of(browser.get(url))
    browser.cookies["zone"] = "Asia/Kolkata"  # as zone.js says it on the first visit
    page = browser.get(url)
    assert "Times are Kolkata time." in text_of(page)
    assert "17:30" in text_of(page)


def test_what_one_goes_to_is_said_in_the_time_of_the_place_by_its_name(clara, leo, browser, url):
    school = clara.school
    new_instructor(school)
    starts_at = noon().replace(hour=21)
    booking = buy_lesson(new_lessons(school, delivery="in_vehicle"), leo, starts_at)
    during = Stretch(starts_at, starts_at + dt.timedelta(hours=1))
    there, here = when(during, school.zone), when_here(during, school.zone)
    pages = {
        "": f"{starts_at:%b} 21:00–22:00 UTC time",
        "bookings/": there,
        "payments/": when(starts_at, school.zone),
        f"bookings/{booking.pk}/": "Times are UTC time.",
        f"bookings/{booking.pk}/cancel": f"Cancel Leo’s lesson on {there}?",
    }
    browser.cookies["zone"] = "Asia/Kolkata"
    for path, words in pages.items():
        assert words in text_of(browser.get(url + path)), path
        assert "02:30" not in text_of(browser.get(url + path)), path
    moving = text_of(browser.get(f"{url}bookings/{booking.pk}/move"))
    assert f"now {there}." in moving
    assert "Times are UTC time." in moving
    assert f"Next: {there}, Piano" in text_of(browser.get(url))
    browser.cookies["zone"] = "UTC"
    said = text_of(browser.get(url + "bookings/"))
    assert here in said
    assert there not in said


def test_another_zone_is_chosen_on_the_page_and_remembered(school, browser, leo, url):
    new_instructor(school)
    buy_lesson(new_lessons(school, delivery="online"), leo, noon())
    page = browser.get(f"{url}bookings/?past").content.decode()
    assert '<meta name="zone" content="UTC">' in page
    assert '<input type="hidden" name="past" value="">' in page  # what the page shows stays
    assert '<option value="Asia/Tokyo">Tokyo (JST)</option>' in page
    assert browser.get(f"{url}?zone=Asia/Tokyo").cookies["zone"].value == "Asia/Tokyo"
    assert "21:00" in text_of(browser.get(url))
    assert "zone" not in browser.get(f"{url}?zone=Mars/Base").cookies
    assert "zone.js" not in browser.get(url).content.decode()  # who told once is not asked again
    for path in ("", "bookings/", "payments/"):
        assert '<option value="Asia/Tokyo" selected>' in browser.get(url + path).content.decode()


def test_who_never_said_it_has_the_time_of_their_person_and_else_of_the_school(leo, clara, url):
    clara.person.timezone = "Australia/Sydney"
    clara.person.save()
    assert '<meta name="zone" content="Australia/Sydney">' in browser_of(clara.person).get(url).content.decode()
    guest = Browser()
    there = new_school(timezone="Europe/Berlin")
    online = new_course(there, delivery="online")  # where one goes oneself, only the place's own clocks count
    new_session(online, hour_at(9))
    page = guest.get(f"/s/{there.slug}/").content.decode()
    assert '<meta name="zone" content="Europe/Berlin">' in page
    assert '<option value="Europe/Berlin" selected>' in page
    assert guest.get(f"/s/{there.slug}/?zone=Asia/Tokyo").cookies["zone"].value == "Asia/Tokyo"
    assert '<option value="Europe/Berlin">Berlin' in guest.get(f"/s/{there.slug}/").content.decode()

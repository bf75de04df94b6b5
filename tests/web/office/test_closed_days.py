"""The office closes days, and keeps the public holidays of a country or not."""

import datetime as dt

import time_machine
from django.test import Client as Browser

from factories import OWNER, new_course, new_session
from schoolbell.diary.closures import add_closure
from schoolbell.diary.models import Closure
from schoolbell.kit.time import UTC, Stretch
from schoolbell.schools.models import School
from web.pages import text_of

NOW = dt.datetime(2026, 12, 8, 7, 30, tzinfo=UTC)
TEN = dt.datetime(2026, 12, 14, 10, tzinfo=UTC)


def test_a_day_is_closed_and_its_lessons_are_next(school: School, browser: Browser, office: str):
    page = office + "settings/closed-days/"
    with time_machine.travel(NOW, tick=False):
        assert "No day is closed" in text_of(browser.get(page))
        for hours in (0, 2):
            starts_at = TEN + dt.timedelta(hours=hours)
            new_session(new_course(school), Stretch(starts_at, starts_at + dt.timedelta(hours=1)))
        sent = {"first_day": "2026-12-14", "last_day": "2026-12-15", "name": "Works"}
        closed = browser.post(page, sent)
        works = Closure.objects.of(school).get()
        assert (works.first_day, works.last_day) == (dt.date(2026, 12, 14), dt.date(2026, 12, 15))
        assert closed["Location"] == f"{office}closures/{works.pk}/lessons/"
        words = text_of(browser.get(page))
        assert "Mon 14 Dec to Tue 15 Dec Works 2 lessons are on: Mon 14 Dec to Tue 15 Dec Remove" in words
        again = browser.post(page, sent)
        assert (again.status_code, "The school is closed then already: Works." in text_of(again)) == (422, True)
        alone = browser.post(page, {"first_day": "2027-02-01", "last_day": "", "name": "Half term"})
        assert alone["Location"] == page
        browser.post(f"{office}closures/{works.pk}/remove")
        assert [one.name for one in Closure.objects.of(school)] == ["Half term"]
        assert browser.post(f"{office}closures/{works.pk}/remove").status_code == 404


def test_holidays_are_followed_one_is_kept_open_and_then_none_are_followed(
    school: School, browser: Browser, office: str
):
    page = office + "settings/closed-days/"
    with time_machine.travel(NOW, tick=False):
        asked = browser.get(page + "?country=GB")
        assert ("SCT", "Scotland") in asked.context["regions"]
        assert browser.post(page + "follow", {"country": "GB", "subdivision": "SCT"})["Location"] == page
        words = text_of(browser.get(page))
        assert "The school keeps those of United Kingdom, Scotland." in words
        assert "Fri 25 Dec Christmas Day (public holiday) Keep open: Fri 25 Dec, Christmas Day" in words
        assert "more, later than a year from now" in words
        christmas = Closure.objects.of(school).get(first_day=dt.date(2026, 12, 25))
        refused = browser.post(f"{office}closures/{christmas.pk}/remove", follow=True).content.decode()
        assert "Keep this one open instead." in refused
        browser.post(f"{office}closures/{christmas.pk}/keep-open")
        assert "Christmas Day (public holiday) You keep it open. Close again" in text_of(browser.get(page))
        browser.post(f"{office}closures/{christmas.pk}/close-again")
        assert not Closure.objects.get(school_id=school.pk, id=christmas.pk).is_kept_open
        wrong = browser.post(page + "follow", {"country": "GB", "subdivision": "BY"}, follow=True).content.decode()
        assert "Give the code of one of its regions" in wrong
        own = add_closure(school, dt.date(2026, 12, 30), dt.date(2026, 12, 30), "Stocktaking", by=OWNER)
        browser.post(page + "follow", {"country": ""})
        assert [one.pk for one in Closure.objects.of(school).filter(first_day__gte=NOW.date())] == [own.pk]

"""Time off: instructors ask, the office decides, and the lessons in the way are seen to in one step."""

import time_machine
from django.test import Client as Browser

from factories import OWNER, buy_seat, hour_at, new_course, new_instructor, new_session, new_student
from schoolbell.diary.models import Claim, TimeOff
from schoolbell.diary.time_off import ask_for_time_off, enter_time_off
from schoolbell.schools.models import School
from web.pages import links_of, text_of


def test_a_request_without_lessons_is_approved_or_declined_in_place(school: School, browser: Browser, office: str):
    ida, bo = new_instructor(school, hours=False), new_instructor(school, hours=False, name="Bo Teacher")
    asked = ask_for_time_off(ida.person.diary, hour_at(9), reason="Choir", by=OWNER)
    other = ask_for_time_off(bo.person.diary, hour_at(10), by=OWNER)
    note = "2 requests for time off wait for you."
    assert note in text_of(browser.get(office))
    assert note in text_of(browser.get(office + "instructors/"))
    words = text_of(browser.get(office + "time-off/"))
    assert "Choir Approve: Ida Teacher Decline: Ida Teacher" in words
    assert browser.post(f"{office}time-off/{asked.pk}/approve")["Location"] == office + "time-off/"
    assert browser.post(f"{office}time-off/{other.pk}/decline").status_code == 302
    assert [one.status for one in TimeOff.objects.of(school).order_by("id")] == ["approved", "declined"]
    words = text_of(browser.get(office + "time-off/"))
    assert "Nobody asks for time off. Off, now and ahead Ida Teacher" in words
    assert "Bo Teacher" not in words.partition("Off, now")[2]
    twice = browser.post(f"{office}time-off/{other.pk}/approve", follow=True).content.decode()
    assert "This was decided or withdrawn already." in twice
    browser.post(f"{office}time-off/{asked.pk}/withdraw")
    assert not Claim.objects.of(school).filter(diary_id=ida.person.diary_id).exists()


def test_lessons_in_the_way_are_seen_to_and_the_request_is_approved_with_them(
    school: School, browser: Browser, office: str
):
    ida, bo = new_instructor(school), new_instructor(school, name="Bo Teacher")
    session = new_session(new_course(school), hour_at(9), instructors=[ida])
    buy_seat(session, new_student(school))
    asked = ask_for_time_off(ida.person.diary, hour_at(9, 9, minutes=180), by=OWNER)
    page = browser.get(office + "time-off/")
    assert "One lesson is in the way" in text_of(page)
    see_to = f"{office}instructors/{ida.pk}/absent/?time_off={asked.pk}"
    assert see_to in links_of(page)
    lessons = text_of(browser.get(see_to))
    assert "One lesson is in the way." in lessons
    done = browser.post(see_to.partition("?")[0], {
        "time_off": str(asked.pk), f"lesson-{session.pk}": f"substitute:{bo.pk}",
    })  # fmt: skip
    assert done["Location"] == office + "time-off/"
    assert [one.status for one in TimeOff.objects.of(school)] == ["approved"]
    assert session.staffing.get().instructor_id == bo.pk
    elsewhere = f"{office}instructors/{bo.pk}/absent/?time_off="
    assert [browser.get(elsewhere + name).status_code for name in (str(asked.pk), "x")] == [404, 404]


def test_what_is_over_is_not_listed(school: School, browser: Browser, office: str):
    ida = new_instructor(school, hours=False)
    enter_time_off(ida.person.diary, hour_at(1), reason="Choir", by=OWNER)
    assert "Choir" in text_of(browser.get(office + "time-off/"))
    with time_machine.travel(hour_at(2).starts_at, tick=False):
        assert "Choir" not in text_of(browser.get(office + "time-off/"))

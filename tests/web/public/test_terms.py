"""What holds for a lesson that begins soon: the way into its room, and what it costs to change one's mind."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine

from factories import at, hour_at, new_course, new_instructor, new_lessons, new_resource, new_school, new_session
from schoolbell.schools.policies import CoursePolicies
from schoolbell.web.public.addresses import written
from schoolbell.web.public.terms import cancelling_words
from schoolbell.web.templatetags.words import when
from web.public.visitors import Visitor, links, text

pytestmark = pytest.mark.django_db

ROOM = "https://meet.example.org/1"
LONDON = ZoneInfo("Europe/London")
UNTIL = "Cancel free of charge until Tue 8 Dec"
NOON = dt.datetime(2026, 12, 8, 12, tzinfo=dt.UTC)


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def test_a_guests_room_opens_on_the_page_of_the_order_a_quarter_of_an_hour_before(visitor: Visitor):
    school = new_school()
    room = new_resource(school, kind="online_room", meeting_url=ROOM, passcode="s3same")
    lesson = hour_at(2)
    session = new_session(new_course(school, delivery="online"), lesson, resource=room)
    where = visitor.book(f"/s/{school.slug}/book/?session={session.pk}")
    with time_machine.travel(lesson.starts_at - dt.timedelta(minutes=10), tick=False):
        assert ROOM not in visitor.get(where.removesuffix("pay"))  # nobody has paid
    order = visitor.pay(where)
    before = visitor.get(order)
    assert (ROOM in before, "s3same" in before) == (False, False)
    assert "Online. The room opens on this page 15 minutes before." in text(before)
    for minutes, is_open in ((16, False), (15, True), (-59, True), (-60, False)):
        with time_machine.travel(lesson.starts_at - dt.timedelta(minutes=minutes), tick=False):
            html = visitor.get(order)
            assert links(html).get("Join") == (ROOM if is_open else None)
            assert ("The room is open. Passcode: s3same." in text(html)) == is_open
    with time_machine.travel(lesson.starts_at, tick=False):
        assert ROOM not in Visitor().client.get(order).content.decode()  # who has no link to it


def test_without_a_room_nobody_is_told_to_wait_for_it(visitor: Visitor):
    school = new_school()
    session = new_session(new_course(school, delivery="online"), hour_at(2))
    said = text(visitor.get(visitor.pay(visitor.book(f"/s/{school.slug}/book/?session={session.pk}"))))
    assert "Online." in said
    assert "The room opens" not in said


@pytest.mark.parametrize(
    ("hours", "percent", "ahead", "said"),
    [
        (24, 100, 25, f"{UNTIL}, 13:00 London. After that the whole price stays with the school."),
        (24, 40, 25, f"{UNTIL}, 13:00 London. After that 40% of the price stays with the school."),
        (24, 0, 25, f"{UNTIL}, 13:00 London."),
        (0, 100, 2, f"{UNTIL}, 14:00 London."),
        (24, 100, 24, "It begins in less than 24 hours: if you cancel, the whole price stays with the school."),
        (168, 40, 30, "It begins in less than 7 days: if you cancel, 40% of the price stays with the school."),
        (24, 0, 3, "You can cancel free of charge until it begins."),
    ],
)  # fmt: skip
def test_what_it_costs_to_change_ones_mind(hours: int, percent: int, ahead: int, said: str):
    policies = CoursePolicies(free_cancel_hours=hours, late_fee_percent=percent)
    with time_machine.travel(NOON, tick=False):
        assert cancelling_words(NOON + dt.timedelta(hours=ahead), policies, LONDON) == said


def test_the_course_and_the_form_say_it_of_the_time_that_is_chosen(visitor: Visitor):
    school = new_school(free_cancel_hours=48, late_fee_percent=100, notice_minutes=0)
    piano = new_lessons(school)
    new_instructor(school)
    late, early = at(1), at(9)
    of = {
        late: "It begins in less than 48 hours: if you cancel, the whole price stays with the school.",
        early: f"Cancel free of charge until {when(early - dt.timedelta(hours=48), school.zone)}.",
    }
    for start, said in of.items():
        course = f"/s/{school.slug}/courses/{piano.pk}/?day={start:%Y-%m-%d}&at={written(start)}"
        form = f"/s/{school.slug}/book/?course={piano.pk}&starts_at={written(start)}"
        for path in (course.replace("+", "%2B"), form.replace("+", "%2B")):
            assert said in text(visitor.get(path)), path


def test_a_visitor_whose_browser_has_an_old_name_for_the_schools_zone_reads_each_time_once(visitor: Visitor):
    school = new_school(timezone="Asia/Kolkata")
    session = new_session(new_course(school, delivery="online"), hour_at(9, 1, 30))
    path = f"/s/{school.slug}/book/?session={session.pk}"
    visitor.client.cookies["zone"] = "Asia/Calcutta"
    said = text(visitor.get(path))
    assert "07:00–08:00 Kolkata" in said
    assert "Calcutta" not in said
    assert "07:00–08:00 in" not in said
    visitor.client.cookies["zone"] = "Asia/Colombo"  # keeps the same clock under a name of its own
    said = text(visitor.get(path))
    assert "07:00–08:00 Colombo" in said
    assert "in Kolkata" not in said

"""Outside calendars: what stands in them takes time, around lessons; what goes wrong is told and changes nothing."""

import datetime as dt
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import time_machine

from elsewhere import Answer, Elsewhere, elsewhere
from factories import OWNER, at, hour_at, new_course, new_instructor, new_school, new_session, slots_of
from schoolbell.bookings.sessions import cancel_session
from schoolbell.diary.models import Claim, Diary, OutsideCalendar, OutsideEvent
from schoolbell.diary.outside import (
    fetch_calendar,
    subscribe_calendar,
    unsubscribe_calendar,
)
from schoolbell.diary.refusals import CalendarKnown, TimeTaken, TooManyCalendars
from schoolbell.journal.models import Record
from schoolbell.kit.refusals import InputRefused, NotFound
from schoolbell.kit.time import Stretch, now
from servers import free_ports

pytestmark = pytest.mark.django_db
PRIVATE = "This address is inside a private network, where Schoolbell does not look."


@pytest.fixture(autouse=True)
def on_this_machine(settings) -> None:
    settings.ALLOW_PRIVATE_CALENDARS = True


@pytest.fixture
def place():
    with elsewhere() as found:
        yield found


@pytest.fixture
def ida():
    return new_instructor(new_school())


def written(*stretches: Stretch) -> bytes:
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{one.starts_at:%d%H}\r\nDTSTART:{one.starts_at:%Y%m%dT%H%M%SZ}\r\n"
        f"DTEND:{one.ends_at:%Y%m%dT%H%M%SZ}\r\nEND:VEVENT\r\n"
        for one in stretches
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n".encode()


def subscribe(diary: Diary, url: str, **more: str) -> OutsideCalendar:
    return subscribe_calendar(diary, **{"name": "Mine", "url": url, "timezone": "UTC"} | more, by=OWNER)


def busy(diary: Diary) -> list[Stretch]:
    claims = Claim.objects.filter(diary_id=diary.pk, kind="busy").order_by("during")
    return [Stretch(claim.during.lower, claim.during.upper) for claim in claims]


def test_its_events_take_time_around_lessons_and_go_when_they_go(place: Elsewhere, ida):
    diary = ida.person.diary
    session = new_session(new_course(diary.school), hour_at(10, 11), instructors=[ida])
    calendar = subscribe(diary, place.url())
    assert (calendar.fetched_at, calendar.is_stale(now()), busy(diary)) == (None, True, [])
    place.answer = lambda path, headers: Answer(written(hour_at(10, 9), hour_at(10, 10, 30), hour_at(12)))
    fetched = fetch_calendar(calendar)
    assert (fetched.error, fetched.is_stale(now())) == ("", False)
    assert busy(diary) == [hour_at(10, 9), hour_at(10, 10, 30, minutes=30), hour_at(12)]
    assert [event.during for event in OutsideEvent.objects.order_by("starts_at")] == [
        hour_at(10, 9),
        hour_at(10, 10, 30),
        hour_at(12),
    ]
    with pytest.raises(TimeTaken):
        new_session(new_course(diary.school), hour_at(12), instructors=[ida])
    cancel_session(session, by=OWNER)
    assert busy(diary)[1:3] == [hour_at(10, 10, 30, minutes=30), hour_at(10, 11, minutes=30)]
    place.answer = lambda path, headers: Answer(written(hour_at(12), hour_at(13)))
    kept = OutsideEvent.objects.get(starts_at=at(12)).pk
    fetch_calendar(calendar)
    assert busy(diary) == [hour_at(12), hour_at(13)]
    assert OutsideEvent.objects.get(starts_at=at(12)).pk == kept
    unsubscribe_calendar(calendar, by=OWNER)
    assert (busy(diary), OutsideEvent.objects.count(), OutsideCalendar.objects.count()) == ([], 0, 0)
    with pytest.raises(NotFound):
        unsubscribe_calendar(calendar, by=OWNER)
    with pytest.raises(NotFound):
        fetch_calendar(calendar)
    names = Record.objects.filter(subject_id=calendar.pk).order_by("id").values_list("name", flat=True)
    assert list(names) == ["outside_calendar.subscribed", "outside_calendar.unsubscribed"]


def test_it_is_read_as_far_as_the_school_books(place: Elsewhere):
    ida = new_instructor(new_school(furthest_ahead_days=365))
    calendar = subscribe(ida.person.diary, place.url())
    place.answer = lambda path, headers: Answer(written(hour_at(200), hour_at(364), hour_at(367)))
    fetch_calendar(calendar)
    assert busy(ida.person.diary) == [hour_at(200), hour_at(364)]


def test_what_has_not_changed_is_asked_for_with_its_mark_and_read_anew_once_a_day(place: Elsewhere, ida):
    body = written(hour_at(10))
    place.answer = lambda path, headers: (
        Answer(status=304)
        if headers.get("if-none-match") == '"7"'
        else Answer(body, headers={"ETag": '"7"', "Last-Modified": "Fri, 20 Nov 2026 10:00:00 GMT"})
    )
    calendar = fetch_calendar(subscribe(ida.person.diary, place.url()))
    before = list(Claim.objects.values())
    with time_machine.travel(now() + dt.timedelta(hours=1)):
        again = fetch_calendar(calendar)
    assert place.asked[1][1]["if-none-match"] == '"7"'
    assert place.asked[1][1]["if-modified-since"] == "Fri, 20 Nov 2026 10:00:00 GMT"
    assert (again.read_at, again.etag, list(Claim.objects.values())) == (calendar.read_at, '"7"', before)
    assert again.fetched_at - calendar.fetched_at > dt.timedelta(minutes=59)
    with time_machine.travel(now() + dt.timedelta(hours=21)):
        later = fetch_calendar(again)
    assert "if-none-match" not in place.asked[2][1]
    assert later.read_at > calendar.read_at
    assert list(Claim.objects.values()) == before


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Answer(status=404), "There is no calendar at this address any more."),
        (Answer(b"<html>Sign in</html>"), "What is there is no calendar."),
        (Answer(bytes(10 * 1024 * 1024)), "It is too large: at most 5 MB."),
        (Answer(status=503), "The other side could not give it just now."),
    ],
)
def test_what_fails_is_told_and_what_was_known_still_holds(place: Elsewhere, ida, answer: Answer, sentence: str):
    place.answer = lambda path, headers: Answer(written(hour_at(10)), headers={"ETag": '"1"'})
    calendar = fetch_calendar(subscribe(ida.person.diary, place.url()))
    place.answer = lambda path, headers: answer
    with time_machine.travel(now() + dt.timedelta(hours=4)):
        failed = fetch_calendar(calendar)
        assert failed.is_stale(now())
    assert (failed.error, failed.etag, failed.fetched_at) == (sentence, '"1"', calendar.fetched_at)
    assert busy(ida.person.diary) == [hour_at(10)]
    place.answer = lambda path, headers: Answer(written(hour_at(11)))
    assert fetch_calendar(failed).error == ""
    assert busy(ida.person.diary) == [hour_at(11)]


def test_private_addresses_are_refused_unless_the_installation_allows_them(place: Elsewhere, ida, settings):
    settings.ALLOW_PRIVATE_CALENDARS = False
    assert fetch_calendar(subscribe(ida.person.diary, place.url())).error == PRIVATE
    assert place.asked == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"url": "mine.ics"}, "url"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"url": "https://example.org/" + "a" * 2000}, "url"),
        ({"timezone": "Mars/Base"}, "timezone"),
    ],
)
def test_nonsense_is_refused(ida, values: dict[str, str], field: str):
    with pytest.raises(InputRefused) as refused:
        subscribe(ida.person.diary, **{"url": "https://example.org/a.ics"} | values)
    assert list(refused.value.errors) == [field]


def test_an_address_is_subscribed_once_and_ten_are_the_most(ida):
    diary = ida.person.diary
    first = subscribe(diary, "webcal://example.org/0.ics", name=" ")
    assert (first.url, first.name, first.host) == ("https://example.org/0.ics", "example.org", "example.org")
    with pytest.raises(CalendarKnown):
        subscribe(diary, "https://example.org/0.ics")
    for number in range(1, 10):
        subscribe(diary, f"https://example.org/{number}.ics")
    with pytest.raises(TooManyCalendars):
        subscribe(diary, "https://example.org/10.ics")
    subscribe(new_instructor(diary.school).person.diary, "https://example.org/0.ics")


def test_a_calendar_on_a_real_calendar_server(ida, tmp_path: Path):
    """Radicale, spoken to as a calendar program does: one event put, one changed, one taken away."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "radicale", "--server-hosts", f"127.0.0.1:{port}", "--auth-type", "none"]
    folder = ["--storage-filesystem-folder", str(tmp_path), "--rights-type", "owner_only"]
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(
            [*command, *folder], stdout=log, stderr=log, env=os.environ | {"HOME": str(tmp_path)}
        ) as server,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", auth=("ida", "any")) as program,
    ):
        try:
            while True:
                try:
                    made = program.request("MKCALENDAR", "/ida/mine/")
                except httpx.ConnectError:
                    assert server.poll() is None, (tmp_path / "log").read_text()
                    time.sleep(0.05)
                else:
                    break
            assert made.status_code == 201, made.text
            diary = ida.person.diary
            calendar = subscribe(diary, f"http://ida:any@127.0.0.1:{port}/ida/mine/")
            assert fetch_calendar(calendar).error == ""
            assert busy(diary) == []
            for name, during in (("a", hour_at(10, 9)), ("b", hour_at(10, 14))):
                assert program.put(f"/ida/mine/{name}.ics", content=written(during)).status_code == 201
            calendar = fetch_calendar(calendar)
            assert (calendar.error, busy(diary)) == ("", [hour_at(10, 9), hour_at(10, 14)])
            assert calendar.etag
            assert program.put("/ida/mine/b.ics", content=written(hour_at(10, 14, minutes=30))).is_success
            assert program.delete("/ida/mine/a.ics").is_success
            fetch_calendar(calendar)
            assert busy(diary) == [hour_at(10, 14, minutes=30)]
        finally:
            server.terminate()


def test_the_lessons_under_an_event_are_those_of_its_owner(place: Elsewhere, ida):
    session = new_session(new_course(ida.person.diary.school), hour_at(10), instructors=[ida])
    place.answer = lambda path, headers: Answer(written(hour_at(10, 10, 30)))
    fetch_calendar(subscribe(ida.person.diary, place.url()))
    assert Claim.objects.get(kind="lesson").source == slots_of(session)[0].pk
    assert busy(ida.person.diary) == [hour_at(10, 11, minutes=30)]

"""The worker's round of outside calendars, several at once, on rows that others see."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from diary.test_outside import busy, subscribe, written
from elsewhere import Answer, elsewhere
from factories import hour_at, new_instructor, new_school
from schoolbell.diary.models import OutsideCalendar
from schoolbell.diary.outside import FETCHED_EVERY, fetch_due_calendars
from schoolbell.kit.time import now


def one_round(_worker: int) -> int:
    try:
        return fetch_due_calendars()
    finally:
        connection.close()


@pytest.mark.usefixtures("scratch")
def test_two_workers_fetch_all_that_are_due_once_and_one_that_fails_stops_no_other(settings):
    settings.ALLOW_PRIVATE_CALENDARS = True
    school = new_school()
    with elsewhere() as place:
        place.answer = lambda path, headers: Answer(status=404) if "bad" in path else Answer(written(hour_at(10)))
        calendars = [
            subscribe(new_instructor(school).person.diary, place.url(f"/{name}{number}.ics"))
            for number in range(4)
            for name in ("good", "bad")
        ]
        with ThreadPoolExecutor(2) as workers:
            assert sum(workers.map(one_round, range(2))) == 8
        assert sorted(path for path, _headers in place.asked) == sorted(
            f"/{name}{number}.ics" for number in range(4) for name in ("good", "bad")
        )
        found = [OutsideCalendar.objects.get(id=calendar.pk) for calendar in calendars]
        assert [calendar.error == "" for calendar in found] == [True, False] * 4
        assert [len(busy(calendar.diary)) for calendar in found] == [1, 0] * 4
        assert fetch_due_calendars() == 0
        long_ago = now() - FETCHED_EVERY - dt.timedelta(seconds=1)
        OutsideCalendar.objects.filter(id=calendars[0].pk).update(tried_at=long_ago)
        assert fetch_due_calendars() == 1

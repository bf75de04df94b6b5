"""Lists: complete, in order, stable while rows are added, and of as many queries for three as for one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api_client import Api
from factories import (
    at,
    buy_lesson,
    buy_seat,
    hour_at,
    let_hold_run_out,
    new_client,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_session,
    new_student,
    pay_for,
    slots_of,
)
from schoolbell.api.pages import write_cursor
from schoolbell.schools.models import School


def add_session(school: School, day: int) -> Any:
    return new_session(new_course(school), hour_at(day), instructors=[new_instructor(school, hours=False)])


def add_payment(school: School, day: int) -> Any:
    return pay_for(buy_seat(add_session(school, day), new_student(school)))


ADDING: dict[str, Callable[[School, int], Any]] = {
    "/courses": lambda school, day: new_course(school, name=f"Course {day}"),
    "/instructors": lambda school, day: new_instructor(school, hours=False),
    "/resources": lambda school, day: new_resource(school),
    "/clients": lambda school, day: new_client(school),
    "/students": lambda school, day: new_student(school, guardian=new_client(school)),
    "/sessions": add_session,
    "/bookings": lambda school, day: buy_seat(add_session(school, day), new_student(school)),
    "/payments": add_payment,
}


def pages(api: Api, path: str, limit: int) -> list[list[str]]:
    found, after = [], None
    while True:
        page = api.get(path, limit=limit, after=after).json
        assert set(page) == {"items", "next"}
        found.append([item["id"] for item in page["items"]])
        after = page["next"]
        if after is None:
            return found


@pytest.mark.parametrize("path", ADDING)
def test_pages_together_hold_every_row_once(api, school, path):
    added = [str(ADDING[path](school, day).pk) for day in range(30, 35)]
    assert pages(api, path, 2) == [added[:2], added[2:4], added[4:]]
    assert pages(api, path, 5) == [added]
    assert pages(api, path, 1) == [[one] for one in added]


@pytest.mark.parametrize("path", ADDING)
def test_rows_that_are_added_meanwhile_move_nothing(api, school, path):
    added = [str(ADDING[path](school, day).pk) for day in range(30, 34)]
    first = api.get(path, limit=2).json
    new = [str(ADDING[path](school, day).pk) for day in (29, 40)]
    rest = api.get(path, limit=10, after=first["next"]).json
    assert [item["id"] for item in first["items"]] == added[:2]
    # A session of an earlier time stands before the page; all else is added at the end.
    assert [item["id"] for item in rest["items"]] == added[2:] + (new[1:] if path == "/sessions" else new)


def test_sessions_that_begin_at_one_time_are_told_apart_by_their_ids(api, school):
    course = new_course(school)
    added = [str(new_session(course, hour_at(30)).pk) for _ in range(5)]
    assert pages(api, "/sessions", 2) == [added[:2], added[2:4], added[4:]]


@pytest.mark.parametrize("path", ADDING)
def test_a_list_of_three_takes_as_many_queries_as_a_list_of_one(api, school, path):
    def queries() -> int:
        with CaptureQueriesContext(connection) as queries:
            api.get(path)
        return len(queries)

    assert api.get(path).json == {"items": [], "next": None}
    ADDING[path](school, 30)
    of_one = queries()
    for day in (31, 32):
        ADDING[path](school, day)
    assert len(api.get(path).json["items"]) == 3
    assert queries() == of_one


def test_free_times_of_three_take_as_many_queries_as_of_one(api, school):
    course = new_lessons(school, resource_kind="venue")
    day = at(10).date().isoformat()

    def add() -> None:
        new_instructor(school)
        new_resource(school)
        new_session(course, hour_at(10, 20), instructors=[new_instructor(school, hours=False)])
        buy_lesson(course, new_student(school), at(10))

    def queries() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert api.get("/availability", course=str(course.pk), from_=day, to=day).json["items"]
        return len(queries)

    add()
    of_one = queries()
    add()
    add()
    assert queries() == of_one


def test_a_booking_over_the_hot_way_takes_no_more_statements_for_a_later_one(api, school):
    session = new_session(new_course(school))
    counts = []
    for student in [new_student(school) for _ in range(3)]:
        with CaptureQueriesContext(connection) as queries:
            api.made("/bookings", {"session": str(session.pk), "student": str(student.pk)})
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]


class TestFreeTimes:
    @pytest.fixture
    def asked(self, school):
        """Two instructors, free for a day, and two sessions besides that begin when their lessons might."""
        course = new_lessons(school)
        for _ in range(2):
            new_instructor(school)
        for _ in range(2):
            new_session(course, hour_at(10, 12))
        day = at(10).date().isoformat()
        return {"course": str(course.pk), "from_": day, "to": day}

    def test_come_a_page_at_a_time_each_once_and_in_order(self, api, asked):
        whole = api.get("/availability", **asked).json
        assert (len(whole["items"]), whole["next"]) == (2 * 24 * 4 + 2, None)
        assert [one["starts_at"] for one in whole["items"]] == sorted(one["starts_at"] for one in whole["items"])
        for limit in (7, 50, 193, 194, 195):
            found, after = [], None
            while True:
                page = api.get("/availability", **asked, limit=limit, after=after).json
                found += page["items"]
                assert len(page["items"]) <= limit
                if (after := page["next"]) is None:
                    break
            assert found == whole["items"]

    def test_that_are_taken_meanwhile_move_nothing(self, api, school, asked):
        first = api.get("/availability", **asked, limit=50).json
        rest = api.get("/availability", **asked, after=first["next"]).json["items"]
        taken = first["items"][10]
        sent = {"course": asked["course"], "starts_at": taken["starts_at"], "student": str(new_student(school).pk)}
        api.made("/bookings", sent | {"instructor": taken["instructor"]["id"]})
        assert api.get("/availability", **asked, after=first["next"]).json["items"] == rest

    @pytest.mark.parametrize("after", ["", "x", "e30", "fHx8", "MjAyNi0xMi0wMVQxMDowMHx8fA", "é"])
    def test_behind_what_is_no_place_are_refused(self, api, asked, after):
        assert api.get("/availability", **asked, after=after).told == (422, "invalid_input")

    def test_behind_the_last_are_none(self, api, asked):
        late = write_cursor("2100-01-01T10:00:00+00:00", "2100-01-01T11:00:00+00:00", "", "")
        assert api.get("/availability", **asked, after=late).json == {"items": [], "next": None}

    @pytest.mark.parametrize("limit", [0, 2001, "x"])
    def test_come_in_pages_of_a_sane_size(self, api, asked, limit):
        assert api.get("/availability", **asked, limit=limit).told == (422, "invalid_input")


class TestOpenSessions:
    """Whoever looks for a seat finds one that a hold which ran out still counts."""

    @pytest.fixture
    def full(self, school):
        course = new_course(school, capacity=1)
        whole = new_session(course, hour_at(30), hour_at(31))
        chosen = new_session(course, hour_at(32), hour_at(33), choose_slots=True)
        return [
            (session, [buy_seat(session, new_student(school), slot_ids=[slot.pk]) for slot in slots])
            for session, slots in ((chosen, slots_of(chosen)),)
        ] + [(whole, [buy_seat(whole, new_student(school))])]

    def seen(self, guest) -> tuple[set[str], set[str]]:
        """Which are told to be open, and which of all are not told to be full."""
        not_full = {one["id"] for one in guest.get("/sessions").json["items"] if not one["is_full"]}
        return {one["id"] for one in guest.get("/sessions", open_="true").json["items"]}, not_full

    def test_are_not_those_that_are_held(self, guest, full):
        assert self.seen(guest) == (set(), set())

    def test_are_those_whose_hold_ran_out(self, guest, full):
        for session, bookings in full:
            let_hold_run_out(bookings[0])
            assert str(session.pk) in self.seen(guest)[0]
        ids = {str(session.pk) for session, _bookings in full}
        assert self.seen(guest) == (ids, ids)

    def test_are_not_lessons_made_for_one_student(self, api, school):
        new_instructor(school)
        let_hold_run_out(buy_lesson(new_lessons(school), new_student(school), at(10)))
        assert self.seen(api) == (set(), set())

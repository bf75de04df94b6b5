"""No address is left out: whoever adds one to the document has to say here, or in the tables, how it is proved."""

import re
from collections.abc import Iterable

import pytest

from api.test_document import DOCUMENT, calls, operations_of
from api.test_roles import READING, WRITING
from api_client import Api
from factories import new_client, new_instructor, new_student, new_token
from schoolbell.schools.actor import Role

OFFICE = (403, 403, 403)
# What instructors, clients and students are answered who have nothing to do with it. That guests are told to sign in,
# and that the office and the family may, the document's own test shows with the same requests.
STRANGERS = {
    "mark_attendance": (404, 403, 403),
    "create_review": (404, 404, 404),
    "change_booking": (403, 404, 404),
    "name_student": (403, 404, 403),
    "get_enrollment": (404, 404, 404),
    "create_enrollment": OFFICE,
    "pause_enrollment": OFFICE,
    "resume_enrollment": OFFICE,
    "end_enrollment": OFFICE,
    "change_enrollment": OFFICE,
    "get_series": (200, 403, 403),
    "list_series": (200, 403, 403),
    "create_series": OFFICE,
    "change_series": OFFICE,
    "end_series": OFFICE,
    "leave_out_day": OFFICE,
    "put_back_day": OFFICE,
    "leave_out_lesson": OFFICE,
    "put_back_lesson": OFFICE,
    "list_skipped_lessons": OFFICE,
    "place_skipped_lesson": OFFICE,
    "list_qualifications": OFFICE,
    "fetch_calendar": OFFICE,
    "delete_calendar": OFFICE,
    "resolve_payment": OFFICE,
    "change_course": OFFICE,
    "change_instructor": OFFICE,
    "change_resource": OFFICE,
    "change_school": OFFICE,
    "delete_instructor_opening_hours": OFFICE,
    "delete_resource_opening_hours": OFFICE,
    "delete_school_opening_hours": OFFICE,
    "delete_closure": OFFICE,
    "delete_holidays": OFFICE,
    "delete_slot": (404, 403, 403),
    "list_products": (200, 200, 200),
    "get_product": (200, 200, 200),
    "create_product": OFFICE,
    "change_product": OFFICE,
    "get_order": (404, 404, 404),
    "hand_over_product": OFFICE,
    "cancel_product": (403, 404, 403),
}
# Everybody who is signed in may ask; each sees their own (tests/api/test_enrollments.py).
OWN_LISTS = {"list_enrollments", "list_orders"}
ANYBODY = {"create_order"}  # for themselves and theirs (tests/api/test_products.py)


@pytest.fixture
def document(client):
    return client.get(DOCUMENT).json()


def plain(paths: Iterable[str]) -> set[str]:
    """Without the names in braces, and what is asked behind a question mark."""
    return {re.sub(r"\{\w+\}", "{}", path.strip().partition("?")[0]) for path in paths}


def test_every_address_says_who_may(document):
    """In the tables of test_roles, or above."""
    operations = operations_of(document)
    table = {"get": plain(READING), "post": plain(WRITING)}
    left_out = {
        name
        for name, operation in operations.items()
        if not plain([operation.path.removeprefix("/api/v1/{school}")]) <= table.get(operation.method, set())
    }
    assert left_out == set(STRANGERS) | OWN_LISTS | ANYBODY


@pytest.mark.django_db
def test_strangers_are_kept_out(document, school, rows):
    made, operations = calls(school), operations_of(document)
    strangers = [
        Api(school.slug, new_token(school, role, person))
        for role, person in (
            (Role.INSTRUCTOR, new_instructor(school, hours=False).person),
            (Role.CLIENT, new_client(school).person),
            (Role.STUDENT, new_student(school).person),
        )
    ]
    before = rows()
    told = {
        name: tuple(made[name][0].by(stranger, operations[name]).status for stranger in strangers) for name in STRANGERS
    }
    assert told == STRANGERS
    assert rows() == before


def test_every_post_answers_the_same_under_the_same_key_and_does_it_once(document, api, school, rows):
    operations = operations_of(document)
    for name, wanted in calls(school).items():
        for number, call in enumerate(wanted):
            asker, key = call.as_ or api, f"{name} {number}"
            if operations[name].method != "post":
                call.by(asker, operations[name])  # what comes later counts on it
                continue
            first = asker.post(call.path, call.body, key=key)
            assert first.status in (200, 201), (name, first.body)
            after = rows()
            again = asker.post(call.path, call.body, key=key)
            assert (again.status, again.body) == (first.status, first.body), name
            assert rows() == after, name

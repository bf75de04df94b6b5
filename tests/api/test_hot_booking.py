"""A booking of known people over HTTP is two statements, prepared: one that reads, one that writes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories import new_course, new_session, new_student

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("capacity", [1, 12])
def test_nothing_else_is_asked(api, school, capacity):
    session = new_session(new_course(school, capacity=capacity))
    body = {"session": str(session.pk), "student": str(new_student(school).pk)}
    with CaptureQueriesContext(connection) as asked:
        assert api.post("/bookings", body, key="one").status == 201
    statements = [query["sql"].split() for query in asked if "SAVEPOINT" not in query["sql"]]
    assert [words[0] for words in statements] == ["SELECT", "WITH"]

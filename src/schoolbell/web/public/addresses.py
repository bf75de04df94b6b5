"""Addresses of the school's front."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from schoolbell.schools.models import School


def school_href(school: School) -> str:
    return f"/s/{school.slug}/"


def course_href(school: School, course_id: UUID, anchor: str = "", **query: Any) -> str:
    """A course's page; a query of `day`, `at`, `month`, `instructor`, `student`, `kind` or
    `zone` opens it there."""
    return _with(f"/s/{school.slug}/courses/{course_id}/", query) + (f"#{anchor}" if anchor else "")


def session_href(school: School, session_id: UUID, **query: Any) -> str:
    """The form that books seats in a session."""
    return _with(f"/s/{school.slug}/book/", {"session": session_id} | query)


def lesson_href(
    school: School, course_id: UUID, starts_at: dt.datetime, *, instructor: UUID | None, trial: bool, **query: Any
) -> str:
    """The form that books a lesson on demand."""
    wish = {"course": course_id, "starts_at": written(starts_at), "instructor": instructor, "trial": trial and "1"}
    return _with(f"/s/{school.slug}/book/", wish | query)


def product_href(school: School, product_id: UUID) -> str:
    return f"/s/{school.slug}/products/{product_id}/"


def order_href(school: School, order_id: UUID, part: str = "", **query: Any) -> str:
    """An order; `part` is pay, again, cancel or calendar.ics."""
    return _with(f"/s/{school.slug}/orders/{order_id}/{part}", query)


def written(moment: dt.datetime) -> str:
    """An instant in an address: “2026-12-08T15:00Z”."""
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%MZ}"


def _with(path: str, query: dict[str, Any]) -> str:
    said = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(said)}" if said else path

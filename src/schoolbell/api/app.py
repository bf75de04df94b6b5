"""The API: its routers, its documents, its errors."""

from django.http import HttpRequest, HttpResponse
from ninja.errors import HttpError, ValidationError

from schoolbell.api import (
    attendance,
    availability,
    bookings,
    calendars,
    clients,
    closures,
    courses,
    enrollment_changes,
    enrollments,
    hours,
    instructors,
    lesson_requests,
    orders,
    payments,
    products,
    rearranging,
    resources,
    reviews,
    schools,
    series,
    series_changes,
    session_changes,
    sessions,
    skipped,
    slots,
    students,
    substitute_requests,
    time_off,
    timetable_proposals,
    travel,
)
from schoolbell.api.document import DocumentedAPI
from schoolbell.api.errors import input_refused
from schoolbell.api.middleware import answer_to
from schoolbell.api.parsing import StrictParser
from schoolbell.api.rendering import FastRenderer
from schoolbell.kit.problems import problem

DESCRIPTION = """
Times are RFC 3339 with their offset; amounts are whole minor units (`{"amount": 4500, "currency": "GBP"}`); ids are
UUIDs. Send `Authorization: Bearer …`; what anybody may see needs none. Send an `Idempotency-Key` with every POST: the
same key and body get the same answer, for 48 hours. What is refused comes as `application/problem+json` with a `code`.
"""

api = DocumentedAPI(
    title="Schoolbell",
    version="1",
    description=DESCRIPTION,
    parser=StrictParser(),
    renderer=FastRenderer(),
    urls_namespace="api",
    openapi_url="/openapi.json",
    docs_url=None,  # people read it at /api/docs, which is a page like any other
)

for prefix, router in (
    ("/bookings", bookings.router),  # first: the address that is in the greatest hurry
    ("/bookings", reviews.router),
    ("/bookings", attendance.router),
    ("", schools.router),
    ("/courses", courses.router),
    ("/instructors", instructors.router),
    ("/resources", resources.router),
    ("/students", students.router),
    ("/clients", clients.router),
    ("/sessions", sessions.router),
    ("/sessions", session_changes.router),
    ("/availability", availability.router),
    ("/enrollments", enrollments.router),
    ("/enrollments", enrollment_changes.router),
    ("/series", series.router),
    ("/series", series_changes.router),
    ("/skipped-lessons", skipped.router),
    ("/products", products.router),
    ("/orders", orders.router),
    ("/payments", payments.router),
    ("/lesson-requests", lesson_requests.router),
    ("/timetable-proposals", timetable_proposals.router),
    ("", hours.router),
    ("/closures", closures.router),
    ("", time_off.router),
    ("/travel", travel.router),
    ("", slots.router),
    ("", rearranging.router),
    ("", substitute_requests.router),
    ("", calendars.router),
):
    api.add_router("/v1/{school}" + prefix, router)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problem(input_refused(error.errors))


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """The framework hides what the parser said of the body."""
    return answer_to(request, error.__cause__ if isinstance(error.__cause__, Exception) else error)


@api.exception_handler(Exception)
def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    return answer_to(request, error)

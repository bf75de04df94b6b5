"""What every page of the office shares: who may come, where they can go, and that the school's own clock counts.

An office makes its sessions in the school's zone, so its pages show that zone and name it, wherever the reader is.
"""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from schoolbell.schools.actor import Role
from schoolbell.schools.rows import SchoolModel, SchoolRows
from schoolbell.web.entry import Visit, enter
from schoolbell.web.office.columns import columns

M = TypeVar("M", bound=SchoolModel)


def come_in(request: HttpRequest, slug: str) -> Visit:
    """Owners and admins. Raises: Http404, SignInFirst."""
    return enter(request, slug, role=Role.ADMIN)


def address(visit: Visit, path: str = "") -> str:
    return f"/s/{visit.school.slug}/office/{path}"


def go(visit: Visit, path: str) -> HttpResponseRedirect:
    """Where the office goes on after an act."""
    return HttpResponseRedirect(address(visit, path))


def show(
    visit: Visit, page: str, current: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """`web/office/<page>.html`; `current` is the name of the part of the office that it belongs to."""
    where = visit.school.zone
    shared = {"nav": _nav(visit, current), "office": address(visit), "zone": where, "columns": columns(where)}
    return visit.render(f"web/office/{page}.html", shared | dict(context or {}), status=status)


def _nav(visit: Visit, current: str) -> list[dict[str, Any]]:
    parts = (
        ("today", _("Today"), "", {"icon": "house"}),
        ("calendar", _("Calendar"), "calendar/", {"icon": "calendar-days"}),
        ("bookings", _("Bookings"), "bookings/", {"icon": "list"}),
        ("families", _("Families"), "families/", {"icon": "users"}),
        ("find", _("Find a time"), "find/", {"icon": "search"}),
        ("students", _("Students"), "students/", {"icon": "user"}),
        ("sessions", _("Sessions"), "sessions/", {"icon": "calendar-clock"}),
        ("requests", _("Requests"), "requests/", {"icon": "calendar-plus"}),
        ("instructors", _("Instructors"), "instructors/", {"icon": "award"}),
        ("courses", _("Courses"), "courses/", {"icon": "book-open"}),
        ("resources", _("Places"), "resources/", {"icon": "map-pin"}),
        ("settings", _("Settings"), "settings/", {"icon": "settings"}),
    )
    return [
        {"label": label, "href": address(visit, path), "is_current": name == current} | icon
        for name, label, path, icon in parts
    ]


def timetable_tabs(visit: Visit, current: str) -> list[dict[str, Any]]:
    """What the office has under Sessions: single ones, classes that repeat, and students' weekly lessons."""
    tabs = (
        ("sessions", _("Sessions"), "sessions/"),
        ("series", _("Series"), "series/"),
        ("weekly", _("Weekly"), "weekly/"),
    )
    return [{"words": words, "href": address(visit, path), "is_current": name == current} for name, words, path in tabs]


def find_to_change(request: HttpRequest, rows: SchoolRows[M], row_id: UUID) -> M:
    """For a form of what is on file (`KnownForm`): once it is sent, the row is locked until it is written. For a
    transaction. Raises Http404."""
    return find(rows.select_for_update(no_key=True, of=("self",)) if request.method == "POST" else rows, row_id)


def find(rows: SchoolRows[M], row_id: UUID) -> M:
    """Raises Http404, also for a row of another school: `rows` are this school's."""
    found = rows.filter(id=row_id).first()
    if found is None:
        raise Http404
    return found

"""What every page of an instructor shares: who may come, and where they can go."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from schoolbell.schools.actor import Role
from schoolbell.web.entry import Visit, enter


def come_in(request: HttpRequest, slug: str) -> Visit:
    """Raises: Http404, SignInFirst."""
    return enter(request, slug, role=Role.INSTRUCTOR)


def address(visit: Visit, path: str = "") -> str:
    return f"/s/{visit.school.slug}/teach/{path}"


def frame(visit: Visit, current: str) -> dict[str, Any]:
    """The context that `web/instructor.html` needs. `current` is the first word of a tab below."""
    tabs = (
        ("day", _("Today"), "", {"icon": "house"}),
        ("week", _("Week"), "week/", {"icon": "calendar-days"}),
        ("slots", _("Slots"), "slots/", {"icon": "calendar-clock"}),
        ("hours", _("Hours"), "hours/", {"icon": "clock"}),
        ("weekly", _("Weekly"), "weekly/", {"icon": "list"}),
        ("time-off", _("Time off"), "time-off/", {"icon": "coffee"}),
        ("free", _("Free times"), "free/", {"icon": "search"}),
        ("calendars", _("Calendars"), "calendars/", {"icon": "globe"}),
    )
    return {
        "nav": [
            {"label": label, "href": address(visit, path), "is_current": name == current} | icon
            for name, label, path, icon in tabs
        ],
        "teach": address(visit),
    }

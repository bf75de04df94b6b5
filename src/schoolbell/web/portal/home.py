"""`/my/`: what is next for whom, and what is open."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from schoolbell.bookings.lessons import lessons_by_seat, seats_ahead
from schoolbell.bookings.queries import students_seen_by
from schoolbell.kit.time import local_day, now
from schoolbell.people.models import Student
from schoolbell.planning.every_week import weekly_seen_by
from schoolbell.web.entry import Visit
from schoolbell.web.portal.account import standing
from schoolbell.web.portal.frame import address, come_in, frame, is_client
from schoolbell.web.portal.rows import lesson_rows, name_of, owed_rows, total_of

MOST_LESSONS = 6
MOST_OWED = 3
MOST_CHILDREN = 8


@require_safe
def home(request: HttpRequest, slug: str) -> HttpResponse:
    """The next lessons, of everybody or with `?student=` of one; what is to pay; the children."""
    visit = come_in(request, slug)
    students = list(students_seen_by(visit.actor, visit.school).order_by("id"))
    chosen = _chosen(request, students)
    ahead = seats_ahead(visit.actor, visit.school)
    seats = [seat for seat, student_id in ahead if not chosen or student_id == chosen.pk]
    following = {student_id: seat for seat, student_id in reversed(ahead)}  # the next is written last
    children = sorted(_others(visit, students), key=lambda one: one.pk not in following)
    following = {one.pk: following[one.pk] for one in children[:MOST_CHILDREN] if one.pk in following}
    lessons = lessons_by_seat(visit.school, [*seats[:MOST_LESSONS], *following.values()])
    rows = dict(zip(lessons, lesson_rows(visit, lessons.values()), strict=True))
    today = local_day(now(), visit.zone)
    return visit.render(
        "web/portal/home.html",
        frame(visit, "home")
        | {
            "today": today,
            "first_name": visit.person.first_name or visit.person.name if visit.person else "",
            "lessons": [rows[seat] for seat in seats[:MOST_LESSONS] if seat in rows],
            "has_more": len(seats) > MOST_LESSONS,
            "chosen": chosen,
            "has_weekly": weekly_seen_by(visit.actor, visit.school).exists(),
            "views": _views(visit, students, chosen),
            "children": [
                {"student": one, "age": one.person.age_on(today), "following": rows.get(seat) if seat else None}
                for one, seat in ((one, following.get(one.pk)) for one in children[:MOST_CHILDREN])
            ],
            "more_children": max(len(children) - MOST_CHILDREN, 0),
        }
        | (_money(visit) if is_client(visit) else {}),
    )


def _chosen(request: HttpRequest, students: list[Student]) -> Student | None:
    """Whom the address names; another's, or nonsense, is as if nothing was said."""
    try:
        asked = UUID(request.GET.get("student", ""))
    except ValueError:
        return None
    return next((student for student in students if student.pk == asked), None)


def _views(visit: Visit, students: list[Student], chosen: Student | None) -> list[dict[str, Any]]:
    """Everybody's lessons, or one's, where there are several and few enough for a row of choices."""
    if not 2 <= len(students) <= 4:
        return []
    everybody = _("Both") if len(students) == 2 else _("All")
    return [
        {"words": everybody, "href": address(visit), "is_current": chosen is None, "avatar": ""},
        *(
            {
                "words": name_of(visit, student) or _("You"),
                "href": address(visit, f"?student={student.pk}"),
                "is_current": chosen == student,
                "avatar": student.person.name,
            }
            for student in students
        ),
    ]


def _others(visit: Visit, students: list[Student]) -> list[Student]:
    """Those for whom the viewer answers."""
    return [student for student in students if student.person_id != visit.actor.me]


def _money(visit: Visit) -> dict[str, Any]:
    rows = owed_rows(visit)
    return {
        "owed": rows[:MOST_OWED],
        "more_owed": max(len(rows) - MOST_OWED, 0),
        "total": total_of(visit, rows),
    } | standing(visit)

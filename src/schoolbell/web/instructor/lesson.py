"""`/teach/lessons/{slot}/`: one lesson, its students, whom to call about them, and who came."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from schoolbell.bookings.teaching import taught_slot, to_call
from schoolbell.kit.refusals import NotFound, Refusal
from schoolbell.kit.time import local_day, zone
from schoolbell.planning.own_lessons import Act
from schoolbell.planning.substitute_requests import find_waiting
from schoolbell.timetable.queries import slots_and_staff
from schoolbell.web.instructor.attendance import attendance_forms, mark_all
from schoolbell.web.instructor.frame import address, come_in, frame
from schoolbell.web.instructor.own_lessons import find_own
from schoolbell.web.instructor.rows import row_of
from schoolbell.web.rule_words import said_series


@require_http_methods(["GET", "HEAD", "POST"])
def lesson(request: HttpRequest, slug: str, slot_id: UUID) -> HttpResponse:
    """Of one's own sessions only."""
    visit = come_in(request, slug)
    try:
        one = taught_slot(visit.actor, visit.school, slot_id)
    except NotFound:
        raise Http404 from None
    forms = attendance_forms(request, one)
    refusal: Refusal | None = None
    if request.method == "POST" and forms and all(form.is_valid() for form in forms):
        try:
            mark_all(forms, by=visit.actor)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Attendance is saved."))
            return HttpResponseRedirect(address(visit, f"lessons/{one.slot.pk}/"))
    wrong = [form for form in forms if form.errors]
    by_seat = {form.seat.pk: form for form in forms}
    callable_ = to_call(one.seats)
    on_the_day = local_day(one.during.starts_at, zone(one.session.timezone))
    slots, staff = slots_and_staff([one.session])
    own = find_own(visit, slot_id)
    waits = find_waiting(own.session, own.own.pk)
    return visit.render(
        "web/instructor/lesson.html",
        frame(visit, "")
        | {
            "row": row_of(visit, one, is_next=False),
            "session": one.session,
            "repeats": said_series(one.session.series) if one.session.series else "",
            "day": local_day(one.during.starts_at, visit.zone),
            "day_href": address(visit, f"?day={local_day(one.during.starts_at, visit.zone)}"),
            "learners": [
                {
                    "student": seat.student,
                    "booking": seat.booking,
                    "age": seat.student.person.age_on(on_the_day),
                    "form": by_seat.get(seat.pk),
                    "guardian": bond if (bond := callable_.get(seat.student_id)) else None,
                }
                for seat in one.seats
            ],
            "forms": forms,
            "wrong": wrong,
            "refusal": refusal,
            "may": {act.value for act in Act if own.objection(act) is None},
            "why_not_moved": own.objection(Act.MOVE),
            "waits": waits,
            "others": [other for other in staff[one.session.pk] if other.person_id != visit.actor.me],
            "other_slots": [
                {"slot": slot, "href": address(visit, f"lessons/{slot.pk}/"), "is_current": slot.pk == one.slot.pk}
                for slot in slots[one.session.pk]
            ],
        },
        status=refusal.status if refusal else 422 if wrong else 200,
    )

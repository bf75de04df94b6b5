"""`/my/bookings/`: those to come and those past. `/my/bookings/{booking}/`: one of them."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from schoolbell.billing.cancelling import on_cancelling
from schoolbell.billing.dues import borne_for, is_waived, owed_for
from schoolbell.billing.queries import money_of, waived_among
from schoolbell.bookings.cancelling import agreed, may_cancel
from schoolbell.bookings.lessons import lessons_of, to_come
from schoolbell.bookings.models import Booking
from schoolbell.bookings.notes import with_notes_to_change
from schoolbell.bookings.queries import bookings_seen_by
from schoolbell.bookings.search import in_full
from schoolbell.bookings.times import begins_at, read_times
from schoolbell.kit.money import Money
from schoolbell.kit.refusals import Refusal
from schoolbell.planning.every_week import weekly_seen_by
from schoolbell.planning.rescheduling import require_movable
from schoolbell.web.entry import Visit
from schoolbell.web.naming import may_be_named
from schoolbell.web.portal.frame import come_in, frame, is_client
from schoolbell.web.portal.pages import page_of
from schoolbell.web.portal.review_form import ReviewForm, reviewing
from schoolbell.web.portal.rows import booking_row, booking_views, lesson_rows, owed_rows


@require_safe
def bookings(request: HttpRequest, slug: str) -> HttpResponse:
    """Those to come, the next one first; with `?past` the others, the latest first."""
    visit = come_in(request, slug)
    is_past = "past" in request.GET
    rows = bookings_seen_by(visit.actor, visit.school)
    coming = to_come(rows)
    if is_past:
        rows = rows.exclude(id__in=coming.values("id")).order_by(begins_at().desc(), "-id")
    else:
        rows = coming.order_by(begins_at(), "id")
    page = page_of(request, in_full(rows))
    read_times(page.items)
    return visit.render(
        "web/portal/bookings.html",
        frame(visit, "bookings")
        | {
            "rows": [booking_row(visit, booking) for booking in page.items],
            "page": page,
            "waived": waived_among(page.items) if is_client(visit) else (),
            "is_past": is_past,
            "views": booking_views(
                visit,
                "past" if is_past else "coming",
                has_weekly=weekly_seen_by(visit.actor, visit.school).exists(),
            ),
        },
    )


@require_safe
def booking(request: HttpRequest, slug: str, booking_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    return show_booking(visit, find_booking(visit, booking_id))


def find_booking(visit: Visit, booking_id: UUID) -> Booking:
    """One of their own. Raises Http404."""
    found = in_full(bookings_seen_by(visit.actor, visit.school)).filter(id=booking_id).first()
    if found is None:
        raise Http404
    found.session.course.school = visit.school
    return found


def show_booking(
    visit: Visit,
    booking: Booking,
    *,
    refusal: Refusal | None = None,
    refused: str | None = None,
    review_form: ReviewForm | None = None,
) -> HttpResponse:
    """Its page; with a refusal, what could not be done and why; with a form that was sent, what is wrong with it."""
    lessons = lessons_of(booking)
    status = 422 if review_form else refusal.status if refusal else 200
    return visit.render(
        "web/portal/booking.html",
        frame(visit, "bookings")
        | {
            "row": booking_row(visit, booking),
            "booking": booking,
            "session": booking.session,
            "lessons": lesson_rows(visit, lessons),
            "instructors": lessons[0].instructors if lessons else (),
            "settlement": on_cancelling(booking, by=visit.actor) if may_cancel(booking, by=visit.actor) else None,
            "may_name": is_client(visit) and may_be_named(booking, by=visit.actor),
            "may_note": bool(with_notes_to_change([booking], by=visit.actor)),
            "refusal": refusal,
            "refused": _("Nothing was cancelled.") if refused is None else refused,
        }
        | (_moving(visit, booking) if may_cancel(booking, by=visit.actor) else {})
        | reviewing(visit, booking, form=review_form)
        | (_money(visit, booking) if is_client(visit) else {}),
        status=status,
    )


def _moving(visit: Visit, booking: Booking) -> dict[str, Any]:
    """How often it can still go to another time, or why it cannot."""
    try:
        require_movable(booking, by=visit.actor)
    except Refusal as refusal:
        return {"fixed_because": str(refusal)}
    return {"moves_left": agreed(booking).most_reschedules - booking.reschedules}


def _money(visit: Visit, booking: Booking) -> dict[str, Any]:
    money = money_of([booking])[booking.pk]
    fee = owed_for(booking) if booking.settled_at else 0
    return {
        "price": Money(booking.price, visit.school.currency),
        "paid": Money(money.paid, visit.school.currency),
        "waived": Money(borne_for([booking])[booking.pk].waived, visit.school.currency),
        "is_waived": is_waived(booking, paid=money.paid),
        "kept": Money(fee, visit.school.currency) if booking.settled_at else None,
        "credited": Money(max(money.paid - fee, 0), visit.school.currency),
        "owed": owed_rows(visit, for_=booking),
    }

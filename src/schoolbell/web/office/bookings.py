"""`/office/bookings/`: every booking, to search and to filter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from schoolbell.billing.dues import ENDED, owed_for_each
from schoolbell.billing.models import PaymentRequest
from schoolbell.billing.queries import bookings_ordered_under, lines_waiting, money_of, not_waived_in, waived_in
from schoolbell.bookings.models import Booking, PaymentStatus
from schoolbell.bookings.search import Sought, bookings_found
from schoolbell.bookings.times import begins_at, during_of, read_times
from schoolbell.catalogue.models import Course
from schoolbell.kit.time import Stretch
from schoolbell.timetable.queries import staff_of
from schoolbell.web.office.frame import come_in, show
from schoolbell.web.office.listing import chip, chips, id_of, listing, one_of, text_of, with_
from schoolbell.web.office.periods import PERIODS, period
from schoolbell.web.templatetags.states import BOOKING, PAYMENT
from schoolbell.web.templatetags.words import counted

UNPAID: Final = ("unpaid", gettext_lazy("Not paid whole"))
WAIVED: Final = "waived"


@dataclass(frozen=True, slots=True)
class Row:
    """A booking in a list. `awaits` is deposit or payment while it is held; `kept` is what stays with the school of one
    that has ended, once that is settled."""

    booking: Booking
    staff: str
    order_reference: str
    paid: int
    awaits: str
    kept: int | None

    @property
    def during(self) -> Stretch:
        return during_of(self.booking)

    @property
    def shows_payment(self) -> bool:
        return shows_payment(self.booking, self.kept)

    @property
    def credited(self) -> int:
        """Of what was paid for it, once it has ended."""
        return 0 if self.kept is None else max(self.paid - self.kept, 0)


def shows_payment(booking: Booking, kept: int | None) -> bool:
    """Nothing is to be paid for what is free or paid for with its enrollment, nor for what ended before it was paid or
    of which nothing is kept."""
    ended = booking.status in ENDED
    unpaid = booking.payment_status == PaymentStatus.PENDING or kept == 0
    return booking.is_paid_apart and booking.price > 0 and not (ended and unpaid)


@require_safe
def booking_list(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    school = visit.school
    statuses = [(name, state.words) for name, state in BOOKING.items()]
    statuses[0] = (Booking.Status.PENDING, _("Held, not paid"))
    payments = [
        UNPAID,
        *((name, PAYMENT[name].words) for name in ("pending", "deposit_paid", "paid", WAIVED, "failed")),
    ]
    courses = [
        (str(key), name) for key, name in Course.objects.of(school).order_by("name", "id").values_list("id", "name")
    ]
    text = text_of(request)
    payment = one_of(request, "payment", [value for value, _words in payments])
    within = period(school, request.GET.get("when", ""))
    ordered = bookings_ordered_under(text, school=school)
    sought = Sought(
        text=text,
        ordered=ordered,
        status=one_of(request, "status", [value for value, _words in statuses]),
        payment_status={UNPAID[0]: "", WAIVED: PaymentStatus.PAID.value}.get(payment, payment),
        unpaid=payment == UNPAID[0],
        course_id=id_of(request, "course"),
        within=within,
    )
    rows = bookings_found(sought, school=school, seen_by=visit.actor)
    if payment in (WAIVED, PaymentStatus.PAID):
        rows = waived_in(rows) if payment == WAIVED else not_waived_in(rows)
    found = listing(request, rows.order_by(begins_at(), "id") if within else rows.order_by("-id"))
    filters = chips(
        chip(request, "when", _("Lesson on"), PERIODS),
        chip(request, "status", _("State"), statuses),
        chip(request, "payment", _("Payment"), payments),
        chip(request, "course", _("Course"), courses),
    )
    is_filtered = any(one.chosen for one in filters)
    without = (
        bookings_found(Sought(text=text, ordered=ordered), school=school, seen_by=visit.actor).count()
        if is_filtered and not found.items
        else 0
    )
    context = {
        "list": found,
        "rows": shown(found.items),
        "sentence": _sentence(found.total, _("the earliest lesson first") if within else _("the latest booked first")),
        "chips": filters,
        "text": text,
        "ordered": ordered,
        "is_filtered": is_filtered,
        "without_filters": without,
        "waits_apart": bool(text) and not found.items and lines_waiting(school, text).exists(),
        "clear": with_(request.GET, when="", status="", payment="", course=""),
        "hidden": [
            (name, request.GET[name]) for name in ("when", "status", "payment", "course") if request.GET.get(name)
        ],
    }
    return show(visit, "bookings", "bookings", context)


def _sentence(total: int, order: str) -> str:
    """How many there are, and in what order."""
    number = counted(total, _("booking,bookings"))
    return _("%(number)s, %(order)s") % {"number": number, "order": order} if total > 1 else number


def kept_of(bookings: Sequence[Booking]) -> dict[UUID, int]:
    """What stays with the school of those that have ended and are settled, in one query."""
    return owed_for_each([one for one in bookings if one.status in ENDED and one.settled_at])


def shown(bookings: Sequence[Booking]) -> list[Row]:
    """As many queries, however many there are."""
    read_times(bookings)
    money, kept = money_of(bookings), kept_of(bookings)
    staff = staff_of([booking.session for booking in bookings])
    rows = []
    for booking in bookings:
        own = money[booking.pk]
        deposit = own.request is not None and own.request.kind == PaymentRequest.Kind.DEPOSIT
        teachers = ", ".join(one.person.name for one in staff[booking.session_id])
        rows.append(
            Row(booking, teachers, own.reference, own.paid, "deposit" if deposit else "payment", kept.get(booking.pk))
        )
    return rows

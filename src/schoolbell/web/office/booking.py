"""`/office/bookings/<id>/`: one booking, its money, what happened, and what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from schoolbell.access.answers import KeyReused
from schoolbell.billing.cancelling import on_cancelling
from schoolbell.billing.credit import unused_credit
from schoolbell.billing.dues import ENDED, borne_for, open_amount
from schoolbell.billing.ledger import CREDIT
from schoolbell.billing.models import Order, OrderLine, Payment, ProductLine
from schoolbell.billing.payments import Attempt, asked_now, confirm_booking_of_order, pay
from schoolbell.billing.queries import payments_of, references_of
from schoolbell.billing.refusals import AmountTooHigh, PaidMeanwhile
from schoolbell.billing.sales import cancel_and_settle
from schoolbell.bookings.cancelling import may_cancel
from schoolbell.bookings.models import Booking
from schoolbell.bookings.queries import bookings_seen_by
from schoolbell.bookings.search import in_full
from schoolbell.journal.queries import records_of
from schoolbell.kit.money import Money
from schoolbell.kit.refusals import InputRefused, Refusal
from schoolbell.planning.rescheduling import may_move
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows
from schoolbell.web.entry import Visit
from schoolbell.web.naming import may_be_named
from schoolbell.web.office.bookings import shown
from schoolbell.web.office.forms import MoneyField, OfficeForm
from schoolbell.web.office.frame import come_in, find, go, show
from schoolbell.web.office.timeline import timeline
from schoolbell.web.once import done_once, new_key
from schoolbell.web.templatetags.words import money

WAYS: Final = (
    ("cash", gettext_lazy("Cash")),
    ("card", gettext_lazy("Card")),
    ("transfer", gettext_lazy("Transfer")),
    (CREDIT, gettext_lazy("Credit")),
)


@dataclass(frozen=True, slots=True)
class Owing:
    """What is open for an order: so much now, so much in all. `bookings` are those of it that live."""

    due_now: int
    still_open: int
    bookings: Sequence[Booking]


class DeskPayment(OfficeForm):
    """Money taken across the desk, or seen on the bank's own page."""

    method = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=WAYS,
        widget=forms.RadioSelect,
        initial="cash",
        error_messages={"required": gettext_lazy("Say how it was paid.")},
    )

    def __init__(self, *args: Any, school: School, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not unused_credit(order.client, order=order):
            method = self.fields["method"]
            assert isinstance(method, forms.ChoiceField)
            method.choices = [(way, words) for way, words in WAYS if way != CREDIT]
        self.fields["amount"] = MoneyField(
            school.currency, label=_("Amount (%(currency)s)") % {"currency": school.currency}
        )
        # From two windows it is recorded once; sent twice from one, by two clicks, the first is answered twice.
        self.fields["open_seen"] = forms.IntegerField(
            widget=forms.HiddenInput,
            error_messages=dict.fromkeys(("required", "invalid"), _("Open this page anew, then record it.")),
        )
        self.order_fields(["amount", "method"])


class Waiver(OfficeForm):
    """Why somebody may come who has not paid."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        help_text=gettext_lazy("It is kept with the booking."),
        error_messages={"required": gettext_lazy("Say why, in a few words.")},
    )


@require_safe
def booking(request: HttpRequest, slug: str, booking_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    return _page(visit, find_booking(visit, booking_id))


@require_http_methods(["POST", "GET", "HEAD"])
def record_payment(request: HttpRequest, slug: str, booking_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    found = find_booking(visit, booking_id)
    if request.method != "POST":  # somebody reloads what was refused
        return go(visit, f"bookings/{booking_id}/")
    order = _order(found)
    form = DeskPayment(request.POST, school=visit.school, order=order)
    if not form.is_valid():
        return _page(visit, found, payment=form, status=422)
    values = form.cleaned_data
    attempt = Attempt(
        CREDIT if values["method"] == CREDIT else "desk",
        values["method"],
        values["amount"],
        open_seen=values["open_seen"],
    )
    try:
        payment_id = done_once(
            visit.school,
            request,
            key=request.POST.get("key", ""),
            act=lambda: pay(order, attempt, by=visit.actor).pk,
            may_repeat=False,  # a gateway may have taken money by then
        )
    except (InputRefused, AmountTooHigh) as refused:
        if isinstance(refused, InputRefused):
            form.refuse(refused)
        else:
            form.add_error("amount", str(refused))
        return _page(visit, found, payment=form, status=refused.status)
    except Refusal as refused:
        # A key used before: from this very page another payment was sent.
        refusal = PaidMeanwhile(order.pk) if isinstance(refused, KeyReused) else refused
        return _page(visit, find_booking(visit, booking_id), payment=form, refusal=refusal, status=refusal.status)
    made = Payment.objects.of(visit.school).get(id=payment_id)
    if made.failure_reason:
        form.add_error("amount", made.failure_reason)
        return _page(visit, found, payment=form, status=422)
    messages.success(request, _("%s received.") % money(made.amount, visit.school.currency))
    return go(visit, f"bookings/{booking_id}/")


@require_http_methods(["POST", "GET", "HEAD"])
def confirm(request: HttpRequest, slug: str, booking_id: UUID) -> HttpResponse:
    """Without the money, for a reason."""
    visit = come_in(request, slug)
    found = find_booking(visit, booking_id)
    if request.method != "POST":
        return go(visit, f"bookings/{booking_id}/")
    form = Waiver(request.POST)
    if not form.is_valid():
        return _page(visit, found, waiver=form, status=422)
    try:
        _order(found)
        confirm_booking_of_order(found, by=visit.actor, reason=form.cleaned_data["reason"])
    except Refusal as refusal:
        return _page(visit, find_booking(visit, booking_id), waiver=form, refusal=refusal, status=refusal.status)
    messages.success(request, _("%(name)s’s seat is confirmed.") % {"name": found.student.person.name})
    return go(visit, f"bookings/{booking_id}/")


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, slug: str, booking_id: UUID) -> HttpResponse:
    """Asks first, with names and money."""
    visit = come_in(request, slug)
    found = find_booking(visit, booking_id)
    if request.method != "POST":
        if not may_cancel(found, by=visit.actor):
            return go(visit, f"bookings/{booking_id}/")
        settlement = on_cancelling(found, by=visit.actor)
        context = {"row": shown([found])[0], "booking": found, "settlement": settlement}
        return show(visit, "booking_cancel", "bookings", context)
    try:
        cancel_and_settle(found, by=visit.actor)
    except Refusal as refusal:
        return _page(visit, find_booking(visit, booking_id), refusal=refusal, status=refusal.status)
    messages.success(request, _("%(name)s’s booking is cancelled.") % {"name": found.student.person.name})
    return go(visit, f"bookings/{booking_id}/")


def find_booking(visit: Visit, booking_id: UUID) -> Booking:
    return find(in_full(bookings_seen_by(visit.actor, visit.school)), booking_id)


def _line(found: Booking) -> OrderLine | None:
    lines = OrderLine.objects.filter(school_id=found.school_id, booking_id=found.pk)
    return lines.select_related("order__client__person").first()


def _order(found: Booking) -> Order:
    line = _line(found)
    if line is None:
        raise Http404  # it was not bought, so nothing is to be paid
    order: Order = line.order
    return order


def _page(
    visit: Visit,
    found: Booking,
    *,
    payment: DeskPayment | None = None,
    waiver: Waiver | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    line = _line(found)
    owing = _owing(line.order) if line else None
    payments = payments_of([line.order_id], school=visit.school) if line else []
    products = list(_products(line)) if line else []
    records = records_of(visit.school, [one.pk for one in (found, *payments, *products)])[:50]
    if line and owing and (payment is None or refusal):
        asked = {"amount": owing.due_now, "method": "cash", "open_seen": owing.still_open}
        payment = DeskPayment(school=visit.school, order=line.order, initial=asked)
    context = {
        "booking": found,
        "row": shown([found])[0],
        "line": line,
        "owing": owing,
        "waived": borne_for([found])[found.pk].waived,
        "references": references_of(line.order) if line and owing else [],
        "products": [(one, Money(one.total, visit.school.currency)) for one in products],
        "others": [one for one in owing.bookings if one.pk != found.pk] if owing else [],
        "payment": payment if owing else None,
        "payment_key": new_key(),
        "waiver": (waiver or Waiver()) if line and found.status == Booking.Status.PENDING else None,
        "waiver_is_open": waiver is not None,
        "may_cancel": may_cancel(found, by=visit.actor),
        "may_move": may_move(found, by=visit.actor),
        "may_name": may_be_named(found, by=visit.actor),
        "refusal": refusal,
        "entries": timeline(records, visit.school, payments=payments),
    }
    return show(visit, "booking", "bookings", context, status=status)


def _products(line: OrderLine) -> SchoolRows[ProductLine]:
    """What was ordered with it."""
    rows = ProductLine.objects.filter(school_id=line.school_id, order_id=line.order_id)
    return rows.select_related("product", "student__person").order_by("id")


def _owing(order: Order) -> Owing | None:
    bookings = list(
        Booking.objects.filter(school_id=order.school_id, order_lines__order_id=order.pk)
        .select_related("student__person")
        .order_by("id")
    )
    still_open = open_amount(order, bookings)
    if still_open <= 0:
        return None
    return Owing(asked_now(order, still_open), still_open, [one for one in bookings if one.status not in ENDED])

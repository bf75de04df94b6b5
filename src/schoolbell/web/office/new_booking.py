"""`/office/bookings/new/`: booking what was found, for a student; paid across the desk or held, as the policies say."""

from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from schoolbell.access.answers import KeyReused
from schoolbell.billing.checkout import Party, check_out
from schoolbell.bookings.models import Booking
from schoolbell.kit.refusals import InputRefused, NotFound, Refusal
from schoolbell.kit.time import local_day
from schoolbell.people.actions import NamedLater
from schoolbell.people.models import Client
from schoolbell.people.queries import payer_of
from schoolbell.web.entry import Visit
from schoolbell.web.notes import NotesField
from schoolbell.web.office.forms import OfficeForm
from schoolbell.web.office.frame import address, come_in, go, show
from schoolbell.web.office.listing import id_of, with_
from schoolbell.web.office.people_choice import CLIENTS, STUDENTS, PersonChoice
from schoolbell.web.once import done_once, form_key, used
from schoolbell.web.plain_forms import whole_number
from schoolbell.web.public.beside import ProductsForm, products_form
from schoolbell.web.public.forms import SlotsForm, Typed
from schoolbell.web.public.paying import due_while_held
from schoolbell.web.public.prices import explained
from schoolbell.web.public.target import Target, find_target
from schoolbell.web.templatetags.fields import Choice
from schoolbell.web.templatetags.words import when

WAYS: Final = (
    ("desk", gettext_lazy("At the desk"), "coins"),
    ("transfer", gettext_lazy("Bank transfer"), "landmark"),
    ("card", gettext_lazy("By card, from their own page"), "credit-card"),
)


class BookForm(OfficeForm):
    student = PersonChoice(
        STUDENTS, label=gettext_lazy("Who learns"), error_messages={"required": gettext_lazy("Choose who learns.")}
    )

    def __init__(self, *args: Any, target: Target, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["student"].of(target.wish.school)  # type: ignore[attr-defined]
        if target.may_be_named_later:
            self._offer_unnamed(target)
        self.fields["notes"] = NotesField(
            label=_("Anything to know?"), help_text=_("The family and whoever teaches read it too.")
        )
        if ways := _ways_to_pay(target):
            self.fields["pay_with"] = forms.ChoiceField(
                label=_("How it will be paid"), choices=ways, widget=forms.RadioSelect, initial=ways[0][0]
            )

    def _offer_unnamed(self, target: Target) -> None:
        self.fields["student"].required = False
        client = PersonChoice(
            CLIENTS, required=False, label=_("Or who names a student later"),
            help_text=_("An employer, say: the seats are kept, and named on their bookings."),
        )  # fmt: skip
        client.of(target.wish.school)
        self.fields["client"] = client
        self.fields["seats"] = whole_number(_("So many seats"), 1, target.most_seats, initial=1, required=False)
        self.order_fields(["student", "client", "seats"])

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if "client" in self.fields and not self.errors:
            if said["student"] and said["client"]:
                self.add_error("client", _("Choose one of the two: a student, or who names one later."))
            elif not said["student"] and not said["client"]:
                self.add_error("student", _("Choose who learns."))
        return said

    @property
    def booked_for(self) -> str:
        said = self.cleaned_data
        return str((said["student"] or said["client"]).person.name)


def _ways_to_pay(target: Target) -> list[tuple[str, Choice]]:
    """Each with how long it is held; none where it is confirmed at once."""
    ways = []
    for name, words, icon in WAYS:
        until = target.quote(seats=1, pay_with=name).each.hold_expires_at
        if until is None:
            return []
        held = _("Held until %s.") % when(until, target.wish.school.zone)
        ways.append((name, Choice(str(words), held, icon=icon)))
    return ways


@require_http_methods(["GET", "HEAD", "POST"])
def new_booking(request: HttpRequest, slug: str) -> HttpResponse:
    """`?session=`, or `?course=&starts_at=&instructor=`; and `student`, `trial`."""
    visit = come_in(request, slug)
    target = find_target(visit.school, request.POST if request.method == "POST" else request.GET)
    if request.method != "POST":
        form = BookForm(target=target, initial={"student": id_of(request, "student")})
        return _page(visit, target, form, _slots(target), refusal=_why_not(visit, target))
    form, slots = BookForm(request.POST, target=target), _slots(target, Typed(request.POST))
    products = products_form(visit.school, Typed(request.POST))
    if not (form.is_valid() & (slots is None or slots.is_valid()) & (products is None or products.is_valid())):
        return _page(visit, target, form, slots, status=422)
    try:
        order_id = done_once(
            visit.school, request, key=request.POST.get("key", ""), act=lambda: _order(visit, target, form, products)
        )
    except InputRefused as refused:
        form.refuse(refused)
        return _page(visit, target, form, slots, status=422)
    except KeyReused:
        used(request, target.name)
        form.add_error(None, _("This was sent before, with something else in it. Look among the bookings first."))
        return _page(visit, target, form, slots, status=409)
    except Refusal as refusal:
        return _page(visit, target, form, slots, refusal=refusal, status=refusal.status)
    used(request, target.name)
    booking = Booking.objects.of(visit.school).filter(order_lines__order_id=order_id).order_by("id")[0]
    messages.success(request, _("Booked for %s.") % form.booked_for)
    return go(visit, f"bookings/{booking.pk}/")


def _why_not(visit: Visit, target: Target) -> Refusal | None:
    """Why it cannot be booked any more. Raises Http404 where there is no such thing."""
    try:
        target.require_bookable(by=visit.actor)
    except NotFound:
        raise Http404 from None
    except Refusal as refusal:
        return refusal
    return None


def _slots(target: Target, typed: Typed | None = None) -> SlotsForm | None:
    return SlotsForm(typed, target=target, where=target.wish.school.zone) if target.choices else None


def _order(visit: Visit, target: Target, form: BookForm, products: ProductsForm | None) -> UUID:
    party, said = _party(form), form.cleaned_data
    order = check_out(
        target.wish,
        party,
        pay_with=said.get("pay_with", "desk"),
        by=visit.actor,
        notes=said["notes"],
        products=products.wishes if products else [],
    )
    made: UUID = order.pk
    return made


def _party(form: BookForm) -> Party:
    said = form.cleaned_data
    if said["student"]:
        return Party(payer_of(said["student"]), [said["student"]])
    payer = Client.objects.select_related("school", "person").get(
        id=said["client"].pk, school_id=said["client"].school_id
    )
    return Party(payer, [NamedLater()] * (said["seats"] or 1), relationship="employer")


def _page(
    visit: Visit,
    target: Target,
    form: BookForm,
    slots: SlotsForm | None,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    typed = Typed(visit.request.POST) if visit.request.method == "POST" else None
    products = products_form(visit.school, typed)
    quote, wish = target.quote(seats=1, products=products.wishes if products else ()), target.wish
    query = visit.request.GET
    kinds = [(_("Another lesson"), "", not wish.trial), (_("First lesson"), "1", wish.trial)]
    context = {
        "target": target,
        "course": wish.course,
        "form": form,
        "slots": slots,
        "products": products,
        "key": form_key(visit.request, target.name),
        "quote": quote,
        "lines": explained(quote, wish.course, visit.school, trial=wish.trial),
        "due": due_while_held(quote, visit.school),
        "kinds": [
            {"words": words, "href": with_(query, trial=trial), "is_current": is_current}
            for words, trial, is_current in kinds
        ]
        if wish.course.trial_price is not None and visit.request.method != "POST"
        else [],
        "refusal": refusal,
        "back": _back(visit, target, form),
    }
    return show(visit, "booking_new", "bookings", context, status=status)


def _back(visit: Visit, target: Target, form: BookForm) -> str:
    """To the free times of that course on that day, for that student."""
    day = local_day(target.wish.during.starts_at, visit.school.zone)
    asked = {"course": target.wish.course.pk, "student": form["student"].value() or "", "first_day": day}
    return address(visit, f"find/?{urlencode(asked)}")

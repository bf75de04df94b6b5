"""`/office/products/`: what is sold beside the lessons, what waits to be paid or fetched, and the acts on it."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schoolbell.billing.models import OrderLine, ProductLine
from schoolbell.billing.payments import Attempt, pay
from schoolbell.billing.products import cancel_product, hand_over
from schoolbell.billing.queries import lines_waiting
from schoolbell.catalogue.models import Product
from schoolbell.catalogue.products import ProductValues, add_product, change_product
from schoolbell.kit.money import Money
from schoolbell.kit.refusals import InputRefused, Refusal
from schoolbell.schools.rows import SchoolRows
from schoolbell.web.entry import Visit
from schoolbell.web.office.forms import MoneyField, long_text
from schoolbell.web.office.frame import address, come_in, find, find_to_change, go, show
from schoolbell.web.office.known import KnownForm
from schoolbell.web.office.listing import listing, text_of
from schoolbell.web.once import once
from schoolbell.web.plain_forms import percent

PAYING: Final = {
    "cash": gettext_lazy("Paid in cash"),
    "card": gettext_lazy("Paid by card"),
    "transfer": gettext_lazy("Paid by transfer"),
}
MOST_WAITING: Final = 50


class ProductForm(KnownForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        error_messages={"required": gettext_lazy("Give the product a name.")},
    )
    description = long_text(gettext_lazy("What it is"), rows=3, required=False)
    tax_percent = percent(gettext_lazy("Tax in the price, in percent"))
    is_active = forms.BooleanField(label=gettext_lazy("On sale"), required=False, initial=True)

    def __init__(self, *args: Any, currency: str, **more: Any) -> None:
        self.is_known = "initial" in more
        super().__init__(*args, **more)
        self.fields["price"] = MoneyField(currency, label=_("Price, tax included"))
        self.order_fields(["name", "description", "price", "tax_percent", "is_active"])

    def values(self) -> ProductValues:
        said = self.cleaned_data
        return ProductValues(
            said["name"], said["price"], said["description"], int(said["tax_percent"] * 100), said["is_active"]
        )


@require_safe
def product_list(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    currency = visit.school.currency
    found = listing(request, Product.objects.of(visit.school).order_by("-is_active", "name", "id"))
    text = text_of(request)
    waiting = list(
        lines_waiting(visit.school, text)
        .select_related("product", "order", "student__person")
        .annotate(booking_id=Subquery(_lessons_beside().values("booking_id")[:1]))
        .order_by("id")[: MOST_WAITING + 1]
    )
    context = {
        "list": found,
        "products": [(one, Money(one.price, currency)) for one in found.items],
        "text": text,
        "waiting": [(line, Money(line.total, currency)) for line in waiting[:MOST_WAITING]],
        "has_more": len(waiting) > MOST_WAITING,
        "paying": PAYING,
    }
    return show(visit, "products", "courses", context)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def new_product(request: HttpRequest, slug: str) -> HttpResponse:
    visit = come_in(request, slug)
    form = ProductForm(request.POST or None, currency=visit.school.currency)

    def act(values: ProductValues) -> Product:
        return add_product(visit.school, values, by=visit.actor)

    return _form(visit, form, act, title=_("New product"), do=_("Add the product"), done=_("%(name)s is added."))


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def edit_product(request: HttpRequest, slug: str, product_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    product = find_to_change(request, Product.objects.of(visit.school), product_id)
    initial = {name: getattr(product, name) for name in ("name", "description", "price", "is_active")}
    form = ProductForm(
        request.POST or None, currency=visit.school.currency, initial=initial | {"tax_percent": product.tax_rate / 100}
    )

    def act(values: ProductValues) -> Product:
        return change_product(product, values, by=visit.actor)

    return _form(visit, form, act, title=product.name, do=_("Save"), done=_("%(name)s is saved."))


def _form(
    visit: Visit, form: ProductForm, act: Callable[[ProductValues], Product], *, title: str, do: str, done: str
) -> HttpResponse:
    if form.is_valid():
        try:
            made = act(form.values())
        except InputRefused as refused:
            form.refuse(refused)
        else:
            messages.success(visit.request, done % {"name": made.name})
            return go(visit, "products/")
    context = {
        "form": form,
        "title": title,
        "sentence": _("What is ordered keeps the price that it was ordered at."),
        "do": do,
        "back": address(visit, "products/"),
    }
    return show(visit, "form", "courses", context, status=422 if form.is_bound else 200)


@require_POST
@once
def product_act(request: HttpRequest, slug: str, line_id: UUID, act: str) -> HttpResponse:
    """Record the money, hand it over, or take it off the order."""
    visit = come_in(request, slug)
    lines = ProductLine.objects.of(visit.school).select_related("order", "product")
    line = find(lines.annotate(booking_id=Subquery(_lessons_beside().values("booking_id")[:1])), line_id)
    back = "products/"
    if line.booking_id and (request.POST.get("booking") or act in PAYING):
        back = f"bookings/{line.booking_id}/"
    try:
        if act == "hand-over":
            hand_over(line, by=visit.actor)
            words = _("%(name)s is handed over.")
        elif act == "cancel":
            cancel_product(line, by=visit.actor)
            words = _("%(name)s is taken off the order. What was paid for it is the client’s credit.")
        elif line.booking_id:
            messages.info(request, _("It is on one order with a lesson. Write the money down here, for both."))
            return go(visit, back)
        else:
            pay(line.order, Attempt("desk", act), by=visit.actor)
            words = _("%(name)s is paid.")
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words % {"name": line.product.name})
    return go(visit, back)


def _lessons_beside() -> SchoolRows[OrderLine]:
    """Of the order of a line: it is paid together with them."""
    lessons = OrderLine.objects.filter(school_id=OuterRef("school_id"), order_id=OuterRef("order_id"))
    return lessons.order_by("id")

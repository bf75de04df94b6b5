"""`/s/{school}/products/{id}/`: what it is, for whom, and the order of it; and that order, which is paid there."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from schoolbell.access.answers import KeyReused
from schoolbell.billing.gateways.demo import SUCCEEDS
from schoolbell.billing.models import Order, Payment, ProductLine
from schoolbell.billing.payments import Attempt, pay, takes_cards, usable
from schoolbell.billing.product_orders import ProductOrderSummary, product_orders_of
from schoolbell.billing.products import cancel_product, order_products
from schoolbell.billing.wishes import ProductWish
from schoolbell.bookings.parties import Named, find_or_add
from schoolbell.catalogue.models import Product
from schoolbell.catalogue.products import products_on_offer
from schoolbell.kit.money import Money
from schoolbell.kit.refusals import Refusal
from schoolbell.people.models import Student
from schoolbell.schools.policies import PayWith
from schoolbell.web.entry import Visit, enter
from schoolbell.web.once import done_once, form_key, made_before, used
from schoolbell.web.plain_forms import PlainForm
from schoolbell.web.public.addresses import order_href, product_href
from schoolbell.web.public.forms import MOST_LETTERS, new_person, quantity_field, whole_name
from schoolbell.web.public.frame import show
from schoolbell.web.public.learners import learners_of
from schoolbell.web.public.only_clients import is_turned_away, turn_away
from schoolbell.web.public.own import find_order, holds_in_the_way, link_to, remember
from schoolbell.web.public.pay import cards
from schoolbell.web.public.prices import PriceLine, tax_lines


class OrderForm(PlainForm):
    """How many, and for whom: one of those whom the client answers for; or a guest says who they are."""

    quantity = quantity_field(gettext_lazy("How many?"))
    student = forms.ChoiceField(label=gettext_lazy("For whom?"), error_messages={"required": gettext_lazy("Choose.")})
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=2 * MOST_LETTERS,
        error_messages={"required": gettext_lazy("Say who you are.")},
    )
    email = forms.EmailField(
        max_length=254,
        label=gettext_lazy("E-mail"),
        error_messages={
            "required": gettext_lazy("Give an e-mail address, so that the school can reach you."),
            "invalid": gettext_lazy("This address looks unfinished. It has an @, and after that a place."),
        },
    )

    def __init__(self, data: Any, *, students: list[Student]) -> None:
        super().__init__(data)
        if not students:
            del self.fields["student"]
            return
        del self.fields["name"], self.fields["email"]
        choice = self.fields["student"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(str(one.pk), one.person.name) for one in students]

    def clean_name(self) -> str:
        return whole_name(self.cleaned_data["name"])

    def named(self) -> Named:
        said = self.cleaned_data
        if "student" in said:
            return Named(UUID(said["student"]))
        return Named(new_person(said["name"], email=said["email"]))


@require_http_methods(["GET", "HEAD", "POST"])
def product_page(request: HttpRequest, slug: str, product_id: UUID) -> HttpResponse:
    visit = enter(request, slug)
    product = products_on_offer(visit.school).filter(id=product_id).first()
    if product is None:
        raise Http404
    form = OrderForm(request.POST if request.method == "POST" else None, students=learners_of(visit))
    if request.method != "POST":
        return _page(visit, product, form)
    if is_turned_away(visit):
        return turn_away(visit)
    if not form.is_valid():
        return _page(visit, product, form, status=422)
    return _order(visit, product, form)


def _order(visit: Visit, product: Product, form: OrderForm) -> HttpResponse:
    def act() -> UUID:
        with transaction.atomic():
            pair = find_or_add(form.named(), school=visit.school, by=visit.actor)
            placed = order_products(
                [ProductWish(product, form.cleaned_data["quantity"])],
                school=visit.school,
                student=pair.student,
                client=pair.client,
                pay_with=usable(visit.school.policies.ways_to_pay)[0],
                by=visit.actor,
            )
            made: UUID = placed.pk
            return made

    about = f"product {product.pk}"
    try:
        order_id = done_once(visit.school, visit.request, key=visit.request.POST.get("key", ""), act=act)
    except KeyReused:
        return _ordered_before(visit, product)
    except Refusal as refusal:
        return _page(visit, product, form, refusal=refusal, status=refusal.status)
    used(visit.request, about)
    remember(visit.request, order_id)
    return HttpResponseRedirect(order_href(visit.school, order_id))


def _ordered_before(visit: Visit, product: Product) -> HttpResponse:
    """Another window has sent this form already, with something else in it."""
    order_id = made_before(visit.school, visit.request, key=visit.request.POST.get("key", ""))
    used(visit.request, f"product {product.pk}")
    context = {
        "href": order_href(visit.school, order_id) if order_id else "",
        "here": product_href(visit.school, product.pk),
    }
    return show(visit, "web/public/ordered_before.html", context, status=409)


def _page(
    visit: Visit, product: Product, form: OrderForm, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "product": product,
        "price": Money(product.price, visit.school.currency),
        "form": form,
        "refusal": refusal,
        "key": form_key(visit.request, f"product {product.pk}"),
        "here": product_href(visit.school, product.pk),
    } | holds_in_the_way(visit, refusal)
    return show(visit, "web/public/product.html", context, status=status)


class CardForm(PlainForm):
    """Which of the pretend cards."""

    card = forms.ChoiceField(label=gettext_lazy("Which card?"), widget=forms.RadioSelect)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        choice = self.fields["card"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = cards()
        choice.initial = SUCCEEDS


def show_product_order(
    visit: Visit, order: Order, *, form: CardForm | None = None, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    """An order of products as it stands, and the way to pay it."""
    (summary,) = product_orders_of([order])
    currency = visit.school.currency
    last = summary.last_payment
    context = {
        "summary": summary,
        "order": order,
        "lessons": summary.lessons,
        "rows": [{"line": line, "state": _states()[line.status]} for line in summary.lines],
        "lines": [
            *(PriceLine(f"{one.quantity} × {one.product.name}", Money(one.total, currency)) for one in summary.lines),
            *tax_lines(summary.total, summary.taxes, visit.school),
        ],
        "total": Money(summary.total, currency),
        "open": Money(summary.still_open, currency),
        "form": form or CardForm(None),
        "takes_cards": takes_cards(),
        "policies": visit.school.policies,
        "other_ways": set(visit.school.policies.ways_to_pay) - {PayWith.CARD},
        "hold_is_short": summary.hold_is_short(visit.school.policies_as_of(order.created_at)),
        "failed": last if last and last.status == Payment.Status.FAILED else None,
        "key": _key(summary),
        "refusal": refusal,
        "link": link_to(visit, order),
        "my_orders": f"/s/{visit.school.slug}/my/orders/" if order.client.person_id == visit.actor.me else "",
        "pay_href": order_href(visit.school, order.pk, "pay-products"),
        "cancel_href": order_href(visit.school, order.pk, "cancel-products"),
    }
    return show(visit, "web/public/product_order.html", context, status=status)


def _states() -> dict[str, str]:
    return {
        ProductLine.Status.ORDERED: _("not paid yet"),
        ProductLine.Status.PAID: _("paid, ready for you"),
        ProductLine.Status.HANDED_OVER: _("handed over"),
        ProductLine.Status.CANCELLED: _("cancelled"),
    }


def _key(summary: ProductOrderSummary) -> str:
    """The same in every window that shows this order at this point; another one after each attempt."""
    return f"pay {summary.order.pk} {len(summary.payments)}"


@require_POST
def pay_products(request: HttpRequest, slug: str, order_id: UUID) -> HttpResponse:
    visit = enter(request, slug)
    order = find_order(visit, order_id)
    form = CardForm(request.POST)
    if not form.is_valid():
        return show_product_order(visit, order, form=form, status=422)
    (summary,) = product_orders_of([order])
    attempt = Attempt("demo", "card", summary.still_open, form.cleaned_data["card"])
    try:
        done_once(
            visit.school,
            request,
            key=request.POST.get("key", ""),
            act=lambda: pay(order, attempt, by=visit.actor).pk,
            may_repeat=False,  # a gateway may have taken money by then
        )
    except (KeyReused, Refusal):
        # Paid meanwhile, or under way, or over: the order's own page says which.
        return HttpResponseRedirect(order_href(visit.school, order_id))
    return HttpResponseRedirect(order_href(visit.school, order_id))


@require_POST
def cancel_products(request: HttpRequest, slug: str, order_id: UUID) -> HttpResponse:
    """What is not paid yet is not wanted any more: all of it, or one `line`."""
    visit = enter(request, slug)
    order = find_order(visit, order_id)
    (summary,) = product_orders_of([order])
    only = request.POST.get("line", "")
    try:
        with transaction.atomic():
            for line in summary.lines:
                if line.status == ProductLine.Status.ORDERED and only in ("", str(line.pk)):
                    line.order = order
                    cancel_product(line, by=visit.actor)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(order_href(visit.school, order_id))

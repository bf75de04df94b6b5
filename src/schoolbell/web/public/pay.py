"""`/s/{school}/orders/{id}/pay`: a pretend card, and what comes of it. What is asked for is paid once."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from schoolbell.access.answers import KeyReused
from schoolbell.billing.credit import unused_credit
from schoolbell.billing.gateways.credit import Credit
from schoolbell.billing.gateways.demo import FAILS, STAYS_PENDING, SUCCEEDS
from schoolbell.billing.ledger import CREDIT
from schoolbell.billing.models import Order, Payment
from schoolbell.billing.payments import Attempt, pay, takes_cards
from schoolbell.billing.shares import payable_part
from schoolbell.billing.summaries import OrderSummary, Stage, summary_of
from schoolbell.kit.money import Money
from schoolbell.kit.refusals import Refusal
from schoolbell.web.entry import Visit, enter
from schoolbell.web.once import done_once
from schoolbell.web.plain_forms import PlainForm
from schoolbell.web.public.addresses import order_href
from schoolbell.web.public.frame import show
from schoolbell.web.public.own import find_order
from schoolbell.web.public.prices import PriceLine, product_lines, seats_words, tax_lines
from schoolbell.web.templatetags.fields import Choice
from schoolbell.web.templatetags.words import money

DEPOSIT, WHOLE = "deposit", "whole"


class CardForm(PlainForm):
    """Which of the pretend cards, or one's own credit, and how much."""

    card = forms.ChoiceField(label=gettext_lazy("Which card?"), widget=forms.RadioSelect)
    amount = forms.ChoiceField(label=gettext_lazy("How much?"), widget=forms.RadioSelect, required=False)

    def __init__(self, data: Any, *, summary: OrderSummary, whole: bool, credit: int = 0) -> None:
        first = CREDIT if credit else SUCCEEDS
        super().__init__(data, initial={"amount": WHOLE if whole else DEPOSIT, "card": first})
        self.summary = summary
        self.credit = credit
        currency = summary.course.school.currency
        self._choose("card", [*self._own_credit(currency), *cards()])
        if credit:
            self.fields["card"].label = _("Credit, or which card?")
        if summary.due_now == summary.still_open:
            del self.fields["amount"]
            return
        deposit, all_of_it = (money(Money(one, currency)) for one in (summary.due_now, summary.still_open))
        self._choose(
            "amount",
            [
                (DEPOSIT, Choice(_first_part(summary), _("The rest by the lesson."), deposit)),
                (WHOLE, Choice(_("All of it"), _("Nothing more to do."), all_of_it)),
            ],
        )

    def _choose(self, name: str, choices: list[tuple[str, Choice]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _own_credit(self, currency: str) -> list[tuple[str, Choice]]:
        if not self.credit:
            return []
        if self.credit < self.summary.due_now:
            words = _("It pays a part. The rest is asked for next.")
        else:
            words = _("Nothing is taken from a card.")
        return [(CREDIT, Choice(_("Your credit"), words, money(Money(self.credit, currency)), icon="wallet"))]

    @property
    def asked(self) -> int:
        whole = self.cleaned_data.get("amount") == WHOLE
        return self.summary.still_open if whole else self.summary.due_now

    def attempt(self, request_id: UUID | None) -> Attempt:
        """Of credit no more than there is, and than the order can take."""
        card = self.cleaned_data["card"]
        if card == CREDIT:
            return Attempt(Credit.name, CREDIT, min(self.asked, self.credit), request_id=request_id)
        return Attempt("demo", "card", self.asked, card, request_id)


def _first_part(summary: OrderSummary) -> str:
    return _("The deposit, and what you take home") if summary.kept_products else _("The deposit")


def cards() -> list[tuple[str, Choice]]:
    """The pretend cards, by what their bank says. None where nobody may pretend."""
    if not takes_cards():
        return []
    return [
        (SUCCEEDS, Choice(_("Card ending 4242"), _("The payment succeeds."), icon="credit-card")),
        (FAILS, Choice(_("Card ending 0002"), _("The bank declines it."), icon="credit-card")),
        (STAYS_PENDING, Choice(_("Card ending 3220"), _("The bank takes its time to answer."), icon="credit-card")),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def pay_page(request: HttpRequest, slug: str, order_id: UUID) -> HttpResponse:
    visit = enter(request, slug)
    order = find_order(visit, order_id)
    summary = summary_of(order)
    if request.method == "POST" and request.POST.get("key") != _key(summary):
        # An older form: it was sent before, or another window was quicker. Answer what was done then, if anything.
        return _pay(visit, order, summary)
    if summary.stage not in (Stage.HELD, Stage.CONFIRMED) or summary.still_open <= 0:
        return HttpResponseRedirect(order_href(visit.school, order_id))
    if not can_pay_here(visit, summary):
        return HttpResponseRedirect(order_href(visit.school, order_id))
    return _pay(visit, order, summary) if request.method == "POST" else _page(visit, summary)


def can_pay_here(visit: Visit, summary: OrderSummary) -> bool:
    """By card, or from the credit that the client has."""
    return takes_cards() or _credit(visit, summary) > 0


def _key(summary: OrderSummary) -> str:
    """The same in every window that shows this order at this point; another one after each attempt."""
    return f"pay {summary.order.pk} {len(summary.payments)}"


def _page(
    visit: Visit,
    summary: OrderSummary,
    *,
    form: CardForm | None = None,
    status: int = 200,
) -> HttpResponse:
    school = visit.school
    form = form or CardForm(None, summary=summary, whole="whole" in visit.request.GET, credit=_credit(visit, summary))
    currency = school.currency
    last = summary.last_payment
    due = [PriceLine(_("To pay now"), Money(summary.due_now, currency))]
    if summary.still_open > summary.due_now:
        due.append(PriceLine(_("By the lesson"), Money(summary.still_open - summary.due_now, currency)))
    one = _("First lesson") if summary.is_trial else summary.course.name
    words = f"{summary.course.name}, {seats_words(len(summary.living))}" if len(summary.living) > 1 else ""
    context = {
        "summary": summary,
        "order": summary.order,
        "course": summary.course,
        "policies": summary.agreed,
        "form": form,
        "pretends": takes_cards(),
        "key": _key(summary),
        "request_id": summary.request.pk if summary.request else "",
        "failed": last if last and last.status == Payment.Status.FAILED else None,
        "lines": [
            PriceLine(words or one, Money(summary.of_lessons, currency)),
            *product_lines(summary.kept_products, school),
            *tax_lines(summary.total, summary.taxes, school),
        ],
        "total": Money(summary.total, currency),
        "due": due,
        "due_now": Money(summary.due_now, currency),
        "held": seats_words(len(summary.living)) if summary.session.capacity > 1 else _("this time"),
        "hold_is_short": summary.hold_is_short,
        "order_href": order_href(school, summary.order.pk),
    }
    return show(visit, "web/public/pay.html", context, status=status)


def _pay(visit: Visit, order: Order, summary: OrderSummary) -> HttpResponse:
    asked = visit.request.POST
    form = CardForm(asked, summary=summary, whole=False, credit=_credit(visit, summary))
    if not form.is_valid():
        return _page(visit, summary, form=form, status=422)
    attempt = form.attempt(_id(asked.get("request", "")))
    here = order_href(visit.school, order.pk)
    try:
        payment_id = done_once(
            visit.school,
            visit.request,
            key=asked.get("key", ""),
            act=lambda: pay(order, attempt, by=visit.actor).pk,
            may_repeat=False,  # a gateway may have taken money by then
        )
    except (KeyReused, Refusal):
        # Paid meanwhile, or under way, or over: the order's own page says which.
        return HttpResponseRedirect(here)
    failed = Payment.objects.of(visit.school).filter(id=payment_id, status=Payment.Status.FAILED).exists()
    is_part = attempt.amount is not None and attempt.amount < form.asked
    return HttpResponseRedirect(order_href(visit.school, order.pk, "pay") if failed or is_part else here)


def _credit(visit: Visit, summary: OrderSummary) -> int:
    """What the client has with the school; nobody else who has the order's link sees it."""
    client = summary.order.client
    if client.person_id != visit.actor.me:
        return 0
    unused = unused_credit(client, order=summary.order)
    is_enough = unused >= summary.still_open
    return unused if is_enough or not summary.kept_products else payable_part(summary.order, unused)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

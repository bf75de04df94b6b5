"""`/s/{school}/book/`: who is coming, who pays, and how. What is typed stays, whatever happens."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from schoolbell.access.answers import KeyReused
from schoolbell.billing.checkout import Party, check_out
from schoolbell.billing.credit import unused_credit
from schoolbell.billing.wishes import ProductWish
from schoolbell.bookings.refusals import (
    AgeNotAllowed,
    AlreadyBooked,
    StudentNotActive,
    TooManyHolds,
    TrialAlreadyTaken,
)
from schoolbell.kit.refusals import NotFound, NotSignedIn, Refusal
from schoolbell.people.models import Client, Student
from schoolbell.people.queries import clients_seen_by, payer_for
from schoolbell.schools.actor import Role
from schoolbell.web.entry import Visit, enter
from schoolbell.web.once import done_once, form_key, made_before, used
from schoolbell.web.public.addresses import order_href
from schoolbell.web.public.beside import ProductsForm, products_form
from schoolbell.web.public.forms import (
    ME,
    STAFF,
    NotesForm,
    PayForm,
    SeatForm,
    SlotsForm,
    TermsForm,
    Typed,
    TypedForm,
    WhoForm,
    asks_for_age,
    number_of_seats,
    party,
    party_of,
)
from schoolbell.web.public.frame import show, zone_of
from schoolbell.web.public.learners import learners_of
from schoolbell.web.public.only_clients import is_turned_away, turn_away
from schoolbell.web.public.own import open_orders_of, remember
from schoolbell.web.public.paying import CARD, DEPOSIT, hold_of, ways_to_pay
from schoolbell.web.public.prices import due, explained, seats_words
from schoolbell.web.public.students import StudentsForm
from schoolbell.web.public.target import MOST_SEATS, Other, Target, find_target
from schoolbell.web.zones import zone_choices


@dataclass(frozen=True, slots=True)
class Forms:
    """The parts of the form. A guest fills in `who`; a client chooses among `students`; both may name new people."""

    slots: SlotsForm | None
    who: WhoForm | None
    students: StudentsForm | None
    seats: Sequence[SeatForm]
    pay: PayForm | None
    terms: TermsForm | None = None
    products: ProductsForm | None = None
    notes: NotesForm | None = None

    @property
    def new_people(self) -> Sequence[SeatForm]:
        """The rows that count: none when somebody books for themselves, or one seat is for somebody known."""
        if self.who and self.who.chosen == ME:
            return ()
        return () if self.students and self.students.is_one and not self.students.is_new else self.seats

    @property
    def may_add(self) -> bool:
        """There may be rows for several new people."""
        return not (self.students and self.students.is_one)

    @property
    def is_counted_anew(self) -> bool:
        """Is there anything in it that changes the sum without a seat more or less?"""
        return bool(self.slots or self.students or self.products or (self.who and len(self.who["for_whom"]) > 1))

    @property
    def number(self) -> int:
        chosen = len(self.students.chosen) if self.students else 0
        return max(chosen + len(self.new_people), 1)

    @property
    def wishes(self) -> list[ProductWish]:
        return self.products.wishes if self.products else []

    @property
    def all(self) -> list[TypedForm]:
        return [
            form
            for form in (
                self.slots,
                self.who,
                self.students,
                *self.new_people,
                self.products,
                self.notes,
                self.pay,
                self.terms,
            )
            if form is not None
        ]

    def are_valid(self) -> bool:
        mistaken = [form for form in self.all if not form.is_valid()]  # every one is asked, so that all is told at once
        if mistaken or self._names_twice():
            return False
        if self.students and not self.students.is_one and not self.students.chosen and not self.seats:
            self.students.add_error("students", _("Choose who is coming, or add somebody."))
            return False
        return True

    def _names_twice(self) -> bool:
        """Somebody stands in the order twice, by mistake as it seems: it is told beside the second."""
        known = self.students.chosen if self.students else []
        said = {(one.person.name.casefold(), one.person.birth_date) for one in known}
        twice = False
        for seat in self.new_people:
            if seat.is_later:
                continue
            who = (seat.cleaned_data["name"].casefold(), seat.cleaned_data.get("born_on"))
            if who in said:
                seat.add_error("name", _("This name is in the order twice. If these are two people, add an initial."))
                twice = True
            said.add(who)
        return twice


@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, slug: str) -> HttpResponse:
    visit = enter(request, slug)
    if is_turned_away(visit):
        return turn_away(visit)
    if request.method != "POST":
        target = find_target(visit.school, request.GET)
        try:
            target.require_bookable(by=visit.actor)
        except NotFound:
            raise Http404 from None
        except Refusal as refusal:
            return _gone(visit, target, refusal)
        return _page(visit, target, _forms(visit, target, None))
    asked = request.POST
    if instead := asked.get("instead"):
        pairs = (pair.partition("=") for pair in instead.split("|"))
        target = find_target(visit.school, {name: value for name, _sign, value in pairs})
    else:
        target = find_target(visit.school, asked)
    forms = _forms(visit, target, Typed(asked, sent=not instead and "do" not in asked))
    if instead or "do" in asked:
        return _page(visit, target, forms)
    if not forms.are_valid():
        return _page(visit, target, forms, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _order(visit, target, forms)


def _forms(visit: Visit, target: Target, typed: Typed | None) -> Forms:
    """As they were typed so far, with a row more or less if that was asked for."""
    students, wanted = learners_of(visit), visit.request.GET.get("student", "")
    who = WhoForm(typed, target=target) if visit.actor.role == Role.GUEST else None
    chosen = StudentsForm(typed, students=students, target=target, wanted=wanted) if students else None
    rows = _rows(target, typed, least=0 if chosen and not chosen.is_one else 1)
    counts = who is None or who.chosen == STAFF
    seats = [
        SeatForm(typed, target=target, number=number, of=rows, counts_later=counts) for number in range(1, rows + 1)
    ]
    where = zone_of(visit, target.wish.course)
    slots = SlotsForm(typed, target=target, where=where) if target.choices else None
    so_far = Forms(slots, who, chosen, seats, None, products=products_form(visit.school, typed))
    ways = ways_to_pay(target, seats=so_far.number, where=where, products=so_far.wishes)
    terms = TermsForm(typed) if visit.school.terms else None
    pay = PayForm(typed, choices=ways) if ways else None
    return replace(so_far, pay=pay, terms=terms, notes=NotesForm(typed))


def _rows(target: Target, typed: Typed | None, *, least: int) -> int:
    """For so many new people there is a row: as many as there were, with one more or less if that was asked for."""
    if typed is None:
        return least
    most = MOST_SEATS if target.wish.session else 1  # also when fewer are left by now: nobody is left out unasked
    rows = max(number_of_seats(typed.data, most=most), least)
    if typed.data.get("do") == "add":
        return max(min(rows + 1, target.most_seats), rows)
    return max(rows - 1, least) if typed.data.get("do") == "drop" else rows


def _page(
    visit: Visit,
    target: Target,
    forms: Forms,
    *,
    status: int = HTTPStatus.OK,
    refusal: Refusal | None = None,
) -> HttpResponse:
    quote = target.quote(seats=forms.number, products=forms.wishes)
    wish = target.wish
    context = {
        "target": target,
        "wish": wish,
        "course": wish.course,
        "forms": forms,
        "key": form_key(visit.request, target.name),
        "quote": quote,
        "lines": explained(quote, wish.course, visit.school, trial=wish.trial),
        "due": due(quote, visit.school),
        "zones": zone_choices(visit.zone, visit.school.zone),
        "credit": _credit(visit) if forms.pay else 0,
        "seats_words": seats_words(forms.number),
        "asks_for_age": asks_for_age(wish.course),
        "recounts": forms.is_counted_anew,
        "may_add": forms.may_add and len(forms.seats) < target.most_seats,
        "refusal": refusal,
        "others": _others(target, forms) if refusal and not _is_about_people(refusal) else [],
        "is_about_people": refusal is not None and _is_about_people(refusal),
        "without_trial": isinstance(refusal, TrialAlreadyTaken),
        "open_orders": [(order, order_href(visit.school, order.pk)) for order in open_orders_of(visit)]
        if isinstance(refusal, TooManyHolds)
        else [],
    }
    return show(visit, "web/public/book.html", context, status=status)


def _credit(visit: Visit) -> int:
    """What the client who is signed in has with the school."""
    client = clients_seen_by(visit.actor, visit.school).first() if visit.actor.role == Role.CLIENT else None
    return unused_credit(client) if client else 0


def _others(target: Target, forms: Forms) -> list[Other]:
    """What there is instead; for one who is known, when they have nothing else."""
    known = forms.students.chosen if forms.students else []
    only = known[0] if len(known) == 1 and forms.number == 1 else None
    return target.others(seats=forms.number, student=only)


def _is_about_people(refusal: Refusal) -> bool:
    """Another time would not help."""
    return isinstance(refusal, (AgeNotAllowed, AlreadyBooked, StudentNotActive, TrialAlreadyTaken, TooManyHolds))


def _gone(visit: Visit, target: Target, refusal: Refusal) -> HttpResponse:
    """It cannot be booked any more: what else there is."""
    context = {"target": target, "course": target.wish.course, "refusal": refusal, "others": target.others()}
    return show(visit, "web/public/gone.html", context, status=refusal.status)


def _order(visit: Visit, target: Target, forms: Forms) -> HttpResponse:
    request, school, key = visit.request, visit.school, visit.request.POST.get("key", "")
    way = forms.pay.cleaned_data["pay_with"] if forms.pay else CARD

    def act() -> UUID:
        order_id: UUID = check_out(
            target.wish,
            _party(visit, forms),
            pay_with=hold_of(way),
            by=visit.actor,
            accepted_terms=school.terms if forms.terms else "",
            products=forms.wishes,
            notes=forms.notes.cleaned_data["notes"] if forms.notes else "",
        ).pk
        return order_id

    try:
        order_id = done_once(school, request, key=key, act=act)
    except KeyReused:
        return _booked_before(visit, target, made_before(school, request, key=key))
    except NotSignedIn:
        return turn_away(visit)
    except Refusal as refusal:
        return _page(visit, _anew(visit), forms, status=refusal.status, refusal=refusal)
    remember(request, order_id)
    used(request, target.name)
    if forms.pay and way in (CARD, DEPOSIT):
        whole = "1" if way == CARD and forms.pay.fields["pay_with"].choices[0][0] == DEPOSIT else ""  # type: ignore[attr-defined]
        return HttpResponseRedirect(order_href(school, order_id, "pay", whole=whole))
    return HttpResponseRedirect(order_href(school, order_id))


def _party(visit: Visit, forms: Forms) -> Party:
    if forms.who is not None:
        return party(forms.who, forms.new_people)
    students = forms.students.chosen if forms.students else []
    return party_of(_payer(visit, students), students, forms.new_people)


def _payer(visit: Visit, students: Sequence[Student]) -> Client:
    client = payer_for(visit.actor, visit.school, students)
    if client is None:
        raise Http404
    return client


def _anew(visit: Visit) -> Target:
    """The same, with as many seats as are left now, at the times that were chosen."""
    return find_target(visit.school, visit.request.POST)


def _booked_before(visit: Visit, target: Target, order_id: UUID | None) -> HttpResponse:
    """Another window has sent this form already, with something else in it."""
    used(visit.request, target.name)
    context = {"target": target, "href": order_href(visit.school, order_id) if order_id else ""}
    return show(visit, "web/public/booked_before.html", context, status=HTTPStatus.CONFLICT)

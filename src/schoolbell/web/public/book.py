"""`/s/{school}/book/`: who is coming, who pays, and how. What is typed stays, whatever happens."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from schoolbell.access.answers import KeyReused
from schoolbell.billing.checkout import Party, check_out
from schoolbell.billing.credit import unused_credit
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
from schoolbell.web.public.booked import booked_before
from schoolbell.web.public.booking_form import Forms, forms_of
from schoolbell.web.public.forms import Typed, asks_for_age, party, party_of
from schoolbell.web.public.frame import show, zone_of
from schoolbell.web.public.only_clients import is_turned_away, turn_away
from schoolbell.web.public.own import holds_in_the_way, remember
from schoolbell.web.public.paying import CARD, DEPOSIT, due_in, hold_of
from schoolbell.web.public.prices import explained, seats_words
from schoolbell.web.public.target import Other, Target, find_target
from schoolbell.web.public.terms import cancelling_words
from schoolbell.web.zones import zone_choices

NOT_TYPED: Final = frozenset({"csrfmiddlewaretoken", "key"})


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
        return _page(visit, target, forms_of(visit, target, None))
    asked = request.POST
    if instead := asked.get("instead"):
        pairs = (pair.partition("=") for pair in instead.split("|"))
        target = find_target(visit.school, {name: value for name, _sign, value in pairs})
    else:
        target = find_target(visit.school, asked)
    forms = forms_of(visit, target, Typed(asked, sent=not instead and "do" not in asked))
    if instead or "do" in asked:
        return _page(visit, target, forms)
    if not forms.are_valid():
        return _page(visit, target, forms, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _order(visit, target, forms)


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
        "is_free": not quote.total,
        "lines": explained(quote, wish.course, visit.school, trial=wish.trial),
        "due": due_in(forms.way_to_pay, quote, visit.school),
        "zones": zone_choices(visit.zone, visit.school.zone),
        "credit": _credit(visit) if forms.pay else 0,
        "seats_words": seats_words(forms.number),
        "asks_for_age": asks_for_age(wish.course),
        "cancelling_then": cancelling_words(
            min(one.starts_at for one in target.times),
            wish.course.policies,
            zone_of(visit, wish.course),
        ),
        "recounts": forms.is_counted_anew,
        "may_add": forms.may_add and len(forms.seats) < target.most_seats,
        "booked": booked_before(visit, target),
        "refusal": refusal,
        "others": _others(target, forms) if refusal and not _is_about_people(refusal) else [],
        "is_about_people": refusal is not None and _is_about_people(refusal),
        "without_trial": isinstance(refusal, TrialAlreadyTaken),
    } | holds_in_the_way(visit, refusal)
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
    """It cannot be booked any more, perhaps because they have it themselves: what else there is."""
    context = {
        "target": target,
        "course": target.wish.course,
        "booked": booked_before(visit, target),
        "refusal": refusal,
        "others": target.others(),
    }
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
    """Another window has sent this form already, with something else in it. What was typed here is kept, for a form
    that is looked at once more before it is sent."""
    used(visit.request, target.name)
    kept = [(name, value) for name, values in visit.request.POST.lists() if name not in NOT_TYPED for value in values]
    context = {"target": target, "href": order_href(visit.school, order_id) if order_id else "", "typed": kept}
    return show(visit, "web/public/booked_before.html", context, status=HTTPStatus.CONFLICT)

"""`/s/{school}/orders/{id}/`: what came of an order, and what is to be done next."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from schoolbell.access.answers import KeyReused
from schoolbell.billing.checkout import order_again, wish_of
from schoolbell.billing.dues import borne_for
from schoolbell.billing.models import ProductLine
from schoolbell.billing.payments import takes_cards, usable
from schoolbell.billing.refusals import NothingToRepeat
from schoolbell.billing.summaries import OrderSummary, Stage, summary_of
from schoolbell.bookings.cancelling import free_until as free_until_of
from schoolbell.bookings.notes import with_notes_to_change
from schoolbell.bookings.refusals import SessionFull
from schoolbell.diary.refusals import TimeTaken
from schoolbell.kit.calendar_file import MEDIA_TYPE, Event, calendar_file
from schoolbell.kit.money import Money
from schoolbell.kit.refusals import Refusal
from schoolbell.kit.time import now
from schoolbell.schools.policies import PayWith
from schoolbell.timetable.models import Resource
from schoolbell.web.entry import Visit, enter
from schoolbell.web.naming import may_be_named
from schoolbell.web.once import done_once
from schoolbell.web.public.addresses import order_href
from schoolbell.web.public.frame import show, zone_of
from schoolbell.web.public.own import find_order, has_link, link_to, remember
from schoolbell.web.public.pay import can_pay_here
from schoolbell.web.public.prices import PriceLine, number_word, product_lines, tax_lines
from schoolbell.web.public.products import show_product_order
from schoolbell.web.public.target import Target, fields_of, find_target
from schoolbell.web.public.terms import late_words
from schoolbell.web.templatetags.public import place_words
from schoolbell.web.templatetags.words import money, when

NOT_ON_ITS_WAY: Final = frozenset({Stage.HELD, Stage.CONFIRMED})  # nobody's bank is being waited for


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens next, and when."""

    title: str | Promise
    when: str
    words: str | Promise = ""
    icon: str = "check"
    is_yours: bool = False
    href: str = ""
    label: str | Promise = ""

    @property
    def kind(self) -> str:
        return "primary" if self.is_yours else "quiet"


@require_safe
def order_page(request: HttpRequest, slug: str, order_id: UUID) -> HttpResponse:
    visit = enter(request, slug)
    if "k" in request.GET:
        if not has_link(request, order_id):
            raise Http404
        remember(request, order_id)
        return HttpResponseRedirect(order_href(visit.school, order_id))
    return show_order(visit, order_id)


def show_order(
    visit: Visit, order_id: UUID, *, status: int = HTTPStatus.OK, refusal: Refusal | None = None
) -> HttpResponse:
    """The order as it stands; `refusal` is what was just refused."""
    order = find_order(visit, order_id)
    summary = summary_of(order)
    if not summary.lines or summary.outlives_its_lessons:
        return show_product_order(visit, order)
    school = visit.school
    context: dict[str, Any] = {
        "summary": summary,
        "order": summary.order,
        "course": summary.course,
        "policies": summary.agreed,
        "place": summary.session.resource,
        "facilities": _facilities(summary.session.resource),
        "number": number_word(len(summary.living) or len(summary.bookings)),
        "pay_href": order_href(school, order_id, "pay") if can_pay_here(visit, summary) else "",
        "takes_cards": takes_cards(),
        "calendar_href": order_href(school, order_id, "calendar.ics"),
        "again_href": order_href(school, order_id, "again"),
        "cancel_href": order_href(school, order_id, "cancel"),
        "name_href": order_href(school, order_id, "name/"),
        "notes_href": order_href(school, order_id, "notes") if _may_note(visit, summary) else "",
        "has_notes": any(one.notes for one in summary.bookings),
        "to_name": {one.pk for one in summary.living if may_be_named(one, by=visit.actor)},
        "leave_out_href": order_href(school, order_id, "cancel-products") if summary.stage in NOT_ON_ITS_WAY else "",
        "may_cancel": summary.may_be_cancelled(by=visit.actor),
        "link": link_to(visit, summary.order),
        "steps": _steps(visit, summary),
        "is_free": not summary.of_lessons,
        "money": _money(summary),
        "on_its_way": summary.on_its_way,
        "left": max(summary.still_open - summary.on_its_way, 0),
        "by_transfer": not summary.hold_is_short or not takes_cards(),
        "other_ways": set(summary.course.policies.ways_to_pay) - {PayWith.CARD},
        "refusal": refusal,
    }
    if summary.stage in (Stage.ENDED, Stage.CANCELLED):
        target = _target(visit, summary)
        in_the_way = _in_the_way(visit, target, summary) if target else None
        context |= {
            "target": target,
            "others": target.others(seats=len(summary.bookings)) if target else [],
            "can_repeat": target is not None and summary.stage == Stage.ENDED and in_the_way is None,
            "in_the_way": in_the_way,
            "is_taken": isinstance(in_the_way, (SessionFull, TimeTaken)),
        }
        return show(visit, "web/public/order_over.html", context, status=status)
    return show(visit, "web/public/order.html", context, status=status)


def _may_note(visit: Visit, summary: OrderSummary) -> bool:
    return bool(with_notes_to_change(summary.bookings, by=visit.actor))


def _target(visit: Visit, summary: OrderSummary) -> Target | None:
    """What to book in its place, if it can still be found."""
    try:
        return find_target(visit.school, fields_of(wish_of(summary.order)))
    except (Http404, NothingToRepeat):
        return None


def _in_the_way(visit: Visit, target: Target, summary: OrderSummary) -> Refusal | None:
    """Why the same cannot be booked again."""
    try:
        target.require_bookable(by=visit.actor)
    except Refusal as refusal:
        return refusal
    session = target.wish.session
    return SessionFull(session.pk) if session and target.seats_left < len(summary.bookings) else None


def _facilities(place: Resource | None) -> list[str]:
    """What a place has, in words: “step_free” is “Step free”."""
    if place is None or not isinstance(place.facilities, dict):
        return []
    return [str(name).replace("_", " ").capitalize() for name, has in place.facilities.items() if has]


def _steps(visit: Visit, summary: OrderSummary) -> list[Step]:
    """What happens next, by date, first what the visitor has to do."""
    steps = []
    where = zone_of(visit, summary.course)
    amount = money(Money(max(summary.still_open, 0), visit.school.currency))
    if summary.stage == Stage.CONFIRMED and summary.still_open > 0:
        steps.append(
            Step(
                _("Pay %s") % amount if not summary.paid else _("Pay the rest, %s") % amount,
                _("by the lesson"),
                _how_to_pay(summary),
                icon="credit-card" if takes_cards() else "coins",
                is_yours=True,
                href=order_href(visit.school, summary.order.pk, "pay") if can_pay_here(visit, summary) else "",
                label=_("Pay %s now") % amount,
            )
        )
    free_until = min((free_until_of(one) for one in summary.living), default=now())
    if summary.stage == Stage.CONFIRMED and free_until > now():
        steps.append(
            Step(
                _("Change your mind free of charge"),
                _("until %s") % when(free_until, where),
                late_words(summary.agreed.late_fee_percent if summary.of_lessons else 0),
                icon="undo-2",
                href=order_href(visit.school, summary.order.pk, "cancel"),
                label=_("Cancel the booking"),
            )
        )
    steps.append(_lesson_step(summary, where))
    if waiting := [one for one in summary.products if one.status == ProductLine.Status.PAID]:
        names = ", ".join(str(one.words) for one in product_lines(waiting, visit.school))
        steps.append(Step(_("Fetch what you take home"), _("whenever it suits you"), names, icon="book-open"))
    if years := summary.course.certification_validity_years:
        words = _("Valid for %d years.") % years
        steps.append(Step(_("Your certificate"), _("after the last day"), words, icon="award"))
    return steps


def _lesson_step(summary: OrderSummary, where: ZoneInfo) -> Step:
    """When it begins, with whom and where; the way into an online room once that is open."""
    title = _("The lesson begins") if len(summary.times) == 1 else _("The first day begins")
    icon = "video" if summary.course.delivery == "online" else "map-pin"
    open_now = [one for one in summary.lessons if one.room_at(now())]
    if not open_now:
        return Step(title, when(summary.times[0], where), _with_whom_and_where(summary), icon=icon)
    lesson = open_now[0]
    passcode = lesson.passcode_at(now())
    return Step(
        _("Your lesson is online"),
        when(lesson.during, where),
        _("The room is open. Passcode: %s.") % passcode if passcode else _("The room is open."),
        icon=icon,
        is_yours=True,
        href=lesson.room_at(now()),
        label=_("Join"),
    )


def _how_to_pay(summary: OrderSummary) -> str:
    at_school = PayWith.DESK in summary.course.policies.ways_to_pay
    if not takes_cards():
        return _("At the school.") if at_school else ""
    return _("By card here, or at the school.") if at_school else _("By card here.")


def _with_whom_and_where(summary: OrderSummary) -> str:
    """“With Grace Taylor. In the blue Corolla.”"""
    names = ", ".join(one.person.name for one in summary.staff)
    car = summary.session.resource if summary.course.delivery == "in_vehicle" else None
    said = (
        _("With %s.") % names if names else "",
        _("In %s.") % car.name if car else "",
        _where(summary),
    )
    return " ".join(filter(None, said))


def _where(summary: OrderSummary) -> str:
    place = summary.session.resource
    if summary.course.delivery == "online":
        has_room = place is not None and place.meeting_url
        return _("Online. The room opens on this page 15 minutes before.") if has_room else _("Online.")
    if place is None or summary.course.delivery == "in_vehicle":
        return ""
    return place_words(place)


def _money(summary: OrderSummary) -> list[PriceLine]:
    school = summary.course.school
    currency = school.currency
    lines = []
    if summary.kept_products:
        lines = [
            PriceLine(summary.course.name, Money(summary.of_lessons, currency)),
            *product_lines(summary.kept_products, school),
        ]
    lines.append(PriceLine(_("Total"), Money(summary.total, currency)))
    lines += tax_lines(summary.total, summary.taxes, school)
    if waived := sum(one.waived for one in borne_for(summary.bookings).values()):
        lines.append(PriceLine(_("Waived by the school"), Money(-waived, currency)))
    if summary.paid:
        lines.append(PriceLine(_("Paid"), Money(-summary.paid, currency)))
    return lines


@require_safe
def calendar(request: HttpRequest, slug: str, order_id: UUID) -> HttpResponse:
    """Every stretch of it as an event, for any calendar program."""
    visit = enter(request, slug)
    if has_link(request, order_id):
        remember(request, order_id)
    summary = summary_of(find_order(visit, order_id))
    if not summary.living:
        raise Http404
    events = [
        Event(
            uid=f"{summary.order.pk}-{place}@schoolbell",
            during=during,
            title=f"{summary.course.name}, {visit.school.name}",
            place=_("Online") if summary.course.delivery == "online" else _where(summary),
            words=_("Reference %s") % summary.order.reference,
            url=link_to(visit, summary.order),
            is_tentative=summary.stage != Stage.CONFIRMED,
        )
        for place, during in enumerate(summary.times, 1)
    ]
    response = HttpResponse(calendar_file(events, name=visit.school.name), content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{summary.order.reference}.ics"'
    return response


@require_POST
def again(request: HttpRequest, slug: str, order_id: UUID) -> HttpResponse:
    """The hold ran out: the same once more, if it is still free."""
    visit = enter(request, slug)
    order = find_order(visit, order_id)
    try:
        key = f"again {order.pk}"
        new_id = done_once(visit.school, request, key=key, act=lambda: order_again(order, by=visit.actor).pk)
    except KeyReused:
        return HttpResponseRedirect(order_href(visit.school, order_id))
    except Refusal as refusal:
        return show_order(visit, order_id, status=refusal.status, refusal=refusal)
    remember(request, new_id)
    first_way = usable(summary_of(order).course.policies.ways_to_pay)[0]
    return HttpResponseRedirect(order_href(visit.school, new_id, "pay" if first_way == PayWith.CARD else ""))

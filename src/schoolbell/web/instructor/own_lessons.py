"""`/teach/lessons/<slot>/move/`, `cancel/`, `substitute/`: what an instructor does with a lesson of theirs.

The pages are the office's (`web.office`), in the instructor's frame and time. What they may is said by
`planning.own_lessons`.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from schoolbell.billing.rearranging import cancel_own_lesson_and_settle
from schoolbell.bookings.search import bookings_of
from schoolbell.bookings.teaching import taught_slot
from schoolbell.kit.refusals import InputRefused, NotFound, Refusal
from schoolbell.kit.time import Stretch
from schoolbell.people.models import Instructor
from schoolbell.planning.move_clashes import clashes_of
from schoolbell.planning.own_lessons import (
    Act,
    OwnLesson,
    ask_for_substitute,
    hand_over_own_lesson,
    move_own_lesson,
    moved_to,
    other_times,
    own_lesson,
)
from schoolbell.planning.substitute_requests import find_waiting, withdraw_request
from schoolbell.timetable.models import Session
from schoolbell.web.entry import Visit
from schoolbell.web.instructor.frame import address, come_in, frame
from schoolbell.web.office.forms import OfficeForm
from schoolbell.web.office.previews import changes, typed
from schoolbell.web.office.series_forms import WhenForm
from schoolbell.web.office.session import OPEN, CancelForm, Seat
from schoolbell.web.office.session_move import asked_at, begins, looked_at, offered, seen, sent
from schoolbell.web.office.steps import asked_of, in_steps
from schoolbell.web.office.substitutes import ranked
from schoolbell.web.once import once
from schoolbell.web.templatetags.words import when, when_here


class OwnCancelForm(CancelForm):
    """The office may keep why to itself, an instructor says it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True


class AskForm(OfficeForm):
    """A substitute is asked for."""

    wanted = forms.ChoiceField(label=gettext_lazy("Whom you would like"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=200, required=False, help_text=gettext_lazy("For the office alone.")
    )

    def __init__(self, data: Any, candidates: Mapping[str, Any]) -> None:
        super().__init__(data)
        could = [one.instructor for one in (*candidates["able"], *candidates["outside"])]
        names = [(str(one.pk), one.person.name) for one in could]
        self.fields["wanted"].choices = [("", _("Anybody who can")), *names]  # type: ignore[attr-defined]


def find_own(visit: Visit, slot_id: UUID) -> OwnLesson:
    """The session of a slot that they teach. Raises Http404."""
    try:
        slot = taught_slot(visit.actor, visit.school, slot_id).slot
    except NotFound:
        raise Http404 from None
    rows = Session.objects.of(visit.school).select_related("course__school", "resource")
    return own_lesson(rows.get(id=slot.session_id), by=visit.actor)


def show_own(
    visit: Visit, page: str, current: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page of the office's in the instructor's frame."""
    shared = frame(visit, current) | {"page_frame": "web/instructor.html", "is_own": True}
    return visit.render(f"web/office/{page}.html", shared | dict(context or {}), status=status)


def page_of(visit: Visit, slot_id: UUID) -> str:
    return address(visit, f"lessons/{slot_id}/")


def refused(visit: Visit, slot_id: UUID, refusal: Refusal) -> HttpResponse:
    """Back to the lesson, with why."""
    messages.error(visit.request, str(refusal))
    return HttpResponseRedirect(page_of(visit, slot_id))


@require_http_methods(["GET", "HEAD", "POST"])
@once
def move(request: HttpRequest, slug: str, slot_id: UUID) -> HttpResponse:
    """Its later slots go along, as many days after the first as they were."""
    visit = come_in(request, slug)
    lesson = find_own(visit, slot_id)
    if refusal := lesson.objection(Act.MOVE):
        return refused(visit, slot_id, refusal)
    there, where = lesson.there, visit.zone
    form = WhenForm(asked_of(request), initial=begins(there, where) | typed(request.GET, WhenForm))
    words: dict[str, Any] = {
        "title": _("Move %(course)s") % {"course": lesson.session.course.name},
        "sentence": when_here(Stretch(lesson.session.starts_at, lesson.session.ends_at), where),
        "do": _("Move the lesson"),
        "back": page_of(visit, slot_id),
        "current": "",
    }
    if not form.is_bound:
        words["offered"] = offered(other_times(lesson), where, {})

    def look(form: WhenForm) -> Mapping[str, Any]:
        going = moved_to(lesson, asked_at(there, form, where).slots)
        clashes = clashes_of([going])
        one = looked_at(there, going, where, clashes=clashes)
        return {"changes": changes([one], where), "may_not": bool(clashes), "sent": sent(form, there)}

    def do(form: WhenForm) -> HttpResponse:
        slots = asked_at(there, form, where).slots
        moved = move_own_lesson(lesson.session, slots, by=visit.actor, was=seen(request))
        told = _("It is moved to %s. Everybody who is booked is told.")
        messages.success(request, told % when(Stretch(moved.starts_at, moved.ends_at), where))
        return HttpResponseRedirect(page_of(visit, slot_id))

    return in_steps(visit, form, words, look=look, do=do, show=show_own)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def cancel(request: HttpRequest, slug: str, slot_id: UUID) -> HttpResponse:
    """Asks first, with names."""
    visit = come_in(request, slug)
    lesson = find_own(visit, slot_id)
    if refusal := lesson.objection(Act.CANCEL):
        return refused(visit, slot_id, refusal)
    form = OwnCancelForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {
            "session": lesson.session,
            "during": Stretch(lesson.session.starts_at, lesson.session.ends_at),
            "seats": [Seat(one, 0, ()) for one in bookings_of(lesson.session) if one.status in OPEN],
            "form": form,
            "back": page_of(visit, slot_id),
        }
        return show_own(visit, "session_cancel", "", context, status=422 if form.is_bound else 200)
    try:
        cancel_own_lesson_and_settle(lesson.session, form.cleaned_data["reason"], by=visit.actor)
    except Refusal as refusal:
        return refused(visit, slot_id, refusal)
    messages.success(request, _("It is cancelled. Everybody who was booked is told, and reads why."))
    return HttpResponseRedirect(page_of(visit, slot_id))


@require_http_methods(["GET", "HEAD", "POST"])
@once
def substitute(request: HttpRequest, slug: str, slot_id: UUID) -> HttpResponse:
    """Who could give it: they hand it over where they may, else they ask the office."""
    visit = come_in(request, slug)
    lesson = find_own(visit, slot_id)
    if refusal := lesson.objection(Act.ASK):
        return refused(visit, slot_id, refusal)
    candidates = ranked(lesson.session, lesson.own)
    asks = "ask" in request.POST
    form = AskForm(request.POST if request.method == "POST" else None, candidates)
    refusal = None
    try:
        if form.is_valid() and asks:
            return _ask(visit, slot_id, lesson, form)
        if form.is_bound and not asks:
            return _hand_over(visit, lesson, request.POST.get("instructor", ""))
    except InputRefused as wrong:
        form.refuse(wrong)
    except Refusal as found:
        refusal = found
    waits = find_waiting(lesson.session, lesson.own.pk)
    context = candidates | {
        "may_hand_over": lesson.objection(Act.HAND_OVER) is None,
        "form": None if waits else form,
        "back": page_of(visit, slot_id),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return show_own(visit, "substitutes", "", context, status=status)


def _ask(visit: Visit, slot_id: UUID, lesson: OwnLesson, form: AskForm) -> HttpResponse:
    """Raises what `ask_for_substitute` raises."""
    wanted = _instructor(visit, form.cleaned_data["wanted"])
    ask_for_substitute(lesson.session, by=visit.actor, wanted=wanted, reason=form.cleaned_data["reason"])
    messages.success(visit.request, _("The office is asked for a substitute. Until it decides, you give the lesson."))
    return HttpResponseRedirect(page_of(visit, slot_id))


def _hand_over(visit: Visit, lesson: OwnLesson, chosen: str) -> HttpResponse:
    """Raises what `hand_over_own_lesson` raises."""
    taker = _instructor(visit, chosen)
    if taker is None:
        raise InputRefused.of("wanted", _("Choose who takes over."))
    hand_over_own_lesson(lesson.session, taker, by=visit.actor)
    messages.success(visit.request, _("%(name)s gives it now, and is told.") % {"name": taker.person.name})
    return HttpResponseRedirect(address(visit))


def _instructor(visit: Visit, chosen: str) -> Instructor | None:
    try:
        return Instructor.objects.of(visit.school).select_related("person").filter(id=UUID(chosen)).first()
    except ValueError:
        return None


@require_POST
def withdraw(request: HttpRequest, slug: str, slot_id: UUID) -> HttpResponse:
    """They give it after all."""
    visit = come_in(request, slug)
    lesson = find_own(visit, slot_id)
    asked = find_waiting(lesson.session, lesson.own.pk)
    if asked is None:
        raise Http404
    try:
        withdraw_request(asked, by=visit.actor)
    except Refusal as refusal:
        return refused(visit, slot_id, refusal)
    messages.success(request, _("No substitute is looked for: you give the lesson."))
    return HttpResponseRedirect(page_of(visit, slot_id))

"""`/office/courses/<id>/change/`: other lessons, another price; what that reaches, and then it is done."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from schoolbell.catalogue.models import Course
from schoolbell.diary.refusals import OutsideOpeningHours
from schoolbell.kit.refusals import InputRefused, Refusal
from schoolbell.kit.time import Stretch
from schoolbell.planning.course_changes import CHANGED, CourseChange, change_course, preview_change
from schoolbell.web.entry import Visit
from schoolbell.web.office.forms import MoneyField
from schoolbell.web.office.frame import address, come_in, find, go, show
from schoolbell.web.office.known import KnownForm
from schoolbell.web.office.names import KINDS, choices
from schoolbell.web.office.previews import sent_by
from schoolbell.web.office.rearranging import obstacle
from schoolbell.web.plain_forms import whole_number


class ChangeForm(KnownForm):
    """What may change, filled with what is."""

    duration_minutes = whole_number(gettext_lazy("Minutes of a lesson"), 5, 1440)
    capacity = whole_number(gettext_lazy("Seats at most"), 1, 1000)
    resource_kind = forms.ChoiceField(
        label=gettext_lazy("A lesson on demand needs"), required=False,
        choices=choices(KINDS, blank=gettext_lazy("No place of its own")),
    )  # fmt: skip

    def __init__(self, data: Any, *, course: Course) -> None:
        super().__init__(data, initial={name: getattr(course, name) for name in CHANGED})
        currency = course.school.currency
        self.fields["price"] = MoneyField(currency, label=_("Price (%(currency)s)") % {"currency": currency})
        self.fields["price"].initial = course.price
        self.order_fields(CHANGED)

    def change(self, course: Course, ticks: dict[str, Any]) -> CourseChange:
        """What differs from what is, with what was ticked."""
        values = {name: self.cleaned_data[name] for name in CHANGED if self.cleaned_data[name] != getattr(course, name)}
        return CourseChange(**values, **ticks)


@require_http_methods(["GET", "HEAD", "POST"])
def course_change(request: HttpRequest, slug: str, course_id: UUID) -> HttpResponse:
    """First what, then what it reaches, then it is done."""
    visit = come_in(request, slug)
    course = find(Course.objects.of(visit.school).select_related("school"), course_id)
    asked = request.POST if request.method == "POST" else request.GET
    form = ChangeForm(asked or None, course=course)
    if not form.is_valid():
        return _ask(visit, course, form)
    change = form.change(course, _ticks(request))
    try:
        if request.method != "POST":
            return _look(visit, course, form, change)
        change_course(course, change, by=visit.actor)
    except InputRefused as refused:
        form.refuse(refused)
        return _ask(visit, course, form)
    except Refusal as refusal:
        return _look(visit, course, form, change, refusal=refusal)
    messages.success(request, _("%(name)s is changed. Everybody whose lesson changes is told.") % {"name": course.name})
    return go(visit, f"courses/{course.pk}/")


def _ticks(request: HttpRequest) -> dict[str, Any]:
    """Whoever agrees agrees to the lessons that were shown, and to no other."""
    ticks: dict[str, Any] = {name: name in request.POST for name in ("enrollments_follow", "leave_clashing")}
    ticks["seen"] = request.POST.get("seen", "")
    if "despite_hours" in request.POST:
        ticks["despite_hours"] = frozenset(_ids(request.POST.getlist("outside")))
    return ticks


def _ids(sent: list[str]) -> Iterator[UUID]:
    for text in sent:
        with suppress(ValueError):
            yield UUID(text)


def _ask(visit: Visit, course: Course, form: ChangeForm) -> HttpResponse:
    context = {"form": form, "course": course, "back": address(visit, f"courses/{course.pk}/")}
    return show(visit, "course_change", "courses", context, status=422 if form.is_bound else 200)


def _look(
    visit: Visit, course: Course, form: ChangeForm, change: CourseChange, *, refusal: Refusal | None = None
) -> HttpResponse:
    reached = preview_change(course, change)
    where = visit.school.zone
    context = {
        "course": course,
        "reached": reached,
        "sessions": [(one, Stretch(one.starts_at, one.ends_at)) for one in reached.sessions[:50]],
        "clashes": [(one.session, Stretch(one.session.starts_at, one.session.ends_at), obstacle(one, where))
                    for one in reached.clashes],
        "crowded": [(one, Stretch(one.starts_at, one.ends_at)) for one in reached.crowded],
        "outside": {one.session.pk for one in reached.clashes if isinstance(one.refusal, OutsideOpeningHours)},
        "left_out": [(one, f"{one.series.starts:%H:%M}") for one in reached.left_out],
        "places": [(one, f"{one.series.starts:%H:%M}") for one in reached.places],
        "sent": sent_by(form),
        "refusal": refusal,
        "back": address(visit, f"courses/{course.pk}/change/"),
    }  # fmt: skip
    return show(visit, "course_reached", "courses", context, status=refusal.status if refusal else 200)

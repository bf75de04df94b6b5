"""`/office/courses/<id>/edit/`: what a course says of itself. What lessons ahead feel is `course_change`'s."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from schoolbell.catalogue.details import DETAILS, change_details, lock_to_change
from schoolbell.catalogue.models import Course
from schoolbell.kit.refusals import InputRefused
from schoolbell.web.office.courses import DetailsForm
from schoolbell.web.office.frame import address, come_in, find, go, show


class KnownCourseForm(DetailsForm):
    is_active = forms.BooleanField(
        label=gettext_lazy("It can be booked"), required=False,
        help_text=gettext_lazy("Without it, it is offered no more. What is on the timetable stays."),
    )  # fmt: skip

    def __init__(self, data: Any, *, course: Course) -> None:
        super().__init__(data, school=course.school, initial={name: getattr(course, name) for name in DETAILS})
        if course.format == Course.Format.ONE_TO_ONE:
            del self.fields["min_students"]
        self.order_fields([*self.first_fields, "is_active"])

    def details(self) -> dict[str, Any]:
        return self.cleaned_data | {"deposit": self.cleaned_data["deposit"] or 0}


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def course_details(request: HttpRequest, slug: str, course_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    course = find(Course.objects.of(visit.school).select_related("school"), course_id)
    if request.method == "POST":
        course = lock_to_change(course, DETAILS)
    form = KnownCourseForm(request.POST or None, course=course)
    if form.is_valid():
        try:
            kept = change_details(course, by=visit.actor, **form.details())
        except InputRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("%(name)s’s details are kept.") % {"name": kept.name})
            return go(visit, f"courses/{course.pk}/")
    context = {"form": form, "course": course, "back": address(visit, f"courses/{course.pk}/")}
    return show(visit, "course_details", "courses", context, status=422 if form.is_bound else 200)

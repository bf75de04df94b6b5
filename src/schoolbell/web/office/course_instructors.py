"""`/office/courses/<id>/instructors/`: who teaches it, of those for whom it is chosen what they teach."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from schoolbell.catalogue.models import Course, Qualification
from schoolbell.catalogue.qualifications import let_teach, lock_teachers
from schoolbell.kit.refusals import InputRefused
from schoolbell.people.models import Instructor
from schoolbell.schools.rows import SchoolRows
from schoolbell.web.entry import Visit
from schoolbell.web.office.forms import NamedChoices
from schoolbell.web.office.frame import address, come_in, find, go, show
from schoolbell.web.office.known import KnownForm


class TeachersForm(KnownForm):
    instructors = NamedChoices(
        Instructor.objects.none(), label=gettext_lazy("Who teaches it"), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("It counts for lessons to come: what is planned stays with whoever has it."),
    )  # fmt: skip

    def __init__(self, data: Any, *, course: Course, instructors: SchoolRows[Instructor]) -> None:
        rows = Qualification.objects.filter(school_id=course.school_id, course_id=course.pk)
        super().__init__(data, initial={"instructors": list(rows.values_list("instructor_id", flat=True))})
        self.fields["instructors"].queryset = instructors  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def course_instructors(request: HttpRequest, slug: str, course_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    course = find(Course.objects.of(visit.school).select_related("school"), course_id)
    chosen, everything = _staff(visit, course)
    if request.method == "POST":
        lock_teachers(chosen)
    form = TeachersForm(request.POST if request.method == "POST" else None, course=course, instructors=chosen)
    if form.is_valid():
        try:
            let_teach(course, form.cleaned_data["instructors"], of=chosen, by=visit.actor)
        except InputRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Who teaches %(name)s is kept.") % {"name": course.name})
            return go(visit, f"courses/{course.pk}/")
    context = {
        "form": form,
        "title": _("Who teaches %(name)s") % {"name": course.name},
        "do": _("Keep the changes"),
        "back": address(visit, f"courses/{course.pk}/"),
        "everything": everything,
        "has_some": chosen.exists(),
    }
    return show(visit, "course_instructors", "courses", context, status=422 if form.is_bound else 200)


def _staff(visit: Visit, course: Course) -> tuple[SchoolRows[Instructor], SchoolRows[Instructor]]:
    """Those for whom it is chosen what they teach, and those who teach everything. Who has left is among neither."""
    own = Qualification.objects.filter(school_id=course.school_id, instructor_id=OuterRef("id"))
    rows = Instructor.objects.of(visit.school).exclude(status=Instructor.Status.LEFT).select_related("person")
    rows = rows.order_by("person__first_name", "person__last_name", "id")
    return rows.filter(Exists(own)), rows.filter(~Exists(own))

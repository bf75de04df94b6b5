"""`/office/courses/<id>/policies/`: what a course decides otherwise than its school."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from schoolbell.catalogue.models import Course
from schoolbell.catalogue.overrides import change_overrides
from schoolbell.kit.refusals import InputRefused
from schoolbell.web.office.frame import address, come_in, find_to_change, go, show
from schoolbell.web.office.policy_forms import OwnPolicyForm
from schoolbell.web.office.policy_words import ALL, GROUPS


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def course_policies(request: HttpRequest, slug: str, course_id: UUID) -> HttpResponse:
    visit = come_in(request, slug)
    course = find_to_change(request, Course.objects.of(visit.school), course_id)
    told = [one for one in ALL if one.is_for_courses]
    form = OwnPolicyForm(
        request.POST if request.method == "POST" else None, told, visit.school.policies, course.overrides
    )
    if form.is_valid():
        try:
            change_overrides(course, form.values(), by=visit.actor)
        except InputRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The rules of %(name)s are kept.") % {"name": course.name})
            return go(visit, f"courses/{course.pk}/")
    context = {
        "form": form,
        "groups": [(group, [form[one.key] for one in group.for_courses]) for group in GROUPS],
        "title": _("Rules of %(name)s") % {"name": course.name},
        "back": address(visit, f"courses/{course.pk}/"),
    }
    return show(visit, "course_policies", "courses", context, status=422 if form.is_bound else 200)

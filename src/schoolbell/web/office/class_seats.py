"""`/office/weekly/join/`: a seat in a class every week, after a look at every class; and changing to another class."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from schoolbell.bookings.models import Enrollment
from schoolbell.kit.money import Money
from schoolbell.kit.time import Stretch
from schoolbell.people.queries import payer_of
from schoolbell.planning.joining import Joining, join_class, preview_joining
from schoolbell.planning.skipped import PlannedLesson
from schoolbell.planning.switching import preview_switch, switch_class
from schoolbell.schools.models import School
from schoolbell.timetable.models import Series
from schoolbell.web.entry import Visit
from schoolbell.web.office.forms import MoneyField, RowChoice, day_field
from schoolbell.web.office.frame import address, come_in, go
from schoolbell.web.office.listing import id_of
from schoolbell.web.office.people_choice import STUDENTS, PersonChoice
from schoolbell.web.office.periods import day_of, today
from schoolbell.web.office.previews import planned, typed
from schoolbell.web.office.series import going_on
from schoolbell.web.office.series_forms import RepeatingForm
from schoolbell.web.office.steps import asked_of, in_steps
from schoolbell.web.once import once
from schoolbell.web.rule_words import said_series
from schoolbell.web.templatetags.words import money


class ClassChoice(RowChoice):
    """A choice of classes that repeat."""

    def label_from_instance(self, obj: Series) -> str:
        return f"{obj.course.name}, {said_series(obj)}"


def _class(**more: Any) -> ClassChoice:
    errors = dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose a class."))
    return ClassChoice(
        Series.objects.none(),
        label=gettext_lazy("Class"),
        empty_label=gettext_lazy("Choose a class"),
        error_messages=errors,
        **more,
    )


class JoinForm(RepeatingForm):
    series = _class()
    student = PersonChoice(
        STUDENTS, label=gettext_lazy("Student"), error_messages={"required": gettext_lazy("Choose who learns.")}
    )
    starts_on = day_field(gettext_lazy("From"))
    ends_on = day_field(gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Left empty: it goes on."))

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label = _("Price of a class (%(currency)s)") % {"currency": school.currency}
        what_it_costs = _("Left empty: what a seat in it costs.")
        self.fields["price"] = MoneyField(school.currency, label=label, required=False, help_text=what_it_costs)
        self._offer(school, series=going_on(school))


class SwitchForm(RepeatingForm):
    first_day = day_field(gettext_lazy("From"), help_text=gettext_lazy("This class and all that follow."))
    series = _class()

    def __init__(self, data: Any, *, enrollment: Enrollment, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        others = going_on(enrollment.series.course.school).filter(course_id=enrollment.course_id)
        self._offer(enrollment.series.course.school, series=others.exclude(id=enrollment.series_id))


@require_http_methods(["GET", "HEAD", "POST"])
@once
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """`?series=`, `?student=` and other fields prefill it."""
    visit = come_in(request, slug)
    initial = {"starts_on": today(visit.school)} | typed(request.GET, JoinForm)
    form = JoinForm(asked_of(request), school=visit.school, initial=initial)
    words = {
        "title": _("A seat in a class every week"),
        "sentence": _("One student, in every class that comes. You see every class before anything is booked."),
        "do": _("Enroll"),
        "back": _back(visit),
        "current": "sessions",
    }

    def look(form: JoinForm) -> Mapping[str, Any]:
        asked = _asked(form)
        lessons = preview_joining(asked)
        return {
            "added": planned(lessons, visit.school.zone),
            "named": f"{asked.student.person.name}, {asked.series.course.name}",
            "counted": _counted(lessons, Money(asked.agreed_price, visit.school.currency)),
            "may_not": bool(lessons) and all(one.reason for one in lessons),
        }

    def do(form: JoinForm) -> HttpResponse:
        made = join_class(_asked(form), by=visit.actor)
        messages.success(request, _("%(name)s is enrolled.") % {"name": made.student.person.name})
        return go(visit, f"weekly/{made.pk}/")

    return in_steps(visit, form, words, look=look, do=do)


def _counted(lessons: Sequence[PlannedLesson], price: Money) -> str:
    """“A seat in 8 of 10 classes, $25.00 each.”"""
    if not lessons:
        return ""
    seats = sum(not one.reason for one in lessons)
    words = ngettext("A seat in %(seats)s of %(all)s class", "A seat in %(seats)s of %(all)s classes", len(lessons))
    said = words % {"seats": seats, "all": len(lessons)}
    if not price.amount:
        return _("%s, free of charge.") % said
    return _("%(seats)s, %(price)s each.") % {"seats": said, "price": money(price)}


def _back(visit: Visit) -> str:
    """To the page of the class, where it was chosen there."""
    series_id = id_of(visit.request, "series")
    return address(visit, f"series/{series_id}/" if series_id else "weekly/")


def _asked(form: JoinForm) -> Joining:
    """Whoever pays for the student pays for these classes. Raises InputRefused."""
    values = form.cleaned_data
    return Joining(
        series=values["series"],
        student=values["student"],
        client=payer_of(values["student"]),
        starts_on=values["starts_on"],
        ends_on=values["ends_on"],
        price=values["price"],
    )


def switch(visit: Visit, found: Enrollment, words: Mapping[str, Any]) -> HttpResponse:
    """`/office/weekly/<id>/change/` of a seat in a class."""
    day = day_of(visit.request.GET.get("first_day"), max(today(visit.school), found.starts_on))
    form = SwitchForm(asked_of(visit.request), enrollment=found, initial={"first_day": day})

    def look(form: SwitchForm) -> Mapping[str, Any]:
        seen = preview_switch(found, to=form.cleaned_data["series"], first_day=form.cleaned_data["first_day"])
        return {
            "going": [
                (Stretch(one.session.starts_at, one.session.ends_at), one.reference, f"bookings/{one.pk}/")
                for one in seen.left
            ],
            "added": planned(seen.joined, visit.school.zone),
            "named": found.student.person.name,
        }

    def do(form: SwitchForm) -> HttpResponse:
        values = form.cleaned_data
        made = switch_class(found, to=values["series"], first_day=values["first_day"], by=visit.actor)
        messages.success(visit.request, _("%(name)s changes to the other class.") % {"name": made.student.person.name})
        return go(visit, f"weekly/{made.pk}/")

    return in_steps(visit, form, words, look=look, do=do)

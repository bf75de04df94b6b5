"""A plan of slots as a coach, or the office for them, types it in."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from schoolbell.catalogue.models import Course, Qualification
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import local_day, now, zone
from schoolbell.people.models import Instructor
from schoolbell.planning.slot_plans import SlotsPlan, last_day_of
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows
from schoolbell.timetable.models import Resource
from schoolbell.timetable.queries import as_counted
from schoolbell.web.instructor.forms import WEEKDAYS
from schoolbell.web.office.forms import A_TIME, RowChoice, day_field
from schoolbell.web.plain_forms import PlainForm, whole_number

SHORT_WEEKDAYS = (
    ("1", _("Mon")), ("2", _("Tue")), ("3", _("Wed")), ("4", _("Thu")), ("5", _("Fri")), ("6", _("Sat")),
    ("7", _("Sun")),
)  # fmt: skip


class SlotsForm(PlainForm):
    """`plan()` is what it means, once it is valid."""

    course = RowChoice(
        Course.objects.none(),
        label=_("What for"),
        empty_label=None,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose what the slots are for.")),
    )
    weekdays = forms.MultipleChoiceField(
        label=_("On"),
        choices=SHORT_WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose at least one day of the week.")),
    )
    starts = forms.TimeField(
        label=_("From"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        initial=dt.time(9),
        error_messages=A_TIME,
    )
    ends = forms.TimeField(
        label=_("Until"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        initial=dt.time(12),
        error_messages=A_TIME,
    )
    minutes = whole_number(_("Slot (minutes)"), 5, 1440)
    pause = whole_number(_("Pause (minutes)"), 0, 1440, initial=0)
    first_day = day_field(_("First day"))
    weeks = whole_number(_("Weeks"), 1, 52, initial=6)
    resource = RowChoice(Resource.objects.none(), label=_("Where"), required=False, empty_label=_("No place needed"))

    def __init__(self, *args: Any, school: School, instructor: Instructor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instructor = instructor
        self.timezone: str = instructor.person.timezone or school.timezone
        courses = taught_by(instructor, school)
        self.fields["course"].queryset = courses  # type: ignore[attr-defined]
        places = Resource.objects.of(school).filter(is_active=True).order_by(as_counted("name"), "id")
        if any(course.resource_kind for course in courses):
            self.fields["resource"].queryset = places  # type: ignore[attr-defined]
        else:
            del self.fields["resource"]
        self.fields["minutes"].initial = next((course.duration_minutes for course in courses), None)
        self.fields["first_day"].initial = local_day(now(), zone(self.timezone)) + dt.timedelta(days=1)

    def plan(self) -> SlotsPlan:
        values = self.cleaned_data
        return SlotsPlan(
            instructor=self.instructor,
            course=values["course"],
            weekdays=frozenset(int(weekday) for weekday in values["weekdays"]),
            starts=values["starts"],
            ends=values["ends"],
            first_day=values["first_day"],
            last_day=last_day_of(values["first_day"], weeks=values["weeks"]),
            minutes=values["minutes"],
            pause=values["pause"],
            timezone=self.timezone,
            resource=values.get("resource"),
        )

    def said(self) -> str:
        """“Tuesdays and Thursdays, 09:00–12:00”."""
        names = dict(WEEKDAYS)
        chosen = [str(names[int(weekday)]) for weekday in self.cleaned_data["weekdays"]]
        return f"{', '.join(chosen)}, {self.cleaned_data['starts']:%H:%M}–{self.cleaned_data['ends']:%H:%M}"

    def refuse(self, refused: InputRefused) -> None:
        """What the action found wrong, beside the field that it is about."""
        for name, sentences in refused.errors.items():
            field = {"last_day": "weeks"}.get(name, name)
            for sentence in sentences:
                self.add_error(field if field in self.fields else None, sentence)


def taught_by(instructor: Instructor, school: School) -> SchoolRows[Course]:
    """What they may teach: what they are qualified for, or everything where nothing is on file."""
    courses = Course.objects.of(school).filter(is_active=True).select_related("school").order_by("name", "id")
    own = Qualification.objects.of(school).filter(instructor_id=instructor.pk)
    return courses.filter(id__in=own.values("course_id")) if own.exists() else courses

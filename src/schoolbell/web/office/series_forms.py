"""Forms of lessons that repeat: classes and one student's weekly lessons."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schoolbell.catalogue.models import Course
from schoolbell.kit.refusals import InputRefused
from schoolbell.people.models import Instructor
from schoolbell.planning.occurrences import Same, SeriesChange
from schoolbell.planning.plans import plan_of
from schoolbell.planning.weekly import MOST_WEEKS, rule_on
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource, Series
from schoolbell.timetable.queries import as_counted
from schoolbell.timetable.recurrence import every_weeks, interval_of, rule_from, weekdays_of, weekly_on, with_weekdays
from schoolbell.web.office.forms import (
    MoneyField,
    NamedChoice,
    NamedChoices,
    OfficeForm,
    RowChoice,
    day_field,
    time_field,
)
from schoolbell.web.office.known import KnownForm
from schoolbell.web.office.people_choice import STUDENTS, PersonChoice
from schoolbell.web.office.requests import DAYS
from schoolbell.web.plain_forms import whole_number

CHOOSE_COURSE = dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose what is taught."))
EVERY = [(1, gettext_lazy("Every week")), (2, gettext_lazy("Every 2 weeks")), (3, gettext_lazy("Every 3 weeks")),
         (4, gettext_lazy("Every 4 weeks"))]  # fmt: skip
RENAMED = {"instructors": "lead", "rule": "weekdays", "starts_on": "first_day", "ends_on": "last_day"}


class RepeatingForm(OfficeForm):
    """What the forms share. What an action finds wrong is said beside the field that it is about."""

    def refuse(self, refused: InputRefused) -> None:
        errors = {
            name if name in self.fields else RENAMED.get(name, name): words for name, words in refused.errors.items()
        }
        super().refuse(InputRefused(errors))

    def _offer(self, school: School, **rows: Any) -> None:
        staff = Instructor.objects.of(school).exclude(status="left").select_related("person")
        places = Resource.objects.of(school).filter(is_active=True)
        rows |= dict.fromkeys(
            ("lead", "others", "instructor"), staff.order_by("person__first_name", "person__last_name", "id")
        )
        rows["resource"] = places.order_by(as_counted("name"), "id")
        for name, found in rows.items():
            if name in self.fields:
                self.fields[name].queryset = found  # type: ignore[attr-defined]
        if isinstance(student := self.fields.get("student"), PersonChoice):
            student.of(school)

    def instructors(self) -> list[Instructor]:
        """The leading one first, each once."""
        lead, others = self.cleaned_data["lead"], list(self.cleaned_data["others"])
        return [lead, *(one for one in others if one != lead)] if lead else others


def _weekdays(**more: Any) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=gettext_lazy("On"), choices=DAYS, coerce=int, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one day.")}, **more,
    )  # fmt: skip


def _every() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=gettext_lazy("How often"), choices=EVERY, coerce=int, initial=1)


def _lead(label: Any, **more: Any) -> NamedChoice:
    return NamedChoice(Instructor.objects.none(), label=label, **more)


def _others() -> NamedChoices:
    return NamedChoices(
        Instructor.objects.none(), label=gettext_lazy("Who teaches with them"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


def _place(empty: Any) -> RowChoice:
    return RowChoice(Resource.objects.none(), label=gettext_lazy("Where"), required=False, empty_label=empty)


def _price(school: School, help_text: Any = "") -> MoneyField:
    label = _("Price of a lesson (%(currency)s)") % {"currency": school.currency}
    return MoneyField(school.currency, label=label, required=False, help_text=help_text)


class ClassForm(RepeatingForm):
    """A class that repeats."""

    course = RowChoice(
        Course.objects.none(), label=gettext_lazy("Course"), empty_label=gettext_lazy("Choose a course"),
        error_messages=CHOOSE_COURSE,
    )  # fmt: skip
    starts = time_field(gettext_lazy("Begins at"))
    weekdays = _weekdays()
    every = _every()
    first_day = day_field(gettext_lazy("First day"))
    last_day = day_field(gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Left empty: it goes on."))
    times = whole_number(
        gettext_lazy("How many times"), 1, 999, required=False,
        help_text=gettext_lazy("Instead of a last day."),
    )  # fmt: skip
    lead = _lead(gettext_lazy("Who teaches"), required=False, empty_label=gettext_lazy("Nobody yet"))
    others = _others()
    resource = _place(gettext_lazy("No place needed"))
    capacity = whole_number(
        gettext_lazy("Seats"), 1, 1000, required=False,
        help_text=gettext_lazy("Left empty: as many as the course and the place allow."),
    )  # fmt: skip

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["price"] = _price(school, _("Left empty: the course’s own."))
        courses = Course.objects.of(school).filter(is_active=True).select_related("school")
        self._offer(school, course=courses.order_by("name", "id"))

    def rule(self) -> str:
        """Raises InputRefused."""
        values = self.cleaned_data
        if values["times"] and values["last_day"]:
            raise InputRefused.of("times", _("Give a last day or a number of times, not both."))
        return weekly_on(*values["weekdays"], every=values["every"], times=values["times"])


class ClassChangeForm(RepeatingForm, KnownForm):
    """What may change of a class that repeats, filled with what is."""

    not_on_file = ("first_day",)

    first_day = day_field(
        gettext_lazy("From"), help_text=gettext_lazy("This day and all that follow. Today: all that lie ahead.")
    )
    starts = time_field(gettext_lazy("Begins at"))
    weekdays = _weekdays()
    every = _every()
    duration_minutes = whole_number(gettext_lazy("Minutes"), 5, 1440)
    last_day = day_field(gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Left empty: it goes on."))
    lead = _lead(gettext_lazy("Who teaches"), required=False, empty_label=gettext_lazy("Nobody yet"))
    others = _others()
    resource = _place(gettext_lazy("No place needed"))
    capacity = whole_number(gettext_lazy("Seats"), 1, 1000)

    def __init__(self, data: Any, *, series: Series, first_day: dt.date) -> None:
        self.series, self.staff = series, list(plan_of(series).instructors)
        self.days, interval = weekdays_of(series), interval_of(series.rule)
        super().__init__(data, initial={
            "first_day": first_day, "starts": series.starts, "weekdays": self.days, "every": interval,
            "duration_minutes": series.duration_minutes, "last_day": series.ends_on, "resource": series.resource_id,
            "lead": self.staff[0].pk if self.staff else None, "others": [one.pk for one in self.staff[1:]],
            "capacity": series.capacity,
        })  # fmt: skip
        self.fields["price"] = _price(series.course.school, _("Left empty: as it is."))
        self.fields["price"].initial = series.price
        if self.days is None or interval > MOST_WEEKS:
            self.days = None
            del self.fields["weekdays"], self.fields["every"]
        self._offer(series.course.school)

    def change(self, *, seen: str = "") -> SeriesChange:
        """What differs from what is; `seen` as the preview named it. Raises InputRefused."""
        values, series = self.cleaned_data, self.series

        def other(name: str) -> Any:
            return values[name] if values[name] != getattr(series, name) else None

        place, staff = values["resource"], self.instructors()
        return SeriesChange(
            rule=self._rule(),
            starts=other("starts"),
            duration_minutes=other("duration_minutes"),
            instructors=None if staff == self.staff else tuple(staff),
            resource=Same.SAME if place == series.resource else place,
            capacity=other("capacity"),
            price=other("price"),
            last_day=Same.SAME if values["last_day"] == series.ends_on else values["last_day"],
            seen=seen,
        )

    def _rule(self) -> str | None:
        if self.days is None:
            return None
        days, every = sorted(self.cleaned_data["weekdays"]), self.cleaned_data["every"]
        if (days, every) == (self.days, interval_of(self.series.rule)):
            return None
        return with_weekdays(rule_from(self.series, self.cleaned_data["first_day"]), days, every)


class WeeklyForm(RepeatingForm):
    """A student's lesson, every week or every few."""

    student = PersonChoice(
        STUDENTS, label=gettext_lazy("Student"), error_messages={"required": gettext_lazy("Choose who learns.")}
    )
    course = RowChoice(
        Course.objects.none(), label=gettext_lazy("Course"), empty_label=gettext_lazy("Choose a course"),
        error_messages=CHOOSE_COURSE,
    )  # fmt: skip
    instructor = _lead(
        gettext_lazy("Who teaches"), empty_label=gettext_lazy("Choose who teaches"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose who teaches.")),
    )  # fmt: skip
    weekday = forms.TypedChoiceField(label=gettext_lazy("On"), choices=DAYS, coerce=int)
    every = _every()
    starts = time_field(gettext_lazy("Begins at"))
    starts_on = day_field(gettext_lazy("From"))
    ends_on = day_field(gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Left empty: it goes on."))
    resource = _place(gettext_lazy("The one that is free most often, if one is needed"))

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["price"] = _price(school, _("Left empty: the course’s own."))
        courses = Course.objects.of(school).filter(is_active=True, format=Course.Format.ONE_TO_ONE)
        self._offer(school, course=courses.select_related("school").order_by("name", "id"))


class WeeklyChangeForm(RepeatingForm, KnownForm):
    not_on_file = ("first_day",)
    first_day = day_field(gettext_lazy("From"), help_text=gettext_lazy("This lesson and all that follow."))
    weekday = forms.TypedChoiceField(label=gettext_lazy("On"), choices=DAYS, coerce=int)
    every = _every()
    starts = time_field(gettext_lazy("Begins at"))
    instructor = _lead(
        gettext_lazy("Who teaches"), empty_label=None,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose who teaches.")),
    )  # fmt: skip
    resource = _place(gettext_lazy("No place needed"))

    def __init__(self, data: Any, *, series: Series, first_day: dt.date) -> None:
        self.series, staff = series, list(plan_of(series).instructors)
        self.teaches = staff[0] if staff else None
        days = weekdays_of(series)
        self.day = days[0] if days and len(days) == 1 else None
        super().__init__(data, initial={
            "first_day": first_day, "weekday": self.day, "every": every_weeks(series), "starts": series.starts,
            "instructor": self.teaches.pk if self.teaches else None, "resource": series.resource_id,
        })  # fmt: skip
        if self.day is None:
            del self.fields["weekday"]
        if self.day is None or interval_of(series.rule) > MOST_WEEKS:
            del self.fields["every"]
        self._offer(series.course.school)

    def change(self, *, seen: str = "") -> SeriesChange:
        """What differs from what is; `seen` as the preview named it. Raises InputRefused."""
        values, series = self.cleaned_data, self.series
        place = values["resource"]
        return SeriesChange(
            rule=rule_on(
                series, first_day=values["first_day"], weekday=values.get("weekday"), every=values.get("every")
            ),
            starts=values["starts"] if values["starts"] != series.starts else None,
            instructors=None if values["instructor"] == self.teaches else (values["instructor"],),
            resource=Same.SAME if place == series.resource else place,
            seen=seen,
        )


class LastDayForm(RepeatingForm):
    last_day = day_field(gettext_lazy("Last day"), help_text=gettext_lazy("What comes after it is cancelled."))


class DayForm(RepeatingForm):
    day = day_field(gettext_lazy("Day"))


class PauseForm(RepeatingForm):
    from_day = day_field(gettext_lazy("No lesson from"))
    until = day_field(
        gettext_lazy("They go on from"), required=False, help_text=gettext_lazy("Left empty: until you resume them.")
    )


class ResumeForm(RepeatingForm):
    on = day_field(gettext_lazy("They go on from"))


class WhenForm(RepeatingForm):
    """When one session is given, filled with when it is."""

    date = day_field(gettext_lazy("Day"))
    starts = time_field(gettext_lazy("From"))

    def refuse(self, refused: InputRefused) -> None:
        super().refuse(
            InputRefused({"starts" if name == "slots" else name: say for name, say in refused.errors.items()})
        )


class MoveForm(WhenForm):
    """And who gives it where."""

    lead = _lead(gettext_lazy("Who teaches"), required=False, empty_label=gettext_lazy("Nobody yet"))
    resource = _place(gettext_lazy("No place needed"))

    def __init__(self, data: Any, *, school: School, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self._offer(school)

"""What lessons that repeat come to, on a page: what becomes of each, who is booked, and what is in the way."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from schoolbell.kit.time import Stretch
from schoolbell.people.models import Student
from schoolbell.planning.occurrences import Becomes, ChangedOccurrence
from schoolbell.planning.series import Changed
from schoolbell.planning.skipped import PlannedLesson
from schoolbell.timetable.models import SkippedOccurrence
from schoolbell.timetable.recurrence import interval_of
from schoolbell.web.office.known import KnownForm
from schoolbell.web.office.rearranging import STUDENT_STANDS, obstacle
from schoolbell.web.rule_words import why
from schoolbell.web.templatetags.words import day, when_here

Reason = SkippedOccurrence.Reason
# What becomes of a lesson: its words, tone and icon.
BECOMES: Final = {
    Becomes.SAME: (gettext_lazy("As it is"), "quiet", "check"),
    Becomes.CHANGED: (gettext_lazy("Changes"), "info", "pencil"),
    Becomes.MOVED: (gettext_lazy("Moves"), "info", "calendar-clock"),
    Becomes.KEPT: (gettext_lazy("Keeps its own time"), "quiet", "check"),
    Becomes.CANCELLED: (gettext_lazy("Cancelled"), "stop", "x"),
}


@dataclass(frozen=True, slots=True)
class Planned:
    """A lesson that there will be, or that is left out, and when else it could be."""

    during: Stretch
    why: str
    others: Sequence[str]
    day: dt.date
    reason: str = ""

    @property
    def is_on_purpose(self) -> bool:
        return self.reason == Reason.CANCELLED

    @property
    def waits(self) -> bool:
        """For somebody to find it another time."""
        return self.reason not in ("", Reason.CANCELLED, Reason.CLOSURE)


@dataclass(frozen=True, slots=True)
class Change:
    """A lesson that is there, where it goes, and what speaks against it."""

    one: ChangedOccurrence
    before: Stretch
    after: Stretch | None
    state: tuple[Any, str, str]
    who: str
    obstacles: Sequence[str]

    @property
    def place(self) -> str:
        """Where it goes, if that is another place."""
        place = self.one.move.resource if self.one.move else None
        return str(place) if place and place.pk != self.one.session.resource_id else ""


def planned(lessons: Sequence[PlannedLesson], where: ZoneInfo) -> list[Planned]:
    return [
        Planned(
            one.during,
            why(one, where) if one.reason else "",
            [when_here(during, where) for during in one.alternatives],
            one.day,
            one.reason,
        )
        for one in lessons
    ]


def changes(ahead: Sequence[ChangedOccurrence], where: ZoneInfo) -> list[Change]:
    """By the time at which each was."""
    return [
        Change(
            one,
            Stretch(one.session.starts_at, one.session.ends_at),
            one.move.slots[0] if one.move and one.becomes == Becomes.MOVED else None,
            BECOMES[one.becomes],
            names_of(one.students),
            [*(obstacle(clash, where) for clash in one.clashes), *_crowd(one)],
        )
        for one in sorted(ahead, key=lambda one: one.session.starts_at)
    ]


def _crowd(one: ChangedOccurrence) -> list[str]:
    return [_("More seats are taken than there would be.")] if one.is_crowded else []


def names_of(students: Sequence[Student]) -> str:
    return ", ".join(one.person.name for one in students)


def ticks_for(ahead: Sequence[ChangedOccurrence]) -> list[tuple[str, str]]:
    """How the office may go on all the same: the name of a tick, and what it says."""
    clashes = [clash for one in ahead for clash in one.clashes]
    found = []
    if clashes:
        found.append(("leave_clashing", _("Leave these lessons when and as they are, and change the others")))
    if any(clash.student for clash in clashes):
        found.append(("waive_students", str(STUDENT_STANDS)))
    if any(clash.kind == "rule" for clash in clashes):
        found.append(("despite_rules", _("Go on despite opening hours and the rules between lessons")))
    return found


WAYS: Final = ("leave_clashing", "waive_students", "despite_rules")


def counted(ahead: Sequence[ChangedOccurrence], added: Sequence[PlannedLesson]) -> str:
    """“5 lessons move, 1 is cancelled, 8 are new. 3 students are booked.”"""
    numbers = {becomes: sum(one.becomes == becomes for one in ahead) for becomes in Becomes}
    new = sum(not one.reason for one in added)
    parts = (
        (numbers[Becomes.MOVED], ngettext("%s lesson moves", "%s lessons move", numbers[Becomes.MOVED])),
        (numbers[Becomes.CHANGED], ngettext("%s changes", "%s change", numbers[Becomes.CHANGED])),
        (numbers[Becomes.CANCELLED], ngettext("%s is cancelled", "%s are cancelled", numbers[Becomes.CANCELLED])),
        (new, ngettext("%s is new", "%s are new", new)),
    )
    words = ", ".join(sentence % number for number, sentence in parts if number) or _("No lesson that is there changes")
    students = len({who.pk for one in ahead if one.becomes not in (Becomes.SAME, Becomes.KEPT) for who in one.students})
    told = ngettext("%s student is told", "%s students are told", students) % students if students else ""
    return f"{words}. {told}." if told else f"{words}."


def said_first(changed: Changed, rule: str | None) -> str:
    """Which week is the first, where a new rule does not name every one: “The first is on Tue 2 Mar, and from then on
    they are every 2 weeks.”"""
    every = interval_of(rule) if rule else 1
    if every == 1:
        return ""
    words = _("The first is on %(day)s, and from then on they are every %(number)s weeks.")
    return words % {"day": day(changed.first_on), "number": every}


def sent_by(form: forms.Form) -> list[tuple[str, Any]]:
    """What was typed, and what it was typed over, as hidden values for the next step."""
    values = [(name, form[name].value()) for name in form.fields]
    each = [(name, one) for name, value in values for one in (value if isinstance(value, list | tuple) else [value])]
    known = [form.taken_along] if isinstance(form, KnownForm) and form.is_known else []
    return [*((name, one) for name, one in each if one not in (None, "")), *known]


def typed(query: Any, form: type[forms.Form]) -> dict[str, Any]:
    """What an address prefills of a form."""
    several = {
        name
        for name, one in form.base_fields.items()
        if isinstance(one, forms.MultipleChoiceField | forms.ModelMultipleChoiceField)
    }
    return {name: query.getlist(name) if name in several else query.get(name) for name in query}

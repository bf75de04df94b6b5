"""The policies in plain words: what each is called, what it means, and how its value is said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schoolbell.schools.policies import CoursePolicies, Policies
from schoolbell.web.office.durations import DAY, HOUR, said_minutes

Words = str | Promise


class Kind(StrEnum):
    """How a policy's value is written."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    NUMBER = "number"
    PERCENT = "percent"
    YES_NO = "yes_no"
    ONE_OF = "one_of"
    SOME_OF = "some_of"
    NAMES = "names"
    TEXT = "text"


UNITS: Final = {Kind.MINUTES: 1, Kind.HOURS: HOUR, Kind.DAYS: DAY}


@dataclass(frozen=True, slots=True)
class Told:
    """One policy. `name` is as the API has it: `hold_minutes.card`. An `empty` value is said in these words."""

    name: str
    kind: Kind
    label: Words
    means: Words
    choices: Mapping[str, Words] | None = None
    empty: Words = ""

    @property
    def key(self) -> str:
        """The name of its field on a form."""
        return self.name.replace(".", "-")

    @property
    def is_for_courses(self) -> bool:
        """May a course decide it for itself?"""
        return self.name.partition(".")[0] in CoursePolicies.model_fields

    def of(self, values: Mapping[str, Any]) -> Any:
        """Its value among such values; None: it is not there."""
        first, _dot, rest = self.name.partition(".")
        value = values.get(first)
        return (value or {}).get(rest) if rest else value

    def put(self, values: dict[str, Any], value: Any) -> None:
        first, _dot, rest = self.name.partition(".")
        if rest:
            values[first] = values.get(first, {}) | {rest: value}
        else:
            values[first] = value

    def said(self, value: Any) -> str:
        """The value in words."""
        if value is None or value in ("", []):
            return str(self.empty)
        if self.kind in UNITS:
            return said_minutes(value * UNITS[self.kind])
        if self.kind == Kind.YES_NO:
            return _("yes") if value else _("no")
        if self.kind == Kind.PERCENT:
            return f"{value} %"
        names = self.choices or {}
        return ", ".join(str(names.get(one, one)) for one in (value if isinstance(value, list) else [value]))


@dataclass(frozen=True, slots=True)
class Group:
    slug: str
    title: Words
    means: Words
    policies: Sequence[Told]

    @property
    def for_courses(self) -> list[Told]:
        return [one for one in self.policies if one.is_for_courses]


_PAY_WITH: Final = {
    "card": gettext_lazy("card"),
    "transfer": gettext_lazy("bank transfer"),
    "desk": gettext_lazy("at the desk"),
}
_HOLD: Final = gettext_lazy("The seat waits that long for the money. Then somebody else may have it.")
NO_LIMIT: Final = gettext_lazy("no limit")

BOOKING: Final = Group(
    "booking",
    gettext_lazy("Booking"),
    gettext_lazy("What people find on your pages, and what they may take."),
    (
        Told("notice_minutes", Kind.MINUTES, gettext_lazy("Book at the latest"),
             gettext_lazy("So long before it starts, a lesson on demand can last be booked.")),
        Told("furthest_ahead_days", Kind.DAYS, gettext_lazy("Book at the earliest"),
             gettext_lazy("So far ahead lessons on demand are offered.")),
        Told("start_grid_minutes", Kind.MINUTES, gettext_lazy("Lessons start every"),
             gettext_lazy("30 min offers the hour and the half hour.")),
        Told("any_instructor", Kind.ONE_OF, gettext_lazy("Who teaches, if it is left to you"),
             gettext_lazy("Somebody who is free and may teach the course, chosen in this way."),
             {"least_busy": gettext_lazy("who has the least to do that week"),
              "round_robin": gettext_lazy("whose turn it is"),
              "best_qualified": gettext_lazy("who knows the course best")}),
        Told("guests", Kind.YES_NO, gettext_lazy("People may book without signing in"),
             gettext_lazy("Else they ask you for an account first.")),
        Told("guest_open_holds", Kind.NUMBER, gettext_lazy("Unpaid orders of one guest"),
             gettext_lazy("As many may hold seats at a time.")),
        Told("client_open_holds", Kind.NUMBER, gettext_lazy("Unpaid orders of one client"),
             gettext_lazy("As many may hold seats at a time. The office holds as many as it likes.")),
        Told("course_types", Kind.NAMES, gettext_lazy("Types of course"),
             gettext_lazy("With commas between. Every new course is one of these."), empty=gettext_lazy("any")),
        Told("default_course", Kind.TEXT, gettext_lazy("The usual course"),
             gettext_lazy("Meant where a session names none. It is opened when it is first needed."),
             empty=gettext_lazy("none")),
    ),
)  # fmt: skip
TIME: Final = Group(
    "time",
    gettext_lazy("Time between lessons"),
    gettext_lazy("Held whenever something is put on the timetable, by whomever. What stands there stays."),
    (
        Told("buffer_before_minutes", Kind.MINUTES, gettext_lazy("Pause before a lesson"),
             gettext_lazy("Kept free by whoever teaches it, and by its place.")),
        Told("buffer_after_minutes", Kind.MINUTES, gettext_lazy("Pause after a lesson"),
             gettext_lazy("To tidy up, to write notes, to air the room.")),
        Told("buffers_shared", Kind.YES_NO, gettext_lazy("One pause serves both lessons"),
             gettext_lazy("Between two lessons the longer pause counts. Off: the two add up.")),
        Told("travel_minutes", Kind.MINUTES, gettext_lazy("Way between two venues"),
             gettext_lazy("For one instructor. Two venues can have a time of their own.")),
        Told("most_lessons_a_day", Kind.NUMBER, gettext_lazy("Most lessons a day"),
             gettext_lazy("That one instructor gives."), empty=NO_LIMIT),
        Told("max_hours_per_week", Kind.NUMBER, gettext_lazy("Most hours a week"),
             gettext_lazy("Of lessons, for each instructor. Their own number goes before it."),
             empty=NO_LIMIT),
        Told("weekly_ahead_days", Kind.DAYS, gettext_lazy("Weekly lessons stand on the timetable for"),
             gettext_lazy("Every night adds what is missing.")),
    ),
)  # fmt: skip
CANCELLING: Final = Group(
    "cancelling",
    gettext_lazy("Cancelling and moving"),
    gettext_lazy("For what is booked from now on. Who has booked keeps what was agreed."),
    (
        Told("free_cancel_hours", Kind.HOURS, gettext_lazy("Free of charge until"),
             gettext_lazy("So long before it starts, clients cancel or move a lesson and pay nothing.")),
        Told("late_fee_percent", Kind.PERCENT, gettext_lazy("Kept of the price after that (%)"),
             gettext_lazy("What you cancel yourselves costs nobody anything.")),
        Told("most_reschedules", Kind.NUMBER, gettext_lazy("How often a client may move one booking"),
             gettext_lazy("0: only the office moves lessons.")),
        Told("release_seat_on_cancel", Kind.YES_NO, gettext_lazy("A seat that is given back can be booked again"),
             gettext_lazy("Off: one booking per seat, ever; the session closes.")),
        Told("own_lessons", Kind.ONE_OF, gettext_lazy("What instructors do with their own lessons"),
             gettext_lazy("With those that they lead. They can always ask you for a substitute."),
             {"none": gettext_lazy("nothing by themselves; they ask you"),
              "move_and_cancel": gettext_lazy("move and cancel them"),
              "all": gettext_lazy("move and cancel them, and hand them to a colleague")}),
        Told("own_lessons_notice_hours", Kind.HOURS, gettext_lazy("Instructors move a lesson until"),
             gettext_lazy("So long before it starts, and to times that are as far away.")),
    ),
)  # fmt: skip
PAYING: Final = Group(
    "paying",
    gettext_lazy("Paying"),
    gettext_lazy("When a seat is somebody’s, and how long it waits for the money."),
    (
        Told("confirm_on", Kind.ONE_OF, gettext_lazy("A booking is confirmed by"),
             gettext_lazy("Until then the seat is held."),
             {"booking": gettext_lazy("booking it; they pay later"),
              "deposit": gettext_lazy("the course’s deposit"),
              "payment": gettext_lazy("the whole price")}),
        Told("ways_to_pay", Kind.SOME_OF, gettext_lazy("How people may pay"),
             gettext_lazy("The office may take money in any way."), _PAY_WITH),
        Told("hold_minutes.card", Kind.MINUTES, gettext_lazy("Held for a card"),
             _HOLD),
        Told("hold_minutes.transfer", Kind.MINUTES, gettext_lazy("Held for a bank transfer"),
             _HOLD),
        Told("hold_minutes.desk", Kind.MINUTES, gettext_lazy("Held for the desk"),
             _HOLD),
    ),
)  # fmt: skip
GROUPS: Final = (BOOKING, TIME, CANCELLING, PAYING)
ALL: Final = tuple(one for group in GROUPS for one in group.policies)


def limits(told: Told) -> tuple[int | None, int | None]:
    """The least and the most that a policy of a number may be."""
    first, _dot, rest = told.name.partition(".")
    field = Policies.model_fields[first]
    if rest:
        field = type(field.default).model_fields[rest]
    least = next((one.ge for one in field.metadata if hasattr(one, "ge")), None)
    return least, next((one.le for one in field.metadata if hasattr(one, "le")), None)


def difference(own: Mapping[str, Any], schools: Policies) -> list[tuple[Words, str, str]]:
    """What a course decides for itself: the policy, its value, and the school's."""
    values = schools.model_dump(mode="json")
    return [(one.label, one.said(value), one.said(one.of(values))) for one in ALL if (value := one.of(own)) is not None]

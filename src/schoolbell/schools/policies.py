"""What a school decides for itself. Stored as JSON on the school; a course may override most of it."""

from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, StringConstraints

from schoolbell.kit.text import is_blank, is_one_line


class ConfirmOn(StrEnum):
    """What turns a pending booking into a confirmed one."""

    BOOKING = "booking"  # the booking itself: nothing is awaited
    DEPOSIT = "deposit"  # the course's deposit
    PAYMENT = "payment"  # the whole price


class RefundTo(StrEnum):
    CREDIT = "credit"  # stays with the school, for the client's next booking


class PayWith(StrEnum):
    """How somebody means to pay; a hold lasts as long as that needs."""

    CARD = "card"
    TRANSFER = "transfer"
    DESK = "desk"


class AnyInstructor(StrEnum):
    """Who gives a lesson when the client leaves the choice to the school."""

    LEAST_BUSY = "least_busy"  # the fewest lesson minutes in that week
    ROUND_ROBIN = "round_robin"  # whose last new lesson was given to them longest ago
    BEST_QUALIFIED = "best_qualified"  # the highest proficiency in that course


class OwnLessons(StrEnum):
    """What instructors do themselves with lessons that they lead. They may always ask the office for a substitute."""

    NONE = "none"  # the office alone moves, cancels and hands over
    MOVE_AND_CANCEL = "move_and_cancel"
    ALL = "all"  # and hand over to somebody who is free and teaches the course: a coach runs their own diary


# Not guessed at: "5", true and 5.0 are no whole numbers, "yes" and 1 are no answers.
Whole = Annotated[int, Strict()]
YesNo = Annotated[bool, Strict()]


def _distinct(values: tuple[PayWith, ...]) -> tuple[PayWith, ...]:
    if len(set(values)) < len(values):
        raise ValueError("name each once")
    return values


MOST_TYPES: Final = 100
TypeName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]


def _name(text: str) -> str:
    if not is_one_line(text) or (text and is_blank(text)):
        raise ValueError("write it in one line, without control characters")
    return text


def _types(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(values) > MOST_TYPES or len(set(values)) < len(values):
        raise ValueError(f"name each once, and {MOST_TYPES} at most")
    if not all(is_one_line(one) and not is_blank(one) for one in values):
        raise ValueError("write each in one line, without control characters")
    return values


class HoldMinutes(BaseModel):
    """For how long a seat is held, by way of paying."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    card: Whole = Field(15, ge=1, le=24 * 60)
    desk: Whole = Field(2 * 24 * 60, ge=1, le=60 * 24 * 60)
    transfer: Whole = Field(3 * 24 * 60, ge=1, le=60 * 24 * 60)


class CoursePolicies(BaseModel):
    """The policies that a course may decide for itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    confirm_on: ConfirmOn = ConfirmOn.PAYMENT
    hold_minutes: HoldMinutes = HoldMinutes()
    ways_to_pay: Annotated[tuple[PayWith, ...], AfterValidator(_distinct)] = Field(
        tuple(PayWith),
        min_length=1,
        description="What guests and clients choose from; the first is meant if they do not.",
    )
    start_grid_minutes: Whole = Field(15, ge=5, le=240, description="Lessons on demand start at multiples of this.")
    notice_minutes: Whole = Field(120, ge=0, le=60 * 24 * 60, description="How long before its start a lesson closes.")
    furthest_ahead_days: Whole = Field(180, ge=1, le=730)
    buffer_before_minutes: Whole = Field(
        0, ge=0, le=240, description="Kept free before a lesson by who and what gives it."
    )
    buffer_after_minutes: Whole = Field(0, ge=0, le=240, description="Kept free after it.")
    buffers_shared: YesNo = Field(default=True, description="Does one pause serve the lesson before and the one after?")
    travel_minutes: Whole = Field(
        0, ge=0, le=480, description="Between lessons at two places, unless these two have a time of their own."
    )
    most_lessons_a_day: Whole | None = Field(None, ge=1, le=48, description="That one instructor gives.")
    max_hours_per_week: Whole | None = Field(
        None, ge=1, le=168, description="Of lessons, per instructor; one's own number goes before it."
    )
    any_instructor: AnyInstructor = AnyInstructor.LEAST_BUSY
    free_cancel_hours: Whole = Field(24, ge=0, le=24 * 60)
    late_fee_percent: Whole = Field(100, ge=0, le=100, description="Kept of the price when a client cancels late.")
    most_reschedules: Whole = Field(2, ge=0, le=100, description="How often a client may move one booking.")
    own_lessons: OwnLessons = Field(
        OwnLessons.NONE, description="What instructors do themselves with lessons that they lead."
    )
    own_lessons_notice_hours: Whole = Field(
        24, ge=0, le=24 * 60, description="How long before it starts, and before where it goes, they can last move one."
    )
    refund_to: RefundTo = RefundTo.CREDIT
    release_seat_on_cancel: YesNo = Field(
        default=True, description="Off: one booking per seat, ever; the session closes."
    )


class Policies(CoursePolicies):
    """Every policy with its default. Nonsense is refused when it is set, not when it bites."""

    weekly_ahead_days: Whole = Field(
        56, ge=7, le=400, description="How far ahead weekly lessons and series are put on the timetable."
    )
    guests: YesNo = Field(default=True, description="May somebody who is not signed in book?")
    guest_open_holds: Whole = Field(3, ge=1, le=100, description="Unpaid holds that one guest may have at a time.")
    client_open_holds: Whole = Field(10, ge=1, le=1000, description="Unpaid holds that one client may have at a time.")
    course_types: tuple[str, ...] = Field((), description="The kinds of course that this school names.")
    default_course: str = Field("", max_length=200, description="Meant where no course is named.")

    def with_overrides(self, overrides: dict[str, Any]) -> "Policies":
        """These policies with a course's own in their place: what `Overrides.said` keeps."""
        if not overrides:
            return self
        values = self.model_dump()
        for name, value in overrides.items():
            values[name] = values[name] | value if isinstance(values.get(name), dict) else value
        return Policies.model_validate(values)


def _leave_defaults_out(schema: dict[str, Any]) -> None:
    """What is not said is as the school has it."""
    for told in schema["properties"].values():
        told.pop("default", None)


class HoldMinutesOverride(HoldMinutes):
    model_config = ConfigDict(json_schema_extra=_leave_defaults_out)


class Overrides(CoursePolicies):
    """What a course decides otherwise than its school. Only what is said counts."""

    model_config = ConfigDict(json_schema_extra=_leave_defaults_out)

    hold_minutes: HoldMinutesOverride = HoldMinutesOverride()

    @property
    def said(self) -> dict[str, Any]:
        """As it is kept on the course."""
        return self.model_dump(mode="json", exclude_unset=True)


class PolicyChange(Policies):
    """What a school decides otherwise from now on. Only what is said counts.

    Names have their bounds here: what a school has named before is read as it is.
    """

    model_config = ConfigDict(json_schema_extra=_leave_defaults_out)

    hold_minutes: HoldMinutesOverride = HoldMinutesOverride()
    course_types: Annotated[tuple[TypeName, ...], AfterValidator(_types)] = Field(
        (), max_length=MOST_TYPES, description="The kinds of course that this school names, each once."
    )
    default_course: Annotated[str, AfterValidator(_name)] = Field(
        "", max_length=200, description="Meant where no course is named."
    )

    @property
    def said(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_unset=True)

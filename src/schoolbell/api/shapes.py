"""What the API answers, for its document. Nothing is checked against these while it runs; the tests do that."""

import datetime as dt
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from django.db.models import TextChoices
from pydantic import AwareDatetime, BaseModel, Field, RootModel, WithJsonSchema

from schoolbell.api.types import CLOCK
from schoolbell.billing.models import Payment as PaymentRow
from schoolbell.billing.models import PaymentRequest
from schoolbell.bookings.models import Attendance as AttendanceRow
from schoolbell.bookings.models import Booking as BookingRow
from schoolbell.bookings.models import Enrollment as EnrollmentRow
from schoolbell.bookings.models import PaymentStatus
from schoolbell.bookings.slots import BookingState, SlotState
from schoolbell.catalogue.models import Course as CourseRow
from schoolbell.catalogue.models import ResourceKind
from schoolbell.diary.models import TimeOff as TimeOffRow
from schoolbell.people.models import Instructor as InstructorRow
from schoolbell.people.models import Student as StudentRow
from schoolbell.planning.matching_problem import Reason
from schoolbell.planning.models import LessonRequest as LessonRequestRow
from schoolbell.planning.models import Proposal as ProposalRow
from schoolbell.planning.occurrences import Becomes
from schoolbell.planning.slots import InTheWay
from schoolbell.schools.policies import ConfirmOn, HoldMinutes, Overrides, PayWith, Policies, RefundTo
from schoolbell.timetable.models import Session as SessionRow
from schoolbell.timetable.models import SkippedOccurrence

T = TypeVar("T")


def one_of(choices: type[TextChoices], *more: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": [*more, *choices.values]})


ClockTime = Annotated[str, Field(pattern=CLOCK, description="as the clock on the wall shows it")]


class Page(BaseModel, Generic[T]):
    items: list[T]
    next: str | None = Field(description="Send it as `after` for the page behind this one; null: this was the last.")


class Problem(BaseModel):
    """What was refused, or went wrong (RFC 9457)."""

    type: Literal["about:blank"]
    title: str = Field(description="The status in words.")
    status: int
    detail: str = Field(description="One sentence for people, in the language of the request.")
    code: str = Field(description="For programs. It stays when the sentence changes.", examples=["session_full"])
    errors: dict[str, list[str]] = Field(
        default_factory=dict, description="Of malformed input: what is wrong, per field, such as `slots.0.ends_at`."
    )
    id: str = Field(default_factory=str, description="Of a failure on our side: the log has it under this.")


class Money(BaseModel):
    amount: int = Field(description="minor units: pence, cents")
    currency: str = Field(pattern="^[A-Z]{3}$", examples=["GBP"])


class Named(BaseModel):
    id: UUID
    name: str


class PublicPolicies(BaseModel):
    """The policies that a client must know. A course may have its own in their place."""

    confirm_on: ConfirmOn
    hold_minutes: HoldMinutes
    ways_to_pay: list[PayWith]
    start_grid_minutes: int
    notice_minutes: int
    furthest_ahead_days: int
    free_cancel_hours: int
    late_fee_percent: int
    refund_to: RefundTo
    guests: bool


class Profile(BaseModel):
    slug: str
    name: str
    tagline: str
    timezone: str
    currency: str
    country: str
    language: str
    email: str
    phone: str
    address: str
    bank_details: str
    terms: str


class School(Profile):
    policies: PublicPolicies


class OwnSchool(Profile):
    """As staff see it, with everything that it decides."""

    about: str
    colour: str
    policies: Policies


class SeenSchool(RootModel[OwnSchool | School]):
    """Whole for staff, in part for everybody else."""


class Course(BaseModel):
    id: UUID
    name: str
    description: str
    type: str
    format: Annotated[str, one_of(CourseRow.Format)]
    delivery: Annotated[str, one_of(CourseRow.Delivery)]
    resource_kind: Annotated[str, one_of(ResourceKind, "")]
    duration_minutes: int
    price: Money
    price_per: Annotated[str, one_of(CourseRow.PricePer)]
    trial_price: Money | None
    deposit: Money
    tax_rate: int = Field(description="hundredths of a percent")
    total_minutes: int | None = Field(description="of all its lessons together")
    capacity: int
    min_students: int | None = Field(description="below so many the school would not hold it")
    age_min: int | None
    age_max: int | None
    difficulty: str
    certification_validity_years: int | None
    overrides: Overrides = Field(description="policies that differ from the school's")
    is_active: bool


class Person(BaseModel):
    id: UUID
    name: str
    first_name: str
    last_name: str
    organisation: str
    email: str
    phone: str
    address: str
    birth_date: dt.date | None
    timezone: str | None


class Client(Person):
    pass


class Bond(BaseModel):
    """A client who answers for the student."""

    id: UUID = Field(description="the client's")
    relationship: str
    is_primary: bool
    is_billing: bool


class Student(Person):
    status: Annotated[str, one_of(StudentRow.Status)]
    skill_level: str
    age_group: Literal["", "child", "teen", "adult"] = Field(description="empty when the birth date is not known")
    clients: list[Bond]


class TaughtStudent(BaseModel):
    """What an instructor sees of a student in their sessions."""

    id: UUID
    name: str
    status: Annotated[str, one_of(StudentRow.Status)]
    skill_level: str
    age_group: Literal["", "child", "teen", "adult"] = Field(description="empty when the birth date is not known")


class SeenStudent(RootModel[Student | TaughtStudent]):
    """Whole for staff and the family, in part for who teaches them."""


class PublicInstructor(BaseModel):
    """What everybody may see of an instructor."""

    id: UUID
    name: str
    about: str
    status: Annotated[str, one_of(InstructorRow.Status)]


class Instructor(Person):
    """What staff see of an instructor."""

    about: str
    status: Annotated[str, one_of(InstructorRow.Status)]
    hourly_rate: Money | None
    max_hours_per_week: int | None


class SeenInstructor(RootModel[Instructor | PublicInstructor]):
    """Whole for staff, in part for everybody else."""


class Qualification(BaseModel):
    id: UUID
    instructor: UUID
    course: UUID
    proficiency: int
    certified_on: dt.date | None


class Qualifications(Page[Qualification]):
    pass


class OpeningHours(BaseModel):
    """Every week on `weekday`, or once on `date`, then perhaps closed. What ends at 00:00 ends with the day."""

    id: UUID
    weekday: int | None = Field(description="ISO: 1 is Monday")
    date: dt.date | None
    closes: bool
    starts: ClockTime
    ends: ClockTime
    timezone: str
    valid_from: dt.date | None
    valid_until: dt.date | None


class Closure(BaseModel):
    """Both days are included, in the school's zone. One that is kept open closes nothing."""

    id: UUID
    first_day: dt.date
    last_day: dt.date
    name: str
    holiday: str = Field(description="Whose public holiday it is, such as GB-ENG; empty: the school's own closure.")
    kept_open_at: AwareDatetime | None


class HolidayRegion(BaseModel):
    country: str = Field(description="ISO 3166-1, such as GB; empty: public holidays close nothing.")
    subdivision: str = Field(description="ISO 3166-2 without the country, such as ENG; empty: the whole country's.")


class LessonInTheWay(BaseModel):
    """A lesson in time that is closed or taken: somebody has to teach, move or cancel it."""

    session: UUID
    slot: UUID
    course: Named
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class TimeOff(BaseModel):
    id: UUID
    instructor: Named
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    reason: str
    status: Annotated[str, one_of(TimeOffRow.Status)]
    decided_at: AwareDatetime | None
    lessons: list[LessonInTheWay] = Field(description="Those that lie in it, while it is asked for or approved.")


class Calendar(BaseModel):
    """A calendar kept elsewhere. Its address can be read by whoever knows it, so only its host is told."""

    id: UUID
    name: str
    host: str
    timezone: str = Field(description="Of its whole days, and of times that name no zone.")
    fetched_at: AwareDatetime | None = Field(description="What is known of it is as old as that.")
    tried_at: AwareDatetime | None
    is_stale: bool
    error: str = Field(description="Why it could not be fetched; empty while all is well.")
    lessons: list[LessonInTheWay] = Field(description="Those still to come that lie under an event of it.")


class Resource(BaseModel):
    id: UUID
    kind: Annotated[str, one_of(ResourceKind)]
    name: str
    capacity: int
    address_line1: str
    address_line2: str
    city: str
    postcode: str
    facilities: dict[str, Any]
    parking_info: str
    meeting_url: str
    meeting_id: str
    passcode: str | None = Field(description="null: it is not yours to enter")
    is_active: bool


class BookedSlot(BaseModel):
    id: UUID
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class Slot(BookedSlot):
    capacity: int
    seats_taken: int


class Session(BaseModel):
    id: UUID
    course: UUID
    instructors: list[Named]
    resource: UUID | None
    status: Annotated[str, one_of(SessionRow.Status)]
    type: Annotated[str, one_of(SessionRow.Type)]
    on_demand: bool
    capacity: int
    is_full: bool = Field(description="No seat can be had: a hold that ran out counts as a free one.")
    in_progress: bool = Field(description="It has begun and is not over.")
    price: Money | None = Field(description="null: the course's")
    choose_slots: bool
    despite_closed: bool = Field(
        description="It lies where the school or the place is closed, and the office means it."
    )
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    timezone: str
    notes: str | None = Field(description="null: for the office and who teaches it")
    created_by: UUID | None = Field(description="Who put it on the timetable. null: nobody known, or for the office")
    slots: list[Slot]


class MoveClash(BaseModel):
    who: str = Field(description="the person or place that is taken, or that a rule between lessons is about")
    student: UUID | None = Field(description="set where the office may waive it")
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    code: str
    detail: str


class SeriesPlace(BaseModel):
    """Where a series goes when its course needs another kind of place."""

    series: UUID
    resource: Named | None
    elsewhere: int = Field(description="How many of its next lessons cannot be there.")


class SeriesAhead(BaseModel):
    """A series of whose next lessons some cannot be given any more."""

    series: UUID
    lessons: int = Field(description="its next, after those on the timetable")
    left_out: int = Field(description="how many of them")


class ChangedCourse(BaseModel):
    """What a change of a course reaches: what lies ahead. `course` is as it is now, of a dry run unchanged."""

    dry_run: bool
    course: Course
    sessions: list[UUID] = Field(description="Those whose times, seats or place become others.")
    series: list[UUID]
    places: list[SeriesPlace] = Field(description="Of series, where the kind of place changes.")
    enrollments: list[UUID] = Field(description="Weekly ones that pay the course's price.")
    students: int = Field(description="How many are booked in those sessions.")
    crowded: list[UUID] = Field(description="Sessions in which more is taken than there would be seats.")
    left_out: list[SeriesAhead]
    clashes: list[MoveClash]


class CancelPreview(BaseModel):
    dry_run: Literal[True]
    students: list[Named] = Field(description="Whose booking would be cancelled with it.")


class CancelledOrPreview(RootModel[Session | CancelPreview]):
    pass


class Moved(BaseModel):
    students: list[Named] = Field(description="Who is booked.")
    clashes: list[MoveClash] = Field(description="Of a dry run, all; else those of students that were waived.")
    session: Session | None = Field(description="null: a dry run")


class SlotBooking(BaseModel):
    id: UUID
    reference: str
    state: BookingState = Field(description="The coaching design's word for the booking's status.")
    student: Named


class CoachSlot(BookedSlot):
    """A session with one seat and one stretch of time: book it as its `session`."""

    session: UUID
    course: Named
    resource: UUID | None
    timezone: str
    state: SlotState = Field(description="AVAILABLE: its seat can be had.")
    deletable: bool = Field(description="Nobody ever booked it.")
    booking: SlotBooking | None = Field(description="The one that holds the seat, or else the last that did.")


class PlannedSlot(BaseModel):
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    reason: InTheWay | None = Field(description="Why it is not published; null: nothing stands in its way.")
    detail: str = Field(description="The reason as a sentence.")
    slot: UUID | None = Field(description="null: it is not there")
    session: UUID | None


class PlannedSlots(BaseModel):
    dry_run: bool
    published: int = Field(description="How many are new.")
    slots: list[PlannedSlot]


class Review(BaseModel):
    """What the client said of a booking."""

    id: UUID
    booking: UUID
    instructor: UUID | None = Field(description="whose rating it counts for: who led the session")
    rating: int = Field(description="1 to 5, the best")
    comment: str


class Rating(BaseModel):
    average: float = Field(description="1 to 5, the best; to the hundredth")
    ratings: int = Field(description="how many said")


class Substitute(BaseModel):
    """Somebody who might take over. Those who can come first, then the better qualified, then the less busy, then the
    better rated."""

    instructor: Named
    is_possible: bool
    code: str = Field(description="What stands in the way, for programs; empty: nothing does.")
    detail: str = Field(description="What stands in the way, for people.")
    proficiency: int | None = Field(description="1 to 5; null: nothing is on file, they may teach every course.")
    minutes_that_week: int = Field(description="How long they teach that week as it is.")
    rating: Rating | None = Field(description="null: no client said anything yet")


class Substitutes(Page[Substitute]):
    pass


class Step(BaseModel):
    """What becomes of a lesson."""

    way: Annotated[str, WithJsonSchema({"type": "string", "enum": ["substitute", "move", "cancel", "keep"]})]
    instructor: UUID | None = Field(description="who takes over, of a substitute")
    starts_at: AwareDatetime | None = Field(description="where it goes, of a move")


class AffectedLesson(BaseModel):
    """A lesson that cannot stay as it is, with what could become of it. What is proposed of all fits together."""

    session: UUID
    course: Named
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    students: list[Named]
    proposed: Step
    substitutes: list[Substitute]
    other_times: list[AwareDatetime] = Field(description="The nearest that suit everybody who is in it.")


class Arranged(BaseModel):
    """Sessions by what became of them."""

    substituted: list[UUID]
    moved: list[UUID]
    cancelled: list[UUID]
    kept: list[UUID]


class Rearranged(BaseModel):
    lessons: list[AffectedLesson] = Field(description="Of a dry run: every lesson that is affected.")
    done: Arranged | None = Field(description="null: a dry run")


class FreeTime(BaseModel):
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    instructor: Named | None
    resource: Named | None
    session: UUID | None = Field(description="null: a lesson on demand, made when it is booked")
    seats_left: int


class AskedPayment(BaseModel):
    """What to do to pay."""

    id: UUID
    kind: Annotated[str, one_of(PaymentRequest.Kind)]
    reference: str
    amount: Money
    status: Annotated[str, one_of(PaymentRequest.Status)]
    expires_at: AwareDatetime | None
    pay_at: Literal["payments"] = Field(description="Where to POST it: `/payments`, naming the order.")


class _Booking(BaseModel):
    id: UUID
    reference: str
    status: Annotated[str, one_of(BookingRow.Status)]
    payment_status: Annotated[str, one_of(PaymentStatus)]
    amount: Money
    hold_expires_at: AwareDatetime | None = Field(description="Until then the seat is held. null: it is not pending.")
    session: UUID
    student: UUID
    client: UUID
    enrollment: UUID | None
    slots: list[BookedSlot]
    order: UUID | None
    payment: AskedPayment | None = Field(description="null: nothing is asked for")


class NewBooking(_Booking):
    order_key: str | None = Field(
        description="For guests, to see, pay or cancel what was ordered: send it as `Order-Key`. null: signed in."
    )


class AttendedSlot(BookedSlot):
    attendance: Annotated[str, one_of(AttendanceRow.Status, "")] = Field(description="empty: nobody has said yet")
    feedback: str = Field(description="of who teaches it, for the student and the family")
    tutor_notes: str | None = Field(description="null: for the office and who teaches it")


class Booking(_Booking):
    slots: list[AttendedSlot]  # type: ignore[assignment]
    settled_by: Annotated[str, one_of(BookingRow.SettledBy)] = Field(
        description="order: it is paid by its order. enrollment: it is paid for with the others of its enrollment, "
        "and its payment_status waits for nothing."
    )
    state: BookingState = Field(description="The coaching design's word for the status.")
    paid: Money


class Weekly(BaseModel):
    """A lesson every week, at the same time by the clocks of `timezone`."""

    series: UUID
    rule: str = Field(description="RFC 5545's RRULE")
    starts: ClockTime
    timezone: str
    duration_minutes: int
    instructors: list[Named] = Field(description="the leading one first")
    resource: Named | None


class Enrollment(BaseModel):
    id: UUID
    student: Named
    client: UUID
    course: Named
    type: Annotated[str, one_of(EnrollmentRow.Type)]
    status: Annotated[str, one_of(EnrollmentRow.Status)]
    payment_status: Annotated[str, one_of(PaymentStatus)]
    price: Money | None = Field(description="Agreed per lesson. null: its one booking has its own.")
    starts_on: dt.date
    ends_on: dt.date | None
    weekly: Weekly | None = Field(description="null: it has one booking")


class EnrolledLesson(BaseModel):
    booking: UUID
    reference: str
    status: Annotated[str, one_of(BookingRow.Status)]
    session: UUID
    occurrence_on: dt.date | None
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class Stretch(BaseModel):
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class TakenThen(Stretch):
    who: str = Field(description="the person or place that is taken")


class PlannedLesson(Stretch):
    """A lesson that is wanted, and what stands in its way."""

    occurrence_on: dt.date
    reason: Annotated[str | None, WithJsonSchema({"enum": [None, *SkippedOccurrence.Reason.values]})] = Field(
        description="null: nothing stands in its way"
    )
    taken: list[TakenThen]
    alternatives: list[Stretch] = Field(description="When the same instructor could give it, the nearest first.")


class SkippedLesson(Stretch):
    """A lesson of a series that found no time; `starts_at` and `ends_at` are those that its rule names."""

    id: UUID
    series: UUID
    enrollment: UUID | None = Field(description="null: a class")
    course: Named
    student: Named | None
    occurrence_on: dt.date
    reason: Annotated[str, WithJsonSchema({"enum": list(SkippedOccurrence.Reason.values)})]
    taken: list[TakenThen]
    alternatives: list[Stretch] = Field(description="When else it could be given, the nearest first.")


class SkippedLessons(Page[SkippedLesson]):
    pass


class WholeEnrollment(Enrollment):
    lessons: list[EnrolledLesson]
    skipped: list[PlannedLesson] = Field(description="Those ahead that found no place.")


class WeeklyPreview(BaseModel):
    dry_run: Literal[True]
    lessons: list[PlannedLesson]


class Series(BaseModel):
    """A class on every day that the rule names, at `starts` by the clocks of `timezone`."""

    id: UUID
    course: Named
    instructors: list[Named] = Field(description="the leading one first")
    resource: Named | None
    rule: str = Field(description="RFC 5545's RRULE")
    starts: ClockTime
    timezone: str
    duration_minutes: int
    first_day: dt.date
    last_day: dt.date | None
    capacity: int
    price: Money | None = Field(description="null: the course's")
    publishes: bool
    follows: UUID | None = Field(description="the series that it took over from")


class OccurringSession(BaseModel):
    id: UUID
    occurrence_on: dt.date | None
    status: Annotated[str, one_of(SessionRow.Status)]
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class WholeSeries(Series):
    sessions: list[OccurringSession]
    skipped: list[PlannedLesson] = Field(description="Days ahead that it leaves out.")


class SeriesOrPreview(RootModel[WholeSeries | WeeklyPreview]):
    """A preview where one was asked for."""


class ChangedLesson(Stretch):
    """A lesson that is there, and what becomes of it."""

    session: UUID
    occurrence_on: dt.date | None
    becomes: Annotated[str, WithJsonSchema({"enum": list(Becomes)})] = Field(
        description="kept: at a time of its own. cancelled: the new rule has fewer days."
    )
    new_occurrence_on: dt.date | None = Field(description="null: it is cancelled")
    new_starts_at: AwareDatetime | None
    new_ends_at: AwareDatetime | None
    students: list[Named] = Field(description="Who is booked.")
    is_crowded: bool = Field(description="More seats are taken than there would be.")
    clashes: list[MoveClash] = Field(description="What speaks against it.")


class SeriesChanged(BaseModel):
    lessons: list[ChangedLesson] = Field(description="Of a dry run: every class that lies ahead.")
    added: list[PlannedLesson] = Field(description="Of a dry run: what the new rule names besides.")
    series: WholeSeries | None = Field(description="The one that takes over. null: a dry run")


class EnrollmentChanged(BaseModel):
    lessons: list[ChangedLesson] = Field(description="Of a dry run: every lesson that lies ahead.")
    added: list[PlannedLesson] = Field(description="Of a dry run: what there will be besides.")
    enrollment: WholeEnrollment | None = Field(description="null: a dry run")


class LostLesson(Stretch):
    session: UUID
    students: list[Named] = Field(description="Who is booked.")


class SeriesEnded(BaseModel):
    cancelled: list[LostLesson]
    series: WholeSeries | None = Field(description="null: a dry run")


class EnrollmentPreview(BaseModel):
    dry_run: Literal[True]
    cancelled: list[EnrolledLesson] = Field(description="The lessons that would be cancelled.")
    lessons: list[PlannedLesson] = Field(description="The lessons that there would be, when they go on.")


class EnrollmentOrPreview(RootModel[WholeEnrollment | EnrollmentPreview]):
    pass


class EnrolledOrPreview(RootModel[WholeEnrollment | WeeklyPreview]):
    """A preview where one was asked for."""


class Payment(BaseModel):
    id: UUID
    order: UUID
    client: UUID
    gateway: str
    method: str
    amount: Money
    status: Annotated[str, one_of(PaymentRow.Status)]
    failure_reason: str
    succeeded_at: AwareDatetime | None


class Window(BaseModel):
    weekday: int = Field(ge=1, le=7, description="ISO: 1 is Monday")
    from_: ClockTime = Field(alias="from")
    until: ClockTime = Field(description="00:00 is the end of the day")


class LessonRequest(BaseModel):
    """A weekly lesson that is wanted."""

    id: UUID
    student: Named
    client: Named
    course: UUID
    windows: list[Window]
    timezone: str = Field(description="of the windows")
    instructors: list[Named] = Field(description="the one liked best first; none: anyone")
    starts_on: dt.date
    status: Annotated[str, one_of(LessonRequestRow.Status)]
    enrollment: UUID | None = Field(description="what came of it")


class Proposal(BaseModel):
    """A timetable for all open requests. It takes nobody's time before it is accepted."""

    id: UUID
    status: Annotated[str, one_of(ProposalRow.Status)]
    percent: int = Field(ge=0, le=100)
    asked: int = Field(description="how many requests there were")
    placed: int = Field(description="how many of them have a place, so far")
    bound: int = Field(description="More can certainly not be placed.")
    is_optimal: bool = Field(description="Nothing better exists, and that is proved.")
    method: Annotated[str, one_of(ProposalRow.Method, "")]
    note: str = Field(description="What is amiss, for people: why it failed, or that the better solver is missing.")
    repairs: UUID | None
    created_at: AwareDatetime


class PlaceNow(BaseModel):
    instructor: UUID
    resource: UUID | None
    weekday: int = Field(description="ISO: 1 is Monday")
    starts: ClockTime


class Placement(BaseModel):
    """Where one request has its lessons, every week by the school's clock; or why it has no place."""

    request: UUID
    student: Named
    course: UUID
    instructor: Named | None
    resource: Named | None
    weekday: int | None = Field(description="ISO: 1 is Monday")
    starts: ClockTime | None
    reason: Annotated[str, WithJsonSchema({"type": "string", "enum": ["", *Reason]})]
    clashes: list[dt.date] = Field(description="Days of which it is known that there is no lesson on them.")
    now: PlaceNow | None = Field(description="Of lessons that run, the place that a ready repair may change.")


class WholeProposal(Proposal):
    placements: list[Placement]


class LessonRequests(Page[LessonRequest]):
    pass


class Proposals(Page[Proposal]):
    pass


class TravelTime(BaseModel):
    one: UUID
    other: UUID
    minutes: int | None = Field(description="null: as the policy says")


class TravelTimes(Page[TravelTime]):
    pass


class Courses(Page[Course]):
    pass


class Clients(Page[Client]):
    pass


class Students(Page[SeenStudent]):
    pass


class Instructors(Page[SeenInstructor]):
    pass


class OpeningHoursList(Page[OpeningHours]):
    pass


class Closures(Page[Closure]):
    pass


class LessonsInTheWay(Page[LessonInTheWay]):
    pass


class TimesOff(Page[TimeOff]):
    pass


class Calendars(Page[Calendar]):
    pass


class Resources(Page[Resource]):
    pass


class Sessions(Page[Session]):
    pass


class Slots(Page[CoachSlot]):
    pass


class SeriesList(Page[Series]):
    pass


class Enrollments(Page[Enrollment]):
    pass


class FreeTimes(Page[FreeTime]):
    pass


class Bookings(Page[Booking]):
    pass


class Payments(Page[Payment]):
    pass

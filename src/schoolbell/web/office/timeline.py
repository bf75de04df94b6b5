"""Records as people read them: what happened, when, and who did it."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schoolbell.billing.models import Payment
from schoolbell.bookings.models import Booking
from schoolbell.bookings.search import in_full
from schoolbell.bookings.times import during_of, read_times
from schoolbell.journal.models import Record
from schoolbell.people.queries import names_of_users
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from schoolbell.web.templatetags.words import day as said_day
from schoolbell.web.templatetags.words import money

WORDS: Final[Mapping[str, str | Promise]] = {
    "booking.created": gettext_lazy("Booked"),
    "booking.confirmed": gettext_lazy("Confirmed"),
    "booking.cancelled": gettext_lazy("Cancelled"),
    "booking.expired": gettext_lazy("The hold ended without payment"),
    "booking.completed": gettext_lazy("Completed"),
    "booking.started": gettext_lazy("The lesson began"),
    "booking.no_show": gettext_lazy("Nobody came"),
    "booking.student_named": gettext_lazy("Said who comes"),
    "booking.notes_changed": gettext_lazy("Notes changed"),
    "attendance.marked": gettext_lazy("Attendance noted"),
    "session.created": gettext_lazy("Put on the timetable"),
    "session.published": gettext_lazy("Opened for booking"),
    "session.cancelled": gettext_lazy("Session cancelled"),
    "session.moved": gettext_lazy("Moved to another time"),
    "session.meant": gettext_lazy("Takes place although we are closed"),
    "booking.moved": gettext_lazy("Moved to another time"),
    "booking.changed": gettext_lazy("Somebody else gives it, or it is somewhere else"),
    "session.changed": gettext_lazy("Session changed"),
    "session.substitute_requested": gettext_lazy("A substitute is asked for"),
    "session.completed": gettext_lazy("Session completed"),
    "client.added": gettext_lazy("Family added"),
    "client.changed": gettext_lazy("Details changed"),
    "student.added": gettext_lazy("Student added"),
    "student.changed": gettext_lazy("Where the student stands was changed"),
    "person.changed": gettext_lazy("Details changed"),
    "person.linked": gettext_lazy("Can sign in"),
    "course.added": gettext_lazy("Course added"),
    "course.changed": gettext_lazy("Course changed"),
    "enrollment.created": gettext_lazy("Enrolled"),
    "enrollment.seated": gettext_lazy("Has a seat in the classes ahead"),
    "enrollment.left_out": gettext_lazy("Some classes had no seat"),
    "enrollment.changed": gettext_lazy("Lessons changed from a day on"),
    "series.extended": gettext_lazy("Lessons put on the timetable"),
    "series.skipped": gettext_lazy("Some lessons found no time"),
    "series.placed": gettext_lazy("A lesson has another time"),
    "enrollment.repriced": gettext_lazy("A new price from now on"),
    "instructor.absent": gettext_lazy("Away"),
    "resource.changed": gettext_lazy("Place changed"),
    "resource.added": gettext_lazy("Place added"),
    "instructor.added": gettext_lazy("Instructor added"),
    "opening_hours.added": gettext_lazy("Hours added"),
    "opening_hours.removed": gettext_lazy("Hours removed"),
    "product.ordered": gettext_lazy("Ordered to take home"),
    "product.sold": gettext_lazy("Sold to take home"),
    "product.handed_over": gettext_lazy("Handed over"),
    "product.cancelled": gettext_lazy("Given up"),
    "payment.failed": gettext_lazy("A payment failed"),
    "payment.pending": gettext_lazy("A payment is on its way"),
}
# What happened from a day on, or to one: where it is written, and how it is said.
DAYS: Final[Mapping[str, tuple[str, str | Promise]]] = {
    "enrollment.paused": ("from", gettext_lazy("Lessons pause from %(day)s")),
    "enrollment.resumed": ("on", gettext_lazy("Lessons go on from %(day)s")),
    "enrollment.ended": ("last_day", gettext_lazy("Lessons end after %(day)s")),
    "series.day_left_out": ("day", gettext_lazy("%(day)s is left out")),
    "series.day_put_back": ("day", gettext_lazy("%(day)s is wanted again")),
}
METHODS: Final = {
    "cash": gettext_lazy("in cash"),
    "card": gettext_lazy("by card"),
    "transfer": gettext_lazy("by transfer"),
    "credit": gettext_lazy("from credit"),
}
ICONS: Final = {
    "payment.succeeded": {"icon": "coins"},
    "payment.waived": {"icon": "coins"},
    "payment.failed": {"icon": "circle-alert"},
    "booking.cancelled": {"icon": "x"},
    "session.cancelled": {"icon": "x"},
    "booking.expired": {"icon": "timer"},
    "booking.confirmed": {"icon": "check"},
    "session.published": {"icon": "check"},
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of what happened. `reason` is what somebody wrote to explain it, `about` says to what it happened;
    `times`, how often, one right after the other."""

    words: str
    at: dt.datetime
    who: str
    icon: str
    reason: str = ""
    about: str = ""
    times: int = 1


def timeline(
    records: Iterable[Record], school: School, *, payments: Sequence[Payment] = (), with_bookings: bool = False
) -> list[Entry]:
    """In the order of the records. Who acted, and `with_bookings` what was booked, is looked up for all at once."""
    found = list(records)
    names = names_of_users(school, {one.who for one in found if one.who})
    by_id = {payment.pk: payment for payment in payments}
    about = _about(found, school) if with_bookings else {}
    entries: list[Entry] = []
    for record in found:
        entry = Entry(
            _words(record, school, by_id.get(record.subject_id)),
            record.created_at,
            _who(record, names),
            ICONS.get(record.name, {"icon": "circle-dot"})["icon"],
            str(record.new.get("reason", "")),
            about.get(record.subject_id, ""),
        )
        if entries and _goes_on(entries[-1], entry):
            entries[-1] = replace(entries[-1], times=entries[-1].times + 1)
        else:
            entries.append(entry)
    return entries


def _goes_on(last: Entry, entry: Entry) -> bool:
    """The same again, within a minute."""
    same = (last.words, last.who, last.reason) == (entry.words, entry.who, entry.reason)
    return same and abs(last.at - entry.at) < dt.timedelta(minutes=1)


def _about(records: Sequence[Record], school: School) -> dict[UUID, str]:
    """Per booking, whose and what it is: “Zainab, Python, Tue 24 Nov”."""
    ids = {record.subject_id for record in records if record.name.startswith("booking.")}
    bookings = in_full(Booking.objects.of(school).filter(id__in=ids))
    read_times(bookings)
    days = {one.pk: said_day(during_of(one).starts_at, school.zone) for one in bookings}
    return {one.pk: f"{one.student.person.name}, {one.session.course.name}, {days[one.pk]}" for one in bookings}


def _words(record: Record, school: School, payment: Payment | None) -> str:
    new: dict[str, Any] = record.new
    if record.name == "payment.succeeded":
        paid = money(int(new.get("amount", 0)), school.currency)
        how = METHODS.get(payment.method, "") if payment else ""
        return _("%(money)s received %(how)s") % {"money": paid, "how": how} if how else _("%s received") % paid
    if record.name == "payment.waived":
        return _("%s waived") % money(int(new.get("amount", 0)), school.currency)
    if record.name in DAYS:
        name, words = DAYS[record.name]
        return str(words) % {"day": said_day(dt.date.fromisoformat(new[name]))}
    if record.name == "booking.confirmed" and new.get("waived"):
        return _("Confirmed without payment")
    return str(WORDS.get(record.name, record.name.replace(".", " ").replace("_", " ").capitalize()))


def _who(record: Record, names: Mapping[UUID, str]) -> str:
    if record.role == Role.SYSTEM:
        return _("by Schoolbell")
    if record.role == Role.GUEST:
        return _("by a visitor")
    name = names.get(record.who) if record.who else None
    if name:
        return _("by %s") % name
    roles = {
        Role.OWNER: _("by the owner"),
        Role.ADMIN: _("by the office"),
        Role.INSTRUCTOR: _("by the instructor"),
        Role.CLIENT: _("by the client"),
        Role.STUDENT: _("by the student"),
    }
    return roles.get(Role(record.role), "")

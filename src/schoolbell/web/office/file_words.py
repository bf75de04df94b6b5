"""What a school's own files hold, in words."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schoolbell.importing import cells, repeating, structures
from schoolbell.importing.kinds import kinds

KIND_WORDS: Final = {
    "courses": (gettext_lazy("Courses"), gettext_lazy("What is taught, for how long, for whom and for how much.")),
    "resources": (gettext_lazy("Places"), gettext_lazy("Venues, online rooms and vehicles.")),
    "products": (gettext_lazy("Products"), gettext_lazy("What is sold beside the lessons.")),
    "instructors": (
        gettext_lazy("Instructors"),
        gettext_lazy("Who teaches what, and their opening hours. The lists in a line stand for the whole."),
    ),
    "students": (
        gettext_lazy("Students and families"),
        gettext_lazy("One line for each student and each client who answers for them."),
    ),
    "series": (
        gettext_lazy("Weekly lessons and classes that repeat"),
        gettext_lazy(
            "One line for each student’s weekly lessons, and for each class that repeats; for each student who has a "
            "seat in it every week, one."
        ),
    ),
    "timetable": (
        gettext_lazy("Timetable and bookings"),
        gettext_lazy("One line for each booking, and for each session without one."),
    ),
}
COUNTED: Final = {
    "course": (gettext_lazy("courses"), gettext_lazy("course")),
    "resource": (gettext_lazy("places"), gettext_lazy("place")),
    "instructor": (gettext_lazy("instructors"), gettext_lazy("instructor")),
    "student": (gettext_lazy("students"), gettext_lazy("student")),
    "client": (gettext_lazy("clients"), gettext_lazy("client")),
    "guardianship": (gettext_lazy("who answers for whom"), gettext_lazy("answers for")),
    "series": (gettext_lazy("what repeats"), gettext_lazy("repeats")),
    "seat": (gettext_lazy("seats in classes every week"), gettext_lazy("has a seat every week")),
    "session": (gettext_lazy("sessions"), gettext_lazy("session")),
    "booking": (gettext_lazy("bookings"), gettext_lazy("booking")),
    "product": (gettext_lazy("products"), gettext_lazy("product")),
}
COLUMN_WORDS: Final = (
    (gettext_lazy("A time"), "2026-12-01 16:00", gettext_lazy("its zone stands in the column “timezone”")),
    (gettext_lazy("or"), "2026-12-01T16:00:00+01:00", gettext_lazy("with its offset from UTC")),
    (gettext_lazy("A zone"), "Europe/London", ""),
    (gettext_lazy("A date"), "2026-12-01", ""),
    (gettext_lazy("An amount"), "45.00", gettext_lazy("in the school’s currency, tax included, without its sign")),
    (gettext_lazy("Several things"), "Piano; Cello", gettext_lazy("with semicolons between")),
)


@dataclass(frozen=True, slots=True)
class ColumnWords:
    name: str
    holds: str | Promise
    is_needed: bool


def columns_of(kind: str, currency: str) -> list[ColumnWords]:
    """Every column of such a file, in order."""
    columns = kinds(currency)[kind].columns.values()
    return [ColumnWords(column.name, _holds(column.cell), column.required) for column in columns]


def _holds(cell: Any) -> str:
    match cell:
        case cells.Choice():
            return ", ".join(cell.of)
        case cells.Many(part=structures.OpeningHoursCell()):
            return "Mon 14:00-20:00; Sat 09:00-13:00"
        case cells.Many():
            return _("several: %s") % _holds(cell.part)
        case cells.Figures(unit="%"):
            return _("per cent, such as 20 or 7.25")
    return str(HOLDS.get(type(cell), _("text")))


HOLDS: Final[dict[type, str | Promise]] = {
    cells.YesNo: gettext_lazy("yes or no"),
    cells.Key: gettext_lazy("a number or name of your own"),
    cells.Day: gettext_lazy("a date"),
    cells.Zone: gettext_lazy("a zone"),
    cells.Email: gettext_lazy("an e-mail address"),
    cells.Phone: gettext_lazy("a phone number, of six figures at least"),
    cells.Url: gettext_lazy("a web address"),
    cells.Whole: gettext_lazy("a whole number"),
    cells.Figures: gettext_lazy("an amount"),
    structures.MomentCell: gettext_lazy("a time"),
    repeating.ClockCell: gettext_lazy("a time of day, such as 16:00"),
    repeating.RepeatsCell: gettext_lazy("Tue; Thu, or a rule such as FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
    repeating.SkippedCell: gettext_lazy("a day and why it is left out: 2026-12-25 closure"),
    structures.TaughtCell: gettext_lazy("a course; its proficiency from 1 to 5 in brackets, if you like"),
    structures.ObjectCell: gettext_lazy("a JSON object"),
}

"""How the school's front says things."""

from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from django.template import Library
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from schoolbell.billing.summaries import OrderSummary
from schoolbell.catalogue.models import Course
from schoolbell.kit.money import Money
from schoolbell.kit.time import Stretch
from schoolbell.people.models import Instructor
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource, Slot
from schoolbell.timetable.queries import Length
from schoolbell.web.public.addresses import school_href
from schoolbell.web.public.booking_form import Forms
from schoolbell.web.public.month import View
from schoolbell.web.public.runs import is_a_run
from schoolbell.web.public.target import Target
from schoolbell.web.templatetags.fields import error_summary
from schoolbell.web.templatetags.words import clock, day, lasting, when_here

register = Library()
A_DAY: Final = 4 * 60  # so many minutes in one go fill a day


@register.filter
def slots_words(slots: Sequence[Slot | Stretch], where: ZoneInfo) -> str:
    """The slots of a session in one line: “Tue 1 to Thu 3 Dec, 09:00–16:30”, “Mon 7 Dec, 18:30–20:30 and 3 more”."""
    times = [Stretch(slot.starts_at, slot.ends_at) for slot in slots]
    if len(times) == 1:
        return when_here(times[0], where)
    if is_a_run(times, where):
        return _("%(first)s to %(last)s, %(clock)s") % {
            "first": day(times[0], where),
            "last": day(times[-1], where),
            "clock": clock(times[0], where),
        }
    more = len(times) - 1
    return ngettext("%(first)s and %(more)d more", "%(first)s and %(more)d more", more) % {
        "first": when_here(times[0], where),
        "more": more,
    }


@register.filter
def span_words(slots: Sequence[Slot], where: ZoneInfo) -> str:
    """The slots of a session in one line above a list of them: “Mon 7 Dec to Mon 28 Dec, 4 times”."""
    times = [Stretch(slot.starts_at, slot.ends_at) for slot in slots]
    words = {"first": day(times[0], where), "last": day(times[-1], where), "times": len(times)}
    return _("%(first)s to %(last)s, %(times)d times") % words


@register.filter
def beside_words(slots: Sequence[Slot | Stretch], where: ZoneInfo) -> str:
    """The same times in another zone, in few words: “Tue 1 Dec, 13:00–15:00”; of several at the same hours
    “13:00–15:00”, else when the first of them is."""
    times = [Stretch(slot.starts_at, slot.ends_at) for slot in slots]
    hours = {clock(time, where) for time in times}
    return when_here(times[0], where) if len(times) == 1 or len(hours) > 1 else hours.pop()


@register.filter
def length_words(length: Length) -> str:
    """“3 days, 18 h”, “4 times, 8 h”."""
    return f"{_times_words(length)}, {lasting(length.minutes)}"


@register.filter
def each_words(length: Length, minutes: int) -> str:
    """“3 days, 6 h each”; “3 days” where they are not all of those minutes."""
    times = _times_words(length)
    if length.minutes != length.times * minutes:
        return times
    return _("%(times)s, %(length)s each") % {"times": times, "length": lasting(minutes)}


def _times_words(length: Length) -> str:
    whole = length.minutes >= A_DAY * length.times
    words = ngettext("%d day", "%d days", length.times) if whole else ngettext("%d time", "%d times", length.times)
    return words % length.times


@register.filter
def on_colour(colour: str) -> str:
    """Black or white, whichever reads better on that colour (WCAG's relative luminance)."""

    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[place : place + 2], 16)) for place in (1, 3, 5))
    return "#000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#fff"


@register.filter
def ages(course: Course) -> str:
    """“10 to 13”, “from 16”, “up to 12”; nothing for all ages."""
    if course.age_min is not None and course.age_max is not None:
        return _("%(from)s to %(to)s") % {"from": course.age_min, "to": course.age_max}
    if course.age_min is not None:
        return _("from %s") % course.age_min
    return _("up to %s") % course.age_max if course.age_max is not None else ""


@register.filter
def where_taught(course: Course) -> str:
    return {"online": _("Online"), "in_vehicle": _("In the car")}.get(course.delivery, _("In person"))


@register.filter
def place_words(place: Resource) -> str:
    """“Tanner Street Rooms, 14 Tanner Street, London SE1 3LE”."""
    return ", ".join(filter(None, (place.name, address_words(place))))


@register.filter
def address_words(place: Resource) -> str:
    town = " ".join(filter(None, (place.city, place.postcode)))
    return ", ".join(filter(None, (place.address_line1, place.address_line2, town)))


@register.filter
def first_word(name: str) -> str:
    return name.split(" ", 1)[0]


@register.filter
def teacher_options(teachers: Sequence[Instructor]) -> list[tuple[str, str]]:
    """For a list to choose from; the first is anybody."""
    return [("", _("Anyone")), *((str(one.pk), one.person.name) for one in teachers)]


@register.filter
def instructor_value(view: View) -> str:
    return str(view.instructor_id or "")


@register.filter
def lessons_href(school: School) -> str:
    return f"{school_href(school)}#lessons"


@register.filter
def as_money(amount: int, school: School) -> Money:
    return Money(amount, school.currency)


@register.filter
def without_trial_href(target: Target) -> str:
    """The same at the price of every other lesson."""
    return target.without_trial().href


@register.filter
def held_words(number: str, summary: OrderSummary) -> str:
    """“three seats”; “this time” for a lesson of one's own."""
    if summary.session.capacity == 1:
        return _("this time")
    return ngettext("%s seat", "%s seats", len(summary.living)) % number


@register.filter
def book_words(seats: str, target: Target) -> str:
    """What the button does: “Book this lesson”, “Book three seats”."""
    session = target.wish.session
    return _("Book this lesson") if session is None or session.capacity == 1 else _("Book %s") % seats


@register.simple_tag
def recount(target: Target, beside: str = "#ways,#send") -> SafeString:
    """On what changes how many seats are meant, or how they are paid: the sum is made again as soon as it does, and
    what goes with it `beside`; never what somebody is just choosing from."""
    return format_html(
        'hx-post="{}" hx-trigger="change" hx-include="closest form" hx-vals="{}" hx-target="#order" '
        'hx-select="#order" hx-select-oob="{}" hx-swap="outerHTML"',
        target.href,
        '{"do": "count"}',
        beside,
    )


@register.simple_tag
def error_summary_of(forms: Forms) -> SafeString:
    """What has to be put right in all parts of the booking form."""
    return error_summary(*(form for form in forms.all if form.is_bound))

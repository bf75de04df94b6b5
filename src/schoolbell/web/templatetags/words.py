"""How times, zones and money are said to people."""

import datetime as dt
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from django.template import Library
from django.utils import formats
from django.utils.dateformat import format as written
from django.utils.translation import get_language, gettext, ngettext

from schoolbell.kit.money import Money
from schoolbell.kit.time import UTC, Stretch, now, zone
from schoolbell.people.models import Person

register = Library()

# A range this short is one event, even when midnight falls into it.
ONE_EVENT: Final = dt.timedelta(hours=12)
TWELVE_HOUR_LANGUAGES: Final = frozenset({"en-us"})

# ISO 4217: currencies whose minor unit is not a hundredth.
WITHOUT_MINOR_UNIT: Final = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF")
)
IN_THOUSANDTHS: Final = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))
# The country stands with the sign where it could be mistaken. A currency without a sign here goes by its code.
SIGNS: Final = {
    "AUD": "A$", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "HKD": "HK$", "ILS": "₪", "INR": "₹",
    "JPY": "¥", "KRW": "₩", "MXN": "MX$", "NGN": "₦", "NZD": "NZ$", "PHP": "₱", "SGD": "S$", "THB": "฿", "TRY": "₺",
    "TWD": "NT$", "UAH": "₴", "USD": "$", "VND": "₫", "ZAR": "R",
}  # fmt: skip
MINUS: Final = "−"
NO_BREAK: Final = "\N{NO-BREAK SPACE}"

Moment: TypeAlias = dt.datetime | Stretch


class Span(NamedTuple):
    """From when to when, in the zone in which it is said. A single moment has no end."""

    starts: dt.datetime
    ends: dt.datetime | None


@register.filter
def when(value: Moment, where: ZoneInfo | str) -> str:
    """A moment, or a stretch of time, as people say it, with its zone: “Tue 1 Dec, 16:00–17:00 London”.

    The year is said when it is not the present one. A time that the clocks show twice names its offset too.
    """
    return f"{when_here(value, where)} {_place(value, where)}"


@register.filter
def when_here(value: Moment, where: ZoneInfo | str) -> str:
    """As `when`, for a group of times whose zone is said once: “Tue 1 Dec, 16:00–17:00”. Whole days are said so."""
    span = _span(value, where)
    if last := _last_whole_day(span):
        if last == span.starts.date():
            return gettext("%(day)s, all day") % {"day": _day(last)}
        return gettext("%(from)s to %(to)s, all day") % {"from": _day(span.starts), "to": _day(last)}
    if _is_one_event(span):
        return f"{_day(span.starts)}, {_clock(span)}"
    from_, to = (f"{_day(moment)}, {_time(moment)}" for moment in span if moment)
    return gettext("%(from)s to %(to)s") % {"from": from_, "to": to}


@register.filter
def day(value: Moment | dt.date, where: ZoneInfo | str | None = None) -> str:
    """The day: “Tue 1 Dec”. A moment needs the zone in which to say it; a date has none."""
    return _day(_date_or_local(value, where))


@register.filter
def long_day(value: Moment | dt.date, where: ZoneInfo | str | None = None) -> str:
    """The day in full, for a heading: “Tuesday 1 December”."""
    moment = _date_or_local(value, where)
    return _date(moment, "l j F" if moment.year == _today(moment).year else "l j F Y")


@register.filter
def clock(value: Moment, where: ZoneInfo | str) -> str:
    """The time of day: “16:00”, or “16:00–17:00” for a stretch."""
    return _clock(_span(value, where))


@register.filter
def near(value: dt.datetime) -> str:
    """How long until then, when that is soon: “in 12 min”, “in 3 h”, “now”. Empty when it is past, or a day away."""
    minutes = int((value - now()).total_seconds() // 60)
    if not 0 <= minutes < 24 * 60:
        return ""
    if minutes == 0:
        return gettext("now")
    if minutes < 60:
        return gettext("in %(minutes)s min") % {"minutes": minutes}
    return gettext("in %(hours)s h") % {"hours": minutes // 60}


@register.filter
def lasting(minutes: int) -> str:
    """A length: “45 min”, “60 min”, “2 h”, “2 h 30 min”."""
    hours, rest = divmod(minutes, 60)
    if minutes <= 60 or not hours:
        return gettext("%(minutes)s min") % {"minutes": minutes}
    if not rest:
        return gettext("%(hours)s h") % {"hours": hours}
    return gettext("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}


@register.filter
def iso(value: dt.datetime | dt.date) -> str:
    """For the `datetime` of a `<time>`, and for addresses."""
    return value.isoformat()


@register.filter
def zone_name(where: ZoneInfo | str) -> str:
    """The place by which people know a zone: “London”, “New York”."""
    key = _zone(where).key
    if key.startswith("Etc/GMT") and key[7:]:
        return "UTC" + key[7:].translate(str.maketrans("+-", MINUS + "+"))  # the sign in these names is turned round
    return key.rpartition("/")[2].replace("_", " ")


@register.filter
def zone_label(where: ZoneInfo | str, moment: dt.datetime | None = None) -> str:
    """The place and the clock it keeps at that moment (now, when none is given): “Berlin (CET)”, “Dubai (UTC+4)”,
    “UTC”."""
    name, offset = zone_name(where), _offset_name((moment or now()).astimezone(_zone(where)))
    return name if name == offset else f"{name} ({offset})"


@register.filter
def hours_words(hours: int) -> str:
    """“24 hours”, “7 days”, “one hour”."""
    if hours > 48 and hours % 24 == 0:
        return ngettext("%d day", "%d days", hours // 24) % (hours // 24)
    return ngettext("%d hour", "%d hours", hours) % hours


@register.filter
def money(amount: Money | int, currency: str = "") -> str:
    """An amount to the penny, as orders say it: “£180.00”, “A$30.00”, “−£66.00”, “KWD 12.500”.

    `amount` is Money, or minor units of `currency`.
    """
    value = amount if isinstance(amount, Money) else Money(int(amount), currency)
    return _money(value, places=_places(value.currency))


@register.filter
def price(amount: Money | int, currency: str = "") -> str:
    """An amount as lists say it, without zeros after the point: “£180”, “A$30”, “$14.50”."""
    value = amount if isinstance(amount, Money) else Money(int(amount), currency)
    places = _places(value.currency)
    return _money(value, places=places if value.amount % 10**places else 0)


@register.filter
def for_whom(person: Person, name: str = "") -> str:
    """“for Sam Learner”, or by another `name`; “for the seat that is named later”."""
    if person.is_placeholder:
        return gettext("for the seat that is named later")
    return gettext("for %s") % (name or person.name)


@register.filter
def counted(number: int, words: str) -> str:
    """A number with its word, of “singular,plural”: `{{ seats|counted:"seat,seats" }}` is “1 seat” or “3 seats”."""
    singular, plural = words.split(",")
    return f"{formats.number_format(number, force_grouping=True)} {ngettext(singular, plural, number)}"


def _money(value: Money, *, places: int) -> str:
    figures = Decimal(abs(value.amount)).scaleb(-_places(value.currency))
    said = formats.number_format(figures, decimal_pos=places, use_l10n=True, force_grouping=True)
    return (MINUS if value.amount < 0 else "") + SIGNS.get(value.currency, value.currency + NO_BREAK) + said


def _places(currency: str) -> int:
    return 0 if currency in WITHOUT_MINOR_UNIT else 3 if currency in IN_THOUSANDTHS else 2


def _zone(where: ZoneInfo | str) -> ZoneInfo:
    return zone(where) if isinstance(where, str) else where


def _span(value: Moment, where: ZoneInfo | str) -> Span:
    local = _zone(where)
    if isinstance(value, Stretch):
        return Span(value.starts_at.astimezone(local), value.ends_at.astimezone(local))
    return Span(value.astimezone(local), None)


def _last_whole_day(span: Span) -> dt.date | None:
    """Of what goes from midnight to midnight."""
    if span.ends is None or span.starts.time() != dt.time() or span.ends.time() != dt.time():
        return None
    return span.ends.date() - dt.timedelta(days=1)


def _is_one_event(span: Span) -> bool:
    if span.ends is None or span.starts.date() == span.ends.date():
        return True
    return span.ends.astimezone(UTC) - span.starts.astimezone(UTC) < ONE_EVENT


def _date_or_local(value: Moment | dt.date, where: ZoneInfo | str | None) -> dt.date:
    if isinstance(value, dt.datetime | Stretch):
        if where is None:
            raise ValueError("a moment falls on different days in different zones: say in which")
        return _span(value, where).starts
    return value


def _today(like: dt.date) -> dt.date:
    return now().astimezone(like.tzinfo).date() if isinstance(like, dt.datetime) else now().date()


def _day(moment: dt.date) -> str:
    return _date(moment, "D j M" if moment.year == _today(moment).year else "D j M Y")


def _date(moment: dt.date, pattern: str) -> str:
    day = moment.date() if isinstance(moment, dt.datetime) else moment
    return _date_in(day, pattern, get_language())


@lru_cache(maxsize=4096)
def _date_in(day: dt.date, pattern: str, language: str | None) -> str:
    """Pages say few days many times. The language is the one in use, in which the names of days and months are."""
    return written(day, pattern)


def _clock(span: Span) -> str:
    return _time(span.starts) if span.ends is None else f"{_time(span.starts)}–{_time(span.ends)}"


def _time(moment: dt.datetime) -> str:
    if get_language() in TWELVE_HOUR_LANGUAGES:
        return written(moment, "g:i a")
    return f"{moment.hour:02}:{moment.minute:02}"


def _place(value: Moment, where: ZoneInfo | str) -> str:
    starts = _span(value, where).starts
    comes_twice = starts.replace(fold=0).utcoffset() != starts.replace(fold=1).utcoffset()
    return f"{zone_name(where)} ({_offset_name(starts)})" if comes_twice else zone_name(where)


def _offset_name(local: dt.datetime) -> str:
    name = local.tzname() or ""
    if name[:1] not in "+-":
        return name
    offset = local.utcoffset() or dt.timedelta()
    hours, minutes = divmod(int(abs(offset).total_seconds()) // 60, 60)
    return f"UTC{MINUS if offset < dt.timedelta() else '+'}{hours}" + (f":{minutes:02}" if minutes else "")

"""Prices in words."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from schoolbell.billing.quotes import Quote
from schoolbell.catalogue.models import Course
from schoolbell.kit.money import Money
from schoolbell.schools.models import School
from schoolbell.schools.policies import ConfirmOn
from schoolbell.web.templatetags.words import money, price

# What the tax on a sale is called; VAT elsewhere.
TAX_NAMES: Final = {"AU": "GST", "CA": "GST", "IN": "GST", "NZ": "GST", "SG": "GST", "US": "Sales tax"}
NUMBERS: Final = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A line of a price explained."""

    words: str | Promise
    amount: Money
    is_quiet: bool = False


def tax_name(school: School) -> str:
    return TAX_NAMES.get(school.country, "VAT")


def price_words(course: Course, school: School) -> str:
    """“$15 first, then $45”, “A$89 a lesson”, “£220 for the course”, “Free of charge”."""
    amount = amount_words(course, school)
    if course.price == 0 or course.trial_price is not None:
        return amount
    return f"{amount} {_unit_words(course)}"


def amount_words(course: Course, school: School) -> str:
    """“$15 first, then $45”, “A$89”, “Free of charge”."""
    whole = price(Money(course.price, school.currency))
    if course.trial_price is not None:
        first = price(Money(course.trial_price, school.currency)) if course.trial_price else _("free")
        return _("%(first)s first, then %(price)s") % {"first": first, "price": whole}
    return whole if course.price else _("Free of charge")


def terms_words(course: Course, school: School) -> str:
    """What stands below the amount: “a lesson, A$30 deposit”, “for the course, paid when you book”."""
    return ", ".join(filter(None, (_unit_words(course) if course.price else "", deposit_words(course, school))))


def _unit_words(course: Course) -> str:
    return _("for the course") if course.price_per == Course.PricePer.COURSE else _("a lesson")


def deposit_words(course: Course, school: School) -> str:
    """“A$30 deposit”, “paid when you book”, or nothing to say."""
    policies = course.policies
    if course.price == 0:
        return ""
    if policies.confirm_on == ConfirmOn.DEPOSIT and 0 < course.deposit < course.price:
        return _("%s deposit") % price(Money(course.deposit, school.currency))
    return _("paid later") if policies.confirm_on == ConfirmOn.BOOKING else _("paid when you book")


def tax_words(courses: list[Course], school: School) -> str:
    """What the prices of these courses include; nothing where none is taxed."""
    rates = {course.tax_rate for course in courses}
    if rates in (set(), {0}):
        return ""
    if len(rates) == 1:
        return _("All prices include %(rate)s%% %(tax)s.") % {
            "rate": rate_words(rates.pop()),
            "tax": tax_name(school),
        }
    return _("All prices include %s.") % tax_name(school)


def rate_words(hundredths: int) -> str:
    """2000 is “20”, 725 is “7.25”."""
    return f"{hundredths / 100:g}"


def explained(quote: Quote, course: Course, school: School, *, trial: bool = False) -> list[PriceLine]:
    """How a total comes about."""

    def of(amount: int) -> Money:
        return Money(amount, school.currency)

    if quote.seats > 1:
        each = money(of(quote.each.price.total))
        lines = [PriceLine(_("%(seats)d seats × %(price)s") % {"seats": quote.seats, "price": each}, of(quote.total))]
    else:
        lines = [PriceLine(_("First lesson") if trial else course.name, of(quote.total))]
    return lines + tax_lines(quote.net, quote.tax, course.tax_rate, school)


def tax_lines(net: int, tax: int, rate: int, school: School) -> list[PriceLine]:
    """The net amount and the tax in it, where there is any."""
    if not tax:
        return []
    name = tax_name(school)
    return [
        PriceLine(_("Before %s") % name, Money(net, school.currency), is_quiet=True),
        PriceLine(
            _("%(tax)s %(rate)s%%") % {"tax": name, "rate": rate_words(rate)},
            Money(tax, school.currency),
            is_quiet=True,
        ),
    ]


def due(quote: Quote, school: School) -> list[PriceLine]:
    """What is to be paid when."""
    if not quote.total:
        return []
    now, later = Money(quote.due_now, school.currency), Money(quote.due_later, school.currency)
    if quote.confirmed_at_once:
        return [PriceLine(_("To pay when it suits you"), Money(quote.total, school.currency))]
    if not quote.due_later:
        return [PriceLine(_("To pay now"), now)]
    return [PriceLine(_("Deposit, now"), now), PriceLine(_("By the lesson"), later)]


def seats_words(number: int) -> str:
    """“one seat”, “three seats”, “14 seats”."""
    return ngettext("%(number)s seat", "%(number)s seats", number) % {"number": number_word(number)}


def number_word(number: int) -> str:
    return _(NUMBERS[number]) if 0 < number < len(NUMBERS) else str(number)


def price_note(quote: Quote) -> str:
    """What a transfer has to bring."""
    return _("the deposit") if quote.is_deposit else _("the money")

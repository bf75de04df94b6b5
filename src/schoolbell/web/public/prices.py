"""Prices in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from schoolbell.billing.models import ProductLine
from schoolbell.billing.quotes import Quote
from schoolbell.catalogue.models import Course, Product
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


def tax_words(courses: Iterable[Course], products: Iterable[Product], school: School) -> str:
    """What all of these prices include, or those of the lessons; nothing where it is not true of each of them."""
    of_lessons = {one.tax_rate for one in courses if one.price or one.trial_price}
    beside = {one.tax_rate for one in products if one.price}
    if not of_lessons or 0 in of_lessons:
        return ""
    rates = of_lessons if 0 in beside else of_lessons | beside
    tax = tax_name(school)
    if len(rates) == 1:
        tax = _("%(rate)s%% %(tax)s") % {"rate": rate_words(rates.pop()), "tax": tax}
    return _("Prices of lessons include %s.") % tax if 0 in beside else _("All prices include %s.") % tax


def rate_words(hundredths: int) -> str:
    """2000 is “20”, 725 is “7.25”."""
    return f"{hundredths / 100:g}"


def explained(quote: Quote, course: Course, school: School, *, trial: bool = False) -> list[PriceLine]:
    """How a total comes about."""

    def of(amount: int) -> Money:
        return Money(amount, school.currency)

    if quote.seats > 1:
        each = money(of(quote.each.price.total))
        words = _("%(seats)d seats × %(price)s") % {"seats": quote.seats, "price": each}
        lines = [PriceLine(words, of(quote.of_lessons))]
    else:
        lines = [PriceLine(_("First lesson") if trial else course.name, of(quote.of_lessons))]
    return [*lines, *product_lines(quote.products, school), *tax_lines(quote.total, quote.taxes, school)]


def product_lines(lines: Iterable[ProductLine], school: School) -> list[PriceLine]:
    """“2 × Clay kit”: each product once, for whomever it is."""
    sums: dict[UUID, tuple[str, int, int]] = {}
    for one in lines:
        _name, quantity, total = sums.get(one.product_id, ("", 0, 0))
        sums[one.product_id] = (one.product.name, quantity + one.quantity, total + one.total)
    return [PriceLine(f"{quantity} × {name}", Money(total, school.currency)) for name, quantity, total in sums.values()]


def tax_lines(total: int, taxes: Mapping[int, int], school: School) -> list[PriceLine]:
    """The net amount and the taxes in it, by their rates, where there are any; nothing is said of what is free."""
    if not taxes or not total:
        return []
    name = tax_name(school)
    return [
        PriceLine(_("Before %s") % name, Money(total - sum(taxes.values()), school.currency), is_quiet=True),
        *(
            PriceLine(
                _("%(tax)s %(rate)s%%") % {"tax": name, "rate": rate_words(rate)},
                Money(tax, school.currency),
                is_quiet=True,
            )
            for rate, tax in taxes.items()
        ),
    ]


def due(quote: Quote, school: School) -> list[PriceLine]:
    """What is to be paid when."""
    if not quote.total:
        return []
    now, later = Money(quote.due_now, school.currency), Money(quote.due_later, school.currency)
    if quote.confirmed_at_once and quote.each.ask:
        return [PriceLine(_("To pay when it suits you"), Money(quote.total, school.currency))]
    if not quote.due_later:
        return [PriceLine(_("To pay now"), now)]
    first = _("Deposit, and what you take home, now") if quote.products else _("Deposit, now")
    return [PriceLine(first, now), PriceLine(_("By the lesson"), later)]


def seats_words(number: int) -> str:
    """“one seat”, “three seats”, “14 seats”."""
    return ngettext("%(number)s seat", "%(number)s seats", number) % {"number": number_word(number)}


def number_word(number: int) -> str:
    return _(NUMBERS[number]) if 0 < number < len(NUMBERS) else str(number)


def price_note(quote: Quote) -> str:
    """What a transfer has to bring."""
    return _("the deposit") if quote.is_deposit else _("the money")

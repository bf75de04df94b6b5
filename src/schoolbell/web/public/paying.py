"""The ways of paying that a school's visitors choose from, in words."""

import datetime as dt
from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from schoolbell.billing.payments import takes_cards, usable
from schoolbell.billing.quotes import Quote
from schoolbell.billing.wishes import ProductWish
from schoolbell.kit.money import Money
from schoolbell.schools.models import School
from schoolbell.schools.policies import PayWith
from schoolbell.web.public.prices import PriceLine, due, price_note
from schoolbell.web.public.target import Target
from schoolbell.web.templatetags.fields import Choice
from schoolbell.web.templatetags.words import money, when

DEPOSIT, CARD, TRANSFER, DESK, LATER = "deposit", "card", "transfer", "desk", "later"
WAYS: Final = frozenset({DEPOSIT, CARD, TRANSFER, DESK, LATER})


def ways_to_pay(
    target: Target, *, seats: int, where: ZoneInfo, products: Sequence[ProductWish] = ()
) -> list[tuple[str, Choice]]:
    """Each with what it means, and what is due with it now. None where it costs nothing."""
    card = target.quote(seats=seats, products=products)
    if not card.total:
        return []
    total = _said(target, card.total)
    nothing = _("nothing now")
    offered = usable(target.wish.course.policies.ways_to_pay)
    if card.confirmed_at_once:
        now = Choice(_("By card"), _("Nothing more to do."), _("%s now") % total, icon="credit-card")
        return [
            *([(CARD, now)] if takes_cards() else []),
            (LATER, Choice(_("Later"), _later_words(offered), nothing, icon="landmark")),
        ]
    ways = _by_card(target, card, total) if CARD in offered else []
    if TRANSFER in offered:
        by_bank = _held(target.quote(seats=seats, pay_with=TRANSFER, products=products), where)
        ways.append((TRANSFER, Choice(_("Bank transfer"), by_bank, nothing, icon="landmark")))
    if DESK in offered:
        at_desk = _held(target.quote(seats=seats, pay_with=DESK, products=products), where)
        ways.append((DESK, Choice(_("At the school"), at_desk, nothing, icon="coins")))
    return ways


def due_in(way: str, quote: Quote, school: School) -> list[PriceLine]:
    """What is to be paid when, in the way that is chosen. Each line names it, so that it is true beside the others,
    too, where nothing follows the choice."""
    if way not in WAYS or not quote.total:
        return due(quote, school)
    whole, now = Money(quote.total, school.currency), Money(quote.due_now, school.currency)
    if way == LATER:
        return [PriceLine(_("To pay when it suits you"), whole)]
    if way == CARD:
        return [PriceLine(_("By card, now"), whole)]
    if way == DEPOSIT:
        first = _("Deposit, and what you take home, by card, now") if quote.products else _("Deposit by card, now")
    else:
        by_bank = way == TRANSFER
        first = _("By bank transfer, while it is held") if by_bank else _("At the school, while it is held")
    return [PriceLine(first, now), *_by_the_lesson(quote, school)]


def due_while_held(quote: Quote, school: School) -> list[PriceLine]:
    """The same in whatever way; of what is not held, as everywhere."""
    if quote.confirmed_at_once or not quote.total:
        return due(quote, school)
    words = _("Deposit, while it is held") if quote.due_later else _("To pay while it is held")
    return [PriceLine(words, Money(quote.due_now, school.currency)), *_by_the_lesson(quote, school)]


def _by_the_lesson(quote: Quote, school: School) -> list[PriceLine]:
    return [PriceLine(_("By the lesson"), Money(quote.due_later, school.currency))] if quote.due_later else []


def _later_words(offered: Sequence[PayWith]) -> str:
    if DESK not in offered:
        return _("By bank transfer.") if TRANSFER in offered else _("By card, by the lesson.")
    return _("By bank transfer or at the school.") if TRANSFER in offered else _("At the school.")


def _by_card(target: Target, card: Quote, total: str) -> list[tuple[str, Choice]]:
    ways = []
    if card.is_deposit:
        deposit = _("%s now") % _said(target, card.due_now)
        rest = _("The other %s is due by the lesson.") % _said(target, card.due_later)
        ways.append((DEPOSIT, Choice(_("Deposit by card"), rest, deposit, icon="credit-card")))
    whole = _("All by card") if card.is_deposit else _("By card")
    ways.append((CARD, Choice(whole, _("Nothing more to do."), _("%s now") % total, icon="credit-card")))
    return ways


def hold_of(way: str) -> str:
    """The policy's name for a way of paying: how long a hold lasts with it."""
    return {DEPOSIT: "card", LATER: "transfer"}.get(way, way)


def _held(quote: Quote, where: ZoneInfo) -> str:
    until = quote.each.hold_expires_at or dt.datetime.now(dt.UTC)
    amount = price_note(quote)
    return _("Held until %(until)s; confirmed when %(amount)s is with us.") % {
        "until": when(until, where),
        "amount": amount,
    }


def _said(target: Target, amount: int) -> str:
    return money(Money(amount, target.wish.school.currency))

"""The ways of paying that a school's visitors choose from, in words."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from schoolbell.billing.payments import takes_cards, usable
from schoolbell.billing.quotes import Quote
from schoolbell.billing.wishes import ProductWish
from schoolbell.kit.money import Money
from schoolbell.schools.policies import PayWith
from schoolbell.web.public.prices import price_note
from schoolbell.web.public.target import Target
from schoolbell.web.templatetags.fields import Choice
from schoolbell.web.templatetags.words import money, when

DEPOSIT, CARD, TRANSFER, DESK, LATER = "deposit", "card", "transfer", "desk", "later"


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

"""What of a session on offer can still be had."""

from collections.abc import Iterable, Sequence

from schoolbell.kit.time import Stretch, now
from schoolbell.planning.offers import Offer
from schoolbell.timetable.models import Slot


def slots_ahead(offer: Offer) -> Sequence[Slot]:
    """Where times are chosen, those that have not begun; else all of them."""
    if not offer.session.choose_slots:
        return offer.slots
    return [slot for slot in offer.slots if slot.starts_at > now()] or offer.slots


def during_ahead(offer: Offer) -> Stretch:
    """From the first of them to the end of the last."""
    slots = slots_ahead(offer)
    return Stretch(slots[0].starts_at, slots[-1].ends_at)


def by_what_comes_next(offers: Iterable[Offer]) -> list[Offer]:
    return sorted(offers, key=lambda offer: (during_ahead(offer), offer.session.pk))

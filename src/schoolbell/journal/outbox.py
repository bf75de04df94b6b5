"""Passing on what was left in the Outbox: each row once, by one worker, however many there are."""

import datetime as dt
from collections.abc import Callable, Mapping
from itertools import takewhile
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q

from schoolbell.journal.models import Outbox
from schoolbell.kit.logs import what_it_was
from schoolbell.kit.time import now

Handler = Callable[[UUID, UUID], None]  # of a school's id and the subject's
MOST_ATTEMPTS = 20
LONGEST_WAIT = dt.timedelta(hours=1)
log = structlog.get_logger("schoolbell.outbox")


def handle_waiting(handlers: Mapping[str, Handler], *, at_most: int = 200) -> int:
    """See to what waits, oldest first, and say how much was seen to. What fails is tried again, later and later."""
    return sum(1 for _ in takewhile(bool, (_handle_next(handlers) for _ in range(at_most))))


@transaction.atomic
def _handle_next(handlers: Mapping[str, Handler]) -> bool:
    row = (
        Outbox.objects.select_for_update(skip_locked=True)
        .filter(
            Q(try_after__isnull=True) | Q(try_after__lte=now()), handled_at__isnull=True, attempts__lt=MOST_ATTEMPTS
        )
        .order_by("id")
        .first()
    )
    if row is None:
        return False
    handler = handlers.get(row.name)
    try:
        if handler:
            with transaction.atomic():
                handler(row.school_id, row.subject_id)
    except Exception as error:
        row.attempts += 1
        row.try_after = now() + min(dt.timedelta(seconds=2**row.attempts), LONGEST_WAIT)
        row.error = what_it_was(error)
        log.error("outbox row failed", name=row.name, row=str(row.pk), attempts=row.attempts, exc_info=error)
    else:
        row.handled_at = now()
        row.error = ""
    row.save()
    return True

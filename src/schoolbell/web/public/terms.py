"""Until when something that begins at a certain time is cancelled free of charge, in words."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from schoolbell.bookings.cancelling import free_before
from schoolbell.kit.time import now
from schoolbell.schools.policies import CoursePolicies
from schoolbell.web.templatetags.words import hours_words, when


def cancelling_words(starts_at: dt.datetime, policies: CoursePolicies, where: ZoneInfo) -> str:
    """What holds for whoever books it now: the last moment in that zone, or that it is past, and what then stays."""
    free_until, percent = free_before(starts_at, policies), policies.late_fee_percent
    hours = hours_words(policies.free_cancel_hours)
    if free_until > now():
        free = _("Cancel free of charge until %s.") % when(free_until, where)
        return f"{free} {late_words(percent)}".strip() if policies.free_cancel_hours else free
    if percent == 100:
        return _("It begins in less than %s: if you cancel, the whole price stays with the school.") % hours
    if percent:
        said = _("It begins in less than %(hours)s: if you cancel, %(percent)s%% of the price stays with the school.")
        return said % {"hours": hours, "percent": percent}
    return _("You can cancel free of charge until it begins.")


def late_words(percent: int) -> str:
    if percent == 100:
        return _("After that the whole price stays with the school.")
    return _("After that %s%% of the price stays with the school.") % percent if percent else ""

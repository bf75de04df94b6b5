"""Zones to choose from."""

import datetime as dt
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from schoolbell.kit.time import now
from schoolbell.web.templatetags.words import zone_label

# Where most visitors are; their own zone and the school's are always among the choices.
ZONES: Final = (
    "Pacific/Honolulu", "America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York",
    "America/Sao_Paulo", "Atlantic/Reykjavik", "Europe/London", "Europe/Lisbon", "Europe/Berlin", "Europe/Paris",
    "Europe/Athens", "Europe/Istanbul", "Africa/Lagos", "Africa/Nairobi", "Africa/Johannesburg", "Asia/Dubai",
    "Asia/Karachi", "Asia/Kolkata", "Asia/Dhaka", "Asia/Bangkok", "Asia/Singapore", "Asia/Shanghai", "Asia/Tokyo",
    "Australia/Perth", "Australia/Brisbane", "Australia/Sydney", "Pacific/Auckland", "Etc/UTC",
)  # fmt: skip
QUARTER: Final = 15 * 60  # seconds


def zone_choices(own: ZoneInfo, schools: ZoneInfo) -> list[tuple[str, str]]:
    """Each with its words, as of now: the visitor's, the school's, then the world from west to east."""
    quarter = int(now().timestamp()) // QUARTER
    return list(_choices(own, schools, quarter, get_language()))


@lru_cache(maxsize=256)
def _choices(own: ZoneInfo, schools: ZoneInfo, quarter: int, _language: str | None) -> tuple[tuple[str, str], ...]:
    """Kept for a quarter of an hour: no clock changes but at the beginning of one."""
    moment = dt.datetime.fromtimestamp(quarter * QUARTER, dt.UTC)
    words = {own.key: zone_label(own, moment)}
    words.setdefault(schools.key, _("%s, the school") % zone_label(schools, moment))
    for name in ZONES:
        words.setdefault(name, zone_label(name, moment))
    return tuple(words.items())

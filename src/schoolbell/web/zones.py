"""Zones to choose from."""

from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from schoolbell.kit.time import zone
from schoolbell.web.templatetags.words import zone_label

# Where most visitors are; their own zone and the school's are always among the choices.
ZONES: Final = (
    "Pacific/Honolulu", "America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York",
    "America/Sao_Paulo", "Atlantic/Reykjavik", "Europe/London", "Europe/Lisbon", "Europe/Berlin", "Europe/Paris",
    "Europe/Athens", "Europe/Istanbul", "Africa/Lagos", "Africa/Nairobi", "Africa/Johannesburg", "Asia/Dubai",
    "Asia/Karachi", "Asia/Kolkata", "Asia/Dhaka", "Asia/Bangkok", "Asia/Singapore", "Asia/Shanghai", "Asia/Tokyo",
    "Australia/Perth", "Australia/Brisbane", "Australia/Sydney", "Pacific/Auckland", "Etc/UTC",
)  # fmt: skip


def zone_choices(own: ZoneInfo, schools: ZoneInfo) -> list[tuple[str, str]]:
    """Each with its words: the visitor's, the school's, then the world from west to east."""

    def choices() -> Iterator[tuple[str, str]]:
        yield own.key, zone_label(own)
        if schools.key != own.key:
            yield schools.key, _("%s, the school") % zone_label(schools)
        for name in ZONES:
            yield name, zone_label(zone(name))

    seen: dict[str, str] = {}
    for name, words in choices():
        seen.setdefault(name, words)
    return list(seen.items())

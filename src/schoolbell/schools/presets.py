"""What a new school of each kind starts with. Their values are those of the five designs (docs/designs.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from schoolbell.schools.policies import ConfirmOn, OwnLessons, PayWith, Policies


@dataclass(frozen=True, slots=True)
class Preset:
    currency: str
    timezone: str
    country: str
    policies: Policies
    certification_validity_years: int | None = None  # of a new course, unless it says so itself


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "coding": Preset(
            "USD",
            "America/New_York",
            "US",
            Policies(
                confirm_on=ConfirmOn.PAYMENT,
                start_grid_minutes=30,
                notice_minutes=240,
                own_lessons=OwnLessons.MOVE_AND_CANCEL,
                ways_to_pay=(PayWith.CARD, PayWith.TRANSFER),  # it has no desk
            ),
        ),
        "coaching": Preset(
            "EUR",
            "Europe/Berlin",
            "DE",
            # One booking per slot, ever: the design's `slotId` is unique.
            Policies(
                confirm_on=ConfirmOn.BOOKING,
                notice_minutes=60,
                release_seat_on_cancel=False,
                default_course="Call",
                own_lessons=OwnLessons.ALL,  # coaches run their own diary
                own_lessons_notice_hours=0,
                ways_to_pay=(PayWith.CARD, PayWith.TRANSFER),
            ),
        ),
        "courses": Preset("INR", "Asia/Kolkata", "IN", Policies(confirm_on=ConfirmOn.PAYMENT, notice_minutes=0)),
        "driving": Preset(
            "AUD",
            "Australia/Sydney",
            "AU",
            Policies(
                confirm_on=ConfirmOn.DEPOSIT,
                notice_minutes=720,
                furthest_ahead_days=90,
                max_hours_per_week=60,
                own_lessons=OwnLessons.MOVE_AND_CANCEL,
            ),
        ),
        "first-aid": Preset(
            "GBP",
            "Europe/London",
            "GB",
            Policies(confirm_on=ConfirmOn.PAYMENT, course_types=("EFAW", "FAW", "Paediatric"), free_cancel_hours=168),
            certification_validity_years=3,
        ),
    }
)

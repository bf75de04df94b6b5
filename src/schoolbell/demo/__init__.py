"""Five schools to try Schoolbell with, one per design: half a year of history and a quarter ahead, from a day that
counts as today. The same day gives the same schools, to the last id."""

import datetime as dt
from collections.abc import Callable
from typing import Protocol

from django.db import transaction

from schoolbell.demo import coaching, coding, courses, driving, first_aid
from schoolbell.demo.accounts import add_accounts
from schoolbell.demo.sheets import refresh_statistics
from schoolbell.schools.models import School


class Filler(Protocol):
    def __call__(self, today: dt.date, *, progress: Callable[[str], None], scale: float = 1.0) -> School: ...


FILLERS: dict[str, Filler] = {
    "coding": coding.fill,
    "coaching": coaching.fill,
    "courses": courses.fill,
    "driving": driving.fill,
    "first-aid": first_aid.fill,
}


def fill(today: dt.date, *, progress: Callable[[str], None], scale: float = 1.0) -> list[str]:
    """Make the schools that are missing, and name them. `scale` makes smaller ones, for tests."""
    made = []
    for slug, make in FILLERS.items():
        if not School.objects.filter(slug=slug).exists():
            with transaction.atomic():  # a school is there whole, or not at all
                school = make(today, progress=progress, scale=scale)
                add_accounts(school, today)
            made.append(slug)
    if made:
        refresh_statistics()
    return made

"""A school that opens: what its preset brings, and the public holidays of its country."""

from typing import Any

from django.db import transaction

from schoolbell.diary.public_holidays import countries, follow_holidays
from schoolbell.schools.actions import create_school
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School


@transaction.atomic
def open_school(slug: str, *, by: Actor, subdivision: str = "", follows_holidays: bool = True, **values: Any) -> School:
    """As `create_school`, which see for `values`; from the start it is closed on the public holidays of its country, or
    of a region of it (`subdivision`). Each can be kept open.

    Raises: InputRefused, SlugTaken.
    """
    school = create_school(slug, **values)
    if follows_holidays and (school.country in countries() or subdivision):
        follow_holidays(school, school.country, subdivision, by=by)
    return school

"""Everything that changes a school."""

import re

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from schoolbell.kit.money import is_currency
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import country_of, zone
from schoolbell.schools.models import SLUG, School
from schoolbell.schools.presets import PRESETS
from schoolbell.schools.refusals import SlugTaken


def create_school(
    slug: str,
    *,
    name: str,
    preset: str,
    timezone: str = "",
    currency: str = "",
    country: str = "",
    tagline: str = "",
    about: str = "",
    colour: str = "",
) -> School:
    """Open a school with what its preset brings. `timezone`, `currency` and `country` replace the preset's. Where only
    a zone is said, the country is that in which it lies.

    Raises: InputRefused, SlugTaken.
    """
    name = name.strip()
    if not 1 <= len(name) <= 200:
        raise InputRefused.of("name", _("Give the school a name of at most 200 letters."))
    if preset not in PRESETS:
        raise InputRefused.of("preset", _("Choose one of: %s.") % ", ".join(PRESETS))
    if not re.fullmatch(SLUG, slug):
        raise InputRefused.of("slug", _("Use small letters, digits and hyphens, at most 50."))
    if currency and not is_currency(currency):
        raise InputRefused.of("currency", _("Use the ISO 4217 code of a currency that is paid with, such as GBP."))
    if country and not re.fullmatch("[A-Z]{2}", country):
        raise InputRefused.of("country", _("Give a country’s code of two letters, such as GB."))
    start = PRESETS[preset]
    try:
        zone(timezone or start.timezone)
    except ValueError as unknown:
        raise InputRefused.of("timezone", str(unknown)) from unknown
    school = School(
        slug=slug,
        name=name,
        tagline=tagline,
        about=about,
        preset=preset,
        timezone=timezone or start.timezone,
        currency=currency or start.currency,
        country=country or (country_of(timezone) if timezone else "") or start.country,
        stored_policies=start.policies.model_dump(mode="json"),
    )
    if colour:
        if not re.fullmatch("#[0-9a-f]{6}", colour):
            raise InputRefused.of("colour", _("Write a colour such as #2f6f5e."))
        school.colour = colour
    try:
        with transaction.atomic():
            school.save(force_insert=True)
    except IntegrityError as clash:
        raise SlugTaken(slug) from clash
    return school

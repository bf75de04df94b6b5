"""Public holidays of a country or a region of it, as closures. Which days those are, the library `holidays` knows."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources

import holidays
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from holidays.registry import COUNTRIES

from schoolbell.diary.keeping import change_hours
from schoolbell.diary.models import Closure, HolidayRegion
from schoolbell.journal.actions import record
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import local_day, now
from schoolbell.schools.actor import Actor
from schoolbell.schools.models import School
from schoolbell.schools.queries import lock_school

YEARS_AHEAD = 2
RENEWED_EVERY = dt.timedelta(hours=20)


@cache
def countries() -> Mapping[str, str]:
    """ISO code to English name, in the order of the names."""
    named = {code: name for name, code, *_more in COUNTRIES.values()}
    known = holidays.list_supported_countries(include_aliases=False)
    written = _names_as_written()
    names = {code: _name_of(named.get(code, code), written.get(code, "")) for code in known}
    return dict(sorted(names.items(), key=lambda pair: _letters(pair[1])))


def _name_of(one_word: str, written: str) -> str:
    """“GuineaBissau” as it is written, “Guinea-Bissau”, where that is the same name; else its words apart."""
    if _letters(written) == _letters(one_word):
        return written
    words = re.split(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", one_word)
    return " ".join(word.lower() if word in ("Of", "And", "The", "Da") else word for word in words)


def _names_as_written() -> dict[str, str]:
    """By code; with hyphens and accents, and some of them short (“Britain (UK)”)."""
    table = (resources.files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8")
    lines = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {code: name.replace(" & ", " and ") for code, name in lines}


def _letters(name: str) -> str:
    """Without what tells two spellings of it apart."""
    return re.sub("[^a-z]", "", unicodedata.normalize("NFKD", name).casefold())


@cache
def subdivisions(country: str) -> Mapping[str, str]:
    """Code to name of those regions of a country that have holidays of their own; {} for an unknown country."""
    if country not in countries():
        return {}
    known = holidays.country_holidays(country)
    names: dict[str, str] = {}
    for alias, code in getattr(known, "subdivisions_aliases", {}).items():
        names.setdefault(code, alias)
    return dict(sorted(((code, names.get(code, code)) for code in known.subdivisions), key=lambda pair: pair[1]))


def holiday_region(school: School) -> HolidayRegion | None:
    """Whose holidays the school follows."""
    return HolidayRegion.objects.of(school).first()


@transaction.atomic
def follow_holidays(school: School, country: str, subdivision: str = "", *, by: Actor) -> HolidayRegion:
    """Close the school on the public holidays of this and the next two years. What another region had ahead goes.

    Doing it again changes nothing: a holiday that is kept open stays so. Raises InputRefused.
    """
    if country not in countries():
        raise InputRefused.of("country", _("Give a country's code of two letters, such as GB."))
    if subdivision and subdivision not in subdivisions(country):
        known = ", ".join(subdivisions(country)) or _("none")
        raise InputRefused.of("subdivision", _("Give the code of one of its regions: %s.") % known)
    change_hours(school.pk)
    lock_school(school.pk)
    before = holiday_region(school)
    region = before or HolidayRegion(school_id=school.pk)
    old = region.code if before else ""
    region.country, region.subdivision = country, subdivision
    region.save(force_insert=before is None)
    if region.code != old:
        _forget_ahead(school, but=region.code)
        record("holidays.followed", region, by=by, old={"region": old}, new={"region": region.code})
    _write_down(school, region)
    return region


@transaction.atomic
def unfollow_holidays(school: School, *, by: Actor) -> None:
    """Public holidays ahead close nothing any more."""
    region = HolidayRegion.objects.of(school).select_for_update(no_key=True).first()
    if region is None:
        return
    region_id, code = region.pk, region.code
    region.delete()
    region.pk = region_id
    _forget_ahead(school)
    record("holidays.unfollowed", region, by=by, old={"region": code})


def renew_due_holidays() -> int:
    """What the worker does every night: the years move on, and countries change their minds."""
    due = HolidayRegion.objects.filter(updated_at__lt=now() - RENEWED_EVERY).select_related("school")
    return sum(_renew(region) for region in due.order_by("id"))


@transaction.atomic
def _renew(region: HolidayRegion) -> bool:
    change_hours(region.school_id)
    current = HolidayRegion.objects.filter(school_id=region.school_id, id=region.pk)
    found = current.select_for_update(no_key=True, skip_locked=True).first()
    if found is None:
        return False
    found.save()
    _write_down(region.school, found)
    return True


def _write_down(school: School, region: HolidayRegion) -> None:
    """Every holiday once. One that the list has no more goes, unless it is over."""
    today = local_day(now(), school.zone)
    days = holidays_of(region, range(today.year, today.year + YEARS_AHEAD + 1), language=school.language)
    Closure.objects.bulk_create(
        [
            Closure(school_id=school.pk, first_day=day, last_day=day, name=name, holiday=region.code)
            for day, name in days.items()
        ],
        ignore_conflicts=True,
    )
    own = Closure.objects.of(school).filter(holiday=region.code)
    for closure in own.filter(first_day__in=list(days)):
        if closure.name != days[closure.first_day]:
            closure.name = days[closure.first_day]
            closure.save()
    own.filter(first_day__gte=today).exclude(first_day__in=list(days)).delete()


def holidays_of(region: HolidayRegion, years: range, *, language: str) -> dict[dt.date, str]:
    """Each holiday of these years and what it is called, in that language where the library speaks it."""
    spoken = holidays.country_holidays(region.country).supported_languages
    chosen = next((one for one in spoken if one.partition("_")[0] == language.partition("-")[0]), None)
    found = holidays.country_holidays(
        region.country, subdiv=region.subdivision or None, years=years, language=chosen, expand=False
    )
    return {day: found[day][:200] for day in sorted(found)}


def _forget_ahead(school: School, *, but: str = "") -> None:
    today = local_day(now(), school.zone)
    Closure.objects.of(school).filter(first_day__gte=today).exclude(holiday__in=["", but]).delete()

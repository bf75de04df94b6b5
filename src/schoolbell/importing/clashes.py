"""Time that a file wants: who is taken twice, and by what."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from psycopg.types.range import TimestamptzRange

from schoolbell.bookings.holds import overdue_sources
from schoolbell.bookings.models import Attendance
from schoolbell.diary.claims import Wanted
from schoolbell.diary.models import Claim, OutsideCalendar, TimeOff
from schoolbell.importing.among import among
from schoolbell.importing.lines import Problems
from schoolbell.kit.time import Stretch, zone
from schoolbell.schools.models import School
from schoolbell.timetable.models import Slot

MOST_NAMED: Final = 500


@dataclass(frozen=True, slots=True)
class Want:
    """`wanted` for somebody or something called `who`, because of that cell."""

    wanted: Wanted
    who: str
    line: int
    column: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A claim that stands: another file's, or the school's own."""

    diary_id: UUID
    during: Stretch
    source: UUID


def require_free(wants: list[Want], freed: Collection[UUID], school: School, problems: Problems) -> None:
    """Every two claims on a diary that overlap are told, at the later line. `freed`: sources whose claims go."""
    if not wants:
        return
    by_diary: dict[UUID, list[tuple[Stretch, Want | Taken]]] = {}
    for want in wants:
        by_diary.setdefault(want.wanted.diary_id, []).append((want.wanted.during, want))
    for taken in _taken(by_diary, wants, freed, school):
        by_diary[taken.diary_id].append((taken.during, taken))
    clashes = [clash for claims in by_diary.values() for clash in _overlaps(claims)]
    said = _describe([other for _want, other in clashes[:MOST_NAMED] if isinstance(other, Taken)], school)
    for want, other in clashes:
        by = _("line %s") % other.line if isinstance(other, Want) else said.get(other.source, _("something else"))
        problems.add(
            want.line, want.column, _("%(who)s is taken at that time, by %(by)s") % {"who": want.who, "by": by}
        )


def _taken(diaries: Collection[UUID], wants: list[Want], freed: Collection[UUID], school: School) -> Iterator[Taken]:
    within = TimestamptzRange(
        min(want.wanted.during.starts_at for want in wants), max(want.wanted.during.ends_at for want in wants)
    )
    gone = {*freed, *overdue_sources(school.pk)}
    for diary_id, during, source in (
        Claim.objects.of(school)
        .filter(among("diary_id", diaries), during__overlap=within, waived=False)
        .values_list("diary_id", "during", "source")
    ):
        if source not in gone:
            yield Taken(diary_id, Stretch(during.lower, during.upper), source)


def _overlaps(claims: list[tuple[Stretch, Want | Taken]]) -> Iterator[tuple[Want, Want | Taken]]:
    """Each claim that begins before an earlier one has ended, with that one; what the file wants first."""
    claims.sort(key=lambda claim: (claim[0].starts_at, claim[0].ends_at))
    lasting: tuple[Stretch, Want | Taken] | None = None
    for claim in claims:
        if lasting is not None and claim[0].starts_at < lasting[0].ends_at:
            one, other = claim[1], lasting[1]
            if isinstance(one, Want) and (isinstance(other, Taken) or one.line >= other.line):
                yield one, other
            elif isinstance(other, Want):
                yield other, one
        if lasting is None or claim[0].ends_at > lasting[0].ends_at:
            lasting = claim


def _describe(taken: list[Taken], school: School) -> dict[UUID, str]:
    """By source, such as "Piano, 2026-12-01 16:00 Europe/London", "time off"."""
    sources = [one.source for one in taken]
    told: dict[UUID, str] = {}
    for model, words in ((TimeOff, _("time off")), (OutsideCalendar, _("an outside calendar"))):
        told |= dict.fromkeys(model.objects.of(school).filter(id__in=sources).values_list("id", flat=True), words)
    slots = dict(Attendance.objects.of(school).filter(id__in=sources).values_list("id", "slot_id"))
    for slot_id, starts_at, timezone, course in (
        Slot.objects.of(school)
        .filter(id__in=[*sources, *slots.values()])
        .values_list("id", "starts_at", "session__timezone", "session__course__name")
    ):
        told[slot_id] = _at(starts_at, timezone, course)
    return told | {source: told[slot_id] for source, slot_id in slots.items() if slot_id in told}


def _at(starts_at: dt.datetime, timezone: str, course: str) -> str:
    return f"{course}, {starts_at.astimezone(zone(timezone)):%Y-%m-%d %H:%M} {timezone}"

"""Clashes that were let stand: a student's claim is waived as long as it lies over something else of their diary.

What is waived is in nobody's way. That is right only while what it lies over is: when that goes, what was waived takes
the student's time as any lesson does, in the same transaction (`hold_waived`).

Locks: whoever waives locks what is below (`lock_below`) before giving back anything that is waived; whoever frees that
deletes it, then locks what was waived over it; all in id order. Of the two, the later sees what the earlier did.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from schoolbell.diary.claims import CLAIMED_SQL, Wanted, claim_values, in_claim_order
from schoolbell.diary.models import Claim
from schoolbell.kit.database.statements import execute, read
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import Stretch


def claim_or_waive(school_id: UUID, lessons: Iterable[Wanted]) -> None:
    """Take what can be taken of these, and waive what lies over something else, or over another of these."""
    left = set(lessons)
    while left:
        left -= _claim(school_id, left)
        over = lock_below(school_id, left)
        Claim.objects.bulk_create(
            Claim(
                id=new_id(),
                school_id=school_id,
                diary_id=one.diary_id,
                kind=Claim.Kind.LESSON,
                during=(one.during.starts_at, one.during.ends_at),
                source=one.source,
                waived=True,
            )
            for one in in_claim_order(over)
        )
        left -= over  # what was in the way of the others has gone in this moment


def lock_below(school_id: UUID, lessons: Iterable[Wanted]) -> set[Wanted]:
    """Which of these lie over something that is not waived: nobody frees that until this transaction is over."""
    return _over(school_id, lessons, f"{_BELOW_SQL} ORDER BY claim.id FOR KEY SHARE OF claim")


def waived_by(school_id: UUID, sources: Iterable[UUID]) -> set[Wanted]:
    """What these attendances would take, and leave to something else."""
    rows = read(_WAIVED_BY_SQL, {"school_id": school_id, "sources": list(sources)})
    return {Wanted(diary_id, Stretch(*times), source) for diary_id, source, *times in rows}


def hold_waived(school_id: UUID, freed: Sequence[tuple[UUID, Stretch]]) -> None:
    """These stretches of these diaries were given back: what was waived there, and lies over nothing else any more, is
    taken. Of two that lie over each other one is, and the other stays waived."""
    if not freed:
        return
    values = {
        "school_id": school_id,
        "diaries": [diary_id for diary_id, _ in freed],
        "starts": [stretch.starts_at for _, stretch in freed],
        "ends": [stretch.ends_at for _, stretch in freed],
    }
    waived = {Wanted(diary_id, Stretch(*times), source) for diary_id, source, *times in read(_WAIVED_SQL, values)}
    taken = _claim(school_id, waived - _over(school_id, waived, _BELOW_SQL))  # anew: it waits for whoever is quicker
    if taken:
        sources = [one.source for one in taken]
        Claim.objects.filter(school_id=school_id, source__in=sources, waived=True).delete()


_CLAIMED_IDS_SQL: Final = f"WITH {CLAIMED_SQL.replace('{gate}', 'true')} SELECT id FROM claimed"

_BELOW_SQL: Final = """
    SELECT wanted.diary_id, wanted.source, wanted.starts_at, wanted.ends_at
    FROM unnest(%(claim_diaries)s::uuid[], %(claim_sources)s::uuid[], %(claim_starts)s::timestamptz[],
                %(claim_ends)s::timestamptz[]) AS wanted(diary_id, source, starts_at, ends_at)
    JOIN diary_claim AS claim
        ON claim.school_id = %(school_id)s AND claim.diary_id = wanted.diary_id AND NOT claim.waived
        AND claim.during && tstzrange(wanted.starts_at, wanted.ends_at)"""

_WAIVED_BY_SQL: Final = """
    SELECT diary_id, source, lower(during), upper(during) FROM diary_claim
    WHERE school_id = %(school_id)s AND source = ANY(%(sources)s::uuid[]) AND waived"""

_WAIVED_SQL: Final = """
    SELECT diary_id, source, lower(during), upper(during) FROM diary_claim AS claim
    WHERE school_id = %(school_id)s AND diary_id = ANY(%(diaries)s::uuid[]) AND waived
      AND EXISTS (SELECT FROM unnest(%(diaries)s::uuid[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
                       AS freed(diary_id, starts_at, ends_at)
                  WHERE freed.diary_id = claim.diary_id AND claim.during && tstzrange(freed.starts_at, freed.ends_at))
    ORDER BY id
    FOR UPDATE"""


def _claim(school_id: UUID, lessons: Iterable[Wanted]) -> set[Wanted]:
    """Those of these that could be taken."""
    wanted = in_claim_order(lessons)
    if not wanted:
        return set()
    values: dict[str, Any] = claim_values(wanted) | {"school_id": school_id}
    taken = {claim_id for (claim_id,) in execute(_CLAIMED_IDS_SQL, values)}
    return {one for one, claim_id in zip(wanted, values["claim_ids"], strict=True) if claim_id in taken}


def _over(school_id: UUID, lessons: Iterable[Wanted], sql: str) -> set[Wanted]:
    wanted = list(lessons)
    if not wanted:
        return set()
    rows = read(sql, claim_values(wanted) | {"school_id": school_id})
    return {Wanted(diary_id, Stretch(*times), source) for diary_id, source, *times in rows}

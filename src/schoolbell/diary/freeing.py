"""Giving back what lessons took of diaries."""

from collections.abc import Collection, Iterable
from uuid import UUID

from schoolbell.diary.busy import close_over
from schoolbell.diary.claims import Wanted
from schoolbell.diary.waived import hold_waived
from schoolbell.kit.database.statements import execute
from schoolbell.kit.time import Stretch


def free_time(school_id: UUID, sources: Iterable[UUID]) -> None:
    """Give back all time that these slots or attendances took: where other busy time lies around it that closes over
    it, and what was waived over it takes it."""
    hold_waived(school_id, give_back(school_id, sources))


def give_back(school_id: UUID, sources: Iterable[UUID], *, save: Collection[Wanted] = ()) -> list[tuple[UUID, Stretch]]:
    """As `free_time`, `save` what is to stay, for whoever takes other time next. What was waived waits for that: call
    `hold_waived` with what this returns, the stretches of diaries that were given back."""
    rows = execute(
        _FREED_SQL,
        {
            "school_id": school_id,
            "sources": list(sources),
            "saved_diaries": [one.diary_id for one in save],
            "saved_sources": [one.source for one in save],
            "saved_starts": [one.during.starts_at for one in save],
            "saved_ends": [one.during.ends_at for one in save],
        },
    )
    freed = [(diary_id, Stretch(*times)) for diary_id, *times in rows]
    close_over(school_id, freed)
    return freed


# In id order, as whoever makes time busy around lessons locks them.
_FREED_SQL = """
    WITH locked AS (
        SELECT id FROM diary_claim
        WHERE school_id = %(school_id)s AND source = ANY(%(sources)s::uuid[])
          AND (waived OR (diary_id, source, during) NOT IN (
              SELECT saved.diary_id, saved.source, tstzrange(saved.starts_at, saved.ends_at)
              FROM unnest(%(saved_diaries)s::uuid[], %(saved_sources)s::uuid[],
                          %(saved_starts)s::timestamptz[], %(saved_ends)s::timestamptz[])
                   AS saved(diary_id, source, starts_at, ends_at)
          ))
        ORDER BY id
        FOR UPDATE
    )
    DELETE FROM diary_claim AS claim USING locked
    WHERE claim.school_id = %(school_id)s AND claim.id = locked.id
    RETURNING claim.diary_id, lower(claim.during), upper(claim.during)"""

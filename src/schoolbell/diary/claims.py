"""Taking time in diaries. Claims are inserted in diary order, never waited for in a ring; a missing one is a clash."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from schoolbell.diary.refusals import TimeTaken
from schoolbell.kit.database.statements import GuardFailed, execute, read
from schoolbell.kit.ids import new_id
from schoolbell.kit.time import Stretch


@dataclass(frozen=True, slots=True)
class Wanted:
    """This diary is wanted for that long. `source` is what wants it: a slot, or for a student the attendance."""

    diary_id: UUID
    during: Stretch
    source: UUID


# An insert that meets another one waits for it, then does nothing: the row that did not come back is the clash.
CLAIMED_SQL = """
    claimed AS (
        INSERT INTO diary_claim (id, school_id, diary_id, kind, during, source, waived)
        SELECT c.id, %(school_id)s, c.diary_id, 'lesson', tstzrange(c.starts_at, c.ends_at), c.source, false
        FROM unnest(%(claim_ids)s::uuid[], %(claim_diaries)s::uuid[], %(claim_starts)s::timestamptz[],
                    %(claim_ends)s::timestamptz[], %(claim_sources)s::uuid[])
             AS c(id, diary_id, starts_at, ends_at, source)
        WHERE {gate}
        ORDER BY c.diary_id, c.starts_at
        ON CONFLICT DO NOTHING
        RETURNING id
    )"""


def in_claim_order(wanted: Iterable[Wanted]) -> list[Wanted]:
    return sorted(wanted, key=lambda one: (one.diary_id, one.during))


def claim_values(wanted: Iterable[Wanted]) -> dict[str, Any]:
    """The values that `CLAIMED_SQL` names, but for the school's."""
    ordered = in_claim_order(wanted)
    return {
        "claim_ids": [new_id() for _ in ordered],
        "claim_diaries": [one.diary_id for one in ordered],
        "claim_starts": [one.during.starts_at for one in ordered],
        "claim_ends": [one.during.ends_at for one in ordered],
        "claim_sources": [one.source for one in ordered],
        "claim_count": len(ordered),
    }


def claim_time(school_id: UUID, wanted: list[Wanted]) -> None:
    """Take all of it for lessons, or nothing. Raises TimeTaken."""
    sql = (
        f"WITH {CLAIMED_SQL.replace('{gate}', 'true')} SELECT CASE WHEN (SELECT count(*) FROM claimed) "
        f"< %(claim_count)s THEN schoolbell_refuse('{TimeTaken.code}') END"
    )
    try:
        execute(sql, claim_values(wanted) | {"school_id": school_id})
    except GuardFailed:
        raise TimeTaken(wanted) from None


def lock_diaries(school_id: UUID, diary_ids: Iterable[UUID]) -> None:
    """Make whoever else compares neighbours in these diaries wait until this transaction is over. In id order."""
    read(
        """SELECT id FROM diary_diary WHERE school_id = %(school_id)s AND id = ANY(%(diaries)s)
           ORDER BY id FOR NO KEY UPDATE""",
        {"school_id": school_id, "diaries": list(set(diary_ids))},
    )


def taken_by(school_id: UUID, sources: Iterable[UUID]) -> set[Wanted]:
    """What these slots or attendances take at present, but for students' clashes that were let stand."""
    rows = read(_TAKEN_BY_SQL, {"school_id": school_id, "sources": list(sources)})
    return {Wanted(diary_id, Stretch(*times), source) for diary_id, source, *times in rows}


_TAKEN_BY_SQL = """
    SELECT diary_id, source, lower(during), upper(during) FROM diary_claim
    WHERE school_id = %(school_id)s AND source = ANY(%(sources)s::uuid[]) AND NOT waived"""

"""Free time: what is open, less what is taken."""

import datetime as dt
from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Q

from schoolbell.diary.hours import Rule, open_stretches
from schoolbell.diary.models import OpeningHours
from schoolbell.kit.database.statements import read
from schoolbell.kit.time import Stretch, less_in_order
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows

# One row per diary, however much there is.
_RULES_SQL = f"""
    SELECT diary_id, {", ".join(f"array_agg({name})" for name in Rule._fields)} FROM diary_openinghours
    WHERE school_id = %(school_id)s AND diary_id = ANY(%(diaries)s)
    GROUP BY diary_id
"""
_TAKEN_SQL = """
    SELECT own.diary_id, taken.starts, taken.ends
    FROM unnest(%(diaries)s::uuid[]) AS own(diary_id)
    CROSS JOIN LATERAL (
        SELECT array_agg(claim.starts_at) AS starts, array_agg(claim.ends_at) AS ends
        FROM (
            SELECT lower(during) AS starts_at, upper(during) AS ends_at FROM diary_claim
            WHERE school_id = %(school_id)s AND diary_id = own.diary_id AND NOT waived
              AND during && tstzrange(%(from)s, %(until)s){apart}
            ORDER BY 1
        ) AS claim
    ) AS taken
    WHERE taken.starts IS NOT NULL
"""
_NOTHING: tuple[list[dt.datetime], list[dt.datetime]] = ([], [])
_APART_SQL = " AND source <> ALL(%(overdue)s::uuid[])"  # left out where it can be: the rest is in one index


def free_stretches(
    school_id: UUID,
    diaries: Collection[UUID],
    within: Stretch,
    *,
    overdue: Collection[UUID] = (),
    always_open: bool = False,
    ignore_hours: bool = False,
    ignore_claims: bool = False,
) -> Mapping[UUID, list[Stretch]]:
    """Per diary, when it is open and not taken, in order; a diary with no such time is left out.

    `overdue` are sources whose claims no longer count, because the hold behind them ran out. With `always_open`, a
    diary whose hours open nothing is open all the time but for what they close (a room); else it is closed (a person).
    """
    order = sorted(set(diaries))
    rules = {} if ignore_hours else _rules(school_id, order)
    taken = {} if ignore_claims else _taken(school_id, order, within, overdue)
    found: dict[UUID, list[Stretch]] = {}
    for diary_id in order:
        opened = [within] if ignore_hours else open_stretches(rules.get(diary_id, ()), within, always_open=always_open)
        if free := less_in_order(opened, *taken.get(diary_id, _NOTHING)):
            found[diary_id] = free
    return found


def _rules(school_id: UUID, diaries: list[UUID]) -> dict[UUID, list[Rule]]:
    rows = read(_RULES_SQL, {"school_id": school_id, "diaries": diaries}, binary=True)
    return {diary_id: [Rule(*values) for values in zip(*columns, strict=True)] for diary_id, *columns in rows}


def _taken(
    school_id: UUID, diaries: list[UUID], within: Stretch, overdue: Collection[UUID]
) -> dict[UUID, tuple[list[dt.datetime], list[dt.datetime]]]:
    """By diary when claims start and when they end, in the order of the starts."""
    sql = _TAKEN_SQL.replace("{apart}", _APART_SQL if overdue else "")
    values = {"school_id": school_id, "diaries": diaries, "overdue": list(overdue)}
    rows = read(sql, values | {"from": within.starts_at, "until": within.ends_at}, binary=True)
    return {diary_id: (starts_at, ends_at) for diary_id, starts_at, ends_at in rows}


def hours_ahead(school: School, diary_id: UUID, *, today: dt.date) -> SchoolRows[OpeningHours]:
    """A diary's opening hours that are not over on that day: by weekday and clock, then those of one date."""
    rows = OpeningHours.objects.of(school).filter(diary_id=diary_id).exclude(_over(today))
    return rows.order_by("weekday", "date", "starts", "id")


def hours_over(school: School, diary_id: UUID, *, today: dt.date) -> SchoolRows[OpeningHours]:
    """What opened a diary before that day and does no longer; in the same order."""
    rows = OpeningHours.objects.of(school).filter(_over(today), diary_id=diary_id, closes=False)
    return rows.order_by("weekday", "date", "starts", "id")


def _over(today: dt.date) -> Q:
    return Q(date__lt=today) | Q(valid_until__lt=today)

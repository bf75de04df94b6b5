"""Free time: what is open, less what is taken. Set arithmetic in the database, on instants made in Python."""

import datetime as dt
from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Q

from schoolbell.diary.hours import Rule, open_literal
from schoolbell.diary.models import OpeningHours
from schoolbell.kit.database.statements import multirange, read
from schoolbell.kit.time import UTC, Stretch
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolRows

MICRO = 1_000_000
datetime_of = dt.datetime.fromtimestamp

# Equal hours are sent once. Instants come back as microseconds since 1970: there are thousands of them.
FREE_SQL = """
    SELECT own.diary_id,
           array_agg((extract(epoch FROM lower(free.stretch)) * 1000000)::bigint ORDER BY free.stretch),
           array_agg((extract(epoch FROM upper(free.stretch)) * 1000000)::bigint ORDER BY free.stretch)
    FROM unnest(%(diaries)s::uuid[], %(which)s::int[]) AS own(diary_id, which)
    JOIN unnest(string_to_array(%(hours)s::text, ';')::tstzmultirange[]) WITH ORDINALITY AS hours(stretches, which)
        ON hours.which = own.which
    CROSS JOIN LATERAL (
        SELECT range_agg(claim.during) AS stretches
        FROM diary_claim AS claim
        WHERE claim.school_id = %(school_id)s AND claim.diary_id = own.diary_id AND NOT claim.waived
          AND claim.during && tstzrange(%(from)s, %(until)s)
          AND claim.source <> ALL(%(overdue)s::uuid[]) AND %(count_claims)s
    ) AS taken
    CROSS JOIN LATERAL unnest(
        hours.stretches * tstzmultirange(tstzrange(%(from)s, %(until)s))
        - coalesce(taken.stretches, '{}'::tstzmultirange)
    ) AS free(stretch)
    GROUP BY own.diary_id
    ORDER BY own.diary_id
"""


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
    rules: dict[UUID, list[Rule]] = {diary_id: [] for diary_id in diaries}
    found = OpeningHours.objects.filter(school_id=school_id, diary_id__in=rules)
    for diary_id, *values in found.values_list("diary_id", *Rule._fields):
        rules[diary_id].append(Rule._make(values))
    within_only = multirange([within])
    hours = {
        diary_id: within_only if ignore_hours else open_literal(own, within, always_open=always_open)
        for diary_id, own in rules.items()
    }
    different = {literal: place for place, literal in enumerate(dict.fromkeys(hours.values()), start=1)}
    rows = read(
        FREE_SQL,
        {
            "school_id": school_id,
            "diaries": list(hours),
            "which": [different[literal] for literal in hours.values()],
            "hours": ";".join(different),
            "from": within.starts_at,
            "until": within.ends_at,
            "overdue": list(overdue),
            "count_claims": not ignore_claims,
        },
    )
    return {
        diary_id: [
            Stretch.known(datetime_of(one / MICRO, UTC), datetime_of(other / MICRO, UTC))
            for one, other in zip(starts, ends, strict=True)
        ]
        for diary_id, starts, ends in rows
    }


def hours_ahead(school: School, diary_id: UUID, *, today: dt.date) -> SchoolRows[OpeningHours]:
    """A diary's opening hours that are not over on that day: by weekday and clock, then those of one date."""
    over = Q(date__lt=today) | Q(valid_until__lt=today)
    rows = OpeningHours.objects.of(school).filter(diary_id=diary_id).exclude(over)
    return rows.order_by("weekday", "date", "starts", "id")

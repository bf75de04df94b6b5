"""Finding free times, while the table of claims grows from ten thousand to a million rows of a hundred schools.

One school is looked at. Its fifty instructors have three lessons on each of the coming 28 days whatever the size of the
table; what makes the table grow are the other schools, in their past as in the weeks to come, and everybody's past.
"""

import datetime as dt
import http.client
import json
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import UUID

import psycopg

from benchmarks.dataset import command, insert
from benchmarks.server import HOST, ServerFailed, serving
from schoolbell.embedded import Cluster

Say = Callable[[str], None]
SIZES = (10_000, 100_000, 1_000_000)
SCHOOLS = 100
INSTRUCTORS = 50
DAYS = 28
LESSONS_A_DAY = 3
SLUG = "bench-000"
LARGEST = "&limit=2000"


@dataclass(frozen=True, slots=True)
class Looked:
    """Milliseconds, each measured alone, one after the other."""

    server: list[float]  # free stretches of 50 instructors over 28 days
    server_one: list[float]  # of one instructor over 7 days
    server_cold: list[float]  # as `server`, when nothing of these days was asked for before
    http: list[float]  # the free times of the course in one week, the first page of them
    http_whole: list[float]  # every page of that week
    http_one: list[float]  # of one instructor in it
    http_long: list[float]  # as `http`, asked of 28 days
    http_cold: float  # as `http`, the first request that the server ever gets

    def as_json(self) -> dict[str, float]:
        return {
            "server_p50_ms": round(median(self.server), 2),
            "server_p99_ms": round(_p99(self.server), 2),
            "http_p50_ms": round(median(self.http), 2),
            "server_cold_ms": round(median(self.server_cold), 2),
            "http_cold_ms": round(self.http_cold, 2),
            "http_whole_p50_ms": round(median(self.http_whole), 2),
            "http_p99_ms": round(_p99(self.http), 2),
            "server_1x7_p50_ms": round(median(self.server_one), 2),
            "server_1x7_p99_ms": round(_p99(self.server_one), 2),
            "http_1x7_p50_ms": round(median(self.http_one), 2),
            "http_1x7_p99_ms": round(_p99(self.http_one), 2),
            "http_50x28_p50_ms": round(median(self.http_long), 2),
            "http_50x28_p99_ms": round(_p99(self.http_long), 2),
        }

    def as_line(self) -> str:
        shown = {
            "server 50 × 28": self.server, "cold": self.server_cold, "server 1 × 7": self.server_one,
            "HTTP 50 × 7, a page": self.http, "all of its pages": self.http_whole, "HTTP 1 × 7": self.http_one,
            "HTTP 50 × 28, a page": self.http_long,
        }  # fmt: skip
        said = ", ".join(f"{name} {median(times):.1f} ms (p99 {_p99(times):.1f})" for name, times in shown.items())
        return f"{said}, the first request {self.http_cold:.1f} ms"


def _p99(times: list[float]) -> float:
    return quantiles(times, n=100)[98]


@dataclass(frozen=True, slots=True)
class School:
    id: UUID
    course: UUID
    instructors: list[UUID]
    diaries: list[UUID]


def measure_availability(*, rounds: int, sizes: tuple[int, ...] = SIZES, progress: Say) -> dict[str, Any]:
    """Everything from an empty folder to the figures; nothing is left behind. Raises as `measure_booking` does."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        cluster = Cluster(Path(folder) / "data")
        try:
            cluster.start(progress=progress)
            os.environ |= {"DATABASE_URL": cluster.url, "SCHOOLBELL_SECRET_KEY": secrets.token_hex(32)}
            school = _fill(cluster.url, progress)
            found = {}
            for size in sizes:
                _grow(cluster.url, school, size)
                with serving(log=Path(folder) / "server.log") as port:
                    looked = _look(school, port, rounds)
                progress(f"{size:>9,} claims: {looked.as_line()}")
                found[size] = looked
        finally:
            cluster.stop()
    return as_figures(found)


def as_figures(found: Mapping[int, Looked]) -> dict[str, Any]:
    """What is printed, by the number of claims, the fewest first."""
    sizes = sorted(found)
    growth = median(found[sizes[-1]].server) / median(found[sizes[0]].server)
    return {"claims": {str(size): found[size].as_json() for size in sizes}, "growth": round(growth, 3)}


def _fill(url: str, progress: Say) -> School:
    """A hundred schools with the diaries of fifty people each; one of them with instructors, hours and a course."""
    command("migrate")
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schoolbell.settings")
    django.setup()
    from benchmarks.people import a_school_of

    progress("Filling it: 100 schools with 50 people each …")
    school = a_school_of(SLUG, INSTRUCTORS)
    with psycopg.connect(url, autocommit=True) as connection:
        words = {"name": "'School'", "colour": "'#2f6f5e'", "timezone": "'Europe/London'", "currency": "'GBP'"}
        numbered = {"id": "gen_random_uuid()", "slug": "'bench-' || lpad(n::text, 3, '0')", "preset": "'courses'"}
        insert(connection, "schools_school", f"generate_series(1, {SCHOOLS - 1}) AS n", numbered | words)
        connection.execute(
            "INSERT INTO diary_diary (id, school_id) "
            "SELECT gen_random_uuid(), school.id FROM schools_school AS school, "
            f"generate_series(1, {INSTRUCTORS}) WHERE school.slug <> %s",
            [SLUG],
        )
        connection.execute("CREATE SCHEMA bench")
        connection.execute(
            "CREATE TABLE bench.diary AS "
            "SELECT row_number() OVER (ORDER BY id) - 1 AS n, id, school_id FROM diary_diary"
        )
        connection.execute("ALTER TABLE bench.diary ADD PRIMARY KEY (n)")
        tomorrow = dt.datetime.now(dt.UTC).replace(hour=9, minute=0, second=0, microsecond=0) + dt.timedelta(days=1)
        connection.execute(
            f"""INSERT INTO diary_claim (id, school_id, diary_id, kind, during, source, waived)
                SELECT gen_random_uuid(), %(school)s, diary_id, 'lesson',
                       tstzrange(%(first)s + day * interval '1 day' + (place * 2 + n %% 2) * interval '1 hour',
                                 %(first)s + day * interval '1 day' + (place * 2 + n %% 2 + 1) * interval '1 hour'),
                       gen_random_uuid(), false
                FROM unnest(%(diaries)s::uuid[]) WITH ORDINALITY AS own(diary_id, n),
                     generate_series(0, {DAYS - 1}) AS day, generate_series(0, {LESSONS_A_DAY - 1}) AS place""",
            {"school": school.id, "diaries": school.diaries, "first": tomorrow},
        )
    return school


def _grow(url: str, school: School, size: int) -> None:
    """Up to so many claims of an hour, two hours apart, by turns in the past and in the weeks to come; of the school
    that is looked at, whose weeks to come are full already, all in the past."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("SELECT count(*) FROM diary_claim").fetchone()
        people = connection.execute("SELECT count(*) FROM bench.diary").fetchone()
        assert row is not None
        assert people is not None
        before, diaries = row[0], people[0]
        connection.execute(
            """INSERT INTO diary_claim (id, school_id, diary_id, kind, during, source, waived)
               SELECT gen_random_uuid(), own.school_id, own.id, 'lesson',
                      tstzrange(at, at + interval '1 hour'), gen_random_uuid(), false
               FROM (SELECT own.id, own.school_id, date_trunc('hour', now()) + interval '2 hours' * CASE
                         WHEN own.school_id <> %(school)s AND place %% 2 = 1 THEN place / 2 + 2
                         WHEN own.school_id <> %(school)s THEN -(place / 2 + 2)
                         ELSE -(place + 2) END AS at
                     FROM (SELECT n, n / %(diaries)s AS place
                           FROM generate_series(%(from)s::int, %(until)s::int) AS made(n)) AS made
                     JOIN bench.diary AS own ON own.n = made.n %% %(diaries)s) AS own""",
            {"diaries": diaries, "from": before, "until": size - 1, "school": school.id},
        )
        connection.execute("VACUUM ANALYZE")


def _look(school: School, port: int, rounds: int) -> Looked:
    from benchmarks.people import forget_hours, stretches_ahead
    from schoolbell.kit.long_lived import settle_down

    settle_down()  # as the server does
    many, one = stretches_ahead(school.id, school.diaries, DAYS), stretches_ahead(school.id, school.diaries[:1], 7)
    first = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=2)
    week = f"course={school.course}&from={first}&to={first + dt.timedelta(days=6)}"
    page, whole = _asking(port, week), _asking(port, week, whole=True)
    long = _asking(port, f"course={school.course}&from={first}&to={first + dt.timedelta(days=DAYS - 1)}")
    return Looked(
        http_cold=once(page),
        server=timed(many, rounds),
        server_one=timed(one, rounds),
        server_cold=[once(many, before=forget_hours) for _ in range(max(rounds // 5, 3))],
        http=timed(page, rounds),
        http_whole=timed(whole, max(rounds // 5, 3)),
        http_one=timed(_asking(port, f"{week}&instructor={school.instructors[0]}"), rounds),
        http_long=timed(long, rounds),
    )


def timed(act: Callable[[], object], rounds: int) -> list[float]:
    for _ in range(max(rounds // 10, 3)):
        act()
    return [once(act) for _ in range(rounds)]


def once(act: Callable[[], object], *, before: Callable[[], object] | None = None) -> float:
    """Milliseconds, without what is to be done before."""
    if before:
        before()
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1_000


def _asking(port: int, query: str, *, whole: bool = False) -> Callable[[], None]:
    """A request over one connection that stays open; with `whole`, one for every page, as large as they come."""
    connection = http.client.HTTPConnection(HOST, port, timeout=60)

    def page(more: str) -> bytes:
        connection.request("GET", f"/api/v1/{SLUG}/availability?{query}{more}")
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200 or b'"starts_at"' not in body:
            raise ServerFailed(f"{answer.status}: {body[:300]!r}")
        return body

    def ask() -> None:
        body = page(LARGEST if whole else "")
        while whole and (following := json.loads(body)["next"]):
            body = page(f"{LARGEST}&after={following}")

    return ask

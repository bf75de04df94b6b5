"""One school, full: made with a statement per table."""

import datetime as dt
import hashlib
import subprocess
import sys
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID, uuid4

import psycopg

from benchmarks.pairs import SESSIONS, STUDENTS

SLUG = "bench"
PRESET = "first-aid"
TIMEZONE = "Europe/London"
CAPACITY = 100
HOT_CAPACITY = 1_000
HOT_SESSIONS = 3
INSTRUCTORS = 100
PRICE = 4_500
TAX_RATE = 2_000


@dataclass(frozen=True, slots=True)
class Dataset:
    """What a load needs to know of the school. Lists are in the order of `benchmarks.pairs`."""

    school_id: UUID
    token: str
    token_id: UUID
    sessions: list[UUID]
    students: list[tuple[UUID, UUID]]  # with their clients
    hot_sessions: list[UUID]

    @property
    def digest(self) -> str:
        """Of the token, in hexadecimal digits: as who asked an answer is kept."""
        return hashlib.sha256(self.token.encode()).hexdigest()


def fill(url: str) -> Dataset:
    """Migrate and fill the empty database at `url`, which is that of `DATABASE_URL`."""
    command("migrate")
    command("school", "create", SLUG, "--name", "Benchmark", "--preset", PRESET)
    token = command("token", "create", "--school", SLUG, "--role", "owner")
    with psycopg.connect(url, autocommit=True) as connection:
        school = _only(connection, "SELECT id FROM schools_school")
        values = {
            "school": f"'{school}'::uuid",
            "course": f"'{uuid4()}'::uuid",
            "new_id": new_id_sql(connection),
            "first": f"'{_first_start().isoformat()}'::timestamptz",
        }
        for statement in DRAW_SQL.format(**values).split(";"):
            connection.execute(statement.encode())
        for table, source, columns in ROWS:
            insert(connection, table, source, {name: sql.format(**values) for name, sql in columns.items()})
        connection.execute("VACUUM ANALYZE")
        token_id = _only(connection, "SELECT id FROM access_apitoken")
        sessions = [row[0] for row in connection.execute("SELECT session_id FROM bench.session ORDER BY n")]
        students = connection.execute("SELECT student_id, client_id FROM bench.student ORDER BY n").fetchall()
    with psycopg.connect(url, user="postgres", autocommit=True) as superuser:
        superuser.execute("CHECKPOINT")  # what was filled in is not to be written out while others are measured
    return Dataset(
        school_id=school,
        token=token,
        token_id=token_id,
        sessions=sessions[:SESSIONS],
        students=[(student, client) for student, client in students],
        hot_sessions=sessions[SESSIONS:],
    )


def command(*words: str) -> str:
    """What `schoolbell` prints when it is given these words. Raises CalledProcessError; why is on standard error."""
    done = subprocess.run([sys.executable, "-m", "schoolbell", *words], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def _only(connection: psycopg.Connection, sql: LiteralString) -> UUID:
    row = connection.execute(sql).fetchone()
    assert row is not None
    found: UUID = row[0]
    return found


def new_id_sql(connection: psycopg.Connection) -> str:
    """As the product's own ids where PostgreSQL can make them: ids in order of time are kinder to an index."""
    return "uuidv7()" if connection.info.server_version >= 18_00_00 else "gen_random_uuid()"


def _first_start() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0) + dt.timedelta(days=30)


def insert(connection: psycopg.Connection, table: str, source: str, columns: dict[str, str]) -> None:
    """Rows with these values. What else may not be null is empty: "", 0, false, {}."""
    required = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' "
        "AND table_name = %s AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'",
        [table],
    )
    values = {name: EMPTY.get(kind, "''") for name, kind in required} | columns
    names = ", ".join(f'"{name}"' for name in values)
    connection.execute(f"INSERT INTO {table} ({names}) SELECT {', '.join(values.values())} FROM {source}".encode())


EMPTY = {"boolean": "false", "smallint": "0", "integer": "0", "bigint": "0", "jsonb": "'{}'"}

# Ids are drawn first, into tables of their own, which pgbench then reads too. Two students to a family; sessions of
# half an hour, one after the other, so that nobody can be asked to be in two at once.
DRAW_SQL = f"""
CREATE SCHEMA bench;
CREATE TABLE bench.family AS
    SELECT n, {{new_id}} AS client_id, {{new_id}} AS person_id, {{new_id}} AS diary_id
    FROM generate_series(0, {STUDENTS // 2} - 1) AS n;
CREATE TABLE bench.student AS
    SELECT student.n, {{new_id}} AS student_id, {{new_id}} AS person_id, {{new_id}} AS diary_id, family.client_id
    FROM generate_series(0, {STUDENTS} - 1) AS student(n) JOIN bench.family ON family.n = student.n / 2
    ORDER BY student.n;
CREATE TABLE bench.instructor AS
    SELECT n, {{new_id}} AS instructor_id, {{new_id}} AS person_id, {{new_id}} AS diary_id
    FROM generate_series(0, {INSTRUCTORS} - 1) AS n;
CREATE TABLE bench.session AS
    SELECT session.n, {{new_id}} AS session_id, {{new_id}} AS slot_id, instructor_id, diary_id,
           {{first}} + session.n * interval '30 minutes' AS starts_at,
           {{first}} + session.n * interval '30 minutes' + interval '30 minutes' AS ends_at,
           CASE WHEN session.n < {SESSIONS} THEN {CAPACITY} ELSE {HOT_CAPACITY} END AS capacity
    FROM generate_series(0, {SESSIONS + HOT_SESSIONS} - 1) AS session(n)
    JOIN bench.instructor ON instructor.n = session.n % {INSTRUCTORS}
    ORDER BY session.n;
CREATE TABLE bench.person AS
    SELECT person_id, diary_id, 'Client' AS first_name, n FROM bench.family
    UNION ALL SELECT person_id, diary_id, 'Student', n FROM bench.student
    UNION ALL SELECT person_id, diary_id, 'Instructor', n FROM bench.instructor;
ALTER TABLE bench.student ADD PRIMARY KEY (n);
ALTER TABLE bench.session ADD PRIMARY KEY (n)
"""

SCHOOL = {"school_id": "{school}"}
# Table, where its rows come from, and what stands in which column.
ROWS: list[tuple[str, str, dict[str, str]]] = [
    (
        "catalogue_course",
        "schools_school",
        {
            "id": "{course}",
            **SCHOOL,
            "name": "'First aid at work'",
            "type": "'FAW'",
            "format": "'group'",
            "delivery": "'at_venue'",
            "duration_minutes": "30",
            "price": f"{PRICE}",
            "price_per": "'lesson'",
            "tax_rate": f"{TAX_RATE}",
            "capacity": f"{HOT_CAPACITY}",
            "is_active": "true",
        },
    ),
    ("diary_diary", "bench.person", {"id": "diary_id", **SCHOOL}),
    (
        "people_person",
        "bench.person",
        {
            "id": "person_id",
            **SCHOOL,
            "diary_id": "diary_id",
            "first_name": "first_name",
            "last_name": "'No ' || n",
            "email": "lower(first_name) || n || '@example.org'",
            "birth_date": "'1990-01-01'",
        },
    ),
    ("people_client", "bench.family", {"id": "client_id", **SCHOOL, "person_id": "person_id"}),
    (
        "people_student",
        "bench.student",
        {"id": "student_id", **SCHOOL, "person_id": "person_id", "status": "'active'"},
    ),
    (
        "people_guardianship",
        "bench.student",
        {
            "id": "{new_id}",
            **SCHOOL,
            "client_id": "client_id",
            "student_id": "student_id",
            "relationship": "'parent'",
            "is_primary": "true",
            "is_billing": "true",
        },
    ),
    (
        "people_instructor",
        "bench.instructor",
        {"id": "instructor_id", **SCHOOL, "person_id": "person_id", "status": "'active'"},
    ),
    (
        "timetable_session",
        "bench.session",
        {
            "id": "session_id",
            **SCHOOL,
            "course_id": "{course}",
            "status": "'published'",
            "type": "'regular'",
            "capacity": "capacity",
            "starts_at": "starts_at",
            "ends_at": "ends_at",
            "timezone": f"'{TIMEZONE}'",
            "published_at": "now()",
        },
    ),
    (
        "timetable_slot",
        "bench.session",
        {
            "id": "slot_id",
            **SCHOOL,
            "session_id": "session_id",
            "starts_at": "starts_at",
            "ends_at": "ends_at",
            "capacity": "capacity",
            "is_open": "true",
        },
    ),
    (
        "timetable_staffing",
        "bench.session",
        {"id": "{new_id}", **SCHOOL, "session_id": "session_id", "instructor_id": "instructor_id", "leads": "true"},
    ),
    (
        "diary_claim",
        "bench.session",
        {
            "id": "{new_id}",
            **SCHOOL,
            "diary_id": "diary_id",
            "kind": "'lesson'",
            "during": "tstzrange(starts_at, ends_at)",
            "source": "slot_id",
        },
    ),
]

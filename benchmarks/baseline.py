"""What the database alone can do: pgbench writes the rows of one booking with one prepared statement."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import psycopg

from benchmarks.dataset import PRICE, TAX_RATE, Dataset, new_id_sql
from benchmarks.pairs import PGBENCH_SETS
from schoolbell.embedded import find_binaries
from schoolbell.pricing.price import tax_within

SYSTEM_FOLDERS = "usr/lib/postgresql/*/bin/pgbench"
# Numbers of pairs (see benchmarks.pairs) lie so far apart: those of HTTP and of each run of pgbench, and within a run
# those of its clients: not by a multiple of the number of students, or all would book for the same one.
FIRST = 20_000_000
APART = 1_006_777
ANSWER = "{" + "x" * 835 + "}"  # as long as what a booking is answered


class PgbenchFailed(Exception):
    """It ended badly, or some of its transactions did."""


def find_pgbench() -> tuple[Path | None, bool]:
    """A system's pgbench, and whether it is one: else the bundled PostgreSQL's, or None."""
    on_path = shutil.which("pgbench")
    if on_path:
        return Path(on_path), True
    installed = sorted(Path("/").glob(SYSTEM_FOLDERS), key=lambda path: int(path.parts[-3]))
    if installed:
        return installed[-1], True
    bundled = find_binaries().folder / "pgbench"
    return (bundled if bundled.is_file() else None), False


class Pgbench:
    """Runs the statement against one dataset, every booking another pair. Counts its transactions."""

    def __init__(self, program: Path, url: str, dataset: Dataset, folder: Path) -> None:
        self.program = program
        self.url = url
        self.script = folder / "pgbench.sql"
        self.script.write_text(script(url, dataset))
        self.transactions = 0
        self._first = FIRST

    def run(self, clients: int, seconds: float) -> float:
        """Transactions per second. Raises PgbenchFailed."""
        command = [
            *(str(self.program), "--no-vacuum", "--protocol=prepared", f"--client={clients}", f"--time={seconds:.0f}"),
            *(f"--define=first={self._first}", "--define=k=-1", f"--file={self.script}", self.url),
        ]
        self._first += FIRST
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        done = re.search(r"actually processed: (\d+)", ended.stdout)
        rate = re.search(r"tps = ([\d.]+)", ended.stdout)
        if ended.returncode or not done or not rate:
            raise PgbenchFailed(f"pgbench failed: {ended.stderr.strip()[-1_000:]}")
        self.transactions += int(done[1])
        return float(rate[1])


def script(url: str, dataset: Dataset) -> str:
    """What pgbench is to do again and again. It keeps such an answer as a booking over HTTP does."""
    with psycopg.connect(url) as connection:
        new_id = new_id_sql(connection)
    values = {
        "new_id": new_id,
        "school": f"'{dataset.school_id}'::uuid",
        "who": f"'{dataset.token_id}'::uuid",
        "principal": f"'{dataset.digest}'",
        "answer": f"'\\x{ANSWER.encode().hex()}'::bytea",
        "price": PRICE,
        "tax": tax_within(PRICE, TAX_RATE),
        "tax_rate": TAX_RATE,
        # 54 random bits: enough that no two are alike in a run.
        "reference": "left(encode(uuid_send(gen_random_uuid()), 'base64'), 9)",
    }
    statement = " ".join(STATEMENT.format(**values).split())
    return f"\\set k :k + 1\n\\set i :first + :client_id * {APART} + :k\n{PGBENCH_SETS}{statement};\n"


# The ten rows of `bookings.seats.seat_sql` with what `billing.orders` and `access.answers` add to it, unguarded: that
# the seat is there, the time free and the key new is left to the constraints.
STATEMENT = """
WITH wanted AS (
    SELECT session.session_id, session.slot_id, session.starts_at, session.ends_at, student.student_id,
           student.client_id, student.diary_id, {new_id} AS booking_id, {new_id} AS attendance_id, {new_id} AS order_id,
           statement_timestamp() + interval '2 days' AS hold_expires_at
    FROM bench.session, bench.student
    WHERE session.n = :session AND student.n = :student
),
keyed AS (
    INSERT INTO access_keptanswer (id, school_id, principal, key, fingerprint, status, body)
    SELECT {new_id}, {school}, {principal}, gen_random_uuid()::text, sha256(uuid_send(booking_id)), 201, {answer}
    FROM wanted
),
seated AS (
    UPDATE timetable_slot SET seats_taken = seats_taken + 1, updated_at = statement_timestamp()
    FROM wanted
    WHERE school_id = {school} AND id = slot_id AND timetable_slot.session_id = wanted.session_id AND is_open
      AND seats_taken < capacity
),
claimed AS (
    INSERT INTO diary_claim (id, school_id, diary_id, kind, during, source, waived)
    SELECT {new_id}, {school}, diary_id, 'lesson', tstzrange(starts_at, ends_at), attendance_id, false FROM wanted
),
booked AS (
    INSERT INTO bookings_booking (id, school_id, reference, session_id, student_id, client_id, status, payment_status,
                                  price, due_to_confirm, holds_seat, hold_expires_at)
    SELECT booking_id, {school}, {reference}, session_id, student_id, client_id, 'pending', 'pending', {price}, {price},
           true, hold_expires_at
    FROM wanted
),
attending AS (
    INSERT INTO bookings_attendance (id, school_id, booking_id, slot_id, student_id, is_live)
    SELECT attendance_id, {school}, booking_id, slot_id, student_id, true FROM wanted
),
recorded AS (
    INSERT INTO journal_record (id, school_id, name, subject_id, student_id, client_id, role, who, ip, user_agent, old,
                                "new")
    SELECT {new_id}, {school}, 'booking.created', booking_id, student_id, client_id, 'owner', {who}, '127.0.0.1',
           'benchmark', '{{}}', '{{"price": {price}, "status": "pending"}}'
    FROM wanted
),
told AS (
    INSERT INTO journal_outbox (id, school_id, name, subject_id, attempts, error)
    SELECT {new_id}, {school}, 'booking.created', booking_id, 0, '' FROM wanted
),
ordered AS (
    INSERT INTO billing_order (id, school_id, client_id, reference, total)
    SELECT order_id, {school}, client_id, {reference}, {price} FROM wanted
),
lined AS (
    INSERT INTO billing_orderline (id, school_id, order_id, booking_id, list_price, discount, total, tax, tax_rate)
    SELECT {new_id}, {school}, order_id, booking_id, {price}, 0, {price}, {tax}, {tax_rate} FROM wanted
)
INSERT INTO billing_paymentrequest (id, school_id, order_id, kind, reference, amount, status, expires_at)
SELECT {new_id}, {school}, order_id, 'full', {reference}, {price}, 'pending', hold_expires_at FROM wanted
"""

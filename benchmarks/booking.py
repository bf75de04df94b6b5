"""Taking bookings over HTTP, against the same rows written by pgbench in the same minutes."""

import os
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psycopg

from benchmarks.baseline import Pgbench, find_pgbench
from benchmarks.dataset import HOT_CAPACITY, Dataset, fill
from benchmarks.load import CONFLICT, CREATED, Measured, Requests, book_anywhere, fight_for
from benchmarks.report import Figures
from benchmarks.server import serving
from schoolbell.embedded import Cluster

Say = Callable[[str], None]
CLIENTS = (1, 16)
FIGHTERS = 64


@dataclass(frozen=True, slots=True)
class Plan:
    """How long each measurement takes, in seconds. A round is HTTP and pgbench in turn, with 1 and with 16 clients."""

    rounds: int = 3
    warm_up: float = 3
    seconds: float = 10

    @classmethod
    def quick(cls) -> "Plan":
        return cls(rounds=1, warm_up=1, seconds=4)


@dataclass(slots=True)
class Run:
    """What was measured so far."""

    http: dict[int, list[Measured]] = field(default_factory=lambda: {clients: [] for clients in CLIENTS})
    pgbench: dict[int, list[float]] = field(default_factory=lambda: {clients: [] for clients in CLIENTS})
    hot: list[Measured] = field(default_factory=list)
    by_pgbench: int = 0  # bookings that pgbench made, warm-ups included
    errors: int = 0

    @property
    def created(self) -> int:
        """How many 201s there were, warm-ups included."""
        everything = [*self.hot, *(measured for rounds in self.http.values() for measured in rounds)]
        return sum(measured.statuses[CREATED] for measured in everything)


class RowsAmiss(Exception):
    """What was answered and what is in the database are not the same."""


def measure_booking(plan: Plan, *, progress: Say) -> Figures:
    """Everything from an empty folder to the figures; nothing is left behind.

    Raises: EmbeddedError, CalledProcessError, ServerFailed, PgbenchFailed, TimeoutError, RowsAmiss.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        data = Path(folder)
        cluster = Cluster(data / "data")
        try:
            cluster.start(progress=progress)
            progress("Filling it: 50,000 sessions, 100,000 students …")
            os.environ |= {"DATABASE_URL": cluster.url, "SCHOOLBELL_SECRET_KEY": secrets.token_hex(32)}
            dataset = fill(cluster.url)
            with serving(log=data / "server.log") as port:
                run = measure(plan, cluster.url, dataset, port, data, progress=progress)
            verify(run, cluster.url)
        finally:
            cluster.stop()
    return figures_of(run)


def measure(plan: Plan, url: str, dataset: Dataset, port: int, folder: Path, *, progress: Say) -> Run:
    run = Run()
    requests = Requests(dataset)
    pgbench = prepare_pgbench(url, dataset, folder, progress=progress)
    for number in range(plan.rounds):
        for clients in CLIENTS:
            measured = book_anywhere(port, clients, requests, warm_up=plan.warm_up, seconds=plan.seconds)
            run.http[clients].append(measured)
            said = f"Round {number + 1}, {clients:>2} clients: HTTP {measured.per_second:,.0f}/s"
            run.errors += count_errors(measured, {CREATED}, progress)
            if pgbench is not None:
                pgbench.run(clients, plan.warm_up)
                counted = pgbench.run(clients, plan.seconds)
                run.pgbench[clients].append(counted)
                said += f", pgbench {counted:,.0f}/s"
            progress(said)
    for session in dataset.hot_sessions[: plan.rounds]:
        measured = fight_for(session, port, FIGHTERS, requests)
        run.hot.append(measured)
        run.errors += count_errors(measured, {CREATED, CONFLICT}, progress)
        run.errors += abs(measured.statuses[CREATED] - HOT_CAPACITY)
        progress(f"{FIGHTERS} clients, one session: {measured.per_second:,.0f} seats/s")
    run.by_pgbench = pgbench.transactions if pgbench is not None else 0
    return run


def prepare_pgbench(url: str, dataset: Dataset, folder: Path, *, progress: Say) -> Pgbench | None:
    program, is_system = find_pgbench()
    if program is None:
        progress("There is no pgbench here (it comes with PostgreSQL): its figures are null.")
        return None
    if not is_system:
        progress("No system PostgreSQL has a pgbench here: taking the one that is bundled.")
    return Pgbench(program, url, dataset, folder)


def count_errors(measured: Measured, wanted: set[int], progress: Say) -> int:
    errors = sum(count for status, count in measured.statuses.items() if status not in wanted)
    if errors or measured.unwanted:
        progress(f"Unwanted: {dict(measured.statuses)}, such as {measured.unwanted!r}")
    return errors


def verify(run: Run, url: str) -> None:
    """Every 201 is a booking, every booking wrote its ten rows, every seat is counted. Raises RowsAmiss."""
    with psycopg.connect(url) as connection:
        counted = connection.execute(VERIFY_SQL).fetchone()
    assert counted is not None
    names = ("bookings", *TABLES, "seats taken")
    expected = run.created + run.by_pgbench
    amiss = [f"{count} {name}" for name, count in zip(names, counted, strict=False) if count != expected]
    if amiss:
        raise RowsAmiss(f"{run.created} × 201 and {run.by_pgbench} by pgbench, but " + ", ".join(amiss))
    miscounted, unclaimed = counted[len(names) :]
    if miscounted or unclaimed:
        raise RowsAmiss(f"{miscounted} slots count other seats than are sat in, {unclaimed} seats claim no time")


TABLES = (
    "access_keptanswer",
    "bookings_attendance",
    "journal_record WHERE name = 'booking.created'",
    "journal_outbox WHERE name = 'booking.created'",
    "billing_order",
    "billing_orderline",
    "billing_paymentrequest",
)
VERIFY_SQL = f"""
    SELECT (SELECT count(*) FROM bookings_booking WHERE status = 'pending' AND holds_seat),
           {", ".join(f"(SELECT count(*) FROM {table})" for table in TABLES)},
           (SELECT sum(seats_taken) FROM timetable_slot),
           (SELECT count(*) FROM timetable_slot AS slot WHERE seats_taken <>
                (SELECT count(*) FROM bookings_attendance AS own WHERE own.slot_id = slot.id AND own.is_live)),
           (SELECT count(*) FROM bookings_attendance AS own WHERE NOT EXISTS
                (SELECT FROM diary_claim AS claim WHERE claim.school_id = own.school_id AND claim.source = own.id))
"""


def figures_of(run: Run) -> Figures:
    one, sixteen = CLIENTS
    http = {clients: median(measured.per_second for measured in run.http[clients]) for clients in CLIENTS}
    pgbench = {clients: median(run.pgbench[clients]) if run.pgbench[clients] else None for clients in CLIENTS}
    alone, alone_one = pgbench[sixteen], pgbench[one]
    return Figures(
        http_rps_c1=round(http[one], 1),
        http_rps_c16=round(http[sixteen], 1),
        p50_ms_c16=round(median(measured.milliseconds(50) for measured in run.http[sixteen]), 2),
        p99_ms_c16=round(median(measured.milliseconds(99) for measured in run.http[sixteen]), 2),
        errors=run.errors,
        pgbench_tps_c1=alone_one and round(alone_one, 1),
        pgbench_tps_c16=alone and round(alone, 1),
        ratio_c16=round(http[sixteen] / alone, 3) if alone else None,
        hot_session_rps=round(median(measured.per_second for measured in run.hot), 1),
    )

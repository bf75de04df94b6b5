"""Figures, for people and for programs."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians of the rounds. `errors` counts every answer that should not have come. None: pgbench is missing."""

    http_rps_c1: float
    http_rps_c16: float
    p50_ms_c16: float
    p99_ms_c16: float
    errors: int
    pgbench_tps_c1: float | None
    pgbench_tps_c16: float | None
    ratio_c16: float | None
    hot_session_rps: float


def as_json(figures: Figures) -> str:
    return json.dumps(asdict(figures))


def as_table(figures: Figures) -> str:
    def cell(value: float | None) -> str:
        return f"{value:>12,.0f}" if value is not None else f"{'–':>12}"

    def ratio(http: float, alone: float | None) -> str:
        return f"{http / alone:>12.2f}" if alone else f"{'–':>12}"

    one, sixteen = figures.pgbench_tps_c1, figures.pgbench_tps_c16
    return "\n".join(
        [
            f"{'':<28}{'1 client':>12}{'16 clients':>12}",
            f"{'bookings/s over HTTP':<28}{cell(figures.http_rps_c1)}{cell(figures.http_rps_c16)}",
            f"{'bookings/s by pgbench':<28}{cell(one)}{cell(sixteen)}",
            f"{'ratio':<28}{ratio(figures.http_rps_c1, one)}{ratio(figures.http_rps_c16, sixteen)}",
            "",
            f"16 clients waited {figures.p50_ms_c16:.1f} ms (median), {figures.p99_ms_c16:.1f} ms (99 of 100).",
            f"64 clients took {figures.hot_session_rps:,.0f} seats/s of one session.",
            f"{figures.errors} errors.",
        ]
    )

"""`python -m benchmarks booking|pages|availability|timetable [--json] [--quick]`."""

import argparse
import json
import signal
import sys
from subprocess import CalledProcessError
from types import FrameType

from benchmarks.availability import measure_availability
from benchmarks.baseline import PgbenchFailed
from benchmarks.booking import Plan, RowsAmiss, measure_booking
from benchmarks.pages import TIMES, measure_pages, pages_as_json, pages_as_table
from benchmarks.report import as_json, as_table
from benchmarks.server import ServerFailed
from benchmarks.timetable import LessonsAmiss, measure_timetable
from schoolbell.embedded import EmbeddedError

SMALL = {"enrollments": 50, "weeks": 8}
FAILURES = (
    *(EmbeddedError, CalledProcessError, ServerFailed, PgbenchFailed, RowsAmiss, LessonsAmiss),
    TimeoutError,
)


def main() -> int:
    signal.signal(signal.SIGTERM, _stop)
    asked = _arguments()
    try:
        if asked.what == "pages":
            pages = measure_pages(times=5 if asked.quick else TIMES, progress=_say)
            print(pages_as_json(pages) if asked.json else pages_as_table(pages), flush=True)
            return 0 if pages.is_good else 1
        if asked.what in ("availability", "timetable"):
            made = (
                measure_availability(rounds=20 if asked.quick else 200, progress=_say)
                if asked.what == "availability"
                else measure_timetable(**SMALL if asked.quick else {}, progress=_say)
            )
            print(json.dumps(made, indent=None if asked.json else 2), flush=True)
            return 0
        figures = measure_booking(Plan.quick() if asked.quick else Plan(), progress=_say)
    except FAILURES as failure:
        _say(str(failure))
        return 1
    except KeyboardInterrupt:
        _say("Stopped.")
        return 130
    print(as_json(figures) if asked.json else as_table(figures), flush=True)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measure how fast Schoolbell is.")
    parser.add_argument(
        "what",
        choices=["booking", "pages", "availability", "timetable"],
        help="booking: taking bookings over HTTP, against pgbench; pages: the server's time for every kind of page; "
        "availability: finding free times among up to a million claims; timetable: weekly lessons, and the solver",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--quick", action="store_true", help="one short round: a look, not a measurement")
    return parser.parse_args()


def _stop(number: int, frame: FrameType | None) -> None:
    """SIGTERM ends as Ctrl-C does, so that server and data go away."""
    raise KeyboardInterrupt


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""Series as a file: a line for each, with the enrollment that it gives lessons to; of a class one for each student who
has a seat in it every week."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from schoolbell.importing.class_seats import CELLS
from schoolbell.importing.onfile import OnFile
from schoolbell.importing.series import PLAIN
from schoolbell.importing.structures import Moment
from schoolbell.importing.things import Thing
from schoolbell.kit.time import zone

Cells = dict[str, Any]


def series_rows(on_file: OnFile) -> Iterator[Cells]:
    def order(series: Thing) -> tuple[Any, ...]:
        course = on_file.courses.by_id[series.values["course_id"]].name
        return course, series.values["starts_on"], series.values["starts"], series.file_key

    in_class: dict[UUID, list[Cells]] = {}
    for seat in (one for seats in on_file.series.seats.values() for one in seats):
        if on_file.students.by_id[seat.values["student_id"]].name:
            in_class.setdefault(seat.values["series_id"], []).append(_seat(seat, on_file))
    for series in sorted(on_file.series, key=order):
        said = _series(series, on_file)
        for seat_cells in sorted(in_class.get(series.id, []), key=_order_of_seat):
            yield said | seat_cells
        if series.id not in in_class:
            yield said


def _order_of_seat(cells: Cells) -> tuple[str, ...]:
    return cells["student"], *(str(cells[name]) for name in ("enrolled_on", "enrollment_status", *sorted(cells)))


def _seat(seat: Thing, on_file: OnFile) -> Cells:
    where = on_file.series.by_id[seat.values["series_id"]].values["timezone"]
    return {name: seat.values[name] for name in CELLS} | _whose(seat, on_file, where)


def _series(series: Thing, on_file: OnFile) -> Cells:
    values = series.values
    resource = on_file.resources.by_id.get(values["resource_id"])
    before = on_file.series.by_id.get(values["follows_id"])
    staff = [on_file.instructors.by_id[one] for one in values["instructors"]]
    cells = {name: values[name] for name in PLAIN} | {
        "key": series.file_key,
        "course": on_file.courses.called(on_file.courses.by_id[values["course_id"]]),
        "instructors": tuple(on_file.instructors.called(one, in_list=True) for one in staff),
        "resource": on_file.resources.called(resource) if resource else "",
        "follows": before.file_key if before else "",
    }
    return cells | (_whose(series, on_file, values["timezone"]) if values["student_id"] else {})


def _whose(enrolled: Thing, on_file: OnFile, timezone: str) -> Cells:
    values = enrolled.values
    student = on_file.students.by_id[values["student_id"]]
    client = on_file.clients.by_id[values["client_id"]]
    return {
        "paused_at": Moment.of(values["paused_at"], zone(timezone)) if values["paused_at"] else None,
        "student": on_file.students.called(student),
        "client": "" if on_file.payer_of(student) == client.id else on_file.clients.called(client),
    }

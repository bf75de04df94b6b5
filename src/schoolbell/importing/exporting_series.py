"""Series as a file: a line for each, with the enrollment that it gives lessons to."""

from collections.abc import Iterator
from typing import Any

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

    for series in sorted(on_file.series, key=order):
        yield _series(series, on_file)


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
    if values["student_id"]:
        student = on_file.students.by_id[values["student_id"]]
        client = on_file.clients.by_id[values["client_id"]]
        if values["paused_at"]:
            cells["paused_at"] = Moment.of(values["paused_at"], zone(values["timezone"]))
        cells["student"] = on_file.students.called(student)
        cells["client"] = "" if on_file.payer_of(student) == client.id else on_file.clients.called(client)
    return cells

"""A school's own files, written as `import` reads them. Lines are in an order of their contents, not of ids or ages, so
that what was exported, imported elsewhere and exported again is the same, byte for byte."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from schoolbell.importing.courses import FIELDS
from schoolbell.importing.exporting_series import series_rows
from schoolbell.importing.exporting_timetable import timetable_rows
from schoolbell.importing.formulas import guarded
from schoolbell.importing.kinds import KEEP, KINDS, Column, kinds
from schoolbell.importing.onfile import BOND, INSTRUCTOR, RESOURCE, STUDENT, OnFile
from schoolbell.importing.products import FIELDS as OF_A_PRODUCT
from schoolbell.importing.sheets import write_sheet
from schoolbell.importing.structures import Hours, Taught
from schoolbell.importing.things import PERSON, Thing
from schoolbell.schools.models import School

Cells = dict[str, Any]


def export_school(
    school: School, *, progress: Callable[[str], None] = lambda _sentence: None
) -> Iterator[tuple[str, bytes]]:
    """The name and the contents of each file."""
    on_file = OnFile(school)
    rows: dict[str, Callable[[OnFile], Iterable[Cells]]] = {
        "courses": _courses,
        "resources": _resources,
        "products": _products,
        "instructors": _instructors,
        "students": _students,
        "series": series_rows,
        "timetable": timetable_rows,
    }
    for name in KINDS:
        progress(name)
        columns = kinds(school.currency)[name].columns
        yield f"{name}.csv", write_sheet(tuple(columns), _written(columns, rows[name](on_file)))


def _written(columns: dict[str, Column], rows: Iterable[Cells]) -> Iterator[tuple[str, ...]]:
    for cells in rows:
        yield tuple(_cell(column, cells.get(column.name)) for column in columns.values())


def _cell(column: Column, value: Any) -> str:
    if value is None or value == "" or (column.empty is not KEEP and value == column.empty):
        return ""
    return guarded(column.cell.write(value).strip())


def _courses(on_file: OnFile) -> Iterator[Cells]:
    for course in _sorted(on_file.courses):
        yield {"key": course.file_key} | {column: course.values[name] for column, name in FIELDS.items()}


def _products(on_file: OnFile) -> Iterator[Cells]:
    for product in _sorted(on_file.products):
        yield {"key": product.file_key} | {column: product.values[name] for column, name in OF_A_PRODUCT.items()}


def _resources(on_file: OnFile) -> Iterator[Cells]:
    for resource in _sorted(on_file.resources):
        hours = resource.values["opening_hours"]
        zones = {one.timezone for one in hours}
        where = zones.pop() if len(zones) == 1 else ""
        yield (
            {"key": resource.file_key, "timezone": where}
            | {name: resource.values[name] for name in RESOURCE}
            | {"opening_hours": tuple(_without_zone(one, where) for one in hours)}
        )


def _instructors(on_file: OnFile) -> Iterator[Cells]:
    for instructor in _sorted(on_file.instructors):
        taught = [
            Taught(on_file.courses.called(on_file.courses.by_id[course_id], in_list=True), proficiency, certified_on)
            for course_id, (proficiency, certified_on) in instructor.values["courses"].items()
        ]
        yield (
            {"key": instructor.file_key}
            | _person(instructor)
            | {name: instructor.values[name] for name in INSTRUCTOR}
            | {
                "courses": tuple(sorted(taught, key=lambda one: one.course)),
                "opening_hours": tuple(
                    _without_zone(one, instructor.now("timezone")) for one in instructor.values["opening_hours"]
                ),
            }
        )


def _students(on_file: OnFile) -> Iterator[Cells]:
    """Every pair; then the clients who answer for nobody yet. Who is named later has no line as yet."""
    answering = set()
    for student in _sorted(student for student in on_file.students if student.name):
        own = {"key": student.file_key} | _person(student) | {name: student.values[name] for name in STUDENT}
        bonds = [(on_file.clients.by_id[client_id], bond) for client_id, bond in on_file.bonds_of.get(student.id, [])]
        for client, bond in sorted(bonds, key=lambda pair: (not pair[1].values["is_primary"], *_order(pair[0]))):
            answering.add(client.id)
            yield own | _client(client, student) | {name: bond.values[name] for name in BOND}
        if not bonds:
            yield own
    for client in _sorted(on_file.clients):
        if client.id not in answering:
            yield _client(client, None)


def _client(client: Thing, student: Thing | None) -> Cells:
    """Of a student who is their own client the line holds one person."""
    is_own = student is not None and client.person is student.person
    return {"client_key": client.file_key} | (
        {} if is_own else {f"client_{name}": value for name, value in _person(client).items()}
    )


def _person(role: Thing) -> Cells:
    return {name: role.now(name) for name in PERSON}


def _without_zone(hours: Hours, timezone: str) -> Hours:
    if hours.timezone != timezone:
        return hours
    return Hours(hours.weekday, hours.date, hours.starts, hours.ends, "", hours.valid_from, hours.valid_until)


def _sorted(things: Iterable[Thing]) -> list[Thing]:
    return sorted(things, key=_order)


def _order(thing: Thing) -> tuple[str, str]:
    return thing.name.strip(), thing.file_key

"""Resources from a file: venues, online rooms, vehicles."""

from django.db.models import Max
from django.utils.translation import gettext as _

from schoolbell.diary.models import Diary
from schoolbell.importing.defining import defined
from schoolbell.importing.hours import tell_hours, write_hours
from schoolbell.importing.lines import Line, Problems
from schoolbell.importing.models import OwnKey
from schoolbell.importing.onfile import RESOURCE, OnFile, defaults
from schoolbell.importing.things import Thing, new_thing
from schoolbell.importing.writing import Writing, columns_of
from schoolbell.timetable.models import Resource, Session


def plan_resources(lines: list[Line], on_file: OnFile, problems: Problems) -> list[Thing]:
    """What the lines make of the school's resources."""
    found: dict[Thing, None] = {}
    for line in lines:
        resource = _defined(line, on_file)
        if resource is not None:
            found[resource] = None
            for name in RESOURCE:
                if name in line.values:
                    resource.tell(name, line.values[name], line)
            tell_hours(resource, line, timezone=line.get("timezone", ""))
    resources = list(found)
    _require_seats(resources, on_file, problems)
    on_file.resources.index_anew()
    return resources


def _defined(line: Line, on_file: OnFile) -> Thing | None:
    name = line.get("name", "")
    if not name:
        if not line.unread("name"):
            line.bad("name", _("is empty; give the resource a name"))
        return None

    def make() -> Thing:
        resource = new_thing(defaults(Resource, RESOURCE) | {"capacity": 1, "opening_hours": ()}, line, diary=True)
        resource.tell("name", name, line)
        if "kind" not in line.filled:
            line.bad("kind", _("is empty; say whether it is a venue, an online_room or a vehicle"))
        return resource

    return defined(on_file.resources, line, key=line.get("key", ""), name=name, make=make)


def _require_seats(resources: list[Thing], on_file: OnFile, problems: Problems) -> None:
    """No fewer than a session in it has already."""
    told = [resource for resource in resources if not resource.is_new and "capacity" in resource.told]
    seats = dict(
        Session.objects.of(on_file.school)
        .filter(resource_id__in=[resource.id for resource in told])
        .values("resource_id")
        .annotate(most=Max("capacity"))
        .values_list("resource_id", "most")
    )
    for resource in told:
        if resource.now("capacity") < seats.get(resource.id, 0):
            problems.add(
                resource.told["capacity"].line,
                "capacity",
                _("is less than the %s seats of a session on the timetable") % seats[resource.id],
            )


def write_resources(resources: list[Thing], writing: Writing) -> None:
    for resource in resources:
        writing.key(OwnKey.Noun.RESOURCE, resource)
        values = columns_of(resource, RESOURCE)
        if resource.is_new:
            writing.add(Diary, id=resource.diary_id)
            writing.add(Resource, id=resource.id, diary_id=resource.diary_id, **values)
            writing.record("resource.added", resource.id)
        elif changed := resource.changed:
            writing.change(Resource, resource.id, **values)
            writing.record("resource.changed", resource.id, new={"changed": changed})
        write_hours(resource, writing)

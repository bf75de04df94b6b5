"""The person that a line speaks of, whatever their role."""

from uuid import UUID

from django.utils.translation import gettext as _

from schoolbell.diary.models import Diary
from schoolbell.importing.lines import Line
from schoolbell.importing.onfile import OnFile, defaults
from schoolbell.importing.things import PERSON, Thing, new_thing
from schoolbell.importing.writing import Writing, columns_of
from schoolbell.people.models import Person


def name_in(line: Line, prefix: str = "") -> str:
    """The whole name, as `Thing.name` makes it; "" where the line lacks one, which it says."""
    first, last, organisation = (
        line.get(f"{prefix}{part}", "") for part in ("first_name", "last_name", "organisation")
    )
    name = " ".join(part for part in (first, last) if part) or organisation
    if not name and not line.unread(*(f"{prefix}{part}" for part in ("first_name", "last_name", "organisation"))):
        line.bad(f"{prefix}first_name", _("is empty, and so are the other names; give a name"))
    return str(name)


def new_role(values: dict[str, object], line: Line, on_file: OnFile, *, prefix: str = "") -> Thing:
    """A role on a person who is not on file yet."""
    person = new_thing(defaults(Person, PERSON), line, diary=True)
    on_file.people[person.id] = person
    role = new_thing(values, line, person=person)
    role.diary_id = person.diary_id
    tell_person(role, line, prefix=prefix)
    return role


def tell_person(role: Thing, line: Line, *, prefix: str = "") -> None:
    for name in PERSON:
        column = f"{prefix}{name}"
        if column in line.values:
            role.tell(name, line.values[column], line, column=column)


def write_person(role: Thing, writing: Writing) -> UUID:
    """Add or change the person behind a role, once. Their id."""
    person = role.person
    if person is None:
        raise ValueError("a role is somebody's")
    if person.id in writing.people:
        return person.id
    writing.people.add(person.id)
    if person.is_new:
        writing.add(Diary, id=person.diary_id)
        writing.add(Person, id=person.id, diary_id=person.diary_id, **columns_of(person, PERSON))
    elif person.changed:
        writing.change(Person, person.id, **columns_of(person, PERSON))
    return person.id

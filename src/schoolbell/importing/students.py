"""Students from a file, with the clients who answer for them: one line for each pair."""

from django.utils.translation import gettext as _

from schoolbell.importing.defining import defined
from schoolbell.importing.guardians import Pairs
from schoolbell.importing.lines import Line, Problems
from schoolbell.importing.models import OwnKey
from schoolbell.importing.onfile import STUDENT, OnFile, defaults
from schoolbell.importing.persons import name_in, new_role, tell_person, write_person
from schoolbell.importing.things import PERSON, Thing
from schoolbell.importing.writing import Writing, columns_of
from schoolbell.people.models import Client, Student

CLIENT_COLUMNS = frozenset(f"client_{name}" for name in PERSON)
STUDENT_COLUMNS = frozenset(("key", *PERSON, *STUDENT))
SELF = "self"


class Families:
    """What the lines of a file make of a school's students, clients, and who answers for whom."""

    def __init__(self, on_file: OnFile, problems: Problems) -> None:
        self.on_file = on_file
        self.students: dict[Thing, Line] = {}  # each with its first line
        self.clients: dict[Thing, None] = {}
        self.pairs = Pairs(on_file, problems)

    def read(self, line: Line) -> None:
        if not line.filled & STUDENT_COLUMNS:
            self._client(line)  # who has no student yet
            return
        student = self._student(line)
        if student is None:
            return
        self.students.setdefault(student, line)
        tell_person(student, line)
        for name in STUDENT:
            if name in line.values:
                student.tell(name, line.values[name], line)
        client = self._client_of(student, line)
        if client is not None:
            self.pairs.tell(student, client, line)

    def _student(self, line: Line) -> Thing | None:
        name = name_in(line)
        if not name:
            return None
        born = line.get("birth_date")
        return defined(
            self.on_file.students,
            line,
            key=line.get("key", ""),
            name=name,
            make=lambda: new_role(defaults(Student, STUDENT), line, self.on_file),
            may_be=lambda one: born is None or one.now("birth_date") in (None, born),
        )

    def _client_of(self, student: Thing, line: Line) -> Thing | None:
        named = line.filled & CLIENT_COLUMNS
        relationship = line.get("relationship", "")
        if is_own_client(line):
            if named:
                line.bad(min(named), _("is filled, though the student is their own client (self)"))
                return None
            return self._self(student, line)
        if named:
            return self._client(line)
        if key := line.get("client_key"):
            client = self.on_file.clients.keyed(key)
            if client is None:
                line.bad("client_key", _("there is no client “%s”; give their name") % key)
            return client
        if relationship:
            line.bad("client_first_name", _("is empty, though there is a relationship; name the client, or write self"))
        return None

    def _client(self, line: Line) -> Thing | None:
        name = name_in(line, "client_")
        if not name:
            return None
        client = defined(
            self.on_file.clients,
            line,
            key=line.get("client_key", ""),
            name=name,
            email=line.get("client_email", ""),
            make=lambda: new_role({}, line, self.on_file, prefix="client_"),
            column="client_key",
        )
        if client is not None:
            self.clients[client] = None
            tell_person(client, line, prefix="client_")
        return client

    def _self(self, student: Thing, line: Line) -> Thing:
        """The client that the student is; from now on, if they were none."""
        client = self.on_file.own_clients.get(student.person.id) if student.person is not None else None
        if client is None:
            client = self.pairs.own_client(student, line)
        self.clients[client] = None
        key = line.get("client_key", "")
        if key and self.on_file.clients.keyed(key) is not client:
            if client.key or self.on_file.clients.keyed(key):
                line.bad("client_key", _("is another client's"))
            else:
                self.on_file.clients.give_key(client, key)
        return client

    def complete(self) -> None:
        """Whoever is new and has nobody is their own client; one of those who answer for a student is the first."""
        for student, line in self.students.items():
            if not self.on_file.bonds_of.get(student.id) and student.is_new:
                self.pairs.tell(student, self._self(student, line), line, relationship=SELF)
        self.pairs.complete()
        self.on_file.students.index_anew()
        self.on_file.clients.index_anew()


def is_own_client(line: Line) -> bool:
    return str(line.get("relationship", "")).casefold() == SELF


def plan_students(lines: list[Line], on_file: OnFile, problems: Problems) -> Families:
    """What the lines make of the school's students and clients.

    Those who are their own clients come first: when they answer for others too, those lines speak of the same person.
    """
    families = Families(on_file, problems)
    for line in sorted(lines, key=lambda line: not is_own_client(line)):
        families.read(line)
    families.complete()
    return families


def write_students(families: Families, writing: Writing) -> None:
    changed = {thing: thing.changed for thing in (*families.students, *families.clients)}
    for student in families.students:
        writing.key(OwnKey.Noun.STUDENT, student)
        values = columns_of(student, STUDENT)
        person_id = write_person(student, writing)
        if student.is_new:
            writing.add(Student, id=student.id, person_id=person_id, **values)
            writing.record("student.added", student.id, student_id=student.id)
        elif changed[student]:
            writing.change(Student, student.id, **values)
            writing.record("student.changed", student.id, student_id=student.id, new={"changed": changed[student]})
    for client in families.clients:
        writing.key(OwnKey.Noun.CLIENT, client)
        person_id = write_person(client, writing)
        if client.is_new:
            writing.add(Client, id=client.id, person_id=person_id)
            writing.record("client.added", client.id, client_id=client.id)
        elif changed[client]:
            writing.record("client.changed", client.id, client_id=client.id, new={"changed": changed[client]})
    families.pairs.write(writing)

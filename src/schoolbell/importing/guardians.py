"""Who answers for whom: the pairs of a students file."""

from uuid import UUID

from django.utils.translation import gettext as _

from schoolbell.importing.among import among
from schoolbell.importing.lines import Line, Problems
from schoolbell.importing.onfile import BOND, OnFile, defaults
from schoolbell.importing.things import Thing, Told, new_thing
from schoolbell.importing.writing import Writing, columns_of
from schoolbell.kit.time import now
from schoolbell.people.models import Guardianship

FIRSTS = ("is_primary", "is_billing")


class Pairs:
    def __init__(self, on_file: OnFile, problems: Problems) -> None:
        self.on_file = on_file
        self.problems = problems
        self.told: dict[Thing, tuple[Thing, Thing]] = {}  # by guardianship, its student and client

    def own_client(self, student: Thing, line: Line) -> Thing:
        """A student who is their own client: a new role on the same person."""
        client = new_thing({}, line, person=student.person)
        client.diary_id = student.diary_id
        if student.person is not None:
            self.on_file.own_clients[student.person.id] = client
        return self.on_file.clients.add(client)

    def tell(self, student: Thing, client: Thing, line: Line, *, relationship: str = "") -> None:
        bond = self.on_file.bonds.get((student.id, client.id))
        if bond is None:
            bond = new_thing(defaults(Guardianship, BOND) | dict.fromkeys(FIRSTS, None), line)
            self.on_file.add_bond(student, client, bond)
        bond.line = bond.line or line.number
        self.told[bond] = (student, client)
        if relationship:
            bond.tell("relationship", relationship, line)
        for name in BOND:
            if name in line.values:
                bond.tell(name, line.values[name], line)

    def complete(self) -> None:
        """Each student has one client to call first, and one who pays. Who says yes takes the place of who did."""
        for student in dict.fromkeys(student for student, _client in self.told.values()):
            bonds = [bond for _client_id, bond in self.on_file.bonds_of[student.id]]
            for name in FIRSTS:
                self._one_first(bonds, name)

    def _one_first(self, bonds: list[Thing], name: str) -> None:
        said = [bond for bond in bonds if name in bond.told and bond.told[name].value]
        if len(said) > 1:
            self.problems.add(
                said[1].told[name].line,
                name,
                _("is yes on line %s already; only one of those who answer for a student can be it")
                % said[0].told[name].line,
            )
            return
        silent = [bond for bond in bonds if name not in bond.told]
        first = next(iter(said or [bond for bond in silent if bond.values[name]] or silent), None)
        if first is None:
            self.problems.add(bonds[0].told[name].line, name, _("is no for everybody; one of them has to be it"))
            return
        for bond in silent:
            if bond.is_new or (bond.values[name] and bond is not first):
                bond.told[name] = Told(bond is first, bond.line)
        if first in silent and not first.values[name]:
            first.told[name] = Told(True, first.line)  # noqa: FBT003

    def write(self, writing: Writing) -> None:
        stepping_back: list[UUID] = []
        students = dict.fromkeys(student for student, _client in self.told.values())
        for student in students:
            for client_id, bond in self.on_file.bonds_of[student.id]:
                values = columns_of(bond, BOND)
                if bond.is_new:
                    writing.add(Guardianship, id=bond.id, student_id=student.id, client_id=client_id, **values)
                elif bond.changed:
                    writing.change(Guardianship, bond.id, **values)
                    if "is_primary" in bond.changed:
                        stepping_back.append(bond.id)
        # A student never has two to call first, not even for the length of a statement.
        Guardianship.objects.of(writing.school).filter(among("id", stepping_back)).update(
            is_primary=False, updated_at=now()
        )

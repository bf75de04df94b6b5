"""Things of a school as files speak of them: what is on file, and what a file says instead."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from schoolbell.importing.lines import Line
from schoolbell.kit.ids import new_id

PERSON: Final = ("first_name", "last_name", "organisation", "email", "phone", "address", "birth_date", "timezone")
NOTHING: Final[tuple[Any, ...]] = ("", None, (), {})


def fold(text: str) -> str:
    """A name as it is compared: whatever its capitals and spaces."""
    return " ".join(text.split()).casefold()


@dataclass(slots=True)
class Told:
    value: Any
    line: int


@dataclass(slots=True, eq=False)
class Thing:
    """`values`: what is on file, or would be without a word. `told`: what the file says, by whichever line.

    A role (instructor, student, client) has a `person`, who holds the fields of `PERSON`; one person may have several.
    """

    id: UUID
    values: dict[str, Any]
    key: str = ""
    is_new: bool = False
    person: "Thing | None" = None
    diary_id: UUID | None = None
    line: int = 0  # that spoke of it first
    new_key: str = ""
    told: dict[str, Told] = field(default_factory=dict)

    def _of(self, name: str) -> "Thing":
        return self.person if self.person is not None and name in PERSON else self

    def tell(self, name: str, value: Any, line: Line, *, column: str = "") -> None:
        """A later line may leave empty what an earlier one says, and fill what it left empty; it cannot contradict."""
        told = self._of(name).told
        before = told.get(name)
        if before is None or (before.value in NOTHING and value not in NOTHING):
            told[name] = Told(value, line.number)
        elif value not in NOTHING and before.value != value:
            line.bad(column or name, _("says otherwise than line %s") % before.line)

    def now(self, name: str) -> Any:
        """What it will be."""
        of = self._of(name)
        told = of.told.get(name)
        return of.values.get(name) if told is None else told.value

    @property
    def changed(self) -> list[str]:
        """The fields that the file says otherwise than what is on file, its person's among them."""
        own = [name for name, told in self.told.items() if told.value != self.values.get(name)]
        return [*(self.person.changed if self.person is not None else ()), *own]

    @property
    def name(self) -> str:
        if self.person is None and "name" in self.values:
            return str(self.now("name"))
        whole = " ".join(part for part in (self.now("first_name"), self.now("last_name")) if part)
        return whole or str(self.now("organisation") or "")

    @property
    def file_key(self) -> str:
        """What files call it: its own key, else its id."""
        return self.key or str(self.id)

    def settle(self) -> None:
        """What was told is on file now: the next file goes on from here."""
        self.values |= {name: told.value for name, told in self.told.items()}
        self.told.clear()
        self.is_new = False
        if self.person is not None:
            self.person.settle()


class Register:
    """All things of one noun in a school, found by what files call them. `by_email`: an address is one's alone."""

    def __init__(self, noun: str, things: Iterable[Thing] = (), *, by_email: bool = False) -> None:
        self.noun = noun
        self.by_email = by_email
        self.by_id: dict[UUID, Thing] = {}
        self._keys: dict[str, Thing] = {}
        self._names: dict[str, list[Thing]] = {}
        self._emails: dict[str, list[Thing]] = {}
        for thing in things:
            self.add(thing)

    def __iter__(self) -> Iterator[Thing]:
        return iter(self.by_id.values())

    def add(self, thing: Thing) -> Thing:
        self.by_id[thing.id] = thing
        if thing.key:
            self._keys[thing.key] = thing
        self._index(thing)
        return thing

    def _index(self, thing: Thing) -> None:
        self._names.setdefault(fold(thing.name), []).append(thing)
        if email := thing.now("email"):
            self._emails.setdefault(email.casefold(), []).append(thing)

    def give_key(self, thing: Thing, key: str) -> None:
        thing.key = thing.new_key = key
        self._keys[key] = thing

    def index_anew(self) -> None:
        """After a file: by the names and addresses that it gave."""
        self._names.clear()
        self._emails.clear()
        for thing in self:
            self._index(thing)

    def keyed(self, key: str) -> Thing | None:
        """That is called so in files: by its own key, or by its id."""
        thing = self._keys.get(key)
        if thing is None and len(key) == 36:
            try:
                thing = self.by_id.get(UUID(key))
            except ValueError:
                return None
        return thing

    def named(self, name: str, email: str = "") -> list[Thing]:
        """All that go by that address; else by that name, where an address was given only those without one."""
        if email and self.by_email:
            if found := self._emails.get(email.casefold()):
                return found
            return [thing for thing in self._names.get(fold(name), ()) if not thing.now("email")]
        return self._names.get(fold(name), [])

    def find(self, text: str) -> Thing | str:
        """The one that is meant by a key, an e-mail address or a name; or why that cannot be said."""
        thing = self.keyed(text)
        if thing is not None:
            return thing
        found = self._emails.get(text.casefold(), []) or self._names.get(fold(text), [])
        if len(found) == 1:
            return found[0]
        if found:
            return _("several go by “%s”; use a key") % text
        return _("there is no %(noun)s “%(text)s”") % {"noun": self.noun, "text": text}

    def called(self, thing: Thing, *, in_list: bool = False) -> str:
        """The text by which `find` finds this one: its name if that will do, else its key."""
        name = thing.name.strip()
        plain = name and "@" not in name and self.keyed(name) is None and not (in_list and set(";()") & set(name))
        return name if plain and len(self._names.get(fold(name), ())) == 1 else thing.file_key


def new_thing(values: dict[str, Any], line: Line, *, person: Thing | None = None, diary: bool = False) -> Thing:
    return Thing(new_id(), values, is_new=True, person=person, diary_id=new_id() if diary else None, line=line.number)

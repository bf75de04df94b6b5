"""A person as typed in and as shown; shared by students, clients and instructors."""

from typing import Annotated, Any

from pydantic import EmailStr, Field, model_validator

from schoolbell.api.types import Day, Input, Line, Name, Text, Zone
from schoolbell.people.actions import NewPerson
from schoolbell.people.models import Person

MOST_LETTERS = 100


class PersonIn(Input):
    name: Line = Field("", description="The whole name, if it does not come in parts.")
    first_name: Name = ""
    last_name: Name = ""
    organisation: Line = ""
    email: EmailStr | None = None
    phone: Annotated[Name, Field(max_length=32)] = ""
    address: Text = ""
    birth_date: Day | None = None
    timezone: Zone | None = None

    @model_validator(mode="after")
    def _named(self) -> "PersonIn":
        if not (self.name or self.first_name or self.last_name or self.organisation):
            raise ValueError("give a name, or first_name and last_name")
        if any(len(part) > MOST_LETTERS for part in self._parts):
            raise ValueError(f"a first and a last name have at most {MOST_LETTERS} letters each")
        return self

    @property
    def _parts(self) -> tuple[str, str]:
        """First and last name; a whole name parts at its last space."""
        first, _space, last = self.name.rpartition(" ")
        return (
            self.first_name or first or (self.name if not self.last_name else ""),
            self.last_name or (last if first else ""),
        )

    def new_person(self) -> NewPerson:
        first, last = self._parts
        return NewPerson(
            first_name=first,
            last_name=last,
            organisation=self.organisation,
            email=self.email or "",
            phone=self.phone,
            address=self.address,
            birth_date=self.birth_date,
            timezone=self.timezone or "",
        )


def show_person(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "organisation": person.organisation,
        "email": person.email,
        "phone": person.phone,
        "address": person.address,
        "birth_date": person.birth_date.isoformat() if person.birth_date else None,
        "timezone": person.timezone or None,
    }

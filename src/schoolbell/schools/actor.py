"""Who acts. Handed to every action; never read from the surroundings."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    INSTRUCTOR = "instructor"
    CLIENT = "client"
    STUDENT = "student"
    GUEST = "guest"  # nobody signed in: a visitor who may look and, where the school allows it, book
    SYSTEM = "system"  # the worker, the command line


NOBODY = UUID(int=0)
STAFF = frozenset({Role.OWNER, Role.ADMIN, Role.SYSTEM})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: `who` is the id of a token or person, None for a guest or the system. `order_id` is the one order
    that a guest has shown the key of."""

    role: Role
    who: UUID | None = None
    person_id: UUID | None = None
    ip: str | None = None
    user_agent: str = ""
    order_id: UUID | None = None

    @property
    def me(self) -> UUID:
        """The person that a client's, student's or instructor's token belongs to; for others nobody's id."""
        return self.person_id or NOBODY

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF


SYSTEM = Actor(Role.SYSTEM)

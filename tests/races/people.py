"""Who races: a school on the servers' database, its owner's token, its students."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any, TypeVar

import httpx
from django.db import connection

from factories import new_school, new_students, new_token
from schoolbell.people.models import Student
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School
from servers import PATIENCE, Servers

R = TypeVar("R")


@dataclass
class Race:
    """A school of its own in which requests are sent all at once."""

    servers: Servers
    school: School = field(default_factory=new_school)
    token: str = ""

    def __post_init__(self) -> None:
        self.token = new_token(self.school, Role.OWNER)

    def students(self, number: int) -> list[Student]:
        return new_students(self.school, number)

    def post(self, path: str, bodies: Sequence[Any], *, keys: Sequence[str] | None = None) -> list[httpx.Response]:
        prefix = f"/api/v1/{self.school.slug}"
        return self.servers.post_all(prefix + path, bodies, tokens=[self.token] * len(bodies), keys=keys)

    def book(self, bodies: Sequence[Any], **more: Any) -> list[httpx.Response]:
        return self.post("/bookings", bodies, **more)


def told(answers: Sequence[httpx.Response]) -> Counter[tuple[int, str]]:
    """How often each answer was given: its status, and the code of a refusal."""
    for answer in answers:
        assert "json" in answer.headers["Content-Type"], (answer.status_code, answer.text)
    return Counter((answer.status_code, answer.json().get("code", "")) for answer in answers)


def all_have_looked(number: int, act: Callable[..., R]) -> Callable[..., R]:
    """`act` as it is, once so many are about to do it: each has looked by then, and none has written. Breaks where one
    never comes."""
    line = Barrier(number)

    def wait_and_act(*args: Any, **more: Any) -> R:
        line.wait(PATIENCE)
        return act(*args, **more)

    return wait_and_act


def let_lessons_overlap() -> None:
    """Take away what keeps two lessons of one diary apart: for a control, in a database to spoil."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE diary_claim DROP CONSTRAINT claim_lessons_exclude")

"""Somebody of the office who is signed in."""

import pytest
from django.test import Client as Browser

from factories import OWNER
from schoolbell.access.staff import add_staff
from schoolbell.accounts.actions import create_user
from schoolbell.accounts.models import User
from schoolbell.kit.ids import new_id
from schoolbell.people.actions import link_user
from schoolbell.people.models import Person
from schoolbell.schools.actor import Role
from schoolbell.schools.models import School


def new_login() -> User:
    return create_user(f"{new_id().hex}@example.org", "a-long-way-home")


def browser_of(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def as_person(person: Person) -> Browser:
    user = new_login()
    link_user(person, user, by=OWNER)
    return browser_of(user)


def as_staff(school: School, role: Role = Role.ADMIN) -> Browser:
    user = new_login()
    add_staff(school, user, role, by=OWNER)
    return browser_of(user)


@pytest.fixture
def browser(school: School) -> Browser:
    return as_staff(school)


@pytest.fixture
def office(school: School) -> str:
    return f"/s/{school.slug}/office/"

"""A parent of two who is signed in."""

import pytest
from django.test import Client as Browser

from factories import OWNER, new_client, new_student
from schoolbell.accounts.actions import create_user
from schoolbell.kit.ids import new_id
from schoolbell.people.actions import link_user
from schoolbell.people.models import Client, Person, Student
from schoolbell.schools.models import School


def browser_of(person: Person) -> Browser:
    """Of somebody who is signed in as that person."""
    user = create_user(f"{new_id().hex}@example.org", "a-long-way-home")
    link_user(person, user, by=OWNER)
    browser = Browser()
    browser.force_login(user)
    return browser


@pytest.fixture
def clara(school: School) -> Client:
    return new_client(school, "Clara Weber")


@pytest.fixture
def leo(school: School, clara: Client) -> Student:
    return new_student(school, "Leo Weber", guardian=clara)


@pytest.fixture
def mila(school: School, clara: Client) -> Student:
    return new_student(school, "Mila Weber", guardian=clara)


@pytest.fixture
def browser(clara: Client) -> Browser:
    return browser_of(clara.person)


@pytest.fixture
def url(school: School) -> str:
    return f"/s/{school.slug}/my/"

"""An instructor who is signed in."""

import pytest
from django.test import Client as Browser

from factories import OWNER, new_instructor
from schoolbell.accounts.actions import create_user
from schoolbell.kit.ids import new_id
from schoolbell.people.actions import link_user
from schoolbell.people.models import Instructor, Person
from schoolbell.schools.models import School


def browser_of(person: Person) -> Browser:
    """Of somebody who is signed in as that person."""
    user = create_user(f"{new_id().hex}@example.org", "a-long-way-home")
    link_user(person, user, by=OWNER)
    browser = Browser()
    browser.force_login(user)
    return browser


@pytest.fixture
def ida(school: School) -> Instructor:
    return new_instructor(school, hours=False, name="Ida Teacher")


@pytest.fixture
def browser(ida: Instructor) -> Browser:
    return browser_of(ida.person)
